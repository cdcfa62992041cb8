"""What counts in a budget: what may still run and what was claimed lately, exactly, and never less than that."""

import asyncio
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from approvals import moves
from approvals.actor import SYSTEM
from approvals.budget import BudgetTerms
from approvals.drill import Drill, DrillOrigin
from approvals.foresight import foreseen as foresee
from approvals.gate import Tier
from approvals.lifecycle import Submission
from approvals.past import About, PastAnswer, PastQuery
from approvals.proposal import Action, Cause, RollbackStatus, Status
from approvals.record import record
from approvals.refusals import EditBlocked
from approvals.services.erasures import Erasing
from policy.keys.budget import Budget
from storage.audit import spending
from storage.audit.spending import Spending
from storage.past import past_answers
from tests.databases import hand_at
from tests.policy.files import ask, policy_with, rule
from tests.storage.past_queries import spent
from tests.storage.town import ALICE, BOB, CLAIMANT

DAY = 86_400
RUNS = rule("runs", action="refund.*", tier="auto")
ASKS = {"sum": "payload.amount", "window": "1d", "over": 100}
AMOUNT = BudgetTerms(action="refund.*", sum="payload.amount")
EVERYTHING = {"action": "refund.*", "tier": "block", "budget": ASKS}


@pytest.fixture
def policy(tmp_path):
    return policy_with(tmp_path, rules=[RUNS, rule("budget", action="refund.*", budget=ASKS)])


@pytest.fixture
def propose(lifecycle):
    async def proposed(amount, /, action="refund.create", agent="bot", *, claim=False, **payload):
        payload = payload if amount is None else {"amount": amount, **payload}
        made = Submission(
            action=Action(name=action, payload=payload),
            ask=ask(agent=agent),
            fingerprint="f",
            claim=claim,
            claimant=CLAIMANT if claim else None,
        )
        proposal, _ = await lifecycle.submit(made)
        return proposal

    return proposed


@pytest.fixture
def counts(store, clock):
    async def counted(terms=AMOUNT, group="", window=DAY, apart_from=None):
        question = PastQuery(
            about=About.budget,
            agent="bot",
            action=terms.action,
            field=terms.sum,
            value=group,
            per=window,
            budget=terms,
            apart_from=apart_from,
        )
        (read,) = (await store.answers([question], clock.now())).values()
        (written,) = (await store.transact(lambda tx: tx.answers([question], clock.now()))).values()
        assert read == written
        assert read == PastAnswer(total=read.total, unsure=read.unsure)
        return (str(read.total), read.unsure) if read.unsure else str(read.total)

    return counted


def facts(proposal):
    return [fact.value for fact in proposal.gate.facts]


async def test_what_goes_over_the_budget_together_with_what_counts_is_asked(propose):
    assert [(await propose(amount)).gate.tier for amount in (60, 40)] == [Tier.auto, Tier.auto]
    over = await propose(0.01)
    assert over.gate.tier is Tier.approve
    assert facts(over) == ["100 of 100 in 24 hours; with this 100.01."]


async def test_what_waits_and_what_was_approved_counts_before_it_is_claimed(propose, counts, lifecycle):
    await propose(70)
    waits = await propose(50)
    assert (waits.status, await counts()) == (Status.pending, "120")
    await lifecycle.approve(waits.id, ALICE, waits.nonce)
    assert await counts() == "120"
    assert facts(await propose(1)) == ["120 of 100 in 24 hours; with this 121."]


@pytest.mark.parametrize("ended", ["reject", "revoke", "withdraw", "expire", "lapse"])
async def test_what_never_runs_counts_no_longer(propose, counts, lifecycle, clock, ended):
    waits = await propose(500)
    assert await counts() == "500"
    if ended in ("revoke", "lapse"):
        waits = await lifecycle.approve(waits.id, ALICE, waits.nonce)
        assert await counts() == "500"
    if ended == "reject":
        await lifecycle.reject(waits.id, ALICE, "No.", waits.nonce)
    elif ended == "revoke":
        await lifecycle.revoke(waits.id, ALICE, "No.", waits.nonce)
    elif ended == "withdraw":
        await lifecycle.withdraw(waits.id, "bot", "Not needed.")
    else:
        clock.forward(3600)
        await lifecycle.sweep()
    assert await counts() == "0"
    assert (await propose(100)).gate.tier is Tier.auto


