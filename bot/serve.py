"""Runs the bot until it is told to stop, and turns what prevents a start into sentences."""

import asyncio
import contextlib
import signal

import structlog

from approvals.ports import StoreBusy
from bot.compose import AddressRefused, running
from bot.keys import KeyFault
from bot.settings import Settings
from bot.slack.identity import TokenRefused
from policy import PolicyFaults
from storage import StoreFault


async def serve_until_stopped(settings: Settings, environ: dict[str, str]) -> list[str]:
    """Empty after a clean run; else one line for each thing that prevented the start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    log = structlog.get_logger("signoff")
    try:
        async with running(settings, environ) as bot:
            log.info("ready", url=bot.url, mode="socket" if settings.socket_mode else "http")
            await stop.wait()
            log.info("stopping")
    except PolicyFaults as faults:
        return [str(fault) for fault in faults.faults]
    except TokenRefused as refused:
        return [f"Slack refuses SLACK_BOT_TOKEN: {refused}. Copy it anew from the Slack app, page OAuth & Permissions."]
    except (KeyFault, StoreFault, StoreBusy, AddressRefused) as fault:
        return [str(fault)]
    except OSError as error:
        where = error.filename or settings.signoff_database_url
        return [f"{where} cannot be used: {error.strerror or error}. SIGNOFF_DATABASE_URL says where things are kept."]
    finally:
        with contextlib.suppress(NotImplementedError):
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(name)
    return []
