"""Laws of judging, whatever the rules and whatever the proposal."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from approvals.gate import Tier
from approvals.proposal import Action, Source
from policy.evaluate import Defaults, Rule, combined, judge, weigh_all
from policy.expressions import compiled
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


@st.composite
def rules(draw):
    tier = draw(st.sampled_from(Tier))
    asking = tier is Tier.approve
    readable = BOUND if tier is Tier.auto else BOUND + CLAIMED
    return Rule(
        id=draw(st.uuids()).hex,
        action=draw(st.sampled_from(["*", "a.*", "*.y", "a.x", "c.*"])),
        conditions=tuple(draw(st.lists(st.sampled_from(readable), max_size=2))),
        tier=tier,
        roles=tuple(draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=2))) if asking else (),
        approvals=draw(st.sampled_from([None, 1, 2, 3])) if asking else None,
        expires_in=draw(st.sampled_from([None, 60, 7200])) if asking else None,
        reason=draw(st.sampled_from([None, "Because"])),
        edit=draw(st.one_of(st.none(), FIELDS)) if asking else None,
    )


BOOKS = st.lists(rules(), max_size=5)
HISTORIES = st.lists(ACTIONS, min_size=1, max_size=3)


def matched(book, said, history):
    return [each.rule for action in history for each in weigh_all(book, said, action) if each.matched]


def named_roles(book, said, history):
    return {role for each in matched(book, said, history) for role in each.roles}


def may_edit(edit, field):
    return edit is None or field in edit


@given(BOOKS, rules(), DEFAULTS, CLAIMS, HISTORIES)
def test_beside_a_rule_that_matches_one_more_never_loosens(book, more, defaults, said, history):
    if any(all(each.trusts_the_agent for each in matched(book, said, [action])) for action in history):
        return  # the default may hold, which is no rule: one that matches by more than a claim takes its place
    before = judge(book, defaults, said, history, Tier.auto)
    after = judge([*book, more], defaults, said, history, Tier.auto)
    assert not after.tier < before.tier
    assert named_roles(book, said, history) <= named_roles([*book, more], said, history)
    assert after.approvals >= before.approvals
    assert set(before.rules) <= set(after.rules)
    assert set(before.risk) <= set(after.risk)
    assert not [field for field in ("n", "flag", "x") if may_edit(after.edit, field) > may_edit(before.edit, field)]
    if any(rule.expires_in is not None and rule.id in before.rules for rule in book):
        assert after.expires_in <= before.expires_in


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
    louder = replace(said, reasoning=text, summary=text, rollback=text, preconditions=(text,), expires_in=seconds)
    assert judge(book, defaults, louder, history, Tier.auto) == judge(book, defaults, said, history, Tier.auto)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES)
def test_only_what_asks_people_names_roles_and_then_always(book, defaults, said, history):
    judged = judge(book, defaults, said, history, Tier.auto)
    assert bool(judged.roles) == (judged.tier is Tier.approve)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES)
def test_nothing_runs_by_itself_without_a_rule_that_surely_says_so(book, defaults, said, history):
    judged = judge(book, defaults, said, history, Tier.auto)
    if judged.tier is Tier.auto:
        weighed = [each for action in history for each in weigh_all(book, said, action) if each.matched]
        assert weighed
        assert all(each.rule.tier is Tier.auto and not each.doubts for each in weighed)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.sampled_from(Tier))
def test_a_raised_tier_is_never_below_what_it_was_raised_to(book, defaults, said, history, at_least):
    plain = judge(book, defaults, said, history, Tier.auto)
    raised = judge(book, defaults, said, history, at_least)
    assert raised.tier is max(plain.tier, at_least)
    assert replace(raised, tier=plain.tier, roles=plain.roles) == plain


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.sampled_from(Tier))
def test_a_proposal_is_judged_as_it_is_explained(book, defaults, said, history, at_least):
    explained = [weigh_all(book, said, action) for action in history]
    assert judge(book, defaults, said, history, at_least) == combined(explained, defaults, at_least)