async def test_what_is_blocked_over_the_budget_takes_nothing_from_it(tmp_path, propose, counts, lifecycle):
    lifecycle.policy = policy_with(tmp_path, rules=[RUNS, rule("budget", **EVERYTHING)])
    blocked = await propose(101)
    assert (blocked.status, blocked.cause) == (Status.rejected, Cause.blocked)
    assert await counts() == "0"
    assert (await propose(100)).status is Status.approved


@pytest.mark.parametrize("status", [Status.succeeded, Status.failed, Status.unknown])
async def test_what_was_claimed_counts_whatever_its_agent_says_of_it(propose, counts, lifecycle, status):
    ran = await propose(90, claim=True)
    await lifecycle.report(ran.id, "bot", status, None, None)
    assert await counts() == "90"


async def test_reports_are_believed_only_where_the_policy_says_so(tmp_path, propose, counts, lifecycle):
    trusting = BudgetTerms(action="refund.*", sum="payload.amount", trust_reports=True)
    watched = rule("watched", action="refund.*", tier="watch", object_within="1h")
    lifecycle.policy = policy_with(tmp_path, rules=[watched])
    failed, undone, kept = [await propose(amount, claim=True) for amount in (90, 7, 3)]
    assert await counts(trusting) == "100"
    await lifecycle.report(failed.id, "bot", Status.failed, None, None)
    assert (await counts(trusting), await counts()) == ("10", "100")
    await lifecycle.object(undone.id, ALICE, "No.", undone.nonce)
    assert await counts(trusting) == "10"
    await lifecycle.rollback(undone.id, "bot", RollbackStatus.failed, None)
    assert await counts(trusting) == "10"
    await lifecycle.object(kept.id, ALICE, "No.", kept.nonce)
    await lifecycle.rollback(kept.id, "bot", RollbackStatus.done, None)
    assert (await counts(trusting), await counts()) == ("7", "100")


async def test_a_window_ends_to_the_millisecond_counted_from_the_claim(propose, counts, clock, lifecycle):
    waits = await propose(40)
    clock.forward(1800)
    await lifecycle.claim(waits.id, "bot", waits.digest, CLAIMANT)
    clock.forward(DAY - 0.001)
    assert await counts() == "40"
    assert facts(await propose(61)) == ["40 of 100 in 24 hours; with this 101."]
    clock.forward(0.001)
    assert await counts() == "61"


async def test_what_may_still_run_counts_however_old_it_is(propose, counts, clock):
    await propose(40)
    clock.forward(1800)
    assert await counts(window=60) == "40"


async def test_a_clock_that_is_set_back_finds_what_it_would_have_found_before(propose, counts, clock):
    for _ in range(3):
        await propose(10, claim=True)
        clock.forward(40_000)
    assert await counts() == "20"
    clock.forward(-50_000)
    assert await counts() == "30"
    await propose(5, claim=True)
    clock.forward(50_000)
    assert await counts() == "25"


@pytest.mark.parametrize(
    "payload",
    [{}, {"amount": None}, {"amount": "5"}, {"amount": True}, {"amount": -1}, {"amount": -1e-9}, {"amount": [5]}],
    ids=str,
)
async def test_an_amount_that_cannot_be_read_is_no_way_below_a_budget(propose, counts, lifecycle, payload):
    unread = await propose(None, **payload)
    assert (unread.gate.tier, unread.gate.rules) == (Tier.approve, ("budget", "runs"))
    assert await counts() == ("0", 1)
    assert facts(await propose(1)) == ["What counts in 24 hours is not known: of 1 the amount cannot be read."]
    await lifecycle.reject(unread.id, ALICE, "No.", unread.nonce)
    assert await counts() == "1"


async def test_amounts_are_added_up_exactly(propose, counts):
    for _ in range(10):
        await propose(0.1)
    assert await counts() == "1.0"
    await propose(99)
    over = await propose(1e-300)
    assert facts(over) == ["100 of 100 in 24 hours; with this a little more than 100."]
    await propose(1.7e308)
    assert await counts() == f"17{'0' * 304}100.{'0' * 299}1"


