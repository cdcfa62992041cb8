"""Rulebook: the entries of the policy file, as strict models."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from approvals.gate import Tier
from approvals.proposal import Source
from policy.file.durations import UNITS, Duration, RetentionDuration, UndoWindowDuration
from policy.file.entry import PolicyEntry
from policy.file.rule_keys import (
    BatchEntry,
    BudgetEntry,
    EscalateEntry,
    HoursEntry,
    RateEntry,
    RememberApprovalEntry,
    UnusualEntry,
)
from policy.file.scalars import (
    ActionName,
    ActionPattern,
    CallbackPattern,
    Channel,
    ConfirmationKey,
    Digest,
    EachOnce,
    Effect,
    Group,
    Name,
    PayloadField,
    PayloadPath,
    RejectReason,
    Sentence,
    Several,
    SourceName,
    TierAsking,
    TierName,
    Title,
    TopLevelField,
    User,
    Variable,
    Version,
)

SAME = "same"
"""In the place of a role: whoever is asked anyhow."""


class FatigueEntry(PolicyEntry):
    """From when on somebody has decided so much that what is grave takes more of them.

    Grave is what a rule asks a confirmation for, and what several have to agree to. Nothing is loosened by it.
    """

    within: Annotated[Duration, Field(le=UNITS["d"])]
    """How far to look back; a pause as long as that is a rest."""
    decisions: Annotated[int, Field(ge=1, le=200)] | None = None
    """So many decisions of a person in that time, whatever they were about; the next grave one takes more."""
    rushed: Annotated[int, Field(ge=1, le=200)] | None = None
    """So many of their approvals in that time that came sooner than a card can be read."""
    first: Literal["somebody_else"] | None = None
    """Left out: whoever approves then types a value of the payload. With somebody_else others whom the role names
    come first, for half of the time there is, as long as one of them could approve it and is not tired too."""


class RoleEntry(PolicyEntry):
    """People who may decide, and where they are asked."""

    channel: Channel
    """Where its cards stand; the bot must be in it."""
    members: Annotated[list[User], EachOnce] = []
    """People who may decide. A role needs members or groups, or both."""
    groups: Annotated[list[Group], EachOnce] = []
    """User groups of Slack whose members may decide; looked up at the click, and nobody where that fails."""
    notify: Literal["group", "members", "none"] | None = None
    """Whom the first post mentions; left out: the groups, else up to five members. Updates mention nobody."""
    allow_self_review: bool = False
    """Lets an agent's owner and the person it acts for approve here: for a team of one. Told at each start."""
    backup: Name | None = None
    """The role of which one may decide where the agent's owner, who may not, leaves a place empty."""
    lead: Annotated[list[User], EachOnce] = []
    """People who see in `/approvals stats role NAME` how each of its reviewers decides: so that somebody can talk
    about it with them. Left out: each sees their own alone. It gives no right to decide."""
    digest: Literal["weekly", "never"] = "never"
    """Whether its channel is told each Monday from 8:00 UTC on how the week before went, in five lines: what was asked
    and read, what is approved always, what nobody answered, what samples say. It mentions nobody."""
    fatigue: FatigueEntry | None = None
    """What it takes for tired, and what is asked then; left out: nobody ever is."""


class TokenEntry(PolicyEntry):
    """How the holder of a token is known: by variables that hold it, or by its SHA-256."""

    token_env: Annotated[list[Variable], Field(min_length=1), EachOnce, Several] | None = None
    """The variable that holds the token; several while one replaces another. Either this or token_sha256."""
    token_sha256: Annotated[list[Digest], Field(min_length=1), EachOnce, Several] | None = None
    """The token's SHA-256 in hex, as `signoff token new` prints it; several while one replaces another."""


