"""The card: what it shows, what it never does, and that it keeps Slack's limits whatever the agent writes."""

import copy
import json
import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict
from approvals.gate import Escalation, Fact, Reason, StandIn, Tier
from approvals.proposal import (
    Action,
    Cause,
    Evidence,
    Inquiry,
    Outcome,
    Preview,
    Revision,
    Rollback,
    RollbackStatus,
    Source,
    Status,
)
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card, closed_card
from sandbox.blockkit.normalise import normalise
from tests.making import START, make_proposal
from tests.slack.hostile import (
    BIG,
    MARK,
    buttons,
    elements,
    exactly,
    markup,
    parts,
    payload_of,
    preview_of,
    proposals,
)
from tests.slack.limits import message_faults, sdk_accepts, serialised

slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
MENTION = "<!subteam^S0FINANCE> <@U0ALICE>"
TWINS = tuple(f"prp_{number:032x}" for number in range(40))
LATER = START + timedelta(minutes=5)


def approval(user="U0ALICE", **changes):
    made = Decision(reviewer=user, verdict=Verdict.approve, revision=1, round=1, at=LATER, roles=("support",))
    return replace(made, **changes)


def resolved(status, **changes):
    """A proposal that U0ALICE approved, as it stands later."""
    facts = {
        "cause": Cause.reviewer,
        "resolved_at": LATER,
        "resolved_by": "U0ALICE",
        "decisions": (approval(),),
        "execute_by": LATER + timedelta(hours=1),
    }
    return make_proposal(status=status, **facts | changes)


def edited(payload, **changes):
    """A proposal whose payload U0BOB replaced."""
    proposal = make_proposal(**changes)
    revision = Revision(number=2, action=Action(name=proposal.action.name, payload=payload), at=LATER, editor="U0BOB")
    return replace(proposal, revisions=(*proposal.revisions, revision), round=2)


def watched(status=Status.approved, **changes):
    """What ran without waiting; people of support can object for half an hour."""
    facts = {"cause": Cause.watch, "tier": Tier.watch, "object_within": 1800, "decisions": (), "resolved_by": None}
    return resolved(status, **facts | changes)


def said(proposal, **more):
    return card(proposal, **more).words


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
        assert proposal.action.name in words_of(made.blocks[:3])
        foreseen = proposal.ask.preview
        if foreseen is not None:
            assert preview_of(made.blocks, foreseen.kind, foreseen.before) == foreseen
    elif proposal.status is Status.pending:
        assert "it cannot be approved here" in made.words
        assert "details:" in json.dumps(buttons(made.blocks)["more"])


def has_the_same_words_however_slack_gives_it_back(made, seed):
    assert words_of(rewritten(made.blocks, seed)) == made.words
    assert words_of(normalise(made.blocks)) == made.words


@slow
@given(proposals(), st.sampled_from(["", MENTION]), st.sampled_from([(), TWINS]), st.integers())
def test_every_card_keeps_the_laws_of_cards(proposal, mention, twins, seed):
    made = card(proposal, mention=mention, twins=twins)  # for all of them at once: drawing and rendering take longest
    keeps_slacks_limits(made)
    has_no_text_of_an_agent_where_slack_parses(made)
    shows_everything_that_would_run_where_approve_is_on_it(made, proposal)
    has_the_same_words_however_slack_gives_it_back(made, seed)
    assert card(proposal, mention=MENTION * 9, twins=TWINS, offered=()).whole == made.whole, "whomever it calls"
    assert card(copy.deepcopy(proposal), mention=mention, twins=twins) == made, "it is a function of its proposal"
    assert made.digest.startswith("sha256:")
    anew = card(replace(proposal, nonce="another-nonce"), mention=mention, twins=twins)
    assert anew.digest != made.digest


@pytest.mark.parametrize("kind", BIG)
def test_the_largest_payloads_keep_the_limits_and_lose_approve(kind):
    made = card(make_proposal(payload=BIG[kind]), mention=MENTION, twins=TWINS)
    assert message_faults(made.blocks, made.text) == []
    assert made.whole == (kind == "blanks")  # 262,000 blanks are counted, and so all there
    assert ("approve" in buttons(made.blocks)) == made.whole


