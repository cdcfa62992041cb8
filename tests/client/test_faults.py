"""Whatever the network or the service does: no claim is made of a doubt, and no retry makes two of one."""

import asyncio
import json

import pytest

from signoff_client import (
    AlreadyClaimed,
    NotFound,
    Rejected,
    Signoff,
    Tampered,
    TooMany,
    Unauthorized,
    Unavailable,
)
from signoff_client.flows import Flows
from signoff_client.model import Proposal
from signoff_client.transport.wire import Answer, Pause
from tests.api.conftest import TOKEN
from tests.client.conftest import RUBBISH, decided

REFUND = {"amount": 250, "order": "A-1"}


def ask(client, **more):
    return client.ask("refund.create", REFUND, reasoning="Lost parcel.", **{"seconds": 30, **more})


def propose(client, **more):
    return client.propose("refund.create", REFUND, reasoning="Lost parcel.", **more)


def changed(**changes):
    """The service's answer with other values in it."""
    return lambda content: json.dumps(json.loads(content) | changes).encode()


@pytest.mark.parametrize("fault", ["drop", "lose", 500, 502, 503, 404, 302, 429, *RUBBISH])
async def test_a_proposal_through_a_fault_is_one_proposal(client, endpoint, door, fault):
    door.script.append(fault)
    proposal = await propose(client)
    keys = {headers["Idempotency-Key"] for _, _, headers, _ in door.seen}
    assert (proposal.status, len(keys), len(door.seen)) == ("pending", 1, 2)
    assert len((await endpoint.call("GET", "/v1/proposals"))["proposals"]) == 1


@pytest.mark.parametrize("fault", ["drop", "lose", 500, 503, *RUBBISH])
async def test_a_claim_through_a_fault_is_ours_and_nobody_elses(client, endpoint, door, fault):
    proposal = await propose(client)
    await endpoint.approve({"id": proposal.id})
    approved = await client.get(proposal)
    door.script.append(fault)
    claimed = await client.claim(approved)
    assert claimed.payload == REFUND
    with pytest.raises(AlreadyClaimed):
        await client.claim(approved)


@pytest.mark.parametrize("fault", ["drop", "lose", "slow", 500, 503, *RUBBISH])
async def test_out_of_patience_nothing_is_claimed(hasty, endpoint, door, fault):
    door.script.append(fault)
    with pytest.raises(Unavailable, match=r"[Nn]othing ran"):
        await ask(hasty)


@pytest.mark.parametrize(("fault", "doubtful"), [("lose", True), ("slow", True), (500, True)])
async def test_a_claim_whose_answer_is_lost_says_that_it_may_have_gone_through(hasty, endpoint, door, fault, doubtful):
    proposal = await propose(hasty)
    await endpoint.approve({"id": proposal.id})
    approved = await hasty.get(proposal)
    door.script.append(fault)
    with pytest.raises(Unavailable) as lost:
        await hasty.claim(approved)
    assert lost.value.outcome_unknown is doubtful


async def test_who_was_never_reached_has_certainly_done_nothing():
    with Signoff("http://127.0.0.1:9", TOKEN, timeout=1, patience=0) as client, pytest.raises(Unavailable) as lost:
        await asyncio.to_thread(ask, client)
    assert lost.value.outcome_unknown is False


async def test_a_401_is_not_tried_again(client, door):
    door.script.append(401)
    with pytest.raises(Unauthorized, match="SIGNOFF_TOKEN"):
        await ask(client)
    assert len(door.seen) == 1


async def test_who_is_told_to_slow_down_slows_down_and_gives_up_in_the_end(hasty, door):
    door.script += [429] * 5
    with pytest.raises(TooMany):
        await propose(hasty)


async def test_waiting_goes_on_over_faults_in_between(client, endpoint, door):
    async def hears(known):
        door.script += ["drop", 500, "html"]
        await endpoint.reject(known, "No")

    with pytest.raises(Rejected):
        await decided(endpoint, ask(client), hears)


@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"amount": 9999, "order": "A-1"}},  # no longer the payload of the digest
        {"status": "granted"},
        {"expires_at": "tomorrow"},
        {"version": True},
        {"action": "refund.other"},
        {"payload": [1]},
        {"question": "Why?"},
        {"id": "prp_" + "9" * 32},
        {
            "payload": {"amount": 9999, "order": "A-1"},
            "digest": "sha256:ad8a5a7e2dfb8ef9ed4a1ac4f2fa9b8bf1a6ed1b5c1b44e2d8a5e7d0ab9a7c11",
        },
        {"status": "approved"},
    ],
)
async def test_a_claim_answered_with_something_else_grants_nothing(client, endpoint, door, change):
    proposal = await propose(client)
    await endpoint.approve({"id": proposal.id})
    approved = await client.get(proposal)
    door.script.append(changed(**change))
    with pytest.raises(Tampered):
        await client.claim(approved)


async def test_a_claim_answered_with_another_payload_and_its_right_digest_grants_nothing(client, endpoint, door):
    """Whoever sits between can compute a digest too: it must be the one that was to be claimed."""
    proposal = await propose(client)
    other = await client.propose("refund.create", {"amount": 9999, "order": "A-1"}, reasoning="More.")
    await endpoint.approve({"id": proposal.id})
    approved = await client.get(proposal)
    door.script.append(changed(payload=other.payload, digest=other.digest))
    with pytest.raises(Tampered):
        await client.claim(approved)


