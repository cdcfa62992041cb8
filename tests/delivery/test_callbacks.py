"""Callbacks: signed, tried on schedule with one id, given up where a person can see it."""

import asyncio
import socket

import pytest

from delivery.backoff import SCHEDULE, scheduled
from delivery.callbacks import LONGEST_REST, rest_of
from storage.callbacks import CONCURRENCY
from tests.certificates import own_authority
from tests.delivery.calling import calling
from tests.making import START, Clock
from tests.receiver import OTHER_SECRET, SECRET, receiving
from tests.storage.town import ALICE, BOB, notices


async def test_a_decision_is_told_once_signed_and_as_get_answers(calls, http_receiver, hook):
    proposal = await calls.approved(hook)
    await calls.drain()
    (got,) = http_receiver.got
    assert got.verified()
    assert got.path == "/hooks/1"
    assert got.headers["content-type"] == "application/json"
    assert "authorization" not in got.headers
    assert "cookie" not in got.headers
    event = got.event
    assert (event["specversion"], event["source"], event["type"]) == (
        "1.0",
        "urn:signoff",
        "signoff.proposal.approved",
    )
    assert (event["id"], event["subject"]) == (got.id, proposal.id)
    assert event["time"] == event["timestamp"] == "2026-11-20T10:15:00.000Z"
    assert (event["data"]["status"], event["data"]["version"]) == ("approved", proposal.version)
    assert event["data"]["digest"] == proposal.digest
    kept = await calls.only()
    assert (kept.state, kept.attempts, kept.why) == ("delivered", 1, None)
    await calls.drain()
    assert len(http_receiver.got) == 1


async def test_the_id_is_that_of_the_audit_entry_and_has_no_full_stop(calls, http_receiver, hook):
    await calls.approved(hook)
    await calls.drain()
    (entry,) = [entry for entry in await calls.store.audit.entries() if entry.tag == "proposal:approved"]
    assert http_receiver.got[0].id == entry.id
    assert "." not in entry.id


async def test_who_asked_for_none_and_what_waits_calls_nobody(calls, http_receiver, hook):
    await calls.approved(None)
    await calls.proposed(hook)
    await calls.drain()
    assert http_receiver.got == []


async def test_what_the_policy_lets_run_at_once_is_told_too(calls, http_receiver, hook):
    await calls.proposed(hook, amount=5)
    await calls.drain()
    assert [(got.told, got.event["data"]["cause"]) for got in http_receiver.got] == [("approved", "auto")]


async def test_with_two_secrets_there_are_two_signatures_and_the_newest_are_used_at_every_attempt(
    calls, http_receiver, hook
):
    http_receiver.answers = [500]
    calls.books.known = [OTHER_SECRET, SECRET]
    await calls.approved(hook)
    await calls.drain()
    calls.books.known = [OTHER_SECRET]
    calls.clock.forward(5)
    await calls.drain()
    first, second = http_receiver.got
    assert first.verified(SECRET, OTHER_SECRET)
    assert second.verified(OTHER_SECRET)
    assert not second.verified(SECRET)


async def test_ten_attempts_with_one_id_on_schedule_and_then_it_is_parked_and_told(calls, http_receiver, hook):
    http_receiver.answers = [500] * 20
    await calls.approved(hook)
    await calls.drain()
    for number, seconds in enumerate(SCHEDULE, start=1):
        assert await calls.next_in() == seconds
        calls.clock.forward(seconds - 0.001)
        await calls.drain()
        assert len(http_receiver.got) == number
        calls.clock.forward(0.001)
        await calls.drain()
        assert len(http_receiver.got) == number + 1
    kept = await calls.only()
    assert (kept.state, kept.attempts) == ("dead_letter", 10)
    assert kept.why == "the receiver answered 500 (attempt 10, the last)"
    assert len({got.id for got in http_receiver.got}) == 1
    assert all(got.verified() for got in http_receiver.got)
    assert [got.at - http_receiver.got[0].at for got in http_receiver.got] == [sum(SCHEDULE[:n]) for n in range(10)]
    ((channel, text),) = await notices(calls.store, calls.clock.now())
    assert channel == "C0OPS"
    assert f"to {http_receiver.url} were given up" in text
    calls.clock.forward(10**6)
    await calls.drain()
    assert len(http_receiver.got) == 10


