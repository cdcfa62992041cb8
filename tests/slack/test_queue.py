"""Lists, the home tab and one proposal with its trail: limits, pages, empty states."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.events import Actor
from approvals.ports import Line
from approvals.proposal import Cause, Status
from bot.slack.home import home
from bot.slack.queue import Query, help_text, listing, not_found, shown
from bot.slack.text import words_of
from bot.slack.words import HELP
from tests.making import START, make_proposal
from tests.slack.hostile import BIG, MARK, buttons, elements, markup, proposals, texts
from tests.slack.limits import message_faults, sdk_accepts, sdk_accepts_view, view_faults

slow = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
KINDS = ("waiting", "mine", "all", "role", "agent", "history")
WORST = make_proposal(action="a" * 100, agent="x" * 200, summary="⟨" * 150, reasoning="\u202e" * 8000)


def line(tag, **facts):
    return Line(tag=tag, facts=facts, actor=Actor(kind="reviewer", id="U0BOB", team="T0TEAM"), at=START)


trails = st.lists(
    st.builds(
        lambda tag, reason: line(tag, by="U0BOB", cause="reviewer", reason=reason + MARK),
        st.sampled_from(["proposal:rejected", "proposal:withdrawn", "proposal:refused", "card:posted"]),
        texts,
    ),
    max_size=60,
)


@slow
@given(st.lists(proposals(), max_size=8), st.sampled_from(KINDS), texts, st.integers(0, 3))
def test_every_list_keeps_slacks_limits_and_parses_no_text_of_agents(found, kind, name, page):
    blocks, text = listing(Query(kind=kind, name=name + MARK, page=page), found, 100, 8)
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]
    assert MARK not in text


def test_a_list_of_the_longest_proposals_keeps_the_limits():
    blocks, text = listing(Query(kind="agent", name="<!channel>" * 80), [WORST] * 8, 10**6, 8)
    assert message_faults(blocks, text) == []
    view = home([WORST] * 15, 10**6, [WORST] * 15, 10**6)
    assert view_faults(view) == []
    assert sdk_accepts_view(view)


@slow
@given(proposals(), trails, st.integers(0, 9))
def test_a_proposal_with_its_trail_keeps_the_limits_and_parses_no_text_of_agents(proposal, trail, page):
    blocks, text = shown(proposal, trail, page)
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]
    assert not set("<>") & set(text)


@pytest.mark.parametrize("kind", BIG)
def test_the_largest_payloads_can_be_listed_and_shown(kind):
    proposal = make_proposal(payload=BIG[kind])
    assert message_faults(*shown(proposal, [line("proposal:submitted")])) == []
    assert message_faults(*listing(Query(kind="all"), [proposal], 1, 8)) == []


def test_an_entry_says_status_action_summary_agent_and_deadline_and_opens_a_review():
    proposal = make_proposal()
    blocks, text = listing(Query(kind="waiting"), [proposal], 1, 8)
    words = words_of(blocks)
    for expected in (
        "*Waiting* until",
        "refund.create Refund for order 1001",
        "by support-bot",
        "2026-11-20 11:15 UTC",
    ):
        assert expected in words
    assert buttons(blocks)["open_review"]["value"] == proposal.id
    assert text == "Waiting for you: 1"


def test_without_a_summary_the_first_words_of_the_reasoning_stand_in():
    blocks, _ = listing(Query(kind="waiting"), [make_proposal(summary=None, reasoning="Because " * 99)], 1, 8)
    assert "refund.create Because Because" in words_of(blocks)
    assert "…" in words_of(blocks)


def test_overdue_is_told_in_the_list():
    overdue = make_proposal(status=Status.claimed, cause=Cause.reviewer, overdue=True)
    assert "*Overdue:* somebody must look" in words_of(listing(Query(kind="all"), [overdue], 1, 8)[0])


def turns(page, total):
    blocks, _ = listing(Query(kind="role", name="finance", page=page), [make_proposal()] * 8, total, 8)
    return {name: Query.from_value(each["value"]) for name, each in buttons(blocks).items() if name.startswith("page")}


def test_pages_are_turned_by_buttons_that_carry_the_query():
    assert turns(0, 8) == {}
    assert turns(0, 9) == {"page_older": Query(kind="role", name="finance", page=1)}
    assert turns(1, 99) == {
        "page_newer": Query(kind="role", name="finance", page=0),
        "page_older": Query(kind="role", name="finance", page=2),
    }
    assert turns(1, 16) == {"page_newer": Query(kind="role", name="finance", page=0)}


@given(st.sampled_from([*KINDS, "show"]), texts, st.integers(0, 99_999))
def test_a_query_survives_its_button(kind, name, page):
    query = Query(kind=kind, name=name[:500], page=page)
    assert Query.from_value(query.to_value()) == query
    assert len(query.to_value()) <= 2000


@given(
    st.one_of(
        st.text(max_size=20), st.sampled_from(["", "waiting", "waiting:", "waiting:x:", "evil:0:", "all:-1:", "all:٣:"])
    )
)
def test_a_value_that_is_no_query_is_none(value):
    query = Query.from_value(value)
    assert query is None or Query.from_value(query.to_value()) == query
    assert Query.from_value("evil:0:") is None
    assert Query.from_value("all:-1:") is None
    assert Query.from_value("all:٣:") is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_says_so(kind):
    blocks, text = listing(Query(kind=kind, name="finance" if kind in ("role", "agent") else ""), [], 0, 8)
    assert message_faults(blocks, text) == []
    assert elements(blocks) == []
    assert text in words_of(blocks)


def test_an_empty_later_page_leads_back():
    blocks, text = listing(Query(kind="all", page=3), [], 5, 8)
    assert text == "This page is empty now."
    assert list(buttons(blocks)) == ["page_newer"]


def test_the_home_tab_has_what_waits_and_what_is_owned():
    view = home([make_proposal()], 30, [], 0)
    words = words_of(view["blocks"])
    assert "Waiting for you (30)" in words
    assert "… and 29 more: `/approvals`" in words
    assert "No proposal is yours." in words
    assert view_faults(home([], 0, [], 0)) == []


def test_the_whole_trail_can_be_paged_through():
    trail = [line("proposal:withdrawn", reason=f"event {number}") for number in range(200)]
    proposal, seen, page = make_proposal(), [], 0
    while True:
        blocks, text = shown(proposal, trail, page)
        assert message_faults(blocks, text) == []
        seen.append([word for word in words_of(blocks).split("\n") if word.startswith("event ")])
        if "page_older" not in buttons(blocks):
            break
        following = Query.from_value(buttons(blocks)["page_older"]["value"])
        assert (following.kind, following.name) == ("show", proposal.id)
        page = following.page
    assert [event for part in reversed(seen) for event in part] == [f"event {number}" for number in range(200)]


def test_a_trail_reads_from_old_to_new_with_what_people_wrote():
    trail = [line("proposal:submitted"), line("proposal:rejected", cause="reviewer", by="U0BOB", reason="Wrong order")]
    words = words_of(shown(replace(make_proposal(), status=Status.rejected, cause=Cause.reviewer), trail)[0])
    assert words.index("The agent proposed it.") < words.index("*Rejected* by <@U0BOB>.") < words.index("Wrong order")


def test_an_unknown_id_and_a_forbidden_one_sound_the_same():
    blocks, text = not_found("prp_<!channel>")
    assert message_faults(blocks, text) == []
    assert "no such proposal, or it is not yours to see" in text


def test_help_lists_every_word_that_is_understood():
    blocks, text = help_text()
    assert message_faults(blocks, text) == []
    assert all(f"`/approvals {verb}`" in words_of(blocks) for verb, _ in HELP if verb)
