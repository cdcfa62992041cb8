"""Guarantees of the record: what is altered, cut or written by hand is found, and gives nobody anything."""

import sqlite3
from contextlib import closing

from approvals.events import instant
from approvals.ports import Damaged
from approvals.proposal import Proposal, Status
from bot.checkpoints import NoCheckpoint, checkpoint_line, read_line
from bot.cli.guarantees.scratch import Broken, World, must_refuse
from bot.signing import Signer
from storage import Checkpoint, contradictions

_ALTERATIONS: dict[str, tuple[str, object]] = {
    "facts": ("UPDATE entries SET facts = ? WHERE seq = ?", "{}"),
    "actor_id": ("UPDATE entries SET actor_id = ? WHERE seq = ?", "U0SOMEBODY"),
    "at": ("UPDATE entries SET at = ? WHERE seq = ?", 1),
    "tag": ("UPDATE entries SET tag = ? WHERE seq = ?", "proposal:lapsed"),
    "seal": ("UPDATE entries SET seal = ? WHERE seq = ?", "0" * 64),
    "hash": ("UPDATE entries SET hash = ? WHERE seq = ?", "0" * 64),
}
"""By column: how it is altered, and to what."""
_SIGNER = Signer.of([bytes(range(32))])
"""Of the scratch world alone."""


async def _lived(world: World) -> Proposal:
    """A log with something in it."""
    proposal = await world.approved(world.asking())
    await world.claim(proposal)
    await world.lifecycle.report(proposal.id, proposal.ask.agent, Status.succeeded, None, None)
    return proposal


async def _checkpoint(world: World) -> Checkpoint:
    head = await world.store.audit.head()
    assert head is not None
    taken = Checkpoint(seq=head.seq, head=head.hash, count=head.seq, at=instant(world.clock.now()))
    return read_line(checkpoint_line(taken, _SIGNER), _SIGNER.public_keys())


def _by_hand(world: World, statement: str, *values: object, guarded: bool = False) -> None:
    """What somebody with the file can do, who first takes every guard out."""
    with closing(sqlite3.connect(world.database, timeout=10)) as file, file:
        if not guarded:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
        file.execute(statement, values)


async def untouched(world: World) -> None:
    """A log that nobody touched verifies, with every row: else none of what follows would tell anything."""
    await _lived(world)
    if (broken := await world.store.audit.verify()) is not None:
        raise Broken(f"entry {broken.seq} does not verify: {broken.what}")
    if differences := await world.store.differences():
        raise Broken(f"{differences[0].table} {differences[0].id}: {differences[0].what}")


async def guards(world: World) -> None:
    """The database itself refuses to change or delete an entry."""
    await _lived(world)
    for statement in ("UPDATE entries SET facts = '{}'", "DELETE FROM entries"):
        try:
            _by_hand(world, statement, guarded=True)
        except sqlite3.DatabaseError:
            continue
        raise Broken(f"the database took: {statement}")


async def altered(world: World) -> None:
    """Every field of an entry is altered past the guards, one after the other; each alteration is found."""
    await _lived(world)
    (kept,) = [each for each in await world.store.audit.entries() if each.tag == "proposal:claimed"]
    for column, (change, value) in _ALTERATIONS.items():
        _by_hand(world, change, value, kept.seq)
        if await world.store.audit.verify() is None:
            raise Broken(f"{column} of entry {kept.seq} was altered, and the log verifies")
        _by_hand(world, change, getattr(kept, column), kept.seq)
    if await world.store.audit.verify() is not None:
        raise Broken("the log does not verify, though all was put back")


async def removed(world: World) -> None:
    """An entry in the middle is taken out."""
    await _lived(world)
    _by_hand(world, "DELETE FROM entries WHERE seq = 2")
    if await world.store.audit.verify() is None:
        raise Broken("entry 2 was taken out, and the log verifies")


async def cut(world: World) -> None:
    """The end of the log is cut off: a checkpoint that was kept contradicts it."""
    await _lived(world)
    kept = await _checkpoint(world)
    audit = world.store.audit
    if await contradictions([kept], audit.entry, await audit.head()):
        raise Broken("a checkpoint contradicts the log that it was taken of")
    _by_hand(world, "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)")
    if not await contradictions([kept], audit.entry, await audit.head()):
        raise Broken("the last entry was cut off, and the checkpoint agrees")


async def forged_checkpoint(world: World) -> None:
    """A checkpoint is changed, or signed with another key."""
    await _lived(world)
    line = checkpoint_line(await _checkpoint(world), _SIGNER)
    other = checkpoint_line(await _checkpoint(world), Signer.of([bytes(32)]))
    for forged in (line.replace('"count": ', '"count": 1'), other):
        try:
            read_line(forged, _SIGNER.public_keys())
        except NoCheckpoint:
            continue
        raise Broken("a checkpoint was believed that our key did not sign")


async def approved_by_hand(world: World) -> None:
    """A proposal that waits is set to approved in the database."""
    proposal = await world.proposed(world.asking())
    later = int(proposal.expires_at.timestamp() * 1000)
    _by_hand(
        world,
        "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at, "
        "resolved_by = 'U0SOMEBODY', execute_by = ?",
        later,
    )
    await must_refuse(world.claim(proposal), "a claim of what was approved by hand", Damaged)
    if not await world.store.differences():
        raise Broken("the row that was changed by hand is not found")


async def payload_by_hand(world: World) -> None:
    """The payload is changed in the database after people approved it."""
    proposal = await world.approved(world.asking())
    _by_hand(world, """UPDATE revisions SET payload = '{"signoff_verify":"changed"}'""")
    await must_refuse(world.claim(proposal), "a claim of a payload that was changed by hand", Damaged)