class AgentEntry(TokenEntry):
    """A program that may propose."""

    owner: User | None = None
    """Who answers for it, and therefore never approves or edits what it proposes, but may always reject."""
    actions: Annotated[list[ActionPattern], Field(min_length=1), EachOnce]
    """What it may propose; anything else is a 403."""
    source: SourceName = Source.untrusted
    """What counts where it does not say whether outside text triggered it, and the most it may claim."""
    callbacks: Annotated[list[CallbackPattern], EachOnce] = []
    """Where it may be called back; * stands for any run of characters of the path."""
    callback_secret_env: Annotated[list[Variable], Field(min_length=1), EachOnce, Several] | None = None
    """The variable of the secret that signs callbacks (whsec_ and base64); two while one replaces the other."""
    pending_limit: Annotated[int, Field(ge=1, le=10_000)] = 50
    """How many of its proposals may wait at once; one more is a 429."""
    rate_limit: Annotated[int, Field(ge=1, le=10_000)] = 20
    """How many requests a second it may make over time, and five times as many at once; one more is a 429."""


class OpsEntry(PolicyEntry):
    """Who is told of trouble with Signoff itself."""

    channel: Channel
    """Where it is told."""
    members: Annotated[list[User], Field(min_length=1), EachOnce]
    """People who run it."""


class DefaultsEntry(PolicyEntry):
    """What holds where no rule matches, and for what a rule leaves out."""

    tier: TierAsking = Tier.approve
    """What becomes of what no rule knows."""
    role: Name
    """Who is asked where no matching rule names a role."""
    covered_by: Annotated[list[Name], EachOnce] = []
    """Roles that are enough where a reviewer's edit, or an agent's reply, makes a payload that no rule knows: the
    default's role is then not asked beside one of these that a rule asked before."""
    expires_in: Duration = UNITS["h"]
    """How long people have; unanswered is rejected."""
    execute_within: Duration = UNITS["h"]
    """How long an approval waits for its claim; then it lapses."""
    report_within: Duration = UNITS["h"]
    """How long after its claim the agent may take to report; then whoever approved is told."""
    remember_rejection: Duration = UNITS["d"]
    """How long a rejection is remembered, where whoever rejects ticks that: the very same action and payload of that
    agent, proposed again within that time, is rejected at once, and nobody is asked."""


class RetentionEntry(PolicyEntry):
    """How long what was written of a proposal is kept once that is over; then it is erased, as by `signoff erase`.

    A day after these times have come into the policy, or were changed, they begin to hold.
    """

    content: RetentionDuration | None = None
    """What is named below by no pattern; left out: it is kept for ever."""
    actions: dict[ActionPattern, RetentionDuration] = {}
    """Other times by action; * stands for any run of characters. Of several that fit, the longest holds."""


class DrillsEntry(PolicyEntry):
    """Drills: planted proposals that look like real ones until people decide them, and of which nothing ever runs."""

    library: Annotated[str, Field(min_length=1)]
    """A file beside the policy with what may be planted, what is wrong with each, and what to look at."""
    roles: Annotated[list[Name], Field(min_length=1), EachOnce]
    """Whose people are to be practised: among what asks only these roles drills are planted."""
    share: Annotated[float, Field(gt=0, le=0.2)] = 0.02
    """Of what each role was asked within a week, at most this share is planted; 0.02 is one of fifty."""
    most: Annotated[int, Field(ge=1, le=20)] = 2
    """And no more than so many within a week, for each role."""


