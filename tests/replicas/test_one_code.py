"""Two bots, one code: sent with two approvals to two processes at once, it counts for one of them."""

import asyncio

from sandbox.deliver import encode
from tests.journeys.test_second_factor import CODES, PAYMENT, App, shown_key
from tests.replicas.premises import replicas
from tests.town import SUPPORT


async def submission(place, bot, card, code):
    """What Slack would send for the filled form behind a card, which no bot has got yet."""
    await place.clicked(bot, "U0ALICE", SUPPORT, card, "approve")
    await place.modal_saying("U0ALICE", "Code from your authenticator app")
    place.slack.deliver_to(f"{bot.url}/nowhere")
    typed = {"Type the value of amount": "250", "Code from your authenticator app": code}
    await place.slack.submit("U0ALICE", typed)
    payload = place.slack.last_payload
    await place.slack.close_modal("U0ALICE")
    return payload


async def sent(place, bot, payload):
    """What the bot answers to the form."""
    body, kind = encode("interactive", payload)
    headers = place.slack.sign(body, int(place.slack.workspace.clock())) | {"Content-Type": kind}
    async with place.agent.post(f"{bot.url}/slack/events", data=body, headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_of_two_approvals_that_two_bots_take_at_once_with_one_code_one_counts(tmp_path):
    async with replicas(tmp_path, "http", policy=CODES) as place:
        bots = await place.start_all(2)
        place.slack.deliver_to(f"{bots[0].url}/slack/events")
        await place.slack.command("U0ALICE", SUPPORT, "/approvals", "enrol")
        app = App(await shown_key(place, "U0ALICE"), place.clock)
        await place.slack.submit("U0ALICE", {"The code that it shows now": app.code()})
        await place.modal_saying("U0ALICE", "You have a second factor.")
        made = [await place.propose("pay.out", {**PAYMENT, "to": name}) for name in ("acct_1", "acct_2")]
        cards = [await place.card(SUPPORT, each) for each in made]
        code = app.code(1)
        forms = [await submission(place, bot, card, code) for bot, card in zip(bots, cards, strict=True)]
        answers = await asyncio.gather(*(sent(place, bot, form) for bot, form in zip(bots, forms, strict=True)))
        assert sorted([await place.status(each) for each in made]) == ["approved", "pending"]
        assert ["counted before" in each for each in answers].count(True) == 1
        tags = [tag for (tag,) in place.rows("SELECT tag FROM entries WHERE tag LIKE 'code:%' ORDER BY seq")]
        assert sorted(tags) == ["code:accepted", "code:accepted", "code:refused"], "the first is that of the enrolment"
