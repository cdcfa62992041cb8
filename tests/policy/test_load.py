import pytest

from policy import PolicyFaults, examine, load, looked_at
from tests.policy.files import ENVIRON, SOUND, agent, faults_with, policy_with, rule, written

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
        ("version: 1\nversion: 1\n", 2, "duplicate key"),
        ("version: [1\n", 2, "expected"),
        ("version: *x\n", 1, "undefined alias"),
        ("version: 1\n---\nversion: 1\n", 2, "another document"),
        ("&top\nversion: 1\nroles: *top\n", 3, "contains itself"),
        ("version: \x00\n", 1, "special characters"),
        ("version: 2026-13-45\n", 1, "month"),
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
    policy = policy_with(tmp_path, ops=ops, agents=agent(actions=["refund.*", "email.send"], pending_limit=7))
    assert (policy.ops.channel, policy.ops.members) == ("C0OPS", ("U0OPS",))
    assert policy.role_channels == ("C0FINANCE", "C0SUPPORT")
    assert [role.members for role in policy.roles.values()] == [("U0ALICE", "U0BOB"), ("U0CAROL", "U0DAVE")]
    assert "bot" in policy.agents
    assert "stranger" not in policy.agents
    assert policy.pending_limit("bot") == 7
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
    made_of = examine(path, ENVIRON).sources
    assert set(made_of) == {path, schema}
    assert looked_at(made_of) == made_of
    schema.write_text('{"type": "object"}', encoding="utf-8")
    assert {file for file, digest in looked_at(made_of).items() if digest != made_of[file]} == {schema}
    schema.unlink()
    assert looked_at(made_of)[schema] is None