class RuleEntry(PolicyEntry):
    """What some actions need. Every rule that matches applies, and the strictest wins, so order means nothing."""

    id: Name
    """Names it on cards, in the audit log and in faults; no two rules share one."""
    action: ActionPattern
    """Which actions it is about; * stands for any run of characters, dots too."""
    when: list[str] = []
    """CEL expressions that must all be true: over action, agent, payload, confidence, signals, source, run_id and
    on_behalf_of."""
    first_time: Annotated[list[PayloadPath], Field(min_length=1), EachOnce] | None = None
    """Fields of the payload: the rule applies only if one of them has a value that no person ever approved for this
    agent and action. What ran by itself, watched or by a remembered approval makes no value known."""
    unusual: UnusualEntry | None = None
    """The rule applies only if a number is far beyond what people approved before, or has the other sign."""
    repeat_of_rejected: bool = False
    """The rule applies only if a person rejected the same payload before, or within 30 days nearly the same of this
    agent and action: at least three fields at the top, and four of five of them alike."""
    rate: RateEntry | None = None
    """The rule applies only if more proposals come than this. All are counted that the rule's action names, whether or
    not they met its other conditions."""
    budget: BudgetEntry | None = None
    """The rule applies only if what counts and this proposal come to more than this together. All count that the rule's
    action names, whether or not they met its other conditions."""
    tier: TierName
    """How strict it is."""
    role: Name | None = None
    """Who is asked, may object, or looks over a sample; left out: the default's. same: nobody of its own, so that the
    rule only sharpens what others ask; then it does not take the default's place either."""
    roles: Annotated[list[Name], Field(min_length=1), EachOnce] | None = None
    """Several roles, each of which must agree, by different people. Instead of role."""
    approvals: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many people of each role; left out: 1. Of several rules the largest holds. With distinct_roles it is how
    many in all: as many as there are roles."""
    distinct_roles: bool = False
    """Only with several roles: approvals counts all together, and each comes from somebody who fills another of them.
    So two people of one role are not enough, and whoever is in both fills one."""
    expires_in: Duration | None = None
    """How long people have; left out: what other matching rules say, else the default's. Of several rules the shortest
    holds. An agent may ask for less."""
    max_expires_in: Duration | None = None
    """How far from the proposal a reviewer may move the deadline; left out by any rule that asks: not at all. Of
    several the shortest holds."""
    execute_within: Duration | None = None
    """How long an approval waits for its claim; left out: the default's. Of several rules the shortest holds."""
    object_within: Duration | None = None
    """Only with tier watch: how long people can object to what ran; left out: 1h. Of several rules the longest
    holds."""
    undo_window: UndoWindowDuration | None = None
    """So long after people approved it nobody can claim it yet, and whoever approved can undo that; from 1s to 10m.
    Left out: it can be claimed at once. Of several rules the longest holds."""
    remind: Annotated[list[Duration], Field(min_length=1, max_length=10), EachOnce] | None = None
    """When those who have not decided are reminded, counted from the proposal by the clock of the deadline. All of
    several rules hold."""
    escalate: EscalateEntry | None = None
    """Who may decide too, in the place of the rule's own roles, when nobody has answered. Of several rules that ask a
    role all have to say so, and the longest time counts."""
    hours: HoursEntry | None = None
    """When people are there: the clock of the deadline and of all before it. What extends holds only where all rules
    that ask have hours that do, so that no rule postpones a deadline; what escalates holds for the rule's own step."""
    edited: Literal["second_person"] | None = None
    """second_person: whoever changes the payload is not enough, somebody else has to agree to it."""
    sample: Annotated[float, Field(gt=0, le=1)] | None = None
    """Only with tier auto, and with role or roles: this share of what runs, drawn at random, is posted there for people
    to look over afterwards; 0.1 is every tenth. Of several rules the largest holds. No agent learns what was drawn."""
    remember_approval: RememberApprovalEntry | None = None
    """Lets a reviewer approve a proposal and the next like it, where one approval is enough. Holds only where all rules
    that ask have it: the shortest time, the smallest number, and the fields that all of them name."""
    batch: BatchEntry | None = None
    """Proposals of one agent, action and role share a card. Holds only where all rules that ask have it, and one
    approval is enough; the shortest window and the smallest number count."""
    confirmation: ConfirmationKey | None = None
    """ask: Approve asks once more, and says what will run; so it does without the key where several have to agree.
    type: whoever approves types the action's name; {type: amount} the value of that field; {code: totp} a code of their
    second factor, alone or beside type. Of several rules typing holds, and all that is to be typed. Not beside a batch
    or a remembered approval, if it is typed."""
    reject_reasons: Annotated[list[RejectReason], Field(min_length=1, max_length=10), EachOnce] | None = None
    """Reasons to choose from for whoever rejects, revokes or objects, beside words of their own. All of several rules
    are offered, by the ids of the rules."""
    remember_rejection: Duration | None = None
    """How long a rejection is remembered, where whoever rejects ticks that; left out: the default's. Of several rules
    the shortest holds."""
    reason: Sentence | None = None
    """Why people are asked, in one sentence: it stands on the card."""
    edit: Annotated[list[TopLevelField], EachOnce] | None = None
    """Top-level payload fields a reviewer may change; left out: all; empty: none. Of several lists the intersection."""
    effect: Effect | None = None
    """What it does in the world, named by the payload: "refund:{payload.payment_id}". As long as one proposal of an
    effect is open, whoever's it is, no other is: it is answered with the first. Those of all rules hold."""
    again: Literal["ask", "block"] | None = None
    """Only with effect, once it has succeeded. ask: the next waits for a person, who is told so. block: it never runs.
    Left out: ask. Of several rules that name the same effect block holds."""
    title: Title | None = None
    """The first line of the card: your words, with places that the payload fills: {payload.amount} and the like, and
    action in braces. Of several rules that of the strictest tier, then of the first id."""
    show: Annotated[list[PayloadField], EachOnce] = []
    """Fields of the payload that matter most: they stand right below the title. Those of all rules."""
    redact: Annotated[list[PayloadField], EachOnce] = []
    """Fields of the payload that nobody is shown in Slack, only a mark in their place; they run as they are. Those of
    all rules."""

    @property
    def named_roles(self) -> tuple[str, ...]:
        """The roles it names itself, in one way or the other."""
        return tuple(self.roles or ([] if self.role in (None, SAME) else [self.role]))

    @property
    def sharpens(self) -> bool:
        """Whether it asks nobody of its own."""
        return self.role == SAME


