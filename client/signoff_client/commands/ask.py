"""Ask command: `signoff ask … && deploy` waits for people and can never run what they did not approve."""

import math
import secrets
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from signoff_client.answers import raise_for
from signoff_client.client import Signoff
from signoff_client.commands.ask_options import Options, WrongUse, options_of
from signoff_client.commands.payload_files import Destination
from signoff_client.commands.standard import has_output
from signoff_client.commands.verdicts import (
    APPROVED,
    CHANGED,
    EXPIRED,
    PENDING,
    REJECTED,
    TAKEN,
    UNREACHABLE,
    WRONG_USE,
    Verdict,
    deliver,
    note,
)
from signoff_client.digest import digest_of
from signoff_client.errors import (
    AlreadyClaimed,
    AlreadyDone,
    ApprovalPending,
    Conflict,
    Expired,
    Forbidden,
    Refused,
    SignoffError,
    Superseded,
    Tampered,
    TooMany,
    Unavailable,
)

if TYPE_CHECKING:
    from types import FrameType

    from signoff_client.model import Claimed, Proposal

LOOK: Final = 2.0
"""Seconds between two looks at a proposal whose reviewer waits for an answer."""
HURRY: Final = 3.0
"""Seconds for what is still to be said when the pipeline is being cancelled: it is killed soon."""


SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What ends a pipeline: a person, its runner, the terminal or session that goes away."""


class Cancelled(BaseException):
    """One of SIGNALS: nobody waits for the decision any more."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str]) -> int:
    """The command; its exit code."""
    if not has_output():
        note("There is no standard output for the decision, so nobody was asked.")
        return WRONG_USE
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # whoever does not read is an error of the write, to be answered
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it, and it stays so
            signal.signal(number, _cancel)
    asking = None
    try:
        asking = _Asking(options_of(arguments))
        verdict = asking.verdict()
        _deaf()  # from here on the decision stands, and is said once
        try:
            return deliver(verdict)
        except OSError as fault:
            note(f"The decision could not be written: {fault}.")
            asking.retract()
            asking.drop("The decision could not be written where the pipeline reads it.")
            return WRONG_USE
    except WrongUse as fault:
        _deaf()
        return _last(Verdict(exit=WRONG_USE, decision="wrong-use", message=str(fault)))
    except Cancelled as stop:
        return _last(_stopped(stop.number) if asking is None else asking.let_go(stop.number))
    finally:
        if asking is not None:
            asking.clear()


def _last(verdict: Verdict) -> int:
    """For what nothing follows from: it ends so whether or not anybody reads it."""
    try:
        return deliver(verdict)
    except OSError as fault:
        note(f"The decision could not be written: {fault}.")
        return verdict.exit


def _stopped(number: int) -> Verdict:
    message = "The pipeline was cancelled before anybody was asked; nothing ran."
    return Verdict(exit=128 + number, decision="cancelled", message=message)


def _deaf() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _cancel(number: int, _: "FrameType | None") -> None:
    _deaf()  # who ends a session sends two of them at once
    raise Cancelled(number)


