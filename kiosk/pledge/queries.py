"""Reading the pledge: its text, who signs, who has signed, and the pictures in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.conference import queries as people
from kiosk.core.errors import Refused
from kiosk.pledge import rules
from kiosk.pledge import text as texts
from kiosk.pledge.models import Pledge, PledgeSignatory, PledgeSignature, PledgeVersion
from kiosk.pledge.rules import Form, Side, Signing, State
from kiosk.pledge.text import Text


@dataclass(frozen=True)
class VersionRow:
    """One saved text, without its words."""

    id: int
    number: int
    #: SHA-256 of the text, 64 hex digits.
    sha256: str
    at: datetime
    by_name: str


@dataclass(frozen=True)
class SignatoryRow:
    """Somebody who is to sign, and how far that is."""

    id: int
    delegate_id: int
    name: str
    address_form: str | None
    #: What is printed over the signature, in capitals: `KT. TRƯỞNG PHÒNG`, `PHÓ TRƯỞNG PHÒNG`.
    lines: tuple[str, ...]
    #: The capacity of who signs, as the roster spells it.
    capacity: str
    unit_id: int
    unit: str
    side: Side
    #: Whom this person signs for (KT.); empty for one who signs in their own capacity.
    principal: str
    excused_at: datetime | None
    excuse: str
    #: The signature in force.
    signed_at: datetime | None
    device_id: int | None
    #: How often this person has signed; 2 and more were signed again.
    times: int

    @property
    def has_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_excused(self) -> bool:
        return self.excused_at is not None and not self.has_signed

    @property
    def is_missing(self) -> bool:
        return not self.has_signed and not self.is_excused

    @property
    def called(self) -> str:
        """`Bà Ngô Thị Bích Hằng`; the form of address is never guessed."""
        return f"{self.address_form} {self.name}" if self.address_form else self.name

    @property
    def called_inside(self) -> str:
        """The same inside a sentence: `bà Ngô Thị Bích Hằng`."""
        return f"{self.address_form.lower()} {self.name}" if self.address_form else self.name


@dataclass(frozen=True)
class UnitSigning:
    """The signatories of one unit."""

    name: str
    rows: tuple[SignatoryRow, ...]

    @property
    def signed(self) -> int:
        return sum(row.has_signed for row in self.rows)


@dataclass(frozen=True)
class PledgeView:
    """The pledge at one moment."""

    state: State
    form: Form
    #: The newest text; None before the first was saved.
    newest: VersionRow | None
    #: The version that is signed; None while it is a draft.
    fixed: VersionRow | None
    opened_at: datetime | None
    closed_at: datetime | None
    #: By unit in the order of the roster, the office last.
    signatories: tuple[SignatoryRow, ...]

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def signing(self) -> Signing:
        return Signing(
            signatories=len(self.signatories),
            signed=sum(row.has_signed for row in self.signatories),
            excused=sum(row.is_excused for row in self.signatories),
        )

    @property
    def units(self) -> tuple[UnitSigning, ...]:
        """The same by unit; who signs for the office stands under the unit they belong to, last."""
        groups: dict[tuple[Side, int], list[SignatoryRow]] = {}
        for row in self.signatories:
            groups.setdefault((row.side, row.unit_id), []).append(row)
        return tuple(UnitSigning(rows[0].unit, tuple(rows)) for rows in groups.values())

    @property
    def newest_first(self) -> tuple[SignatoryRow, ...]:
        """Who has signed, the last one first."""
        signed = [(row.signed_at, row.id, row) for row in self.signatories if row.signed_at]
        return tuple(row for _, _, row in sorted(signed, reverse=True))


def state(session: Session) -> State:
    """Where the pledge stands; a draft before anything was written."""
    found = session.scalar(select(Pledge.state))
    return State(found) if found is not None else State.DRAFT


def is_open(session: Session) -> bool:
    """Whether tablets take signatures now."""
    return state(session) is State.OPEN


def ensure_not_open(session: Session) -> None:
    """Refused with `pledge_still_open`: who was asked to sign must not find the door shut."""
    if is_open(session):
        raise Refused("pledge_still_open", missing=pledge(session).signing.missing)


def pledge(session: Session) -> PledgeView:
    """The pledge with everyone who signs it."""
    row = session.execute(
        select(Pledge.state, Pledge.form, Pledge.version_id, Pledge.opened_at, Pledge.closed_at)
    ).one_or_none()
    known = {each.id: each for each in versions(session)}
    return PledgeView(
        state=State(row.state) if row else State.DRAFT,
        form=Form(row.form) if row else Form.JOINT,
        newest=next(iter(known.values()), None),
        fixed=known[row.version_id] if row and row.version_id is not None else None,
        opened_at=row.opened_at if row else None,
        closed_at=row.closed_at if row else None,
        signatories=tuple(_signatories(session)),
    )


# -- the text --------------------------------------------------------------------------------------

_versions = select(
    PledgeVersion.id,
    PledgeVersion.number,
    PledgeVersion.sha256,
    PledgeVersion.at,
    PledgeVersion.by_name,
).order_by(PledgeVersion.number.desc())


def versions(session: Session) -> list[VersionRow]:
    """Every saved text, newest first."""
    return [VersionRow(*row) for row in session.execute(_versions)]


def version(session: Session, number: int) -> tuple[VersionRow, Text]:
    """One saved text. Refused: `pledge_version_unknown`."""
    row = session.execute(_versions.where(PledgeVersion.number == number)).one_or_none()
    if row is None:
        raise Refused("pledge_version_unknown")
    found = VersionRow(*row)
    return found, _text(session, found.id)


def newest_text(session: Session) -> Text | None:
    """The newest saved text; None before there is one."""
    found = next(iter(versions(session)), None)
    return None if found is None else _text(session, found.id)


def fixed_text(session: Session) -> Text | None:
    """The text that is signed; None while it is a draft."""
    version_id = session.scalar(select(Pledge.version_id))
    return None if version_id is None else _text(session, version_id)


def _text(session: Session, version_id: int) -> Text:
    stored = session.scalar(select(PledgeVersion.text).where(PledgeVersion.id == version_id))
    if stored is None:
        raise Refused("pledge_version_unknown")
    return texts.from_json(stored)


# -- who signs -------------------------------------------------------------------------------------


def _signatories(session: Session) -> list[SignatoryRow]:
    rows = session.execute(
        select(
            PledgeSignatory.id,
            PledgeSignatory.delegate_id,
            PledgeSignatory.principal_id,
            PledgeSignatory.side,
            PledgeSignatory.capacity,
            PledgeSignatory.stands_for,
            PledgeSignatory.excused_at,
            PledgeSignatory.excuse,
        ).where(PledgeSignatory.removed_at.is_(None))
    ).all()
    if not rows:
        return []
    # Only who is on the list: a hall of a thousand must not make each signature slower.
    concerned = {row.delegate_id for row in rows} | {row.principal_id or 0 for row in rows}
    roster = people.delegates(session, ids=concerned)
    place = {person.id: at for at, person in enumerate(roster)}
    by_id = {person.id: person for person in roster}
    signed = {
        row.signatory_id: row
        for row in session.execute(
            select(
                PledgeSignature.signatory_id,
                PledgeSignature.number,
                PledgeSignature.at,
                PledgeSignature.device_id,
            ).where(PledgeSignature.replaced_at.is_(None))
        )
    }
    found = []
    for row in rows:
        person = by_id[row.delegate_id]
        principal = by_id[row.principal_id] if row.principal_id is not None else None
        mine = signed.get(row.id)
        found.append(
            SignatoryRow(
                id=row.id,
                delegate_id=person.id,
                name=person.name,
                address_form=person.address_form,
                lines=rules.capacity_lines(
                    row.capacity, stands_for=row.stands_for if principal else None
                ),
                capacity=row.capacity,
                unit_id=(principal or person).unit_id,
                unit=(principal or person).unit,
                side=Side(row.side),
                principal=principal.name if principal else "",
                excused_at=row.excused_at,
                excuse=row.excuse,
                signed_at=mine.at if mine else None,
                device_id=mine.device_id if mine else None,
                times=mine.number if mine else 0,
            )
        )
    # D8: each unit's signatory, then the head of the office. A proxy stands where the principal
    # stood.
    at = {row.id: place[row.principal_id or row.delegate_id] for row in rows}
    found.sort(key=lambda row: (row.side is Side.OFFICE, at[row.id]))
    return found


def signatory(session: Session, signatory_id: int) -> SignatoryRow:
    """One of those who sign. Refused: `pledge_signatory_unknown`."""
    found = next((row for row in _signatories(session) if row.id == signatory_id), None)
    if found is None:
        raise Refused("pledge_signatory_unknown")
    return found


def ever_signed(session: Session) -> int:
    """How many people have signed at some time, those taken off the list included."""
    return session.scalar(select(func.count(func.distinct(PledgeSignature.signatory_id)))) or 0


# -- signatures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignatureRow:
    """A signature in force, with its picture: for the paper and the archive, never for a screen."""

    signatory_id: int
    number: int
    name: str
    unit: str
    lines: tuple[str, ...]
    at: datetime
    device_id: int
    version: int
    text_sha256: str
    ink_sha256: str
    svg: str
    png: bytes


def signatures(session: Session) -> dict[int, SignatureRow]:
    """Every signature in force, by signatory."""
    rows = session.execute(
        select(PledgeSignature, PledgeVersion.number)
        .join(PledgeVersion, PledgeVersion.id == PledgeSignature.version_id)
        .where(PledgeSignature.replaced_at.is_(None))
        .order_by(PledgeSignature.id)
    )
    return {
        stored.signatory_id: SignatureRow(
            signatory_id=stored.signatory_id,
            number=stored.number,
            name=stored.name,
            unit=stored.unit,
            lines=tuple(stored.lines),
            at=stored.at,
            device_id=stored.device_id,
            version=version_number,
            text_sha256=stored.text_sha256,
            ink_sha256=stored.ink_sha256,
            svg=stored.svg or "",
            png=stored.png or b"",
        )
        for stored, version_number in rows
    }
