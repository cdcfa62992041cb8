import os
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policy as room
from policy import PolicyFaults, check_policy, load, looked_at
from policy.file.yaml_file import LARGEST, Document
from tests.laws import examples
from tests.policy.files import ENVIRON, SOUND, agent, faults_with, policy_with, rule, written

EXAMPLE = Path(room.__file__).parent / "example.yml"
HEAD = """\
version: 1
roles: {support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB]}}
agents: {bot: {token_env: BOT_TOKEN, owner: U0OWNER, actions: ["*"]}}
defaults: {tier: approve, role: support}
"""


def faults_of(folder, text):
    path = folder / "policy.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PolicyFaults) as raised:
        load(path, ENVIRON)
    return [(fault.line, fault.rule, fault.key, fault.message) for fault in raised.value.faults]


def test_every_fault_is_told_at_once_with_file_line_rule_and_key(tmp_path):
    text = HEAD + (
        "colour: red\n"
        "rules:\n"
        "  - id: one\n"
        "    action: refund.create\n"
        "    tier: approve\n"
        "    rol: support\n"
        "  - id: two\n"
        "    action: refund.create\n"
        "    when: [payload.amount > 1,\n"
        "           amount > 1]\n"
        "    tier: approve\n"
        "    role: suport\n"
        "  - action: refund.create\n"
        "    tier: sometimes\n"
    )
    told = faults_of(tmp_path, text)
    assert [each[:3] for each in told] == [
        (5, None, "colour"),
        (10, "one", "rol"),
        (14, "two", "when[1]"),
        (16, "two", "role"),
        (17, "number 3", "id"),
        (18, "number 3", "tier"),
    ]


def test_a_fault_reads_as_one_line_that_says_what_to_do(tmp_path):
    (fault,) = faults_with(tmp_path, rules=[rule(role="suport")])
    assert str(fault) == (
        f"{tmp_path}/policy.yml:28: rule it: role: there is no role 'suport'. Did you mean support?"
    ).replace(":28:", f":{fault.line}:")
    assert fault.as_json() == {
        "file": f"{tmp_path}/policy.yml",
        "line": fault.line,
        "rule": "it",
        "key": "role",
        "message": "there is no role 'suport'",
        "remedy": "Did you mean support?",
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("version: 1\nversion: 1\n", 2, "is there twice"),
        ("version: [1\n", 2, "expected"),
        ("version: *x\n", 1, "no such anchor"),
        ("version: 1\n---\nversion: 1\n", 2, "another document"),
        ("&top\nversion: 1\nroles: *top\n", 3, "contains itself"),
        ("version: \x00\n", 1, "special characters"),
        ("version: 1\nrules:\n  - &r {<<: *r, id: a}\n", 3, "a mapping takes in itself"),
        ("version: 1\nroles: &a\n  b: &b\n    <<: *a\n", 4, "a mapping takes in itself"),
        ("version: 1\nroles:\n  <<: 5\n", 3, "<< takes in a mapping"),
        ("a: &x 1\nb: &x 2\nc: *x\n", 2, "the anchor &x is there twice"),
        ("a: 1\n&k b: 2\n&k c: 2\n", 3, "the anchor &k is there twice"),
        ("version: 1\n1: 2\n", 2, "a key must be text, and '1' is none"),
        ("version: 1\nroles: {null: {}}\n", 2, "a key must be text, and 'null' is none"),
        ("version: 1\n? [a]\n: 2\n", 2, "a key must be text, and this is a list or a mapping"),
        ("version: 1\nroles: &r [*r]\n", 2, "contains itself"),
        ("version: 1\nroles: !!set {? a}\n", 2, "the tag !!set means nothing here"),
        ("version: 1\nroles: !local {a: b}\n", 2, "the tag !local means nothing here"),
        ("version: 1\n!x roles: 5\n", 2, "the tag !x means nothing here"),
        ("version: !!int x\n", 1, "'x' cannot be read as a whole number"),
        ("version: !!float x\n", 1, "'x' cannot be read as a number"),
        ("version: !!bool maybe\n", 1, "'maybe' cannot be read as true or false"),
        ("version: " + "9" * 5000, 1, "9…' cannot be read as a whole number"),
        ("%YAML 1.1\n---\nversion: 1\n", 1, "another version of YAML is asked for"),
        ("version: 1\n".encode("utf-16"), 1, "not UTF-8"),
        ("version: " + "[" * 900, 1, "nested too deep"),
        (b"version: \xe4\n", 1, "not UTF-8"),
        ("", 1, "not a mapping"),
        ("- version\n", 1, "not a mapping"),
        (
            "a: &a ["
            + "x, " * 50
            + "]\nb: &b ["
            + "*a, " * 50
            + "]\nc: &c ["
            + "*b, " * 50
            + "]\nd: ["
            + "*c, " * 50
            + "]\n",
            1,
            "too large",
        ),
    ],
)
def test_what_is_no_policy_at_all_is_said_in_one_fault(tmp_path, text, line, message):
    ((at, rule, key, told),) = faults_of(tmp_path, text)
    assert (at, rule, key) == (line, None, "")
    assert message in told


