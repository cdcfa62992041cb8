"""Laws of judging, whatever the rules and whatever the proposal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict, tally
from approvals.gate import ApprovalTerms, Batch, Confirmation, Gate, Sampling, Tier
from approvals.hours import Hours, soonest_after
from approvals.moves.confirmation import asks_again, takes_words
from approvals.moves.deadlines import deadline, step_at
from approvals.past import About, PastAnswer
from approvals.proposal import Action, Source
from policy import evaluate
from policy.expressions.condition import compiled
from policy.file.credentials import Credentials
from policy.keys.past import FirstTime, Past, Rate, Repeat, Unusual
from policy.loaded import LoadedPolicy
from policy.routing import Role
from policy.rules import Defaults, Rule
from policy.staffing import STANDS_IN
from tests.making import make_proposal
from tests.policy.files import ask

ROLES = ("finance", "platform", "support")
BOUND = [
    compiled(source)
    for source in ("payload.n > 5", "payload.flag", "agent == 'bot'", "action.endsWith('y')", "payload.x.y == 'z'")
]
CLAIMED = [
    compiled(source)
    for source in (
        "confidence < 0.5",
        "confidence > 0.5",
        "source == 'trusted'",
        "signals.cost > 1.0",
        "run_id == ''",
        "on_behalf_of != ''",
    )
]
FIELDS = st.lists(st.sampled_from(["n", "flag", "x"]), unique=True).map(tuple)
PAYLOADS = st.fixed_dictionaries(
    {},
    optional={
        "n": st.one_of(st.integers(0, 10), st.floats(0, 10), st.text(max_size=1), st.none()),
        "flag": st.one_of(st.booleans(), st.just("true")),
        "x": st.one_of(st.just({"y": "z"}), st.integers(0, 1)),
    },
)
ACTIONS = st.builds(Action, name=st.sampled_from(["a.x", "a.y", "b.y"]), payload=PAYLOADS)
CLAIMS = st.fixed_dictionaries(
    {
        "confidence": st.one_of(st.none(), st.floats(0, 1)),
        "source": st.sampled_from(Source),
        "signals": st.sampled_from([{}, {"cost": 5}, {"cost": 0.5}, {"cost": "much"}]),
        "run_id": st.sampled_from([None, "r1"]),
        "on_behalf_of": st.sampled_from([None, "U0ERIN"]),
        "reasoning": st.text(max_size=5),
        "expires_in": st.sampled_from([None, 5]),
    }
).map(lambda said: ask(**said))
DEFAULTS = st.builds(
    Defaults,
    tier=st.sampled_from([Tier.approve, Tier.block]),
    role=st.just("support"),
    expires_in=st.just(3600),
    execute_within=st.just(3600),
    report_within=st.just(3600),
)


HOURS = [
    Hours(tz=zone, days=days, start=start, end=end, extend=extend)
    for zone, days, start, end, extend in [
        ("Europe/Berlin", (0, 1, 2, 3, 4), 540, 1020, True),
        ("America/New_York", (5, 6), 0, 1440, True),
        ("Asia/Kolkata", (0,), 600, 660, True),
        ("UTC", (2,), 0, 60, False),
    ]
]
PAST = [
    FirstTime(fields=("payload.n",)),
    FirstTime(fields=("payload.flag", "payload.x.y")),
    Unusual(field="payload.n", times=5.0),
    Repeat(),
    Rate(per=600, over=20),
]
ANSWERS = st.builds(
    PastAnswer,
    count=st.sampled_from([0, 9, 10, 50]),
    median=st.sampled_from([None, 1.0, -3.0]),
    by=st.sampled_from([None, "U0ALICE"]),
    same=st.booleans(),
)
SAMPLINGS = [Sampling(share=0.1, roles=("support",)), Sampling(share=0.5, roles=("finance", "platform"))]
FRICTIONS = [Confirmation(), Confirmation(typed=("",)), Confirmation(typed=("n",)), Confirmation(typed=("flag", "n"))]
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


class Knowledge(Mapping):
    """An answer for every subject, or none."""

    def __init__(self, about):
        self.about = about

    def __getitem__(self, question):
        if self.about[question.about] is None:
            raise KeyError(question)
        return self.about[question.about]

    def __iter__(self):
        return iter(self.about)

    def __len__(self):
        return len(self.about)

    def __repr__(self):
        return f"Knowledge({self.about})"


KNOWN = st.fixed_dictionaries({about: st.one_of(st.none(), ANSWERS) for about in About}).map(Knowledge)
PEOPLE = ["U0ALICE", "U0BOB", "U0CAROL", "U0ERIN", "U0OWNER"]
MEMBERS = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1).map(tuple)
STAFF = st.fixed_dictionaries(
    {
        name: st.builds(
            Role,
            name=st.just(name),
            channel=st.just(f"C0{name.upper()}"),
            members=MEMBERS,
            groups=st.sampled_from([(), (), ("S0GROUP",)]),
            allow_self_review=st.booleans(),
            backup=st.sampled_from([None, *later]),
        )
        for name, later in (("finance", ["platform", "support"]), ("platform", ["support"]), ("support", []))
    }
)


TERMS = st.builds(
    ApprovalTerms,
    may_differ=st.sampled_from([(), ("payload.flag",), ("payload.flag", "payload.n"), ("payload.x.y",)]),
    lasts=st.sampled_from([60, 3600]),
    most=st.sampled_from([1, 5, 20]),
)


@st.composite
def rules(draw, tiers=tuple(Tier), anchored=False):
    """Any rule; an anchored one names every action, whatever the payload and the past, and a role."""
    tier = draw(st.sampled_from(tiers))
    asking, looked_at = tier is Tier.approve, tier in (Tier.watch, Tier.approve)
    loosening = tier < Tier.approve
    named = st.lists(st.sampled_from(ROLES), unique=True, min_size=anchored, max_size=2) if looked_at else st.just([])
    named = tuple(draw(named))
    return Rule(
        id=draw(st.uuids()).hex,
        action="*" if anchored else draw(st.sampled_from(["*", "a.*", "*.y", "a.x", "c.*"])),
        conditions=()
        if anchored
        else tuple(draw(st.lists(st.sampled_from(BOUND if loosening else BOUND + CLAIMED), max_size=2))),
        past=() if loosening or anchored else tuple(draw(st.lists(st.sampled_from(PAST), max_size=2, unique=True))),
        tier=tier,
        roles=named,
        same=asking and not named and not anchored and draw(st.booleans()),
        approvals=draw(st.sampled_from([None, 1, 2, 3])) if asking else None,
        expires_in=draw(st.sampled_from([None, 60, 7200])) if asking else None,
        max_expires_in=draw(st.sampled_from([None, 7200, 9000])) if asking else None,
        execute_within=draw(st.sampled_from([None, 60, 7200])) if tier is not Tier.block else None,
        object_within=draw(st.sampled_from([60, 3600])) if tier is Tier.watch else None,
        undo_window=draw(st.sampled_from([None, 10, 600])) if asking else None,
        remind=tuple(draw(st.lists(st.sampled_from([5, 10, 30]), unique=True))) if asking else (),
        escalate=draw(st.sampled_from([None, (20, "platform"), (40, "support")])) if asking else None,
        hours=draw(st.sampled_from([None, *HOURS])) if asking else None,
        second_person=draw(st.booleans()) if asking else False,
        sampling=draw(st.sampled_from([None, *SAMPLINGS])) if tier is Tier.auto else None,
        remember_approval=draw(st.one_of(st.none(), TERMS)) if asking else None,
        batch=draw(st.sampled_from([None, Batch(window=60, most=5), Batch(window=300, most=3)])) if asking else None,
        confirmation=draw(st.sampled_from([None, *FRICTIONS])) if asking else None,
        reject_reasons=tuple(draw(st.lists(st.sampled_from(["No", "Not now", "Wrong"]), unique=True)))
        if looked_at
        else (),
        remember_rejection=draw(st.sampled_from([None, 60, 7200])) if asking else None,
        title=draw(st.sampled_from([None, "Do it", "Do {payload.n}"])),
        show=tuple(draw(st.lists(st.sampled_from(["n", "flag", "x.y"]), unique=True, max_size=2))),
        redact=tuple(draw(st.lists(st.sampled_from(["n", "x"]), unique=True, max_size=2))),
        reason=draw(st.sampled_from([None, "Because"])),
        edit=draw(st.one_of(st.none(), FIELDS)) if asking else None,
    )


BOOKS = st.lists(rules(), max_size=5)
ANCHORS = rules(tiers=(Tier.watch, Tier.approve), anchored=True)
HISTORIES = st.lists(ACTIONS, min_size=1, max_size=3)


def judge(book, defaults, said, history, at_least, known=None):
    return evaluate.judge(book, defaults, said, history, at_least, Past(known={} if known is None else known))


def policy_of(book, defaults, staff):
    agents = {"bot": SimpleNamespace(owner="U0OWNER")}
    return LoadedPolicy(
        version="v",
        roles=staff,
        agents=agents,
        ops=None,
        defaults=defaults,
        rules=tuple(book),
        schemas={},
        warnings=(),
        credentials=Credentials(),
    )


def matched(book, said, history, known=None):
    past = Past(known={} if known is None else known)
    return [each.rule for action in history for each in evaluate.weigh_all(book, said, action, past) if each.matched]


def named_roles(book, said, history, known=None):
    return {role for each in matched(book, said, history, known) for role in each.roles}


def fallback(book, defaults, said, history, known=None):
    """The default's role where it is asked because no rule asks, whatever the agent says: not beside one that does."""
    asking = [rule for rule in matched(book, said, history, known) if rule.tier is Tier.approve and rule.firm]
    return set() if any(rule.asks(defaults.role) for rule in asking) else {defaults.role}


