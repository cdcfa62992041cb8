"""T30: whoever has a reviewer's Slack account, and not their app, approves nothing that takes a code.

The plain way: tests/journeys/test_second_factor.
"""

import pytest

from tests.journeys.test_second_factor import CODES, PAYMENT, App, asked, enrolled, errors, typed
from tests.making import Clock
from tests.threats.ground import ground
from tests.threats.test_t30_typed_words import pressed, stands
from tests.town import SUPPORT


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=CODES, clock=Clock()) as town, town.serving():
        yield town


async def test_t30_a_click_or_a_forged_form_without_a_code_decides_nothing(town):
    app = await enrolled(town, town.clock)
    proposal, card = await town.proposed("pay.out", PAYMENT)
    held = await town.made("U0ALICE", SUPPORT, card, "approve")
    for action_id, label in (("approve", "Approve"), ("approve_next", "Approve and the next like it")):
        await town.slack.deliver(pressed(held, action_id, label), "interactive")
    await stands(town, proposal)
    await asked(town, payload={"amount": 250, "to": "acct_3"})
    await typed(town, app.code(7))
    assert not [each for each in await town.entries() if each.tag == "proposal:approved"]


async def test_t30_a_submission_that_was_seen_and_is_sent_again_for_another_proposal_decides_nothing(town):
    app = await enrolled(town, town.clock)
    await asked(town)
    assert not errors(await typed(town, app.next()))
    seen = town.slack.last_payload
    other, _ = await asked(town, payload={"amount": 250, "to": "acct_2"})
    form = await town.modal_saying("U0ALICE", "Code from your authenticator app")
    seen["view"] |= {"id": form["id"], "private_metadata": form["private_metadata"]}
    await town.slack.deliver(seen, "interactive")
    await stands(town, other)
    assert await town.refused(other, 1) == ["code-used"]


async def test_t30_who_took_the_account_over_gets_no_second_factor_of_their_own(town):
    app = await enrolled(town, town.clock)
    await town.slack.command("U0ALICE", SUPPORT, "/approvals", "enrol")
    await town.modal_saying("U0ALICE", "have a second factor already")
    thief = App("C" * 32, town.clock)
    proposal, _ = await asked(town)
    assert errors(await typed(town, thief.next()))
    await stands(town, proposal)
    assert not errors(await typed(town, app.next()))
