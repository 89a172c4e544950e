"""What the book and the screens say about a round, from its slips to its result.

No line of the book is written for a cast, and none says which slip or ballot.
"""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class RoundEvent(Event):
    """One act of a round each."""

    SLIPS_PRINTED = "ballot:slips:printed"
    PREPARED = "ballot:round:prepared"
    SLIPS_COUNTED = "ballot:slips:counted"
    TELLER_CAME = "ballot:teller:came"
    WITNESS_CAME = "ballot:witness:came"
    CODE_TYPED = "ballot:code:typed_back"
    ENVELOPE_SIGNED = "ballot:envelope:signed"
    RESTARTED = "ballot:ceremony:started_again"
    LOCKED = "ballot:box:locked"
    COMPARED = "ballot:fingerprint:compared"
    OPENED = "ballot:voting:opened"
    ISSUED = "ballot:slip:issued"
    ISSUE_UNDONE = "ballot:slip:not_drawn"
    ADDED = "ballot:roll:added"
    HELPED = "ballot:helper:recorded"
    ROBBED = "ballot:slip:reported_used"
    CLOSED = "ballot:voting:closed"
    SUMMED = "ballot:sums:recorded"
    CODES_REFUSED = "ballot:codes:refused"
    COUNTED = "ballot:box:opened"
    TYPED = "ballot:paper:typed"
    PAPER_DROPPED = "ballot:paper:typed_anew"
    PAPER_COUNTED = "ballot:paper:counted"
    READ_OUT = "ballot:figures:read_out"
    DECLARED = "ballot:result:declared"
    PUT_AWAY = "ballot:result:put_away"
    COMPLAINT = "ballot:complaint:recorded"
    LOWER_ASKED = "ballot:smaller_board:put_to_vote"
    STOP_ASKED = "ballot:no_further_round:put_to_vote"
    REDRAWN = "ballot:tablet:drawn_again"
    VOID_ASKED = "ballot:void:asked"
    VOIDED = "ballot:round:voided"


