"""Doctor command, `signoff doctor`: checks what must hold before the bot can work, and says how to repair it."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from approvals.ports import StoreBusy
from bot.checkpoints import checkpoints_file
from bot.cli.upkeep import upkeep
from bot.clock import SystemClock
from bot.followers import ExportsRefused, collector_for
from bot.keys import KeyFault, require_all_named, seal_keys, seeds_for
from bot.secret_files import exposures, secret_files
from bot.settings import LocalSettings, Settings
from bot.slack.doctor.checkup import Checkup, Finding, Level
from bot.slack.web.client import slack_client
from policy import LoadedPolicy, PolicyCheck, check_policy
from policy.checks.second_factors import REMEDY, takes_code, unenrolled
from storage import NoDatabase, SqlStore, StoreFault, database_file, first_broken, open_reads, open_to_read


async def local_findings(
    faults: Sequence[str], settings: LocalSettings, environ: Mapping[str, str], env_file: Path | None = None
) -> AsyncIterator[Finding]:
    """What can be said while settings are wrong: each of them, then all that is on this machine."""
    for fault in faults:
        yield Finding(
            about="settings", level=Level.fault, said=fault, mend="Settings stand in .env, or in the environment."
        )
    for finding in _secret_files(settings, env_file):
        yield finding
    found = check_policy(settings.signoff_policy, environ)
    for finding in _policy(found, settings):
        yield finding
    yield await _store(settings)
    async for finding in _second_factors(found.policy, settings):
        yield finding
    yield _checkpoints(settings)
    async for finding in upkeep(settings):
        yield finding


async def all_findings(
    settings: Settings, environ: Mapping[str, str], env_file: Path | None = None
) -> AsyncIterator[Finding]:
    """One finding after the other; nothing is written, posted or connected to that a running bot would notice."""
    if settings.other_port is not None:
        yield Finding(about="settings", level=Level.advice, said=settings.other_port, mend="Change one of the two.")
    for finding in _secret_files(settings, env_file):
        yield finding
    found = check_policy(settings.signoff_policy, environ)
    for finding in _policy(found, settings):
        yield finding
    yield await _store(settings)
    async for finding in _second_factors(found.policy, settings):
        yield finding
    yield _checkpoints(settings)
    async for finding in upkeep(settings):
        yield finding
    for finding in _telemetry(settings, environ):
        yield finding
    app = settings.slack_app_token
    async with slack_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url) as client:
        checkup = Checkup(
            client=client,
            app_token=None if app is None else app.get_secret_value(),
            policy=found.policy,
            now=SystemClock().now,
        )
        async for finding in checkup.findings():
            yield finding


def _telemetry(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether what is to be exported can be; the collector itself is not asked."""
    try:
        collector = collector_for(settings, environ)
    except ExportsRefused as refused:
        mend = "Else the bot does not start; SIGNOFF_OTEL=off exports nothing."
        yield Finding(about="SIGNOFF_OTEL", level=Level.fault, said=str(refused), mend=mend)
        return
    if collector is not None:
        collector.close()
        sent = [
            name for name, send in (("log records", collector.logs), ("traces", collector.traces)) if send is not None
        ]
        said = f"The audit log leaves as {' and '.join(sent) or 'nothing, for OTEL_… turn both signals off'}."
        yield Finding(about="SIGNOFF_OTEL", level=Level.well, said=said)


async def print_findings(findings: AsyncIterator[Finding], say: Callable[[str], None], *, as_json: bool) -> bool:
    """Says each finding as it is found, or all as JSON at the end; whether there was no fault."""
    count = dict.fromkeys(Level, 0)
    found = []
    async for finding in findings:
        count[finding.level] += 1
        found.append(asdict(finding))
        if not as_json:
            say(f"{finding.level:<7} {finding.about}: {finding.said}")
            if finding.mend:
                say(f"        → {finding.mend}")
    well = not count[Level.fault]
    if as_json:
        say(json.dumps({"well": well, "findings": found}, indent=2, ensure_ascii=False))
    else:
        say(f"{count[Level.fault]} to mend, {count[Level.advice]} to think about, {count[Level.well]} well")
    return well


def _policy(found: PolicyCheck, settings: LocalSettings) -> Iterator[Finding]:
    for fault in found.faults:
        yield Finding(about="policy", level=Level.fault, said=str(fault), mend="`signoff policy check` shows all.")
    if found.policy is not None:
        said = f"{settings.signoff_policy} is sound, version {found.policy.version}."
        yield Finding(about="policy", level=Level.well, said=said)
        kept = found.policy.retention
        said = f"What was written is erased by itself once it is over for so long: {kept}."
        if not kept:
            said = "Nothing that was written is erased by itself; `retention` in the policy would have it erased."
        yield Finding(about="retention", level=Level.well, said=said)
        for warning in found.policy.warnings:
            yield Finding(about="policy", level=Level.advice, said=warning, mend="Change it, unless it is meant.")


