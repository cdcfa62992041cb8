"""An older program and a newer one together: another tree of files, with one more migration and one more fact in an entry."""

import re
import shutil
import sys

from tests.faults.premises import SERVE
from tests.house.tree import ROOT
from tests.postgresql import new_server_database
from tests.replicas.premises import Replicas
from tests.town import OPS, SUPPORT, open_town

ROOMS = ("approvals", "bot", "delivery", "demo", "policy", "sandbox", "storage")
NEWER = "-- name: weight\n-- What is new.\nALTER TABLE proposals ADD COLUMN weight BIGINT;\n"


def newer_program(folder):
    """The command of a program as a later version might be: its entries of submissions say one thing more."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "client" / "signoff_client", folder / "signoff_client")
    (folder / "storage" / "migrations" / "postgresql" / "0002_weight.sql").write_text(NEWER, encoding="utf-8")
    events = folder / "approvals" / "events.py"
    text, changed = re.subn(
        r"(class Submitted\(Event\):.*?    fingerprint: str\n)",
        r"\1    weight: int = 7\n",
        events.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    assert changed == 1
    events.write_text(text, encoding="utf-8")
    started = f"import sys; sys.path.insert(0, {str(folder)!r}); from bot.cli.main import main; main()"
    return (sys.executable, "-P", "-c", started, *SERVE)


async def test_what_a_newer_program_wrote_the_older_ones_neither_give_out_nor_change_nor_call_damaged(tmp_path):
    command = newer_program(tmp_path / "newer")
    with new_server_database() as url:
        async with open_town(tmp_path, "http", Replicas, url=url) as place:
            try:
                await upgraded(place, command)
            finally:
                await place.kill_all()
                await place.leave()


async def upgraded(place, command):
    """Two older bots run, and a newer one is started beside them."""
    older = await place.start_all(2)
    before = await place.propose(payload={"to": "before"})
    card = await place.card(SUPPORT, before)
    place.command = command
    newer = await place.another()
    async with place.at(newer) as agent:
        made = await place.propose(payload={"to": "after"}, session=agent)
    (facts,) = [facts for tag, _, facts in place.kept(made["id"]) if tag == "proposal:submitted"]
    assert facts["weight"] == 7
    for bot in older:
        async with place.at(bot) as agent:
            for path in (f"/v1/proposals/{made['id']}", "/v1/proposals"):
                assert "busy" in (await place.call("GET", path, session=agent, expect=503))["title"]
            await place.propose(session=agent, expect=503)
        await place.clicked(bot, "U0ALICE", SUPPORT, card, "approve")
    await place.start_agent(newer)
    assert await place.status(before) == "pending"
    await place.clicked(newer, "U0ALICE", SUPPORT, card, "approve")
    assert await place.status(before) == "approved"
    assert place.slack.messages(OPS) == []
