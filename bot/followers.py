"""Followers of the audit log: signed checkpoints of it, and exports, loaded only where they are asked for."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

from bot.checkpoints import checkpoints_taken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from approvals.ports import Clock
    from bot.checkpoints import Checkpointer
    from bot.settings import Settings
    from bot.signing import Signer
    from bot.telemetry.collector import Collector
    from bot.telemetry.export import Export
    from storage import SqlStore

MISSING = (
    "SIGNOFF_OTEL is on, and OpenTelemetry is not installed. Install the extra, pip install 'signoff[otel]' or from a "
    "checkout pip install --no-deps --require-hashes -r locks/run-otel.txt, or set SIGNOFF_OTEL=off."
)


class ExportsRefused(Exception):
    """An export that was asked for cannot be: no start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """One for each signal; none where nothing is exported."""

    signals: "tuple[Export, ...]" = ()

    async def run(self) -> None:
        """Until it is cancelled, or at once where there are none."""
        await asyncio.gather(*(each.run() for each in self.signals))

    @property
    def troubles(self) -> list[str]:
        """What readiness says of them."""
        return [each.trouble for each in self.signals if each.trouble is not None]


@asynccontextmanager
async def followers(
    settings: "Settings", environ: "Mapping[str, str]", store: "SqlStore", signer: "Signer", clock: "Clock"
) -> "AsyncIterator[tuple[Checkpointer, Exports]]":
    """Those that the settings ask for. Raises CheckpointsRefused, ExportsRefused, StoreBusy."""
    async with (
        checkpoints_taken(settings, store, signer, clock) as checkpoints,
        _exports(settings, environ, store, clock) as exports,
    ):
        yield checkpoints, exports


def collector_for(settings: "Settings", environ: "Mapping[str, str]") -> "Collector | None":
    """The one of OpenTelemetry, to which nothing is sent yet; None where it is off. Raises ExportsRefused."""
    if settings.signoff_otel == "off":
        return None
    try:
        from bot.telemetry.collector import TelemetryRefused, collector_of  # noqa: PLC0415 an extra
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("opentelemetry"):
            raise
        raise ExportsRefused(MISSING) from None
    try:
        return collector_of(environ, version_of("signoff"))
    except TelemetryRefused as refused:
        raise ExportsRefused(str(refused)) from None


@asynccontextmanager
async def _exports(
    settings: "Settings", environ: "Mapping[str, str]", store: "SqlStore", clock: "Clock"
) -> "AsyncIterator[Exports]":
    """Those to OpenTelemetry, none where it is off; one that is new begins with the entries from now on.

    Raises ExportsRefused, StoreBusy.
    """
    collector = collector_for(settings, environ)
    if collector is None:
        yield Exports()
        return
    from bot.telemetry.export import Export, each_entry, lives  # noqa: PLC0415 an extra, as its collector is

    signals = (("logs", collector.logs, each_entry), ("traces", collector.traces, lives(store)))
    exports = tuple(
        Export(signal=signal, store=store, clock=clock, send=send, groups=groups)
        for signal, send, groups in signals
        if send is not None
    )
    try:
        for each in exports:
            await store.exports.begin(each.signal)
        yield Exports(signals=exports)
    finally:
        collector.close()