class PolicyFile(PolicyEntry):
    """Who may propose, who decides, and what needs whom."""

    version: Version
    """The version of this format."""
    roles: dict[Name, RoleEntry]
    """Who decides, by name. Ids are Slack's."""
    agents: dict[Name, AgentEntry]
    """Who may propose, by name."""
    ops: OpsEntry | None = None
    """Who is told of trouble with Signoff itself."""
    auditors: dict[Name, TokenEntry] = {}
    """Who may read the audit log, and nothing else, by name."""
    defaults: DefaultsEntry
    """What holds where no rule matches, and for what a rule leaves out."""
    retention: RetentionEntry | None = None
    """How long what was written is kept once a proposal is over; left out: nothing is erased by itself."""
    drills: DrillsEntry | None = None
    """Drills for those who decide; left out: there are none."""
    schemas: dict[ActionName, str] = {}
    """JSON Schemas of payloads, draft-04 to 2020-12, by action: files beside the policy. Failing one is a 422, for
    edits a fault on the field."""
    rules: list[RuleEntry] = []
    """What needs whom. Order means nothing."""


def file_keys(entry: type[PolicyEntry]) -> dict[str, str]:
    """The keys of an entry as the file spells them, each with the attribute that holds it."""
    return {field.alias or name: name for name, field in entry.model_fields.items()}


def entry_in(annotation: object) -> type[PolicyEntry] | None:
    """The kind of entry that a key holds, in a list, a mapping or by itself; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, PolicyEntry):
        return annotation
    return next((entry for part in get_args(annotation) if (entry := entry_in(part))), None)


@dataclass(slots=True, kw_only=True)
class Rulebook:
    """The entries that are sound. `whole` names the sections of which no entry was left out."""

    roles: dict[str, RoleEntry]
    agents: dict[str, AgentEntry]
    ops: OpsEntry | None
    auditors: dict[str, TokenEntry]
    defaults: DefaultsEntry | None
    """None only beside a fault."""
    retention: RetentionEntry | None
    drills: DrillsEntry | None
    schemas: dict[str, str]
    rules: dict[int, RuleEntry]
    """By their place in the file."""
    known_roles: frozenset[str]
    """Names of all roles, sound or not."""
    whole: frozenset[str]
