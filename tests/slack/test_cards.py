"""The card: what it shows, what it never does, and that it keeps Slack's limits whatever the agent writes."""

import copy
import json
import random
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.gate import Reason
from approvals.proposal import (
    Cause,
    Evidence,
    Outcome,
    Preview,
    RollbackStatus,
    Status,
)
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from sandbox.blockkit.normalise import normalise
from tests.making import make_proposal
from tests.slack.card_states import LATER, MENTION, TWINS, resolved, retracted_by, said, watched
from tests.slack.hostile import (
    BIG,
    MARK,
    buttons,
    card_preview_of,
    exactly,
    markup,
    payload_of,
    proposals,
)
from tests.slack.limits import message_faults, sdk_accepts

slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def keeps_slacks_limits(made):
    assert message_faults(made.blocks, made.text) == []
    assert sdk_accepts(made.blocks)


def has_no_text_of_an_agent_where_slack_parses(made):
    assert MARK in words_of(made.blocks)
    assert not [text for text in markup(made.blocks) if MARK in text]
    assert not set("<>") & set(made.text)
    flags = re.findall(r'"type": "plain_text", "text": (?:"(?:[^"\\]|\\.)*"), "emoji": (\w+)', json.dumps(made.blocks))
    assert set(flags) == {"false"}


def shows_everything_that_would_run_where_approve_is_on_it(made, proposal):
    assert ("approve" in buttons(made.blocks)) == (made.whole and proposal.status is Status.pending)
    if made.whole:
        assert exactly(payload_of(made.blocks)) == exactly(proposal.action.payload)
        assert proposal.action.name in made.words
        foreseen = proposal.ask.preview
        if foreseen is not None:
            assert card_preview_of(made.blocks, foreseen.kind, foreseen.before) == foreseen
    elif proposal.status is Status.pending:
        assert "Too long for a card." in made.words
        assert "details" in buttons(made.blocks)


def has_the_same_words_however_slack_gives_it_back(made, seed):
    assert words_of(rewritten(made.blocks, seed)) == made.words
    assert words_of(normalise(made.blocks)) == made.words


@slow
@given(proposals(), st.sampled_from(["", MENTION]), st.sampled_from([(), TWINS]), st.integers())
def test_every_card_keeps_the_laws_of_cards(proposal, mention, twins, seed):
    made = card(proposal, mention=mention, equals=twins)  # for all of them at once: drawing and rendering take longest
    keeps_slacks_limits(made)
    has_no_text_of_an_agent_where_slack_parses(made)
    shows_everything_that_would_run_where_approve_is_on_it(made, proposal)
    has_the_same_words_however_slack_gives_it_back(made, seed)
    assert card(proposal, mention=MENTION * 9, equals=TWINS, offered=()).whole == made.whole, "whomever it calls"
    assert card(copy.deepcopy(proposal), mention=mention, equals=twins) == made, "it is a function of its proposal"
    assert made.digest.startswith("sha256:")
    anew = card(replace(proposal, nonce="another-nonce"), mention=mention, equals=twins)
    assert anew.digest != made.digest


@pytest.mark.parametrize("kind", BIG)
def test_the_largest_payloads_keep_the_limits_and_lose_approve(kind):
    made = card(make_proposal(payload=BIG[kind]), mention=MENTION, equals=TWINS)
    assert message_faults(made.blocks, made.text) == []
    assert made.whole == (kind in ("blanks", "newlines"))  # so many are counted, and so all there
    assert ("approve" in buttons(made.blocks)) == made.whole


def test_the_dangerous_part_beyond_the_cut_takes_approve_away():
    for size in range(4_000, 10_000, 250):
        made = card(make_proposal(payload={"a": "x" * size + " rm -rf /"}))
        assert ("rm -rf /" in made.words) == ("approve" in buttons(made.blocks))


def test_an_ordinary_card_of_several_thousand_characters_can_be_approved():
    made = card(make_proposal(payload={"text": "word " * 900}, preview=Preview(kind="text", text="x" * 500)))
    assert "approve" in buttons(made.blocks)


def test_a_card_says_what_why_who_and_until_when():
    words = said(
        make_proposal(
            on_behalf_of="U0ALICE",
            run_id="run-77",
            context=(Evidence(title="Ticket 4711", text="Where is it?", url="https://tickets.example/4711"),),
            preview=Preview(kind="diff", before="open: 250", after="open: 0"),
            rollback_plan="Charge it again",
            preconditions=("Not refunded yet",),
            signals={"retries": 2},
            confidence=0.5,
        )
    )
    for expected in (
        "Approval needed: refund.create",
        "In one line Refund for order 1001",
        "support-bot · refund.create",
        "acts for <@U0ALICE>",
        "amount 250",
        "*1 approval* of *support* · until <!date^1795173300^",
        "2026-11-20 11:15 UTC>",
        "Refund above 100",
        "- open: 250 + open: 0",
        "Evidence Ticket 4711 \u2013 Where is it? https://tickets.example/4711",
        "Must hold 1. Not refunded yet",
        "Measured retries: 2",
        make_proposal().digest[:19],
    ):
        assert expected in words.replace("\n", " ")
    assert "0.5" not in words, "confidence is in Details"
    assert "Charge it again" not in words, "so is the plan for a rollback, and in the form of an objection"


