"""Confirmation: what has to be typed with an approval, and that no approval passes without it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import moves
from approvals.decision import LOOK_AHEAD, Attestation, Verdict
from approvals.gate import ApprovalTerms, Confirmation, Tier
from approvals.moves.confirmation import (
    LONGEST,
    MOST_WORDS,
    NAME,
    Word,
    asks_again,
    require_typed,
    takes_words,
    words,
    wrong,
)
from approvals.proposal import Action, Status
from approvals.refusals import NotTyped
from approvals.remembered.approval import approve_and_next
from approvals.states import after_all
from tests.approvals.situations import ALICE, after
from tests.making import make_gate, make_proposal

NOW = after(10)
CONFIRM, TYPE, AMOUNT = Confirmation(), Confirmation(typed=(NAME,)), Confirmation(typed=("amount",))
TERMS = ApprovalTerms(may_differ=(), lasts=60, most=2)


def asked(payload, *paths):
    return [
        (each.field, each.text)
        for each in words(make_proposal(payload=payload, confirmation=Confirmation(typed=paths)))
    ]


def agree(proposal, *typed):
    return after_all(
        proposal, moves.approve(proposal, ALICE, proposal.nonce, NOW, attestation=Attestation(typed=typed))
    )


@pytest.mark.parametrize(
    ("redact", "field"),
    [
        ((), "card.number"),
        (("card.number",), NAME),
        (("card",), NAME),
        (("card.number.last",), NAME),
        (("car",), "card.number"),
    ],
)
def test_what_is_redacted_is_never_asked_for(redact, field):
    proposal = make_proposal(
        payload={"card": {"number": "4111"}}, confirmation=Confirmation(typed=("card.number",)), redact=redact
    )
    assert [each.field for each in words(proposal)] == [field]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (250, "250"),
        (250.0, "250.0"),
        (-1e20, "-1e+20"),
        (True, "true"),
        ("cus_1", "cus_1"),
        ("  Žofie Nguyễn ", "Žofie Nguyễn"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_what_is_typed_is_the_value_as_it_is_displayed(value, text):
    assert asked({"to": value}, "to") == [("to", text)]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "   ",
        {"a": 1},
        [1],
        "x" * (LONGEST + 1),
        "two\nlines",
        "two  blanks",
        "hidden\u200bone",
        "\u202egnp",
        "e\u0301",
        "\u212b",
        "\u3164",
        "🎉",
        "a\u00a0b",
    ],
    ids=ascii,
)
def test_where_nobody_can_type_the_value_from_a_screen_the_actions_name_is_typed(value):
    assert asked({"to": value}, "to") == [(NAME, "refund.create")]


def test_a_field_that_is_missing_or_lies_in_no_object_is_replaced_by_the_name_once():
    assert asked({"to": "x"}, "absent", "to.iban", "to") == [(NAME, "refund.create"), ("to", "x")]


def test_a_dotted_path_leads_into_objects():
    assert asked({"to": {"bank": {"iban": "DE89"}}}, "to.bank.iban") == [("to.bank.iban", "DE89")]


def test_however_many_fields_the_rules_name_a_form_asks_for_so_many():
    assert len(asked({f"f{n}": n for n in range(40)}, *(f"f{n}" for n in range(40)))) == MOST_WORDS


def test_where_nothing_is_to_be_typed_there_are_no_words():
    assert words(make_proposal()) == words(make_proposal(confirmation=CONFIRM)) == ()


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("250", True),
        (" 250\n", True),
        ("250.0", True),
        ("2.5e2", True),
        ("25e1", True),
        ("250,0", False),
        ("2 50", False),
        ("+250", False),
        ("0250", False),
        ("251", False),
        ("", False),
        ("NaN", False),
        ("٢٥٠", False),
        ("1e99999999999", False),
        ("250 EUR", False),
    ],
)
def test_a_number_counts_by_its_value_and_nothing_else_is_lenient(said, right):
    assert Word(field="amount", text="250", number=250).is_said_by(said) is right


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("O'Brien", "O\u2019Brien"),
        ("O'Brien", "O\u2018Brien"),
        ("O\u2019Brien", "O'Brien"),
        ('6" pipe', "6\u201d pipe"),
        ('say "yes"', "say \u201cyes\u201d"),
        ("\u00abyes\u00bb", '"yes"'),
        ("a -- b", "a \u2014 b"),
        ("a -- b", "a \u2013 b"),
        ("2020\u20132026", "2020-2026"),
        ("wait...", "wait\u2026"),
        ("wait\u2026", "wait..."),
        ("Žofie", "Z\u030cofie"),
        ("to Mira", "to\u00a0Mira"),
        ("to Mira", "to  Mira"),
    ],
    ids=ascii,
)
def test_what_a_telephone_makes_of_what_is_typed_counts(text, said):
    assert Word(field="to", text=text).is_said_by(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [("O'Brien", "OBrien"), ("a -- b", "a b"), ("wait...", "wait."), ("to Mira", "toMira"), ("a--b", "a.b")],
)
def test_a_mark_that_is_missing_is_still_missing(text, said):
    assert not Word(field="to", text=text).is_said_by(said)


@pytest.mark.parametrize(
    ("value", "text", "typed"),
    [
        (0.1 + 0.2, "0.3", ("0.3", "0.30", "0.30000000000000004")),
        (1284.1000000000001, "1284.1", ("1284.1", "1284.1000000000001")),
        (1e22 / 3, "3.33333333333333e+21", ("3.33333333333333e+21", "3333333333333330000000", "3.3333333333333335e21")),
    ],
)
def test_nobody_types_the_digits_that_only_a_computer_writes(value, text, typed):
    (word,) = words(make_proposal(payload={"it": value}, confirmation=Confirmation(typed=("it",))))
    assert (word.text, word.rounded) == (text, True)
    assert all(map(word.is_said_by, typed))
    assert not word.is_said_by("0.31")


@pytest.mark.parametrize("value", [0.1, 1284.1, 1e22, 9007199254740991, 123456789.12345, 1.7976931348623151e308])
def test_a_number_that_is_short_is_asked_for_whole(value):
    (word,) = words(make_proposal(payload={"it": value}, confirmation=Confirmation(typed=("it",))))
    assert (word.text, word.rounded) == (json.dumps(value), False)


@pytest.mark.parametrize(
    ("said", "right"), [("cus_1", True), ("  cus_1 ", True), ("CUS_1", False), ("cus_", False), ("cus_1.", False)]
)
def test_a_text_counts_exactly_but_for_blanks_around_it(said, right):
    assert Word(field="to", text="cus_1").is_said_by(said) is right


@settings(deadline=None)
@given(
    st.one_of(
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_whatever_the_value_what_is_asked_for_is_right_when_typed_as_it_is_shown(value):
    proposal = make_proposal(payload={"it": value}, confirmation=Confirmation(typed=("it",)))
    (word,) = words(proposal)
    assert 0 < len(word.text) <= LONGEST
    require_typed(proposal, [word.text])
    with pytest.raises(NotTyped):
        require_typed(proposal, [])


def test_each_word_is_typed_in_its_own_place():
    wanted = words(make_proposal(payload={"a": 1, "b": 2}, confirmation=Confirmation(typed=("a", "b"))))
    assert wrong(wanted, ["1", "2"]) == (False, False)
    assert wrong(wanted, ["2", "1"]) == (True, True)
    assert wrong(wanted, ["1"]) == (False, True)


def test_no_approval_counts_without_the_word_and_with_it_it_does():
    proposal = make_proposal(confirmation=AMOUNT)
    for typed in ((), ("",), ("25",), ("refund.create",)):
        with pytest.raises(NotTyped):
            agree(proposal, *typed)
    assert agree(proposal, "250").status is Status.approved


def test_each_of_several_types_it():
    proposal = make_proposal(confirmation=AMOUNT, approvals=2)
    once = agree(proposal, "250")
    assert once.status is Status.pending
    with pytest.raises(NotTyped):
        moves.approve(once, ALICE.__class__(user="U0BOB", team="T", name="", roles=ALICE.roles), once.nonce, NOW)


def test_looking_ahead_asks_for_no_word():
    proposal = make_proposal(confirmation=AMOUNT)
    assert moves.approve(proposal, ALICE, proposal.nonce, NOW, attestation=LOOK_AHEAD)


def test_a_no_takes_no_word():
    proposal = make_proposal(confirmation=AMOUNT)
    rejected = after_all(proposal, moves.reject(proposal, ALICE, "No", proposal.nonce, NOW))
    assert rejected.decisions[0].verdict is Verdict.reject


def edit(proposal, gate, *typed, amount=120):
    action = Action(name="refund.create", payload={**proposal.action.payload, "amount": amount})
    more = {"nonce": proposal.nonce, "new_nonce": "n2", "now": NOW, "attestation": Attestation(typed=typed)}
    return after_all(proposal, moves.edit(proposal, ALICE, action, gate, (), **more))


def test_an_edit_takes_the_word_of_what_it_makes():
    proposal = make_proposal(confirmation=AMOUNT)
    with pytest.raises(NotTyped):
        edit(proposal, proposal.gate, "250")
    assert edit(proposal, proposal.gate, "120").status is Status.approved
    plain = make_proposal()
    with pytest.raises(NotTyped):
        edit(plain, make_gate(confirmation=AMOUNT))


def test_an_edit_without_a_change_takes_the_word_of_what_stands():
    proposal = make_proposal(confirmation=AMOUNT)
    with pytest.raises(NotTyped):
        edit(proposal, proposal.gate, amount=250)
    assert edit(proposal, proposal.gate, "250", amount=250).status is Status.approved


def test_an_edit_whose_editor_does_not_count_takes_no_word():
    proposal = make_proposal(confirmation=AMOUNT)
    assert edit(proposal, make_gate(roles=("finance",), confirmation=AMOUNT)).decisions == ()


def test_what_is_typed_can_neither_be_approved_with_the_next_like_it_nor_beforehand():
    gate = make_gate(remember_approval=TERMS, confirmation=AMOUNT)
    assert make_gate(remember_approval=TERMS).may_remember_approval
    assert make_gate(remember_approval=TERMS, confirmation=CONFIRM).may_remember_approval
    assert not gate.may_remember_approval
    proposal = make_proposal(gate=gate)
    for given_ in (Attestation(), Attestation(typed=("250",))):
        with pytest.raises(NotTyped if not given_.typed else Exception):
            approve_and_next(proposal, ALICE, proposal.nonce, NOW, given_)


@pytest.mark.parametrize(
    ("changes", "again", "typed"),
    [
        ({}, False, False),
        ({"confirmation": CONFIRM}, True, False),
        ({"confirmation": TYPE}, False, True),
        ({"approvals": 2}, True, False),
        ({"roles": ("finance", "support")}, True, False),
        ({"approvals": 2, "confirmation": AMOUNT}, False, True),
        ({"tier": Tier.watch, "roles": ("a", "b")}, False, False),
    ],
)
def test_a_click_asks_again_where_a_rule_says_so_or_several_have_to_agree_unless_it_is_typed(changes, again, typed):
    gate = make_gate(**changes)
    assert (asks_again(gate), takes_words(gate)) == (again, typed)


def test_more_confirmation_voids_no_approval_that_was_given():
    before, after_ = make_gate(), make_gate(confirmation=TYPE)
    assert not after_.asks_otherwise_than(before)
    assert not after_.stricter_than(before)
