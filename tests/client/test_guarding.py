"""`@requires_approval`: the function runs with what people approved, once, and what came of it is reported."""

import asyncio

import pytest

from signoff_client import (
    AlreadyClaimed,
    ApprovalPending,
    AsyncSignoff,
    Expired,
    Invalid,
    Rejected,
    Signoff,
    Ticket,
    Unavailable,
    Unreported,
    requires_approval,
)
from tests.api.conftest import TOKEN
from tests.client.conftest import decided
from tests.client.test_asking import edited
from tests.patience import PATIENCE


@pytest.fixture
def ran():
    return []


@pytest.fixture(params=["async", "sync"])
async def refund(request, door, ran):
    """The guarded function, called the same way in both tests: as a coroutine function."""
    if request.param == "async":
        async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=1) as client:

            @requires_approval("refund.create", client=client, wait=30, reasoning="Lost parcel.", without=("session",))
            async def refund(order, amount, session=None, *, note="none"):
                ran.append((order, amount, session, note))
                if amount == 13:
                    raise ConnectionError("the card was declined")
                return f"re_{len(ran)}"

            yield refund
    else:
        with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=1) as client:

            @requires_approval("refund.create", client=client, wait=30, reasoning="Lost parcel.", without=("session",))
            def refund(order, amount, session=None, *, note="none"):
                ran.append((order, amount, session, note))
                if amount == 13:
                    raise ConnectionError("the card was declined")
                return f"re_{len(ran)}"

            yield Threaded(refund)


class Threaded:
    """A guarded sync function with the face of an async one."""

    def __init__(self, guarded):
        self.guarded = guarded

    def __call__(self, *args, **kwargs):
        return asyncio.to_thread(self.guarded, *args, **kwargs)

    def asking(self, **asking):
        return Threaded(self.guarded.asking(**asking))

    def resume(self, *args, **kwargs):
        return asyncio.to_thread(self.guarded.resume, *args, **kwargs)


async def only(endpoint):
    (known,) = (await endpoint.call("GET", "/v1/proposals"))["proposals"]
    return known


async def test_it_runs_with_its_arguments_and_is_reported(refund, endpoint, ran):
    assert await decided(endpoint, refund("A-1", 250, "the session"), endpoint.approve) == "re_1"
    assert ran == [("A-1", 250, "the session", "none")]
    known = await only(endpoint)
    assert (known["status"], known["payload"]) == ("succeeded", {"order": "A-1", "amount": 250, "note": "none"})


async def test_it_runs_with_what_people_made_of_its_arguments(refund, endpoint, ran):
    payload = {"order": "A-1", "amount": 120, "note": "half"}
    await decided(endpoint, refund("A-1", 250), lambda it: edited(endpoint, it, payload))
    assert ran == [("A-1", 120, None, "half")]


async def test_a_no_and_silence_run_nothing(refund, endpoint, ran):
    with pytest.raises(Rejected, match="Too much"):
        await decided(endpoint, refund("A-1", 5000), lambda it: endpoint.reject(it, "Too much"))

    async def nobody(_):
        endpoint.clock.forward(hours=2)

    with pytest.raises(Expired):
        await decided(endpoint, refund("A-1", 250), nobody)
    assert ran == []


async def test_its_failure_is_reported_and_raised_as_it_is(refund, endpoint, ran):
    with pytest.raises(ConnectionError, match="declined"):
        await decided(endpoint, refund("A-1", 13), endpoint.approve)
    known = await only(endpoint)
    assert (known["status"], known["outcome"]["detail"]) == ("failed", "ConnectionError: the card was declined")
    assert len(ran) == 1


async def test_the_same_key_runs_once(refund, endpoint, ran):
    keyed = refund.asking(key="order-A-1")
    await decided(endpoint, keyed("A-1", 250), endpoint.approve)
    with pytest.raises(Exception, match="do not run it again") as again:
        await keyed("A-1", 250)
    assert type(again.value).__name__ == "AlreadyDone"
    assert len(ran) == 1


async def test_parked_and_resumed_it_runs_once(refund, endpoint, ran):
    known = await endpoint.propose(payload={"order": "A-1", "amount": 250, "note": "none"})
    parked = Ticket(id=known["id"], action=known["action"], digest=known["digest"])
    with pytest.raises(ApprovalPending):
        await refund.resume(parked)
    await endpoint.approve(known)
    outcomes = await asyncio.gather(
        refund.resume(parked, session="s"), refund.resume(parked, session="s"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) in (["AlreadyClaimed", "str"], ["AlreadyDone", "str"])
    assert ran == [("A-1", 250, "s", "none")]


async def test_when_the_claim_cannot_be_made_sure_it_does_not_run(refund, endpoint, door, ran):
    async def approves_and_fails(known):
        door.script += [500] * 20
        await endpoint.approve(known)

    with pytest.raises(Unavailable):
        await decided(endpoint, refund("A-1", 250), approves_and_fails)
    assert ran == []


async def test_what_ran_and_could_not_be_reported_says_so_with_its_result(refund, endpoint, door, ran):
    async def approves_and_fails(known):
        door.script += ["pass", *[500] * 20]
        await endpoint.approve(known)

    with pytest.raises(Unreported, match="Do not run it again") as lost:
        await decided(endpoint, refund("A-1", 250), approves_and_fails)
    assert (lost.value.result, len(ran)) == ("re_1", 1)


async def test_arguments_that_people_cannot_be_shown_are_refused(refund, ran):
    with pytest.raises(Invalid, match="JSON"):
        await refund("A-1", object())
    with pytest.raises(Invalid, match="amount is a tuple, which is no JSON: pass a list"):
        await refund("A-1", (1, 2))
    with pytest.raises(TypeError, match="amount"):
        await refund("A-1")
    assert ran == []


def test_a_function_that_cannot_be_approved_is_refused_when_it_is_written():
    guard = requires_approval("refund.create")
    with pytest.raises(TypeError, match="named parameters"):
        guard(lambda *amounts: amounts)
    with pytest.raises(TypeError, match="no parameter session"):
        requires_approval("refund.create", without=("session",))(lambda amount: amount)


async def test_a_client_of_the_other_kind_is_refused(door):
    with Signoff(door.url, TOKEN) as client:

        @requires_approval("refund.create", client=client, reasoning="x")
        async def refund(amount):
            return amount

        with pytest.raises(TypeError, match="AsyncSignoff"):
            await refund(1)


async def test_two_attempts_at_once_with_one_key_run_once(refund, endpoint, ran):
    keyed = refund.asking(key="order-A-1")
    both = [asyncio.ensure_future(keyed("A-1", 250)) for _ in range(2)]
    await endpoint.until_waiting(2)
    await endpoint.approve(await only(endpoint))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert len(ran) == 1
    assert sum(isinstance(each, str) for each in outcomes) == 1
    assert sum(isinstance(each, AlreadyClaimed) or type(each).__name__ == "AlreadyDone" for each in outcomes) == 1
