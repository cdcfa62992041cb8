"""Flows: every verb as a generator of requests, the same for the sync and the async client, without a socket."""

import math
import random
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from signoff_client.answers import feedback_of, proposal_of, raise_for, same, unchanged
from signoff_client.digest import digest_of
from signoff_client.errors import (
    ApprovalPending,
    Conflict,
    Invalid,
    SignoffError,
    Superseded,
    Tampered,
    TooMany,
    Unavailable,
)
from signoff_client.model import Claimed, Proposal, Ticket
from signoff_client.transport.wire import (
    Answer,
    Lost,
    Patience,
    Pause,
    Request,
    escaped,
    exchange,
    fault_of,
    path_of,
    sendable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from signoff_client.model import Feedback
    from signoff_client.transport.wire import Step

    Steps = Generator[Step, Answer | Lost | None, Proposal]
    FeedbackPage = tuple[tuple[Feedback, ...], str | None]

KEY: Final = re.compile(r"[!#-~]{1,255}")
HELD: Final = 50
"""Seconds for which one request lets itself be held; below the minute after which proxies give up."""
LEAVING: Final = 5.0
"""Seconds for which somebody who was interrupted still tries to take a question back."""
GONE: Final = "The agent was interrupted, and waits no longer."
GLANCE: Final = 0.5
"""Seconds between two looks at a proposal that the service did not hold."""
CROWDED: Final = 10.0
"""About so many seconds before the next try, where the service holds as many requests of this agent as it will."""
UNDO_WINDOW: Final = 660.0
"""Seconds that an undo window may last: ten minutes at most, by any policy, and clocks that differ."""


class Fields(TypedDict, total=False):
    """What a proposal may say beside action, payload and reasoning: the body fields of `POST /v1/proposals`."""

    summary: str
    confidence: float
    signals: "Mapping[str, float | bool | str]"
    source: str
    context: "Sequence[Mapping[str, str]]"
    preview: "Mapping[str, str]"
    rollback_plan: str
    preconditions: "Sequence[str]"
    payload_schema: "Mapping[str, Any]"
    on_behalf_of: str
    run_id: str
    tool_call_id: str
    traceparent: str
    expires_in: int
    callback_url: str


class Flows:
    """The verbs. `now` is a clock in seconds that only moves forward; `patience` how long one call tries again."""

    def __init__(self, *, now: "Callable[[], float]", patience: float) -> None:
        self._now = now
        self._patience = patience

    def propose(
        self,
        action: str,
        payload: "Mapping[str, Any]",
        key: str,
        body: "Mapping[str, Any]",
        claimant: str | None = None,
    ) -> "Steps":
        """The proposal of this key: made now, or by an earlier try. With a claimant claimed too, if it may run."""
        digest = digest_of(action, payload)
        sent = {"action": action, "payload": dict(payload), **body}
        if claimant is not None:
            sent |= {"claim": True, "claimant": claimant}
        proposal = yield from self._call(Request(method="POST", path="/v1/proposals", body=sent, headers=_key(key)))
        if proposal.action != action or (proposal.revision == 1 and proposal.digest != digest):
            raise Tampered("The service answered with another payload than the one that was proposed; nothing ran.")
        return proposal

    def get(self, proposal_id: str, *, seconds: int = 0, after: int | None = None) -> "Steps":
        """One proposal, held by the service for up to `seconds`."""
        params = {"wait": str(seconds)} if seconds else {}
        if seconds and after is not None:
            params["after"] = str(after)
        request = Request(method="GET", path=path_of(proposal_id), params=params, seconds=seconds)
        return (yield from self._call(request, proposal_id))

    def listed(
        self, query: "Mapping[str, str | None]"
    ) -> "Generator[Step, Answer | Lost | None, tuple[Proposal, ...]]":
        """The agent's own, newest first, a hundred at most."""
        asked = {name: sendable(name, value) for name, value in query.items() if value is not None} | {"limit": "100"}
        request = Request(method="GET", path="/v1/proposals", params=asked)
        answer = yield from exchange(
            request, self._patient(), ours=lambda body: isinstance(body.get("proposals"), list)
        )
        if answer.status >= 400:
            raise fault_of(answer)
        return tuple(proposal_of(each) for each in (answer.body or {})["proposals"])

    def wait(self, proposal_id: str, seconds: float, *, for_questions: bool) -> "Steps":
        """Until people decided, with `for_questions` until they ask something, or until the time is over."""
        ends = self._ends(seconds)
        return (yield from self._held((yield from self.get(proposal_id)), ends, for_questions=for_questions))

    def _held(self, proposal: Proposal, ends: float, *, for_questions: bool) -> "Steps":
        """The same from what was just read: another look before the first that is held would find nothing else."""
        while proposal.pending and not (for_questions and proposal.open_question):
            left, began = ends - self._now(), self._now()
            if left <= 0:
                break
            after = proposal.version if proposal.open_question else None
            try:
                proposal = yield from self.get(proposal.id, seconds=math.ceil(min(left, HELD)), after=after)
            except TooMany:  # of those that are held; a look is still answered
                yield Pause(seconds=min(left, CROWDED * random.uniform(0.5, 1.5)))  # noqa: S311 scatters retries
                proposal = yield from self.get(proposal.id)
                continue
            if proposal.pending and self._now() - began < GLANCE:
                yield Pause(seconds=min(GLANCE, max(0.0, ends - self._now())))
        return proposal

    def claim(self, proposal: Proposal, claimant: str) -> "Generator[Step, Answer | Lost | None, Claimed]":
        """The right to run the payload, once. Raises Refused, ApprovalPending, Superseded, Unavailable."""
        body = {"digest": proposal.digest, "claimant": claimant}
        request = Request(method="POST", path=path_of(proposal.id, "claim"), body=body)
        patience, opens = self._patient(), self._now() + UNDO_WINDOW
        while True:
            answer = yield from exchange(request, patience)
            if answer.slug != "undo-window":
                break
            if self._now() > opens:
                raise Unavailable(
                    f"The service has let nobody claim it for {UNDO_WINDOW:g} s. {answer.detail} Nothing ran."
                )
            yield Pause(seconds=answer.retry_after or 1.0)  # it opens by itself: this costs no patience
            patience = self._patient()
        if answer.status == 200:
            claimed = same(proposal_of(answer.body), proposal.id)
            if claimed.status != "claimed" or claimed.digest != proposal.digest or claimed.action != proposal.action:
                raise Tampered("The claim was answered with something else than what was claimed; nothing ran.")
            return Claimed(proposal=claimed, claimant=claimant)
        if answer.status != 409:
            raise fault_of(answer)
        present = yield from self.get(proposal.id)
        raise_for(present)
        if answer.slug == "effect-open":
            raise fault_of(answer)
        if answer.slug == "digest-mismatch" or present.digest != proposal.digest:
            raise Superseded(f"People approved something else than what was to be claimed. {present.message}")
        raise Conflict(f"{answer.detail} {present.message}")

    def ask(
        self,
        action: str,
        payload: "Mapping[str, Any]",
        key: str,
        body: "Mapping[str, Any]",
        seconds: float,
        *,
        keep: bool = False,
    ) -> "Generator[Step, Answer | Lost | None, Claimed]":
        """Propose, wait, claim. Raises Refused, and ApprovalPending when `seconds` are over.

        Interrupted, it takes the question back, unless `keep` says that somebody will come by for it.
        """
        self._ends(seconds)
        claimant = secrets.token_urlsafe(16)
        digest = digest_of(action, payload)
        try:
            proposal = yield from self.propose(action, payload, key, body, claimant)
            if proposal.status == "claimed" and proposal.permit is not None:  # a permit is shown to its claimant alone
                return unchanged(Claimed(proposal=proposal, claimant=claimant), digest)
            if proposal.status == "claimed":
                return (yield from self.claim(proposal, claimant))  # ours, or AlreadyClaimed
            return (yield from self.take(proposal, claimant, seconds, key, digest))
        except (Exception, GeneratorExit):
            raise
        except BaseException:
            if not keep:
                yield from self._brief().take_back(action, payload, key, body, claimant)
            raise

    def take(
        self, proposal: Proposal, claimant: str, seconds: float, key: str | None, digest: str
    ) -> "Generator[Step, Answer | Lost | None, Claimed]":
        """Waits for people and claims what they approve; `digest` is of what was proposed. Raises as `ask` does."""
        ends = self._ends(seconds)
        while True:
            left = max(0.0, ends - self._now())
            if proposal.pending and left:
                proposal = yield from self._held(proposal, ends, for_questions=False)
            if proposal.pending:
                raise ApprovalPending(proposal, replace(proposal.ticket, key=key, digest=digest))
            if proposal.status != "approved":
                raise_for(proposal)
            try:
                return (yield from self.claim(proposal, claimant))
            except (ApprovalPending, Superseded):  # taken back or changed between the look and the claim
                if not left:
                    raise
                proposal = yield from self.get(proposal.id)

    def resume(self, ticket: Ticket, seconds: float) -> "Generator[Step, Answer | Lost | None, Claimed]":
        """What `ask` would have done, from a ticket, with a claimant of its own. Raises as `ask` does.

        Interrupted, it leaves the question standing: whoever has the ticket may come again.
        """
        proposal = yield from self.get(ticket.id)
        if proposal.action != ticket.action or (proposal.revision == 1 and proposal.digest != ticket.digest):
            raise Tampered("The ticket belongs to another proposal than the one with its id; nothing ran.")
        claimant = secrets.token_urlsafe(16)
        try:
            return (yield from self.take(proposal, claimant, seconds, ticket.key, ticket.digest))
        except (Exception, GeneratorExit):
            raise
        except BaseException:
            yield from self._brief().give_back(ticket.id, claimant)
            raise

    def _brief(self) -> "Flows":
        """For what is still to be done by somebody who wants to go: the same verbs, with little patience."""
        return Flows(now=self._now, patience=min(self._patience, LEAVING))

    def take_back(
        self, action: str, payload: "Mapping[str, Any]", key: str, body: "Mapping[str, Any]", claimant: str
    ) -> "Generator[Step, Answer | Lost | None, None]":
        """Nobody waits any more: people are not to decide for nobody, and what was claimed is not to look as if it ran.

        Asked once more with the same key, for an interruption may come before the first answer does.
        """
        try:
            proposal = yield from self.propose(action, payload, key, body, claimant)
        except SignoffError:
            return  # nobody claims it, so nothing runs
        if proposal.status in ("pending", "approved"):
            try:
                yield from self.withdraw(proposal.id, GONE)
            except Conflict:
                pass  # it was claimed meanwhile, by us or by somebody who wants it
            except SignoffError:
                return
            else:
                return
        yield from self.give_back(proposal.id, claimant)

    def give_back(self, proposal_id: str, claimant: str) -> "Generator[Step, Answer | Lost | None, None]":
        """Says that nothing ran, if it is this attempt that claimed it."""
        try:
            proposal = yield from self.get(proposal_id)
            if proposal.status == "claimed":
                claimed = yield from self.claim(proposal, claimant)
                yield from self.report(claimed.id, "failed", f"Nothing ran: {GONE}", None)
        except SignoffError:
            return  # another attempt has it, or it becomes overdue and people look

    def report(self, proposal_id: str, status: str, detail: str | None, verification: str | None) -> "Steps":
        """Says what came of acting; the same report again is fine. Half a character is told as its escape."""
        said = {"status": status, "detail": detail, "verification": verification}
        body = {name: escaped(value) for name, value in said.items() if value is not None}
        request = Request(method="POST", path=path_of(proposal_id, "outcome"), body=body, tells=True)
        proposal = yield from self._call(request, proposal_id)
        if proposal.status not in ("succeeded", "failed", "unknown"):
            raise Tampered(
                f"The service answered the report, and that it is still {proposal.status}: it was not noted."
            )
        return proposal

    def rolled_back(self, proposal_id: str, status: str, detail: str | None) -> "Steps":
        """Says what came of the rollback that people asked for."""
        body = {"status": status} if detail is None else {"status": status, "detail": escaped(detail)}
        request = Request(method="POST", path=path_of(proposal_id, "rollback"), body=body, tells=True)
        return (yield from self._call(request, proposal_id))

    def withdraw(self, proposal_id: str, reason: str) -> "Steps":
        """Takes it back; that it is taken back already is fine."""
        request = Request(method="POST", path=path_of(proposal_id, "withdraw"), body={"reason": reason})
        try:
            return (yield from self._call(request, proposal_id))
        except Conflict:
            present = yield from self.get(proposal_id)
            if present.status != "withdrawn":
                raise
            return present

    def reply(self, proposal_id: str, text: str, payload: "Mapping[str, Any] | None", question: str | None) -> "Steps":
        """Answers a reviewer's question; with a payload also says what would run instead."""
        more = {"payload": None if payload is None else dict(payload), "question": question}
        body = {"text": text, **{name: value for name, value in more.items() if value is not None}}
        request = Request(method="POST", path=path_of(proposal_id, "reply"), body=body)
        try:
            return (yield from self._call(request, proposal_id))
        except Conflict:
            present = yield from self.get(proposal_id)  # a retry of ours may find its first try done
            known = present.raw.get("questions")
            asked = known if isinstance(known, list) else []
            if question is None or not any(_answered(each, question, text) for each in asked):
                raise
            return present

    def receipt(self, proposal_id: str) -> "Generator[Step, Answer | Lost | None, dict[str, Any]]":
        """The sealed record."""
        request = Request(method="GET", path=path_of(proposal_id, "receipt"))
        answer = yield from exchange(request, self._patient(), ours=lambda body: "signature" in body)
        if answer.status != 200:
            raise fault_of(answer)
        return answer.body or {}

    def audit(self, after: int) -> "Generator[Step, Answer | Lost | None, dict[str, Any]]":
        """A page of the audit log: what follows an entry, for the token of an auditor."""
        request = Request(method="GET", path="/v1/audit", params={"after": str(after), "limit": "100"})
        answer = yield from exchange(request, self._patient(), ours=lambda body: isinstance(body.get("entries"), list))
        if answer.status != 200:
            raise fault_of(answer)
        return answer.body or {}

    def feedback(self, action: str | None, cursor: str | None) -> "Generator[Step, Answer | Lost | None, FeedbackPage]":
        """A page of what people said of the agent's own, and where the next one begins; None after the last."""
        query = {"action": action, "cursor": cursor}
        asked = {name: sendable(name, value) for name, value in query.items() if value is not None} | {"limit": "100"}
        request = Request(method="GET", path="/v1/feedback", params=asked)
        answer = yield from exchange(request, self._patient(), ours=lambda body: isinstance(body.get("feedback"), list))
        if answer.status != 200:
            raise fault_of(answer)
        body = answer.body or {}
        further = body.get("next_cursor")
        return feedback_of(body), further if isinstance(further, str) and further != cursor else None

    def _call(self, request: Request, proposal_id: str | None = None) -> "Steps":
        answer = yield from exchange(request, self._patient())
        if answer.status >= 400:
            raise fault_of(answer)
        return same(proposal_of(answer.body), proposal_id)

    def _ends(self, seconds: float) -> float:
        if math.isnan(seconds):
            raise Invalid("How long to wait has to be a number of seconds.")
        return self._now() + seconds

    def _patient(self) -> Patience:
        return Patience(ends=self._now() + self._patience, now=self._now)


def _answered(question: object, question_id: str, text: str) -> bool:
    return isinstance(question, dict) and question.get("id") == question_id and question.get("reply") == text


def _key(key: str) -> dict[str, str]:
    if not KEY.fullmatch(key):
        raise Invalid(f"{key[:60]!r} is no key: use 1 to 255 visible ASCII characters, without quotation marks.")
    return {"Idempotency-Key": key}