async def test_what_was_given_up_begins_anew_with_the_same_id_when_somebody_says_so(calls, http_receiver, hook):
    http_receiver.answers = [500] * 10
    await calls.approved(hook)
    await calls.drain()
    for seconds in SCHEDULE:
        calls.clock.forward(seconds)
        await calls.drain()
    first = http_receiver.got[0].id
    assert await calls.store.callbacks.retry("ent_unknown", calls.clock.now()) == []
    assert await calls.store.callbacks.retry(None, calls.clock.now()) == [first]
    await calls.drain()
    assert [got.id for got in http_receiver.got] == [first] * 11
    assert (await calls.only()).state == "delivered"
    assert await calls.store.callbacks.retry(first, calls.clock.now()) == []
    assert await calls.store.callbacks.retry(None, calls.clock.now()) == []


def test_what_failed_together_is_scattered_over_a_tenth():
    assert [scheduled(0, spread) for spread in (0.0, 0.5, 1.0)] == [5.0, 5.25, 5.5]
    assert scheduled(9, 0.0) is None


async def test_a_restart_in_the_middle_keeps_the_id_the_count_and_the_moment(tmp_path, http_receiver, hook):
    clock, database = Clock(), tmp_path / "signoff.db"
    http_receiver.answers = [500, 500]
    async with calling(database, clock) as calls:
        await calls.approved(hook)
        await calls.drain()
        clock.forward(5)
        await calls.drain()
    async with calling(database, clock) as calls:
        assert ((await calls.only()).attempts, await calls.next_in()) == (2, 300)
        clock.forward(299)
        await calls.drain()
        assert len(http_receiver.got) == 2
        clock.forward(1)
        await calls.drain()
    assert [got.id for got in http_receiver.got] == [http_receiver.got[0].id] * 3


async def test_what_was_under_way_when_the_process_died_is_sent_again_after_its_lease(tmp_path, http_receiver, hook):
    clock = Clock()
    async with calling(tmp_path / "signoff.db", clock) as calls:
        await calls.approved(hook)
        leased = await calls.store.callbacks.lease(clock.now(), 30.0)
        await calls.drain()
        assert http_receiver.got == []
        clock.forward(30)
        await calls.drain()
        assert [got.id for got in http_receiver.got] == [leased.event]
        await calls.store.callbacks.postpone(leased, clock.forward(9), "late", failed=True)
        assert (await calls.only()).state == "delivered"


async def test_410_ends_callbacks_of_that_proposal_and_of_no_other(calls, http_receiver, hook):
    other = await calls.proposed(hook)
    proposal = await calls.approved(hook)
    http_receiver.answers = [410]
    await calls.drain()
    kept = await calls.only()
    assert (kept.state, kept.why) == ("stopped", "the receiver answered 410: it wants no more of this proposal")
    proposal = await calls.store.find(proposal.id)
    await calls.lifecycle.reject(proposal.id, BOB, "No", proposal.nonce)
    await calls.lifecycle.approve(other.id, ALICE, other.nonce)
    await calls.drain()
    assert [(got.told, got.event["subject"]) for got in http_receiver.got] == [
        ("approved", proposal.id),
        ("approved", other.id),
    ]
    counts = await calls.store.callbacks.counts()
    assert (counts.waiting, counts.dead_letter, counts.stopped) == (0, 0, 1)


