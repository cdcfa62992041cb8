"""In Python: another proposal does the same, so nothing is asked and nothing runs, in words that a model can read."""

import pytest

from signoff_client import Conflict, EffectOpen
from signoff_client.gating import Denied
from signoff_client.transport.wire import Answer, fault_of
from tests.client.gates import make_call

PAYLOAD = {"order": "A-1"}


async def test_who_asks_hears_which_one_it_is_and_how_it_stands(client):
    first = await client.propose("refund.once", PAYLOAD, reasoning="Lost parcel.")
    with pytest.raises(EffectOpen) as no:
        await client.ask("refund.once", PAYLOAD, reasoning="Lost parcel.")
    assert isinstance(no.value, Conflict)
    assert (no.value.proposal_id, no.value.status, no.value.effect, no.value.own) == (
        first.id,
        "approved",
        "refund:a-1",
        True,
    )
    assert first.id in no.value.message


async def test_a_tool_call_is_denied_in_a_sentence_for_the_model(gated, client):
    first = await client.propose("refund.once", PAYLOAD, reasoning="Lost parcel.")
    denied = await gated(actions={"Refund": "refund.once"}).check(make_call(tool="Refund", arguments=PAYLOAD))
    assert isinstance(denied, Denied)
    assert denied.message.startswith(f"Proposal {first.id} does the same (refund:a-1) and is approved")
    assert denied.message.endswith("Nothing ran.")


@pytest.mark.parametrize("more", [{}, {"proposal": "prp_1"}, {"proposal": {"own": "yes"}}])
def test_an_answer_that_does_not_say_which_is_an_effect_that_is_open_all_the_same(more):
    fault = fault_of(Answer(status=409, body={"type": "urn:signoff:problem:effect-open", "detail": "No.", **more}))
    assert isinstance(fault, EffectOpen)
    assert (fault.message, fault.proposal_id, fault.status, fault.own) == ("No.", "", "", False)
