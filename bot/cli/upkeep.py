"""Upkeep, as `signoff doctor` sees it: what is stopped, what Slack would not take, and how old the newest backup is.

None of it keeps a bot from starting, and each is something that somebody meant to come back to.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from approvals.events import instant
from approvals.ports import StoreBusy
from bot.cli.backup.archive import Archive, NoBackup, archives_in, read_archive
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.settings import LocalSettings
from bot.slack.doctor.checkup import Finding, Level
from storage import NoDatabase, SqlStore, StoreFault, database_file, open_to_read

OLD = timedelta(days=2)
"""From which on the newest backup is worth a thought: the timer makes one every night."""
_SHOWN = 3
_LOOKED_THROUGH = 20
"""So many of the newest backups are looked at for one that can be restored."""


async def upkeep(settings: LocalSettings) -> AsyncIterator[Finding]:
    """One finding after the other; nothing where there is no database yet, or what is wrong with it is said already."""
    key, url = settings.signoff_signing_key, settings.signoff_database_url
    try:
        database = database_file(url)
        if database is not None and not database.exists():
            return
        seeds = seeds_for(database, key.get_secret_value() if key else None)
        async with open_to_read(url, seal_keys(seeds), SystemClock()) as store:
            stopped, given_up = await _stopped(store), await _given_up(store)
    except NoDatabase:
        return
    except (StoreFault, StoreBusy, KeyFault):
        stopped = given_up = []
    for finding in (*stopped, *given_up, *_backups(settings.signoff_backups, SystemClock().now())):
        yield finding


async def _stopped(store: SqlStore) -> list[Finding]:
    about, found = "stops", []
    for each in await store.stops.all():
        since = f"is stopped since {instant(each.at)}, by {terminal_safe(each.by)}: {terminal_safe(each.reason or '-')}"
        if each.everything:
            said = f"Everything {since}. Nothing is proposed, approved or claimed."
            mend = "Once the cause is mended: `signoff resume agent NAME`, one after the other, then everything."
        else:
            name = terminal_safe(each.agent)
            said, mend = f"The agent {name} {since}.", f"`signoff resume agent {name}`, once the cause is mended."
        found.append(Finding(about=about, level=Level.advice, said=said, mend=mend))
    return found or [Finding(about=about, level=Level.well, said="Nothing is stopped.")]


async def _given_up(store: SqlStore) -> list[Finding]:
    about = "messages"
    count = (await store.reads.counts(SystemClock().now())).dead_letters
    if not count:
        return [Finding(about=about, level=Level.well, said="Slack took whatever it was given.")]
    letters = await store.reads.dead_letters()
    whys = (f"{each.kind} to {each.channel}: {terminal_safe(each.why or '-')}" for each in letters)
    reasons = list(dict.fromkeys(whys))
    shown = "; ".join(reasons[:_SHOWN])
    more = f"; and {len(reasons) - _SHOWN} more reasons" if len(reasons) > _SHOWN else ""
    many = "1 message to Slack was" if count == 1 else f"{count:,} messages to Slack were"
    said = f"{many} given up, the first due at {instant(letters[0].due_at)}: {shown}{more}."
    mend = (
        "Fix what Slack says. /invite @Signoff into the channel has those of it tried again, a reload (SIGHUP) or a "
        "restart all of them."
    )
    return [Finding(about=about, level=Level.fault, said=said, mend=mend)]


def _backups(named: str, now: datetime) -> Iterator[Finding]:
    """What can be told by their manifests: whether one can be restored, `signoff restore --dry-run` proves."""
    about = "backups"
    if not named:
        said = "SIGNOFF_BACKUPS names no folder, so whether there is a backup cannot be seen from here."
        mend = "Name the folder that `signoff backup` fills, also where copies of it are kept elsewhere."
        yield Finding(about=about, level=Level.advice, said=said, mend=mend)
        return
    folder, unusable = Path(named), []
    try:
        found = archives_in(folder) if folder.exists() else []
    except OSError as error:
        said = f"{folder} cannot be read: {error.strerror or error}."
        yield Finding(about=about, level=Level.fault, said=said, mend="Let the bot's account read it.")
        return
    newest = None
    for each in reversed(found[-_LOOKED_THROUGH:]):
        try:
            newest = read_archive(each)
        except (NoBackup, OSError):
            unusable.append(f"{each.name} cannot be read")
            continue
        if not newest.damage:
            break
        unusable.append(f"{each.name} is of a database that was damaged")
        newest = None
    if unusable:
        said = f"In {folder} no backup to rely on: {'; '.join(unusable[:_SHOWN])}."
        said = said if len(unusable) <= _SHOWN else f"{said[:-1]}; and {len(unusable) - _SHOWN} more."
        mend = "Look at what the last `signoff backup` said, and at `signoff audit verify`."
        yield Finding(about=about, level=Level.fault, said=said, mend=mend)
    yield _newest(newest, folder, now)


def _newest(newest: Archive | None, folder: Path, now: datetime) -> Finding:
    about, make = "backups", "Make one: `signoff backup`; signoff-backup.timer does so every night."
    if newest is None:
        said = f"There is no backup in {folder} that could be restored."
        return Finding(about=about, level=Level.advice, said=said, mend=make)
    age = now - datetime.fromisoformat(newest.made_at)
    old = f"{age.days} days" if age >= OLD else f"{age.total_seconds() / 3600:.0f} hours"
    said = f"The newest, {newest.folder}, is {old} old and has {newest.entries:,} entries of the log."
    if age >= OLD:
        mend = f"{make} Where it should have, `systemctl status signoff-backup` says why not."
        return Finding(about=about, level=Level.advice, said=said, mend=mend)
    return Finding(about=about, level=Level.well, said=said)
