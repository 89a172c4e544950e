"""Encrypting a file to the recovery key and opening it again; proven by reading it back.

Each copy is encrypted to two recipients: the recovery key, and a key that this process makes for
this one copy and forgets. With the second the finished file is read from the second place again,
opened and compared, which the recovery key's public half alone could never do (lesson 56).
"""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import IO, Any

from kiosk.core.errors import KioskError

#: First line of every age file (age-encryption.org/v1).
MAGIC = b"age-encryption.org/v1\n"

#: pyrage says no more than this about a file whose recipients are all strangers.
_NO_MATCH = "no matching keys"


class NotOpened(KioskError):
    """The file cannot be opened; `fits` is False when the key is not one of its recipients."""

    def __init__(self, *, fits: bool) -> None:
        super().__init__("damaged" if fits else "another key")
        self.fits = fits


class SourceFailed(KioskError):
    """The medium that holds the encrypted file does not give it."""


class NotTheSame(KioskError):
    """What was read back is not what was written."""


class _Through:
    """A file that hashes what goes through it and remembers its own failure.

    The library reports a full disk with the words of a broken file; ours keeps the difference.
    """

    def __init__(self, file: IO[bytes] | None) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.size = 0
        self.failure: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        assert self.file is not None  # noqa: S101 (only a sink has no file)
        try:
            got = self.file.read(size)
        except OSError as failure:
            self.failure = failure
            raise
        self._note(got)
        return got

    def write(self, step: bytes) -> int:
        try:
            if self.file is not None:
                self.file.write(step)
        except OSError as failure:
            self.failure = failure
            raise
        self._note(step)
        return len(step)

    def flush(self) -> None:
        try:
            if self.file is not None:
                self.file.flush()
        except OSError as failure:
            self.failure = failure
            raise

    def _note(self, step: bytes) -> None:
        self.digest.update(step)
        self.size += len(step)


def seal(plain: Path, sealed: Path, recipient: Any) -> tuple[str, int]:
    """Encrypt `plain` into the new file `sealed`, make it durable and read it back.

    Returns SHA-256 and size of the encrypted file.

    Raises:
        NotTheSame: the medium gave back other bytes than it took.
        OSError: when the disk refuses.
    """
    import pyrage

    witness = pyrage.x25519.Identity.generate()
    handle = os.open(
        sealed, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
    )
    with plain.open("rb") as source, os.fdopen(handle, "wb") as target:
        before, after = _Through(source), _Through(target)
        try:
            pyrage.encrypt_io(before, after, [recipient, witness.to_public()])
            target.flush()
            os.fsync(target.fileno())
        except (pyrage.EncryptError, OSError) as failed:
            raise _of_the_disk(failed, before, after) from failed
        if hasattr(os, "posix_fadvise"):
            # Not from the memory of the system: the medium itself is asked.
            os.posix_fadvise(target.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    read = _Through(None)
    try:
        seen = open_sealed(sealed, read, witness)
    except (NotOpened, SourceFailed) as other:
        raise NotTheSame from other
    if (seen, read.digest.digest()) != (after.digest.hexdigest(), before.digest.digest()):
        raise NotTheSame
    return seen, after.size


def open_sealed(sealed: Path, into: _Through | IO[bytes], identity: Any) -> str:
    """Decrypt `sealed` into a file or a sink; returns the SHA-256 of the encrypted bytes.

    Raises:
        NotOpened: another key, a cut file, a changed byte.
        SourceFailed: when `sealed` cannot be read to its end.
        OSError: when the disk of `into` fails.
    """
    import pyrage

    target = into if isinstance(into, _Through) else _Through(into)
    with sealed.open("rb") as source:
        reader = _Through(source)
        try:
            pyrage.decrypt_io(reader, target, [identity])
        except (pyrage.DecryptError, OSError) as failed:
            if reader.failure is not None:
                raise SourceFailed(reader.failure.strerror or "?") from reader.failure
            if target.failure is not None:
                raise target.failure from failed
            raise NotOpened(fits=_NO_MATCH not in str(failed).lower()) from failed
    return reader.digest.hexdigest()


def _of_the_disk(failed: BaseException, *files: _Through) -> OSError:
    for file in files:
        if file.failure is not None:
            return file.failure
    if isinstance(failed, OSError):
        return failed
    return OSError(errno.EIO, str(failed))
