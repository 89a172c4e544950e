"""What the book and the screens say about preparing the election (R6-R9)."""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class BallotEvent(Event):
    """Settings, candidates, votes by hands. Never a choice on a ballot."""

    SETTINGS_CHANGED = "ballot:settings:changed"
    NOMINATED = "ballot:candidate:nominated"
    CONSENTED = "ballot:candidate:consented"
    BORN_SET = "ballot:candidate:birth_recorded"
    PHOTO_SET = "ballot:candidate:photo"
    WITHDRAWN = "ballot:candidate:withdrawn"
    RETURNED = "ballot:candidate:returned"
    PUT_TO_VOTE = "ballot:question:put_to_vote"


register(
    {
        "ballot_seats_few": Sentence(
            "Ban Thanh tra nhân dân có ít nhất {least} thành viên. Hãy nhập lại số lượng.",
            "The board has at least {least} members. Type the number again.",
            status=NOT_SO,
        ),
        "ballot_seats_many": Sentence(
            "Nhiều hơn {most} thành viên cần có lý do (cơ quan đặc thù hoặc phân tán). Hãy ghi lý"
            " do.",
            "More than {most} members need a reason (a special or dispersed office). Write it.",
            status=NOT_SO,
        ),
        "ballot_not_prepared": Sentence(
            "Chưa thiết lập cuộc bầu cử. Hãy vào trang Bầu cử và ghi số lượng thành viên trước.",
            "The election is not set up yet. Open the page Election and enter the number of seats.",
        ),
        "ballot_settings_locked": Sentence(
            "Thể lệ bầu cử đã đưa Hội nghị biểu quyết nên không sửa được nữa. Nếu cần sửa, hãy"
            " xin Hội nghị bác thể lệ này trước.",
            "The election rule has been put to the hall and cannot change. Ask the hall to"
            " reject it first.",
        ),
        "ballot_seats_locked": Sentence(
            "Số lượng thành viên đã đưa Hội nghị biểu quyết nên không sửa được nữa. Hãy giữ"
            " nguyên số này.",
            "The number of members has been put to the hall and cannot change. Leave it as it is.",
        ),
        "ballot_list_locked": Sentence(
            "Danh sách bầu cử đã đưa Hội nghị biểu quyết nên không đề cử, không rút được nữa."
            " Nếu cần sửa, hãy xin Hội nghị bác danh sách này trước.",
            "The list of candidates has been put to the hall: nobody can be added or withdrawn."
            " Ask the hall to reject it first.",
        ),
        "ballot_guest_no_candidate": Sentence(
            "{name} là khách mời, không thuộc cơ quan nên không ứng cử được. Hãy chọn người khác.",
            "{name} is a guest and cannot stand. Choose another person.",
            status=NOT_SO,
        ),
        "ballot_candidate_barred": Sentence(
            "{name} là người đứng đầu, cấp phó hoặc kế toán trưởng nên không được ứng cử (Điều 60)."
            " Hãy chọn người khác; nếu ghi nhầm, sửa ở trang Thành phần điều hành.",
            "{name} is head, deputy head or chief accountant and may not stand (Article 60). Choose"
            " another person, or correct it on the page Committees.",
            status=NOT_SO,
        ),
        "ballot_candidate_twice": Sentence(
            "{name} đã có trong danh sách đề cử. Hãy xem lại danh sách.",
            "{name} is on the list already. Look at the list again.",
        ),
        "ballot_candidate_unknown": Sentence(
            "Không thấy người này trong danh sách đề cử. Hãy tải lại trang Bầu cử.",
            "This person is not on the list. Load the page Election again.",
            status=NOT_SO,
        ),
        "ballot_photo_unreadable": Sentence(
            "Tệp này không phải ảnh đọc được. Hãy chọn ảnh JPG, PNG hoặc WebP.",
            "This file is no picture that can be read. Choose a JPG, PNG or WebP.",
            status=NOT_SO,
        ),
        "ballot_candidates_few": Sentence(
            "Mới có {candidates} người ứng cử cho {seats} chỗ. Hãy đề cử thêm hoặc giảm số lượng.",
            "There are {candidates} candidates for {seats} seats. Nominate more, or lower the"
            " number.",
        ),
        "ballot_consent_missing": Sentence(
            "Chưa ghi đồng ý ứng cử của: {names}. Hãy hỏi và ghi, hoặc cho rút tên.",
            "No consent is recorded for: {names}. Ask them and record it, or withdraw them.",
        ),
        "ballot_birth_missing": Sentence(
            "Thể lệ chọn người nhiều tuổi hơn khi bằng phiếu. Hãy ghi ngày sinh của: {names}.",
            "The rule takes the older one in a tie. Record the dates of birth of: {names}.",
        ),
        "ballot_question_unknown": Sentence(
            "Không rõ nội dung cần biểu quyết. Hãy tải lại trang Bầu cử.",
            "It is not clear what to vote on. Load the page Election again.",
            status=NOT_SO,
        ),
        "ballot_question_adopted": Sentence(
            "Hội nghị đã thông qua nội dung này (biểu quyết số {number}). Hãy làm bước tiếp theo.",
            "The hall has adopted this already (motion {number}). Go on with the next step.",
        ),
        "ballot_seats_not_adopted": Sentence(
            "Hội nghị chưa thông qua số lượng thành viên. Hãy biểu quyết số lượng trước.",
            "The hall has not adopted the number of members. Vote on the number first.",
        ),
        "ballot_list_not_adopted": Sentence(
            "Hội nghị chưa thông qua danh sách bầu cử. Hãy biểu quyết danh sách trước.",
            "The hall has not adopted the list of candidates. Vote on the list first.",
        ),
        "ballot_rule_not_adopted": Sentence(
            "Hội nghị chưa thông qua thể lệ bầu cử. Hãy biểu quyết thể lệ trước khi phát thẻ bầu.",
            "The hall has not adopted the election rule. Vote on it before any slip is issued.",
        ),
        "ballot_tellers_number": Sentence(
            "Ban kiểm phiếu cần 3 hoặc 5 người, đang có {tellers}. Hãy sửa ở trang Thành phần điều"
            " hành.",
            "There must be 3 or 5 tellers; there are {tellers}. Correct it on the page Committees.",
        ),
        "ballot_tellers_head": Sentence(
            "Ban kiểm phiếu chưa có trưởng ban. Hãy đặt ở trang Thành phần điều hành.",
            "The tellers have no head. Set one on the page Committees.",
        ),
        "ballot_witnesses_number": Sentence(
            "Cần {needed} người chứng kiến kiểm phiếu, đang có {witnesses}. Hãy thêm ở trang Thành"
            " phần điều hành.",
            "{needed} witnesses are needed; {witnesses} are there. See the page Committees.",
        ),
        "ballot_teller_stands": Sentence(
            "Người ứng cử không được ở Ban kiểm phiếu hoặc làm chứng: {names}. Hãy cử người khác.",
            "A candidate cannot be teller or witness: {names}. Name somebody else.",
        ),
        "ballot_two_duties": Sentence(
            "Một người không vừa kiểm phiếu vừa chứng kiến: {names}. Hãy cử người khác.",
            "Nobody can be teller and witness at once: {names}. Name somebody else.",
        ),
        "ballot_sums_negative": Sentence(
            "Số thẻ không thể nhỏ hơn 0. Hãy đếm và nhập lại.",
            "A number of slips cannot be below 0. Count and type it again.",
            status=NOT_SO,
        ),
        "ballot_slips_do_not_add_up": Sentence(
            "Thẻ còn lại {left} cộng thẻ đã phát {issued} là {sum}, nhưng số thẻ in là {printed}."
            " Hãy đếm lại thẻ còn trong túi.",
            "{left} slips left and {issued} issued make {sum}, but {printed} were printed. Count"
            " the slips left in the bag again.",
            status=NOT_SO,
        ),
    }
)
