"""Acting once: the act is run and reported, or whoever runs it hears that the report was lost."""

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar, cast

from signoff_client.errors import SignoffError, Unfinished, Unfit, Unreported
from signoff_client.transport.lasting import to_the_end

if TYPE_CHECKING:
    from signoff_client.client import AsyncSignoff, Signoff
    from signoff_client.model import Claimed

T = TypeVar("T")
DETAIL: Final = 500
"""Characters of a failure that are reported: enough to find it in a log."""
NOTHING_RAN: Final = "Nothing ran: "
"""How the detail of a failure begins that happened before anything ran."""


def reportable(text: str) -> str:
    """As much of it as is reported."""
    return text[:DETAIL]


def described(error: BaseException) -> str:
    """An exception as a report's detail."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception as broken:  # noqa: BLE001 its own words are no reason to report nothing
        text = f"{type(error).__name__}, which cannot say what it is ({type(broken).__name__})"
    return reportable(text)


def act_once(client: "Signoff", claimed: "Claimed", act: Callable[[], T]) -> T:
    """Runs it and reports. Raises what `act` raises; where the report is lost Unreported, from what `act` raised.

    An exception is reported `failed`; Unfit, by which nothing ran, says that. Whatever may still be running, or may
    have acted, is `unknown`, so that a person looks: an interruption, TimeoutError, Unfinished, and a result that is
    none yet (a coroutine, a generator: nothing would run it to its end). An interruption, and Unfit, stay what they
    are where the report is lost, with a note of that: the one has to end the program, the other says that nothing ran.
    """
    try:
        result = act()
        _refuse_unfinished(result)
    except BaseException as error:
        status, detail = _outcome(error, claimed)
        _refuse_unreported(
            error, claimed, status, detail, _report_error(lambda: client.report(claimed, status, detail))
        )
        raise
    if (lost := _report_error(lambda: client.report(claimed, "succeeded"))) is not None:
        raise Unreported(claimed, lost, result=result) from lost
    return result


async def act_once_async(
    client: "AsyncSignoff", claimed: "Claimed", act: Callable[[], Awaitable[T]] | Callable[[], T]
) -> T:
    """As act_once. A task that is cancelled while it acts, or while it reports, reports all the same."""
    try:
        acting: Any = act()
        result = cast("T", await acting if inspect.isawaitable(acting) else acting)
        _refuse_unfinished(result)
    except BaseException as error:
        status, detail = _outcome(error, claimed)
        lost = await _told_async(lambda: client.report(claimed, status, detail))
        _refuse_unreported(error, claimed, status, detail, lost)
        raise
    if (lost := await _told_async(lambda: client.report(claimed, "succeeded"))) is not None:
        raise Unreported(claimed, lost, result=result) from lost
    return result


def _refuse_unreported(
    error: BaseException, claimed: "Claimed", status: str, detail: str, lost: Exception | None
) -> None:
    """Raises Unreported where what was raised could not be told, and where it may have acted."""
    if lost is None:
        return
    if not isinstance(error, Exception) or _by_which_nothing_ran(error, claimed):
        _note(error, lost)
        return
    raise Unreported(claimed, lost, error=error, status=status, detail=detail) from error


def _by_which_nothing_ran(error: BaseException, claimed: "Claimed") -> TypeGuard[Unfit]:
    """Unfit of this call, and not of another one within it."""
    return isinstance(error, Unfit) and error.proposal_id in (None, claimed.id)


def _outcome(error: BaseException, claimed: "Claimed") -> tuple[str, str]:
    if _by_which_nothing_ran(error, claimed):
        error.proposal_id = claimed.id
        return "failed", reportable(NOTHING_RAN + error.message)
    doubtful = not isinstance(error, Exception) or isinstance(error, TimeoutError | Unfinished)
    return "unknown" if doubtful else "failed", described(error)


def _refuse_unfinished(result: object) -> None:
    kind = type(result).__name__
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise Unfinished(f"It returned a {kind}, of which nothing has run; make it a function that returns its result.")
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise Unfinished(f"It returned a {kind}, which nobody awaits here; make it a coroutine function (async def).")


def _report_error(report: Callable[[], object]) -> Exception | None:
    """Why it could not be told; None if it was. An interruption is raised once it was told."""
    try:
        report()
    except Exception as lost:  # noqa: BLE001 a closed client's error is none of ours, and it ran all the same
        return lost
    except BaseException as interruption:
        try:
            report()  # the same again is fine
        except Exception as lost:  # noqa: BLE001
            _note(interruption, lost)
        raise
    return None


async def _told_async(report: Callable[[], Awaitable[object]]) -> Exception | None:
    try:
        await to_the_end(report())
    except Exception as lost:  # noqa: BLE001 as above
        return lost
    return None


def _note(error: BaseException, lost: Exception) -> None:
    why = lost.message if isinstance(lost, SignoffError) else described(lost)
    error.add_note(f"This could not be reported: {why}")
