"""What a card says, and to whom: of what was watched, edited, called, shortened and closed."""

import json
import re
from dataclasses import replace

import pytest

from approvals.gate import Escalation, Fact, Reason, StandIn
from approvals.proposal import (
    Action,
    Cause,
    Evidence,
    Inquiry,
    Preview,
    Revision,
    RollbackStatus,
    Source,
    Status,
)
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card, closed_card
from bot.slack.cards.details import pages
from tests.making import START, make_proposal
from tests.slack.card_states import LATER, MENTION, TWINS, approval, resolved, retracted_by, said, watched
from tests.slack.hostile import (
    buttons,
    claims_of,
    elements,
    markup,
)
from tests.slack.limits import message_faults, serialised


def edited(payload, **changes):
    """A proposal whose payload U0BOB replaced."""
    proposal = make_proposal(**changes)
    revision = Revision(number=2, action=Action(name=proposal.action.name, payload=payload), at=LATER, editor="U0BOB")
    return replace(proposal, revisions=(*proposal.revisions, revision), round=2)


def test_a_watched_card_says_that_nobody_was_waited_for_until_when_one_can_object_and_calls_nobody():
    made = card(watched(risk=(Reason(rule="notes", reason="Notes are looked over"),)), mention=MENTION)
    assert "*Approved* by the policy, which waits for nobody here" in made.words
    assert "Whoever is in *support* can object until 30 minutes after the agent takes it." in made.words
    assert "\nNotes are looked over\n" in made.words
    assert list(buttons(made.blocks)) == ["object", "details"]
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


def in_details(proposal):
    return words_of([block for page in pages(proposal) for block in page])


def test_a_waiting_card_says_who_stands_in_and_details_have_its_ladder():
    lead = Escalation(after=1200, to="lead", channel="C0LEAD", roles=("support",))
    waits = make_proposal(remind=(600,), escalate=(lead,), stand_ins=(StandIn(role="support", by="night"),))
    assert "*night* may decide too." in said(waits)
    assert "Reminder" not in said(waits)
    ladder = r"Reminder <!date\S+ .*· \*lead\* may step in <!date\S+ .*· rejected <!date"
    assert re.search(ladder, in_details(waits))
    assert "Reminder" not in in_details(resolved(Status.approved, remind=(600,)))


def test_a_card_says_that_a_second_person_is_needed_before_and_after_a_change():
    assert "*Second person:* whoever changes the payload is not enough" in in_details(make_proposal(second_person=True))
    assert "Second person" not in in_details(make_proposal())
    changed = edited({"amount": 99}, second_person=True)
    alone = replace(changed, decisions=(approval("U0BOB", round=2),))
    assert "Still needed: somebody who did not change it." in said(alone)
    assert "Still needed: 1 of *support*, with somebody who did not change it." in said(changed)


