"""One XML part of a Word package as a tree, and its elements by their local names."""

from __future__ import annotations

from typing import Any, TypeAlias

from kiosk.core.errors import Refused

#: An lxml element; the library brings no types.
Element: TypeAlias = Any


def local(element: Element) -> str:
    """The element's name without its namespace ("" for comments)."""
    tag = element.tag
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Element | None, name: str) -> Element | None:
    """The first child with this local name."""
    if element is None:
        return None
    return next((each for each in element if local(each) == name), None)


def parse_xml(data: bytes, *, filename: str) -> Element:
    """One part as a tree. A document type, the door of all entity tricks, is refused unparsed."""
    from lxml import etree  # type: ignore[import-untyped]

    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    # The encoding is set from outside, so that no declared one can hide a document type.
    if b"<!doctype" in data.replace(b"\0", b"").lower():
        raise Refused("plan_unreadable", filename=filename)
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise Refused("plan_unreadable", filename=filename) from broken
