"""Outcomes of activities that gave no result, as they are reported."""

from typing import Final

from temporalio import exceptions
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutType, is_cancelled_exception

LEFT: Final = frozenset(
    {
        "ActivityPause",
        "ActivityReset",
        "CancelledError",
        "PayloadsTooLarge",
        "TimeoutError",
        "Unfinished",
        "WorkerShutdown",
    }
)
"""Types of failures by which an activity was left in the middle, left something running, or gave too large a result."""


def verdict(error: BaseException) -> tuple[str, str]:
    """The status and the detail. `failed` only where the activity itself raised: all else may have acted."""
    if is_cancelled_exception(error):
        return "unknown", "The workflow was cancelled while it ran."
    cause = error.cause if isinstance(error, ActivityError) else error
    if isinstance(cause, exceptions.TimeoutError):
        if cause.type == TimeoutType.SCHEDULE_TO_START:
            return "failed", "Nothing ran: no worker took it up in time."
        return "unknown", "It did not answer in time, and may have run, or still be running."
    if not isinstance(cause, ApplicationError):
        return "unknown", f"It may have run: {cause}"
    if cause.type == "NotFoundError" and "is not registered on this worker" in cause.message:
        return "failed", f"Nothing ran: {cause.message}"
    if cause.type in LEFT:
        return "unknown", f"It may have run, or still be running: {cause}"
    if _outside(cause):
        return "unknown", f"It ran, and what came of it could not be told: {cause}"
    return "failed", str(cause)


def _outside(cause: ApplicationError) -> bool:
    """Whether the SDK's worker raised it around the activity: as it wrote down the result, or a heartbeat.

    Nothing but the trace tells that from an exception of the activity's own. Workers in other languages leave none of
    this shape, and neither do failure converters that hide it.
    """
    trace = "" if cause.failure is None else cause.failure.stack_trace
    return "_activity.py" in trace and "_execute_activity" not in trace
