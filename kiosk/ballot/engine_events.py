"""What the engine of the ballot refuses: counts that disagree, slips, the box, tellers' codes.

Nothing here names a person who votes or says anything of a ballot. Acts and their lines of the book
stand in `events.py`.
"""

from kiosk.core.messages import NOT_SO, Sentence, register

register(
    {
        # -- counts (domain.md 2.4); the formula stands in both languages ------------------------
        "ballot_no_seat": Sentence(
            "Số lượng được bầu là {seats}, phải từ 1 trở lên. Hãy ghi lại.",
            "The number to be elected is {seats}; it must be 1 or more (seats ≥ 1). Correct it.",
            status=NOT_SO,
        ),
        "ballot_no_candidate": Sentence(
            "Danh sách bầu cử chưa có ai. Hãy ghi ít nhất một người.",
            "The list of candidates is empty (candidates ≥ 1). Add somebody.",
            status=NOT_SO,
        ),
        "ballot_same_name_twice": Sentence(
            "Tên «{name}» có hai lần trong danh sách bầu cử. Hãy ghi thêm đơn vị hoặc năm sinh để"
            " phân biệt.",
            "The name “{name}” stands twice on the list (names are distinct). Add the unit or the"
            " year of birth to tell them apart.",
            status=NOT_SO,
        ),
        "ballot_number_negative": Sentence(
            "Số của mục «{field}» là {number}, không thể nhỏ hơn 0. Hãy đếm lại.",
            "The number of “{field}” is {number}; no number may be below 0 (every count ≥ 0)."
            " Count again.",
            status=NOT_SO,
        ),
        "ballot_issued_over_present": Sentence(
            "Số phiếu phát ra ({issued}) nhiều hơn số người có quyền bầu có mặt ({present}): phát"
            " ra ≤ có mặt. Hãy đếm lại.",
            "More ballots were issued ({issued}) than electors were present ({present}): issued ≤"
            " present. Count again.",
            status=NOT_SO,
        ),
        "ballot_collected_over_issued": Sentence(
            "Số phiếu thu về ({collected}) nhiều hơn số phiếu phát ra ({issued}): thu về ≤ phát ra."
            " Hãy đếm lại.",
            "More ballots were collected ({collected}) than issued ({issued}): collected ≤ issued."
            " Count again.",
            status=NOT_SO,
        ),
        "ballot_valid_and_invalid_not_collected": Sentence(
            "Phiếu hợp lệ ({valid}) cộng không hợp lệ ({invalid}) không bằng số thu về"
            " ({collected}): hợp lệ + không hợp lệ = thu về. Hãy đếm lại.",
            "Valid ({valid}) and invalid ({invalid}) ballots are not those collected"
            " ({collected}): valid + invalid = collected. Count again.",
            status=NOT_SO,
        ),
        "ballot_votes_over_valid": Sentence(
            "{name} được {votes} phiếu, nhiều hơn {valid} phiếu hợp lệ: số phiếu của mỗi người ≤"
            " hợp lệ. Hãy đếm lại.",
            "{name} has {votes} votes on {valid} valid ballots: each ≤ valid. Count again.",
            status=NOT_SO,
        ),
        "ballot_votes_over_valid_times_seats": Sentence(
            "Tổng {total} phiếu bầu nhiều hơn {valid} phiếu hợp lệ × {seats} người: tổng ≤ hợp lệ ×"
            " số lượng được bầu. Hãy đếm lại.",
            "{total} votes in all are more than {valid} valid ballots × {seats} seats: Σ votes ≤"
            " valid × seats. Count again.",
            status=NOT_SO,
        ),
        "ballot_yes_and_no_over_valid": Sentence(
            "{name}: đồng ý {yes} cộng không đồng ý {no} nhiều hơn {valid} phiếu hợp lệ: đồng ý +"
            " không đồng ý + không tính = hợp lệ. Hãy đếm lại.",
            "{name}: {yes} agree and {no} disagree on {valid} valid ballots: yes + no + not counted"
            " = valid. Count again.",
            status=NOT_SO,
        ),
        "ballot_count_file_wrong": Sentence(
            "Tệp số liệu kiểm phiếu chưa đúng ở mục «{field}». Hãy sửa mục này rồi chạy lại.",
            "The file of counts is not right at “{field}”. Correct it and run again.",
            status=NOT_SO,
        ),
        "ballot_lower_wrong": Sentence(
            "Số lượng mới phải từ {least} đến {most} (đang là {seats}). Hãy chọn lại.",
            "The new number must be {least} to {most} (it is {seats}). Choose again.",
            status=NOT_SO,
        ),
        # -- the box ------------------------------------------------------------------------------
        "ballot_box_exists": Sentence(
            "Hòm phiếu của lượt này đã có. Hãy tải lại trang.",
            "The box of this round exists already. Load the page again.",
        ),
        "ballot_box_without_slips": Sentence(
            "Lượt này chưa có thẻ bầu nào. Hãy in và kiểm đếm thẻ bầu trước.",
            "There are no slips for this round yet. Print and count them first.",
        ),
        "ballot_box_missing": Sentence(
            "Không thấy tệp hòm phiếu của lượt này, phiếu đã bỏ không còn. Hãy báo trưởng ban kiểm"
            " phiếu: lượt này phải hủy và bầu lại.",
            "The box of this round is not there, and with it the ballots that were cast. Tell the"
            " head of tellers: this round is void and is voted again.",
        ),
        "ballot_box_of_another_round": Sentence(
            "Tệp hòm phiếu này không phải của lượt bầu này. Hãy báo trưởng ban kiểm phiếu.",
            "This box belongs to another round. Please tell the head of tellers.",
        ),
        "ballot_box_damaged": Sentence(
            "Hòm phiếu bị hỏng: {used} thẻ bầu đã dùng nhưng có {ballots} phiếu. Hãy báo trưởng ban"
            " kiểm phiếu, không mở tiếp.",
            "The box is damaged: {used} slips were used, but {ballots} ballots lie in it. Tell the"
            " head of tellers and do not go on.",
        ),
        "ballot_box_open": Sentence(
            "Hòm phiếu còn đang nhận phiếu. Hãy kết thúc bỏ phiếu trước khi kiểm.",
            "The box still takes ballots. Close the voting before the count.",
        ),
        "ballot_box_shut": Sentence(
            "Đã hết giờ bỏ phiếu, phiếu này không được nhận. Hãy trả thẻ bầu cho ban kiểm phiếu.",
            "The voting is closed, and this ballot was not taken. Give the slip back to the"
            " tellers.",
        ),
        "ballot_wrong_length": Sentence(
            "Phiếu gửi lên không đúng dạng nên không được nhận; thẻ bầu chưa dùng. Hãy tải lại"
            " trang và bầu lại.",
            "What was sent is no ballot of this round and was not taken; the slip is unused. Load"
            " the page and vote again.",
            status=NOT_SO,
        ),
        "ballot_slip_unknown": Sentence(
            "Thẻ bầu này không thuộc lượt bầu đang mở. Hãy xem lại mười chữ số, hoặc hỏi ban kiểm"
            " phiếu.",
            "This slip does not belong to the open round. Look at its ten digits again, or ask the"
            " tellers.",
            status=NOT_SO,
        ),
        "ballot_slip_used": Sentence(
            "Thẻ bầu này đã dùng để bỏ một phiếu. Nếu không phải ông/bà đã bỏ phiếu, xin giữ thẻ"
            " và báo Ban kiểm phiếu.",
            "This slip has cast a ballot already. If that was not you, keep the slip and tell the"
            " tellers.",
        ),
        "ballot_bytes_again": Sentence(
            "Phiếu này đã nằm trong hòm nên không nhận lần nữa; thẻ bầu chưa dùng. Hãy tải lại"
            " trang và bầu lại.",
            "This very ballot lies in the box already and was not taken again; the slip is unused."
            " Load the page and vote again.",
        ),
        # -- the tellers' codes -------------------------------------------------------------------
        "ballot_tellers_wrong": Sentence(
            "Khóa hòm phiếu cần 3 hoặc 5 người kiểm phiếu, hiện có {tellers}. Hãy chọn lại.",
            "A box is locked by 3 or 5 tellers, not {tellers}. Choose again.",
            status=NOT_SO,
        ),
        "ballot_code_wrong": Sentence(
            "Mã của người kiểm phiếu số {slot} chưa đúng. Hãy nhập lại theo thẻ.",
            "The code of teller {slot} is not right. Type it again from the card.",
            status=NOT_SO,
        ),
        "ballot_codes_too_few": Sentence(
            "Mới có {typed} mã, cần ít nhất {needed}. Hãy mời thêm người kiểm phiếu nhập mã.",
            "{typed} codes were typed; at least {needed} are needed. Ask another teller.",
            status=NOT_SO,
        ),
        "ballot_codes_fit_no_group": Sentence(
            "Các mã của người kiểm phiếu số {slots} không cùng mở được hòm: có ít nhất một mã sai."
            " Hãy xem lại thẻ, hoặc mời thêm người kiểm phiếu nhập mã để tìm ra mã sai.",
            "The codes of tellers {slots} do not open the box together: at least one is wrong. Look"
            " at the cards again, or ask another teller, so that the wrong one shows.",
            status=NOT_SO,
        ),
        "ballot_lock_damaged": Sentence(
            "Khóa của hòm phiếu bị hỏng nên không mở được. Hãy báo trưởng ban kiểm phiếu: lượt này"
            " phải hủy và bầu lại.",
            "The lock of the box is damaged and does not open. Tell the head of tellers: this round"
            " is void and is voted again.",
        ),
    }
)