def no_wider(after, before):
    """Whether a remembered approval on the terms `after` would approve nothing that one on those before would not."""
    return after is None or (
        before is not None
        and set(after.may_differ) <= set(before.may_differ)
        and after.lasts <= before.lasts
        and after.most <= before.most
    )


def no_sooner(steps, before):
    """Whether nobody steps into a place that was asked before, who did not, nor earlier."""
    return before.tier is not Tier.approve or all(
        any(
            then.to == step.to
            and role in then.roles
            and then.after <= step.after
            and set(step.outside) <= set(then.outside)
            for then in before.escalate
        )
        for step in steps
        for role in step.roles
        if role in before.roles
    )


def no_easier(after, before):
    """Whether an approval takes at least as much beside the click."""
    return before is None or (after is not None and set(before.typed) <= set(after.typed))


def may_edit(edit, field):
    return edit is None or field in edit


def lifted(book, said, history, known):
    """Whether a rule that goes by more than claims and the past surely matches every revision: no default holds."""
    past = Past(known={} if known is None else known)
    weighed = [evaluate.weigh_all(book, said, action, past) for action in history]
    return all(any(each.matched and not each.doubts and each.rule.lifts for each in one) for one in weighed)


@given(BOOKS, rules(), DEFAULTS, CLAIMS, HISTORIES, KNOWN)
def test_beside_a_rule_that_matches_one_more_never_loosens(book, more, defaults, said, history, known):
    if not lifted(book, said, history, known):
        return  # the default may hold, which is no rule: one that matches by more than a claim takes its place
    before = judge(book, defaults, said, history, Tier.auto, known)
    after = judge([*book, more], defaults, said, history, Tier.auto, known)
    assert not after.tier < before.tier
    assert named_roles(book, said, history, known) <= named_roles([*book, more], said, history, known)
    assert after.approvals >= before.approvals
    assert set(before.rules) <= set(after.rules)
    assert set(before.risk) <= set(after.risk)
    assert set(before.facts) <= set(after.facts)
    assert set(before.show) <= set(after.show)
    assert set(before.redact) <= set(after.redact)
    assert before.title is None or after.title is not None
    assert set(before.remind) <= set(after.remind)
    assert no_sooner(after.escalate, before)
    assert set(before.reject_reasons) <= set(after.reject_reasons)
    assert len(set(after.reject_reasons)) == len(after.reject_reasons)
    if any(rule.remember_rejection is not None and rule.id in before.rules for rule in book):
        assert after.remember_rejection <= before.remember_rejection
    assert after.second_person >= before.second_person
    if after.tier is Tier.approve:
        assert (after.undo_window or 0) >= (before.undo_window or 0)
    assert not [field for field in ("n", "flag", "x") if may_edit(after.edit, field) > may_edit(before.edit, field)]
    if after.tier is Tier.auto and before.sampling is not None:
        assert after.sampling.share >= before.sampling.share
        assert set(before.sampling.roles) <= set(after.sampling.roles)
    assert after.tier is Tier.auto or after.sampling is None
    assert no_easier(after.confirmation, before.confirmation)
    if before.tier is Tier.approve:
        assert no_wider(after.remember_approval, before.remember_approval)
    if after.batch is not None and before.tier is Tier.approve:
        assert before.batch is not None
        assert after.batch.window <= before.batch.window
        assert after.batch.most <= before.batch.most
    if after.tier is Tier.watch is before.tier:
        assert after.object_within >= before.object_within
    if any(rule.execute_within is not None and rule.id in before.rules for rule in book):
        assert after.execute_within <= before.execute_within
    if any(rule.expires_in is not None and rule.id in before.rules for rule in book):
        assert after.expires_in <= before.expires_in


