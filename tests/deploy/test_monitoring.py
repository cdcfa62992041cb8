"""Alert rules and the dashboard, held against what a running bot says at /metrics."""

import asyncio
import json
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    MatchOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    VectorSelector,
    parse,
)
from ruamel.yaml import YAML

from tests.house.tree import ROOT
from tests.town import open_town

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
OPERATING = ROOT / "docs" / "operating.md"
OF_PROMETHEUS = {"up"}
"""What Prometheus itself adds to each scrape."""
ADDED = {"job", "instance"}
"""Labels that it adds."""
OPEN = {"route", "method", "status"}
"""Labels of what was answered: a new bot has not answered everything yet."""


def rules():
    (group,) = YAML(typ="safe").load(ALERTS)["groups"]
    return group["rules"]


def panels():
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]


EXPRESSIONS = {
    **{f"alert {rule['alert']}": rule["expr"] for rule in rules()},
    **{f"panel {each['title']} {target['refId']}": target["expr"] for each in panels() for target in each["targets"]},
}


def selectors(node):
    """Every selector of series in an expression, and the labels that it groups or matches by."""
    match node:
        case VectorSelector():
            yield node
        case MatrixSelector():
            yield from selectors(node.vector_selector)
        case ParenExpr() | AggregateExpr():
            yield from selectors(node.expr)
        case Call():
            for each in node.args:
                yield from selectors(each)
        case BinaryExpr():
            yield from selectors(node.lhs)
            yield from selectors(node.rhs)
        case NumberLiteral() | StringLiteral():
            return
        case _:
            raise TypeError(f"an expression that this test cannot look through: {node}")


def grouped_by(expression):
    """Names of labels in `by (…)` and `ignoring (…)`."""
    return {
        name.strip()
        for said in re.findall(r"\b(?:by|ignoring|on)\s*\(([^)]*)\)", expression)
        for name in said.split(",")
    }


def faults(expression, known):
    """What the expression asks for and the bot does not say. Raises ValueError for what is no PromQL."""
    said = []
    labels_met = set(ADDED)
    for selector in selectors(parse(expression)):
        if selector.name in OF_PROMETHEUS:
            continue
        if selector.name not in known:
            said.append(f"no metric {selector.name}")
            continue
        labels = known[selector.name]
        labels_met |= set(labels)
        for matcher in selector.matchers.matchers:
            if matcher.name not in labels:
                said.append(f"{selector.name} has no label {matcher.name}")
            elif selector.name.startswith("signoff_http_") and matcher.name in OPEN:
                continue
            elif matcher.op == MatchOp.Equal and matcher.value not in labels[matcher.name]:
                said.append(f"{selector.name} never has {matcher.name}={matcher.value}")
            elif matcher.op == MatchOp.Re:
                wanted = matcher.value.split("|")
                said += [f"never {each}" for each in wanted if each not in labels[matcher.name]]
    return said + [f"no label {each} to group by" for each in grouped_by(expression) - labels_met]


async def scraped(folder):
    async with open_town(folder, "http") as town, town.serving():
        for _ in range(2):  # the first is counted by the second
            async with town.agent.get("/metrics") as response:
                text = await response.text()
    return text


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """By name of each series that a running bot has: its labels, each with the values it may take."""
    text = asyncio.run(scraped(tmp_path_factory.mktemp("town")))
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_what_is_asked_for_is_what_the_bot_says(expression, known):
    assert faults(expression, known) == []


@pytest.mark.parametrize(
    "expression",
    [
        "signoff_pending > 1",
        'signoff_outbox{status="waiting"} > 0',
        'signoff_outbox{state="parked"} > 0',
        'sum by (tenant) (signoff_proposals{status="pending"})',
        'signoff_proposals{status=~"pending|waiting"}',
    ],
)
def test_a_name_a_label_or_a_value_that_no_bot_has_is_found(expression, known):
    assert faults(expression, known)


def test_what_is_no_expression_is_found(known):
    with pytest.raises(ValueError, match="inside brackets"):
        faults("rate(signoff_outbox[5m", known)


def test_every_figure_of_the_bot_is_in_an_alert_or_on_the_dashboard(known):
    shown = {each.name for expression in EXPRESSIONS.values() for each in selectors(parse(expression))}
    left = {name for name in known if not name.endswith("_created")} - shown
    # Both are about one stream or connection ended early, which a person looks at when there is something to explain.
    assert left == {"signoff_events_sent_total", "signoff_connections_closed_total"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_grave_it_is_what_it_is_and_what_to_do(rule):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith((".", "?"))
    assert f"`{rule['alert']}`" in OPERATING.read_text(encoding="utf-8")


def test_a_panel_has_a_place_of_its_own_and_takes_its_source_from_whoever_imports_it():
    taken = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
        assert {panel["datasource"]["uid"], *(each["datasource"]["uid"] for each in panel["targets"])} == {"${source}"}
