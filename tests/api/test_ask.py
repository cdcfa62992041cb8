"""A reviewer asks while a proposal waits: the agent hears of it, replies once, and may offer another payload."""

import asyncio

import pytest

from tests.patience import PATIENCE

OTHER = "token-of-other-0123456789abcdefghijk"


async def asked(endpoint, text="Which invoice?", **changes):
    made = await endpoint.propose(**changes)
    await endpoint.ask(made, text)
    return made


@pytest.mark.parametrize("after", [False, True])
async def test_who_waits_hears_of_a_question_at_once(endpoint, after):
    made = await endpoint.propose()
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55" + (f"&after={made['version']}" if after else "")))
    await endpoint.until_waiting(1)
    assert not waiting.done()
    await endpoint.ask(made, "Which\ninvoice?")
    async with asyncio.timeout(PATIENCE):
        answer = await waiting
    assert (answer["status"], answer["question"]["text"]) == ("pending", "Which\ninvoice?")
    assert f'a reviewer asks ("Which invoice?"): reply with POST /v1/proposals/{made["id"]}/reply' in answer["message"]
    assert "2026-11-20T11:15:00.000Z" in answer["message"]


async def test_a_question_without_a_reply_is_told_at_once_unless_one_waits_for_a_later_version(endpoint):
    made = await asked(endpoint)
    async with asyncio.timeout(PATIENCE):
        shown = await endpoint.show(made, "?wait=55")
    waiting = asyncio.create_task(endpoint.show(made, f"?wait=55&after={shown['version']}"))
    await endpoint.until_waiting(1)
    assert not waiting.done()
    await endpoint.approve(made)
    assert (await waiting)["status"] == "approved"


async def test_after_the_reply_one_waits_on_for_the_decision(endpoint):
    made = await asked(endpoint)
    await endpoint.do(made, "reply", {"text": "4711."})
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    assert not waiting.done()
    await endpoint.approve(made)
    answer = await waiting
    assert (answer["status"], answer["question"]["reply"]) == ("approved", "4711.")
    assert "asks" not in answer["message"]


async def test_where_nobody_asked_there_is_no_question(endpoint):
    made = await endpoint.propose()
    assert (made["question"], made["questions"]) == (None, [])


async def test_the_newest_question_stands_alone_and_all_of_them_in_order(endpoint):
    made = await asked(endpoint)
    first = await endpoint.do(made, "reply", {"text": "4711.", "question": "q1"})
    endpoint.clock.forward(minutes=1)
    await endpoint.ask(made, "And who pays?")
    shown = await endpoint.show(made)
    assert [each["id"] for each in shown["questions"]] == ["q1", "q2"]
    assert shown["questions"][0] == first["question"]
    assert (
        shown["question"]
        == shown["questions"][1]
        == {
            "id": "q2",
            "text": "And who pays?",
            "asked_by": "U0ALICE",
            "asked_at": "2026-11-20T10:16:00.000Z",
            "reply": None,
            "replied_at": None,
        }
    )


async def test_the_same_reply_again_is_answered_with_what_is_and_another_is_refused(endpoint):
    made = await asked(endpoint)
    sent = {"text": "So.", "payload": {"amount": 200, "order": "A-1"}}
    once = await endpoint.do(made, "reply", sent)
    assert await endpoint.do(made, "reply", {"payload": {"order": "A-1", "amount": 200.0}, "text": "So."}) == once
    for other in ({"text": "So."}, {**sent, "payload": {"amount": 201}}, {**sent, "text": "So it is."}):
        no = await endpoint.do(made, "reply", other, expect=409)
        assert no["type"] == "urn:signoff:problem:not-asked"
    endpoint.clock.forward(hours=2)
    assert (await endpoint.do(made, "reply", sent))["cause"] == "expired"


async def test_a_retry_that_names_its_question_never_answers_the_next(endpoint):
    made = await asked(endpoint)
    sent = {"text": "Yes.", "question": "q1"}
    await endpoint.do(made, "reply", sent)
    await endpoint.ask(made, "Are you sure?")
    assert (await endpoint.do(made, "reply", sent))["question"]["reply"] is None
    no = await endpoint.do(made, "reply", {"text": "No.", "question": "q3"}, expect=409)
    assert no["type"] == "urn:signoff:problem:not-asked"
    assert (await endpoint.do(made, "reply", {"text": "Yes.", "question": "q2"}))["question"]["reply"] == "Yes."