@given(st.lists(rules(), max_size=2), ANCHORS, rules(), DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN, MOMENTS)
def test_beside_a_rule_that_names_a_role_one_more_never_asks_less_of_people(
    book, anchor, more, defaults, staff, said, history, known, now
):
    book = [anchor, *book]
    before = policy_of(book, defaults, staff).judge(said, history, known)
    after = policy_of([*book, more], defaults, staff).judge(said, history, known)
    assert not after.tier < before.tier
    if after.tier is not Tier.approve:
        return
    named = named_roles(book, said, history, known)
    assert set(before.roles) - (fallback(book, defaults, said, history, known) - named) <= set(after.roles)
    assert no_sooner(after.escalate, before)
    assert no_easier(after.confirmation, before.confirmation)
    assert before.tier is not Tier.approve or asks_again(after) >= (asks_again(before) and not takes_words(after))
    assert after.batch is None or not takes_words(after)
    assert before.excluded == after.excluded
    assert before.self_review == after.self_review
    if before.tier is Tier.approve:
        assert no_wider(after.remember_approval, before.remember_approval)
        assert before.may_remember_approval or not after.may_remember_approval or before.quorum_unreachable is not None
        if not before.second_person:  # whom a rule asks beside them may be that second person
            assert before.quorum_unreachable is None or after.quorum_unreachable is not None
        asked = [rule for rule in matched(book, said, history, known) if rule.tier is Tier.approve]
        if any(rule.expires_in is not None for rule in asked):
            assert deadline(after, said, now) <= deadline(before, said, now)
        if asked:
            assert all(
                soonest_after(after.hours, now, each) <= soonest_after(before.hours, now, each)
                for each in (60, 7200, 99_999)
            )
            furthest = [soonest_after(each.hours, now, each.max_expires_in or 0) for each in (after, before)]
            assert furthest[0] <= furthest[1]


