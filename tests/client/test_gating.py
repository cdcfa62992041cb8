"""The gate that adapters share: what a call becomes, and that nothing is granted on doubt."""

import pytest

from signoff_client import Signoff
from signoff_client.errors import AlreadyClaimed, Forbidden, Rejected
from signoff_client.gating import Denied, Gate, Granted, Parked
from tests.api.conftest import TOKEN
from tests.client.conftest import decided
from tests.client.gates import make_call


@pytest.mark.parametrize(
    ("run_id", "call_id", "key"),
    [
        ("run-1", "call-1", "run-1:call-1"),
        ("läuft", "call-1", "sha256:"),
        ("a run", "call-1", "sha256:"),
        ("run" * 100, "call-1", "sha256:"),
        ('"', "call-1", "sha256:"),
        ("\ud800", "", "sha256:"),
    ],
)
def test_a_call_has_one_key_whatever_its_ids_are_made_of(run_id, call_id, key):
    call = make_call(run_id=run_id, call_id=call_id)
    assert call.key.startswith(key)
    assert call.key == make_call(run_id=run_id, call_id=call_id).key
    assert call.key != make_call(run_id=run_id, call_id=call_id + "2").key


async def test_a_tool_that_nobody_named_is_asked_for(door):
    with Signoff(door.url, TOKEN) as client:
        gate = Gate(client, free={"read_file"}, actions={"Refund": "refund.create"})
        assert (gate.concerns("read_file"), gate.concerns("Refund"), gate.concerns("anything")) == (False, True, True)


async def test_a_call_says_where_it_comes_from_and_why(gated, endpoint):
    gate = gated(actions={"Refund": "refund.create"}, wait=0, fields=lambda call: {"summary": f"By {call.tool}"})
    parked = await gate.check(make_call(tool="Refund", reasoning="The parcel is lost."))
    assert isinstance(parked, Parked)
    known = await endpoint.lifecycle.store.find(parked.ticket.id)
    assert (known.ask.run_id, known.ask.tool_call_id, known.ask.summary) == ("run-1", "call-1", "By Refund")
    assert (known.ask.reasoning, known.action.name) == ("The parcel is lost.", "refund.create")


async def test_a_call_is_granted_once_and_denied_ever_after(gated, endpoint):
    gate = gated(wait=30)
    granted = await decided(endpoint, gate.check(make_call()), endpoint.approve)
    assert isinstance(granted, Granted)
    assert (granted.arguments, granted.edited) == ({"amount": 250}, False)
    again = await gate.check(make_call())
    assert isinstance(again, Denied)
    assert isinstance(again.error, AlreadyClaimed)


async def test_a_no_is_denied_with_its_reason(gated, endpoint):
    denied = await decided(
        endpoint, gated(wait=30).check(make_call()), lambda it: endpoint.reject(it, "Ask for a photo")
    )
    assert isinstance(denied.error, Rejected)
    assert "Ask for a photo" in denied.message


async def test_what_was_parked_is_granted_to_who_resumes_it_once(gated, endpoint):
    gate = gated(wait=0)
    parked = await gate.check(make_call())
    assert isinstance(await gate.resume(parked.ticket), Parked)
    await endpoint.approve({"id": parked.ticket.id})
    assert isinstance(await gate.resume(parked.ticket), Granted)
    assert isinstance(await gate.resume(parked.ticket), Denied)


@pytest.mark.parametrize(
    "call",
    [
        make_call(arguments={"amount": float("inf")}),
        make_call(arguments={"amount": object()}),
        make_call(arguments=None),
        make_call(arguments={"amount": 2**70}),
        make_call(tool="crm.write"),
        make_call(call_id=None),
    ],
    ids=["infinite", "object", "none", "big", "forbidden", "no id"],
)
async def test_what_cannot_be_asked_for_is_denied_and_not_raised(gated, endpoint, call):
    denied = await gated(wait=0).check(call)
    assert isinstance(denied, Denied)
    assert "othing ran" in denied.message or isinstance(denied.error, Forbidden)
    assert (await endpoint.call("GET", "/v1/proposals"))["proposals"] == []


async def test_a_fault_in_what_the_user_gave_is_denied_too(gated, endpoint):
    def wrong(call):
        raise KeyError("summary")

    denied = await gated(wait=0, fields=wrong).check(make_call())
    assert isinstance(denied, Denied)
    assert "KeyError" in denied.message


async def test_a_run_acts_once_and_reports(gated, endpoint, request):
    gate = gated(wait=30)
    granted = await decided(endpoint, gate.check(make_call()), endpoint.approve)
    ran = []
    if request.node.callspec.params["gated"] == "sync":
        await gate.run(granted, ran.append)
    else:

        async def act(arguments):
            ran.append(arguments)

        await gate.run(granted, act)
    assert ran == [{"amount": 250}]
    assert (await endpoint.show({"id": granted.claimed.id}))["status"] == "succeeded"


async def test_a_look_asks_and_claims_nothing(gated, endpoint):
    gate = gated(wait=0)
    parked, again = await gate.look(make_call()), await gate.look(make_call())
    assert isinstance(parked, Parked)
    assert parked == again
    await endpoint.approve({"id": parked.ticket.id})
    assert await gate.look(make_call()) is None
    assert (await endpoint.show({"id": parked.ticket.id}))["status"] == "approved"
    assert isinstance(await gate.check(make_call()), Granted)


async def test_a_look_says_why_what_was_rejected_may_not_run(gated, endpoint):
    gate = gated(wait=0)
    parked = await gate.look(make_call())
    await endpoint.reject({"id": parked.ticket.id}, "Not without a ticket")
    seen = await gate.look(make_call())
    assert isinstance(seen.error, Rejected)
    assert "Not without a ticket" in seen.message


async def test_a_look_says_what_is_wrong(gated):
    def wrong(call):
        raise KeyError("summary")

    assert isinstance(await gated().look(make_call(tool="crm.write")), Denied)
    assert isinstance(await gated(fields=wrong).look(make_call()), Denied)


async def test_a_call_that_waits_no_longer_takes_its_question_back(gated, endpoint):
    gate = gated(wait=0)
    parked = await gate.check(make_call())
    assert "taken back" in (await gate.abandon(parked)).message
    assert (await endpoint.show({"id": parked.ticket.id}))["status"] == "withdrawn"


async def test_a_question_that_cannot_be_taken_back_is_denied_all_the_same(gated, endpoint):
    gate = gated(wait=0)
    parked = await gate.check(make_call())
    await endpoint.reject({"id": parked.ticket.id}, "Ask for a photo")
    denied = await gate.abandon(parked)
    assert isinstance(denied, Denied)
    assert "nothing ran" in denied.message