def test_the_dangerous_part_beyond_the_cut_takes_approve_away():
    for size in range(4_000, 10_000, 250):
        made = card(make_proposal(payload={"a": "x" * size, "z": "rm -rf /"}))
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
        "Refund for order 1001",
        "Agent support-bot · acts for U0ALICE",
        '"amount": 250',
        "Refund above 100 · rule refund-large",
        "- open: 250 + open: 0",
        "1. Ticket 4711 Where is it? https://tickets.example/4711",
        "Charge it again",
        "1. Not refunded yet",
        "confidence: 0.5 retries: 2",
        "unanswered means rejected",
        "2026-11-20 11:15 UTC",
        make_proposal().digest[:19],
    ):
        assert expected in words


def test_the_agents_reasoning_stands_below_the_payload_and_is_called_a_claim():
    words = said(make_proposal())
    order = [
        words.index(part) for part in ("exactly what will run", "claims*, checked by nobody", "in the agent's words")
    ]
    assert order == sorted(order)
    assert words.index("in the agent's words") < words.index("The parcel is lost")


def test_buttons_carry_the_round_and_say_to_screen_readers_what_they_do():
    proposal = make_proposal()
    made = buttons(card(proposal, offered=()).blocks)
    assert list(made) == ["approve", "edit", "reject", "more"]
    assert [made[name]["text"]["text"] for name in ("approve", "edit", "reject")] == ["Approve", "Edit", "Reject"]
    assert {made[name]["value"] for name in ("approve", "edit", "reject")} == {f"{proposal.id}.{proposal.nonce}"}
    assert all("refund.create" in made[name]["accessibility_label"] for name in ("approve", "edit", "reject"))
    assert [option["value"] for option in made["more"]["options"]] == [f"details:{proposal.id}.{proposal.nonce}"]


def test_a_gate_that_lets_nothing_be_changed_has_no_edit():
    assert "edit" not in buttons(card(make_proposal(edit=())).blocks)
    assert "edit" in buttons(card(make_proposal(edit=None)).blocks)
    assert "edit" in buttons(card(make_proposal(edit=("amount",))).blocks)


def test_only_an_unclaimed_approval_can_be_revoked_from_the_menu():
    def menu(status):
        blocks = card(make_proposal() if status is Status.pending else resolved(status)).blocks
        return [option["text"]["text"] for option in buttons(blocks)["more"]["options"]]

    assert {status for status in Status if "Revoke" in menu(status)} == {Status.approved}
    assert all("Details" in menu(status) for status in Status)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.pending])
def test_a_card_that_no_longer_waits_has_the_truth_in_place_of_its_buttons(status):
    made = card(resolved(status), mention=MENTION)
    assert [each["action_id"] for each in elements(made.blocks)] == ["more"]
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
def test_how_it_ended_is_said_right_below_the_header_and_the_summary(status):
    blocks = card(resolved(status)).blocks
    kinds = [block["type"] for block in blocks]
    assert kinds[:3] == ["header", "rich_text", "section"]
    assert "Refund for order 1001" in words_of(blocks[1:2])
    told = {
        Status.rejected: "*Rejected* by <@U0ALICE>",
        Status.revoked: "*Revoked* by <@U0ALICE>",
        Status.withdrawn: "the agent took it back",
    }
    assert told.get(status, "*Approved* by <@U0ALICE>") in words_of(blocks[2:3])


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


def retracted_by(status=RollbackStatus.requested, **changes):
    return Rollback(requested_by="U0BOB", reason="Wrong *customer*", requested_at=LATER, status=status, **changes)


def test_a_watched_card_says_that_nobody_was_waited_for_until_when_one_can_object_and_calls_nobody():
    made = card(watched(risk=(Reason(rule="notes", reason="Notes are looked over"),)), mention=MENTION)
    assert "*Approved* by the policy, which waits for nobody here" in made.words
    assert "Whoever is in *support* can object until 30 minutes after the agent takes it." in made.words
    assert "Why people are told\nNotes are looked over · rule notes" in made.words
    assert list(buttons(made.blocks)) == ["object", "more"]
    assert not re.search(r"<[@!](?!date)", json.dumps(markup(made.blocks)))
    assert made.text.endswith("You can object.")
    claimed = card(watched(Status.claimed, claimed_at=LATER))
    assert "Whoever is in *support* can object until <!date^1795171800^" in claimed.words
    assert claimed.text.endswith("You can object until 2026-11-20 10:50 UTC.")
    assert "object" not in buttons(card(watched(), offered=()).blocks)


