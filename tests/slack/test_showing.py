"""What is short is made in the loop; what may be long is made elsewhere, and whoever waits is told where it is too much."""

import os

import pytest

from approvals.proposal import Preview
from bot.slack.cards.batch_card import Batched, unshown_shared_card
from bot.slack.cards.card import card, is_whole, unshown_card
from bot.worker import LIGHT, LIMITS, Showing, Worker, WorkLimit, light
from tests.making import START, make_proposal
from tests.slack.hostile import buttons
from tests.slack.limits import message_faults

HEAVY = {"body": "word " * LIGHT}


def where(*_values, **_named):
    """The process in which it is made."""
    return os.getpid()


def ends_itself(*_values):
    os._exit(1)


def nested(depth):
    return nested(depth - 1) if depth < 0 else {"a": nested(depth - 1)} if depth else 1


@pytest.fixture
async def showing():
    async with Worker(seconds=60, patience=60) as worker:
        yield Showing(worker=worker)


async def test_what_is_short_is_made_here_and_what_may_be_long_elsewhere(showing):
    assert await showing(where, make_proposal(), 250, offered={"a"}) == os.getpid()
    assert await showing(where, make_proposal(payload=HEAVY)) != os.getpid()
    assert await showing(where, make_proposal(), typed={"body": "x" * LIGHT}) != os.getpid()
    assert await Showing()(where, make_proposal(payload=HEAVY)) == os.getpid()


async def test_what_is_made_elsewhere_is_what_is_made_here(showing):
    heavy = make_proposal(payload={"body": "x" * LIGHT, "n": list(range(5000))}, redact=("n",))
    assert await showing(card, heavy, equals=("prp_1",)) == card(heavy, equals=("prp_1",))
    assert await showing(is_whole, heavy) is False


async def test_what_ends_on_the_way_is_never_taken_for_an_answer(showing):
    with pytest.raises(WorkLimit):
        await showing(ends_itself, make_proposal(payload=HEAVY))
    assert issubclass(WorkLimit, LIMITS)


@pytest.mark.parametrize(
    "value",
    [
        "x" * LIGHT,
        ["x"] * LIGHT,
        [[]] * LIGHT,
        {str(number): 1 for number in range(LIGHT)},
        {"x" * LIGHT: 1},
        [nested(20)] * 60,
        Preview(kind="text", text="x" * LIGHT),
        make_proposal(reasoning="x" * LIGHT),
        make_proposal(payload={"deep": [nested(20)] * 60}),
        Batched(proposals=tuple(make_proposal(payload={"n": "x" * 900}) for _ in range(20)), closes_at=START),
    ],
)
def test_much_is_found_to_be_much_whatever_it_is_made_of(value):
    assert not light(value)
    assert not light(1, value)


def test_an_ordinary_proposal_is_light():
    assert light(make_proposal(payload={"to": ["mira@example.com"] * 20, "body": "word " * 1_400}))
    assert light(None, 1, 2.5, True, frozenset({"a"}))


@pytest.mark.parametrize("offered", [(), ("edit", "details")])
def test_a_card_that_could_not_be_made_says_so_and_has_no_approve(offered):
    made = unshown_card(make_proposal(payload={"secret": "SEEN"}), mention="<@U0ALICE>", offered=offered)
    assert "no card of it could be made in time" in made.words
    assert "SEEN" not in made.words
    assert not made.whole
    assert "approve" not in buttons(made.blocks)
    assert "reject" in buttons(made.blocks)
    assert "<@U0ALICE>" in made.words
    assert message_faults(made.blocks, made.text) == []


def test_a_shared_card_that_could_not_be_made_leads_to_its_list():
    together = Batched(proposals=(make_proposal(payload={"secret": "SEEN"}),) * 3, closes_at=START)
    made = unshown_shared_card(together, mention="<@U0ALICE>")
    assert "no card of them could be made in time" in made.words
    assert "SEEN" not in made.words
    assert "Review" in made.words
    assert message_faults(made.blocks, made.text) == []
