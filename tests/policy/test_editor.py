"""The schema that editors read refuses what the program refuses, as far as one value at a time can tell."""

import copy
from pathlib import Path

import jsonschema_rs
import pytest

import policy
from policy.file.durations import UNITS, duration_text
from policy.file.rulebook import PolicyFile, entry_in
from policy.file.yaml_file import read_yaml
from policy.reference.editor_schema import editor_schema, policy_schema_text
from tests.policy.files import SOUND, agent, role, rule

FILE = "policy.schema.json"

SHIPPED = Path(policy.__file__).parent
EXAMPLE, DEMO = SHIPPED / "example.yml", SHIPPED.parent / "demo" / "policy.yml"
SCHEMA = editor_schema()
FULL = {
    **SOUND,
    "ops": {"channel": "C0OPS", "members": ["U0OPS"]},
    "auditors": {"audit": {"token_env": "AUDITOR_TOKEN"}},
    "retention": {"content": "400d", "actions": {"mail.*": "30d"}},
    "drills": {"library": "drills.yml", "roles": ["support"], "share": 0.02, "most": 2},
    "rules": [rule()],
}


def sound(content):
    return jsonschema_rs.Draft7Validator(SCHEMA).is_valid(content)


def places(value, path=()):
    """The way to every mapping whose keys the program knows: not those of names."""
    if isinstance(value, dict):
        if path not in {("roles",), ("agents",), ("auditors",), ("schemas",), ("retention", "actions")}:
            yield path
        for key, member in value.items():
            yield from places(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from places(member, (*path, index))


def at(content, path):
    for step in path:
        content = content[step]
    return content


def described(node, path=""):
    """Every key of the schema with its description, None where it has none."""
    for key, told in node.get("properties", {}).items():
        yield f"{path}{key}", told.get("description") or told.get("$ref")
    for name, entry in node.get("definitions", {}).items():
        yield from described(entry, f"{name}.")


def test_the_schema_that_ships_is_the_one_the_models_make():
    kept = (SHIPPED / FILE).read_text(encoding="utf-8")
    assert kept == policy_schema_text(), f"run: signoff policy schema > policy/{FILE}"


def test_the_schema_is_itself_sound():
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize("path", [EXAMPLE, DEMO], ids=lambda path: path.parent.name)
def test_the_policies_that_ship_fit_the_schema(path):
    assert sound(read_yaml(path).value)


def test_the_example_points_editors_at_the_schema_beside_it():
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={FILE}"


@pytest.mark.parametrize(
    "content", [FULL, read_yaml(EXAMPLE).value, read_yaml(DEMO).value], ids=["full", "example", "demo"]
)
def test_an_unknown_key_is_refused_wherever_it_stands(content):
    for path in places(content):
        changed = copy.deepcopy(content)
        at(changed, path)["colour"] = "red"
        assert not sound(changed), path


def test_all_kinds_of_entry_are_tried_with_an_unknown_key():
    assert sound(FULL)
    assert {path[0] for path in places(FULL) if path} == {
        name for name, field in PolicyFile.model_fields.items() if entry_in(field.annotation)
    }


def test_every_key_has_a_description_and_every_entry_too():
    assert [key for key, told in described(SCHEMA) if not told] == []
    assert [name for name, entry in SCHEMA["definitions"].items() if not entry.get("description")] == []


def test_no_description_is_broken_into_lines_and_no_null_is_offered():
    assert [key for key, told in described(SCHEMA) if "\n" in told] == []
    assert '"null"' not in policy_schema_text()
    assert '"default": null' not in policy_schema_text()


@pytest.mark.parametrize(
    "sections",
    [
        {"version": 2},
        {"roles": role(channel="#support")},
        {"roles": role(members=["alice"])},
        {"roles": role(members=["U0BOB", "U0BOB"])},
        {"roles": role(notify="everyone")},
        {"roles": {"no body": SOUND["roles"]["support"]}},
        {"agents": agent(actions=[])},
        {"agents": agent(actions=["Refund.*"])},
        {"agents": agent(token_env=[])},
        {"agents": agent(pending_limit=0)},
        {"agents": agent(callbacks=["http://a.example/"])},
        {"agents": agent(callbacks=["https://a.example/?x"])},
        {"defaults": {"tier": "auto", "role": "support"}},
        {"defaults": {"tier": "approve"}},
        {"rules": [rule(tier="watchful")]},
        {"rules": [rule(expires_in="soon")]},
        {"rules": [rule(expires_in=60)]},
        {"rules": [rule(approvals=0)]},
        {"rules": [rule(reason=" ")]},
        {"rules": [rule(when="true")]},
        {"schemas": {"refund.*": "x.json"}},
    ],
)
def test_what_is_misshapen_is_refused_by_the_schema_too(sections):
    assert sound(SOUND)
    assert not sound({**SOUND, **sections})


@pytest.mark.parametrize(
    "sections",
    [
        {"agents": agent(token_env="BOT_TOKEN")},
        {"agents": agent(token_env=["BOT_TOKEN", "SECOND_TOKEN"])},
        {"agents": agent(callbacks=["https://agents.example.com:8443/hooks/*"])},
        {"rules": [rule(expires_in="2d", edit=[], reason="Größer als 100 → zwei")]},
    ],
)
def test_what_is_well_written_is_taken_by_the_schema(sections):
    assert sound({**SOUND, **sections})


def test_a_default_is_told_as_it_would_be_written():
    told = SCHEMA["definitions"]["DefaultsEntry"]["properties"]
    assert told["expires_in"]["default"] == "1h"
    assert told["tier"]["enum"][0] == "approve"
    assert [duration_text(seconds) for seconds in (1, 90, 3600, 5400, 2 * UNITS["d"])] == [
        "1s",
        "90s",
        "1h",
        "90m",
        "2d",
    ]