async def test_nothing_is_replied_where_nobody_asked_and_the_try_is_kept(endpoint):
    made = await endpoint.propose()
    no = await endpoint.do(made, "reply", {"text": "By the way."}, expect=409)
    assert no["type"] == "urn:signoff:problem:not-asked"
    trail = await endpoint.lifecycle.store.reads.trail(made["id"])
    assert (trail[-1].tag, trail[-1].facts["verb"]) == ("proposal:refused", "reply")


async def test_another_agents_question_is_not_answered(endpoint):
    made = await asked(endpoint)
    await endpoint.do(made, "reply", {"text": "Mine now."}, expect=404, token=OTHER)
    assert (await endpoint.show(made))["question"]["reply"] is None


async def test_what_is_decided_takes_no_reply(endpoint):
    made = await asked(endpoint)
    await endpoint.approve(made)
    no = await endpoint.do(made, "reply", {"text": "Late."}, expect=409)
    assert no["type"] == "urn:signoff:problem:not-approved"


async def test_a_payload_in_a_reply_is_what_would_run_and_is_no_edit(endpoint):
    made = await asked(endpoint)
    await endpoint.do(made, "reply", {"text": "Less.", "payload": {"amount": 20}})
    await endpoint.approve(made)
    shown = await endpoint.show(made)
    assert (shown["payload"], shown["edited"], shown["revision"]) == ({"amount": 20}, False, 2)
    assert "the payload of this answer, as the reply changed it, once" in shown["message"]
    no = await endpoint.do(made, "claim", {"digest": made["digest"]}, expect=409)
    assert no["type"] == "urn:signoff:problem:digest-mismatch"
    assert (await endpoint.do(made, "claim", {"digest": shown["digest"]}))["payload"] == {"amount": 20}


async def test_a_payload_in_a_reply_is_held_to_the_schemas(endpoint):
    made = await asked(endpoint, action="refund.checked")
    no = await endpoint.do(made, "reply", {"text": "Less.", "payload": {"amount": "20"}}, expect=422)
    assert no["type"] == "urn:signoff:problem:schema"
    assert no["errors"][0]["pointer"] == "/payload/amount"
    shown = await endpoint.show(made)
    assert (shown["revision"], shown["question"]["reply"]) == (1, None)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 4001}, "/text"),
        ({"text": 1}, "/text"),
        ({"text": "So.", "payload": []}, "/payload"),
        ({"text": "So.", "payload": "{}"}, "/payload"),
        ({"text": "So.", "question": ""}, "/question"),
        ({"text": "So.", "question": 1}, "/question"),
        ({"text": "So.", "reasoning": "x"}, "/reasoning"),
    ],
)
async def test_a_reply_that_says_something_else_is_refused(endpoint, sent, pointer):
    made = await asked(endpoint)
    no = await endpoint.do(made, "reply", sent, expect=422)
    assert [each["pointer"] for each in no["errors"]] == [pointer]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"text": "a", "text": "b"}',
        b'{"text": "a", "payload": {"x": 1, "x": 2}}',
        b'{"text": "a", "payload": {"x": NaN}}',
        b'{"text": "a", "payload": {"x": 9007199254740993}}',
        b'{"text": "\\ud800"}',
    ],
)
async def test_a_reply_that_two_could_read_differently_is_refused(endpoint, raw):
    made = await asked(endpoint)
    await endpoint.do(made, "reply", None, raw=raw, expect=422)
    assert (await endpoint.show(made))["question"]["reply"] is None


@pytest.mark.parametrize("text", ["\x00", "x" * 4000, "\U0001f389" * 4000])
async def test_whatever_a_reply_says_is_kept_as_it_is(endpoint, text):
    made = await asked(endpoint)
    assert (await endpoint.do(made, "reply", {"text": text}))["question"]["reply"] == text
    assert (await endpoint.show(made))["question"]["reply"] == text
