"""The election as the database knows it: persons, rounds, who drew a slip. Never a choice.

While a box is locked its ballots lie in a file of their own (`box.py`), and nothing in these
tables leads to them: no slip number, no order, no time of a cast (R10). After the opening the
sorted sealed set and the opened ballots come here, in one unit, in an order that tells nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Election(Base):
    """The one election of the day and its settings; locked once the rule is adopted (R9)."""

    __tablename__ = "election"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        # R6: three to nine; more only with a recorded reason (Điều 60(1)).
        CheckConstraint("seats >= 3", name="at_least_three"),
        CheckConstraint("seats <= 9 OR seats_reason <> ''", name="many_seats_have_a_reason"),
        CheckConstraint("style IN ('choose', 'strike')", name="style_known"),
        CheckConstraint("base IN ('present', 'collected', 'valid', 'summoned')", name="base_known"),
        CheckConstraint("tie IN ('second_round', 'older')", name="tie_known"),
        CheckConstraint("electorate IN ('elects', 'votes')", name="electorate_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: "Bầu Ban Thanh tra nhân dân".
    title: Mapped[str] = mapped_column(String(200))
    #: "2026 - 2028"; two years (Điều 60(3), R18).
    term: Mapped[str] = mapped_column(String(40))
    #: Members to elect.
    seats: Mapped[int] = mapped_column()
    #: Why more than nine (R6).
    seats_reason: Mapped[str] = mapped_column(String(200), default="")
    #: Tick the trusted, or strike out the others; the same ballot is stored (design 5).
    style: Mapped[str] = mapped_column(String(8), default="choose")
    #: Base of the majority (domain 2.2).
    base: Mapped[str] = mapped_column(String(10), default="present")
    #: What a tie at the last seat leads to.
    tie: Mapped[str] = mapped_column(String(14), default="second_round")
    #: Who elects: those with the third flag, or everyone who votes by hand (R3).
    electorate: Mapped[str] = mapped_column(String(8), default="elects")
    #: Slips may be read by a tablet's own camera.
    camera: Mapped[bool] = mapped_column(default=False)
    #: Votes by hands: the number of seats, the list (R8), the rule (R9).
    seats_motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    slate_motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    rule_motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    #: Put to the hall after a round: vote no further and leave seats empty.
    stop_motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"))
    #: SHA-256 of the rule's text that was put to the hall, 64 hex digits.
    rule_sha256: Mapped[str] = mapped_column(String(64), default="")


class Candidate(Base):
    """A person who was nominated (R7); a withdrawal keeps the row and its reason."""

    __tablename__ = "candidate"
    __table_args__ = (
        CheckConstraint("source IN ('committee', 'hall', 'self')", name="source_known"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason = '')", name="withdrawn_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), unique=True)
    #: Proposed before the day, nominated in the hall, or standing by themselves.
    source: Mapped[str] = mapped_column(String(10))
    #: Only where the tie rule asks who is older (R22).
    born: Mapped[date | None] = mapped_column(Date)
    #: When somebody recorded that the person agrees to stand.
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_by: Mapped[str] = mapped_column(String(40), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdraw_reason: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `staff:3`.
    added_by: Mapped[str] = mapped_column(String(40))


class CandidatePhoto(Base):
    """The small photo of a candidate; apart, so that no list of names carries pictures."""

    __tablename__ = "candidate_photo"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    #: What the worker made (`photos.job`): 180 × 240, about 10 kB.
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class BallotRound(Base):
    """One round: its definition, its box, its figures; box, key and slips are its own."""

    __tablename__ = "ballot_round"
    __table_args__ = (
        CheckConstraint("number > 0", name="numbered"),
        CheckConstraint("kind IN ('first', 'tie', 'shortage', 'again')", name="kind_known"),
        CheckConstraint("way IN ('tablet', 'paper', 'hands')", name="way_known"),
        CheckConstraint("type IN ('A', 'B')", name="type_known"),
        CheckConstraint("seats > 0 AND seats <= board", name="seats_of_the_board"),
        CheckConstraint("style IN ('choose', 'strike')", name="style_known"),
        CheckConstraint("base IN ('present', 'collected', 'valid', 'summoned')", name="base_known"),
        CheckConstraint("tie IN ('second_round', 'older')", name="tie_known"),
        CheckConstraint(
            "state IN ('prepared', 'locked', 'opened', 'closed', 'sealed', 'counted', 'declared',"
            " 'voided')",
            name="state_known",
        ),
        CheckConstraint("(state = 'voided') = (void_reason <> '')", name="voided_has_a_reason"),
        CheckConstraint(
            "(running IS NULL) = (state IN ('declared', 'voided'))", name="running_until_its_end"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 1, 2, 3 …; a voided round keeps its number.
    number: Mapped[int] = mapped_column(unique=True)
    #: Why it is held: the first, a tie at the last seat, seats left empty, again after a void one.
    kind: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(8))
    #: A with surplus, B without (domain 2.1).
    type: Mapped[str] = mapped_column(String(1))
    seats: Mapped[int] = mapped_column()
    #: Members of the whole board when the round was prepared; a correction of a vote by hands
    #: changes nothing behind it.
    board: Mapped[int] = mapped_column()
    #: The rule as this round is voted and counted by it: copied when it is prepared, for good.
    style: Mapped[str] = mapped_column(String(8))
    base: Mapped[str] = mapped_column(String(10))
    tie: Mapped[str] = mapped_column(String(14))
    title: Mapped[str] = mapped_column(String(200))
    #: `Conference.code`, which the fingerprint covers.
    conference: Mapped[str] = mapped_column(String(12))
    #: `{candidate, delegate, name, printed, title, unit, born}` in ballot order; fixed for good.
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="prepared")
    #: True until it is declared or void, then empty: unique, so one round runs at a time.
    running: Mapped[bool | None] = mapped_column(default=True, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Slips that the tellers counted before the round; the base of the sums by hand.
    slips_printed: Mapped[int | None] = mapped_column()

    # -- locking the box (5.2) --
    #: Key and secret sealed once for each group of k tellers, as `keys.Lock.as_json` says.
    lock: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: SHA-256 over key, round and definition, 64 hex digits.
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    #: Tablet drawn by lot when the box is locked; the one at which the comparison counts.
    drawn_device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: When its fingerprint was found the same.
    compared_device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # -- voting --
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: R12: who closed it, head of the tellers and a witness.
    closed_head_id: Mapped[int | None] = mapped_column(ForeignKey("delegate.id"))
    closed_witness_id: Mapped[int | None] = mapped_column(ForeignKey("delegate.id"))
    #: R25: people who may elect and were in the hall at any moment of the voting.
    present: Mapped[int | None] = mapped_column()
    summoned: Mapped[int | None] = mapped_column()

    # -- the sums by hand (5.5) --
    slips_left: Mapped[int | None] = mapped_column()
    slips_in_box: Mapped[int | None] = mapped_column()
    #: Slips that somebody drew and lost, and those that were given back or refused.
    slips_lost: Mapped[int] = mapped_column(default=0)
    slips_refused: Mapped[int] = mapped_column(default=0)
    sums_note: Mapped[str] = mapped_column(String(400), default="")
    #: Ballots in the electronic box at closing.
    cast: Mapped[int | None] = mapped_column()
    #: Fingerprint of the sorted sealed set, written down before the first code.
    set_fingerprint: Mapped[str] = mapped_column(String(64), default="")

    # -- the count --
    #: Private key of the box once it is opened: whoever has the archive recounts (5.6).
    secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    #: Why the papers typed are not those that were signed for (R15); "" where they agree.
    issued_note: Mapped[str] = mapped_column(String(400), default="")
    #: Figures of 2.4: `{issued, collected, valid, invalid, blank, over, …}`.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: `{votes: […], against: […]}` by place on the ballot.
    votes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Places on the ballot whose figures the tellers have read out, in that order.
    revealed: Mapped[list[int]] = mapped_column(JSON, default=list)
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    put_away_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Complaints during the count, for D6; "" where there was none.
    complaints: Mapped[str] = mapped_column(String(1000), default="")

    # -- void, by a written act of two accounts --
    void_reason: Mapped[str] = mapped_column(String(400), default="")
    void_asked_by: Mapped[str] = mapped_column(String(40), default="")
    void_asked_reason: Mapped[str] = mapped_column(String(400), default="")
    voided_by: Mapped[str] = mapped_column(String(40), default="")
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lowering(Base):
    """What was put to the hall after a round that left seats empty: a smaller board (R13)."""

    __tablename__ = "board_lowering"

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    #: The declared round after which it was asked.
    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), index=True)
    seats: Mapped[int] = mapped_column()


class RoundTeller(Base):
    """A teller of one round: slot of the code, and the envelope with its card."""

    __tablename__ = "round_teller"
    __table_args__ = (
        UniqueConstraint("round_id", "delegate_id"),
        CheckConstraint("envelope_at IS NULL OR typed_at IS NOT NULL", name="code_before_envelope"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    #: 1 … n, in the order in which they came to the laptop.
    slot: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"))
    is_head: Mapped[bool] = mapped_column()
    #: Badge scanned at the laptop; the code typed back; the envelope signed over the flap.
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    typed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    envelope_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoundWitness(Base):
    """A witness of one round, identified by badge."""

    __tablename__ = "round_witness"

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), primary_key=True)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RollEntry(Base):
    """A person entitled in one round: the list as it was when voting opened, or added later."""

    __tablename__ = "ballot_roll"
    __table_args__ = (CheckConstraint("NOT added OR reason <> ''", name="addition_has_a_reason"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), primary_key=True)
    #: Added after voting had opened, by the desk and a witness; named in D6.
    added: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("delegate.id"))
    by: Mapped[str] = mapped_column(String(40), default="")


class SlipMark(Base):
    """Somebody drew a slip; which one, no machine knows."""

    __tablename__ = "slip_mark"

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: `device:4` or `staff:3`: where the badge was scanned.
    by: Mapped[str] = mapped_column(String(40))


class SlipSet(Base):
    """One printing of slips for a round; a later printing takes an earlier one's place."""

    __tablename__ = "slip_set"
    __table_args__ = (
        Index(
            "ix_slip_set_in_force",
            "round_number",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        CheckConstraint("count > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_number: Mapped[int] = mapped_column()
    count: Mapped[int] = mapped_column()
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Slip(Base):
    """The keyed hash of a printed slip. Rows lie in the order of the hash: none of printing."""

    __tablename__ = "slip"
    __table_args__ = ({"sqlite_with_rowid": False},)

    set_id: Mapped[int] = mapped_column(ForeignKey("slip_set.id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class RoundHelper(Base):
    """Somebody helped a voter of the voter's own choice; whom, is not written."""

    __tablename__ = "round_helper"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), index=True)
    #: The helper, as the teller typed it.
    name: Mapped[str] = mapped_column(String(120))
    by: Mapped[str] = mapped_column(String(40))


class SealedBallot(Base):
    """After the opening: one member of the sealed set, in the order of its bytes."""

    __tablename__ = "sealed_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class OpenedBallot(Base):
    """After the opening: one ballot in canonical order, which is the order of what it says."""

    __tablename__ = "opened_ballot"

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    #: 1, 2, 3 … in canonical order; tells nothing of the sealed set.
    place: Mapped[int] = mapped_column(primary_key=True)
    #: One byte per candidate (`judging.Opened.marks`); empty where only the reason is kept.
    marks: Mapped[bytes] = mapped_column(LargeBinary(100))
    #: Why it does not count: a value of `judging.Invalid`; "" for a valid ballot.
    invalid: Mapped[str] = mapped_column(String(20), default="")


class PaperEntry(Base):
    """One of two independent typings of a round that is counted by hand (R15)."""

    __tablename__ = "paper_entry"
    __table_args__ = (CheckConstraint("entry IN (1, 2)", name="two_entries"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("ballot_round.id"), primary_key=True)
    entry: Mapped[int] = mapped_column(primary_key=True)
    #: The teller who typed it, by badge.
    teller_id: Mapped[int] = mapped_column(ForeignKey("delegate.id"))
    issued: Mapped[int] = mapped_column()
    collected: Mapped[int] = mapped_column()
    valid: Mapped[int] = mapped_column()
    invalid: Mapped[int] = mapped_column()
    #: `{votes: […], against: […]}` by place on the ballot.
    votes: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
