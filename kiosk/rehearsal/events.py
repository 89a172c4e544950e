"""What the command line says when a rehearsal cannot go on. It writes no event of its own."""

from kiosk.core.messages import Sentence, register

register(
    {
        "rehearsal_server_silent": Sentence(
            "Máy chủ của buổi diễn tập không chạy hoặc không trả lời. Hãy xem nhật ký {log} rồi"
            " chạy lại.",
            "The rehearsal's server stopped or does not answer. Read its log {log}, then run the"
            " rehearsal again.",
            status=503,
        ),
        "rehearsal_stuck": Sentence(
            "Buổi diễn tập dừng ở bước {step} (máy chủ trả lời {status}). Hãy xem nhật ký của buổi"
            " diễn tập rồi chạy lại.",
            "The rehearsal stopped at {step} (the server answered {status}). Read the rehearsal's"
            " log, then run it again.",
            status=503,
        ),
    }
)
