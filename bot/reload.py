"""Policy reload: a changed policy is read once its files are still, and checked as at the start.

A sound one is in force at once, everywhere, and what waits is judged again; a faulty one changes nothing and says so.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import structlog

from approvals.actor import SYSTEM
from approvals.events import Actor, PolicyLoaded, PolicyRefused, instant
from approvals.lifecycle import Lifecycle
from approvals.ports import Clock, Conflict, StoreBusy
from bot.logs import where
from bot.slack.words import alerts
from policy import LoadedPolicy, PolicyFault, Sources, check_policy, looked_at
from policy.file.yaml_file import contents
from storage.listing.reads import Reads
from storage.messages.message import Messages
from storage.policy_texts import PolicyTexts, policy_digest

EVERY = 1.0
"""Seconds between two looks at the files."""
AT_ONCE = 200
"""So many proposals are judged again before all else goes on, then so many between two looks."""
FIRST_FAULTS = 5
"""Faults that are told in Slack and kept in the audit log; the program's log has all."""
log = structlog.get_logger("policy")


SEE = "signoff policy check"
"""What says them again."""


def _warn(policy: LoadedPolicy) -> None:
    for warning in policy.warnings:
        log.warning(warning)


def _digest(warnings: Sequence[str]) -> str:
    """Other warnings have another one, be it that Signoff itself is a newer one; empty for none."""
    return f"sha256:{hashlib.sha256(repr(tuple(warnings)).encode()).hexdigest()}" if warnings else ""


@dataclass(slots=True, kw_only=True)
class _Judging:
    """A policy that judges again what waits."""

    version: str
    digest: str
    by: Literal["start", "signal", "change"]
    warnings: str
    """Digest of what it is warned of."""
    changed: int = 0