async def test_each_agent_action_and_field_has_a_sum_of_its_own(tmp_path, propose, counts, lifecycle):
    agents = {name: {"token_env": "BOT_TOKEN" if name == "bot" else "SECOND_TOKEN", "owner": "U0OWNER", "actions": ["*"]}
              for name in ("bot", "other")}  # fmt: skip
    lifecycle.policy = policy_with(tmp_path, agents=agents, rules=[RUNS])
    await propose(1, customer="Acme", currency="EUR")
    await propose(2, customer=" acme ", currency="eur", agent="other")
    await propose(4, customer="ACME", currency="USD", action="refund.again")
    await propose(4, customer=7, currency="EUR")
    await propose(4, customer="7", currency="EUR")
    await propose(16, customer="7", currency="EUR", action="other.create")
    per = lambda per, same=None: BudgetTerms(action="refund.*", sum="payload.amount", per=per, same=same)  # noqa: E731
    assert [await counts(per("agent"), group) for group in ("bot", "other", "third")] == ["13", "2", "0"]
    assert [await counts(per("action"), group) for group in ("refund.create", "refund.again")] == ["11", "4"]
    assert [await counts(per("payload.customer"), group) for group in ("acme", "7", "none")] == ["7", "8", "0"]
    assert await counts(per("payload.customer", "payload.currency"), "acme\neur") == "3"
    assert await counts(per(None, "payload.currency"), "eur") == "11"
    assert await counts(per("payload.customer"), "7") == "8"


async def test_what_does_not_say_what_it_counts_with_counts_with_everything(propose, counts):
    terms = BudgetTerms(action="refund.*", sum="payload.amount", per="payload.customer")
    await propose(1, customer="acme")
    await propose(2)
    assert [await counts(terms, group) for group in ("acme", "other")] == ["3", "2"]


async def test_a_role_has_the_sum_of_what_it_was_asked(tmp_path, propose, counts, lifecycle):
    terms = BudgetTerms(action="refund.*", sum="payload.amount", per="role")
    lifecycle.policy = policy_with(
        tmp_path,
        rules=[
            rule("small", action="refund.*", role="support"),
            rule("large", action="refund.*", role="finance", when=["payload.amount > 10"]),
        ],
    )
    await propose(5)
    large = await propose(20)
    assert [await counts(terms, role) for role in ("support", "finance")] == ["25", "20"]
    await lifecycle.edit(large.id, ALICE, {"amount": 7}, large.nonce)
    assert [await counts(terms, role) for role in ("support", "finance")] == ["12", "7"]


async def test_a_role_that_another_policy_asks_has_it_in_its_sum(tmp_path, propose, counts, lifecycle):
    terms = BudgetTerms(action="refund.*", sum="payload.amount", per="role")
    lifecycle.policy = policy_with(tmp_path, rules=[rule("asks", action="refund.*", role="support")])
    await propose(5)
    assert await counts(terms, "finance") == "0"
    lifecycle.policy = policy_with(tmp_path, rules=[rule("asks", action="refund.*", roles=["finance", "support"])])
    await lifecycle.rejudge()
    assert [await counts(terms, role) for role in ("support", "finance")] == ["5", "5"]


async def test_what_the_action_of_the_rule_does_not_name_does_not_count(propose, counts, lifecycle):
    other = await propose(60, action="other.create")
    await lifecycle.approve(other.id, ALICE, other.nonce)
    await lifecycle.claim(other.id, "bot", other.digest, CLAIMANT)
    assert (await counts(), await counts(spent().budget)) == ("0", "60")


async def test_an_edit_is_judged_with_what_the_others_come_to(propose, counts, lifecycle, tmp_path):
    lifecycle.policy = policy_with(
        tmp_path,
        rules=[
            rule("asks", action="refund.*", role="support"),
            rule("budget", action="refund.*", role="finance", budget=ASKS),
        ],
    )
    await propose(60)
    waits = await propose(30)
    assert waits.gate.roles == ("support",)
    edited = await lifecycle.edit(waits.id, BOB, {"amount": 41}, waits.nonce)
    assert (edited.status, edited.gate.roles) == (Status.pending, ("finance", "support"))
    assert facts(edited) == ["60 of 100 in 24 hours; with this 101."]
    assert await counts() == "101"
    raised = await lifecycle.edit(waits.id, BOB, {"amount": 50}, edited.nonce)
    assert facts(raised) == ["60 of 100 in 24 hours; with this 110."]