register(
    {
        "ballot_round_unknown": Sentence(
            "Không có lượt bầu số {number}. Hãy tải lại trang Bầu cử.",
            "There is no round {number}. Load the page Election again.",
            status=NOT_SO,
        ),
        "ballot_round_running": Sentence(
            "Lượt {number} chưa xong. Hãy công bố kết quả hoặc hủy lượt đó trước.",
            "Round {number} has not ended. Declare its result or void it first.",
        ),
        "ballot_round_exists": Sentence(
            "Đã có lượt bầu theo các thiết lập và danh sách này nên không sửa được nữa. Hãy bầu"
            " tiếp theo thể lệ đã thông qua.",
            "A round has been prepared by these settings and this list, so they cannot change."
            " Go on by the rule that was adopted.",
        ),
        "ballot_smaller_board_open": Sentence(
            "Hội nghị đang biểu quyết về số chỗ còn lại (biểu quyết số {number}). Hãy ghi kết quả"
            " biểu quyết đó trước.",
            "The hall is voting on the seats that are left (motion {number}). Record that count"
            " first.",
        ),
        "ballot_election_stopped": Sentence(
            "Hội nghị đã biểu quyết không bầu tiếp. Hãy chuyển sang mục sau của chương trình.",
            "The hall has voted to hold no further round. Go on with the agenda.",
        ),
        "ballot_no_further_round": Sentence(
            "Không cần lượt bầu nào nữa: đã bầu đủ số thành viên.",
            "No further round is needed: all seats are filled.",
        ),
        "ballot_wrong_moment": Sentence(
            "Việc này không làm được ở bước hiện tại của lượt {number}. Hãy tải lại trang và làm"
            " theo bước đang mở.",
            "This cannot be done at the present step of round {number}. Load the page and follow"
            " the step that is open.",
        ),
        "ballot_slips_number_wrong": Sentence(
            "Số thẻ in phải từ 1 đến {most}. Hãy nhập lại.",
            "The number of slips must be 1 to {most}. Type it again.",
            status=NOT_SO,
        ),
        "ballot_slips_locked": Sentence(
            "Hòm phiếu lượt {number} đã khóa nên không in lại thẻ được nữa. Hãy dùng thẻ đã đếm.",
            "The box of round {number} is locked, so its slips cannot be printed again. Use"
            " those that were counted.",
        ),
        "ballot_slips_missing": Sentence(
            "Chưa in thẻ bầu cho lượt {number}. Hãy in trước.",
            "No slips are printed for round {number}. Print them first.",
        ),
        "ballot_slips_more_than_printed": Sentence(
            "Đếm được {counted} thẻ nhưng máy chỉ in {printed} thẻ cho lượt này. Hãy đếm lại, hoặc"
            " in bộ thẻ mới.",
            "{counted} slips were counted, but only {printed} were printed for this round. Count"
            " again, or print a new set.",
            status=NOT_SO,
        ),
        "ballot_slips_not_counted": Sentence(
            "Ban kiểm phiếu chưa ghi số thẻ đã đếm của lượt {number}. Hãy đếm thẻ và ghi số trước.",
            "The tellers have not recorded how many slips they counted for round {number}. Count"
            " them and save the number.",
        ),
        "ballot_badge_unreadable": Sentence(
            "Không đọc được thẻ đại biểu. Hãy quét lại.",
            "The badge could not be read. Scan it again.",
            status=NOT_SO,
        ),
        "ballot_badge_unknown": Sentence(
            "Thẻ này không có trong danh sách, hoặc đã được đổi thẻ mới. Hãy dùng thẻ đang có"
            " hiệu lực.",
            "This badge is unknown, or has been replaced. Use the badge in force.",
            status=NOT_SO,
        ),
        "ballot_not_a_teller": Sentence(
            "{name} không thuộc Ban kiểm phiếu đã được Hội nghị thông qua. Mời đúng người quét"
            " thẻ.",
            "{name} is none of the tellers whom the hall approved. Ask the right person to scan.",
            status=NOT_SO,
        ),
        "ballot_not_a_witness": Sentence(
            "{name} không phải người chứng kiến kiểm phiếu. Mời đúng người quét thẻ.",
            "{name} is no witness of the count. Ask the right person to scan.",
            status=NOT_SO,
        ),
        "ballot_not_the_head": Sentence(
            "{name} không phải trưởng Ban kiểm phiếu. Mời trưởng ban quét thẻ.",
            "{name} is not the head of the tellers. Ask the head to scan the badge.",
            status=NOT_SO,
        ),
        "ballot_teller_here": Sentence(
            "{name} đã quét thẻ ở bước này rồi. Mời người tiếp theo.",
            "{name} has scanned already at this step. Ask the next one.",
        ),
        "ballot_code_gone": Sentence(
            "Máy chủ đã khởi động lại nên các mã vừa cấp không còn. Hãy làm lại lễ khóa hòm từ đầu"
            " và hủy các thẻ mã cũ.",
            "The server was restarted, so the codes are gone. Begin the locking of the box again"
            " and destroy the old cards.",
        ),
        "ballot_code_mistyped": Sentence(
            "Mã gõ lại không khớp với mã đã cấp. Hãy so lại thẻ mã từng nhóm số rồi gõ lại.",
            "What was typed is not the code that was given. Compare the card group by group and"
            " type it again.",
            status=NOT_SO,
        ),
        "ballot_code_first": Sentence(
            "Người kiểm phiếu này chưa gõ lại mã. Hãy gõ lại mã trước khi niêm phong bì.",
            "This teller has not typed the code back yet. Do that before the envelope.",
        ),
        "ballot_ceremony_not_complete": Sentence(
            "Chưa khóa được hòm. Hãy làm đủ: {tellers} mã đã gõ lại, {tellers} phong bì đã ký và"
            " {witnesses} người chứng kiến đã quét thẻ.",
            "The box cannot be locked yet. Complete it: {tellers} codes typed back, {tellers}"
            " envelopes signed and {witnesses} witnesses.",
        ),
        "ballot_box_not_shown": Sentence(
            "Chưa xác nhận hòm trong suốt đã cho hội trường thấy trống. Hãy cho xem hòm rồi đánh"
            " dấu.",
            "It is not confirmed that the hall has seen the empty box. Show it, then tick.",
            status=NOT_SO,
        ),
        "ballot_not_compared": Sentence(
            "Chưa so dấu của hòm phiếu ở một máy tính bảng. Hãy bốc thăm một máy và so trước.",
            "The fingerprint has not been compared at a tablet. Draw one by lot and compare first.",
        ),
        "ballot_not_open": Sentence(
            "Hiện không mở bỏ phiếu. Màn hình sẽ tự về trang chờ.",
            "No voting is open now. The screen will go back by itself.",
        ),
        "ballot_page_old": Sentence(
            "Trang này của lượt bầu trước. Xin đợi máy tải trang mới; thẻ bầu chưa dùng.",
            "This page belongs to another round. Wait for the new one; the slip is unused.",
        ),
        "ballot_slip_unreadable": Sentence(
            "Số này không đúng. Hãy so lại từng chữ số trên thẻ rồi nhập lại.",
            "This number is not right. Compare digit by digit with the slip and type it again.",
            status=NOT_SO,
        ),
        "ballot_already_voted": Sentence(
            "Phiếu của thẻ bầu này đã nằm trong hòm. Nếu ông/bà đã bỏ phiếu, xin thả thẻ vào hòm"
            " trong suốt; nếu chưa bỏ phiếu, xin giữ thẻ và báo ngay Ban kiểm phiếu.",
            "The ballot of this slip lies in the box. If you have voted, drop the slip into the"
            " clear box; if you have not voted, keep the slip and tell the tellers at once.",
        ),
        "ballot_closed_unvoted": Sentence(
            "Đã hết giờ bỏ phiếu; chưa có phiếu nào của thẻ này trong hòm. Xin trả thẻ cho Ban kiểm"
            " phiếu.",
            "The voting is closed; no ballot of this slip lies in the box. Give the slip back to"
            " the tellers.",
        ),
        "ballot_round_void": Sentence(
            "Lượt bầu này đã hủy, phiếu của lượt này không được tính. Xin trả thẻ cho Ban kiểm"
            " phiếu và nhận thẻ mới khi bầu lại.",
            "This round is void and its ballots do not count. Give the slip back to the tellers and"
            " draw a new one when the round is voted again.",
        ),
        "ballot_entitled_already": Sentence(
            "{name} đã có tên trong danh sách người bầu cử. Mời người đó nhận thẻ.",
            "{name} is on the list already. Let that person draw a slip.",
        ),
        "ballot_may_not_elect": Sentence(
            "{name} không có quyền bầu cử theo danh sách đại biểu. Hãy đặt quyền ở trang Đại biểu"
            " trước.",
            "{name} may not elect, by the roster. Set the right on the page Delegates first.",
        ),
        "ballot_not_drawn": Sentence(
            "{name} chưa được phát thẻ ở lượt này. Không cần hủy gì.",
            "{name} has drawn no slip in this round. There is nothing to take back.",
        ),
        "ballot_undo_late": Sentence(
            "Đã quá 2 phút nên không hủy lượt phát này được. Hãy ghi vào thẻ trả lại khi kiểm thẻ.",
            "More than 2 minutes have gone by. Record it as a returned slip when they are counted.",
        ),
        "ballot_sums_need_words": Sentence(
            "Số phiếu và số thẻ không khớp hoàn toàn. Hãy ghi rõ lý do để đưa vào biên bản.",
            "Ballots and slips do not agree entirely. Write down why, for the tellers' report.",
            status=NOT_SO,
        ),
        "ballot_more_than_slips": Sentence(
            "Có {cast} phiếu trong hòm điện tử, {in_box} thẻ trong hòm trong suốt, {issued} thẻ đã"
            " phát: nhiều phiếu hoặc thẻ hơn mức có thể. Hãy đếm lại thẻ; nếu vẫn vậy, hủy lượt này"
            " và bầu lại.",
            "{cast} ballots in the electronic box, {in_box} slips in the clear box, {issued}"
            " issued: more than there can be. Count the slips again; if it stays, void the round.",
        ),
        "ballot_codes_wait": Sentence(
            "Vừa nhập sai mã nhiều lần. Hãy đợi {seconds} giây rồi nhập lại.",
            "Wrong codes were typed several times. Wait {seconds} seconds and type them again.",
        ),
        "ballot_typed_by_same": Sentence(
            "Hai lần nhập phải do hai người khác nhau. Mời một thành viên Ban kiểm phiếu khác quét"
            " thẻ.",
            "Two different people must type. Ask another teller to scan the badge.",
            status=NOT_SO,
        ),
        "ballot_typed_twice": Sentence(
            "Đã có đủ hai lần nhập. Nếu sai, hãy xóa và nhập lại.",
            "Both entries are there. Drop them to type again.",
        ),
        "ballot_entries_differ": Sentence(
            "Hai lần nhập còn khác nhau. Hãy đếm lại chỗ khác rồi nhập lại.",
            "The two entries still differ. Count again where they do, and type again.",
        ),
        "ballot_void_same_person": Sentence(
            "Hủy lượt bầu cần hai tài khoản khác nhau. Mời người kia đăng nhập và xác nhận.",
            "Voiding a round needs two different accounts. Ask the other one to sign in and"
            " confirm.",
        ),
        "ballot_void_not_asked": Sentence(
            "Chưa ai đề nghị hủy lượt này. Hãy ghi đề nghị có lý do trước.",
            "Nobody has asked to void this round. Ask in writing first.",
        ),
        "ballot_round_declared": Sentence(
            "Kết quả lượt {number} đã công bố nên không hủy được nữa. Hãy ghi khiếu nại vào biên"
            " bản kiểm phiếu.",
            "The result of round {number} is declared; it cannot be void any more. Write"
            " complaints into the tellers' report.",
        ),
        "ballot_result_not_declared": Sentence(
            "Chưa công bố kết quả bầu cử (lượt {number}). Hãy công bố trước khi thông qua Nghị"
            " quyết hoặc bế mạc.",
            "The result of round {number} is not declared. Declare it before the resolution or the"
            " end of the conference.",
        ),
        "ballot_slips_wait": Sentence(
            "Máy này vừa nhập sai nhiều số thẻ. Xin đợi {seconds} giây rồi nhập lại, hoặc hỏi Ban"
            " kiểm phiếu.",
            "Several unknown numbers were typed here. Wait {seconds} seconds and type again, or ask"
            " the tellers.",
        ),
        "ballot_issue_not_here": Sentence(
            "Máy tính bảng này không được giao việc phát thẻ. Hãy giao việc «Phát thẻ bầu» cho máy"
            " ở trang Thiết bị, hoặc dùng máy khác.",
            "This tablet is not assigned to the issue of slips. Assign it on the page Devices, or"
            " use another device.",
        ),
        "ballot_board_not_complete": Sentence(
            "Mới bầu được {elected} trong {seats} thành viên. Hãy bầu tiếp hoặc xin Hội nghị giảm"
            " số lượng; nếu Hội nghị không bầu tiếp, hãy biểu quyết ở trang Bầu cử, hoặc bỏ qua mục"
            " bầu cử chưa bắt đầu và ghi lý do.",
            "{elected} of {seats} members are elected. Vote on, or ask the hall for a smaller"
            " board; if the hall votes no further, let it decide so on the page Election, or skip"
            " an election item that has not begun, with a reason.",
        ),
        "ballot_round_counted": Sentence(
            "Kết quả lượt {number} đã biết nên không hủy được nữa. Hãy công bố, và ghi khiếu nại"
            " vào biên bản kiểm phiếu.",
            "The result of round {number} is known, so it cannot be void any more. Declare it, and"
            " write complaints into the tellers' report.",
        ),
        "ballot_barred_on_list": Sentence(
            "{name} nay thuộc diện không được ứng cử (Điều 60) nhưng còn trong danh sách đã thông"
            " qua. Hãy xin Hội nghị bác danh sách và thông qua lại; nếu ghi nhầm, sửa ở trang Thành"
            " phần điều hành.",
            "{name} may not stand by now (Article 60) but is on the list that was adopted. Ask the"
            " hall to reject the list and adopt it anew, or correct it on the page Committees.",
        ),
        "ballot_ceremony_moved": Sentence(
            "Trong lúc khóa hòm, lễ khóa đã được làm lại hoặc bộ thẻ bầu đã thay đổi, nên hòm vừa"
            " tạo đã hủy. Hãy tải lại trang và làm tiếp bước đang mở.",
            "While the box was being locked, the ceremony was begun again or the slips changed; the"
            " box just made is destroyed. Load the page and follow the step that is open.",
        ),
        "ballot_not_the_drawn_tablet": Sentence(
            "Đây không phải máy bốc thăm được. Hãy so ở {tablet}; nếu máy đó hỏng, hãy bốc thăm lại"
            " và ghi lý do.",
            "This is not the tablet that was drawn. Compare at {tablet}; if it fails, draw again"
            " with a reason.",
            status=NOT_SO,
        ),
        "ballot_no_tablet_drawn": Sentence(
            "Máy tính bảng bốc thăm không còn ghép với máy chủ, hoặc chưa ghép máy nào. Hãy ghép"
            " máy rồi bốc thăm lại.",
            "The tablet that was drawn is not paired any more, or none is. Pair one and draw"
            " again.",
        ),
        "ballot_issued_needs_words": Sentence(
            "Nhập {typed} phiếu phát ra nhưng danh sách ký nhận có {listed}. Hãy đếm lại; nếu vẫn"
            " khác, ghi lý do để đưa vào biên bản.",
            "{typed} ballots issued were typed, but the list says {listed}. Count again; if they"
            " still differ, write down why for the tellers' report.",
            status=NOT_SO,
        ),
        "ballot_helper_missing": Sentence(
            "Hãy ghi họ tên người giúp (không ghi tên người được giúp).",
            "Write the helper's name (not that of the person helped).",
            status=NOT_SO,
        ),
    }
)