async def test_410_ends_what_waits_for_a_later_attempt_as_well(calls, http_receiver, hook):
    http_receiver.answers = [500, 410]
    proposal = await calls.approved(hook)
    await calls.drain()
    proposal = await calls.store.find(proposal.id)
    await calls.lifecycle.reject(proposal.id, BOB, "No", proposal.nonce)
    await calls.drain()
    assert [kept.state for kept in await calls.kept()] == ["stopped", "stopped"]
    calls.clock.forward(10**6)
    await calls.drain()
    assert len(http_receiver.got) == 2


async def test_a_stopped_one_can_be_retried_by_its_id_and_not_with_all(calls, http_receiver, hook):
    http_receiver.answers = [410]
    await calls.approved(hook)
    await calls.drain()
    assert await calls.store.callbacks.retry(None, calls.clock.now()) == []
    (got,) = http_receiver.got
    assert await calls.store.callbacks.retry(got.id, calls.clock.now()) == [got.id]
    await calls.drain()
    assert [each.id for each in http_receiver.got] == [got.id, got.id]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_is_a_failed_attempt(calls, http_receiver, hook, status):
    http_receiver.answers = [(status, {"Location": f"{http_receiver.url}/elsewhere"})]
    await calls.approved(hook)
    await calls.drain()
    assert [got.path for got in http_receiver.got] == ["/hooks/1"]
    kept = await calls.only()
    assert (kept.state, kept.why) == ("waiting", f"the receiver answered {status}, and redirects are not followed")
    assert await calls.next_in() == 5


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_takes_it(calls, http_receiver, hook, status):
    http_receiver.answers = [status]
    await calls.approved(hook)
    await calls.drain()
    assert (await calls.only()).state == "delivered"


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502])
async def test_any_other_answer_is_a_failed_attempt(calls, http_receiver, hook, status):
    http_receiver.answers = [(status, {"Retry-After": "3000"})]
    await calls.approved(hook)
    await calls.drain()
    assert (await calls.only()).why == f"the receiver answered {status}"
    assert await calls.next_in() == 5


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_receiver_is_left_alone_as_long_as_it_asks(calls, http_receiver, hook, status):
    http_receiver.answers = [(status, {"Retry-After": "120"})]
    await calls.approved(hook)
    await calls.drain()
    assert await calls.next_in() == 120
    calls.clock.forward(119)
    await calls.drain()
    assert len(http_receiver.got) == 1
    calls.clock.forward(1)
    await calls.drain()
    assert (await calls.only()).state == "delivered"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("0", 0),
        ("7", 7),
        ("9" * 9, LONGEST_REST),
        ("9" * 30, 0),
        ("Fri, 20 Nov 2026 10:16:00 GMT", 60),
        ("Fri, 20 Nov 2026 10:16:00", 60),
        ("Fri, 20 Nov 2026 10:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_REST),
    ],
)
def test_retry_after_is_understood_in_both_forms_and_has_a_limit(asked, seconds):
    assert rest_of(asked, START) == seconds


async def test_a_receiver_that_is_down_is_tried_again(calls):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await calls.approved(f"http://127.0.0.1:{port}/hooks/1")
    await calls.drain()
    kept = await calls.only()
    assert (kept.state, kept.why) == ("waiting", "the receiver is out of reach: it cannot be connected to")
    async with receiving(port) as http_receiver:
        calls.clock.forward(5)
        await calls.drain()
        assert len(http_receiver.got) == 1


async def test_one_that_never_answers_is_a_failed_attempt(tmp_path, http_receiver, hook):
    http_receiver.held = asyncio.Event()
    async with calling(tmp_path / "signoff.db", Clock(), patience=0.05) as calls:
        await calls.approved(hook)
        await calls.drain()
        assert (await calls.only()).why == "the receiver did not answer in time"
    http_receiver.held.set()


