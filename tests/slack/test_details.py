"""`Details`: everything, whole, in pages that keep Slack's limits; Approve after the last one."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from approvals.decision import Decision, Verdict
from approvals.proposal import Action, Cause, Evidence, Outcome, Preview, Revision, Status
from bot.slack.blockkit.text import words_of
from bot.slack.cards.details import MOST_HEIGHT, Verdicts, details, height, pages
from tests.making import START, make_proposal
from tests.slack.hostile import (
    BIG,
    MARK,
    buttons,
    decoded,
    details_payload_of,
    exactly,
    markup,
    parts,
    preview_of,
    proposals,
)
from tests.slack.limits import sdk_accepts_view, view_faults

slow = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
BOTH = Verdicts(approve=True, reject=True)
LATER = START + timedelta(minutes=5)


def views(proposal):
    """The first, second and last view, and the fullest."""
    made = pages(proposal)
    fullest = max(range(len(made)), key=lambda page: len(json.dumps(made[page])))
    wanted = sorted({0, min(1, len(made) - 1), fullest, len(made) - 1})
    return [details(proposal, "frm_1", page, BOTH) for page in wanted]


def everything(proposal):
    return [block for page in pages(proposal) for block in page]


def whole(proposal):
    return words_of(everything(proposal))


def keep_slacks_limits(shown):
    for view in shown:
        assert view_faults(view) == []
        assert sdk_accepts_view(view)


def have_everything_that_would_run(blocks, proposal):
    assert exactly(details_payload_of(blocks)) == exactly(proposal.action.payload)
    foreseen = proposal.ask.preview
    if foreseen is not None:
        assert preview_of(blocks, foreseen.kind) == foreseen


def have_all_that_an_agent_says(blocks, proposal):
    ask = proposal.ask
    said = [ask.summary, ask.reasoning, ask.rollback_plan, *ask.preconditions, ask.run_id]
    said += [part for each in ask.context for part in (each.title, each.text, each.url)]
    said += [proposal.reason, *((proposal.outcome.detail, proposal.outcome.verification) if proposal.outcome else ())]
    between = re.compile(r"\(the line goes on\)|.*\(\d+ of \d+\)")
    shown = "".join(decoded(text) for _, text in parts(blocks) if not between.fullmatch(text))
    together = "".join(shown.split())
    for text in filter(None, said):
        assert all("".join(line.split()) in together for line in text[:100].split("\n"))


@slow
@given(proposals())
def test_all_pages_keep_the_laws_of_details(proposal):
    shown, blocks = views(proposal), everything(proposal)
    keep_slacks_limits(shown)
    assert not [text for text in markup(shown) if MARK in text], "no text of an agent stands where Slack parses"
    have_everything_that_would_run(blocks, proposal)
    have_all_that_an_agent_says(blocks, proposal)


@pytest.mark.parametrize("kind", BIG)
def test_the_largest_payloads_can_be_read_whole_within_the_limits(kind):
    proposal = make_proposal(payload=BIG[kind])
    shown = views(proposal)
    assert [view_faults(view) for view in shown] == [[]] * len(shown)
    assert exactly(details_payload_of(everything(proposal))) == exactly(BIG[kind])


@pytest.mark.parametrize("text", ["\n" * 128_000, "\n " * 64_000, "a\n" * 64_000, "\u202e\n" * 40_000])
def test_the_largest_previews_can_be_read_whole_within_the_limits(text):
    foreseen = Preview(kind="diff", before=text, after=text[: len(text) // 2] + "b")
    proposal = make_proposal(preview=foreseen)
    assert all(view_faults(view) == [] for view in views(proposal))
    assert preview_of(everything(proposal), "diff") == foreseen


def test_a_payload_of_several_pages_comes_before_what_the_agent_says():
    shown = views(make_proposal(payload=BIG["long"]))
    assert len(shown) > 2
    assert "exactly what will run" in words_of(shown[0]["blocks"])
    assert "claims*, checked by nobody" not in words_of(shown[0]["blocks"])


def test_approve_stands_on_the_last_page_and_nowhere_else():
    proposal = make_proposal(payload=BIG["long"])
    shown = views(proposal)
    assert [("details_approve" in buttons(view["blocks"])) for view in shown] == [False] * (len(shown) - 1) + [True]
    last = len(shown) - 1
    assert "details_approve" not in buttons(details(proposal, "frm_1", last, Verdicts())["blocks"])
    rejected = replace(proposal, status=Status.rejected, cause=Cause.reviewer)
    assert "details_approve" not in buttons(details(rejected, "frm_1", 99, BOTH)["blocks"])


def test_reject_stands_on_every_page_of_what_waits_for_whoever_may_say_no():
    proposal = make_proposal(payload=BIG["long"])
    assert all("reject" in buttons(view["blocks"]) for view in views(proposal))
    assert "reject" not in buttons(details(proposal, "frm_1", 0, Verdicts(approve=True))["blocks"])
    rejected = replace(proposal, status=Status.rejected, cause=Cause.reviewer)
    assert "reject" not in buttons(details(rejected, "frm_1", 0, BOTH)["blocks"])


def test_what_a_card_shows_whole_is_approved_there_and_not_in_details():
    short = details(make_proposal(), "frm_1", 0, BOTH)
    assert "details_approve" not in buttons(short["blocks"])
    assert "reject" in buttons(short["blocks"])


def test_a_page_is_as_high_as_two_or_three_screens_of_a_phone():
    proposal = make_proposal(payload={"body": "\n".join(f"line {number} of a letter" for number in range(2000))})
    heights = [sum(map(height, page)) for page in pages(proposal)]
    assert max(heights) <= MOST_HEIGHT
    assert min(heights[1:-1]) > MOST_HEIGHT / 3


def test_a_page_of_several_says_above_and_below_which_it_is_and_above_what_is_on_it():
    shown = views(make_proposal(payload=BIG["long"]))
    for view in (shown[0], shown[-1]):
        texts = words_of(view["blocks"]).split("\n")
        above, (below,) = texts[0], [text for text in texts[1:] if text.startswith("Page ")]
        assert above.startswith(f"*{below}* · ")
    assert "who asks for what, exactly what will run" in words_of(shown[0]["blocks"])
    assert "history and marks" in words_of(shown[-1]["blocks"])
    (only,) = views(make_proposal())
    assert words_of(only["blocks"]).count("Page 1 of 1") == 1


def test_pages_are_turned_by_buttons_that_carry_the_form_and_their_page_alone():
    shown = views(make_proposal(payload=BIG["long"]))
    turns = [
        {name for name in buttons(view["blocks"]) if name.startswith("details_") and name != "details_approve"}
        for view in shown
    ]
    assert turns[0] == {"details_next"}
    assert turns[1] == {"details_next", "details_back"}
    assert turns[-1] == {"details_back"}
    turning = [each["value"] for view in shown for name, each in buttons(view["blocks"]).items() if name in turns[1]]
    assert {value.partition(":")[0] for value in turning} == {"frm_1"}
    assert len(set(turning)) == len(shown), "each page's own, so that a second press means the same page"
    assert {view["private_metadata"] for view in shown} == {"frm_1"}
    assert {view["callback_id"] for view in shown} == {"details"}


def test_a_page_that_does_not_exist_is_the_nearest_one():
    proposal = make_proposal(payload=BIG["long"])
    shown = views(proposal)
    assert details(proposal, "frm_1", -5, BOTH) == shown[0]
    assert details(proposal, "frm_1", 999, BOTH) == shown[-1]


def test_details_have_what_a_card_may_shorten():
    reasoning = " ".join(f"word{number}" for number in range(900))
    words = whole(
        make_proposal(
            reasoning=reasoning,
            signals={"retries": 2},
            context=(Evidence(title="Ticket", text="t" * 4000, url="https://tickets.example/1"),),
            rollback_plan="Charge again",
            preconditions=("Not refunded yet",),
            tool_call_id="call-9",
        )
    )
    for expected in (
        "word899",
        "retries: 2",
        "t" * 1200,
        "https://tickets.example/1",
        "Charge again",
        "Not refunded yet",
        "call-9",
    ):
        assert expected in words


def test_details_tell_every_decision_and_what_each_revision_changed():
    proposal = make_proposal()
    second = Revision(number=2, action=Action(name="refund.create", payload={"amount": 99}), at=LATER, editor="U0BOB")
    no = Decision(reviewer="U0CAROL", verdict=Verdict.reject, revision=2, round=2, at=LATER, reason="Still too much")
    yes = Decision(reviewer="U0ALICE", verdict=Verdict.approve, revision=1, round=1, at=LATER)
    words = whole(
        replace(
            proposal,
            revisions=(*proposal.revisions, second),
            round=2,
            decisions=(yes, no),
            status=Status.rejected,
            cause=Cause.reviewer,
            reason="Still too much",
        )
    )
    assert "<@U0ALICE> approves revision 1 (void since then)" in words
    assert "<@U0CAROL> says no to revision 2" in words
    assert words.count("Still too much") == 1
    assert "*Revision 2* by <@U0BOB>" in words
    assert "amount: 250 → 99" in words
    assert second.action.digest in words
    assert proposal.digest in words


def test_details_tell_how_it_went():
    outcome = Outcome(status=Status.failed, at=LATER, detail="Card expired", verification="Read the ledger")
    words = whole(make_proposal(status=Status.failed, cause=Cause.reviewer, outcome=outcome))
    assert "Card expired" in words
    assert "Read the ledger" in words


def test_many_small_things_are_spread_over_pages():
    crowd = tuple(
        Decision(reviewer=f"U{number:05}", verdict=Verdict.approve, revision=1, round=1, at=LATER)
        for number in range(300)
    )
    proposal = make_proposal(decisions=crowd)
    assert all(view_faults(view) == [] for view in views(proposal))
    assert all(f"<@U{number:05}>" in whole(proposal) for number in range(300))


def test_details_show_the_whole_difference_to_what_the_agent_proposed():
    note = " ".join(f"line{number}" for number in range(400))
    proposal = make_proposal(payload={"amount": 250, "note": "short"})
    second = Revision(
        number=2, action=Action(name="refund.create", payload={"amount": 9, "note": note}), at=LATER, editor="U0BOB"
    )
    words = whole(replace(proposal, revisions=(*proposal.revisions, second), round=2))
    since = words[
        words.index("Changed by a reviewer since the agent proposed it") : words.index("Why a person is asked")
    ]
    assert "amount: 250 → 9" in since
    assert "line0 " in since
    assert "line399" in since
