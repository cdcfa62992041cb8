"""Somebody edited meanwhile: who, what and when is said, and what was typed goes on top of the new revision."""

from dataclasses import replace
from datetime import timedelta

from approvals.proposal import Action, Revision, Status
from bot.slack.forms.dialogs import edit_form, lost_nothing
from bot.slack.forms.edit_conflict import EDIT_AGAIN, as_of, carried, edit_conflict, news
from bot.slack.forms.fields import fields
from tests.making import START, make_proposal
from tests.slack.filling import Filled
from tests.slack.test_splitting import LONG
from tests.slack.view_limits import inputs, judged, seen

BASE = {"amount": 150, "note": "late", "tags": ["a"], "to": {"city": "Utrecht", "zip": "1"}}


def edited(*payloads, by="U0DAVE", **changes):
    """A proposal whose revisions have these payloads; the first is the agent's."""
    first, *later = payloads
    proposal = make_proposal(payload=first, **changes)
    revisions = [
        Revision(
            number=number,
            action=Action(name=proposal.action.name, payload=payload),
            at=START + timedelta(minutes=number),
            editor=by,
        )
        for number, payload in enumerate(later, start=2)
    ]
    return replace(proposal, revisions=(*proposal.revisions, *revisions))


def kept(proposal, typed, user="U0CAROL", revision=1):
    return carried(proposal, user, revision, fields(as_of(proposal, revision)), fields(proposal), typed)


def text_of(block):
    return block["text"]["text"] if "text" in block else "\n".join(seen({"blocks": [block]}).splitlines())


def test_the_proposal_as_it_was_is_read_with_what_it_was():
    proposal = edited(BASE, {**BASE, "amount": 120})
    assert as_of(proposal, 1).action.payload == BASE
    assert [field.block_id for field in fields(as_of(proposal, 1))] == [
        field.block_id for field in fields(make_proposal(payload=BASE))
    ]


def test_what_was_typed_beside_the_others_change_is_carried_without_a_word_of_conflict():
    found = kept(edited(BASE, {**BASE, "amount": 120}), {"note": "half", "to.city": "Delft"})
    assert (found.typed, found.both) == ({"note": "half", "to.city": "Delft"}, {})
    assert found.news


def test_what_both_changed_is_carried_and_named_with_what_stands_there_now():
    found = kept(edited(BASE, {**BASE, "amount": 120, "tags": ["b"]}), {"amount": "99", "tags": "c"})
    assert found.typed == {"amount": "99", "tags": "c"}
    assert found.both == {"amount": "120", "tags": "b"}


def test_what_both_changed_alike_is_no_matter_any_more():
    found = kept(edited(BASE, {**BASE, "amount": 120}), {"amount": "120"})
    assert (found.typed, found.both, found.news) == ({}, {}, ())


def test_what_was_changed_and_changed_back_is_no_conflict():
    assert kept(edited(BASE, {**BASE, "amount": 120}, BASE), {"amount": "99"}).both == {}


def test_an_edit_of_ones_own_brought_in_what_one_typed():
    proposal = edited(BASE, {**BASE, "amount": 120}, by="U0CAROL")
    assert kept(proposal, {"amount": "120", "note": "half"}).typed == {}
    assert kept(proposal, {"amount": "120", "note": "half"}, user="U0DAVE").typed == {"note": "half"}


def test_a_part_of_a_text_that_stands_elsewhere_now_is_copied_not_filled_in():
    proposal = edited({"body": LONG}, {"body": "New beginning. " * 200 + LONG})
    before = fields(as_of(proposal, 1))
    found = kept(proposal, {before[1].name: "mine"})
    view = judged(edit_form(proposal, "frm_1", fields(proposal), found.typed, both=found.both, news=found.news))
    assert not [block for block in inputs(view).values() if block["element"].get("initial_value") == "mine"]
    assert "\nmine" in seen(view)


def test_a_part_that_nobody_else_touched_is_filled_in():
    proposal = edited({"body": LONG}, {"body": LONG.replace("Paragraph 7", "Chapter 7")})
    first = fields(proposal)[0].name
    assert kept(proposal, {first: "mine"}).typed == {first: "mine"}


def test_what_has_no_input_any_more_is_shown_to_be_copied():
    proposal = edited(BASE, {**BASE, "to": {"town": "Delft"}})
    found = kept(proposal, {"to.city": "Leiden"})
    assert (found.typed, found.both) == ({"to.city": "Leiden"}, {})
    view = judged(edit_form(proposal, "frm_1", fields(proposal), found.typed, news=found.news))
    assert "to.city\nLeiden" in seen(view)


def test_the_form_says_who_changed_what_and_what_stands_there_now():
    proposal = edited(BASE, {**BASE, "amount": 120, "note": "sooner"})
    found = kept(proposal, {"amount": "99", "to.city": "Delft"})
    form = Filled(proposal, typed=found.typed, both=found.both)
    view = judged(edit_form(proposal, "frm_1", form.shown, found.typed, both=found.both, news=found.news))
    words = seen(view)
    assert "<@U0DAVE> edited this, <!date^" in words
    assert "Changed: amount, note" in words
    assert "Somebody else changed this too, and what you typed would replace it: amount" in words
    assert inputs(view)["amount"]["element"]["initial_value"] == "99"
    assert inputs(view)["amount"]["hint"]["text"] == "Stands there now: 120 · A number."
    assert inputs(view)["note"]["element"]["initial_value"] == "sooner"
    assert "hint" not in inputs(view)["to.city"]
    assert form.read().payload == {**BASE, "amount": 99, "note": "sooner", "to": {"city": "Delft", "zip": "1"}}


def test_many_edits_are_counted_and_their_fields_named_as_one():
    payloads = [{f"f{key}": 0 for key in range(30)}]
    payloads += [{**payloads[0], "f1": number} for number in range(1, 8)]
    payloads.append({f"f{key}": 9 for key in range(30)})
    told = news(edited(*payloads), 1)
    assert "3 edits before that." in text_of(told[0])
    assert text_of(told[0]).count("edited this") == 5
    assert text_of(told[1]).endswith("and 10 more")
    assert "In the end nothing is different" in text_of(news(edited(BASE, {**BASE, "amount": 1}, BASE), 1)[1])
    assert news(edited(BASE), 1) == ()


def test_a_form_that_came_too_late_says_how_to_go_on_while_it_waits():
    proposal = edited(BASE, {**BASE, "amount": 120})
    view = judged(lost_nothing(proposal, {"amount": "99"}, "Changed.", news=edit_conflict(proposal, 1)))
    assert seen(view).splitlines()[1].startswith("<@U0DAVE> edited this")
    assert EDIT_AGAIN in seen(view)
    assert "amount\n99" in seen(view)
    decided = replace(proposal, status=Status.approved)
    assert EDIT_AGAIN not in str(edit_conflict(decided, 1))
    assert [text_of(block) for block in edit_conflict(proposal, 2)] == [EDIT_AGAIN], "where only the policy changed"
    assert edit_conflict(decided, 2) == ()


def test_hostile_names_and_values_take_no_effect_in_the_news():
    proposal = edited({"<!here>\u202e": 1, "": 1}, {"<!here>\u202e": "<!channel>", "": 2})
    found = kept(proposal, {"<!here>\u202e": "x"})
    view = judged(edit_form(proposal, "frm_1", fields(proposal), found.typed, both=found.both, news=found.news))
    assert "<!here>⟨U+202E⟩" in seen(view)
    assert all("<!" not in block["text"]["text"].replace("<!date", "") for block in view["blocks"] if "text" in block)