async def test_a_new_proposal_answered_with_another_payload_is_not_waited_for(client, door):
    other = await client.propose("refund.create", {"amount": 9999, "order": "A-1"}, reasoning="More.")
    door.script.append(changed(payload=other.payload, digest=other.digest))
    with pytest.raises(Tampered):
        await ask(client)


async def test_a_404_of_some_proxy_passes_and_the_services_own_is_final(client, door):
    proposal = await propose(client)
    door.script.append(404)
    assert (await client.get(proposal)).id == proposal.id
    asked = len(door.seen)
    with pytest.raises(NotFound):
        await client.get("prp_" + "0" * 32)
    assert len(door.seen) == asked + 1


@pytest.mark.parametrize("revision", [1, 2])
async def test_what_is_claimed_as_it_is_asked_for_is_claimed_as_it_was_asked_for(client, door, revision):
    """No reviewer stands between: nobody can have changed it."""
    other = await client.propose("search.orders", {"query": "*"}, reasoning="All.")
    lie = {"payload": other.payload, "digest": other.digest, "revision": revision, "edited": revision > 1}
    door.script.append(changed(**lie))
    with pytest.raises(Tampered, match="nothing ran"):
        await client.ask("search.orders", {"query": "A-1"}, reasoning="One.")


@pytest.mark.parametrize("status", ["claimed", "approved", "pending", "lapsed"])
async def test_a_report_that_was_not_noted_is_no_report(client, door, status):
    claimed = await client.ask("search.orders", {"query": "A-1"}, reasoning="One.")
    door.script.append(changed(status=status))
    with pytest.raises(Tampered, match="not noted"):
        await client.report(claimed, "succeeded")
    assert (await client.report(claimed, "succeeded")).status == "succeeded"


class Watch:
    """A clock that goes on by itself: each look, and each pause, takes its time."""

    at = 0.0

    def __call__(self):
        self.at += 0.01
        return self.at


def asked_of(flow, watch, answers, asked=None):
    """What the flow does with these answers, and how long it rested; what it asks is added to `asked`."""
    got, rested = None, 0.0
    while True:
        step = flow.send(got)
        if asked is not None and not isinstance(step, Pause):
            asked.append((step.method, step.seconds > 0))
        if isinstance(step, Pause):
            watch.at += step.seconds
            rested += step.seconds
            got = None
            continue
        got = answers(rested)
        if got is None:
            return rested


async def test_what_settles_for_ever_is_given_up(endpoint):
    proposal = Proposal.read(await endpoint.propose())
    settling = Answer(status=409, body={"type": "urn:signoff:problem:undo-window", "detail": "It settles."})
    watch = Watch()
    flow = Flows(now=watch, patience=30).claim(proposal, "me")
    with pytest.raises(Unavailable, match="nobody claim it"):
        asked_of(flow, watch, lambda rested: settling if rested < 5000 else None)


async def test_an_answer_that_changes_all_the_time_is_looked_at_twice_a_second_at_most(endpoint):
    known, looks, watch = await endpoint.propose(), [], Watch()

    def answers(rested):
        looks.append(rested)
        return Answer(status=200, body=known | {"version": len(looks)}) if len(looks) < 100 else None

    rested = asked_of(Flows(now=watch, patience=30).wait(known["id"], 3600, for_questions=False), watch, answers)
    assert rested >= 0.5 * (len(looks) - 2)


def too_many(slug):
    body = {"type": f"urn:signoff:problem:{slug}", "detail": "Too many."}
    return Answer(status=429, body=body, retry_after=1.0)


LOOK, HELD = ("GET", False), ("GET", True)


async def test_what_was_just_proposed_is_waited_for_without_another_look(endpoint):
    known, asked = await endpoint.propose(), []
    flow = Flows(now=Watch(), patience=30).take(Proposal.read(known), "me", 3600, None, known["digest"])
    asked_of(flow, Watch(), lambda _: None, asked)
    assert asked == [HELD]


async def test_who_asks_too_often_to_be_held_asks_to_be_held_again_as_soon_as_it_may(endpoint):
    """A look in between would be one more request, and whoever is not held hears of a decision late."""
    known, asked, watch = await endpoint.propose(), [], Watch()
    answers = [too_many("rate-limit"), too_many("rate-limit")]
    flow = Flows(now=watch, patience=30).take(Proposal.read(known), "me", 3600, None, known["digest"])
    rested = asked_of(flow, watch, lambda _: answers.pop(0) if answers else None, asked)
    assert asked == [HELD, HELD, HELD]
    assert rested == 2


async def test_where_no_more_are_held_it_looks_by_itself_from_time_to_time(endpoint):
    known, asked, watch = await endpoint.propose(), [], Watch()
    answers = [too_many("waiting-limit"), Answer(status=200, body=known), too_many("waiting-limit")]
    flow = Flows(now=watch, patience=30).take(Proposal.read(known), "me", 3600, None, known["digest"])
    rested = asked_of(flow, watch, lambda _: answers.pop(0) if answers else None, asked)
    assert asked == [HELD, LOOK, HELD, LOOK]
    assert rested >= 10
