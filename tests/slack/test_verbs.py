"""What follows `/approvals`: every form is understood, and what is not is answered with what to type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blockkit.text import words_of
from bot.slack.listeners.command_parser import STATUSES, BadCommand, Help, Linked, as_meant, own_name, parse_command
from bot.slack.lists.pages import help_text
from bot.slack.lists.query import LONGEST, ListQuery
from bot.slack.words.lists import HELP
from tests.slack.hostile import texts
from tests.slack.limits import message_faults

ID = "prp_019a0000000070008000000000000001"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", ListQuery(kind="waiting")),
        ("   ", ListQuery(kind="waiting")),
        ("mine", ListQuery(kind="mine")),
        ("MINE", ListQuery(kind="mine")),
        ("all", ListQuery(kind="all")),
        ("overdue", ListQuery(kind="overdue")),
        ("approved", ListQuery(kind="approved")),
        ("remembered", ListQuery(kind="remembered")),
        ("role finance", ListQuery(kind="role", role="finance")),
        ("role Finance", ListQuery(kind="role", role="Finance")),
        ("agent  shop ", ListQuery(kind="agent", agent="shop")),
        ("agent role", ListQuery(kind="agent", agent="role")),
        ("action refund.create", ListQuery(kind="action", action="refund.create")),
        ("action Refund.*", ListQuery(kind="action", action="refund.*")),
        ("action *", ListQuery(kind="action", action="*")),
        ("history", ListQuery(kind="history")),
        ("history agent shop", ListQuery(kind="history", agent="shop")),
        ("history action email.*", ListQuery(kind="history", action="email.*")),
        ("history by <@U0BOB|bob>", ListQuery(kind="history", by="U0BOB")),
        ("history by <@W0BOB>", ListQuery(kind="history", by="W0BOB")),
        ("history status rejected", ListQuery(kind="history", status="rejected")),
        ("history STATUS Expired", ListQuery(kind="history", status="expired")),
        ("history since 7d", ListQuery(kind="history", days=7)),
        ("history since 2w", ListQuery(kind="history", days=14)),
        (
            "history since 7d by <@U0BOB|bob> agent shop status failed action refund.*",
            ListQuery(kind="history", days=7, by="U0BOB", agent="shop", status="failed", action="refund.*"),
        ),
        ("stats", ListQuery(kind="stats", days=30)),
        ("stats 7d", ListQuery(kind="stats", days=7)),
        ("stats 30D", ListQuery(kind="stats", days=30)),
        ("stats since 2w", ListQuery(kind="stats", days=14)),
        ("stats role finance", ListQuery(kind="stats", days=30, role="finance")),
        ("stats agent shop", ListQuery(kind="stats", days=30, agent="shop")),
        ("stats agent 7d", ListQuery(kind="stats", days=30, agent="7d")),
        ("stats role finance 7d agent shop", ListQuery(kind="stats", days=7, role="finance", agent="shop")),
        (f"show {ID}", ListQuery(kind="show", name=ID)),
        (f"show {ID.upper()}", ListQuery(kind="show", name=ID)),
        ("show prp_019a", ListQuery(kind="show", name="prp_019a")),
        ("show 019a", ListQuery(kind="show", name="prp_019a")),
        (
            "show <https://acme.slack.com/archives/C0SUPPORT/p1763633700000100>",
            Linked(channel="C0SUPPORT", ts="1763633700.000100"),
        ),
        (
            "show https://acme.slack.com/archives/C0SUPPORT/p1763633700000100",
            Linked(channel="C0SUPPORT", ts="1763633700.000100"),
        ),
        (
            "show <https://acme.slack.com/archives/C0SUPPORT/p1763633799000200?thread_ts=1763633700.000100&amp;cid=C0SUPPORT|card>",
            Linked(channel="C0SUPPORT", ts="1763633700.000100"),
        ),
        ("help", Help()),
    ],
)
def test_every_form_is_understood(said, meant):
    assert parse_command(said) == meant


@pytest.mark.parametrize(
    ("said", "what_to_do"),
    [
        ("role", "`/approvals role NAME`"),
        ("agent", "`/approvals agent NAME`"),
        ("agent shop other", "`/approvals agent NAME`"),
        ("action", "`/approvals action refund.*`"),
        ("action refund%", "`*` for any run"),
        ("action " + "a" * 101, "`*` for any run"),
        (f"role {'x' * 101}", "too long"),
        (f"agent {'x' * 101}", "too long"),
        ("mine please", "`/approvals mine`"),
        ("overdue 7d", "`/approvals overdue`"),
        ("show", "`/approvals show prp_…`"),
        ("show me the money", "`/approvals show prp_…`"),
        ("show prp_<!channel>", "`/approvals show prp_…`"),
        ("history colour red", "`agent NAME`, `action refund.*`, `by @NAME`, `status rejected` or `since 7d`"),
        ("history statsu rejected", "Did you mean `status`?"),
        ("history role finance", "There is no filter role here."),
        ("history agent", "`agent NAME`"),
        ("history agent shop agent other", "`agent` may be given once"),
        ("history by bob", "`by @NAME`"),
        ("history by <@bob>", "`by @NAME`"),
        ("history status waiting", "`rejected`"),
        ("history since yesterday", "`7d`"),
        ("history since 0d", "`7d`"),
        ("history since 9999d", "at most 3650 days"),
        ("stats by <@U0BOB>", "`role NAME`, `agent NAME` or `since 7d`"),
        ("stats 7d 30d", "`since` may be given once"),
        ("stats yesterday", "There is no filter yesterday here."),
        ("stats role", "`role NAME`"),
    ],
)
def test_a_wrong_form_is_answered_with_what_to_type(said, what_to_do):
    told = parse_command(said)
    assert isinstance(told, BadCommand)
    assert what_to_do in told.text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("histroy", "history"),
        ("stat", "stats"),
        ("rol finance", "role"),
        ("overdu", "overdue"),
        ("delegat", "delegate"),
    ],
)
def test_an_unknown_verb_is_answered_with_the_nearest_one(said, meant):
    told = parse_command(said)
    assert isinstance(told, Help)
    assert f"Did you mean `/approvals {meant}`?" in told.text


def test_a_verb_that_is_near_to_none_gets_the_list_alone():
    told = parse_command("zzzzzzzz")
    assert isinstance(told, Help)
    assert "Did you mean" not in told.text
    blocks, text = help_text(told.text)
    assert "zzzzzzzz" in words_of(blocks)
    assert "`/approvals mine`" in words_of(blocks)
    assert message_faults(blocks, text) == []


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_but_waiting_can_be_asked_for(status):
    assert parse_command(f"history status {status}") == ListQuery(kind="history", status=status)


@given(st.lists(st.sampled_from([line.split()[0] for line, _ in HELP if line]) | texts, max_size=4).map(" ".join))
def test_whatever_is_typed_is_a_list_or_a_sentence_without_anybodys_markup(said):
    meant = parse_command(said)
    if isinstance(meant, BadCommand | Help):
        assert not set("<>") & set(meant.text.replace("&lt;", "").replace("&gt;", ""))
        assert len(meant.text) < 3000
    elif isinstance(meant, ListQuery):
        assert ListQuery.from_value(meant.to_value()) == meant
        assert max(map(len, (meant.role, meant.agent, meant.action, meant.name))) <= LONGEST


def test_the_help_has_every_verb_in_a_group():
    blocks, _ = help_text()
    words = words_of(blocks)
    assert "What needs you" in words
    assert "How it goes" in words
    assert all(f"`/approvals {verb}`" in words for verb, _ in HELP if verb)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("role finance", ListQuery(kind="role", role="finance")),
        ("role Finance", ListQuery(kind="role", role="finance")),
        ("agent SHOP", ListQuery(kind="agent", agent="shop")),
        ("agent Twin", ListQuery(kind="agent", agent="Twin")),
        ("history agent Shop", ListQuery(kind="history", agent="shop")),
        ("history agent shoq", ListQuery(kind="history", agent="shoq")),
        ("role something-else", ListQuery(kind="role", role="something-else")),
    ],
)
def test_a_name_of_the_policy_is_meant_whatever_its_case(said, meant):
    assert as_meant(parse_command(said), ["finance", "support"], ["shop", "TWIN", "twin", "Twin"]) == meant


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("role suport", "There is no role suport. Did you mean `/approvals role support`?"),
        ("role Suport", "There is no role Suport. Did you mean `/approvals role support`?"),
        ("agent shopp", "There is no agent shopp. Did you mean `/approvals agent shop`?"),
    ],
)
def test_where_another_name_is_probably_meant_it_is_asked(said, answer):
    assert as_meant(parse_command(said), ["finance", "support"], ["shop"]) == BadCommand(text=answer)


def test_a_name_that_two_have_in_other_cases_is_nobodys():
    assert own_name("twin", ["TWIN", "Twin"]) is None
    assert own_name("Twin", ["TWIN", "Twin"]) == "Twin"
