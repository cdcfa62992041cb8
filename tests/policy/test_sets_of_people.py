"""Who decides, over all sets of people of a small town: no rule more, and nothing an agent says, lets a further one.

A set may approve where a proposal is approved once all of them have, each in their own right.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from approvals import moves
from approvals.gate import Tier
from approvals.moves.deadlines import due_steps
from approvals.past import About
from approvals.proposal import Action, Source, Status
from approvals.refusals import Refusal
from approvals.reviewer import Reviewer
from approvals.states import after_all
from policy import evaluate
from policy.expressions.condition import compiled
from policy.keys.past import Past, Rate, rejected_before
from policy.routing import Role
from policy.rules import Rule
from tests.laws import examples
from tests.making import START
from tests.policy.files import ask
from tests.policy.strategies import ANSWERS, DEFAULTS, PEOPLE, ROLES, Knowledge, matched, policy_of

SETS = [frozenset(each) for size in range(len(PEOPLE) + 1) for each in combinations(PEOPLE, size)]
GROUPS = st.frozensets(st.sampled_from(PEOPLE))
KNOWN = st.fixed_dictionaries({about: st.one_of(st.none(), ANSWERS) for about in About}).map(Knowledge)
PLAIN = ask(source=Source.trusted)


CLAIM = ["confidence < 0.5", "source == 'untrusted'", "signals.cost > 1.0", "on_behalf_of != ''"]
CLAIMS = st.builds(
    ask,
    confidence=st.sampled_from([None, 0.1, 0.9]),
    source=st.sampled_from(Source),
    signals=st.sampled_from([{}, {"cost": 5.0}, {"cost": 0.5}]),
    on_behalf_of=st.sampled_from([None, *PEOPLE]),
)


@st.composite
def asking(draw, tiers=(Tier.approve, Tier.approve, Tier.approve, Tier.watch, Tier.auto), claims=True):
    """A rule as far as it says who is asked; it names every action, and reads nothing or what an agent claims."""
    tier = draw(st.sampled_from(tiers))
    approve = tier is Tier.approve
    roles = tuple(draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=2))) if tier is not Tier.auto else ()
    return Rule(
        id=draw(st.uuids()).hex,
        action="*",
        conditions=tuple(map(compiled, draw(st.lists(st.sampled_from(CLAIM), max_size=1))))
        if approve and claims
        else (),
        past=tuple(draw(st.lists(st.just(Rate(per=600, over=20)), max_size=1))) if approve and claims else (),
        tier=tier,
        roles=roles,
        same=approve and claims and not roles and draw(st.booleans()),
        approvals=draw(st.sampled_from([None, None, 2])) if approve else None,
        escalate=draw(st.sampled_from([None, (20, "platform"), (40, "support"), (10, "finance")])) if approve else None,
        second_person=approve and draw(st.booleans()),
        object_within=60 if tier is Tier.watch else None,
    )


BOOKS = st.lists(asking(), max_size=3)
ANCHORED = st.tuples(BOOKS, asking(claims=False)).map(lambda pair: [*pair[0], pair[1]])
"""With one rule at least that always applies."""
MEMBERS = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=3).map(tuple)
STAFF = st.fixed_dictionaries(
    {
        name: st.builds(
            Role,
            name=st.just(name),
            channel=st.just(f"C0{name.upper()}"),
            members=MEMBERS,
            groups=st.sampled_from([(), (), (), ("S0GROUP",)]),
            allow_self_review=st.sampled_from([False, False, True]),
            backup=st.sampled_from([None, *later]),
        )
        for name, later in (("finance", ["platform", "support"]), ("platform", ["support"]), ("support", []))
    }
)
ACTION = Action(name="a.x", payload={})


def people_of(staff, group):
    """Everybody with the roles that are theirs, by name or by the group."""
    held = {
        user: frozenset(name for name, role in staff.items() if user in role.members or (role.groups and user in group))
        for user in PEOPLE
    }
    return {user: Reviewer(user=user, team="", name=user, roles=roles) for user, roles in held.items()}


def waiting(gate, said, waited):
    """The proposal after so many seconds in which nobody answered."""
    submitted = moves.submit(
        proposal_id="prp_1",
        action=Action(name="a.x", payload={}),
        ask=said,
        gate=gate,
        nonce="n",
        idempotency_key=None,
        fingerprint="",
        now=START,
    )
    proposal = after_all(None, submitted)
    if proposal.status is not Status.pending:
        return proposal
    return after_all(proposal, due_steps(proposal, START + timedelta(seconds=waited)))


def approves(proposal, people):
    """Whether it is approved once all of them have approved it who can."""
    for person in sorted(people, key=lambda each: each.user):
        if proposal.status is not Status.pending:
            break
        try:
            events = moves.approve(proposal, person, proposal.nonce, START + timedelta(seconds=50))
        except Refusal:
            continue
        proposal = after_all(proposal, events)
    return proposal.status is Status.approved


def deciding(book, town, said):
    """The sets of people who may approve."""
    _, staff, _, group, _, waited = town
    people, gate = people_of(staff, group), judged(book, town, said)
    proposal = waiting(
        replace(gate, expires_in=3600, hours=(), confirmation=None), replace(said, expires_in=None), waited
    )
    return {each for each in SETS if approves(proposal, [people[user] for user in each])}


def judged(book, town, said):
    defaults, staff, known, group, looked_up, _ = town
    return policy_of(book, defaults, staff).judge(said, [ACTION], known, groups={"S0GROUP": group} if looked_up else {})


def repeats(town):
    return rejected_before(PLAIN, ACTION, Past(known=town[2])) is not None


TOWNS = st.tuples(DEFAULTS, STAFF, KNOWN, GROUPS, st.booleans(), st.sampled_from([0, 50]))
"""With what the default is, who is in which role, what is known of the past, who is in the user group and whether that
could be looked up, and after how many seconds without an answer: before any escalation, or after all of them."""


@settings(max_examples=examples(300))
@given(ANCHORED, asking(), CLAIMS, TOWNS)
def test_one_more_rule_never_lets_people_approve_who_could_not_before(book, more, said, town):
    """But where a rule only sharpens, or people said no to the same before, and no rule asks: the default's role is
    asked until one does."""
    applied = [rule for rule in matched(book, said, [ACTION], town[2]) if rule.tier is Tier.approve]
    asking = any(rule.firm and rule.asks(town[0].role) for rule in applied)
    assume(asking or not (any(rule.same for rule in applied) or repeats(town)))
    assert deciding([*book, more], town, said) <= deciding(book, town, said)


@given(BOOKS, asking(tiers=(Tier.approve,)).map(lambda rule: replace(rule, roles=(), same=True)), CLAIMS, TOWNS)
def test_one_that_only_sharpens_never_does_even_where_the_default_holds(book, more, said, town):
    assert deciding([*book, more], town, said) <= deciding(book, town, said)


@settings(max_examples=examples(300))
@given(BOOKS, CLAIMS, TOWNS)
def test_nothing_an_agent_says_of_itself_lets_people_approve_who_could_not_if_nobody_listened(book, said, town):
    deaf = [rule for rule in book if not rule.trusts_the_agent]
    assert deciding(book, town, said) <= deciding(deaf, town, PLAIN)


@settings(max_examples=examples(300))
@given(BOOKS, CLAIMS, CLAIMS, st.booleans(), TOWNS)
def test_of_two_proposals_the_one_that_claims_more_is_decided_by_no_further_people(book, meek, bold, acting, town):
    """It claims more where all the rules match that match the other, in no less doubt, and it may act for somebody."""
    bold = replace(bold, on_behalf_of=bold.on_behalf_of if acting else meek.on_behalf_of)
    meek = replace(meek, on_behalf_of=None) if acting else meek
    less, more = (
        {
            each.rule.id: set(each.doubts)
            for each in evaluate.weigh_all(book, said, ACTION, Past(known=town[2]))
            if each.matched
        }
        for said in (meek, bold)
    )
    if all(name in more and doubts <= more[name] for name, doubts in less.items()):
        assert deciding(book, town, bold) <= deciding(book, town, meek)
