"""Lists, the home tab and one proposal with its trail: limits, pages, empty states."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict
from approvals.events import Actor, as_json
from approvals.gate import Fact
from approvals.paging import Cursor, Listed
from approvals.ports import Line
from approvals.proposal import Action, Cause, Revision, Status
from bot.slack.blockkit.blocks import context_block, ours
from bot.slack.blockkit.text import length, words_of
from bot.slack.lists.home import LATELY_SIZE, WAITING, WAITING_SIZE, Home, home
from bot.slack.lists.pages import (
    decided,
    help_text,
    list_modal,
    list_page,
    missing_reports,
    not_found,
    several,
    trail_page,
)
from bot.slack.lists.query import ListQuery
from bot.slack.words.lists import HELP
from tests.making import START, make_proposal
from tests.slack.hostile import BIG, MARK, buttons, elements, markup, proposals, texts
from tests.slack.limits import message_faults, sdk_accepts, sdk_accepts_view, view_faults

slow = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
KINDS = ("waiting", "approved", "mine", "all", "role", "agent", "action", "overdue", "history")
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


def page(found, total=None, *, first=1, before=None, after=None, damaged=()):
    return Listed(
        proposals=list(found),
        total=len(found) + len(damaged) if total is None else total,
        first=first,
        before=before,
        after=after,
        damaged=tuple(damaged),
    )


PLACE = Cursor(rank=1, key=1_763_633_700_000, id="prp_" + "f" * 32, before=True)
LONGEST = {"role": "r", "agent": "⟨", "action": "a", "by": "U", "status": "s"}
queries = st.builds(
    ListQuery,
    kind=st.sampled_from(KINDS),
    role=texts.map(lambda text: "".join(filter(str.isprintable, text))[:90]),
    agent=texts.map(lambda text: "".join(filter(str.isprintable, text))[:90]),
    action=st.sampled_from(["", "refund.*", "*"]),
    by=st.sampled_from(["", "U0BOB", "<!channel>"]),
    status=st.sampled_from(["", "rejected"]),
    days=st.integers(0, 3650),
    as_of=st.integers(0, 10**13),
    at=st.none() | st.just(PLACE),
    home=st.booleans(),
)


@slow
@given(st.lists(proposals(), max_size=8), queries, st.booleans())
def test_every_list_keeps_slacks_limits_and_parses_no_text_of_agents(found, query, more):
    beside = PLACE if more else None
    given = page(found, 100, first=9, before=beside, after=beside, damaged=["x"])
    blocks, text = list_page(query, given, START, missing_reports(page(found[:3], 9), START))
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]
    assert MARK not in text
    view = list_modal(query, given, START, modal_id="mdl_1")
    assert view_faults(view) == []
    assert sdk_accepts_view(view)


def test_a_list_of_the_longest_proposals_keeps_the_limits():
    missing = missing_reports(page([WORST] * 2, 9), START)
    long = {"as_of": 10**14, "at": PLACE}
    names = {name: char * 100 for name, char in LONGEST.items()}
    for query, above in (
        (ListQuery(kind="waiting", **long), missing),
        (ListQuery(kind="agent", agent="⟨" * 100, **long), []),
        (ListQuery(kind="history", days=3650, **long, **names), []),
    ):
        given = page([WORST] * 8, 10**6, before=PLACE, after=PLACE, damaged=["x"])
        blocks, text = list_page(query, given, START, above)
        assert message_faults(blocks, text) == []
        assert view_faults(list_modal(query, given, START, modal_id="mdl_1")) == []
    lately = page([WORST] * LATELY_SIZE, 10**6, damaged=["x"])
    shown = Home(
        waiting=page([WORST] * WAITING_SIZE, 10**6, before=PLACE, after=PLACE, damaged=["x"]),
        overdue=page([WORST] * 3, 10**6),
        approved=lately,
        decided=lately,
        owned=lately,
    )
    view = home(shown, WAITING, "U0ALICE", START, [context_block(ours("lent"))])
    assert view_faults(view) == []
    assert sdk_accepts_view(view)


def test_what_stands_in_place_of_a_review_keeps_the_limits_and_carries_nothing_but_its_name():
    view = decided("*Rejected*", "mdl_1")
    assert view_faults(view) == []
    assert sdk_accepts_view(view)
    assert view["private_metadata"] == "mdl_1"


@slow
@given(proposals(), trails, st.integers(0, 9))
def test_a_proposal_with_its_trail_keeps_the_limits_and_parses_no_text_of_agents(proposal, trail, page):
    blocks, text = trail_page(proposal, trail, page)
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]
    assert not set("<>") & set(text)


@pytest.mark.parametrize("kind", BIG)
def test_the_largest_payloads_can_be_listed_and_shown(kind):
    proposal = make_proposal(payload=BIG[kind])
    assert message_faults(*trail_page(proposal, [line("proposal:submitted")])) == []
    assert message_faults(*list_page(ListQuery(kind="all"), page([proposal]), START)) == []


def test_an_entry_says_status_action_summary_agent_and_deadline_and_opens_a_review():
    proposal = make_proposal()
    blocks, text = list_page(ListQuery(kind="waiting"), page([proposal]), START + timedelta(minutes=35))
    words = words_of(blocks)
    for expected in (
        "*Waiting* until",
        "refund.create Refund for order 1001",
        "by support-bot",
        "2026-11-20 11:15 UTC> · 25 minutes left",
    ):
        assert expected in words
    assert buttons(blocks)["open_review"]["value"] == f'{proposal.id}.{{"kind":"waiting"}}'
    assert text == "Waiting for you: 1"


def test_without_a_summary_the_first_words_of_the_reasoning_stand_in():
    blocks, _ = list_page(
        ListQuery(kind="waiting"), page([make_proposal(summary=None, reasoning="Because " * 99)]), START
    )
    assert "refund.create Because Because" in words_of(blocks)
    assert "…" in words_of(blocks)


def test_overdue_is_told_in_the_list():
    overdue = make_proposal(status=Status.claimed, cause=Cause.reviewer, overdue=True)
    assert "*Overdue:* somebody must look" in words_of(list_page(ListQuery(kind="all"), page([overdue]), START)[0])


def turns(**beside):
    query = ListQuery(kind="role", role="finance", as_of=7)
    blocks, _ = list_page(query, page([make_proposal()] * 8, 99, **beside), START)
    return {
        name: ListQuery.from_value(each["value"]) for name, each in buttons(blocks).items() if name.startswith("page")
    }


def test_pages_are_turned_by_buttons_that_carry_the_query_and_the_place():
    query = ListQuery(kind="role", role="finance", as_of=7)
    forth, back = Cursor(rank=1, key=5, id="prp_1"), Cursor(rank=0, key=-5, id="prp_2", before=True)
    assert turns() == {}
    assert turns(after=forth) == {"page_next": replace(query, at=forth)}
    assert turns(before=back, after=forth) == {
        "page_back": replace(query, at=back),
        "page_next": replace(query, at=forth),
    }
    assert turns(before=back) == {"page_back": replace(query, at=back)}


def test_a_page_says_which_of_how_many_it_shows():
    proposal = make_proposal()
    for found, count in ((page([proposal]), "(1)"), (page([proposal] * 2, 9, first=3), "(3 to 4 of 9)")):
        assert f"Waiting for you {count}" in words_of(list_page(ListQuery(kind="waiting"), found, START)[0])


def test_what_is_damaged_is_counted_in_the_list_and_never_silently_left_out():
    blocks, _ = list_page(ListQuery(kind="all"), page([make_proposal()], damaged=["row 1", "row 2"]), START)
    assert "2 proposals are damaged in the database and not shown." in words_of(blocks)
    assert "What you may decide or own (3)" in words_of(blocks)
    alone, _ = list_page(ListQuery(kind="all"), page([], damaged=["row 1"]), START)
    assert "One proposal is damaged" in words_of(alone)


def test_a_history_says_which_filters_hold():
    query = ListQuery(kind="history", agent="shop", action="refund.*", by="U0BOB", status="failed", days=7)
    said = "Only: agent *shop* · action `refund.*` · decided by <@U0BOB> · *failed* · the last 7 days"
    for found in (page([make_proposal()]), page([])):
        assert said in words_of(list_page(query, found, START)[0])
    assert "Leave out a filter" in words_of(list_page(query, page([]), START)[0])
    assert "Only:" not in words_of(list_page(ListQuery(kind="history"), page([]), START)[0])


@given(queries | st.builds(ListQuery, kind=st.sampled_from(["show", "stats"]), page=st.integers(0, 99_999)))
def test_a_query_survives_its_button(query):
    assert ListQuery.from_value(query.to_value()) == query
    assert length(query.to_value()) <= 2000


@given(
    st.text(max_size=20)
    | st.sampled_from(
        [
            "",
            "null",
            "[]",
            "{}",
            '{"kind":"evil"}',
            '{"kind":"all","page":-1}',
            '{"kind":"all","page":true}',
            '{"kind":"all","days":99999}',
            '{"kind":"all","at":[0,0,1,true]}',
            '{"kind":"all","at":[]}',
            '{"kind":"all","role":7}',
            '{"kind":"all","home":1}',
            '{"kind":"all","nonsense":1}',
            '{"kind":"all","role":"\\u202e"}',
            '{"kind":["all"]}',
        ]
    )
)
def test_a_value_that_is_no_query_is_none(value):
    assert ListQuery.from_value(value) is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_says_so(kind):
    blocks, text = list_page(ListQuery(kind=kind), page([]), START)
    assert message_faults(blocks, text) == []
    assert elements(blocks) == []
    assert text in words_of(blocks)


def test_an_empty_later_page_leads_back():
    blocks, text = list_page(ListQuery(kind="all", at=PLACE), page([], 5, before=PLACE), START)
    assert text == "This page is empty now."
    assert list(buttons(blocks)) == ["page_back"]


def test_what_is_overdue_and_ones_own_stands_above_what_waits():
    late = make_proposal(status=Status.claimed, cause=Cause.reviewer, overdue=True, report_by=START, action="late.one")
    missing = missing_reports(page([late], 5), START)
    words = words_of(list_page(ListQuery(kind="waiting"), page([make_proposal()]), START, missing)[0])
    assert words.index("*Overdue: 5.*") < words.index("late.one") < words.index("refund.create")
    assert "… and 3 more: `/approvals overdue`" in words
    assert missing_reports(page([]), START) == []


def test_the_home_tab_has_what_waits_what_was_decided_and_what_is_owned():
    nothing = page([])
    shown = Home(
        waiting=page([make_proposal()], 30, after=PLACE),
        overdue=nothing,
        approved=nothing,
        decided=nothing,
        owned=nothing,
    )
    view = home(shown, WAITING, "U0ALICE", START)
    words = words_of(view["blocks"])
    assert "Waiting for you (30)" in words
    assert "1 hour left" in words
    assert "You have decided nothing yet." in words
    assert "No proposal is yours." in words
    made = buttons(view["blocks"])
    assert ListQuery.from_value(made["page_next"]["value"]) == replace(WAITING, at=PLACE)
    assert ListQuery.from_value(made["open_list"]["value"]) == WAITING
    assert ListQuery.from_value(made["open_review"]["value"].partition(".")[2]) == WAITING
    empty = home(
        Home(waiting=nothing, overdue=nothing, approved=nothing, decided=nothing, owned=nothing),
        WAITING,
        "U0ALICE",
        START,
    )
    assert view_faults(empty) == []
    assert elements(empty["blocks"]) == []


def test_the_whole_trail_can_be_paged_through():
    trail = [line("proposal:withdrawn", reason=f"event {number}") for number in range(200)]
    proposal, seen, page = make_proposal(), [], 0
    while True:
        blocks, text = trail_page(proposal, trail, page)
        assert message_faults(blocks, text) == []
        seen.append([word for word in words_of(blocks).split("\n") if word.startswith("event ")])
        if "page_next" not in buttons(blocks):
            break
        following = ListQuery.from_value(buttons(blocks)["page_next"]["value"])
        assert (following.kind, following.name) == ("show", proposal.id)
        page = following.page
    assert [event for part in reversed(seen) for event in part] == [f"event {number}" for number in range(200)]


def test_a_trail_reads_from_old_to_new_with_what_people_wrote():
    trail = [line("proposal:submitted"), line("proposal:rejected", cause="reviewer", by="U0BOB", reason="Wrong order")]
    words = words_of(trail_page(replace(make_proposal(), status=Status.rejected, cause=Cause.reviewer), trail)[0])
    assert words.index("The agent proposed it.") < words.index("*Rejected* by <@U0BOB>.") < words.index("Wrong order")


def test_a_trail_tells_roles_stand_ins_void_approvals_and_what_an_edit_changed():
    said = [
        Decision(reviewer="U0BOB", verdict=Verdict.approve, revision=1, round=1, at=START, roles=("support",)),
        Decision(
            reviewer="U0CAROL",
            verdict=Verdict.approve,
            revision=2,
            round=2,
            at=START,
            roles=("finance",),
            stands_in_for="U0DAVE",
        ),
    ]
    first = make_proposal(facts=(Fact(rule="r", name="rate", value="9 in the last hour"),))
    second = Revision(number=2, action=Action(name="refund.create", payload={"amount": 99}), at=START, editor="U0CAROL")
    proposal = replace(first, revisions=(*first.revisions, second), round=2, decisions=tuple(said))
    trail = [
        line("proposal:decided", decision=as_json(said[0])),
        line("proposal:edited", revision=as_json(second)),
        line("proposal:decided", decision=as_json(said[1])),
        line("sample:drawn"),
    ]
    words = words_of(trail_page(proposal, trail)[0])
    for expected in (
        "<@U0BOB> approves as support. _(void since then)_",
        "<@U0CAROL> approves revision 2 as finance for <@U0DAVE>.",
        "250",
        "99",
        "9 in the last hour · our records",
        "Refund above 100 · rule refund-large",
        "drawn at random",
    ):
        assert expected in words, words
    assert words.count("void since then") == 1


def test_an_unknown_id_and_a_forbidden_one_sound_the_same():
    blocks, text = not_found("prp_<!channel>")
    assert message_faults(blocks, text) == []
    assert "no such proposal, or it is not yours to see" in text


def test_several_of_the_same_beginning_are_named():
    blocks, text = several(["prp_1", "prp_2"])
    assert message_faults(blocks, text) == []
    assert "prp_1 prp_2" in words_of(blocks)


def test_help_lists_every_word_that_is_understood():
    blocks, text = help_text()
    assert message_faults(blocks, text) == []
    assert all(f"`/approvals {verb}`" in words_of(blocks) for verb, _ in HELP if verb)
