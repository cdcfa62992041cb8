"""Which action a tool is, and that a ticket is for its own call alone."""

import asyncio
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff_client import AsyncSignoff, NotConfigured, Signoff, Tampered, Ticket
from signoff_client.command import run
from signoff_client.errors import Invalid
from signoff_client.gating import AsyncGate, Denied, Gate, Granted, Parked
from signoff_client.gating.calls import ACTION, action_of
from tests.api.conftest import TOKEN
from tests.client.conftest import Sync
from tests.client.gates import make_call
from tests.client.test_asking import edited
from tests.patience import PATIENCE


def rules(gate):
    """The gate itself, for what asks nobody and is no coroutine in either kind."""
    return gate.client if isinstance(gate, Sync) else gate


NAMES = {
    "refund.create": "refund.create",
    "Bash": "bash",
    "mcp__till__Refund": "mcp__till__refund",
    "github/create_issue": r"github_create_issue-[0-9a-f]{12}",
    "github create_issue": r"github_create_issue-[0-9a-f]{12}",
    "my tool": r"my_tool-[0-9a-f]{12}",
    "t" * 150: r"t{87}-[0-9a-f]{12}",
    "t" * 151: r"t{87}-[0-9a-f]{12}",
    "löschen": r"l_schen-[0-9a-f]{12}",
    "лист": r"_-[0-9a-f]{12}",
    "\N{KELVIN SIGN}": r"k-[0-9a-f]{12}",
    "\ud800": r"_-[0-9a-f]{12}",
    "a\n": r"a_-[0-9a-f]{12}",
    "": r"-[0-9a-f]{12}",
}


@pytest.mark.parametrize("tool", NAMES, ids=ascii)
def test_any_tool_has_an_action_of_its_own_the_same_each_time(tool):
    action = action_of(tool)
    assert re.fullmatch(NAMES[tool], action)
    assert re.fullmatch(ACTION, action)
    assert action == action_of(tool)
    assert [other for other in NAMES if action_of(other) == action] == [tool]


def test_the_action_of_a_name_stays_what_it_was():
    assert action_of("github/create_issue") == "github_create_issue-cc1441cea3b1"


@given(st.text(), st.text())
def test_no_two_tools_come_to_one_action_but_by_their_case(one, other):
    assert re.fullmatch(ACTION, action_of(one))
    assert action_of(one) != action_of(other) or one.lower() == other.lower()


async def test_a_tool_whose_name_is_no_action_is_asked_for_and_told_at_set_up(gated, endpoint):
    gate = gated(wait=0, actions={"refund/one": "refund.create"}, free={"look"})
    assert rules(gate).actions(["refund/one", "refund two", "look"]) == {
        "refund/one": "refund.create",
        "refund two": action_of("refund two"),
    }
    parked = await gate.check(make_call(tool="refund/one"))
    assert isinstance(parked, Parked)
    assert (parked.ticket.action, parked.ticket.tool) == ("refund.create", "refund/one")


async def test_two_tools_that_share_an_action_by_accident_are_refused_at_set_up(gated):
    gate = gated(actions={"drop": "note", "a": "crm.write", "b": "crm.write"})
    assert rules(gate).actions(["a", "b"]) == {"a": "crm.write", "b": "crm.write"}
    with pytest.raises(NotConfigured, match="drop and note have the same action, note"):
        rules(gate).actions(["drop", "note"])
    with pytest.raises(NotConfigured, match="Bash and bash"):
        rules(gate).actions(["Bash", "bash"])


async def test_two_tools_that_share_an_action_by_accident_are_told_apart_at_the_latest_when_they_are_called(gated):
    gate = gated(wait=0)
    assert isinstance(await gate.check(make_call(tool="Refund.create")), Parked)
    denied = await gate.check(make_call(tool="refund.create", call_id="call-2"))
    assert isinstance(denied, Denied)
    assert "Refund.create and refund.create have the same action" in denied.message


async def test_a_name_that_is_another_in_the_policy_is_told_once(gated, caplog):
    caplog.set_level("INFO", "signoff_client")
    gate = gated(wait=0)
    for call_id in ("call-1", "call-2"):
        await gate.check(make_call(tool="Refund.create", call_id=call_id))
        await gate.check(make_call(tool="plain", call_id=call_id))
    told = [each.message for each in caplog.records if each.name == "signoff_client.gating.rules"]
    assert told == ["People are asked for the tool Refund.create as the action refund.create: name that in the policy."]


