"""What counts in a budget: what may still run and what was claimed lately, exactly, and never less than that."""

import asyncio

import pytest

from approvals.budget import BudgetTerms
from approvals.gate import Tier
from approvals.lifecycle import Submission
from approvals.past import About, PastAnswer, PastQuery
from approvals.proposal import Action, Cause, RollbackStatus, Status
from approvals.refusals import EditBlocked
from tests.policy.files import ask, policy_with, rule
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

    async def seen_and_undone(tx):
        await tx.answers([], clock.now())
        raise RuntimeError("undone")

    assert await counts() == "10"
    with pytest.raises(RuntimeError):
        await store.transact(seen_and_undone)
    assert await counts() == "10"


async def test_another_process_counts_what_this_one_claimed(propose, counts, lifecycle, clock, store):
    await propose(10, claim=True)
    assert await counts() == "10"
    await propose(20, claim=True)
    assert await counts() == "30"
