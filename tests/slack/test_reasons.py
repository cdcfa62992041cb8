"""The forms that say no: reasons to choose from, words of one's own, and whether to have it remembered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.forms.dialogs import lost_nothing, object_form, reject_form, revoke_form
from bot.slack.forms.reason import CHOICE_BLOCK, REASON_BLOCK, REMEMBER_BLOCK, ReasonInput, reason_in
from sandbox.blockkit.inputs import initial, picked
from tests.making import make_proposal
from tests.slack.limits import sent
from tests.slack.view_limits import inputs, judged, seen

slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FORMS = [reject_form, revoke_form, object_form]
LINE = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
REASON = st.text(LINE, min_size=1, max_size=75).filter(lambda text: text == text.strip() and sent(text) <= 75)
REASONS = st.lists(
    REASON | st.sampled_from(["<!channel>", ":tada:", "*b*", "&" * 15, "x" * 75, "🎉" * 37]), unique=True, max_size=12
)
FEW = ("Wrong customer", "Amount too high")
MANY = tuple(f"Reason {number}" for number in range(1, 130))


def form(make=reject_form, typed=None, **changes):
    return judged(make(make_proposal(**changes), "frm_1", typed or {}))


def answered(view, **wanted):
    """What is read from the form once a person filled in inputs by their label."""
    state = initial(view["blocks"])
    for label, value in wanted.items():
        block = inputs(view)[label.replace("_", " ")]
        state[block["block_id"]][block["element"]["action_id"]] = picked(block["element"], value)
    return reason_in(state)


@pytest.mark.parametrize("make", FORMS)
@given(
    reasons=REASONS,
    typed=st.fixed_dictionaries({}, optional={"reason": REASON, "choice": REASON, "remember": st.just(True)}),
)
@slow
def test_the_forms_keep_slacks_limits_whatever_the_reasons_and_what_was_typed(make, reasons, typed):
    form(make, typed, reject_reasons=tuple(reasons))
    form(make, {**typed, "choice": reasons[0]} if reasons else typed, reject_reasons=tuple(reasons))


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize(
    ("count", "kind", "shown"), [(1, "radio_buttons", 1), (10, "radio_buttons", 10), (11, "static_select", 11)]
)
def test_few_reasons_stand_side_by_side_and_more_in_a_menu(make, count, kind, shown):
    element = inputs(form(make, reject_reasons=MANY[:count]))["What is wrong"]["element"]
    assert element["type"] == kind
    assert [option["text"]["text"] for option in element["options"]] == list(MANY[:shown])


def test_of_more_than_a_menu_takes_the_rest_is_said_to_be_left_out():
    view = form(reject_reasons=MANY)
    assert len(inputs(view)["What is wrong"]["element"]["options"]) == 100
    assert f"The policy has {len(MANY) - 100} more; write what it is." in seen(view)
    assert "more; write" not in seen(form(reject_reasons=MANY[:100]))


@pytest.mark.parametrize("make", FORMS)
def test_where_the_policy_gives_no_reasons_one_has_to_be_written(make):
    view = form(make)
    assert "What is wrong" not in inputs(view)
    assert inputs(view)["Reason"]["optional"] is False
    assert "hint" not in inputs(view)["Reason"]


@pytest.mark.parametrize("make", FORMS)
def test_where_it_gives_some_either_will_do_and_the_form_says_so(make):
    view = form(make, reject_reasons=FEW)
    assert [inputs(view)[label]["optional"] for label in ("What is wrong", "Reason")] == [True, True]
    assert inputs(view)["Reason"]["hint"]["text"] == "Choose one above, write here, or both. The agent is told."


@pytest.mark.parametrize(
    ("chosen", "typed", "kept"),
    [
        ("Wrong customer", "It is Mira's", "Wrong customer: It is Mira's"),
        ("Wrong customer", "  \n", "Wrong customer"),
        ("", "  It is Mira's ", "It is Mira's"),
        ("", " \n ", ""),
    ],
)
def test_the_reason_that_is_kept_is_either_or_both(chosen, typed, kept):
    view = form(reject_reasons=FEW)
    given = answered(view, Reason=typed, **({"What_is_wrong": chosen} if chosen else {}))
    assert given.reason == kept


@pytest.mark.parametrize("count", [10, 11])
def test_what_is_chosen_is_read_back_from_either_kind(count):
    view = form(reject_reasons=MANY[:count])
    assert answered(view, What_is_wrong="Reason 7") == ReasonInput(chosen="Reason 7")


def test_an_empty_form_says_nothing():
    assert reason_in(initial(form(reject_reasons=FEW)["blocks"])) == ReasonInput()
    assert reason_in({}) == ReasonInput()
    assert reason_in({CHOICE_BLOCK: {}, REMEMBER_BLOCK: {}, REASON_BLOCK: {}}) == ReasonInput()
    assert ReasonInput().kept == {}


@pytest.mark.parametrize("make", [reject_form, revoke_form])
def test_holding_the_same_is_offered_with_its_length_and_not_ticked(make):
    view = form(make, remember_rejection=3600)
    (option,) = inputs(view)["If the agent tries again"]["element"]["options"]
    assert option["text"]["text"] == "Remember this rejection for 1 hour"
    assert not answered(view, Reason="No").remember
    assert answered(view, Reason="No", If_the_agent_tries_again=["remember"]).remember


def test_an_objection_holds_nothing():
    assert "If the agent tries again" not in inputs(form(object_form))


def test_what_was_put_in_is_filled_in_again_as_far_as_it_is_still_offered():
    typed = ReasonInput(chosen="Wrong customer", typed="It is Mira's", remember=True).kept
    again = form(reject_reasons=FEW, typed=typed)
    assert reason_in(initial(again["blocks"])) == ReasonInput(
        chosen="Wrong customer", typed="It is Mira's", remember=True
    )
    other = form(reject_reasons=("Amount too high",), typed=typed)
    assert reason_in(initial(other["blocks"])).chosen == ""


def test_what_came_too_late_is_shown_back_with_what_was_chosen():
    typed = ReasonInput(chosen="Wrong customer", typed="It is Mira's", remember=True).kept
    words = seen(judged(lost_nothing(make_proposal(), typed, "Too late.")))
    assert "Wrong customer" in words
    assert "It is Mira's" in words