@pytest.mark.parametrize("action", ["Refund", "refund create", "", "r" * 101, "refund.create\n"])
def test_an_action_that_is_none_is_refused_at_set_up(action, door):
    with Signoff(door.url, TOKEN) as client, pytest.raises(NotConfigured, match="is no action for refund"):
        Gate(client, actions={"refund": action})


SHARED = {"note": "refund.create", "drop": "refund.create"}


async def test_of_two_tools_with_one_action_none_takes_what_was_parked_for_the_other(gated, endpoint):
    gate = gated(wait=0, actions=SHARED)
    note = await gate.check_again(make_call(tool="note", call_id="call-1"))
    await endpoint.approve({"id": note.ticket.id})
    assert isinstance(await gate.check_again(make_call(tool="drop", call_id="call-2")), Parked)
    granted = await gate.check_again(make_call(tool="note", call_id="call-3"))
    assert isinstance(granted, Granted)
    assert granted.claimed.id == note.ticket.id


async def test_people_read_which_tool_of_an_action_it_is(gated, endpoint):
    gate = gated(wait=0, actions=SHARED, fields=lambda _call: {"preconditions": ["The order is open."]})
    parked = await gate.check(make_call(tool="drop"))
    known = await endpoint.show({"id": parked.ticket.id})
    assert known["preconditions"] == ["The order is open.", "The tool is drop."]
    alone = await gated(wait=0, actions={"refund": "refund.create"}).check(make_call(tool="refund", call_id="call-2"))
    assert (await endpoint.show({"id": alone.ticket.id}))["preconditions"] == []


async def test_a_tool_that_others_are_mapped_to_does_not_take_what_was_parked_for_them(gated, endpoint):
    gate = gated(wait=0, actions={"drop": "refund.create"})
    drop = await gate.check_again(make_call(tool="drop"))
    await endpoint.approve({"id": drop.ticket.id})
    assert isinstance(await gate.check_again(make_call(tool="refund.create", call_id="call-2")), Parked)


OTHERS = {
    "tool": make_call(tool="drop"),
    "run": make_call(tool="note", run_id="run-2"),
    "call": make_call(tool="note", call_id="call-2"),
    "arguments": make_call(tool="note", arguments={"amount": 9000}),
    "action": make_call(tool="refund.two"),
}


@pytest.mark.parametrize("what", OTHERS)
async def test_a_ticket_is_for_its_call_alone(gated, endpoint, what):
    gate = gated(wait=0, actions=SHARED)
    for parked in (await gate.check(make_call(tool="note")), await gate.look(make_call(tool="note"))):
        denied = await gate.resume(parked.ticket, call=OTHERS[what])
        assert isinstance(denied, Denied)
        assert isinstance(denied.error, Tampered)
        assert "belongs to another call" in denied.message
    await endpoint.approve({"id": parked.ticket.id})
    assert isinstance(await gate.resume(parked.ticket, call=OTHERS[what]), Denied)
    assert (await endpoint.show({"id": parked.ticket.id}))["status"] == "approved"
    kept = Ticket.from_json(parked.ticket.to_json())
    assert isinstance(await gate.resume(kept, call=make_call(tool="note")), Granted)


async def test_what_was_edited_before_it_was_parked_is_still_its_calls(gated, endpoint):
    gate, call = gated(wait=0), make_call(tool="refund.two")
    parked = await gate.check(call)
    await edited(endpoint, {"id": parked.ticket.id}, {"amount": 60})
    again = await gate.check(call)
    assert (again.ticket.digest, again.ticket.id) == (parked.ticket.digest, parked.ticket.id)
    await endpoint.approve({"id": parked.ticket.id}, "U0ALICE")
    granted = await gate.resume(again.ticket, call=call)
    assert isinstance(granted, Granted)
    assert (granted.arguments, granted.edited) == ({"amount": 60}, True)


async def test_unknown_tools_and_arguments_are_refused_and_nobody_is_asked(gated, endpoint):
    gate = gated()
    call = make_call()
    assert rules(gate).refuse_unknown(call) is None
    assert rules(gate).refuse_unknown(call, tools={"refund.create"}, arguments=["amount", "note"]) is None
    no_tool = rules(gate).refuse_unknown(call, tools=["other"])
    no_argument = rules(gate).refuse_unknown(call, tools=["refund.create"], arguments=["order"])
    for denied, why in ((no_tool, "There is no tool refund.create"), (no_argument, "has no argument amount")):
        assert isinstance(denied, Denied)
        assert isinstance(denied.error, Invalid)
        assert why in denied.message
        assert denied.message.count("othing ran") == 1
    assert (await endpoint.call("GET", "/v1/proposals"))["proposals"] == []


