"""Demo agent: proposes, waits, replies to questions, claims what people approved, acts (it prints) and reports."""

import asyncio
import json
import os
import secrets
import sys
from typing import Any

import aiohttp

from demo.scenes import SCENES

WAIT = 50
"""Seconds one question may be held open by the bot."""


async def main() -> None:
    """Plays every scene at once; ends when each has come to its end."""
    url, token = os.environ["SIGNOFF_URL"], os.environ["SIGNOFF_TOKEN"]
    session = aiohttp.ClientSession(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=aiohttp.ClientTimeout(total=WAIT + 10),
    )
    async with session:
        await asyncio.gather(*(play(session, scene) for scene in SCENES))
    say("every proposal has come to its end")


async def play(session: aiohttp.ClientSession, scene: dict[str, Any]) -> None:
    """One proposal, from asking to reporting."""
    claimant = secrets.token_urlsafe(16)
    proposal = await post(session, "/v1/proposals", {**scene, "claim": True, "claimant": claimant})
    title = scene["summary"]
    if proposal["status"] == "pending":
        say(f"asked: {title}")
    while proposal["status"] == "pending":
        question = proposal["question"]
        if question is not None and question["reply"] is None:
            await reply(session, scene, proposal["id"], question)
        async with session.get(f"/v1/proposals/{proposal['id']}", params={"wait": WAIT}) as response:
            proposal = await response.json()
    if proposal["status"] == "approved":
        body = {"digest": proposal["digest"], "claimant": claimant}
        proposal = await post(session, f"/v1/proposals/{proposal['id']}/claim", body)
    if proposal["status"] != "claimed":
        say(f"not done: {title} — {proposal['message']}")
        return
    act(title, proposal)
    report = {"status": "succeeded", "detail": f"{proposal['action']} done", "verification": "read back, as approved"}
    await post(session, f"/v1/proposals/{proposal['id']}/outcome", report)


async def reply(
    session: aiohttp.ClientSession, scene: dict[str, Any], proposal_id: str, question: dict[str, Any]
) -> None:
    """Answers a reviewer's question as well as a script can: with what it knows. A model would read the question."""
    known = [f"{each['title']}: {each.get('text') or each.get('url')}" for each in scene.get("context", ())]
    text = "\n".join(["I follow a script, so this is all that I know.", scene["reasoning"], *known])
    body = {"text": text, "question": question["id"]}
    say(f"asked: {question['text']}")
    async with session.post(f"/v1/proposals/{proposal_id}/reply", json=body) as response:
        if response.status not in (200, 409):  # 409: somebody decided before the answer came
            raise SystemExit((await response.json()).get("detail"))


def act(title: str, proposal: dict[str, Any]) -> None:
    """What a real agent would do with the payload that the claim gave it: that one, and no other."""
    changed = " (as edited)" if proposal["edited"] else ""
    say(f"DOING: {title}{changed} with {json.dumps(proposal['payload'], ensure_ascii=False)}")


async def post(session: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Posts; an answer that is no 2xx ends the agent with the problem's own words."""
    async with session.post(path, json=body) as response:
        answer: dict[str, Any] = await response.json()
        if response.status >= 400:
            raise SystemExit(f"{answer.get('title')}: {answer.get('detail')}")
        return answer


def say(text: str) -> None:
    """One line on the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
