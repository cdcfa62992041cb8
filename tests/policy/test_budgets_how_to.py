"""docs/how-to/budgets.md: its rules do what the page says, and the card says what it quotes."""

import re
from decimal import Decimal

import pytest
from ruamel.yaml import YAML

from approvals.gate import Tier
from approvals.past import About, PastAnswer
from tests.house.tree import ROOT
from tests.policy.files import ask, nothing_known, policy_with, refund

PAGE = (ROOT / "docs" / "how-to" / "budgets.md").read_text(encoding="utf-8")
(RULES,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def judged(tmp_path):
    policy = policy_with(tmp_path, rules=YAML(typ="safe", pure=True).load(RULES))

    def gate(amount, **totals):
        action = refund(amount=amount, customer="c-17", currency="EUR")
        known = nothing_known(policy, ask(), action)
        for each in known:
            if each.about is About.budget:
                known[each] = PastAnswer(total=Decimal(totals["customer" if "c-17" in each.value else "day"]))
        return policy.judge(ask(), [action], known)

    return gate


def test_what_stays_below_runs_and_what_goes_over_is_asked_with_the_figures_of_the_page(judged):
    assert judged(820, day=4180, customer=0).tier is Tier.auto
    over = judged(1140, day=4180, customer=0)
    assert (over.tier, over.roles) == (Tier.approve, ("finance",))
    (fact,) = over.facts
    assert f"*{fact.value}*" in PAGE


def test_the_budget_of_a_customer_blocks(judged):
    assert judged(1, day=0, customer=1999).tier is Tier.auto
    assert judged(1.01, day=0, customer=1999).tier is Tier.block