async def test_an_edit_over_a_budget_that_blocks_is_refused(propose, counts, lifecycle, tmp_path):
    blocks = rule("budget", **EVERYTHING)
    lifecycle.policy = policy_with(tmp_path, rules=[rule("asks", action="refund.*"), blocks])
    await propose(60)
    waits = await propose(30)
    assert (await lifecycle.preview_edit(waits.id, ALICE, {"amount": 40}, waits.nonce)).action.payload == {"amount": 40}
    with pytest.raises(EditBlocked):
        await lifecycle.edit(waits.id, ALICE, {"amount": 41}, waits.nonce)
    assert await counts() == "90"


async def test_many_at_once_never_pass_a_budget_together(propose, counts, lifecycle, tmp_path):
    lifecycle.policy = policy_with(tmp_path, rules=[RUNS, rule("budget", **EVERYTHING)])
    made = await asyncio.gather(*(propose(7, claim=True) for _ in range(100)))
    assert sum(each.status is Status.claimed for each in made) == 14
    assert await counts() == "98"


async def test_a_new_policy_judges_what_waits_with_its_own_budgets(propose, lifecycle, tmp_path, counts):
    ran, first, second = await propose(50, claim=True), await propose(30), await propose(20)
    less = policy_with(tmp_path, rules=[RUNS, rule("budget", action="refund.*", budget={**ASKS, "over": 90})])
    lifecycle.policy = less
    await lifecycle.rejudge()
    found = [await lifecycle.store.find(each.id) for each in (ran, first, second)]
    assert [each.status for each in found] == [Status.claimed, Status.revoked, Status.approved]
    assert await counts() == "70"


async def test_what_a_transaction_saw_and_took_back_is_forgotten(propose, counts, store, lifecycle, clock):
    await propose(10)
    assert await counts() == "10"
    question = spent(window=DAY)

    async def seen_and_undone(tx):
        second, _ = await lifecycle._submit_with(submission(500), foreseen(submission(500)), tx)
        (seen,) = (await tx.answers([question], clock.now())).values()
        raise Undone(second, seen.total)

    def foreseen(made):
        return foresee(lifecycle.policy, made.ask, made.action, {})

    def submission(amount):
        action = Action(name="refund.create", payload={"amount": amount})
        return Submission(action=action, ask=ask(), fingerprint="f")

    with pytest.raises(Undone) as undone:
        await store.transact(seen_and_undone)
    assert undone.value.args[1] == 510
    assert await counts() == "10"
    await propose(1)
    assert await counts() == "11"


class Undone(Exception):
    """What was done is to be taken back."""


async def read_anew(store, clock, question):
    """What a process finds that has read nothing yet."""
    seal = replace(store._seal, spending=Spending())
    (answer,) = (
        await store._database.read(lambda rows: past_answers(rows, [question], clock.now(), seal, writes=False))
    ).values()
    return answer


async def test_whoever_starts_anew_finds_what_counted_before(propose, counts, store, clock, lifecycle):
    ran, waits = await propose(30, claim=True), await propose(200)
    await lifecycle.reject(waits.id, ALICE, "No.", waits.nonce)
    await propose(4)
    question = spent(window=DAY)
    assert (await read_anew(store, clock, question)).total == 34
    clock.forward(DAY)
    assert (await read_anew(store, clock, question)).total == 4
    assert ran.status is Status.claimed


async def test_of_what_was_erased_no_amount_is_known_to_who_starts_anew(propose, store, clock, lifecycle):
    ran = await propose(30, claim=True)
    await lifecycle.report(ran.id, "bot", Status.succeeded, None, None)
    await Erasing(store, clock).erase(ran.id, "alex", "asked for")
    answer = await read_anew(store, clock, spent(window=DAY))
    assert (answer.total, answer.unsure) == (0, 1)


async def test_where_a_budget_stands_is_told_of_each_group(propose, store, clock):
    terms = BudgetTerms(action="refund.*", sum="payload.amount", per="payload.customer")
    budget = Budget(terms=terms, window=DAY, over=Decimal(100))
    assert await store.budget_standing(budget.question, clock.now()) == {"": PastAnswer(total=Decimal(0))}
    await propose(30, customer="A", claim=True)
    await propose(40, customer="A")
    await propose(20, customer="B")
    standing = await store.budget_standing(budget.question, clock.now())
    assert {group: (each.total, each.unsure) for group, each in standing.items()} == {"a": (70, 0), "b": (20, 0)}


