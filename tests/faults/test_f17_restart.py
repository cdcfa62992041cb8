"""F17: a restart while thousands wait. It is ready soon, what is overdue is refused at once, and gets no card any more."""

import asyncio
import time

import pytest

from tests.faults.life import BODY
from tests.faults.premises import premises
from tests.patience import PATIENCE
from tests.tally import injected
from tests.town import POLICY, SUPPORT

SENDERS = 16
AMPLE = POLICY.replace(
    'actions: ["email.*", "refund.*"',
    'pending_limit: 10000\n    rate_limit: 10000\n    actions: ["email.*", "refund.*"',
)
"""With room for as many as there are."""


async def wait_by(place, count, **more):
    """So many proposals that wait; their ids."""
    numbers, made = iter(range(count)), []

    async def send():
        for number in numbers:
            body = {**BODY, "payload": {"to": f"{number} of {more}"}, **more}
            async with place.agent.post("/v1/proposals", json=body) as answer:
                assert answer.status == 201, await answer.text()
                made.append((await answer.json())["id"])

    await asyncio.gather(*(send() for _ in range(SENDERS)))
    return made


async def restarted(folder, count):
    """Half of them overdue at the restart; the seconds until it was ready, and until nothing overdue waited any more."""
    async with premises(folder, "http", policy=AMPLE, sweep="off") as place:
        await place.start()
        late = await wait_by(place, count // 2, expires_in=1)
        waiting = await wait_by(place, count // 2)
        await place.get(late[-1], wait=30)  # by its deadline all of them are late
        await place.kill()
        cards = {ts for (ts,) in place.rows("SELECT ts FROM messages WHERE ts IS NOT NULL")}
        place.a_minute_passes()
        place.sweep = "on"
        begun = time.monotonic()
        await place.start()
        ready = time.monotonic() - begun
        for each in (late[0], late[len(late) // 2], late[-1]):
            answer = await place.get(each)
            assert (answer["status"], answer["cause"]) == ("rejected", "expired")
        async with asyncio.timeout(3 * PATIENCE):
            while place.rows("SELECT count(*) FROM proposals WHERE status = 'pending'") != [(len(waiting),)]:
                assert (await place.get(waiting[0]))["status"] == "pending"
        swept = time.monotonic() - begun
        assert place.rows("SELECT count(*) FROM proposals WHERE cause = 'expired'") == [(len(late),)]
        last = await place.propose("email.last", payload={"to": "last"}, session=place.other)
        await place.card(SUPPORT, last)  # another agent's, so the courier is at work and nobody is held up
        new = [each for each in place.slack.messages(SUPPORT) if each["ts"] not in cards]
        assert not [each for each in new if any(overdue in str(each) for overdue in late[:100])]
    return ready, swept


async def test_f17_after_a_restart_while_hundreds_wait_what_is_overdue_is_refused_at_once(tmp_path, record_property):
    ready, swept = await restarted(tmp_path, 400)
    injected(
        record_property,
        "F17 restart, 400 waiting",
        "sqlite",
        1,
        f"ready in {ready:.1f} s, all refused in {swept:.1f} s",
    )


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
async def test_f17_after_a_restart_while_ten_thousand_wait_the_same_holds(tmp_path, record_property):
    ready, swept = await restarted(tmp_path, 10_000)
    injected(
        record_property,
        "F17 restart, 10,000 waiting",
        "sqlite",
        1,
        f"ready in {ready:.1f} s, all refused in {swept:.1f} s",
    )