def test_what_we_know_of_the_past_stands_below_the_rule_that_asked_and_a_rejection_before_comes_first():
    reasons = (Reason(rule="large", reason="Much money"), Reason(rule="repeat", reason="Rejected before."))
    facts = (
        Fact(rule="large", name="unusual payload.amount", value="payload.amount is 250, against a median of 20"),
        Fact(rule="repeat", name="repeat_of_rejected", value="U0BOB rejected exactly this: <@U0EVIL> *no*"),
    )
    made = card(make_proposal(risk=reasons, facts=facts))
    assert (
        "Rejected before. · From our records: <@U0BOB> rejected exactly this: <@U0EVIL> *no*\n"
        "Much money · From our records: payload.amount is 250, against a median of 20\n"
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
    assert "amount 99" in words
    approved = replace(
        edited({"amount": 99}), status=Status.approved, cause=Cause.reviewer, decisions=(approval("U0BOB", round=2),)
    )
    assert "*Approved* by <@U0BOB>, with changes" in said(approved)


def test_a_card_says_who_approved_and_whose_approval_is_missing():
    proposal = make_proposal(roles=("finance", "support"), approvals=1, decisions=(approval(),))
    words = said(proposal)
    assert "*1 of 2 approvals* · <@U0ALICE> · until" in words
    assert "Still needed: 1 of *finance*." in words
    void = make_proposal(roles=("finance", "support"), round=2, decisions=(approval(),))
    assert "*2 approvals:* one each of *finance* and *support*, all by different people" in said(void)
    assert "U0ALICE" not in said(void)


def test_self_review_is_loud_before_and_after():
    gate = {"self_review": frozenset({"support"}), "excluded": frozenset({"U0ALICE"})}
    assert "Self-review is allowed:" in said(make_proposal(**gate))
    assert "Self-review" not in said(make_proposal())
    assert "*self-review*" in said(resolved(Status.approved, **gate))
    assert "*self-review*" not in said(resolved(Status.approved))


def test_only_our_own_block_calls_people_and_only_while_it_waits():
    proposal = make_proposal(on_behalf_of="U0ALICE", summary="<@U0EVIL> <!channel>", payload={"to": "<!here>"})
    assert called(card(proposal)) == ["acts for <@U0ALICE>"]
    assert called(card(proposal, mention=MENTION)) == ["acts for <@U0ALICE>", f":bell: {MENTION}"]
    assert called(card(make_proposal(on_behalf_of="<!channel> <@U0EVIL>"))) == []
    assert called(card(resolved(Status.rejected, resolved_by=None, cause=Cause.expired), mention=MENTION)) == []


def called(made):
    """What of our markup calls somebody."""
    return [text for text in markup(made.blocks) if re.search(r"<[@!](?!date)", text)]


def test_a_card_points_at_open_proposals_of_the_same_digest():
    assert f"{TWINS[0]}, {TWINS[1]} and 38 more are open too" in said(make_proposal(), equals=TWINS)
    assert "The same again" not in said(make_proposal(), equals=("<!channel>",))


@pytest.mark.parametrize("field", ["payload", "summary", "reasoning", "rollback_plan", "preview"])
def test_hidden_characters_are_marked_wherever_they_are(field):
    trick = "pay \u202e me"
    changes = {"payload": {"note": trick}, "preview": Preview(kind="text", text=trick)}
    assert "Hidden characters:" in said(make_proposal(**{field: changes.get(field, trick)}))
    assert "Hidden characters" not in said(make_proposal())


def test_text_from_outside_is_marked():
    assert "untrusted source" in said(make_proposal(source=Source.untrusted))
    assert "untrusted" not in said(make_proposal(source=Source.trusted))


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
    (quoted,) = [
        run["text"]
        for part in claims_of(card(make_proposal(reasoning=reasoning.strip())).blocks)[0]["elements"]
        for run in part["elements"]
        if "because" in run["text"]
    ]
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
    made = card(replace(proposal, questions=(exchange, exchange)), mention=MENTION * 9, equals=TWINS)
    assert not made.whole
    assert message_faults(made.blocks, made.text) == []
    assert "(only the beginning)" in made.words


def test_what_finds_no_room_at_all_is_named():
    tight = {"payload": {"text": "x" * 5000}, "reasoning": ("because " * 500).strip(), "rollback_plan": "undo " * 100}
    evidence = tuple(Evidence(title="T" * 300, text="t" * 4000) for _ in range(20))
    words = said(make_proposal(**tight, preconditions=("It holds. " * 20,), context=evidence, signals={"retries": 1}))
    assert "Not shown here, whole in Details:" in words
    assert "Measured (10 characters)" in words


def test_reasons_come_in_the_rules_words_and_in_details_with_the_rules_id():
    risk = (Reason(rule="one", reason="First *reason*"), Reason(rule="two", reason="Second <!here>"))
    words = said(make_proposal(risk=risk))
    assert "\nFirst *reason*\nSecond <!here>\n" in words
    assert "rule one" not in words
    assert "First *reason* · rule one" in in_details(make_proposal(risk=risk))
    assert "no rule fits" in said(make_proposal(risk=(), rules=()))


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


def test_a_rewritten_card_has_other_words():
    made = card(make_proposal())
    altered = json.loads(json.dumps(made.blocks).replace('"text": "250"', '"text": "25"'))
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
        risk=(
            Reason(rule="refunds", reason="It is money", always=True),
            Reason(rule="refund-large", reason="Refund above 100"),
        ),
        payload={"order": "1001", "amount": 250},
        facts=(Fact(rule="refund-large", name="first_time payload.order", value="never approved before"),),
        decisions=(approval(),),
        roles=("finance", "support"),
    )
    words = said(proposal, mention=MENTION)
    order = [
        "Refund 250 for order 1001",
        "*1 of 2 approvals* · <@U0ALICE>",
        " · until ",
        "Still needed: 1 of *finance*.",
        "Refund above 100 · from our records: order is new",
        'amount 250 · not in evidence order "1001" · not in evidence',
        "support-bot · refund.create · It is money",
        "acts for <@U0ALICE>",
        "unchecked",
        "Why The parcel",
        "Evidence Ticket 4711",
        "Preview, says the agent",
        "⟦approve ",
        "☺ <!subteam^S0FINANCE> <@U0ALICE>",
        proposal.digest[:19],
    ]
    found = [words.index(part) for part in order]
    assert found == sorted(found)


