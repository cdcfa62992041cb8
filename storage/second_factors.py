"""Second factors in the database: the secret sealed, and each code counted once, which its audit entry holds."""

import base64
import hmac
import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from approvals.second_factor import (
    MOST_WRONG,
    WRONG_COUNTS,
    CodeAccepted,
    CodeRefused,
    CodesLocked,
    CodeUsed,
    CodeWrong,
    Enrolment,
    NotEnrolled,
)
from storage.audit import testimony
from storage.audit.hash_chain import keys_of
from storage.engine.database import reads
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.events import Actor
    from approvals.refusals import CodeRefusal
    from approvals.second_factor import CodeUse
    from storage.audit.log import Ledger, Seal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("second_factors")
ISSUER = "Signoff"
STEP = 30
"""Seconds for which an app shows a code; the one before and the one after count too, for clocks differ."""
_CODE = re.compile(r"[0-9]{6}")
_NONCE = 12


def new_secret() -> str:
    """160 random bits, as apps take them."""
    return pyotp.random_base32()


def address_of(secret: str, account: str) -> str:
    """What an app reads from a picture, or opens: `otpauth://…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def sealed(secret: str, person: str, seal: "Seal") -> str:
    """The secret under the newest key of ours, for this person alone."""
    nonce = os.urandom(_NONCE)
    text = _cipher(keys_of(seal.key)[0]).encrypt(nonce, secret.encode(), person.encode())
    return base64.b64encode(nonce + text).decode()


def opened(kept: str, person: str, seal: "Seal") -> str:
    """What was sealed. Raises RowDamaged for what no key of ours sealed for this person."""
    try:
        raw = base64.b64decode(kept, validate=True)
    except ValueError:
        raw = b""
    for key in keys_of(seal.key):
        try:
            return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], person.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise RowDamaged(f"second_factors {person}", "no key of ours opens it")


def _cipher(key: bytes) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"signoff second factor v1").derive(key)
    return AESGCM(derived)


def digest_of(kept: str) -> str:
    """As its entry names it."""
    return f"sha256:{sha256(kept.encode()).hexdigest()}"


async def attested_enrolment(statements: "Statements", person: str, seal: "Seal") -> Enrolment | None:
    """The person's second factor, as row and entries tell alike. Raises RowDamaged."""
    rows, name = await statements.rows(_SQL["one"], person), f"second_factors {person}"
    found = testimony.entry_of(name, rows, _enrolment, seal)
    told = await testimony.enrolled(statements, person, seal)
    meant = None if told is None else (told.person, told.sealed, told.at)
    has = None if found is None else (found.person, digest_of(found.sealed), found.at)
    if meant == has:
        seal.damage.mended(name)
        return found
    what = "no entry tells of it" if meant is None else "its row is not what its sealed entries tell"
    damaged = RowDamaged(name, what if has is not None else "its row is gone, though its entries tell of it")
    seal.damage.met(damaged, name)
    raise damaged


async def enrol(statements: "Statements", person: str, kept: str, now: "datetime") -> str:
    """Keeps it; its digest."""
    await statements.rows(_SQL["enrol"], person, kept, millis(now))
    return digest_of(kept)


async def forget(statements: "Statements", person: str) -> None:
    """Takes it away."""
    await statements.rows(_SQL["forget"], person)


async def take_code(
    statements: "Statements",
    ledger: "Ledger",
    seal: "Seal",
    actor: "Actor",
    code: str,
    use: "CodeUse | None",
    now: "datetime",
    kept: str | None = None,
) -> "CodeRefusal | None":
    """Counts the code of the person, once: an entry says for what. None where it counts, else why it does not.

    `kept` is the sealed secret that is to be enrolled. What is refused has an entry too, and after a few no code is
    looked at for a while. Whoever raises the refusal within the transaction would lose that.
    """
    wrong = [
        row["at"] for row in await statements.rows(_SQL["wrong"], actor.id, millis(now - WRONG_COUNTS), MOST_WRONG)
    ]
    if len(wrong) >= MOST_WRONG:
        return CodesLocked(from_milliseconds(wrong[-1]) + WRONG_COUNTS)
    if kept is None:
        enrolment = await attested_enrolment(statements, actor.id, seal)
        if enrolment is None:
            return NotEnrolled()
        kept = enrolment.sealed
    about = None if use is None else use.proposal
    step = step_of(opened(kept, actor.id, seal), code, now)
    used = step is not None and bool(await statements.rows(_SQL["used"], actor.id, str(step)))
    if step is None or used:
        cause = "used" if used else "wrong"
        await ledger.append(CodeRefused(at=now, person=actor.id, cause=cause, proposal=about), actor, about, None)
        if len(wrong) + 1 >= MOST_WRONG:
            return CodesLocked((from_milliseconds(wrong[-1]) if wrong else now) + WRONG_COUNTS)
        return CodeUsed() if used else CodeWrong(MOST_WRONG - len(wrong) - 1)
    await ledger.append(CodeAccepted(at=now, person=actor.id, step=str(step), use=use), actor, about, None)
    return None


def step_of(secret: str, code: str, now: "datetime") -> int | None:
    """Which half minute's code it is, of the present one and its neighbours; None for none of them."""
    said = "".join(code.split())
    if _CODE.fullmatch(said) is None:
        return None
    present, totp = int(now.timestamp()) // STEP, pyotp.TOTP(secret, interval=STEP)
    matching = [
        step for step in (present, present - 1, present + 1) if hmac.compare_digest(totp.generate_otp(step), said)
    ]
    return matching[0] if matching else None


def _enrolment(row: "Row") -> Enrolment:
    return Enrolment(person=row["person"], sealed=row["sealed"], at=from_milliseconds(row["at"]))


class Factors:
    """Reads them, and seals new ones."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def of(self, statements: "Statements", person: str) -> Enrolment | None:
        """The person's, if they have one. Raises RowDamaged."""
        return await attested_enrolment(statements, person, self._seal)

    def seal(self, secret: str, person: str) -> str:
        """A new secret as it is kept."""
        return sealed(secret, person, self._seal)