async def _store(settings: LocalSettings) -> Finding:
    """Whether the database is where it should be, with its key."""
    about = "database"
    try:
        database = database_file(settings.signoff_database_url)
        signing_key = settings.signoff_signing_key
        key = "its key beside it" if signing_key is None else "the key that SIGNOFF_SIGNING_KEY names"
        if database is None:
            seeds = seeds_for(None, signing_key.get_secret_value() if signing_key else None)
            return await _on_server(settings.signoff_database_url, seal_keys(seeds))
        if not database.exists():
            if _writable(database.parent):
                said = f"{database} is not there yet; the first start makes it, with {key}."
                return Finding(about=about, level=Level.well, said=said)
            mend = "Let the bot's account write there; SIGNOFF_DATABASE_URL names it."
            return Finding(about=about, level=Level.fault, said=f"{database} cannot be made.", mend=mend)
        seeds = seeds_for(database, signing_key.get_secret_value() if signing_key else None)
        keys = seal_keys(seeds)
        async with open_to_read(settings.signoff_database_url, keys, SystemClock()) as store:
            # The end of its log was sealed with the key.
            unproven = await _unproven(store, keys)
    except (StoreFault, StoreBusy, KeyFault) as fault:
        return Finding(about=about, level=Level.fault, said=str(fault), mend="SIGNOFF_DATABASE_URL names it.")
    return unproven or Finding(about=about, level=Level.well, said=f"{database} is there, with {key}.")


async def _unproven(store: SqlStore, keys: tuple[bytes, ...]) -> Finding | None:
    """Whether a key that sealed some of the log is not named any more, or its first entry is not as it was."""
    try:
        require_all_named(await store.audit.unnamed_from())
    except KeyFault as fault:
        mend = "The bot does not start before. `signoff audit verify` names the first entry that does not hold."
        return Finding(about="database", level=Level.fault, said=str(fault), mend=mend)
    first = await store.audit.entry(1)
    broken = None if first is None else first_broken([first], keys)
    if broken is None:
        return None
    said = f"The first entry of the log does not hold: {broken.what}. What it vouches for runs nothing."
    mend = "`signoff audit verify` has more; put back what was there, or restore a backup."
    return Finding(about="database", level=Level.fault, said=said, mend=mend)


async def _second_factors(policy: LoadedPolicy | None, settings: LocalSettings) -> AsyncIterator[Finding]:
    """Whether those who are asked for a code have one; nothing where no rule asks, or there is no database yet."""
    if policy is None or not takes_code(policy):
        return
    try:
        async with open_reads(settings.signoff_database_url) as reads:
            enrolled = await reads.enrolled()
    except NoDatabase:
        enrolled = []
    except (StoreFault, StoreBusy):
        return  # what is wrong with it is said already
    found = list(unenrolled(policy, enrolled))
    for each in found:
        level = Level.fault if each.everybody else Level.advice
        yield Finding(about="second factors", level=level, said=f"rule {each.rule}: {each.said}.", mend=REMEDY)
    if not found:
        yield Finding(about="second factors", level=Level.well, said="Whoever is asked for a code has one.")


def _secret_files(settings: LocalSettings, env_file: Path | None) -> Iterator[Finding]:
    """Whether others on this machine reach what only the bot should."""
    files = secret_files(env_file, settings.signoff_database_url)
    found = exposures(files)
    for each in found:
        level = Level.fault if each.grave else Level.advice
        yield Finding(about="secrets", level=level, said=each.said, mend=each.mend)
    if files and not found:
        said = f"Nobody else reaches {' and '.join(map(str, files))}."
        yield Finding(about="secrets", level=Level.well, said=said)


def _checkpoints(settings: LocalSettings) -> Finding:
    """Whether a cut end of the audit log could be proven."""
    about = "checkpoints"
    try:
        path = checkpoints_file(settings.signoff_checkpoints, database_file(settings.signoff_database_url))
    except StoreFault:
        path = checkpoints_file(settings.signoff_checkpoints, None)  # that it names no database is said already
    if path is None:
        said = "No file keeps checkpoints of the audit log, so whether its end was cut off could not be proven."
        mend = "Name one with SIGNOFF_CHECKPOINTS, best where whoever holds the database cannot change it."
        return Finding(about=about, level=Level.advice, said=said, mend=mend)
    # The start makes the folder of the database, and no other.
    folder = path.parent.is_dir() or not settings.signoff_checkpoints
    if not (os.access(path, os.W_OK) if path.exists() else folder and _writable(path.parent)):
        mend = "Make its folder, and let the bot's account write there; SIGNOFF_CHECKPOINTS names the file."
        return Finding(about=about, level=Level.fault, said=f"{path} cannot be written.", mend=mend)
    return Finding(about=about, level=Level.well, said=f"Those of the audit log are appended to {path}.")


async def _on_server(url: str, keys: tuple[bytes, ...]) -> Finding:
    """Whether the server lets us in, and what is there. Raises StoreFault."""
    said = "The database server answers, and what is there is ours."
    try:
        async with open_to_read(url, keys, SystemClock()) as store:
            if (unproven := await _unproven(store, keys)) is not None:
                return unproven
    except NoDatabase:
        said = "The database server answers; the first start makes our schema there."
    except StoreBusy as busy:
        mend = "Start the server, or let the bot reach it; SIGNOFF_DATABASE_URL names it."
        return Finding(about="database", level=Level.fault, said=str(busy), mend=mend)
    return Finding(about="database", level=Level.well, said=said)


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one above that is there, can be written to."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    return there.is_dir() and os.access(there, os.W_OK)