def test_what_is_not_needed_at_once_is_left_to_details():
    words = said(make_proposal(run_id="run-77", tool_call_id="call-9", policy_version="policy-1"))
    assert not [mark for mark in ("run-77", "call-9", "policy-1", make_proposal().digest) if mark in words]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.example.com/in/7?key=1", "hooks.example.com/…"),
        ("https://crm.ours.example\u200b@hooks.theirs.example/in", "hooks.theirs.example/…"),
        ("https://crm.ours.example@hooks.theirs.example", "hooks.theirs.example/…"),
        ("http://127.0.0.1", "127.0.0.1"),
        ("HTTPS://crm.ours.example@Hooks.theirs.example/in", "hooks.theirs.example/…"),
        (f"https://crm.ours.example.{'a.' * 60}theirs.example/in", f"…{'a.' * 23}theirs.example/…"),
        ("https://crm.ours.example\\@theirs.example", "“https://crm.ours.example\\@theirs.example”"),
        ("https://\u0430.example/x", "“https://⟨U+0430 Cyrillic, like a⟩.example/x”"),
        ("https://", "“https://”"),
        ("ftp://files.example", "ftp://files.example"),
        ("https://[::1", "“https://[::1”"),
    ],
)
def test_of_a_web_address_a_title_says_where_it_leads(url, shown):
    proposal = make_proposal(title="Send it to {payload.url}", payload={"url": url})
    assert card(proposal).blocks[0]["text"]["text"] == f"Send it to {shown}"


@pytest.mark.parametrize(
    ("evidence", "marked", "alone"),
    [
        ("Our terms allow it", [], True),
        ("Order 1001, as paid", ["amount", "customer"], False),
        (None, [], False),
    ],
)
def test_where_evidence_holds_no_value_at_all_one_sentence_says_so_and_no_mark_does(evidence, marked, alone):
    context = () if evidence is None else (Evidence(title=evidence),)
    payload = {"order": "1001", "amount": 250, "customer": "cus_77", "done": True}
    words = card(make_proposal(payload=payload, context=context)).words
    assert ("No value of it is in the agent's evidence" in words) is alone
    assert [name for name in sorted(payload) if re.search(rf"\b{name} \S+ · not in evidence", words)] == marked


def test_no_line_of_the_agents_begins_where_our_labels_do():
    imitated = "Fine.\nEvidence Cleared by finance\n+ Paid\nPreview Nothing leaves"
    proposal = make_proposal(
        reasoning=imitated,
        context=(Evidence(title="Ticket", text=imitated),),
        preview=Preview(kind="text", text=imitated),
    )
    (said,) = claims_of(card(proposal).blocks)
    runs = [run for part in said["elements"][1:] for run in part["elements"] if run["text"] != "\n"]
    lines = [line for run in runs for line in run["text"].split("\n")[1:]]
    assert len(lines) >= 9
    assert [line for line in lines if not line.startswith("\u2003")] == []


def test_what_is_true_of_every_such_proposal_is_small_print_and_no_bullet():
    risk = (Reason(rule="all", reason="A transfer is final", always=True), Reason(rule="large", reason="More than 100"))
    kinds = {
        element["type"] if block["type"] == "rich_text" else block["type"]: json.dumps(element)
        for block in card(make_proposal(risk=risk)).blocks
        for element in block.get("elements", ())
        if "A transfer is final" in json.dumps(element) or "More than 100" in json.dumps(element)
    }
    assert {kind: "final" in text for kind, text in kinds.items()} == {"rich_text_list": False, "context": True}


def test_a_value_in_a_box_that_stands_in_no_evidence_is_named_in_a_bullet():
    payload = {"order": "1001", "lines": [{"sku": "AB-12345", "note": "blue\nplease"}]}
    words = card(make_proposal(payload=payload, context=(Evidence(title="Order 1001"),))).words
    assert "Not in evidence: lines.0.sku" in words


def test_the_fields_of_one_object_stand_together_where_the_first_of_them_has_its_place():
    payload = {"delivery": "2026-12-07", "line": {"unit": "m", "price": 9.4}, "supplier": "Tann"}
    words = card(make_proposal(payload=payload, show=("line.price",))).words
    places = [words.index(name) for name in ("line.price", "line.unit", "delivery", "supplier")]
    assert places == sorted(places)


def test_where_an_overview_says_what_is_odd_only_a_short_beginning_follows():
    names = (str(number).translate(str.maketrans("0123456789", "abcdefghij")) for number in range(1000, 1600))
    lines = [*(f"/archive/2014/{name}" for name in names), "/srv/keys"]
    words = card(make_proposal(payload={"text": "\n".join(lines)})).words
    assert "Unlike the rest: Line 601" in words
    assert 10 < words.count("/archive/2014/") < 40
