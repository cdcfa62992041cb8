"""Suggestions over a drawn past: right about rules that people always approve, always reject, never meet; else none."""

import difflib
from dataclasses import replace

import pytest

from approvals.gate import EarlierRejection
from approvals.proposal import Status
from policy import check_content
from policy.checks.suggestion import Bounds
from policy.file.edits import Unwritable
from policy.suggest import Suggesting
from tests.policy.decided import FILE, MONDAY, Drawn

SMALL = Bounds(decisions=50, error=0.1)


@pytest.fixture
def past(tmp_path):
    return Drawn(tmp_path)


def only(past, bounds=SMALL):
    (found,) = [each for each in past.suggesting(bounds).suggestions() if each.kind != "remove"]
    return found


def nothing(past, rule="refunds", bounds=SMALL):
    """Why nothing is suggested of the rule."""
    suggesting = past.suggesting(bounds)
    assert not [each for each in suggesting.suggestions() if each.rule == rule]
    return suggesting.reasons()[rule]


def lines(diff, sign):
    return [line[1:] for line in diff.splitlines() if line.startswith(sign) and not line.startswith(sign * 3)]


def test_what_is_always_approved_and_could_be_undone_is_to_be_watched(past):
    for _ in range(200):
        past.approved()
    found = only(past, Bounds())
    assert (found.kind, found.rule) == ("watch", "refunds")
    assert lines(found.diff, "-") == ["    tier: approve             # people look", "    edit: [amount]"]
    assert lines(found.diff, "+") == ["    tier: watch             # people look"]
    assert found.replay == {"approve→watch": 200}
    assert found.shares["untouched"].hits == found.shares["untouched"].cases == 200
    assert "200 of 200 (98.1 % to 100 %)" in found.why[0]
    assert "0 of 200 (0 % to 1.9 %)" in found.why[1]


def test_what_is_always_approved_and_could_not_be_undone_is_to_be_looked_over(past):
    for _ in range(60):
        past.approved(plan=None)
    found = only(past)
    assert found.kind == "sample"
    assert "    sample: 1" in lines(found.diff, "+")
    assert found.replay == {"approve→auto": 60}
    for _ in range(60):
        past.approved(action="email.send", plan=None)
    mails = next(each for each in past.suggesting(SMALL).suggestions() if each.rule == "mails")
    assert lines(mails.diff, "+") == [
        "  - {id: mails, action: email.send, tier: auto, role: support, sample: 1, reason: Mail leaves}"
    ]


def test_what_is_always_rejected_is_to_be_blocked(past):
    for _ in range(20):
        past.rejected()
    past.expired()
    found = only(past)
    assert (found.kind, found.replay) == ("block", {"approve→block": 21})
    assert lines(found.diff, "+") == ["    tier: block             # people look"]
    assert set(lines(found.diff, "-")) >= {"    role: finance", "    edit: [amount]"}
    assert "20 of 20" in found.why[0]
    assert "1 more" in found.why[1]
    past.approved()
    assert "49 more approvals" in nothing(past)


def test_few_rejections_block_nothing(past):
    for _ in range(19):
        past.rejected()
    assert "50 more approvals" in nothing(past)


def test_a_rule_that_loosens_and_is_never_met_may_go_and_a_guard_may_not(past):
    for _ in range(50):
        past.rejected(action="email.send")
    suggesting = past.suggesting(SMALL)
    (gone,) = [each for each in suggesting.suggestions() if each.kind == "remove"]
    assert gone.rule == "searches"
    assert lines(gone.diff, "-") == ['  - {id: searches, action: "search.*", tier: auto}']
    assert (gone.replay, lines(gone.diff, "+")) == ({}, [])
    assert "met by none of 50 proposals" in gone.why[0]
    assert "guard" in suggesting.reasons()["drops"]
    assert "guard" in suggesting.reasons()["refunds"]
    past.keep(past.proposed(action="search.web"))
    assert "searches" not in {each.rule for each in past.suggesting(SMALL).suggestions()}


def test_in_a_short_past_nothing_is_never_met(past):
    for _ in range(49):
        past.rejected(action="email.send")
    assert "remove" not in {each.kind for each in past.suggesting(SMALL).suggestions()}