def test_an_objection_and_what_came_of_it_stand_on_the_card_in_the_peoples_words():
    words = said(
        watched(Status.succeeded, rollback=retracted_by(RollbackStatus.failed, detail="It was sent", reported_at=LATER))
    )
    for expected in (
        "*Rollback failed*, the agent reports",
        "<@U0BOB> objected after the agent took it",
        "Wrong *customer*",
        "The agent reports on the rollback It was sent",
        "*Succeeded*, the agent reports",
    ):
        assert expected in words.replace("\n", " ")
    revoked = said(watched(Status.revoked, cause=Cause.reviewer, resolved_by="U0BOB", reason="Not this"))
    assert "*Revoked:* <@U0BOB> objected before the agent took it" in revoked
    assert "Not this" in revoked


def test_a_waiting_card_shows_its_ladder_and_who_stands_in():
    lead = Escalation(after=1200, to="lead", channel="C0LEAD", roles=("support",))
    words = said(make_proposal(remind=(600,), escalate=(lead,), stand_ins=(StandIn(role="support", by="night"),)))
    assert re.search(r"Reminder <!date\S+ .*· \*lead\* may step in <!date\S+ .*· rejected <!date", words)
    assert "*night* may decide too." in words
    assert words.index("exactly what will run") < words.index("Reminder")
    assert "Reminder" not in said(resolved(Status.approved, remind=(600,)))


def test_a_card_says_that_a_second_person_is_needed_before_and_after_a_change():
    assert "*Second person:* whoever changes the payload is not enough" in said(make_proposal(second_person=True))
    assert "Second person" not in said(make_proposal())
    changed = edited({"amount": 99}, second_person=True)
    alone = replace(changed, decisions=(approval("U0BOB", round=2),))
    assert "Approved so far by <@U0BOB>. Still needed: somebody who did not change it." in said(alone)
    assert "Still needed: 1 of *support*, with somebody who did not change it." in said(changed)


def test_what_we_know_of_the_past_stands_below_the_rule_that_asked_and_a_rejection_before_comes_first():
    reasons = (Reason(rule="large", reason="Much money"), Reason(rule="repeat", reason="Rejected before."))
    facts = (
        Fact(rule="large", name="unusual payload.amount", value="payload.amount is 250, against a median of 20"),
        Fact(rule="repeat", name="repeat_of_rejected", value="U0BOB rejected exactly this: <@U0EVIL> *no*"),
    )
    made = card(make_proposal(risk=reasons, facts=facts))
    assert (
        "Rejected before. · rule repeat\nFrom our records: <@U0BOB> rejected exactly this: <@U0EVIL> *no*\n"
        "Much money · rule large\nFrom our records: payload.amount is 250, against a median of 20\n"
    ) in made.words
    people = re.findall(r'"user_id": "(\w+)"', json.dumps(made.blocks))
    assert people == ["U0BOB"], "the person who rejected it, and nobody whom their words name"


def test_a_fact_that_no_reason_tells_is_told_all_the_same():
    fact = Fact(rule="rate", name="rate", value="31 proposals in 10 minutes")
    assert "From our records: 31 proposals in 10 minutes" in said(make_proposal(risk=(), facts=(fact,)))


def test_an_edited_card_shows_who_changed_what():
    words = said(edited({"amount": 99, "order": "1001", "note": "late parcel"}))
    assert "Changed by a reviewer since the agent proposed it\namount: 250 → 99" in words
    assert "Changed by <@U0BOB>; approvals from before are void" in words
    assert "revision 2" in words
    assert '"amount": 99' in words
    approved = replace(
        edited({"amount": 99}), status=Status.approved, cause=Cause.reviewer, decisions=(approval("U0BOB", round=2),)
    )
    assert "*Approved* by <@U0BOB>, with changes" in said(approved)


def test_a_card_says_who_approved_and_whose_approval_is_missing():
    proposal = make_proposal(roles=("finance", "support"), approvals=1, decisions=(approval(),))
    words = said(proposal)
    assert "Approved so far by <@U0ALICE>. Still needed: 1 of *finance*." in words
    assert "High risk" in words
    void = make_proposal(roles=("finance", "support"), round=2, decisions=(approval(),))
    assert "Approved so far" not in said(void)


