"""The shared card and its list: Slack's limits whatever agents write, and nothing to tick that is not whole there."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from approvals.effects import FOLLOWS
from approvals.events import Actor
from approvals.gate import Reason
from approvals.ports import Line
from approvals.proposal import Action, Evidence, Preview, Revision, Source, Status
from bot.slack.cards.batch_card import Batched, shared_card, threaded
from bot.slack.forms.batch_form import Done, ShownProposal, batch_form, batch_reject_form, results, seen_in, ticked
from tests.making import START, make_proposal
from tests.slack.hostile import BIG, MARK, decoded, exactly, markup, parts, proposals
from tests.slack.limits import message_faults, view_faults
from tests.slack.view_limits import judged, seen
from tests.town import visible_text

slow = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def together(*several):
    numbered = tuple(replace(each, id=f"prp_{number:032x}") for number, each in enumerate(several, 1))
    return Batched(proposals=numbered, closes_at=START + timedelta(minutes=5))


def mail(to, **changes):
    payload = {"to": to, "subject": "Hello", "body": "Your parcel is here."}
    return make_proposal(action="email.send", payload=payload, summary=None, **changes)


def on_screen(view, number):
    """The payload that a reader of the list finds for a number: what is the same in all, and what it has of its own."""
    told, here, boxes = {}, None, []
    for kind, text in parts(view["blocks"]):
        if kind == "rich_text_section" and text != "(the line goes on)":
            told[here] = "".join(boxes)
            boxes = []
            here = text.split(" ")[0] if text[:1].isdigit() else text
        elif kind == "rich_text_section":
            boxes.append("⟨joined⟩")
        else:
            boxes.append(text if not boxes or boxes[-1] == "⟨joined⟩" else "\n" + text)
    told[here] = "".join(boxes)
    common = told.get("The same in all of them: part of what will run", "") or "{}"
    own = told.get(f"{number}.", "") or "{}"
    return {
        **json.loads(decoded(common.replace("⟨joined⟩", ""))),
        **json.loads(decoded(own.replace("⟨joined⟩", ""))),
    }


@slow
@given(st.lists(proposals(), min_size=2, max_size=7))
def test_card_and_list_keep_slacks_limits_and_what_can_be_ticked_is_whole_in_the_list(several):
    whole = together(*several)
    card = shared_card(whole, mention="<@U0ALICE> <@U0BOB>")
    view, found = batch_form(whole, "frm_1")
    assert not message_faults(card.blocks, card.text)
    assert not [text for text in markup([card.blocks, view["blocks"]]) if MARK in text]
    judged(view)
    by_id = {each.id: each for each in whole.proposals}
    offered = {
        option["value"]
        for block in view["blocks"]
        for element in block.get("elements", ())
        for option in element.get("options", ())
    }
    assert offered == set(found)
    for proposal_id, each in found.items():
        proposal = by_id[proposal_id]
        assert proposal.status is Status.pending
        assert (each.digest, each.revision, each.nonce) == (proposal.digest, proposal.revision, proposal.nonce)


@pytest.mark.parametrize("kind", [kind for kind in BIG if kind != "blanks"])  # those are spelled as one short token
def test_of_a_payload_that_is_too_long_for_the_list_nothing_can_be_ticked(kind):
    several = [make_proposal(payload=BIG[kind]), make_proposal(payload={**BIG[kind], "n": 1}), make_proposal()]
    whole = together(*several)
    view, found = batch_form(whole, "frm_1")
    judged(view)
    assert set(found) <= {whole.proposals[2].id}
    assert "Too long for this list" in visible_text(view)
    card = shared_card(whole)
    assert not message_faults(card.blocks, card.text)


FIELDS = st.dictionaries(
    st.sampled_from(["to", "body", "n", "x"]),
    st.one_of(
        st.integers(0, 3), st.text(max_size=8), st.sampled_from(["a" * 4000, "b\nc", "<!channel>", "\u202e", 1.0])
    ),
    max_size=4,
)


@slow
@example([{"to": 1}, {"to": 1.0}])
@given(st.lists(FIELDS, min_size=2, max_size=6))
def test_a_reader_of_the_list_finds_exactly_the_payload_of_each_that_can_be_ticked(payloads):
    whole = together(*(make_proposal(payload=each, summary=None) for each in payloads))
    view, found = batch_form(whole, "frm_1")
    assert len(found) == len(payloads)
    for place, proposal in enumerate(whole.proposals):
        assert exactly(on_screen(view, place + 1)) == exactly(proposal.action.payload)


def test_forty_that_are_long_keep_the_limits_of_view_and_card():
    several = [mail(f"{number}@example.com" + "漢" * 3000, reasoning="x" * 8000) for number in range(40)]
    whole = together(*several)
    view, found = batch_form(whole, "frm_1")
    judged(view)
    assert not view_faults(view)
    card = shared_card(whole)
    assert not message_faults(card.blocks, card.text)
    done = [Done(number=number, proposal=each, why_not="no") for number, each in enumerate(whole.proposals, 1)]
    judged(results("Approved", done, 3))
    assert found == {}, "18 kB each are too much for one view"


def test_what_is_the_same_is_told_once_and_what_differs_line_by_line():
    card = shared_card(together(mail("mira"), mail("noor"), mail("mira")))
    said = visible_text({"blocks": card.blocks})
    assert said.count("Your parcel is here.") == 1
    assert 'to \n"mira"\nto \n"noor"\nto \n"mira"\n · the same as 1' in said


def test_it_reads_as_a_card_of_one_does_from_how_it_stands_to_small_print():
    risk = (
        Reason(rule="mails", reason="A mail cannot be called back", always=True),
        Reason(rule="strangers", reason="We never wrote there"),
    )
    several = [mail(f"{name}@example.com", risk=risk, reasoning="I say so") for name in ("mira", "noor")]
    words = " ".join(shared_card(together(*several), mention="<@U0ALICE>").words.split())
    order = [
        "2 \u00d7 email.send",
        "*2 of 2 wait*, one approval of *support* each",
        "We never wrote there",
        'The same in all of them subject "Hello"',
        'to "mira@example.com" to "noor@example.com"',
        "support-bot · email.send · A mail cannot be called back",
        "⟦batch_review",
        "<@U0ALICE>",
    ]
    assert [part for part in order if words.count(part) != 1] == []
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_where_there_is_little_room_for_each_its_fields_have_no_style_and_what_is_missing_is_counted():
    plain = shared_card(together(*(mail(f"m{number}@example.com") for number in range(30))))
    assert "to: m29@example.com" in plain.words
    large = [make_proposal(payload={f"k{n}": f"{place} {'x' * 90}" for n in range(20)}) for place in range(2)]
    assert "fields more in Review" in shared_card(together(*large)).words


def test_the_card_warns_of_text_from_outside_and_of_hidden_characters_and_such_are_not_ticked_at_first():
    whole = together(mail("mira"), mail("no\u202eor", source=Source.untrusted))
    assert "untrusted source" in seen({"blocks": shared_card(whole).blocks})
    assert "Hidden characters" in seen({"blocks": shared_card(whole).blocks})
    view, found = batch_form(whole, "frm_1")
    boxes = [each for block in view["blocks"] for each in block.get("elements", ()) if each["type"] == "checkboxes"]
    assert [bool(each.get("initial_options")) for each in boxes] == [True, False]
    assert len(found) == 2


def listed_under(view, number):
    """All that stands in the list for one number, line by line."""
    blocks = view["blocks"]
    (block,) = (each for each in blocks if each["type"] == "rich_text" and seen({"blocks": [each]}).startswith(number))
    return ["".join(run["text"] for run in part["elements"]) for part in block["elements"]]


def test_in_the_list_each_says_which_of_its_values_no_evidence_has_and_what_is_at_stake_is_not_ticked_at_first():
    context = (Evidence(title="Mail of mira@x.example", text="Hello, where is it? Your parcel is here."),)
    several = [
        mail("mira@x.example", context=context),
        mail("mara@x.example", context=context),
        make_proposal(action="email.send", payload={"to": "mira@x.example", "subject": "Good day"}, context=context),
        make_proposal(action="email.send", payload={"to": "eva@y.example", "order": "A-99", "n": 77}, context=context),
        mail("mira@x.example"),
    ]
    view, found = batch_form(together(*several), "frm_1")
    told = [listed_under(view, f"{number}. ")[-1] for number in range(1, 6)]
    assert "evidence" not in told[0]
    assert told[1] == "Not in evidence: to (it has mira@x.example)"
    assert told[2] == "Not in evidence: subject"
    assert told[3] == "No value of it is in the agent's evidence"
    assert "evidence" not in told[4]
    boxes = [each for block in view["blocks"] for each in block.get("elements", ()) if each["type"] == "checkboxes"]
    assert [bool(each.get("initial_options")) for each in boxes] == [True, False, True, False, True]
    assert len(found) == 5


def test_what_is_decided_has_no_tick_and_when_all_is_the_card_asks_nothing():
    over = mail("mira", status=Status.rejected)
    view, found = batch_form(together(over, mail("noor")), "frm_1")
    assert [each.number for each in found.values()] == [2]
    card = shared_card(together(over, over), mention="<@U0ALICE>")
    assert "None of these waits" in str(card.blocks)
    assert "U0ALICE" not in str(card.blocks)
    view, found = batch_form(together(over, over), "frm_1")
    assert found == {}
    assert "submit" not in view


def test_a_preview_is_part_of_what_has_to_be_whole():
    long = Preview(kind="text", text="x" * 200_000)
    view, found = batch_form(
        together(mail("mira", preview=long), mail("noor", preview=Preview(kind="text", text="q"))), "f"
    )
    assert [each.number for each in found.values()] == [2]
    assert "\nq" in visible_text(view)


def test_only_an_edited_payload_counts_as_it_is_now():
    proposal = mail("mira")
    changed = Revision(number=2, action=Action(name="email.send", payload={"to": "evil"}), at=START, editor="U0BOB")
    whole = together(replace(proposal, revisions=(*proposal.revisions, changed)), mail("noor"))
    view, found = batch_form(whole, "frm_1")
    assert found[whole.lead.id].digest == changed.action.digest
    assert on_screen(view, 1) == {"to": "evil"}


def test_what_a_form_keeps_is_read_back_and_what_is_misshapen_is_not():
    kept = ShownProposal(number=1, digest="sha256:1", revision=2, nonce="n")
    assert seen_in({"seen": {"prp_1": kept.as_json()}}) == {"prp_1": kept}
    assert seen_in({}) == seen_in({"seen": []}) == seen_in({"seen": {"prp_1": {"number": 1}}}) == {}


def test_ticks_are_read_from_every_block_of_the_state():
    state = {
        "tick.1": {"input_tick": {"type": "checkboxes", "selected_options": [{"value": "prp_1"}]}},
        "tick.2": {"input_tick": {"type": "checkboxes", "selected_options": []}},
        "reason": {"input_reason": {"value": "no"}},
    }
    assert ticked(state) == ["prp_1"]


def test_the_form_for_a_reason_names_which():
    view = batch_reject_form(together(mail("mira"), mail("noor")), [1, 2], "frm_1")
    judged(view)
    assert "Reject \n2 of 2 \u00d7 email.send\n: 1, 2." in visible_text(view)


def test_below_a_shared_card_stands_only_what_its_list_does_not_say():
    actor = Actor(kind="reviewer", id="U0ALICE")
    lines = [Line(tag=event.tag, facts={}, actor=actor, at=START) for event in FOLLOWS]
    kept = {each.tag.partition(":")[2] for each in threaded(lines)}
    assert kept >= {
        "overdue",
        "failed",
        "unknown",
        "rolled_back",
        "objected",
        "revoked",
        "asked",
        "replied",
        "escalated",
    }
    assert not kept & {"decided", "approved", "rejected", "withdrawn", "claimed", "lapsed", "succeeded"}
