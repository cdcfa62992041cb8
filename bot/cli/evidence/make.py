"""Evidence command, `signoff evidence`: gathers the folder of a period and signs its manifest."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from approvals.events import instant
from approvals.ports import StoreBusy
from bot.audit_export import Period, export_pages
from bot.cli.evidence.entries import EntryTables
from bot.cli.evidence.folder import Folder
from bot.cli.evidence.page import page
from bot.cli.evidence.proposals import ProposalTables
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.signing import Signer
from bot.slack.cards.redaction import veiled_facts
from bot.worker import Showing
from policy import LoadedPolicy, PolicyFaults, load
from policy.file.parse import parse_policy
from policy.file.yaml_file import read_yaml
from storage import WHOLE, Broken, StoreFault, database_file, first_broken, open_store

if TYPE_CHECKING:
    from bot.settings import LocalSettings
    from storage import SqlStore


class NoEvidence(Exception):
    """Why nothing could be gathered, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was."""

    folder: Path
    manifest: dict[str, Any]
    broken: Broken | None
    unreadable: int

    def lines(self) -> list[str]:
        """For people."""
        rows = {each["name"]: each["rows"] for each in self.manifest["files"]}
        what = (
            f"{self.folder}: {rows['entries.jsonl']:,} entries, {rows['proposals.csv']:,} proposals, "
            f"{rows['decisions.csv']:,} decisions; manifest.json has the digest of each of {len(rows)} files, signed."
        )
        said = [what, "README.md says what it proves and what it does not."]
        if self.unreadable:
            said.append(f"{self.unreadable} proposals are not as they were written: signoff audit verify names each.")
        if self.broken is not None:
            said.append(f"The audit log is broken at entry {self.broken.seq}: {self.broken.what}")
        return said

    @property
    def sound(self) -> bool:
        """Whether the log holds and everything could be read."""
        return self.broken is None and not self.unreadable


async def gather(settings: "LocalSettings", period: Period, output: Path, say: Callable[[str], None]) -> Gathered:
    """Makes the folder; raises NoEvidence. It gets its name once it is whole."""
    key = settings.signoff_signing_key
    making = output.with_name(f"{output.name}.part")
    try:
        database = database_file(settings.signoff_database_url)
        if database is not None and not database.exists():
            raise NoEvidence(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        for each in (output, making):
            if each.exists():
                raise NoEvidence(f"{each} is there already. Name a new folder, or remove it.")
        seeds = seeds_for(database, key.get_secret_value() if key else None)
        making.mkdir(mode=0o700)
        folder = Folder(making)
        try:
            async with open_store(
                settings.signoff_database_url, seal_key=seal_keys(seeds), clock=SystemClock(), patience=WHOLE
            ) as store:
                made = await _gathered(folder, store, seeds, period, _policy_of_now(settings.signoff_policy), say)
        finally:
            folder.close()
        making.rename(output)
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise NoEvidence(str(fault)) from None
    except OSError as error:
        raise NoEvidence(f"{error.filename or output} cannot be used: {error.strerror or error}.") from None
    manifest, broken, unreadable = made
    return Gathered(folder=output, manifest=manifest, broken=broken, unreadable=unreadable)


async def _gathered(
    folder: Folder,
    store: "SqlStore",
    seeds: tuple[bytes, ...],
    period: Period,
    policy: LoadedPolicy | None,
    say: Callable[[str], None],
) -> tuple[dict[str, Any], Broken | None, int]:
    keys, tables = seal_keys(seeds), EntryTables(folder)
    broken, last, read, head = None, None, 0, 0
    entries = folder.text("entries.jsonl")
    folder.rows["entries.jsonl"] = 0
    async for found in export_pages(store, partial(Showing(), veiled_facts), period):
        for each in found.found:
            entries.write(json.dumps(each.as_stored()) + "\n")
            tables.add(each)
        folder.rows["entries.jsonl"] += len(found.found)
        broken = broken or first_broken(found.read, keys, last)
        last, head = found.read[-1], found.head
        read += len(found.read)
        say(f"entries: {read:,} of {head:,} read")
    tables.end()
    members = await _policies(folder, store, tables.policies)
    proposals = ProposalTables(folder=folder, store=store, key=keys, policy=policy, members=members)
    for number, proposal_id in enumerate(tables.subjects, start=1):
        await proposals.add(proposal_id)
        if number % 500 == 0 or number == len(tables.subjects):
            say(f"proposals: {number:,} of {len(tables.subjects):,}")
    about = {
        "made_at": instant(SystemClock().now()),
        "version": version("signoff"),
        "since": None if period.since is None else instant(period.since),
        "until": None if period.until is None else instant(period.until),
        "log": {"entries": head, "head": None if last is None else last.hash, "broken_at": broken and broken.seq},
        "unreadable": proposals.unreadable,
    }
    with folder.text("README.md") as readme:
        readme.write(page(about, tables))
    return folder.sign(about, Signer.of(seeds)), broken, proposals.unreadable


async def _policies(
    folder: Folder, store: "SqlStore", named: "dict[str, str]"
) -> "dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]":
    """Writes the texts that are kept; members and groups of each role, by version."""
    known: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for digest, name in named.items():
        text = await store.policy_texts.of(digest)
        with folder.text(name) as file:
            file.write(text if text is not None else "")
        if text is None:
            continue
        book, _ = parse_policy(read_yaml(folder.path / name).value)
        known[Path(name).stem] = {
            role: (tuple(entry.members), tuple(entry.groups)) for role, entry in book.roles.items()
        }
    return known


def _policy_of_now(path: Path) -> LoadedPolicy | None:
    """For whom cards call; without it no card can be shown to be just as it was posted."""
    try:
        return load(path, None)
    except PolicyFaults:
        return None