def test_the_agents_reasoning_stands_below_the_payload_and_is_called_a_claim():
    words = said(make_proposal())
    order = [words.index(part) for part in ("amount 250", "Agent's claims, unchecked", "Why The parcel is lost")]
    assert order == sorted(order)


def test_buttons_carry_the_round_and_say_to_screen_readers_what_they_do():
    proposal = make_proposal()
    made = buttons(card(proposal, offered=()).blocks)
    assert list(made) == ["more", "approve", "edit", "reject"]
    assert [made[name]["text"]["text"] for name in ("approve", "edit", "reject")] == ["Approve", "Edit", "Reject"]
    assert {made[name]["value"] for name in ("approve", "edit", "reject")} == {f"{proposal.id}.{proposal.nonce}"}
    assert all("refund.create" in made[name]["accessibility_label"] for name in ("approve", "edit", "reject"))
    assert [option["value"] for option in made["more"]["options"]] == [f"details:{proposal.id}.{proposal.nonce}"]


def test_a_gate_that_lets_nothing_be_changed_has_no_edit():
    assert "edit" not in buttons(card(make_proposal(edit=())).blocks)
    assert "edit" in buttons(card(make_proposal(edit=None)).blocks)
    assert "edit" in buttons(card(make_proposal(edit=("amount",))).blocks)


def row_of(proposal, **more):
    """What each button and each option of the menu says."""
    made = buttons(card(proposal, **more).blocks)
    options = made.pop("more", {"options": ()})["options"]
    return [each["text"]["text"] for each in made.values()], [option["text"]["text"] for option in options]


def test_only_an_unclaimed_approval_can_be_revoked_from_the_menu():
    rows = {status: row_of(make_proposal() if status is Status.pending else resolved(status)) for status in Status}
    assert {status for status, (_, menu) in rows.items() if "Revoke" in menu} == {Status.approved}
    assert all("Details" in [*row, *menu] for row, menu in rows.values())


def test_a_question_to_the_agent_is_a_button_and_no_longer_in_the_menu():
    row, menu = row_of(make_proposal())
    assert row == ["Approve", "Edit", "Reject", "Ask"]
    assert menu == ["Details", "Hand over"]
    assert "Ask" not in row_of(make_proposal(), offered=())[0]


def test_where_it_has_to_be_read_in_details_that_is_the_first_button():
    row, _ = row_of(make_proposal(payload=BIG["many"]))
    assert row == ["Details", "Edit", "Reject", "Ask"]


def test_no_menu_stands_alone_in_the_row_of_what_is_decided():
    rows = [row_of(resolved(status)) for status in Status if status is not Status.pending]
    assert all(row[-1] == "Details" for row, _ in rows)
    assert all(menu in ([], ["Revoke"]) for _, menu in rows)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.pending])
def test_a_card_that_no_longer_waits_has_the_truth_in_place_of_its_buttons(status):
    made = card(resolved(status), mention=MENTION)
    expected = {"more", "details"} if status is Status.approved else {"details"}
    assert set(buttons(made.blocks)) == expected
    assert "Approval needed" not in made.words
    assert "<!subteam" not in made.words


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": Status.approved}, "*Approved* by <@U0ALICE>"),
        ({"status": Status.approved}, "The agent has not taken it yet."),
        ({"status": Status.approved, "cause": Cause.auto}, "by the policy alone; nobody was asked"),
        ({"status": Status.rejected, "reason": "Wrong order"}, "*Rejected* by <@U0ALICE> · <!date^"),
        ({"status": Status.rejected, "reason": "Wrong order"}, "Wrong order"),
        ({"status": Status.rejected, "cause": Cause.expired}, "nobody answered in time, so it was rejected"),
        (
            {"status": Status.rejected, "cause": Cause.blocked, "reason": "Never", "resolved_by": None},
            "by the policy alone",
        ),
        (
            {"status": Status.rejected, "cause": Cause.blocked, "reason": "Held"},
            "rejected the same before; nobody was asked",
        ),
        ({"status": Status.rejected, "cause": Cause.policy_changed}, "because the policy changed"),
        ({"status": Status.revoked, "reason": "Too soon"}, "*Revoked* by <@U0ALICE>"),
        ({"status": Status.withdrawn, "cause": Cause.agent, "reason": "Solved"}, "the agent took it back"),
        ({"status": Status.lapsed}, "did not take it in time, so it will not run"),
        ({"status": Status.claimed, "claimed_at": LATER, "report_by": LATER}, "*Running:* the agent took it"),
        ({"status": Status.claimed, "overdue": True}, "*Somebody must look.* Nothing runs again by itself."),
        (
            {
                "status": Status.succeeded,
                "outcome": Outcome(status=Status.succeeded, at=LATER, detail="re_77", verification="read it again"),
            },
            "re_77",
        ),
        ({"status": Status.failed, "outcome": Outcome(status=Status.failed, at=LATER)}, "*Failed*, the agent reports"),
        ({"status": Status.unknown}, "cannot tell whether it worked"),
    ],
)
def test_a_resolved_card_says_by_whom_when_why_and_how_it_went(changes, expected):
    assert expected in said(resolved(**changes))


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.pending])
def test_how_it_ended_is_said_right_below_the_header(status):
    blocks = card(resolved(status)).blocks
    assert [block["type"] for block in blocks[:2]] == ["header", "section"]
    told = {
        Status.rejected: "*Rejected* by <@U0ALICE>",
        Status.revoked: "*Revoked* by <@U0ALICE>",
        Status.withdrawn: "the agent took it back",
    }
    assert told.get(status, "*Approved* by <@U0ALICE>") in words_of(blocks[1:2])