def test_a_ticket_of_an_earlier_version_is_still_read():
    kept = '{"id": "prp_1", "action": "a", "digest": "sha256:1", "key": null, "run_id": "r", "tool_call_id": "c"}'
    assert Ticket.from_json(kept).tool is None


async def test_of_two_equal_calls_at_once_each_has_a_question_of_its_own(gated, endpoint):
    gate = gated(wait=30)
    both = []
    for number in (1, 2):
        both.append(asyncio.ensure_future(gate.check_again(make_call(call_id=f"call-{number}"))))
        await endpoint.until_waiting(number)
    asked = (await endpoint.call("GET", "/v1/proposals?status=pending"))["proposals"]
    assert {each["tool_call_id"] for each in asked} == {"call-1", "call-2"}
    for each in asked:
        await endpoint.approve(each)
    answers = await asyncio.gather(*both)
    assert [answer.claimed.proposal.tool_call_id for answer in answers] == ["call-1", "call-2"]


async def test_of_two_equal_calls_that_go_on_each_takes_what_was_parked_for_one(gated, endpoint):
    parked = [await gated(wait=0).check(make_call(call_id=f"call-{number}")) for number in (1, 2)]
    for each in parked:
        await endpoint.approve({"id": each.ticket.id})
    gate = gated(wait=0)
    again = [make_call(call_id=f"call-{number}") for number in (3, 4)]
    answers = await asyncio.gather(*(gate.check_again(each) for each in again))
    assert {each.claimed.id for each in answers} == {each.ticket.id for each in parked}


async def test_what_a_process_beside_it_takes_while_another_is_parked_leaves_that_one(gated, endpoint, door):
    """It had been listed, and was taken before this one came to claim it."""
    parked = [await gated(wait=0).check(make_call(call_id=f"call-{number}")) for number in (1, 2)]
    for each in parked:
        await endpoint.approve({"id": each.ticket.id})
    beside, taken = gated(wait=0), []

    class Slow(AsyncGate):
        async def resume(self, ticket, **more):
            if not taken:
                taken.append(await beside.check_again(make_call(call_id="call-3")))
            return await super().resume(ticket, **more)

    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as client:
        answer = await Slow(client, wait=0).check_again(make_call(call_id="call-4"))
    assert {answer.claimed.id, taken[0].claimed.id} == {each.ticket.id for each in parked}


async def test_what_a_process_beside_it_has_taken_is_asked_for_anew(gated, endpoint):
    known = (await gated(wait=0).check(make_call())).ticket
    both = []
    for number in (2, 3):  # each finds what is parked, and waits for it
        both.append(asyncio.ensure_future(gated(wait=30).check_again(make_call(call_id=f"call-{number}"))))
        await endpoint.until_waiting(number - 1)
    await endpoint.approve({"id": known.id})
    later = []
    async with asyncio.timeout(PATIENCE):
        while not later:
            later = (await endpoint.call("GET", "/v1/proposals?status=pending"))["proposals"]
    await endpoint.approve(later[0])
    answers = await asyncio.gather(*both)
    assert {each.claimed.id for each in answers} == {known.id, later[0]["id"]}


async def test_a_call_that_ran_is_not_asked_for_again_under_its_own_id(gated, endpoint):
    gate = gated(wait=0)
    parked = await gate.check_again(make_call())
    await endpoint.approve({"id": parked.ticket.id})
    assert isinstance(await gate.check_again(make_call()), Granted)
    assert isinstance(await gate.check_again(make_call()), Denied)
    assert len((await endpoint.call("GET", "/v1/proposals"))["proposals"]) == 1


def test_a_shell_lists_the_action_of_each_tool_as_the_hook_would_ask_for_it(capsys):
    options = ["actions", "--action", "Bash=shell.run", "--free", "Read"]
    assert run([*options, "Bash", "Read", "mcp__Till__pay", "github/create_issue"]) == 0
    gate = Gate(None, actions={"Bash": "shell.run"}, free={"Read"})
    listed = json.loads(capsys.readouterr().out)
    assert listed == gate.actions(["Bash", "Read", "mcp__Till__pay", "github/create_issue"])
    assert listed.keys() == {"Bash", "mcp__Till__pay", "github/create_issue"}
    assert listed["github/create_issue"] == "github_create_issue-cc1441cea3b1"
    assert run([*options, "pay", "Pay"]) == 2
    assert "same action, pay" in capsys.readouterr().err
    assert run(["actions", "--action", "Bash=Shell Run", "Bash"]) == 2
    assert "is no action" in capsys.readouterr().err