TIMED = st.builds(
    Rule,
    id=st.uuids().map(lambda each: each.hex),
    action=st.just("*"),
    tier=st.just(Tier.approve),
    expires_in=st.sampled_from([60, 3600, 99_999]),
    max_expires_in=st.sampled_from([None, 7200, 99_999]),
    remind=st.sampled_from([(), (30,), (1800, 50_000)]),
    escalate=st.sampled_from([None, (20, "platform"), (7200, "support")]),
    hours=st.sampled_from([None, *HOURS, *HOURS]),
)


@given(st.lists(TIMED, min_size=1, max_size=3), TIMED, DEFAULTS, STAFF, MOMENTS, st.sampled_from([None, 1800, 50_000]))
def test_no_rule_puts_off_a_reminder_or_a_deadline_that_another_wants(book, more, defaults, staff, now, wish):
    said, action = ask(expires_in=wish), Action(name="a.x", payload={})
    before, after = (policy_of(each, defaults, staff).judge(said, [action], {}) for each in (book, [*book, more]))
    earlier, later = (replace(make_proposal(), gate=each, created_at=now) for each in (after, before))
    assert deadline(after, said, now) <= deadline(before, said, now)
    assert set(before.remind) <= set(after.remind)
    assert all(step_at(earlier, each) <= step_at(later, each) for each in before.remind)
    furthest = [soonest_after(each.hours, now, each.max_expires_in or 0) for each in (after, before)]
    assert furthest[0] <= furthest[1]
    if before.max_expires_in is None:
        assert after.max_expires_in is None


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN, MOMENTS, st.integers(1, 99_999))
def test_no_wish_of_an_agent_moves_its_deadline_back(book, defaults, staff, said, history, known, now, wish):
    gate = policy_of(book, defaults, staff).judge(said, history, known)
    assert deadline(gate, replace(said, expires_in=wish), now) <= deadline(gate, replace(said, expires_in=None), now)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN)
