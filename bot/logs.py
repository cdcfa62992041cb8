"""Logging: coloured lines on a terminal, JSON elsewhere. Logs hold ids and digests, never payloads."""

import logging
import sys
import traceback
from contextlib import suppress
from typing import Literal, TextIO, cast

# Where rich is installed, as it is beside typer, structlog gets ready to draw tracebacks with it: five megabytes, and a
# tenth of the time that a start takes. None of ours is drawn.
_rich = sys.modules.pop("rich", None)
sys.modules["rich"] = None  # type: ignore[assignment]  # what is None there cannot be imported
import structlog  # noqa: E402 after what keeps rich out

del sys.modules["rich"]
if _rich is not None:
    sys.modules["rich"] = _rich


class _Lasting:
    """A stream whose reader may go away: what nobody reads is lost, and ends nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes what is to be read."""
        with suppress(BrokenPipeError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hands it on."""
        with suppress(BrokenPipeError):
            self._stream.flush()


def configure_logs(kind: Literal["pretty", "json"] | None) -> None:
    """Sets up structlog and the standard library's loggers; None means pretty on a terminal, else JSON."""
    pretty = kind == "pretty" or (kind is None and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)]
        if pretty
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *last],
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _Lasting(sys.stderr))),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    # Libraries log requests and bodies at lower levels; what they find worth a warning is enough.
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[others], force=True)


def silence_logs() -> None:
    """Logs nothing, as where faults are made on purpose and what is said of them would be taken for trouble."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def where(error: BaseException) -> dict[str, object]:
    """What happened and where, without the exception's own words: they may quote a payload."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "fault": type(error).__name__,
        "frames": [f"{each.filename}:{each.lineno} {each.name}" for each in frames[-8:]],
    }
