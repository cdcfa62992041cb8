"""Composition root: the only file that knows every room. One exit stack takes the process apart in reverse."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as version_of
from typing import Any, cast

import structlog
from aiohttp import web

from approvals.events import instant
from approvals.examination import Examiner
from approvals.lifecycle import Lifecycle
from approvals.ports import Clock, Randomness
from approvals.services.agent_stops import Stopping
from approvals.services.delegations import Delegating
from approvals.services.sample_reviews import SampleReviews
from approvals.services.second_factors import SecondFactors
from bot.api.app import build_api
from bot.api.connections import BACKLOG, ApiRunner
from bot.api.context import METRICS, Api, Readiness
from bot.callbacks import callback_courier, callback_trouble
from bot.checkpoints import Checkpointer
from bot.clock import Sweeper, SystemClock
from bot.decision_log import log_decision
from bot.drills import drilling
from bot.followers import Exports, followers
from bot.ids import RandomIds, SystemRandomness
from bot.keys import require_all_named, seal_keys, seeds_for
from bot.purges import Purges
from bot.reload import EVERY, Reloader
from bot.retention import eraser
from bot.settings import Settings
from bot.signing import Issuer, Signer
from bot.slack.app import build_app
from bot.slack.cards.redaction import veiled_facts
from bot.slack.channels import Channels, channels_in, trouble_channel
from bot.slack.context import SlackContext
from bot.slack.direct_messages import DirectMessages
from bot.slack.outbound import notices
from bot.slack.outbound.digests import Digests
from bot.slack.outbound.keeper import Keeper
from bot.slack.outbound.notices import OverdueWatch
from bot.slack.outbound.sender import SlackSender
from bot.slack.outbound.week_pictures import WeekPictures
from bot.slack.people import PATIENCE, People
from bot.slack.web.client import slack_client
from bot.slack.web.http import PATH as SLACK_PATH
from bot.slack.web.http import slack_route
from bot.slack.web.identity import WhoWeAre
from bot.slack.web.socket_mode import Connections, Socket
from bot.stalls import Stalls
from bot.suggestions import LookBack, looking_back
from bot.worker import Showing, Worker
from delivery import Courier
from delivery.callbacks import LOOK_EVERY
from policy import LoadedPolicy, PolicyFaults, Sources, check_policy
from storage import SqlStore, database_file, open_store, sole_use

ANSWERED = 3.0
"""Seconds for requests under way when we stop; aiohttp waits twice as long for one that does not end when told to."""
DRAINED = 2.0
"""Seconds after that for what clicks began: what is lost here is a reply, never a decision."""
JUDGED = 2.0
"""Seconds that judging one payload may take where it is done in a process of its own."""
SHOW_WITHIN = 5.0
"""The same of what people are shown, and how long that waits for its turn, in another process, which no agent keeps
busy. What a click opens stands before, with the word that it takes a moment: Slack gives a trigger three seconds."""
TRIED_AGAIN = "an invite into the channel, a reload (SIGHUP) or a restart tries them again"
NO_URL = (
    "SIGNOFF_URL is not set, so permits and receipts name {} as their issuer. "
    "Set it to the address under which agents and tools reach the bot."
)


class AddressRefused(Exception):
    """The host and port cannot be opened."""


@dataclass(slots=True, kw_only=True)
class Bot:
    """A running bot."""

    url: str
    store: SqlStore
    lifecycle: Lifecycle
    issuer: Issuer
    courier: Courier
    who: WhoWeAre
    channels: Channels
    reloader: Reloader
    sweeper: Sweeper
    socket: Socket | None
    stalls: Stalls
    checkpoints: Checkpointer
    exports: Exports
    judging: Worker
    """For judging long payloads."""
    showing: Worker
    """For what is long and people are to be shown."""
    look_back: LookBack

    async def readiness(self) -> Readiness:
        """Ready means that what must hold holds; Slack away is a degradation, not an outage."""
        degraded = list(self.channels.findings)
        if self.who.known is None or (self.socket is not None and not await self.socket.connected()):
            degraded.append("Slack is out of reach: proposals are accepted, nobody can decide")
        if self.socket is not None and (others := self.socket.connections.trouble) is not None:
            degraded.append(others)
        degraded += self.reloader.troubles
        trouble = await self.store.health()
        degraded += [] if trouble is None else [trouble]
        if trouble is None and (dead_letter := await self.store.reads.dead_letters()):
            why = dead_letter[0].why
            degraded.append(f"{len(dead_letter)} deliveries to Slack were given up: {why}; {TRIED_AGAIN}")
        if trouble is None:
            degraded += await callback_trouble(self.store)
        degraded += notices.degraded(self.store)
        if trouble is None and (stop := await self.store.stops.everything()) is not None:
            degraded.append(f"everything is stopped since {instant(stop.at)}: {stop.reason}")
        if left := len(self.lifecycle.unjudged):
            degraded.append(f"{left} proposals are judged again under the changed policy, each before it can run")
        degraded += [each for each in (self.stalls.trouble, self.checkpoints.trouble) if each is not None]
        degraded += self.exports.troubles
        workers = (self.judging, self.showing, self.look_back.worker)
        degraded += dict.fromkeys(each.trouble for each in workers if each.trouble is not None)
        works = trouble is None
        return Readiness(
            store=works,
            schema=works,
            scheduler=self.sweeper.alive,
            policy=self.reloader.replaced is None,
            degraded=tuple(degraded),
        )


@asynccontextmanager
async def running(  # noqa: PLR0913 all of the world that can be another one: clock, chance, patience
    settings: Settings,
    environ: Mapping[str, str],
    *,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    environ_anew: Callable[[], Mapping[str, str]] | None = None,
    reload: asyncio.Event | None = None,
    look_every: float = EVERY,
    patience: float = PATIENCE,
    show_within: float = SHOW_WITHIN,
) -> AsyncIterator[Bot]:
    """The whole bot, from policy to open port; leaving the block drains and stops it.

    `randomness` draws what is looked over and what a drill follows. `clock` is what deadlines go by, `monotonic` (in
    seconds) how old a look-up is, which Slack has `patience` for; what people are shown is made in `show_within`.
    A changed policy is noticed within `look_every` seconds and read at once when `reload` is set; `environ_anew`
    gives the environment it is read with, which else is the one of the start.
    Raises PolicyFaults, KeyFault, TokenRefused, AppUnknown, AddressRefused, CheckpointsRefused, ExportsRefused,
    and what the store raises for a database it cannot use.
    """
    policy, sources = _policy(settings, environ)
    clock, ids = clock or SystemClock(), RandomIds()
    async with AsyncExitStack() as stack:
        store, seeds = await _store(stack, settings, clock)
        signer = Signer.of(seeds)
        checkpoints, exports = await stack.enter_async_context(followers(settings, environ, store, signer, clock))
        judging = await stack.enter_async_context(Worker(seconds=JUDGED))
        showing = await stack.enter_async_context(Worker(seconds=show_within, patience=show_within))
        past = looking_back(settings.signoff_database_url, settings.signoff_policy, clock)
        look_back = await stack.enter_async_context(past)
        token = settings.slack_bot_token.get_secret_value()
        client = await stack.enter_async_context(slack_client(token, settings.slack_api_url))
        who = WhoWeAre(client)
        reached = await who.ask()
        lifecycle = Lifecycle(
            store=store,
            policy=policy,
            clock=clock,
            ids=ids,
            randomness=randomness or SystemRandomness(),
            examiner=Examiner(agents=judging, people=showing),
        )

        def present() -> LoadedPolicy:
            return cast("LoadedPolicy", lifecycle.policy)  # whoever replaces it puts another one there

        channels = Channels(
            client=client,
            named=lambda: channels_in(present(), settings.signoff_checkpoints_channel),
            outbox=store.outbox,
        )
        reloader = Reloader(
            path=settings.signoff_policy,
            environment=environ_anew or (lambda: environ),
            sources=sources,
            lifecycle=lifecycle,
            policy=present,
            messages=store.messages,
            reads=store.reads,
            texts=store.policy_texts,
            clock=clock,
            alone=store.presence.is_only_bot,
            reloaded=lambda: context.later(channels.look()),
            retry=store.outbox.requeue,
            asked=reload or asyncio.Event(),
            every=look_every,
        )
        await reloader.begin()
        people = People(
            client=client,
            identity=lambda: who.known,
            roles=lambda: present().roles,
            monotonic=monotonic,
            patience=patience,
        )
        lifecycle.groups = people
        sender = SlackSender(
            keeper=Keeper(client=client, store=store),
            store=store,
            lifecycle=lifecycle,
            policy=present,
            clock=clock,
            showing=Showing(worker=showing),
        )
        context = SlackContext(
            client=client,
            lifecycle=lifecycle,
            delegating=Delegating(store=store, clock=clock, ids=ids),
            stopping=Stopping(lifecycle),
            factors=SecondFactors(store=store, clock=clock),
            reviews=SampleReviews(store, clock),
            store=store,
            people=people,
            sender=sender,
            policy=present,
            identity=lambda: who.known,
            clock=clock,
            ids=ids,
            mismatch=settings.signoff_card_mismatch,
            look_back=look_back,
            showing=sender.showing,
        )
        pictures = WeekPictures(client=client, store=store, worker=look_back.worker, later=context.later)
        direct = DirectMessages(context=context)
        courier = Courier(
            outbox=store.outbox,
            senders={**sender.senders, **direct.senders},
            clock=clock,
            spread=random.random,
            tell=lambda delivery: trouble_channel(present(), delivery.channel),
            look_every=LOOK_EVERY,
        )
        calling = await callback_courier(
            stack,
            settings,
            store=store,
            lifecycle=lifecycle,
            policy=present,
            clock=clock,
            version=version_of("signoff"),
        )
        app = build_app(context, channels, token)
        socket = None
        if settings.slack_app_token is not None:
            socket = Socket(
                app=app,
                app_token=settings.slack_app_token.get_secret_value(),
                client=client,
                connections=Connections(messages=store.messages, policy=present, clock=clock, presence=store.presence),
            )
        sweeps = (
            lifecycle.sweep,
            context.delegating.sweep,
            context.stopping.sweep,
            drilling(store, lifecycle).sweep,
            direct.sweep,
            OverdueWatch(store=store, policy=present, clock=clock).sweep,
            notices.DamageWatch(store=store, policy=present).sweep,
            checkpoints.sweep,
            Digests(store=store, policy=present, clock=clock, picture=pictures.begin).sweep,
            Purges(store=store, clock=clock, monotonic=monotonic).sweep,
            eraser(store, present, lambda: reloader.troubles, clock, monotonic, settings.signoff_database_url).sweep,
        )
        sweeper = await stack.enter_async_context(Sweeper(sweep=_all(*sweeps), enabled=settings.signoff_sweep == "on"))
        bot = Bot(
            url="",
            store=store,
            lifecycle=lifecycle,
            issuer=Issuer(signer=signer, name=lambda: settings.signoff_url or bot.url),
            courier=courier,
            who=who,
            channels=channels,
            reloader=reloader,
            sweeper=sweeper,
            socket=socket,
            stalls=Stalls(monotonic=monotonic),
            checkpoints=checkpoints,
            exports=exports,
            judging=judging,
            showing=showing,
            look_back=look_back,
        )
        api = build_api(
            Api(
                lifecycle=lifecycle,
                store=store,
                policy=present,
                readiness=bot.readiness,
                version=version_of("signoff"),
                issuer=bot.issuer,
                longest_stall=bot.stalls.longest,
                veil=partial(sender.showing, veiled_facts),
            )
        )
        if socket is None:
            secrets = [secret.get_secret_value() for secret in settings.slack_signing_secret]
            api.add_routes([slack_route(app, secrets, time.time)])
        store.signals.observers.append(log_decision)
        await store.outbox.requeue()
        if reached:
            await channels.look()
        stack.push_async_callback(context.drain, DRAINED)
        await _tasks(stack, courier.run(), calling.run(), who.until_known())
        if socket is not None:
            await _task(stack, socket.run())
        await _tasks(stack, reloader.run(), bot.stalls.run(), exports.run())
        bot.url = await _served(stack, api, settings, exports)
        yield bot


def _policy(settings: Settings, environ: Mapping[str, str]) -> tuple[LoadedPolicy, Sources]:
    examined = check_policy(settings.signoff_policy, environ)
    if examined.policy is None:
        raise PolicyFaults(examined.faults)
    return examined.policy, examined.sources


async def _store(stack: AsyncExitStack, settings: Settings, clock: Clock) -> tuple[SqlStore, tuple[bytes, ...]]:
    """The store, which in a file is ours alone, and the seeds of its key."""
    url, key = settings.signoff_database_url, settings.signoff_signing_key
    database = database_file(url)
    stack.enter_context(sole_use(database))
    seeds = seeds_for(database, key.get_secret_value() if key else None)
    store = await stack.enter_async_context(open_store(url, seal_key=seal_keys(seeds), clock=clock))
    require_all_named(await store.audit.unnamed_from())
    await stack.enter_async_context(store.presence.bot())
    return store, seeds


async def _served(stack: AsyncExitStack, api: web.Application, settings: Settings, exports: Exports) -> str:
    runner = ApiRunner(api, shutdown_timeout=ANSWERED, signed=frozenset({SLACK_PATH}))
    api[METRICS].watch_connections(runner.table)
    api[METRICS].watch_exports(exports.signals)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, settings.signoff_host, settings.signoff_port, backlog=BACKLOG)
    try:
        await site.start()
    except OSError as error:
        raise AddressRefused(
            f"{settings.signoff_host}:{settings.signoff_port} cannot be opened: {error.strerror or error}. "
            "SIGNOFF_HOST and SIGNOFF_PORT name it."
        ) from None
    port = runner.addresses[0][1]
    host = f"[{settings.signoff_host}]" if ":" in settings.signoff_host else settings.signoff_host
    url = f"http://{host}:{port}"
    if settings.signoff_url is None:
        structlog.get_logger("signoff").warning(NO_URL.format(url))
    elif settings.other_port is not None:
        structlog.get_logger("signoff").warning(settings.other_port)
    return url


def _all(*sweeps: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    async def sweep() -> int:
        return sum([await each() for each in sweeps])

    return sweep


async def _tasks(stack: AsyncExitStack, *works: Coroutine[Any, Any, None]) -> None:
    for work in works:
        await _task(stack, work)


async def _task(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)

    async def stop() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(stop)
