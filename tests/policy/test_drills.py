"""The key `drills`: a library that is read strictly, held against the policy, and named with line and remedy."""

import json

import pytest

from approvals.drill import DrillOrigin
from policy import PolicyFaults, load
from policy.build import check_policy
from tests.policy.files import ENVIRON, agent, ask, policy_with, rule, written
from tests.policy.test_report import explained

PLANT = {
    "action": "refund.create",
    "payload": {"amount": 90, "to": "DE11"},
    "reasoning": "The parcel was lost.",
    "wrong": "It goes to another account.",
    "look_at": "The last digits of `to`.",
}
KEY = {"library": "drills.yml", "roles": ["support"]}


def library(folder, *plants, text=None):
    """Writes the library beside the policy."""
    said = json.dumps({"drills": [{**PLANT, **each} for each in plants or ({},)]}, indent=1)
    (folder / "drills.yml").write_text(said if text is None else text, encoding="utf-8")


def told(folder, **sections):
    """What is wrong, each without the folder."""
    with pytest.raises(PolicyFaults) as raised:
        load(written(folder, drills=KEY, **sections), ENVIRON)
    return [str(each).removeprefix(f"{folder}/") for each in raised.value.faults]


def test_without_the_key_nothing_is_planted(tmp_path):
    assert policy_with(tmp_path).drills is None


def test_what_may_be_planted_is_there_by_action_with_its_bounds(tmp_path):
    library(tmp_path, {}, {"summary": "Another"}, {"action": "mail.send"})
    terms = policy_with(tmp_path, drills={**KEY, "share": 0.1, "most": 3}).drills
    assert (terms.share, terms.most, terms.roles) == (0.1, 3, {"support"})
    assert {action: len(plants) for action, plants in terms.plants.items()} == {"mail.send": 1, "refund.create": 2}


def test_few_are_planted_where_nothing_is_said(tmp_path):
    library(tmp_path)
    terms = policy_with(tmp_path, drills=KEY).drills
    assert (terms.share, terms.most) == (0.02, 2)


def test_all_that_stands_on_a_card_may_be_written_and_the_rest_is_as_its_agent_has_it(tmp_path):
    library(
        tmp_path,
        {
            "summary": "Refund 90",
            "confidence": 0.9,
            "signals": {"score": 3},
            "context": [{"title": "Ticket", "text": "Lost.", "url": "https://example.com/1"}],
            "preview": {"kind": "diff", "before": "0", "after": "90"},
            "rollback_plan": "Charge it again.",
            "preconditions": ["The order is open."],
        },
    )
    ((plant,),) = policy_with(tmp_path, drills=KEY).drills.plants.values()
    like = ask(run_id="run-1", on_behalf_of="U0BOB", callback_url="https://x", tool_call_id="t", traceparent="t")
    said = plant.ask(like)
    assert (said.agent, said.run_id, said.on_behalf_of, said.source) == ("bot", "run-1", "U0BOB", like.source)
    assert (said.callback_url, said.tool_call_id, said.traceparent) == (None, None, None)
    assert (said.summary, said.confidence, said.rollback_plan) == ("Refund 90", 0.9, "Charge it again.")
    assert (said.context[0].title, said.preview.after, said.preconditions) == ("Ticket", "90", ("The order is open.",))
    assert (plant.drill.origin, plant.drill.wrong) == (DrillOrigin.library, PLANT["wrong"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drills: []", "drills.yml:1: the library is not a list of drills. Write drills: at the top, and below it"),
        ("- action: x", "drills.yml:1: the library is not a list of drills."),
        ("drills:\n - {}\nmore: 1", "drills.yml:1: the library is not a list of drills."),
        ("drills: [", "drills.yml:1: "),
        (
            "drills:\n- action: refund.create\n  payload: {a: 1}\n  reasoning: x\n  wrong: y\n",
            "drills.yml:2: drills[0].look_at: is missing. Add it.",
        ),
        (
            "drills:\n- action: refund.create\n  payload: {a: 1}\n  reasoning: x\n  wrong: y\n  look_at: z\n  wrongs: 1\n",
            "drills.yml:7: drills[0].wrongs: unknown key. Did you mean wrong?",
        ),
        (
            "drills:\n- action: refund.create\n  payload: {a: 1}\n  reasoning: x\n  wrong: y\n  look_at: z\n  context:\n  - {title: a, txt: b}\n",
            "drills.yml:8: drills[0].context[0].txt: unknown key. Did you mean text?",
        ),
        (
            "drills:\n- action: refund.create\n  payload: {a: 12345678901234567890}\n  reasoning: x\n  wrong: y\n  look_at: z\n",
            "drills.yml:3: drills[0].payload: cannot be written as JSON: ",
        ),
    ],
)
def test_what_is_wrong_in_the_library_is_told_at_its_place_there(tmp_path, text, said):
    library(tmp_path, text=text)
    (fault,) = told(tmp_path)
    assert fault.startswith(said)


@pytest.mark.parametrize(
    ("plant", "sections", "said"),
    [
        ({}, {"agents": agent(actions=["mail.*"])}, "no agent may propose refund.create. Correct it, or let an"),
        ({}, {"rules": [rule(tier="block")]}, "nobody would be asked about it: it is of tier block. Write one"),
        ({}, {"rules": [rule(tier="auto")]}, "nobody would be asked about it: it is of tier auto."),
        ({}, {"rules": [rule(role="finance")]}, "it would never be planted: it asks finance, or shares a card. Name"),
        (
            {},
            {"rules": [rule(batch={"window": "1m", "max": 5})]},
            "it would never be planted: it asks support, or shares a card.",
        ),
        (
            {"payload": {"amount": "much"}},
            {"schemas": {"refund.create": "refund.json"}},
            "the payload does not fit the schema: /amount ",
        ),
    ],
)
def test_what_could_never_be_planted_is_a_fault_for_else_people_would_seem_to_practise(tmp_path, plant, sections, said):
    library(tmp_path, plant)
    (tmp_path / "refund.json").write_text('{"type": "object", "properties": {"amount": {"type": "number"}}}')
    (fault,) = told(tmp_path, **sections)
    assert fault.startswith(f"drills.yml:4: drills[0].action: {said}")


def test_a_role_that_is_none_is_a_fault(tmp_path):
    library(tmp_path)
    with pytest.raises(PolicyFaults, match=r"there is no role 'suport'\. Did you mean support\?"):
        load(written(tmp_path, drills={**KEY, "roles": ["suport"]}), ENVIRON)


def test_the_library_is_among_what_a_policy_is_made_of_and_in_its_version(tmp_path):
    library(tmp_path)
    path = written(tmp_path, drills=KEY)
    first = check_policy(path, ENVIRON)
    assert set(first.sources) == {path, tmp_path / "drills.yml"}
    library(tmp_path, {"wrong": "Something else."})
    assert load(path, ENVIRON).version != first.policy.version


def test_explain_says_whether_there_may_be_drills_among_such(tmp_path):
    library(tmp_path)
    asked = explained(tmp_path, drills=KEY)
    assert "drills: 1 like it may be planted among what is asked" in asked.lines()
    assert asked.as_json()["drills"] == 1
    assert explained(tmp_path).plants == 0
    library(tmp_path, {"action": "mail.send"})
    assert explained(tmp_path, drills=KEY, rules=[rule("large", role="finance")]).plants == 0
    assert explained(tmp_path, drills=KEY).plants == 0
