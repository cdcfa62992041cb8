"""Decisions in the process's log: one line each, in ids and digests, and none for what nobody was asked."""

from structlog.testing import capture_logs

from tests.town import SUPPORT, open_town


def decisions(said):
    return [
        {name: value for name, value in line.items() if name not in {"event", "log_level"}}
        for line in said
        if line["event"] == "decision"
    ]


async def test_who_decided_and_what_became_of_it_is_a_line_each_in_ids(tmp_path):
    with capture_logs() as said:
        async with open_town(tmp_path, "http") as town, town.serving():
            proposal = await town.propose()
            card = await town.card(SUPPORT, proposal)
            assert decisions(said) == []  # nobody has decided
            await town.click("U0ALICE", SUPPORT, card, "approve")
            await town.card_saying(SUPPORT, card["ts"], "Approved")
            await town.claim(proposal)
    ids = {"proposal": proposal["id"], "agent": "shop", "revision": 1, "digest": proposal["digest"]}
    approved = {**ids, "status": "approved", "cause": "reviewer", "by": "U0ALICE", "decisions": 1}
    assert decisions(said) == [approved, {**approved, "status": "claimed"}]


async def test_what_runs_by_itself_leaves_none(tmp_path):
    with capture_logs() as said:
        async with open_town(tmp_path, "http") as town, town.serving():
            proposal = await town.propose("search.find")
            assert proposal["status"] == "approved"
            await town.claim(proposal)
    assert decisions(said) == []
