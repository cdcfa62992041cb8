"""Proof of a receipt by itself: every digest and hash made again, and the record compared with its entries.

Plain JSON in, sentences out, and nothing imported but the standard library: the bot hashes
and proves by this very file, so that both sides do the same. Who signed a receipt is checked elsewhere.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FORM = 1
FINAL = frozenset({"rejected", "withdrawn", "revoked", "lapsed", "succeeded", "failed"})
FOLLOWS = {
    "approved": ("approved", {"pending"}),
    "retracted": ("pending", {"pending", "approved"}),
    "suspended": ("pending", {"pending", "approved"}),
    "rejected": ("rejected", {"pending"}),
    "withdrawn": ("withdrawn", {"pending", "approved"}),
    "revoked": ("revoked", {"approved"}),
    "lapsed": ("lapsed", {"approved"}),
    "claimed": ("claimed", {"approved"}),
    "succeeded": ("succeeded", {"claimed", "unknown"}),
    "failed": ("failed", {"claimed", "unknown"}),
    "unknown": ("unknown", {"claimed"}),
}
"""What an entry makes of the status, and of which; every other entry leaves it."""
ERASED = "proposal:erased"
HOLDS = '{"content":"'
"""How the facts begin of an entry beside which stands what agents and people wrote."""
LATER = (
    "cause",
    "reason",
    "resolved_at",
    "resolved_by",
    "claimable_at",
    "execute_by",
    "claimed_at",
    "report_by",
    "erased_at",
)
"""What a new proposal has nothing of yet."""
HASHED = (
    "seq",
    "id",
    "at",
    "tag",
    "proposal_id",
    "revision",
    "actor_kind",
    "actor_id",
    "actor_team",
    "actor_proof",
    "facts",
)
"""What the hash of an entry is made over, after the hash before it."""


def faults(receipt: Any, canonical: "Callable[[Any], bytes]") -> list[str]:
    """What does not hold, a sentence each; empty where everything does.

    Where a receipt has no `places`, its entries cannot be hashed, and its signature alone vouches for them.
    `canonical` gives the RFC 8785 bytes of a JSON value, or raises ValueError.
    """
    found: list[str] = []
    try:
        if receipt["form"] != FORM:
            return [f"The receipt has the form {receipt['form']!r}; this program knows {FORM}."]
        for check in (_revisions, _entries, _story):
            found += check(receipt, canonical)
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as wrong:
        found.append(f"The receipt is not made as receipts are: {type(wrong).__name__} {wrong}.")
    return found


def _revisions(receipt: Any, canonical: "Callable[[Any], bytes]") -> "Iterator[str]":
    revisions, said = receipt["revisions"], receipt["proposal"]
    for number, each in enumerate(revisions, start=1):
        action = each["action"]
        if each["number"] != number:
            yield f"Revision {each['number']} stands in the place of revision {number}."
        if action["payload"] is None and said["erased_at"] is not None:
            continue
        made = digest(action["name"], action["payload"], canonical)
        if made != action["digest"]:
            yield f"Revision {number}: its action and payload have the digest {made}, not {action['digest']}."
    last = revisions[-1]
    if (said["revision"], said["action"], said["digest"]) != (
        last["number"],
        last["action"]["name"],
        last["action"]["digest"],
    ):
        yield "The proposal names another action, revision or digest than its last revision has."


def _entries(receipt: Any, canonical: "Callable[[Any], bytes]") -> "Iterator[str]":
    before: Any = None
    erased = max((at for at, each in enumerate(receipt["entries"], start=1) if each["tag"] == ERASED), default=0)
    for number, each in enumerate(receipt["entries"], start=1):
        if each["proposal_id"] != receipt["proposal"]["id"]:
            yield f"Entry {each.get('seq', number)} is about {each['proposal_id']}, not about this proposal."
        name = f"Entry {each.get('seq', number)}"
        if (content := each["content"]) is None:
            if each["facts"].startswith(HOLDS) and number >= erased:
                yield f"{name}: what was written of it is gone, and no later entry tells that it was erased."
        elif not each["facts"].startswith(f'{HOLDS}sha256:{hashlib.sha256(content.encode()).hexdigest()}"'):
            yield f"{name}: what was written of it is not what it holds the digest of."
        if receipt["places"] is False:
            continue
        said = {key: each[key] for key in HASHED}
        made = hashlib.sha256(each["previous"].encode() + canonical(said)).hexdigest()
        if made != each["hash"]:
            yield f"{name}: its content is not what its hash was made over."
        if before is not None and each["seq"] <= before["seq"]:
            yield f"{name} stands after entry {before['seq']}: they are out of order."
        elif before is not None and each["seq"] == before["seq"] + 1 and each["previous"] != before["hash"]:
            yield f"{name} does not follow from entry {before['seq']}."
        before = each


def _story(receipt: Any, _canonical: "Callable[[Any], bytes]") -> "Iterator[str]":
    replay = _Replay()
    for number, each in enumerate(receipt["entries"], start=1):
        noun, _, verb = each["tag"].partition(":")
        if noun == "proposal":
            name = f"Entry {each.get('seq', number)}"
            yield from (f"{name}{what}" for what in replay.follow(verb, _in_full(each), each))
    if not replay.revisions:
        yield "No entry tells how the proposal came about."
        return
    yield from replay.against(receipt)
    if replay.claim is not None:
        yield from _permit(receipt, replay.claim)
    elif receipt["permit"] is not None:
        yield "It has a permit, but no entry tells of a claim."


def _in_full(entry: Any) -> Any:
    """All that an entry tells: its facts, and in their places what was written of it, as far as it was not erased."""
    facts = json.loads(entry["facts"])
    if entry["content"] is not None:
        _fill(facts, {name: value for name, value in json.loads(entry["content"]).items() if name != "salt"})
    return facts


def _fill(facts: Any, content: Any) -> None:
    for name, value in content.items():
        if isinstance(facts.get(name), dict) and isinstance(value, dict):
            _fill(facts[name], value)
        else:
            facts[name] = value


def _permit(receipt: Any, claim: Any) -> "Iterator[str]":
    said = receipt["proposal"]
    at, report_by = claim
    if datetime.fromisoformat(report_by).tzinfo is None:  # it would be another moment on every machine
        yield f"It was to be reported by {report_by}, which is in no time zone."
        return
    expected = {
        "iss": receipt["issuer"],
        "sub": said["id"],
        "act": said["action"],
        "digest": said["digest"],
        "agent": said["agent"],
        "iat": at // 1000,
        "exp": int(datetime.fromisoformat(report_by).timestamp()),
    }
    permit = receipt["permit"] or {}
    for name, value in expected.items():
        if permit.get(name) != value:
            yield f"The permit is bound to {name} {permit.get(name)!r}, and the record to {value!r}."


@dataclass(slots=True)
class _Replay:
    """The proposal as its entries tell it."""

    said: dict[str, Any] = field(default_factory=dict)
    """What stands under `proposal` in the record."""
    revisions: list[Any] = field(default_factory=list)
    """Digest and editor of each."""
    gate: Any = None
    decisions: list[Any] = field(default_factory=list)
    questions: list[Any] = field(default_factory=list)
    outcome: Any = None
    rollback: Any = None
    claim: Any = None
    """When it was claimed, in milliseconds, and until when to report."""

    def follow(self, verb: str, facts: Any, entry: Any) -> "Iterator[str]":  # noqa: C901, PLR0912, PLR0915 an arm each
        """Takes one entry in; what cannot have happened is said of it."""
        at = instant(entry["at"])
        if (verb == "submitted") == bool(self.revisions):
            yield f" ({verb}) does not begin the proposal, or begins it again."
        if verb in FOLLOWS:
            status, of = FOLLOWS[verb]
            if self.said.get("status") not in of:
                yield f": what is {self.said.get('status')} cannot be {verb}."
            self.said["status"] = status
        match verb:
            case "submitted":
                self._begin(facts, at)
            case "edited" | "revised":
                self.revisions.append((facts["revision"]["action"]["digest"], facts["revision"]["editor"]))
                self._judged(facts["gate"], new_round=True)
            case "rejudged":
                self._judged(facts["gate"], new_round=facts["nonce"] is not None)
            case "decided":
                if (entry["actor_kind"], entry["actor_id"]) != ("reviewer", facts["decision"]["reviewer"]):
                    yield ": the decision is not that of the person who made the entry."
                self.decisions.append(facts["decision"])
            case "approved":
                self._resolved(at, facts, execute_by=facts["execute_by"], claimable_at=facts.get("claimable_at"))
                yield from (f": {what}" for what in self.unfilled())
            case "retracted":
                self._retract(facts["by"], at)
            case "suspended" if facts["nonce"] is not None:
                self._unresolved()
                self.said["round"] += 1
            case "rejected" | "revoked" | "withdrawn":
                self._resolved(at, facts, reason=facts["reason"])
            case "claimed":
                self.claim = (entry["at"], facts["report_by"])
                self.said |= {"claimed_at": at, "report_by": facts["report_by"]}
                if facts["digest"] != self.revisions[-1][0]:
                    yield f": {facts['digest']} was claimed, and that is not what was approved."
            case "overdue":
                self.said["overdue"] = True
            case "succeeded" | "failed" | "unknown":
                self.outcome = facts["outcome"]
                self.said["overdue"] = False
            case "objected" | "rolled_back":
                self.rollback = facts["rollback"]
            case "erased":
                self.said["erased_at"] = at
            case "asked":
                self.questions.append(facts["question"])
            case "replied":
                self.questions[-1] = facts["question"]
            case "extended":
                self.said["expires_at"] = facts["expires_at"]

    def unfilled(self) -> "Iterator[str]":
        """Why the gate was not met when it was approved."""
        gate, cause = self.gate, self.said["cause"]
        if cause in ("auto", "watch"):
            if cause != gate["tier"]:
                yield f"it was approved as {cause}, and its gate asks for {gate['tier']}."
            return
        if cause != "reviewer":
            return
        voices = [each for each in self.decisions if self._stands(each)]
        agreed = [each for each in voices if each["verdict"] == "approve"]
        if len(agreed) < len(voices):
            yield "somebody had rejected it."
        if gate["approvals"] > len(agreed):  # as many places as somebody likes to write are not to be counted out
            missing = sorted(set(gate["roles"]))
        else:
            people = {each["reviewer"]: set(_places(each, gate)) for each in agreed}
            missing = _missing(gate["roles"], gate["approvals"], people)
        if missing:
            yield f"its decisions do not fill the gate: a place of {' and of '.join(missing)} is empty."
        editors = {editor for _, editor in self.revisions if editor is not None}
        own = all({each["reviewer"], each.get("stands_in_for")} & editors for each in agreed)
        if gate.get("second_person") and editors and own:
            yield "nobody but its editors agreed, and the gate asks for a second person."

    def against(self, receipt: Any) -> "Iterator[str]":
        """Where the record is not what the entries tell."""
        said = receipt["proposal"]
        actions = [(each["action"]["digest"], each["editor"]) for each in receipt["revisions"]]
        for name, expected in self.said.items():
            if not _agree(expected, said[name]):
                yield f"The record's {name} is not what its entries tell."
        pairs = {
            "final": (self.said["status"] in FINAL, receipt["final"]),
            "revisions": (self.revisions, actions),
            "gate": (_without_joined(self.gate), _without_joined(receipt["gate"])),
            "decisions": (self.decisions, receipt["decisions"]),
            "questions": (self.questions, receipt["questions"]),
            "outcome": (self.outcome, receipt["outcome"]),
            "rollback": (self.rollback, receipt["rollback"]),
        }
        for name, (expected, actual) in pairs.items():
            if not _agree(expected, actual):
                yield f"The record's {name} is not what its entries tell."

    def _begin(self, facts: Any, at: str) -> None:
        self.revisions.append((facts["action"]["digest"], None))
        self.gate = facts["gate"]
        self.said = dict.fromkeys(LATER) | {
            "id": facts["id"],
            "agent": facts["ask"]["agent"],
            "status": "pending",
            "round": 1,
            "created_at": at,
            "expires_at": facts["expires_at"],
            "overdue": False,
            "ask": facts["ask"],
        }

    def _resolved(self, at: str, facts: Any, **more: Any) -> None:
        self.said |= {"cause": facts.get("cause", "agent"), "resolved_at": at, "resolved_by": facts.get("by"), **more}

    def _judged(self, gate: Any, *, new_round: bool) -> None:
        self.gate = gate
        self.said["round"] += new_round

    def _stands(self, decision: Any) -> bool:
        return bool(decision["round"] == self.said["round"] and not decision.get("retracted_at"))

    def _unresolved(self) -> None:
        self.said |= dict.fromkeys(("cause", "resolved_at", "resolved_by", "claimable_at", "execute_by"))

    def _retract(self, by: str, at: str) -> None:
        self._unresolved()
        self.decisions = [
            {**each, "retracted_at": at} if each["reviewer"] == by and self._stands(each) else each
            for each in self.decisions
        ]


def digest(action: str, payload: Any, canonical: "Callable[[Any], bytes]") -> str:
    """`sha256:` and the hex digest over the canonical bytes of action and payload together."""
    return "sha256:" + hashlib.sha256(canonical({"action": action, "payload": payload})).hexdigest()


def _places(decision: Any, gate: Any) -> "Iterable[tuple[str, int]]":
    """The places of the gate in which an approval may count: nobody approves their own, but where the gate allows it.

    A backup counts in the first so many of a role: those that are missing people of its own.
    """
    excluded, backup = decision["reviewer"] in gate["excluded"], decision.get("backup") or ()
    for role in decision["roles"]:
        if not excluded or role in gate["self_review"]:
            most = _backed(role, gate) if role in backup else gate["approvals"]
            yield from ((role, number) for number in range(min(most, gate["approvals"])))


def _backed(role: str, gate: Any) -> int:
    """How many places of the role its backups may fill."""
    return max((each.get("most") or 0 for each in gate["stand_ins"] if each["role"] == role), default=0)


def _missing(roles: "Iterable[str]", approvals: int, people: dict[str, set[tuple[str, int]]]) -> list[str]:
    """The roles with a place that nobody can take, each person taking one at most (augmenting paths)."""
    seats = [(role, number) for role in roles for number in range(approvals)]
    taken: dict[tuple[str, int], str] = {}

    def seat(person: str, tried: set[tuple[str, int]]) -> bool:
        for place in seats:
            if place in people[person] and place not in tried:
                tried.add(place)
                if place not in taken or seat(taken[place], tried):
                    taken[place] = person
                    return True
        return False

    for person in sorted(people):
        seat(person, set())
    return sorted({role for role, number in seats if (role, number) not in taken})


def _without_joined(gate: Any) -> Any:
    """The gate but for what grows when somebody is called in."""
    return {name: value for name, value in gate.items() if name not in ("stand_ins", "channels")}


def _agree(expected: Any, actual: Any) -> bool:
    """Whether what an entry tells is in the record, which may name more: what came to be since has a default there."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(name in actual and _agree(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(expected) == len(actual) and all(_agree(*pair) for pair in zip(expected, actual, strict=True))
    return bool(expected == actual) and isinstance(expected, bool) == isinstance(actual, bool)


def instant(millis: int) -> str:
    """A UTC time as every surface writes it."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