def test_a_file_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(PolicyFaults, match="cannot be read: No such file"):
        load(tmp_path / "policy.yml", ENVIRON)


def test_words_of_yaml_1_1_stay_words_and_aliases_work(tmp_path):
    path = tmp_path / "policy.yml"
    path.write_text(
        "\ufeff" + HEAD + "rules:\n"
        "  - &one {id: no, action: refund.create, tier: approve, reason: yes}\n"
        "  - <<: *one\n"
        "    id: off\n",
        encoding="utf-8",
    )
    assert [(each.id, each.reason) for each in load(path, ENVIRON).rules] == [("no", "yes"), ("off", "yes")]


def test_of_several_mappings_taken_in_the_first_counts_and_what_stands_beside_them_most(tmp_path):
    path = tmp_path / "policy.yml"
    path.write_text(
        HEAD + "rules:\n"
        "  - &one {id: a, action: x, tier: approve, reason: One}\n"
        "  - &two {id: b, action: y, tier: auto, remember_rejection: null}\n"
        "  - {id: c, <<: [*one, *two]}\n",
        encoding="utf-8",
    )
    assert [(each.id, each.action, each.reason) for each in load(path, ENVIRON).rules][2] == ("c", "x", "One")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0x1F", 31),
        ("0o17", 15),
        ("-1_000", -1000),
        ("+7", 7),
        ("010", 10),
        ("1.5e3", 1500.0),
        ("-.inf", float("-inf")),
        ("~", None),
        ("True", True),
        ("yes", "yes"),
        ("2026-01-01", "2026-01-01"),
        ("!!str 5", "5"),
        ("1:30", "1:30"),
    ],
)
def test_a_value_is_what_yaml_1_2_says(written, value):
    assert Document("policy.yml", f"a: {written}\n".encode()).value == {"a": value}


def test_a_schema_that_is_no_plain_file_is_a_fault_and_waited_for_by_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(LARGEST + 1)
    for name, why in [
        ("pipe.json", "it is no plain file"),
        ("folder.json", "it is a directory"),
        ("large.json", "it is larger than 10 MB"),
        ("nul\0.json", "no file can have this name"),
        ("half\ud800.json", "no file can have this name"),
        ("x" * 300, "File name too long"),
    ]:
        (fault,) = faults_with(tmp_path, schemas={"refund.create": name})
        assert fault.message == f"{name} cannot be read: {why}"


def test_whatever_goes_wrong_at_a_policy_is_a_fault_of_it(tmp_path, monkeypatch):
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    path = written(tmp_path, schemas={"refund.create": "x.json"})

    def fails(*args, **keys):
        raise ZeroDivisionError

    monkeypatch.setattr(jsonschema_rs, "Draft202012Validator", fails)
    examined = check_policy(path, ENVIRON)
    (fault,) = examined.faults
    assert fault.message == "cannot be looked at, for a reason that nobody foresaw: ZeroDivisionError"
    assert list(examined.sources) == [path]


PIECES = st.sampled_from(
    [
        "version: 1", "roles:", "agents:", "rules:", "defaults:", "schemas:", "- ", "  ", "\n", "\n  ", "\n  - ", ": ",
        "&a ", "*a", "<<: *a", "<<", "? ", "{", "}", "[", "]", ", ", "id: a", "action: '*'", "tier: auto", "when: [",
        "payload.a > 1", "!!set ", "!!int ", "!x ", "1", "null", "~", "true", "2020-01-01", "'", '"', "|", ">", "#", "%YAML 1.1",
        "---", "...", "\t", "\x00", "\ud7ff", "é", "\\ud800", "1e999", ".nan", "0x", "_", "support: {channel: C0S, members: [U0A]}",
    ]
)  # fmt: skip


