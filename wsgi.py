"""For any WSGI server (one worker process, threads): `granian --interface wsgi wsgi:app`.

The instance is locked for the life of the process, as `kiosk serve` does: only one may write.
"""

from contextlib import ExitStack

from kiosk import config, create_app, instance

settings = config.load()
held = ExitStack()
held.enter_context(instance.locked(settings.instance))
instance.upgrade(settings)
app = create_app(settings)
