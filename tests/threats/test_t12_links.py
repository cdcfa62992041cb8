"""T12: addresses are text; what they pretend is said; Slack unfolds nothing."""

import json

from tests.threats.surfaces import everything, nodes
from tests.town import SUPPORT, visible_text

EVIDENCE = [
    {"title": "Spoof", "url": "https://\u0430pple.com/login"},
    {"title": "Userinfo", "url": "https://accounts.google.com@evil.example/x"},
    {"title": "Plain", "url": "https://wiki.example.com/page?a=1&b=2"},
]


async def test_t12_a_host_that_plays_another_is_named_for_what_it_is(town):
    _, card = await town.proposed(context=EVIDENCE)
    shown = visible_text(card)
    assert "leads to xn--pple-43d.com" in shown
    assert "leads to evil.example" in shown
    assert "https://wiki.example.com/page?a=1&b=2" in shown
    assert shown.count("leads to") == 2


async def test_t12_no_address_of_an_agent_becomes_a_link_and_no_message_is_unfurled(town):
    payload = {"url": "https://evil.example/payload", "to": "<https://evil.example|here>"}
    proposal, card = await town.proposed(payload=payload, context=EVIDENCE, reasoning="See https://evil.example")
    await town.slack.command("U0ALICE", SUPPORT, "/approvals", f"show {proposal['id']}")
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "https://evil.example/reason is no wiki"})
    await town.thread_saying(SUPPORT, card["ts"], "is no wiki")
    await town.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    for shown in everything(town.slack):
        assert "<http" not in json.dumps(shown.get("blocks")).replace("<https://evil.example|here>", "")
        assert not [node for node in nodes(shown) if node.get("type") == "link" or "image_url" in node]
        assert not [node for node in nodes(shown.get("blocks", [])) if node.get("type") == "button" and "url" in node]
    posts = [call for call in town.slack.calls if call.method == "chat.postMessage"]
    assert len(posts) >= 2
    assert all(
        str(call.args[kind]).lower() in ("false", "0") for call in posts for kind in ("unfurl_links", "unfurl_media")
    )
