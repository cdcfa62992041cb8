"""The datasets of `signoff feedback export` are read by the tools that they are for, by the programs of its page."""

from tests.examples.pages import blocks
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "how-to" / "feedback.md"
_, TASK, DATASET = blocks(PAGE, "python")
INSPECT = f"""{TASK}

import json
from inspect_ai import eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model

made = what_people_answer()
said = ModelOutput.from_content("mockllm", "I would reject.")
said.usage = ModelUsage()  # else it would be counted, by a table from the network
model = get_model("mockllm/model", custom_outputs=[said] * 99)
(log,) = eval(made, model=model, display="none", log_dir="logs")
print(json.dumps({{
    "status": log.status,
    "samples": {{each.id: [each.target, each.metadata["kind"]] for each in made.dataset}},
    "asked": all(each.input.startswith("An AI agent proposes") for each in made.dataset),
    "right": [each.id for each in log.samples if next(iter(each.scores.values())).value == "C"],
}}))
"""
PYDANTIC = f"""{DATASET}

import json

report = dataset.evaluate_sync(lambda proposed: {{"answer": "approve", "payload": proposed["payload"]}}, progress=False)
print(json.dumps({{
    "name": dataset.name,
    "cases": {{each.name: [each.expected_output["answer"], each.metadata["kind"]] for each in dataset.cases}},
    "right": [each.name for each in report.cases if all(found.value for found in each.assertions.values())],
    "failures": len(report.failures),
}}))
"""
ANSWERS = {
    "rejected": ["reject", "negative"],
    "corrected": ["edit", "corrected"],
    "confirmed": ["approve", "confirmed"],
    "objected": ["reject", "regression"],
    "taken_back": ["reject", "regression"],
}


def test_inspect_reads_every_sample_and_scores_a_model_that_always_says_no(tools, exported):
    export, ids = exported
    path = export("inspect", "feedback.jsonl")
    read = tools(INSPECT, cwd=path.parent)
    assert read["status"] == "success"
    assert read["samples"] == {ids[life]: answer for life, answer in ANSWERS.items()}
    assert read["asked"]
    assert sorted(read["right"]) == sorted(ids[life] for life in ("rejected", "objected", "taken_back"))


def test_pydantic_evals_reads_every_case_and_scores_a_task_that_always_says_yes(tools, exported):
    export, ids = exported
    path = export("pydantic-evals", "feedback.json")
    read = tools(PYDANTIC, cwd=path.parent)
    assert read["name"] == "signoff-feedback"
    assert read["cases"] == {ids[life]: answer for life, answer in ANSWERS.items()}
    assert read["right"] == [ids["confirmed"]]
    assert read["failures"] == 0