def test_self_review_is_loud_before_and_after():
    gate = {"self_review": frozenset({"support"}), "excluded": frozenset({"U0ALICE"})}
    assert "*Self-review is allowed:*" in said(make_proposal(**gate))
    assert "Self-review" not in said(make_proposal())
    assert "*self-review*" in said(resolved(Status.approved, **gate))
    assert "*self-review*" not in said(resolved(Status.approved))


def test_only_our_own_block_calls_people_and_only_while_it_waits():
    proposal = make_proposal(on_behalf_of="U0ALICE", summary="<@U0EVIL> <!channel>", payload={"to": "<!here>"})
    assert not re.search(r"<[@!](?!date)", json.dumps(markup(card(proposal).blocks)))
    called = [text for text in markup(card(proposal, mention=MENTION).blocks) if re.search(r"<[@!](?!date)", text)]
    assert called == [f":bell: Please decide: {MENTION}"]


def test_a_card_points_at_open_proposals_of_the_same_digest():
    assert f"{TWINS[0]}, {TWINS[1]} and 38 more are open too" in said(make_proposal(), twins=TWINS)
    assert "The same again" not in said(make_proposal(), twins=("<!channel>",))


@pytest.mark.parametrize("field", ["payload", "summary", "reasoning", "rollback_plan", "preview"])
def test_hidden_characters_are_marked_wherever_they_are(field):
    trick = "pay \u202e me"
    changes = {"payload": {"note": trick}, "preview": Preview(kind="text", text=trick)}
    assert "*Hidden characters:*" in said(make_proposal(**{field: changes.get(field, trick)}))
    assert "Hidden characters" not in said(make_proposal())


def test_text_from_outside_is_marked():
    assert "*Untrusted source:*" in said(make_proposal(source=Source.untrusted))
    assert "Untrusted" not in said(make_proposal(source=Source.trusted))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://bank.example@evil.example/x", "(leads to evil.example)"),
        ("https://b\u0430nk.example", "(leads to xn--bnk-6cd.example)"),
        ("https://[::1", "(leads nowhere: not an address)"),
    ],
)
def test_an_address_that_misleads_says_where_it_leads(url, shown):
    assert shown in said(make_proposal(context=(Evidence(title="Look", url=url),)))
    assert "leads" not in said(make_proposal(context=(Evidence(title="Look", url="https://bank.example/a"),)))


def test_what_is_shortened_says_how_many_characters_are_missing():
    reasoning = "because " * 900
    words = said(make_proposal(reasoning=reasoning.strip()))
    found = re.search(r"… ([\d,]+) characters more in Details", words)
    quoted = next(
        text for kind, text in parts(card(make_proposal(reasoning=reasoning.strip())).blocks) if "because" in text
    )
    assert len(quoted) + int(found[1].replace(",", "")) == len(reasoning.strip())


def test_a_cut_card_keeps_its_limit_also_where_everything_that_it_has_to_say_is_as_long_as_it_can_be():
    text = '"\\\n' * 9000
    roles = tuple(f"{letter}{'r' * 60}" for letter in "abcdefghijkl")
    steps = tuple(
        Escalation(after=60 * number, to=f"{'z' * 60}{number}", channel="C0LEAD", roles=roles[:1])
        for number in range(1, 21)
    )
    proposal = make_proposal(
        payload={"text": text, **{f"field_{number}": text[:300] for number in range(9)}},
        preview=Preview(kind="text", text=text),
        on_behalf_of="x" * 120,
        source=Source.untrusted,
        roles=roles,
        approvals=3,
        excluded=frozenset({"U0OWNER"}),
        self_review=frozenset(roles),
        title="Do {action}",
        show=tuple(f"field_{number}" for number in range(9)),
        second_person=True,
        stand_ins=tuple(StandIn(role=role, by=f"{letter}{'s' * 60}") for role in roles for letter in "xyz"),
        remind=tuple(range(60, 6000, 60)),
        escalate=steps,
    )
    exchange = Inquiry(
        number=1, text=text[:1000], asked_by="U0BOB", asked_at=START, reply=text[:4000], replied_at=START
    )
    made = card(replace(proposal, questions=(exchange, exchange)), mention=MENTION * 9, twins=TWINS)
    assert not made.whole
    assert message_faults(made.blocks, made.text) == []
    assert "(only the beginning)" in made.words


