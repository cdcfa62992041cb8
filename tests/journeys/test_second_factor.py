"""A second factor: enrolled by a first code, typed with each approval that takes one, once, and reset by two operators."""

import json
import re

import pyotp
import pytest

from tests.examples.pages import ROOT, blocks
from tests.journeys.test_stop_agent import ops_saying, say
from tests.making import Clock
from tests.threats.ground import Ground
from tests.town import POLICY, SUPPORT, open_town, visible_text

CODES = (
    POLICY.replace('"db.*"]', '"db.*", "pay.*"]').replace("members: [U0OWEN]}", "members: [U0DAVE, U0CAROL]}")
    + """\
  - {id: payments, action: "pay.*", tier: approve, role: support, confirmation: {code: totp, type: amount}}
"""
)
PAYMENT = {"amount": 250, "to": "acct_1"}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def town(mode, tmp_path, clock):
    async with open_town(tmp_path, mode, Ground, policy=CODES, clock=clock) as town, town.serving():
        yield town


class App:
    """The person's authenticator app: it has the key, and shows what the clock says."""

    def __init__(self, key, clock):
        self.totp, self.clock = pyotp.TOTP(key), clock

    def code(self, steps=0):
        return self.totp.generate_otp(int(self.clock.now().timestamp()) // 30 + steps)

    def next(self):
        self.clock.forward(31)
        return self.code()


async def shown_key(town, user):
    """The key in the form that stands before the person, and nowhere else."""
    view = await town.modal_saying(user, "authenticator app")
    (key,) = re.findall(r"secret=([A-Z2-7]{32})", json.dumps(view))
    return key


async def enrolled(town, clock, user="U0ALICE"):
    await town.slack.command(user, SUPPORT, "/approvals", "enrol")
    app = App(await shown_key(town, user), clock)
    await town.slack.submit(user, {"The code that it shows now": app.code()})
    await town.modal_saying(user, "You have a second factor.")
    return app


async def asked(town, user="U0ALICE", payload=None):
    """A payment, and the form to approve it before the person."""
    proposal, card = await town.proposed("pay.out", PAYMENT if payload is None else payload)
    await town.click(user, SUPPORT, card, "approve")
    return proposal, card


async def typed(town, code, user="U0ALICE"):
    await town.modal_saying(user, "Code from your authenticator app")
    return await town.slack.submit(user, {"Type the value of amount": "250", "Code from your authenticator app": code})


def errors(delivery):
    return " ".join((delivery.body or {}).get("errors", {}).values())


async def wrong(town, app, count):
    for _ in range(count):
        delivery = await typed(town, "000000" if app.code() != "000000" else "111111")
    return delivery


@pytest.mark.both_modes
async def test_a_code_is_typed_with_the_approval_and_the_log_says_that_it_was_for_this_and_not_which(town, clock):
    app = await enrolled(town, clock)
    await ops_saying(town, "<@U0ALICE> enrolled a second factor")
    proposal, _card = await asked(town)
    code = app.next()
    delivery = await typed(town, code)
    assert not errors(delivery)
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    (entry,) = [each for each in await town.entries(proposal["id"]) if each.tag == "code:accepted"]
    use = json.loads(entry.facts)["use"]
    assert use == {"proposal": proposal["id"], "digest": proposal["digest"], "round": 1}
    assert (entry.actor_kind, entry.actor_id) == ("reviewer", "U0ALICE")
    written = json.dumps([[each.facts, each.actor_proof] for each in await town.entries()])
    assert code not in written
    assert app.totp.secret not in written
    dumped = json.dumps(
        [town.rows(f"SELECT * FROM {each}") for each in ("second_factors", "modals", "forms")], default=str
    )
    assert app.totp.secret not in dumped
    assert code not in dumped


async def test_who_has_no_second_factor_is_told_what_to_do_and_approves_nothing(town):
    proposal, _ = await asked(town)
    assert "Type `/approvals enrol`" in await town.told("U0ALICE")
    assert await town.status(proposal) == "pending"
    assert await town.refused(proposal, 1) == ["not-enrolled"]


async def test_a_code_counts_once_and_so_does_that_of_the_enrolment(town, clock):
    app = await enrolled(town, clock)
    first, _ = await asked(town)
    assert "counted before" in errors(await typed(town, app.code()))
    assert await town.status(first) == "pending"
    code = app.next()
    assert not errors(await typed(town, code))
    second, _ = await asked(town, payload={"amount": 250, "to": "acct_2"})
    assert "counted before" in errors(await typed(town, code))
    assert await town.status(second) == "pending"
    assert not errors(await typed(town, app.next()))
    assert (await town.get(second["id"], wait=5))["status"] == "approved"


async def test_a_clock_that_is_half_a_minute_off_counts_and_one_further_off_does_not(town, clock):
    app = await enrolled(town, clock)
    proposal, _ = await asked(town)
    clock.forward(300)
    for steps in (-2, 2):
        assert "not the code" in errors(await typed(town, app.code(steps)))
    assert not errors(await typed(town, app.code(-1)))
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"


async def test_after_a_few_wrong_codes_none_counts_for_an_hour_and_the_operators_are_told(town, clock):
    app = await enrolled(town, clock)
    proposal, _card = await asked(town)
    app.next()
    assert "4 more tries" in errors(await wrong(town, app, 1))
    assert "until" in errors(await wrong(town, app, 4))
    await ops_saying(town, "<@U0ALICE> typed too many codes that were wrong")
    assert "until" in errors(await typed(town, app.code()))
    assert await town.status(proposal) == "pending"
    clock.forward(minutes=59)
    later, _ = await asked(town, payload={"amount": 250, "to": "acct_2"})
    assert "until" in errors(await typed(town, app.code()))
    clock.forward(minutes=2)
    assert not errors(await typed(town, app.code()))
    assert (await town.get(later["id"], wait=5))["status"] == "approved"
    await town.bot.lifecycle.sweep()  # what waited meanwhile has expired


async def test_what_is_no_code_costs_no_try_and_the_other_word_is_wanted_too(town, clock):
    await enrolled(town, clock)
    proposal, _ = await asked(town)
    for code in ("12345", "abcdef", "1234567"):
        assert "Type the six digits" in errors(await typed(town, code))
    assert "code:refused" not in [each.tag for each in await town.entries()]
    assert await town.status(proposal) == "pending"


async def test_edit_and_approve_takes_a_code_too_and_it_is_for_what_it_was_made(town, clock):
    app = await enrolled(town, clock)
    proposal, card = await town.proposed("pay.out", PAYMENT)
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.form_saying("U0ALICE", "acct_1")
    await town.slack.submit("U0ALICE", {"to": "acct_9"})
    app.next()
    assert "not the code" in errors(await wrong(town, app, 1))
    assert (await town.get(proposal["id"]))["revision"] == 1
    assert not errors(await typed(town, app.code()))
    answer = await town.get(proposal["id"], wait=5)
    assert (answer["status"], answer["revision"]) == ("approved", 2)
    (entry,) = [each for each in await town.entries(proposal["id"]) if each.tag == "code:accepted"]
    assert json.loads(entry.facts)["use"]["digest"] == answer["digest"] != proposal["digest"]


async def test_another_persons_code_does_not_count(town, clock):
    await enrolled(town, clock)
    bob = await enrolled(town, clock, "U0BOB")
    proposal, _ = await asked(town)
    assert "not the code" in errors(await typed(town, bob.next()))
    assert await town.status(proposal) == "pending"


async def test_a_first_code_that_is_wrong_enrols_nobody_and_may_be_typed_again(town, clock):
    await town.slack.command("U0ALICE", SUPPORT, "/approvals", "enrol")
    app = App(await shown_key(town, "U0ALICE"), clock)
    label = "The code that it shows now"
    assert "six digits" in errors(await town.slack.submit("U0ALICE", {label: "12"}))
    assert "not the code" in errors(await town.slack.submit("U0ALICE", {label: app.code(5)}))
    assert town.rows("SELECT 1 FROM second_factors") == []
    await town.slack.submit("U0ALICE", {label: app.code()})
    await town.modal_saying("U0ALICE", "You have a second factor.")


async def test_who_has_one_gets_no_other_before_two_operators_reset_it(town, clock):
    app = await enrolled(town, clock)
    assert "have a second factor already" in visible_text(await say(town, "U0ALICE", "enrol"))
    for text in ("enrol reset <@U0ALICE>",):
        assert "two operators" in visible_text(await say(town, "U0BOB", text))
        assert "*Ask for the reset" in visible_text(await say(town, "U0DAVE", text))
        await town.slack.submit("U0DAVE")
        await ops_saying(town, "<@U0DAVE> asks for the reset of the second factor of <@U0ALICE>")
        assert "*Reset the second factor" in visible_text(await say(town, "U0DAVE", text))
        await town.slack.submit("U0DAVE")
        await town.modal_saying("U0DAVE", "Another operator has to do the same")
        assert len(town.rows("SELECT 1 FROM second_factors")) == 1
        assert "<@U0DAVE> asked for it" in visible_text(await say(town, "U0CAROL", text))
        await town.slack.submit("U0CAROL")
        await town.modal_saying("U0CAROL", "It is reset")
    proposal, _ = await asked(town)
    assert "Type `/approvals enrol`" in await town.told("U0ALICE")
    tags = [each.tag for each in await town.entries() if each.tag.startswith("second_factor:")]
    assert tags == ["second_factor:enrolled", "second_factor:reset_requested", "second_factor:reset"]
    clock.forward(60)
    again = await enrolled(town, clock)
    assert again.totp.secret != app.totp.secret
    assert await town.status(proposal) == "pending"


async def test_a_request_to_reset_is_over_after_a_day(town, clock):
    await enrolled(town, clock)
    await say(town, "U0DAVE", "enrol reset <@U0ALICE>")
    await town.slack.submit("U0DAVE")
    await ops_saying(town, "asks for the reset")
    clock.forward(hours=24)
    assert "*Ask for the reset" in visible_text(await say(town, "U0CAROL", "enrol reset <@U0ALICE>"))
    await town.slack.submit("U0CAROL")
    assert len(town.rows("SELECT 1 FROM second_factors")) == 1


@pytest.mark.parametrize("text", ["enrol me", "enrol reset Alice", "enrol reset"])
async def test_what_cannot_be_is_answered_with_what_to_type(town, text):
    assert "/approvals enrol reset @NAME" in visible_text(await say(town, "U0DAVE", text))


async def test_rejecting_takes_no_code(town):
    proposal, card = await town.proposed("pay.out", PAYMENT)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "No."})
    assert await town.status(proposal) == "rejected"


async def test_the_commands_of_the_page_open_the_forms_that_it_tells_of(town, clock):
    enrol, reset = (each.strip() for each in blocks(ROOT / "docs" / "how-to" / "second-factor.md", "text"))
    assert enrol == "/approvals enrol"
    await enrolled(town, clock)
    text = reset.removeprefix("/approvals ").replace("@alice", "<@U0ALICE>")
    assert "*Ask for the reset" in visible_text(await say(town, "U0DAVE", text))