def test_a_rule_that_redacts_is_never_removed(tmp_path):
    past = Drawn(tmp_path, FILE.replace("tier: auto}", "tier: auto, redact: [q]}"))
    for _ in range(50):
        past.rejected(action="email.send")
    assert "remove" not in {each.kind for each in past.suggesting(SMALL).suggestions()}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda past: past.rejected(), "less than 98 %"),
        (lambda past: past.expired(), "less than 98 %"),
        (lambda past: past.edited({"amount": 5, "order": "1"}), "less than 98 %"),
        (lambda past: past.asked(), "less than 98 %"),
        (lambda past: past.failed(), "of its approvals"),
        (lambda past: past.objected(), "of its approvals"),
        (lambda past: past.sampled(fine=False), "of its samples"),
    ],
)
def test_what_people_did_beyond_approving_keeps_them_asked(past, spoil, told):
    for _ in range(60):
        past.approved()
    only(past)
    for _ in range(5):
        spoil(past)
    assert told in nothing(past)


def test_few_samples_that_were_fine_show_nothing_yet_and_it_says_how_many_more_would(past):
    for _ in range(60):
        past.approved()
    past.sampled(fine=True)
    assert "more without one would show it" in nothing(past)
    for _ in range(60):
        past.sampled(fine=True)
    found = only(past)
    assert found.shares["not_fine"].cases == 61
    assert "61" in found.why[2]


def test_an_approval_that_nobody_can_have_read_is_no_evidence(past):
    for _ in range(300):
        past.approved(rushed=True)
    assert "50 more approvals that were read" in nothing(past)
    for _ in range(50):
        past.approved()
    found = only(past)
    assert "not counted: 300" in found.why[-1]
    assert found.shares["untouched"].cases == 50


def test_only_what_the_rule_alone_asks_for_counts(tmp_path):
    stricter = '  - {id: huge, action: refund.create, when: ["payload.amount > 100.0"], tier: approve, role: finance}\n'
    past = Drawn(tmp_path, FILE + stricter)
    for _ in range(60):
        past.approved(amount=500)
    why = past.suggesting(SMALL).reasons()
    assert why["refunds"] == "nothing of what it alone asks for was decided"
    for _ in range(50):
        past.approved(amount=5)
    found = only(past)
    assert (found.rule, found.replay) == ("refunds", {"approve→watch": 50})


def test_what_still_waits_was_taken_back_by_its_agent_or_was_erased_counts_for_nothing(past):
    for _ in range(60):
        past.keep(past.proposed())
        past.keep(replace(past.proposed(), status=Status.withdrawn))
        past.keep(replace(past.approved(), erased_at=MONDAY))
        past.proposals.pop(-2)
        held = EarlierRejection(proposal="prp_1", by="U0ALICE", until=MONDAY, reason="No")
        gate = past.approved().gate
        past.proposals[-1] = replace(past.proposals[-1], gate=replace(gate, earlier_rejection=held))
    suggesting = past.suggesting(SMALL)
    assert {each.kind for each in suggesting.suggestions()} == {"remove"}
    assert suggesting.erased == 60
    assert suggesting.reasons()["refunds"] == "nothing of what it alone asks for was decided"


def test_without_a_past_nothing_is_suggested(past):
    suggesting = past.suggesting()
    assert suggesting.suggestions() == []
    assert "met by none of 0 proposals" in suggesting.reasons()["refunds"]


def test_what_is_damaged_is_kept_and_counts_for_nothing(past):
    suggesting = past.suggesting()
    suggesting.add((), ("proposals prp_1: wrong",), {})
    assert (suggesting.damaged, suggesting.count) == (["proposals prp_1: wrong"], 0)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("repeat_of_rejected: true", "may not depend on the past"),
        ("role: same", "asks nobody"),
    ],
)
def test_a_rule_that_cannot_be_loosened_is_not_and_it_says_why(tmp_path, keys, told):
    past = Drawn(tmp_path, FILE.replace("tier: approve, reason: Mail", f"tier: approve, {keys}, reason: Mail"))
    record = past.suggesting(SMALL)._records["mails"]
    assert "watch" not in record.drafts
    assert any(told in why for why in record.why_not.values())


def test_a_rule_whose_keys_come_from_elsewhere_is_left_alone(tmp_path):
    shared = FILE.replace("  - {id: mails,", "  - &m {id: mails,") + "  - {<<: *m, id: more, action: email.more}\n"
    past = Drawn(tmp_path, shared)
    for _ in range(60):
        past.approved(action="email.send")
        past.approved(action="email.more")
    reasons = past.suggesting(SMALL).reasons()
    assert "another rule takes its keys from this one" in reasons["mails"]
    assert "its tier is not written in the rule itself" in reasons["more"]