class _Asking:
    """One call of the command, and how far it got."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._digest = digest_of(options.action, options.payload)
        self._claimant = secrets.token_urlsafe(16)
        self._proposing = self._claiming = False
        self._proposal: Proposal | None = None
        self._out: Destination | None = None

    def verdict(self) -> Verdict:
        """What came of asking. Nothing but an approved and claimed payload comes with exit 0 or a payload."""
        try:
            if self._options.payload_out is not None:
                self._out = Destination(self._options.payload_out)
            with self._client(self._options.patience) as client:
                return self._asked(client)
        except OSError as fault:
            return self._says(WRONG_USE, "wrong-use", f"The payload cannot be written: {fault}.")
        except (AlreadyClaimed, AlreadyDone) as no:
            return self._says(TAKEN, "taken", no.message, no.proposal)
        except Expired as no:
            return self._says(EXPIRED, "expired", no.message, no.proposal)
        except Refused as no:
            return self._says(REJECTED, "rejected", no.message, no.proposal)
        except (Forbidden, Conflict) as no:
            return self._says(REJECTED, "rejected", no.message)
        except ApprovalPending as wait:
            again = f"The same call with --key {shlex.quote(self._options.key)} goes on waiting."
            return self._says(PENDING, "pending", f"{wait.message} {again}", wait.proposal)
        except (Unavailable, TooMany, Tampered) as fault:
            return self._says(UNREACHABLE, "unreachable", fault.message)
        except SignoffError as fault:
            return self._says(WRONG_USE, "wrong-use", fault.message)

    def let_go(self, number: int) -> Verdict:
        """Takes the request back, so that nobody decides on what nobody waits for; as far as there is time for it."""
        self.retract()
        self.drop("The pipeline was cancelled.")
        return self._says(128 + number, "cancelled", "The pipeline was cancelled; nothing ran.")

    def drop(self, why: str) -> None:
        """Withdraws what is not claimed; what is claimed by this call is reported as failed, for it will not run."""
        if not self._proposing:
            return
        try:
            with self._client(HURRY) as client:
                proposal = self._proposal or self._propose(client)
                try:
                    client.withdraw(proposal, why)
                except Conflict:
                    if self._claiming:  # only this call's claimant gets an answer
                        client.report(client.claim(proposal, claimant=self._claimant), "failed", f"{why} Nothing ran.")
        except SignoffError as fault:
            note(f"The request could not be taken back: {fault.message}")

    def retract(self) -> None:
        """Takes an approved payload away again: this call ends with a no."""
        if self._out is not None:
            self._out.retract()

    def clear(self) -> None:
        """Leaves nothing half written."""
        if self._out is not None:
            self._out.clear()

    def _asked(self, client: Signoff) -> Verdict:
        ends = time.monotonic() + self._options.wait
        proposal = self._propose(client)
        while True:
            proposal = self._proposal = self._waited(client, proposal, ends)
            raise_for(proposal)
            as_given = proposal.digest == self._digest
            if not as_given and self._out is None:
                message = "People approved it with changes, and it was not claimed: --payload-out FILE takes them."
                return self._says(CHANGED, "changed", message, proposal)
            if self._out is not None:
                self._out.draft(proposal.payload)
            try:
                self._claiming = True
                claimed = client.claim(proposal, claimant=self._claimant)
            except (ApprovalPending, Superseded):  # taken back or changed since the look
                proposal = client.get(proposal)
                continue
            return self._taken(claimed, as_given=as_given)

    def _taken(self, claimed: "Claimed", *, as_given: bool) -> Verdict:
        if self._out is not None:
            try:
                self._out.publish(claimed.payload)
            except OSError as fault:
                self.drop("The approved payload could not be written.")
                return self._says(WRONG_USE, "wrong-use", f"The approved payload cannot be written: {fault}.")
        exits, decision = (APPROVED, "approved") if as_given else (CHANGED, "changed")
        return self._says(exits, decision, claimed.proposal.message, claimed.proposal, payload=claimed.payload)

    def _propose(self, client: Signoff) -> "Proposal":
        options = self._options
        self._proposing = True
        self._proposal = client.propose(
            options.action, options.payload, reasoning=options.reasoning, key=options.key, **options.fields
        )
        return self._proposal

    def _waited(self, client: Signoff, proposal: "Proposal", ends: float) -> "Proposal":
        announced, asked = False, ""
        while proposal.pending and (left := ends - time.monotonic()) > 0:
            if not announced:
                until = min(proposal.expires_at.timestamp(), time.time() + left)
                at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(until))
                note(f"Waits for people to decide on {proposal.action} ({proposal.id}), until {at} UTC.")
                announced = True
            question = proposal.open_question
            if question is None:
                proposal = client.wait(proposal, seconds=left)
                continue
            if question.id != asked:
                note(f"A reviewer ({question.asked_by}) asks: {question.text}")
                asked = question.id
            time.sleep(min(LOOK, left))
            proposal = client.get(proposal)
        return proposal

    def _says(
        self,
        exits: int,
        decision: str,
        message: str,
        proposal: "Proposal | None" = None,
        payload: dict[str, Any] | None = None,
    ) -> Verdict:
        known = proposal or self._proposal
        out = self._options.payload_out
        return Verdict(
            exit=exits,
            decision=decision,
            message=message,
            action=self._options.action,
            key=self._options.key,
            proposal=known,
            payload=payload,
            payload_file=str(out) if payload is not None and out is not None else None,
        )

    def _client(self, patience: float) -> Signoff:
        timeout = min(10.0, max(patience, 1.0)) if math.isfinite(patience) else 10.0
        return Signoff(self._options.url, timeout=timeout, patience=patience)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