def test_a_gate_that_is_not_quorum_unreachable_is_filled_when_everyone_who_may_agrees(
    book, defaults, staff, said, history, known
):
    gate = policy_of(book, defaults, staff).judge(said, history, known)
    if gate.tier is not Tier.approve or any(staff[name].groups for name in gate.asked):
        return
    decisions = [agreeing(person, gate, staff) for person in PEOPLE]
    agreed = [each for each in decisions if each.roles]
    assert tally(agreed, gate).filled is (gate.quorum_unreachable is None)
    if gate.edit != () and gate.quorum_unreachable is None:
        assert tally(agreed, gate, {"U0ALICE"}).filled, "whoever changes it has a second person"


def agreeing(person, gate, staff):
    held = frozenset(name for name, role in staff.items() if person in role.members)
    seats = gate.seats_of(SimpleNamespace(user=person, roles=held))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = Decision(reviewer=person, verdict=Verdict.approve, revision=1, round=1, at=at, roles=tuple(sorted(seats)))
    return replace(made, backup=tuple(sorted(gate.backed(held) & seats)))


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN, st.randoms())
def test_every_proposal_gets_a_gate_and_the_order_of_rules_never_matters(
    book, defaults, staff, said, history, known, random
):
    gate = policy_of(book, defaults, staff).judge(said, history, known)
    assert isinstance(gate, Gate)
    assert policy_of(random.sample(book, len(book)), defaults, staff).judge(said, history, known) == gate


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, ACTIONS, KNOWN, KNOWN)
def test_time_never_loosens_what_rules_found_in_the_past(book, defaults, staff, said, action, known, later):
    policy = policy_of(book, defaults, staff)
    before = policy.judge(said, [action], known)
    after = policy.judge(said, [action], later, before=before)
    assert not after.tier < before.tier
    assert set(before.rules) <= set(after.rules)
    assert set(before.facts) <= set(after.facts)
    assert {each for each in before.risk if each.rule != STANDS_IN} <= set(after.risk)  # nobody stands in for a no
    if before.tier is Tier.approve and any(rule.tier is Tier.approve for rule in matched(book, said, [action], known)):
        assert no_wider(after.remember_approval, before.remember_approval)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, ACTIONS, KNOWN)
def test_an_approval_stands_for_more_only_where_every_rule_that_asks_says_so_and_nobody_rejected_the_like(
    book, defaults, staff, said, action, known
):
    gate = policy_of(book, defaults, staff).judge(said, [action], known)
    weighed = [each for each in evaluate.weigh_all(book, said, action, Past(known=known)) if each.matched]
    asking = [each.rule.remember_approval for each in weighed if each.tier is Tier.approve]
    if gate.remember_approval is not None:
        assert asking
        assert None not in asking
        assert all(no_wider(gate.remember_approval, each) for each in asking)
        assert not [fact for fact in gate.facts if fact.name == "repeat_of_rejected"]
    if gate.may_remember_approval:
        assert (len(gate.roles), gate.approvals, gate.second_person) == (1, 1, False)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, ACTIONS, KNOWN, KNOWN)
