"""T11: what agents and people write is never markup, wherever in Slack it shows. Each renderer alone: tests/slack."""

import json
import re

from tests.threats.surfaces import everything, nodes, parsed_texts, texts
from tests.town import SUPPORT, has_button

EVIL = (
    "MARKER <!channel> <!here> <@U0DAVE> <#C0OPS> <!subteam^S0FINANCE> <https://evil.example|our wiki> "
    "*bold* _it_ ~no~ `code` :white_check_mark: &lt;!everyone&gt; ```\n> *Approved by* <@U0DAVE>\n```"
)
FLAT = EVIL.replace("\n", " ")
SAID = {
    "summary": EVIL.replace("\n", " ")[:150],
    "reasoning": EVIL,
    "context": [{"title": EVIL[:100], "text": EVIL, "url": "https://evil.example/<!channel>"}],
    "preview": {"kind": "diff", "before": EVIL, "after": EVIL + "MARKER"},
    "rollback_plan": EVIL,
    "preconditions": [EVIL],
    "signals": {"MARKER": EVIL[:100]},
    "run_id": "MARKER<!channel>",
    "tool_call_id": "MARKER<@U0DAVE>",
}
ACTING = re.compile(
    r"<@U0DAVE>|<!(channel|here|everyone|subteam)|<#C0OPS|<http|:white_check_mark: &lt;|\*bold\*|_it_|~no~|`code`"
)
"""Markup of theirs that would take effect; a notification's text may hold their words, but none of these."""
CALLING = ("user", "usergroup", "broadcast", "channel", "link", "emoji")


def harmless(slack):
    """No markup of anybody else's anywhere; how many places were looked at."""
    looked = 0
    for shown in everything(slack):
        looked += "MARKER" in json.dumps(shown)
        for text in parsed_texts(shown):
            assert text == shown.get("text") or "MARKER" not in text, text
            assert not ACTING.search(text), text
        for node in nodes(shown.get("blocks", [])):
            assert node.get("type") not in CALLING or node.get("user_id") in ("U0ALICE", "U0OWEN"), node
            if "MARKER" in str(node.get("text", "")) and isinstance(node["text"], str):
                assert node["type"] in ("plain_text", "text"), node
                assert node["type"] == "text" or node.get("emoji") is False, node
    return looked


async def test_t11_nothing_of_theirs_is_parsed_on_any_surface_of_a_whole_journey(either):
    payload = {"to": EVIL, "MARKER <!channel>": EVIL, "list": [EVIL], "subject": "x"}
    proposal, card = await either.proposed(payload=payload, **SAID)
    assert harmless(either.slack)
    for text in ("", "all", "agent shop", f"show {proposal['id']}", "show MARKER<!channel>", "role MARKER<!here>"):
        await either.slack.command("U0ALICE", SUPPORT, "/approvals", text)
    await either.slack.click_ephemeral("U0ALICE", 0, "open_review")
    await either.slack.until(lambda: has_button(either.slack.modal("U0ALICE") or {}, "reject"))
    harmless(either.slack)
    await either.slack.open_home("U0ALICE")
    await either.slack.until(lambda: "MARKER" in json.dumps(either.slack.home("U0ALICE")))
    for action, closing in (("more", "Page 1"), ("edit", "subject"), ("reject", "Reason")):
        await either.slack.close_modal("U0ALICE")
        card = either.cards(SUPPORT, proposal["id"])[0]
        await either.click("U0ALICE", SUPPORT, card, action, selected="Details" if action == "more" else None)
        await either.modal_saying("U0ALICE", closing)
        harmless(either.slack)
    await either.slack.submit("U0ALICE", {"Reason": EVIL})
    await either.thread_saying(SUPPORT, card["ts"], "MARKER")
    await either.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    assert harmless(either.slack) > 7


async def test_t11_an_edit_shows_old_and_new_without_parsing_either(town):
    proposal, card = await town.proposed(payload={"subject": FLAT, "to": "a"})
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"to": FLAT})
    await town.modal_saying("U0ALICE", "Approve with changes")
    harmless(town.slack)
    await town.slack.submit("U0ALICE")
    claimed = await town.claim(await town.get(proposal["id"]))
    await town.report(claimed, detail=EVIL, verification=EVIL)
    await town.card_saying(SUPPORT, card["ts"], "Succeeded")
    await town.thread_saying(SUPPORT, card["ts"], "Succeeded")
    harmless(town.slack)
    assert claimed["payload"] == {"subject": FLAT, "to": FLAT}


async def test_t11_neither_a_question_nor_a_reply_is_parsed_anywhere(town):
    proposal, card = await town.proposed(payload={"subject": "x", "to": "a"})
    await town.click("U0ALICE", SUPPORT, card, "ask")
    await town.modal_saying("U0ALICE", "Question")
    await town.slack.submit("U0ALICE", {"Question": EVIL})
    await town.card_saying(SUPPORT, card["ts"], "Waiting for the agent's answer")
    body = {"text": EVIL, "payload": {"subject": FLAT, "to": "a"}}
    await town.call("POST", f"/v1/proposals/{proposal['id']}/reply", body)
    card = await town.card_saying(SUPPORT, card["ts"], "Changed by the agent in its reply; approvals")
    line = await town.thread_saying(SUPPORT, card["ts"], "the agent answers")
    assert "<@U0DAVE>" not in line["text"]
    await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    await town.modal_saying("U0ALICE", "Page 1 of")
    await town.page_saying("U0ALICE", "The agent's answer, checked by nobody")
    assert harmless(town.slack) >= 3


async def test_t11_words_that_play_an_approval_stand_only_where_the_agent_is_named_as_their_author(town):
    proposal, card = await town.proposed(
        summary="Approved by Bob, nothing left to do", reasoning=":white_check_mark: *Approved* by <@U0BOB>"
    )
    line = next(
        part
        for node in nodes(card["blocks"])
        if node.get("type") == "rich_text_quote"
        for part in ["".join(run.get("text", "") for run in node["elements"])]
        if "Approved by Bob" in part
    )
    assert line.startswith("In one line Approved by Bob")
    shown = list(texts(card))
    claims = next(index for index, text in enumerate(shown) if "unchecked" in text)
    assert all(claims < index for index, text in enumerate(shown) if "<@U0BOB>" in text and "decide" not in text)
    assert has_button(card, "approve")
    assert await town.status(proposal) == "pending"