def test_all_changes_go_into_one_file_or_those_of_some_rules(past):
    for _ in range(60):
        past.approved()
        past.rejected(action="email.send")
    suggesting = past.suggesting(SMALL)
    content, taken = suggesting.combination()
    assert [each.rule for each in taken] == ["refunds", "mails", "searches"]
    changed = [line for line in difflib.ndiff(FILE.splitlines(), content.decode().splitlines()) if line[0] in "+-"]
    assert sorted(changed) == sorted(
        [
            "-     tier: approve             # people look",
            "+     tier: watch             # people look",
            "-     edit: [amount]",
            "-   - {id: mails, action: email.send, tier: approve, reason: Mail leaves}",
            "+   - {id: mails, action: email.send, tier: block, reason: Mail leaves}",
            '-   - {id: searches, action: "search.*", tier: auto}',
        ]
    )
    assert check_content(past.path, content).policy is not None
    content, (one,) = suggesting.combination(["mails"])
    assert one.rule == "mails"
    assert b"tier: approve             # people look" in content
    assert suggesting.combination(["drops"]) == (FILE.encode(), [])


def test_changes_that_fit_only_one_by_one_are_not_written_together(past):
    for _ in range(60):
        past.approved()
    suggesting = past.suggesting(SMALL)
    sound = suggesting.check
    suggesting.check = lambda content: sound(b"" if b"watch" in content else content)
    with pytest.raises(Unwritable, match="one rule at a time"):
        suggesting.combination()


def test_a_policy_that_is_not_sound_is_held_against_nothing(past):
    with pytest.raises(ValueError, match="only a sound policy"):
        Suggesting(file=past.path, content=b"rules: 1", check=lambda content: check_content(past.path, content))


@pytest.mark.parametrize("content", [b"\xff", b"a: ["])
def test_what_is_no_file_is_a_fault(past, content):
    assert check_content(past.path, content).faults


def test_edits_of_one_field_are_told_with_what_people_leave(past):
    for number in range(30):
        past.edited({"amount": 20, "order": "1"}, amount=50 + number)
    found = only(past)
    assert (found.kind, found.rule, found.edit, found.diff) == ("field", "refunds", None, None)
    assert found.schema == {"properties": {"amount": {"const": 20}}}
    assert "always 20" in found.what
    assert "30 of 30" in found.why[0]
    assert found.as_json()["schema"] == found.schema


@pytest.mark.parametrize(
    ("left", "schema"),
    [
        (lambda number: {"amount": 10 + number, "order": "1"}, {"amount": {"maximum": 39}}),
        (lambda number: {"amount": 50, "order": ("a", "b")[number % 2]}, {"order": {"enum": ["a", "b"]}}),
        (lambda number: {"amount": 50, "order": f"x{number}"}, None),
        (lambda number: {"amount": 50, "order": "1", "note": True}, {"note": {"const": True}}),
        (lambda number: {"amount": 60 + number, "order": "1"}, None),
    ],
)
def test_a_schema_says_what_people_leave_if_it_can(past, left, schema):
    for number in range(30):
        past.edited(left(number))
    assert only(past).schema == (None if schema is None else {"properties": schema})


def test_a_redacted_value_is_not_told(tmp_path):
    past = Drawn(tmp_path, FILE.replace("edit: [amount]", "redact: [amount]"))
    for _ in range(30):
        past.edited({"amount": 77123, "order": "1"})
    found = only(past)
    assert (found.schema, "redacted" in found.what) == (None, True)
    assert "77123" not in str(found.as_json())


def test_a_long_value_is_told_in_part(past):
    for _ in range(30):
        past.edited({"amount": 50, "order": "x" * 500})
    assert len(only(past).what) < 250


@pytest.mark.parametrize(
    "edits",
    [
        lambda past, number: past.edited({"amount": number, "order": f"{number}"}),
        lambda past, number: past.edited({"amount": 5, "order": "1"} if number % 2 else {"amount": 50, "order": "2"}),
        lambda past, number: past.edited({"amount": 5, "order": "1"}) if number < 19 else None,
        lambda past, number: (past.edited({"amount": 5, "order": "1"}), past.rejected(), past.rejected()),
    ],
)
def test_edits_of_several_fields_and_few_edits_suggest_nothing(past, edits):
    for number in range(30):
        edits(past, number)
    assert not [each for each in past.suggesting(SMALL).suggestions() if each.kind == "field"]