async def test_a_certificate_that_nobody_vouches_for_is_a_failed_attempt(tmp_path, calls):
    _, tls = own_authority(tmp_path)
    async with receiving(tls=tls) as http_receiver:
        await calls.approved(f"{http_receiver.url}/hooks/1")
        await calls.drain()
        assert (await calls.only()).why == "the receiver's certificate cannot be trusted"
        assert http_receiver.got == []


@pytest.mark.parametrize("url", ["https://127.1/hooks/1", "https://a.example:99999/hooks/1"])
async def test_what_is_no_address_at_all_is_parked_at_once(calls, url):
    await calls.approved(url)
    await calls.drain()
    kept = await calls.only()
    assert (kept.state, kept.attempts, kept.why) == ("dead_letter", 1, "the address is no URL that can be called")


async def test_one_that_talks_rubbish_is_a_failed_attempt(calls):
    async def rubbish(_, writer):
        writer.write(b"220 smtp.example.com ready\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(rubbish, "127.0.0.1", 0)
    async with server:
        await calls.approved(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks/1")
        await calls.drain()
    assert (await calls.only()).why.startswith("the receiver gave no proper answer")


async def test_an_endless_answer_is_not_read(calls):
    sent = asyncio.Event()

    async def endless(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            sent.set()
        finally:
            writer.close()

    server = await asyncio.start_server(endless, "127.0.0.1", 0)
    async with server:
        await calls.approved(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks/1")
        await calls.drain()
        assert (await calls.only()).state == "delivered"
        await asyncio.wait_for(sent.wait(), 20)


async def test_a_slow_receiver_holds_up_nobody_else(calls, http_receiver, hook):
    http_receiver.held = asyncio.Event()
    async with receiving() as other:
        for _ in range(3 * CONCURRENCY):
            await calls.approved(hook)
        await calls.approved(f"{other.url}/hooks/1")
        running = asyncio.create_task(calls.courier.run())
        await other.count(1)
        await http_receiver.until(lambda: http_receiver.under_way == CONCURRENCY)
        assert len(http_receiver.got) == CONCURRENCY
        http_receiver.held.set()
        await http_receiver.count(3 * CONCURRENCY)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_of_one_proposal_one_goes_at_a_time_and_never_an_older_state_after_a_newer(calls, http_receiver, hook):
    http_receiver.answers = [500]
    proposal = await calls.approved(hook)
    await calls.drain()
    proposal = await calls.store.find(proposal.id)
    await calls.lifecycle.reject(proposal.id, BOB, "No", proposal.nonce)
    await calls.drain()
    calls.clock.forward(5)
    await calls.drain()
    assert [(got.told, got.event["data"]["status"]) for got in http_receiver.got] == [
        ("approved", "approved"),
        ("revoked", "revoked"),
        ("approved", "revoked"),
    ]
    versions = [got.event["data"]["version"] for got in http_receiver.got]
    assert versions == sorted(versions)


async def test_while_one_of_a_proposal_is_under_way_the_next_waits_for_it(calls, http_receiver, hook):
    proposal = await calls.approved(hook)
    first = await calls.store.callbacks.lease(calls.clock.now(), 30.0)
    proposal = await calls.store.find(proposal.id)
    await calls.lifecycle.reject(proposal.id, BOB, "No", proposal.nonce)
    assert await calls.store.callbacks.lease(calls.clock.now(), 30.0) is None
    await calls.store.callbacks.complete(first)
    second = await calls.store.callbacks.lease(calls.clock.now(), 30.0)
    assert (second.agent_event, second.attempts) == ("revoked", 0)


async def test_what_was_taken_is_never_made_untaken(calls, http_receiver, hook):
    await calls.approved(hook)
    leased = await calls.store.callbacks.lease(calls.clock.now(), 30.0)
    await calls.store.callbacks.complete(leased)
    await calls.store.callbacks.dead_letter(leased, "late", tell=None)
    await calls.store.callbacks.stop(leased, "late")
    assert (await calls.only()).state == "delivered"
    assert await calls.store.callbacks.requeue() == 0