@settings(max_examples=examples(500))
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join).map(str.encode), st.binary(max_size=60)))
def test_whatever_is_in_a_policy_it_is_a_policy_or_faults_in_words(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    path.write_bytes(content)
    examined = check_policy(path, None)
    assert examined.policy is not None or examined.faults
    assert not [each for each in examined.faults if "nobody foresaw" in each.message or "Traceback" in str(each)]


@settings(max_examples=examples(300))
@given(st.data())
def test_whatever_a_line_of_a_sound_policy_becomes_it_is_a_policy_or_faults_in_words(tmp_path_factory, data):
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = data.draw(
        st.one_of(PIECES, st.just(lines[place] + " &a"), st.just("  <<: *a"), st.text(max_size=20))
    )
    path = tmp_path_factory.getbasetemp() / "changed.yml"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    examined = check_policy(path, None)
    assert not [each for each in examined.faults if "nobody foresaw" in each.message]


def test_what_a_merge_brings_in_is_located_where_it_is_merged(tmp_path):
    text = HEAD + "rules:\n  - &one {id: a, action: x, tier: approve}\n  - <<: *one\n    role: nobody\n"
    assert [each[:3] for each in faults_of(tmp_path, text)] == [(7, "a", "id"), (8, "a", "role")]


def test_quotes_anchors_and_tags_do_not_change_what_a_value_is(tmp_path):
    text = HEAD.replace("version: 1", "version: &v 1").replace(
        "members: [U0ALICE, U0BOB]", "members: ['U0ALICE', &b U0BOB], allow_self_review: &y true"
    )
    path = tmp_path / "policy.yml"
    path.write_text(text, encoding="utf-8")
    assert load(path, ENVIRON).roles["support"].allow_self_review is True
    assert faults_of(tmp_path, HEAD.replace("[U0ALICE", "[!!python/name:os.system x"))


def test_the_version_names_the_content_of_the_file_and_of_its_schemas(tmp_path):
    schemas = {"refund.create": "refund.json"}
    (tmp_path / "refund.json").write_text("{}", encoding="utf-8")
    first = policy_with(tmp_path, schemas=schemas).version
    assert load(tmp_path / "policy.yml", ENVIRON | {"OTHER": "x"}).version == first
    (tmp_path / "refund.json").write_text('{"type": "object"}', encoding="utf-8")
    second = policy_with(tmp_path, schemas=schemas).version
    assert len({first, second, policy_with(tmp_path).version, policy_with(tmp_path, rules=[rule()]).version}) == 4


def test_a_policy_offers_what_the_edges_need(tmp_path):
    ops = {"channel": "C0OPS", "members": ["U0OPS"]}
    policy = policy_with(
        tmp_path, ops=ops, agents=agent(actions=["refund.*", "email.send"], pending_limit=7, rate_limit=300)
    )
    assert (policy.ops.channel, policy.ops.members) == ("C0OPS", ("U0OPS",))
    assert [role.members for role in policy.roles.values()] == [("U0ALICE", "U0BOB"), ("U0CAROL", "U0DAVE")]
    assert "bot" in policy.agents
    assert "stranger" not in policy.agents
    assert policy.pending_limit("bot") == 7
    assert policy.rate_limit("bot") == 300
    assert policy.pending_limit("stranger") == 0
    assert [policy.allows("bot", action) for action in ("refund.create", "email.send", "email.sent")] == [
        True,
        True,
        False,
    ]
    assert not policy.allows("stranger", "refund.create")


def test_what_is_left_out_is_the_strict_thing(tmp_path):
    policy = policy_with(tmp_path, roles={"support": SOUND["roles"]["support"]})
    assert policy.ops is None
    assert policy.rules == ()
    assert policy.warnings == ()
    assert str(policy.agents["bot"].source) == "untrusted"
    assert policy.agents["bot"].pending_limit == 50
    assert policy.rate_limit("bot") == 20
    assert (policy.defaults.expires_in, policy.defaults.execute_within, policy.defaults.report_within) == (3600,) * 3


def test_no_secret_is_in_the_representation_of_a_policy(tmp_path):
    callbacks = {"callbacks": ["https://a.example/*"], "callback_secret_env": "CALLBACK_SECRET"}
    policy = policy_with(tmp_path, agents=agent(**callbacks))
    assert policy.agents["bot"].callback_secrets == (b"0123456789abcdef0123456789abcdef",)
    assert "0123456789abcdef" not in repr(policy)


def test_the_written_file_of_these_tests_is_sound(tmp_path):
    assert "bot" in load(written(tmp_path), ENVIRON).agents


def test_a_policy_knows_of_what_files_it_is_made_and_a_later_look_tells_a_change(tmp_path):
    schema = tmp_path / "refund.json"
    schema.write_text("{}", encoding="utf-8")
    path = written(tmp_path, schemas={"refund.create": "refund.json"})
    made_of = check_policy(path, ENVIRON).sources
    assert set(made_of) == {path, schema}
    assert looked_at(made_of) == made_of
    schema.write_text('{"type": "object"}', encoding="utf-8")
    assert {file for file, digest in looked_at(made_of).items() if digest != made_of[file]} == {schema}
    schema.unlink()
    assert looked_at(made_of)[schema] is None
