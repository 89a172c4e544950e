"""The words of the screens: from the templates to the English catalogue, and proof of it.

    python tools/words.py            bring the catalogue up to date, then compile it
    python tools/words.py --check    change nothing; exit code 1 names every trouble

Screens are Vietnamese first: a msgid is the Vietnamese sentence itself, in a template's `_()` or
in `kiosk/pages.py`. After a change of words, run the tool, write the missing English sentences into
`kiosk/translations/en/LC_MESSAGES/messages.po`, and run it again. Stale sentences leave the
catalogue by themselves; the git history keeps them. Nothing is ever guessed or marked fuzzy.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "kiosk"
CATALOGUE = PROGRAM / "translations" / "en" / "LC_MESSAGES"

#: How Babel reads each kind of file.
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]

#: A msgid, and the context that tells two meanings of the same Vietnamese word apart.
Key = tuple[str | None, str]

#: Blanks that the program fills (`%(name)s`, and `{name}` for the browser), and tags.
_BLANK = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+>")

#: Fixed, so that the same words always give the same file.
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _holds_words(folder: str | os.PathLike[str]) -> bool:
    """Babel would leave out `_layouts` and `_parts`, and they hold words like any other."""
    return Path(folder).name not in {"static", "data", "__pycache__"}


@cache
def extract(program: Path = PROGRAM) -> Mapping[Key, list[str]]:
    """Every msgid of the program, and the files that hold it, in the order of the files.

    Raises ValueError for a plural form: our sentences are written so that they need none.
    """
    found: dict[Key, list[str]] = {}
    lines = extract_from_dir(program, METHODS, directory_filter=_holds_words)
    for file, line, words, _, context in lines:
        if not isinstance(words, str):
            raise ValueError(f"{file}:{line}: words with a plural form")
        where = f"kiosk/{Path(file).as_posix()}"
        files = found.setdefault((context, words), [])
        if where not in files:
            files.append(where)
    return found


def read(folder: Path = CATALOGUE) -> Catalog:
    """The English catalogue as people edit it; empty where there is none yet."""
    path = folder / "messages.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def _key(message: Message) -> Key:
    context: str | bytes | None = message.context
    if isinstance(context, bytes):  # as Babel reads a compiled catalogue
        context = context.decode()
    return context, str(message.id)


def sentences(catalogue: Catalog) -> dict[Key, str]:
    """msgid → English sentence, empty where there is none."""
    return {_key(message): str(message.string or "") for message in catalogue if message.id}


def renewed(found: Mapping[Key, list[str]], known: Mapping[Key, str]) -> Catalog:
    """A catalogue of exactly the msgids that the program has, with the English we know."""
    catalogue = Catalog(
        locale="en",
        domain="messages",
        project="kiosk",
        version="1",
        msgid_bugs_address="kiosk",
        header_comment="# English words of the screens. Vietnamese is the source; see words.py.",
        creation_date=_DAY,
        revision_date=_DAY,
        last_translator="kiosk",
        language_team="kiosk",
        fuzzy=False,
    )
    for (context, words), files in sorted(found.items(), key=lambda each: (each[1], each[0][1])):
        catalogue.add(
            words,
            known.get((context, words), ""),
            locations=[(file, 0) for file in sorted(files)],
            context=context,
        )
    return catalogue


def save(catalogue: Catalog, folder: Path = CATALOGUE) -> None:
    """Write the catalogue for people and the compiled one for the program."""
    folder.mkdir(parents=True, exist_ok=True)
    words = io.BytesIO()
    write_po(words, catalogue, width=98, include_lineno=False, sort_by_file=False)
    (folder / "messages.po").write_bytes(words.getvalue())
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    (folder / "messages.mo").write_bytes(compiled.getvalue())


def troubles(program: Path = PROGRAM, folder: Path = CATALOGUE) -> Iterator[str]:
    """One English line for everything that is wrong with the catalogue; none when it is whole."""
    found, english = extract(program), sentences(read(folder))
    for context, words in found.keys() - english.keys():
        where = ", ".join(found[context, words])
        yield f"not in the catalogue: {words!r} ({where})"
    for _, words in english.keys() - found.keys():
        yield f"stale, on no screen any more: {words!r}"
    for _, words in (key for key, sentence in english.items() if not sentence.strip()):
        yield f"no English yet: {words!r}"
    for (_, words), sentence in english.items():
        if sentence and sorted(_BLANK.findall(words)) != sorted(_BLANK.findall(sentence)):
            yield f"other blanks than the Vietnamese: {words!r} → {sentence!r}"
        if "%" in _BLANK.sub("", words + sentence):
            yield f"a bare % sign breaks the page: {words!r} → {sentence!r}"
    for message in read(folder):
        if message.fuzzy and message.id:
            yield f"marked fuzzy, so never shown: {message.id!r}"
    try:
        with (folder / "messages.mo").open("rb") as file:
            compiled = sentences(read_mo(file))
    except (OSError, ValueError) as error:
        yield f"messages.mo cannot be read: {error}"
        return
    if compiled != {key: sentence for key, sentence in english.items() if sentence}:
        yield "messages.mo is not what messages.po says: run tools/words.py"


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; returns the exit code."""
    parser = argparse.ArgumentParser(description="Bring the English catalogue up to date.")
    parser.add_argument("--check", action="store_true", help="only look; change nothing")
    if not parser.parse_args(arguments).check:
        save(renewed(extract(), sentences(read())))
    found = sorted(troubles())
    for trouble in found:
        sys.stderr.write(trouble + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
