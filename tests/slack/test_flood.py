"""The card of a flood and its list: Slack's limits whatever agents write, and nothing to decide on either."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.cards.flood_card import MOST_CALLED, flood_card
from bot.slack.lists.flood import PAGE_SIZE, flood_list, pages_of
from bot.slack.outbound.mentions import markup as calling
from storage import Flood
from tests.making import START, make_proposal
from tests.slack.hostile import MARK, markup, proposals
from tests.slack.limits import message_faults
from tests.slack.view_limits import judged, seen
from tests.town import has_button

slow = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
NAMES = st.one_of(
    st.sampled_from(
        ["<!channel>" + MARK, "*bold* :tada:" + MARK, "\u202e" + MARK, "x" * 900 + MARK, "漢" * 300, "&" * 300]
    ),
    st.text(min_size=1, max_size=60).map(lambda text: text + MARK),
)


def flood(*kinds, agent="shop", **changes):
    known = {
        "lead": "prp_1",
        "channel": "C0SUPPORT",
        "agent": agent,
        "kinds": kinds,
        "soonest": START + timedelta(hours=1) if kinds else None,
        "roles": ("support",),
        "called": (),
    }
    return Flood(**{**known, **changes})


def test_the_flood_says_how_many_of_what_wait_until_when_and_calls_people():
    card = flood_card(flood(("email.send", 30), ("refund.create", 7)), mention="<@U0ALICE>")
    said = " ".join(seen({"blocks": card.blocks}).split("\n"))
    assert "37 requests of" in said
    assert "30 \u00d7 email.send 7 \u00d7 refund.create shop · came faster" in said
    assert f"{START + timedelta(hours=1):%Y-%m-%d %H:%M} UTC" in said
    assert ", else rejected" in said
    assert "<@U0ALICE>" in said
    assert "37 requests of shop wait here: 30 \u00d7 email.send, 7 \u00d7 refund.create." in card.text
    assert has_button({"blocks": card.blocks}, "flood_review")
    assert not has_button({"blocks": card.blocks}, "approve")


def test_one_is_no_plural_and_what_is_beyond_eight_kinds_is_counted():
    assert "1 request of" in seen({"blocks": flood_card(flood(("email.send", 1))).blocks})
    many = flood(*((f"kind.{number}", 2) for number in range(11)))
    assert "6 of other kinds" in seen({"blocks": flood_card(many).blocks})


def test_when_nothing_waits_it_says_so_and_has_no_button_and_calls_nobody():
    card = flood_card(flood(), mention="<@U0ALICE>")
    said = seen({"blocks": card.blocks})
    assert "waits here any more" in said
    assert "U0ALICE" not in said
    assert not [block for block in card.blocks if block["type"] == "actions"]


@slow
@given(NAMES, st.lists(st.tuples(NAMES, st.integers(1, 10**6)), max_size=30))
def test_the_flood_keeps_slacks_limits_and_no_foreign_text_is_markup(agent, kinds):
    mention = calling([f"U{number:010}" for number in range(MOST_CALLED)])
    card = flood_card(flood(*kinds, agent=agent), mention=mention)
    assert not message_faults(card.blocks, card.text)
    assert not [text for text in markup(card.blocks) if MARK in text]


@slow
@given(NAMES, st.lists(proposals(), min_size=1, max_size=PAGE_SIZE), st.integers(0, 400))
def test_the_list_keeps_slacks_limits_and_only_opens(agent, several, more):
    numbered = [replace(each, id=f"prp_{number:032x}") for number, each in enumerate(several)]
    total = len(numbered) + more
    view = flood_list(flood(("a", total), agent=agent), numbered, total, pages_of(total) // 2, "frm_1")
    assert not [text for text in markup(view["blocks"]) if MARK in text]
    judged(view)
    buttons = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    assert [(each["action_id"], each["value"], each["text"]["text"]) for each in buttons] == [
        ("open_review", each.id, "Open") for each in numbered
    ]
    assert "submit" not in view


def test_the_list_turns_where_there_is_more_than_a_page():
    several = [replace(make_proposal(), id=f"prp_{number}") for number in range(8)]
    first = flood_list(flood(("a", 20)), several, 20, 0, "frm_1")
    last = flood_list(flood(("a", 20)), several[:4], 20, 2, "frm_1")
    assert (has_button(first, "flood_back"), has_button(first, "flood_next")) == (False, True)
    assert (has_button(last, "flood_back"), has_button(last, "flood_next")) == (True, False)
    assert "Page 3 of 3" in seen(last)


def test_an_empty_list_says_whether_nothing_waits_or_nothing_is_theirs():
    assert "waits here any more" in seen(flood_list(flood(), [], 0, 0, "frm_1"))
    assert "yours to see" in seen(flood_list(flood(("a", 3)), [], 0, 0, "frm_1"))