LONG = {
    "body": "One more line.\n" * 60,
    "to": "mira@example.com",
    **{f"field_{number}": "x" * 90 for number in range(30)},
}


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.pending])
def test_a_decided_card_is_short_and_says_what_ran_only_of_what_did(status):
    made = card(resolved(status, payload=LONG, preview=Preview(kind="text", text="One mail."), risk=RISK))
    words = made.words
    assert "mira@example.com" in words
    assert "more fields in Details" in words
    assert "what the agent says is in *Details*" in words
    assert not [each for each in ("The parcel is lost", "One mail.", "Mail leaves", "will run") if each in words]
    said = {Status.approved: "What the agent may run", Status.claimed: "What runs"}
    no = status in (Status.rejected, Status.withdrawn, Status.revoked, Status.lapsed)
    assert ("What was proposed" if no else said.get(status, "What ran")) in words
    assert len(words) < 2_000
    assert not made.whole


def test_what_may_still_be_objected_to_is_there_whole():
    made = card(watched(payload={"body": "One line.\n" * 60}, risk=RISK))
    assert made.words.count("One line.") == 60
    assert "Mail leaves" in made.words
    assert "The parcel is lost" in made.words


RISK = (Reason(rule="mail", reason="Mail leaves the company", always=True),)


@pytest.mark.parametrize(
    ("proposal", "header"),
    [
        (resolved(Status.succeeded), "Succeeded: refund.create"),
        (resolved(Status.claimed, overdue=True), "Overdue: refund.create"),
        (watched(), "Runs without waiting: refund.create"),
        (watched(Status.claimed), "Running: refund.create"),
        (watched(Status.revoked, resolved_by="U0BOB"), "Revoked: refund.create"),
    ],
)
def test_the_header_says_the_state(proposal, header):
    assert card(proposal).blocks[0]["text"]["text"] == header


@pytest.mark.parametrize("overdue", [False, True])
def test_of_what_is_to_be_undone_the_header_says_what_needs_somebody_most(overdue):
    headers = {
        each: card(watched(Status.claimed, overdue=overdue, rollback=retracted_by(each))).blocks[0]["text"]["text"]
        for each in RollbackStatus
    }
    late = "Overdue: refund.create"
    assert headers == {
        RollbackStatus.requested: late if overdue else "Rollback wanted: refund.create",
        RollbackStatus.done: late if overdue else "Rolled back: refund.create",
        RollbackStatus.failed: "Rollback failed: refund.create",
    }


def rewritten(blocks, seed):
    """The blocks as Slack might give them back."""
    draw = random.Random(seed)
    blocks = copy.deepcopy(blocks)

    def cut(runs):
        for run in runs:
            text = run.get("text", "")
            if run["type"] == "text" and len(text) > 1 and draw.random() < 0.7:
                at = draw.randrange(1, len(text))
                yield run | {"text": text[:at]}
                yield run | {"text": text[at:]}
            else:
                yield run

    def walk(value):
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            if value.get("type") == "plain_text":
                value["text"] = value["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                value["emoji"] = draw.choice([True, False])
            elif value.get("type") == "mrkdwn":
                value["verbatim"] = draw.choice([True, False])
                value["text"] = re.sub(r"<@(\w+)>", r"<@\1|somebody>", value["text"])
                value["text"] = value["text"].replace(":warning:", "\u26a0\ufe0f")
            elif str(value.get("type")).startswith("rich_text_") and "elements" in value:
                walk(value["elements"])
                value["elements"] = list(cut(value["elements"]))
            else:
                for each in value.values():
                    walk(each)

    for block in blocks:
        block["block_id"] = f"b{draw.random()}"
    walk(blocks)
    return blocks