def test_an_edit_never_loosens_what_rules_found_in_the_past(book, defaults, staff, said, history, edited, known, later):
    policy = policy_of(book, defaults, staff)
    before = policy.judge(said, history, known, at_least=Tier.approve)
    after = policy.judge(said, [*history, edited], later, at_least=Tier.approve, before=before)
    assert not after.tier < before.tier
    assert set(before.rules) <= set(after.rules)
    assert set(before.facts) <= set(after.facts)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.randoms())
def test_the_order_of_rules_and_of_revisions_never_matters(book, defaults, said, history, random):
    shuffled, reordered = random.sample(book, len(book)), random.sample(history, len(history))
    assert judge(shuffled, defaults, said, reordered, Tier.auto) == judge(book, defaults, said, history, Tier.auto)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, ACTIONS)
def test_one_revision_more_never_loosens_what_people_were_asked(book, defaults, said, history, edited):
    before = judge(book, defaults, said, history, Tier.approve)
    after = judge(book, defaults, said, [*history, edited], Tier.approve)
    assert not after.tier < before.tier
    assert set(before.rules) <= set(after.rules)
    assert named_roles(book, said, history) <= named_roles(book, said, [*history, edited])
    assert after.approvals >= before.approvals
    assert no_easier(after.confirmation, before.confirmation)


@given(BOOKS, DEFAULTS, CLAIMS, CLAIMS, HISTORIES)
def test_nothing_the_agent_says_of_itself_makes_a_tier_looser_than_its_action_alone(
    book, defaults, one, other, history
):
    silent = [each for each in book if not each.trusts_the_agent]
    floor = judge(silent, defaults, one, history, Tier.auto)
    judged = judge(book, defaults, other, history, Tier.auto)
    assert not judged.tier < floor.tier
    assert judged.approvals >= floor.approvals
    assert set(floor.rules) <= set(judged.rules)
    assert named_roles(silent, one, history) <= named_roles(book, other, history)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.text(max_size=9), st.integers(1, 9))
def test_what_no_rule_can_read_changes_nothing(book, defaults, said, history, text, seconds):
    louder = replace(said, reasoning=text, summary=text, rollback_plan=text, preconditions=(text,), expires_in=seconds)
    assert judge(book, defaults, louder, history, Tier.auto) == judge(book, defaults, said, history, Tier.auto)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES)
def test_only_what_people_look_at_names_roles_and_then_always(book, defaults, said, history):
    judged = judge(book, defaults, said, history, Tier.auto)
    assert bool(judged.roles) == (judged.tier in (Tier.watch, Tier.approve))


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES)
def test_nothing_runs_by_itself_without_a_rule_that_surely_says_so(book, defaults, said, history):
    judged = judge(book, defaults, said, history, Tier.auto)
    if judged.tier is Tier.auto:
        past = Past()
        weighed = [each for action in history for each in evaluate.weigh_all(book, said, action, past) if each.matched]
        assert weighed
        assert all(each.rule.tier is Tier.auto and not each.doubts for each in weighed)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.sampled_from(Tier))
def test_a_raised_tier_is_never_below_what_it_was_raised_to(book, defaults, said, history, at_least):
    plain = judge(book, defaults, said, history, Tier.auto)
    raised = judge(book, defaults, said, history, at_least)
    assert raised.tier is max(plain.tier, at_least)
    assert raised.sampling == (plain.sampling if raised.tier is Tier.auto else None)
    kept = {name: getattr(plain, name) for name in ("roles", "escalate", "object_within", "undo_window", "sampling")}
    assert replace(raised, tier=plain.tier, **kept) == plain


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.sampled_from(Tier))
def test_a_proposal_is_judged_as_it_is_explained(book, defaults, said, history, at_least):
    explained = [evaluate.weigh_all(book, said, action, Past()) for action in history]
    assert judge(book, defaults, said, history, at_least) == evaluate.combined(explained, defaults, at_least)


@given(BOOKS, DEFAULTS, CLAIMS, ACTIONS, KNOWN, st.sampled_from(Tier))
def test_a_proposal_is_judged_as_its_rules_are_weighed(book, defaults, said, action, known, at_least):
    weighed = evaluate.weigh_all(book, said, action, Past(known=known))
    assert judge(book, defaults, said, [action], at_least, known) == evaluate.combined([weighed], defaults, at_least)
