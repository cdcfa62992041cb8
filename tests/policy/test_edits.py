"""Edits of the policy file: one rule changes, and every other letter stays where it was."""

import pytest

from policy.file.edits import RuleEdit, Unwritable
from policy.file.yaml_file import places, read_yaml
from tests.house.tree import ROOT

FILE = """\
# What we let agents do.
version: 1
rules:
  # Mail leaves the company.
  - id: mail
    action: email.send      # all of it
    tier: approve           # people look
    role: support
    when:
      - 'payload.to != "x"'
      - "size(payload.to) > 5"
    # Nobody changes whom it goes to.
    edit: [subject,
      body]
    reason: >
      Mail leaves
      the company
  - {id: "flow", action: x.y, tier: approve, role: finance, edit: [a], reason: Why}   # short
  - id: last
    tier: auto
    action: z
"""


def made(content=FILE, **edit):
    return RuleEdit(**edit).made(content.encode()).decode()


def changed(before, after):
    """The lines that went, and those that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_a_value_is_replaced_where_it_stands():
    after = made(rule="mail", values={"tier": "watch"})
    assert changed(FILE, after) == (
        ["    tier: approve           # people look"],
        ["    tier: watch           # people look"],
    )


def test_a_key_that_is_new_comes_behind_the_tier():
    after = made(rule="last", values={"tier": "auto", "sample": "1"})
    assert after == FILE.replace("    tier: auto\n", "    tier: auto\n    sample: 1\n")


def test_a_key_goes_with_all_its_lines_and_comments_beside_it_stay():
    after = made(rule="mail", values={}, without=("edit", "when", "approvals"))
    gone = [
        "    edit: [subject,",
        "      body]",
        "    when:",
        "      - 'payload.to != \"x\"'",
        '      - "size(payload.to) > 5"',
    ]
    assert sorted(changed(FILE, after)[0]) == sorted(gone)
    assert changed(FILE, after)[1] == []
    assert "    # Nobody changes whom it goes to.\n    reason: >\n" in after


def test_a_text_of_several_lines_goes_whole():
    after = made(rule="mail", without=("reason",))
    assert after == FILE.replace("    reason: >\n      Mail leaves\n      the company\n", "")


def test_within_brackets_commas_go_along():
    after = made(rule="flow", values={"tier": "auto", "sample": "1"}, without=("edit", "reason", "role"))
    assert '  - {id: "flow", action: x.y, tier: auto, sample: 1}   # short\n' in after
    assert changed(FILE, after)[0] == [FILE.splitlines()[17]]


def test_a_rule_goes_with_its_lines_and_the_last_one_too():
    assert made(rule="flow", removed=True) == FILE.replace(FILE.splitlines(keepends=True)[17], "")
    assert made(rule="last", removed=True) == FILE.replace("  - id: last\n    tier: auto\n    action: z\n", "")
    assert made(FILE.rstrip(), rule="last", removed=True) + "\n" == made(rule="last", removed=True) + "\n"
    without = made(rule="mail", removed=True)
    assert "  # Mail leaves the company.\n  - {id:" in without


def test_a_byte_order_mark_and_line_breaks_of_windows_stay():
    content = b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode()
    after = RuleEdit(rule="mail", values={"tier": "block"}).made(content)
    assert after == content.replace(b"tier: approve           #", b"tier: block           #")


@pytest.mark.parametrize(
    ("content", "edit", "told"),
    [
        (FILE, {"rule": "none", "removed": True}, "not written in the file"),
        ("rules: [{id: a, tier: auto}]", {"rule": "a", "removed": True}, "stand in brackets"),
        ("rules:\n - - id: a\n", {"rule": "a", "removed": True}, "not written in the file"),
        ("rules:\n-\n  id: a\n  tier: auto\n", {"rule": "a", "removed": True}, "line of its own"),
        ("rules:\n- {edit: [a], id: a, tier: approve}\n", {"rule": "a", "without": ("edit",)}, "first of the rule"),
        ("x: &t approve\nrules:\n- {id: a, tier: *t}\n", {"rule": "a", "values": {"tier": "auto"}}, "tier is not written"),
        ("x: &b {tier: auto}\nrules:\n- {<<: *b, id: a}\n", {"rule": "a", "values": {"tier": "auto"}}, "tier is not written"),
        ("rules:\n- edit: [a]\n  id: a\n  tier: approve\n", {"rule": "a", "without": ("edit",)}, "on one line"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_within_the_text_is_not_changed(content, edit, told):
    with pytest.raises(Unwritable, match=told):
        RuleEdit(**edit).made(content.encode())


def test_the_place_of_every_value_of_the_example_is_where_it_is_written():
    path = ROOT / "policy" / "example.yml"
    content, value = path.read_bytes(), read_yaml(path).value
    text, known = content.decode(), places(content)
    for index, rule in enumerate(value["rules"]):
        for key, said in rule.items():
            place = known["rules", index, key]
            assert text[place.key : place.start].startswith(f"{key}:")
            if isinstance(said, str):
                assert said.split()[0] in text[place.start : place.end]


def test_a_file_without_anything_has_no_places():
    assert places(b"# nothing\n") == {}
    assert places(b"1: {? [a] : 2}\n").keys() == {("1",)}