def test_what_finds_no_room_at_all_is_named():
    tight = {"payload": {"text": "x" * 5000}, "reasoning": ("because " * 500).strip(), "rollback_plan": "undo " * 100}
    evidence = tuple(Evidence(title="T" * 300, text="t" * 4000) for _ in range(20))
    words = said(make_proposal(**tight, preconditions=("It holds. " * 20,), context=evidence, signals={"retries": 1}))
    assert "Not shown here, whole in Details:" in words
    assert "What the agent measured (10 characters)" in words


def test_reasons_come_in_the_rules_words_with_the_rules_id():
    risk = (Reason(rule="one", reason="First *reason*"), Reason(rule="two", reason="Second <!here>"))
    words = said(make_proposal(risk=risk))
    assert "First *reason* · rule one" in words
    assert "Second <!here> · rule two" in words
    assert "by default the policy asks a person" in said(make_proposal(risk=(), rules=()))


def test_the_notification_says_who_what_and_how_much_at_once():
    text = card(make_proposal(payload={"note": "x" * 500, "amount": 250, "currency": "EUR"})).text[:300]
    assert text.startswith("support-bot asks to run refund.create (amount 250, currency “EUR”")
    assert "Why: Refund above 100. The agent says: “Refund for order 1001”" in text
    hostile = card(make_proposal(summary="<!channel> & <b>", payload={"a": "<@U0EVIL>"})).text
    assert "&lt;!channel&gt; &amp; &lt;b&gt;" in hostile
    assert card(resolved(Status.rejected)).text.startswith("Rejected: refund.create of support-bot")


def test_a_closed_card_can_do_nothing_and_says_where_to_go():
    made = closed_card("prp_1")
    assert message_faults(made.blocks, made.text) == []
    assert elements(made.blocks) == []
    assert "/approvals" in made.words


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


def test_a_rewritten_card_has_other_words():
    made = card(make_proposal())
    altered = json.loads(json.dumps(made.blocks).replace('\\"amount\\": 250', '\\"amount\\": 25'))
    assert altered != made.blocks
    assert words_of(altered) != made.words


def test_a_card_stays_below_what_slack_takes_even_with_much_to_say():
    risk = tuple(Reason(rule=f"rule-{number}", reason="because & " * 60) for number in range(40))
    made = card(make_proposal(risk=risk, reasoning="& < > " * 1300, roles=tuple(f"role-{n:03}" for n in range(60))))
    assert message_faults(made.blocks, made.text) == []
    assert serialised(made.blocks) < 10_000


def test_a_waiting_card_reads_from_what_will_happen_to_the_buttons():
    proposal = make_proposal(
        title="Refund {payload.amount} for order {payload.order}",
        show=("amount",),
        on_behalf_of="U0ALICE",
        preview=Preview(kind="diff", before="open: 250", after="open: 0"),
        context=(Evidence(title="Ticket 4711"),),
        rollback_plan="Charge it again",
        facts=(Fact(rule="refund-large", name="first_time payload.order", value="never approved before"),),
        decisions=(approval(),),
        roles=("finance", "support"),
    )
    words = said(proposal, mention=MENTION)
    order = [
        "Refund 250 for order “1001”",
        "amount: 250",
        "Agent support-bot · action refund.create · acts for U0ALICE",
        "Refund above 100 · rule refund-large",
        "From our records: never approved before",
        "exactly what will run",
        "added 1 line, removed 1 line",
        "checked by nobody",
        "Ticket 4711",
        "Charge it again",
        "In one line, the agent says",
        "Why, in the agent's words",
        "Please decide",
        "Approved so far by <@U0ALICE>. Still needed: 1 of *finance*.",
        "unanswered means rejected",
        "⟦approve ",
        proposal.digest[:19],
    ]
    found = [words.index(part) for part in order]
    assert found == sorted(found)


def test_what_is_not_needed_at_once_is_left_to_details():
    words = said(make_proposal(run_id="run-77", tool_call_id="call-9", policy_version="policy-1"))
    assert not [mark for mark in ("run-77", "call-9", "policy-1", make_proposal().digest) if mark in words]