@dataclass(slots=True, kw_only=True)
class Reloader:
    """Watches the files of the policy in force. The policy itself is `lifecycle.policy`, and nowhere else."""

    path: Path
    environment: Callable[[], Mapping[str, str]]
    """Where tokens are looked up, anew at each reading."""
    sources: Sources
    """What was last read, sound or not."""
    lifecycle: Lifecycle
    policy: Callable[[], LoadedPolicy]
    messages: Messages
    reads: Reads
    texts: PolicyTexts
    clock: Clock
    alone: Callable[[], Awaitable[bool]]
    """Whether no other bot is on the database."""
    reloaded: Callable[[], None]
    """Called after a new policy came into force."""
    retry: Callable[[], Awaitable[int]]
    """Tries again what Slack would not take: whoever asks for a reload has mended something."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to have the files read although nothing changed, and what was given up tried again, as by SIGHUP."""
    every: float = EVERY
    trouble: str | None = field(default=None, init=False)
    """What is wrong with the files as they are, for readiness."""
    replaced: str | None = field(default=None, init=False)
    """That another policy is in force, for readiness."""
    failure: str | None = field(default=None, init=False)
    """What the last look met that nobody foresaw, for readiness."""
    _since: datetime = field(init=False)
    _found: Sources = field(init=False)
    _wanted: bool = field(default=False, init=False)
    _retry_owed: bool = field(default=False, init=False)
    _judging: "_Judging | None" = field(default=None, init=False)
    _owed: Callable[[], Awaitable[None]] | None = field(default=None, init=False)
    """What a busy store still has to take."""
    _announcements: set[str] = field(default_factory=set, init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        self._since = self.clock.now()
        self._found = self.sources

    @property
    def troubles(self) -> list[str]:
        """What readiness says of it."""
        return [each for each in (self.replaced, self.trouble, self.failure) if each is not None]

    async def begin(self) -> None:
        """Judges again what waited for this start: so much at once, and the rest while all else goes on.

        What a policy is warned of is said when it comes into force, not again at each start under it. Raises StoreBusy.
        """
        policy = self.policy()
        before = await self.reads.newest_note(PolicyLoaded.tag)
        if before is None or before.get("warnings") != _digest(policy.warnings):
            _warn(policy)
        elif policy.warnings:
            log.info("the policy has the warnings of the last start", warnings=len(policy.warnings), see=SEE)
        await self._judge("start")
        await self._compare()

    async def run(self) -> None:
        """Looks every `every` seconds, when asked, and at once while there is something to judge, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if self._judging else self.every):
                    await self.asked.wait()
            try:
                await self.look()
            except (StoreBusy, Conflict):
                log.warning("the store is busy; the policy is in force, the rest is done at the next look")
            except Exception as error:  # noqa: BLE001 the watch goes on whatever one look met
                self._failed(error)
            else:
                self.failure = None

    def _failed(self, error: Exception) -> None:
        """Tells of it once, until a look succeeds or fails otherwise; readiness says so all the time."""
        since = instant(self._since)
        failure = f"a look at the policy fails ({type(error).__name__}), the one from {since} is in force"
        if failure != self.failure:  # not the exception's own words, which may quote a payload
            log.error("a look at the policy failed in an unforeseen way", **where(error))
        self.failure = failure

    async def look(self) -> None:
        """One look. A change is read when two looks in a row found the same, so that no half of a file is.

        Raises StoreBusy and Conflict; the next look goes on where this one stopped.
        """
        async with self._lock:
            if self.asked.is_set():
                self.asked.clear()
                self._wanted = self._retry_owed = True
            await self._compare()
            await self._record_owed()
            await self._judge_some()
            await self._retry()
            found = await asyncio.to_thread(looked_at, tuple(self._found))
            still, self._found = found == self._found, found
            if still and (self._wanted or found != self.sources):
                self._read(found)
                await self._record_owed()

    async def _retry(self) -> None:
        """Once for each time it was asked, whether or not the policy is sound: that has nothing to do with Slack."""
        if self._retry_owed:
            log.info("what was given up is tried again", deliveries=await self.retry())
            self._retry_owed = False

    async def _compare(self) -> None:
        """Holds our policy against the one that is in force: another process may have put it there."""
        if self._owed is not None or not await self.lifecycle.is_replaced():
            self.replaced = None
            return
        policy, newest = self.policy(), await self.lifecycle.store.policy_in_force()
        if newest is not None and newest.version == policy.version:
            self._owed = partial(self._judge, "change")  # it was replaced, and is in force again
            return
        self._judging = None  # what ours has not judged, the other one does
        told = alerts.policy_replaced(self.path.name, policy.version, newest.version if newest else "none")
        if told != self.replaced:
            log.error(told)
        self.replaced = told

    def _read(self, found: Sources) -> None:
        examined = check_policy(self.path, self.environment())
        read = examined.sources or found  # of what is no YAML nobody knows what else it names
        if any(file not in found or found[file] != digest for file, digest in read.items()):
            self._found = read  # it names another file, or changed meanwhile: that has to be still first
            return
        by: Literal["signal", "change"] = "signal" if self._wanted else "change"
        self._wanted, self.sources, self._found = False, read, read
        if examined.policy is None:
            self._refuse(examined.faults, by)
        else:
            self._take(examined.policy, by)

    def _take(self, policy: LoadedPolicy, by: Literal["signal", "change"]) -> None:
        self.lifecycle.policy = policy
        self._since, self.trouble = self.clock.now(), None
        _warn(policy)
        self._owed = partial(self._judge, by)
        self.reloaded()

    def _refuse(self, faults: tuple[PolicyFault, ...], by: Literal["signal", "change"]) -> None:
        said = tuple(map(str, faults))
        since = instant(self._since)
        self.trouble = f"{self.path.name} was changed but has faults, the one from {since} is in force: {said[0]}"
        content = hashlib.sha256(repr((sorted(self.sources.items()), said)).encode()).hexdigest()
        new = content not in self._announcements
        if new:
            for fault in said:
                log.error(fault)
            self._announcements.add(content)
            self._owed = partial(self._record, content, said, by)
        log.error("the policy was changed but has faults", faults=len(said), in_force_since=since, known=not new)

    async def _record_owed(self) -> None:
        if self._owed is not None:
            await self._owed()
            self._owed = None

    async def _judge(self, by: Literal["start", "signal", "change"]) -> None:
        policy = self.policy()
        if self._judging is not None and self._judging.version != policy.version:
            await self._note()  # a newer one came before it had judged all
        await self.lifecycle.begin_rejudging(again=by != "start" or await self.alone())
        if await self.lifecycle.is_replaced():
            return
        digest, warnings = self.sources[self.path] or "", _digest(policy.warnings)
        self._judging = _Judging(version=policy.version, digest=digest, by=by, warnings=warnings)
        await self._judge_some()

    async def _judge_some(self) -> None:
        """Goes on with what the policy in force has still to judge."""
        if self._judging is not None:
            self._judging.changed += await self.lifecycle.rejudge_next(AT_ONCE)
            if not self.lifecycle.unjudged:
                await self._note()

    async def _note(self) -> None:
        judging = self._judging
        assert judging is not None
        loaded = PolicyLoaded(
            at=self.clock.now(),
            version=judging.version,
            digest=judging.digest,
            by=judging.by,
            rejudged=judging.changed,
            warnings=judging.warnings,
        )
        await self.lifecycle.note(None, loaded, Actor(kind="policy", id=judging.version))
        await self._keep_text(judging.digest)
        self._judging = None
        log.info("the policy is in force", version=judging.version, by=judging.by, judged_again=judging.changed)

    async def _keep_text(self, digest: str) -> None:
        """Keeps what the file says beside the entry that names its digest; not where it has changed again since."""
        try:
            content = await asyncio.to_thread(contents, self.path)
            if policy_digest(content) == digest:
                await self.texts.keep(digest, content.decode())
        except (OSError, UnicodeDecodeError):
            log.warning("the text of the policy in force could not be kept", digest=digest)

    async def _record(self, content: str, said: tuple[str, ...], by: Literal["signal", "change"]) -> None:
        policy, now = self.policy(), self.clock.now()
        first, more = said[:FIRST_FAULTS], max(0, len(said) - FIRST_FAULTS)
        if policy.ops is not None:
            text = alerts.policy_refused(self.path.name, self._since, first, more)
            await self.messages.notify(f"policy:{content}:{policy.version}", policy.ops.channel, text)
        refused = PolicyRefused(
            at=now, in_force=policy.version, digest=self.sources.get(self.path), by=by, faults=first, more=more
        )
        await self.lifecycle.note(None, refused, SYSTEM)
