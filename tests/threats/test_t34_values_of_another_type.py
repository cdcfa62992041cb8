"""T34: a value of another type than a condition is about gets past no rule. Every operator: tests/policy/test_types."""

import pytest

from tests.threats.ground import ground
from tests.town import POLICY

TYPED = (
    POLICY.replace('"db.*"]', '"db.*", "deploy.*", "copy.*", "page.*", "pay.*"]')
    + """\
  - {id: deploys-run, action: "deploy.*", tier: auto}
  - {id: production, action: "deploy.*", when: ["payload.env == 'production'"], tier: approve}
  - {id: copies-run, action: "copy.*", tier: auto}
  - {id: no-customers, action: "copy.*", when: ["payload.table in ['customers']"], tier: block}
  - {id: pages-run, action: "page.*", when: ["payload.env != 'production'"], tier: auto}
  - {id: payments-run, action: "pay.*", tier: auto}
  - {id: large-payments, action: "pay.*", when: ["payload.price * 12.0 > 10000.0 || payload.cents / 100 > 50"], tier: block}
"""
)


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=TYPED) as town, town.serving():
        yield town


@pytest.mark.parametrize("env", ["production", ["production"], {"name": "production"}, None, True, 1])
async def test_t34_what_a_person_has_to_see_runs_under_no_other_type(town, env):
    assert (await town.propose("deploy.run", {"env": env}))["status"] == "pending"
    assert (await town.propose("deploy.run", {"env": "staging"}))["status"] == "approved"


@pytest.mark.parametrize("table", ["customers", ["customers"], {"customers": 1}, None])
async def test_t34_what_is_blocked_is_blocked_under_every_other_type(town, table):
    assert (await town.propose("copy.table", {"table": table}))["status"] == "rejected"
    assert (await town.propose("copy.table", {"table": "orders"}))["status"] == "approved"


@pytest.mark.parametrize("env", [["production"], {"name": "production"}, None, False])
async def test_t34_what_may_run_by_itself_does_so_under_no_other_type(town, env):
    assert (await town.propose("page.out", {"env": env}))["status"] == "pending"
    assert (await town.propose("page.out", {"env": "staging"}))["status"] == "approved"


@pytest.mark.parametrize(
    ("price", "cents", "status"),
    [
        (9, 5000, "approved"),
        (9.0, 10, "approved"),
        (900, 10, "rejected"),
        (9, 5099, "rejected"),
        ("900", 10, "rejected"),
        (9, [5099], "rejected"),
    ],
)
async def test_t34_whole_and_fractional_numbers_are_weighed_alike(town, price, cents, status):
    assert (await town.propose("pay.send", {"price": price, "cents": cents}))["status"] == status
