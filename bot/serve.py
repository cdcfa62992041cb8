"""Serving: runs the bot until it is stopped, and turns what prevents a start into sentences."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Mapping

import structlog

from approvals.ports import StoreBusy
from bot.checkpoints import CheckpointsRefused
from bot.compose import AddressRefused, running
from bot.followers import ExportsRefused
from bot.keys import KeyFault
from bot.settings import Settings
from bot.slack.web.identity import AppUnknown, TokenRefused
from policy import PolicyFaults
from storage import RowDamaged, StoreFault


def collect_no_more_what_is_here() -> None:
    """Spares the garbage collector, in the whole process, what the start has made, and which stays.

    Else it walks through all of it in the loop, again and again while a payload of many small parts is at work.
    """
    gc.collect()
    gc.freeze()


async def serve_until_stopped(settings: Settings, environ: Callable[[], Mapping[str, str]]) -> list[str]:
    """Empty after a clean run; else one line for each thing that prevented the start.

    `environ` is asked at the start, and again whenever the policy is read anew: SIGHUP, or a change of its files.
    """
    # A peer that went away is an error of the write; as in a pipe of commands it would end the bot.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    stop, reload = asyncio.Event(), asyncio.Event()
    on_signal = {signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: reload.set}
    loop = asyncio.get_running_loop()
    for name, act in on_signal.items():
        loop.add_signal_handler(name, act)
    log = structlog.get_logger("signoff")
    try:
        async with running(settings, environ(), environ_anew=environ, reload=reload) as bot:
            collect_no_more_what_is_here()
            log.info("ready", url=bot.url, mode="socket" if settings.socket_mode else "http")
            await stop.wait()
            log.info("stopping")
    except PolicyFaults as faults:
        return [str(fault) for fault in faults.faults]
    except TokenRefused as refused:
        return [f"Slack refuses SLACK_BOT_TOKEN: {refused}. Copy it anew from the Slack app, page OAuth & Permissions."]
    except AppUnknown as unknown:
        said = f"Slack does not say whose app the bot is (bots.info: {unknown}), so nobody could tell what another app"
        return [f"{said} was sent. Give the app the scope users:read, install it anew, and take its bot token."]
    except (KeyFault, StoreFault, StoreBusy, AddressRefused, CheckpointsRefused, ExportsRefused) as fault:
        return [str(fault)]
    except RowDamaged as damaged:
        said = f"What the log holds of the policy that was in force does not hold: {damaged}. Where keys were replaced,"
        return [
            f"{said} SIGNOFF_SIGNING_KEY names all of them, the newest first; else `signoff audit verify` has more."
        ]
    except OSError as error:
        where = error.filename or settings.signoff_database_url
        return [f"{where} cannot be used: {error.strerror or error}. SIGNOFF_DATABASE_URL says where things are kept."]
    finally:
        with contextlib.suppress(NotImplementedError):
            for name in on_signal:
                loop.remove_signal_handler(name)
    return []