OTHER_AMOUNT = """UPDATE contents SET content = replace(content, '"amount":30', '"amount":10')"""
OTHER_ACTION = (
    "UPDATE entries SET facts = replace(facts, 'refund.create', 'other.create') WHERE tag = 'proposal:submitted'"
)
NO_ENTRY = "DELETE FROM entries WHERE tag = 'proposal:submitted'"
"""Of what was never claimed no other entry is left then, and nothing of it can run."""


@pytest.mark.parametrize(
    ("changed", "claim"),
    [(OTHER_AMOUNT, True), (OTHER_AMOUNT, False), (OTHER_ACTION, True), (OTHER_ACTION, False), (NO_ENTRY, True)],
)
async def test_what_a_hand_changed_in_the_log_is_no_way_below_a_budget(propose, store, clock, tmp_path, changed, claim):
    await propose(30, claim=claim)
    triggers = ["contents_unchanged", "contents_erased", "entries_unchanged", "entries_undeleted"]
    with closing(hand_at(tmp_path / "signoff.db", without=triggers)) as hand:
        if changed.startswith("DELETE"):
            hand.execute("DELETE FROM contents")
        hand.execute(changed)
    answer = await read_anew(store, clock, spent(window=DAY))
    assert (answer.total, answer.unsure) == (0, 1)


async def test_a_drill_takes_nothing_from_a_budget(propose, counts, store, lifecycle, clock):
    real = await propose(500)
    planted = moves.plant(
        proposal_id="prp_drill",
        action=real.action,
        ask=real.ask,
        gate=real.gate,
        nonce="n" * 16,
        drill=Drill(origin=DrillOrigin.library, wrong="It is.", look_at="It."),
        now=clock.now(),
    )
    drill = await store.transact(lambda tx: record(tx, None, planted, SYSTEM, clock.now()))
    assert await counts() == "500"
    await lifecycle.edit(drill.id, ALICE, {"amount": 700}, drill.nonce)
    assert await counts() == "500"
    assert (await read_anew(store, clock, spent(window=DAY))).total == 500


async def test_what_is_too_old_to_count_is_forgotten(propose, store, clock, lifecycle, monkeypatch):
    monkeypatch.setattr(spending, "_OFTEN", 5)
    terms = BudgetTerms(action="refund.*", sum="payload.amount", per="payload.customer", trust_reports=True)
    first, *_ = [await propose(1, customer=f"c-{number}", claim=True) for number in range(4)]
    question = replace(spent(window=60, group="c-1"), budget=terms)
    asked = lambda: store.transact(lambda tx: tx.answers([question], clock.now()))  # noqa: E731
    await asked()
    clock.forward(2 * DAY)
    for number in range(4):
        await propose(1, customer=f"d-{number}", claim=True)
    await asked()
    kept = store._seal.spending._sums._of[terms]
    assert set(kept._sums) == {"d-0", "d-1", "d-2", "d-3"}
    assert len(kept._claimed) == 4
    await lifecycle.report(first.id, "bot", Status.failed, None, None)
    assert (await asked())[question].total == 0


async def test_policies_that_were_replaced_leave_no_sums_behind(store, clock, propose, monkeypatch):
    monkeypatch.setattr(spending, "_MOST", 3)
    await propose(5)
    for number in range(5):
        terms = BudgetTerms(action=f"refund.{'*' * (number + 1)}", sum="payload.amount")
        question = replace(spent(window=DAY), budget=terms)
        (answer,) = (await store.transact(lambda tx, one=question: tx.answers([one], clock.now()))).values()
        assert answer.total == 5
    assert len(store._seal.spending._sums.terms) <= 3


async def test_a_long_log_is_read_in_strides(store, clock, propose, counts, monkeypatch):
    assert await counts() == "0"
    monkeypatch.setattr(spending, "_STRIDE", 3)
    for _ in range(7):
        await propose(1, claim=True)
    question = spent(window=DAY)
    (answer,) = (await store.transact(lambda tx: tx.answers([question], clock.now()))).values()
    assert answer.total == 7
    assert (await read_anew(store, clock, question)).total == 7
