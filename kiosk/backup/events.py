"""What the book and the screens say about copies.

A copy every minute is no line of the book: sixty lines an hour would bury the acts of the meeting,
and each would change the database and so ask for the next copy. A restore is a line in the
restored book, and so is a new recovery key: both decide who holds the conference.
"""

from kiosk.core.audit import Event, catalogue
from kiosk.core.messages import NOT_SO, Sentence, register


@catalogue
class BackupEvent(Event):
    RESTORED = "backup:instance:restored"
    KEY_MADE = "backup:key:made"


register(
    {
        "backup_no_recipient": Sentence(
            "Hội nghị này chưa có khóa khôi phục ({file}) nên chưa sao lưu được. Hãy chạy «kiosk"
            " backup key» và cất khóa in ra.",
            "This conference has no recovery key ({file}), so no backup was made. Run `kiosk backup"
            " key` and keep the key that it prints.",
        ),
        "recovery_key_exists": Sentence(
            "Hội nghị này đã có khóa khôi phục ({file}). Muốn thay khóa, hãy chạy «kiosk backup"
            " key».",
            "This conference already has a recovery key ({file}). To replace it, run `kiosk backup"
            " key`.",
        ),
        "recovery_key_wrong": Sentence(
            "Đây không phải khóa khôi phục, hoặc chép sai một chữ. Khóa bắt đầu bằng"
            " AGE-SECRET-KEY-1; hãy xem lại từng chữ rồi nhập lại.",
            "This is no recovery key, or one letter is wrong. It begins with AGE-SECRET-KEY-1;"
            " compare it letter by letter and enter it again.",
            status=NOT_SO,
        ),
        "recovery_key_does_not_fit": Sentence(
            "Khóa này không mở được {file}: khóa của hội nghị khác hoặc khóa cũ, hoặc tệp hỏng ở"
            " phần đầu. Hãy thử khóa khác hoặc bản sao lưu khác.",
            "This key does not open {file}: it belongs to another conference or an older key, or"
            " the beginning of the file is damaged. Try another key or another backup.",
            status=NOT_SO,
        ),
        "backup_folder_unreachable": Sentence(
            "Không ghi được vào nơi sao lưu {folder} ({reason}). Hãy cắm lại ổ hoặc USB, hoặc sửa"
            " backup_folder trong config.toml.",
            "The place for backups, {folder}, cannot be written ({reason}). Plug the disk or stick"
            " in again, or correct backup_folder in config.toml.",
            status=503,
        ),
        "backup_folder_inside": Sentence(
            "Nơi sao lưu {folder} nằm trong chính thư mục hội nghị. Hãy chọn nơi khác, tốt nhất là"
            " một ổ khác.",
            "The place for backups, {folder}, lies inside the conference's own folder. Choose"
            " another place, best on another disk.",
            status=NOT_SO,
        ),
        "backup_disk_full": Sentence(
            "Ổ chứa {folder} không đủ chỗ cho bản sao lưu (cần {megabytes} MB). Hãy xóa bớt tệp"
            " hoặc đổi ổ khác.",
            "The disk of {folder} has no room for a backup ({megabytes} MB needed). Delete files or"
            " use another disk.",
            status=503,
        ),
        "backup_busy": Sentence(
            "Một bản sao lưu khác đang được làm. Hãy đợi một phút rồi chạy lại.",
            "Another backup is being made. Wait a minute and run it again.",
            status=503,
        ),
        "backup_not_read_back": Sentence(
            "Bản sao lưu ghi ra {folder} đọc lại không đúng nên đã bỏ. Ổ hoặc USB này có thể hỏng;"
            " hãy đổi cái khác.",
            "The backup written to {folder} did not read back the same and was dropped. The disk or"
            " stick may be failing; use another one.",
            status=503,
        ),
        "backup_data_damaged": Sentence(
            "Dữ liệu hội nghị không còn nguyên vẹn ({check}) nên bản sao này không được giữ. Các"
            " bản sao lưu trước vẫn còn; hãy báo kỹ thuật ngay.",
            "The conference's data is not whole ({check}), so this copy was not kept. The copies"
            " before it are still there; call the technician at once.",
            status=503,
        ),
        "backup_file_name_unsafe": Sentence(
            "Tệp đính kèm «{name}» có tên không sao lưu được. Hãy gỡ tệp này rồi đính kèm lại với"
            " tên khác.",
            "The attachment “{name}” has a name that cannot be kept in a backup. Remove it and"
            " attach it again under another name.",
        ),
        "backup_before_upgrade_failed": Sentence(
            "Chưa sao lưu được trước khi nâng cấp dữ liệu nên chưa nâng cấp gì. Hãy xử lý lý do"
            " sau đây rồi chạy lại.",
            "No backup could be made before the data is upgraded, so nothing was upgraded. Put the"
            " following right and run it again.",
            status=503,
        ),
        "backup_not_ours": Sentence(
            "{file} không phải bản sao lưu của chương trình này. Hãy chọn tệp có đuôi"
            " .kiosk-backup.",
            "{file} is no backup of this program. Choose a file that ends in .kiosk-backup.",
            status=NOT_SO,
        ),
        "backup_unreadable": Sentence(
            "Không đọc được {file} ({reason}). Hãy xem lại đường dẫn hoặc cắm lại USB.",
            "{file} cannot be read ({reason}). Check the path or plug the stick in again.",
            status=NOT_SO,
        ),
        "backup_damaged": Sentence(
            "Bản sao lưu {file} bị hỏng hoặc bị cắt ({check}) nên không khôi phục gì. Hãy dùng bản"
            " liền trước.",
            "The backup {file} is damaged or cut short ({check}); nothing was restored. Use the one"
            " before it.",
            status=NOT_SO,
        ),
        "backup_from_newer_program": Sentence(
            "Bản sao lưu {file} do phiên bản mới hơn ({version}) làm ra. Hãy cài phiên bản đó rồi"
            " khôi phục.",
            "The backup {file} was made by a newer version ({version}). Install that version, then"
            " restore.",
        ),
        "restore_folder_not_empty": Sentence(
            "Thư mục {folder} không trống nên không khôi phục vào đó. Hãy chọn thư mục mới bằng"
            " --instance.",
            "{folder} is not empty, so nothing was restored into it. Choose a new folder with"
            " --instance.",
        ),
        "restore_folder_unwritable": Sentence(
            "Không ghi được vào {folder} ({reason}). Hãy xem dung lượng ổ và quyền ghi, hoặc chọn"
            " thư mục khác bằng --instance.",
            "{folder} cannot be written ({reason}). Check the room on the disk and the rights, or"
            " choose another folder with --instance.",
            status=503,
        ),
    }
)
