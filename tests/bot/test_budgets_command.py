"""`signoff budgets`, run as an operator runs it, beside whatever else uses the database."""

import json
import os
from decimal import Decimal

import pytest

from approvals.lifecycle import Lifecycle, Submission
from approvals.past import PastAnswer
from approvals.proposal import Action
from bot.cli.budgets import MOST_SHOWN, Standing, budget_lines
from bot.clock import SystemClock
from bot.ids import RandomIds
from bot.keys import seal_keys, seeds_for
from policy.keys.budget import Budget
from storage import open_store
from tests import program
from tests.making import Lots
from tests.policy.files import ask, policy_with, rule

CUSTOMER = {"sum": "payload.amount", "per": "payload.customer", "same": "payload.currency", "window": "1h", "over": 50}
RULES = [
    rule("runs", action="refund.*", tier="auto"),
    rule("daily", action="refund.*", budget={"sum": "payload.amount", "window": "1d", "over": 100}),
    rule("customer", action="refund.*", budget=CUSTOMER),
]


def signoff(folder, *words):
    """Exit code, standard output and standard error of a command in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
    env = {**kept, "SIGNOFF_DATABASE_URL": f"sqlite:///{folder}/signoff.db"}
    ran = program.run(("budgets", *words), env=env, cwd=folder)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
async def folder(tmp_path):
    """A database in which three proposals count, and a policy with two budgets."""
    file, clock = tmp_path / "signoff.db", SystemClock()
    policy = policy_with(tmp_path, rules=RULES)
    async with open_store(f"sqlite:///{file}", seal_key=seal_keys(seeds_for(file, None)), clock=clock) as store:
        verbs = Lifecycle(store=store, policy=policy, clock=clock, ids=RandomIds(), randomness=Lots())
        for amount, customer in ((19.99, "acme"), (40, "acme"), (0.01, "odd\u202ename")):
            payload = {"amount": amount, "customer": customer, "currency": "EUR"}
            action = Action(name="refund.create", payload=payload)
            await verbs.submit(Submission(action=action, ask=ask(), fingerprint="f"))
    return tmp_path


def test_people_read_where_each_budget_stands(folder):
    assert signoff(folder) == (0, """\
daily: budget payload.amount over 100 in 1d
  all: 60 of 100, 40 left
customer: budget payload.amount over 50 in 1h per payload.customer, same payload.currency
  acme eur: 59.99 of 50, nothing left
  odd\\u202ename eur: 0.01 of 50, 49.99 left
""", "")  # fmt: skip


def test_programs_read_it_exactly(folder):
    code, said, _ = signoff(folder, "--json")
    daily, customer = json.loads(said)["budgets"]
    assert code == 0
    assert daily["groups"] == [{"group": "", "counts": "60.00", "unknown_amounts": 0}]
    assert (customer["per"], customer["over"], customer["window"]) == ("payload.customer", "50", "1h")
    assert [each["group"] for each in customer["groups"]] == ["acme\neur", "odd\u202ename\neur"]


def test_a_policy_that_cannot_be_used_or_a_database_that_is_not_there_is_said(folder):
    (folder / "signoff.db").rename(folder / "other.db")
    code, _, wrong = signoff(folder)
    assert code != 0
    assert wrong
    (folder / "policy.yml").write_text("version: 1\n")
    code, _, wrong = signoff(folder)
    assert code != 0
    assert "`signoff policy check` says why" in wrong


def test_a_policy_without_budgets_says_so_and_many_groups_are_counted(tmp_path):
    assert budget_lines([]) == ["No rule of the policy has a budget."]
    policy = policy_with(tmp_path, rules=RULES)
    (budget,) = (each for rule in policy.rules for each in rule.past if rule.id == "customer")
    assert isinstance(budget, Budget)
    groups = {f"c-{number}": PastAnswer(total=Decimal(number)) for number in range(MOST_SHOWN + 2)}
    lines = budget_lines([Standing(rule="customer", budget=budget, groups=groups | {"zoe": PastAnswer(unsure=1)})])
    assert lines[1] == "  zoe: 0 of 50, not known: of 1 the amount cannot be read"
    assert lines[2] == "  c-21: 21 of 50, 29 left"
    assert lines[-1] == "  and 3 more"
