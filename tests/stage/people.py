"""Who decides, by the amount on the card: 5 approve · 500 change to 100 · 5000 reject · -1 let it run out.

41 and 42 are changed into each other. Of what has `lines`, 31 gets a name that the agent never sent, 32 loses one.
"""

import asyncio
import json
import re

from tests.town import SUPPORT, has_button, visible_text

REASON = "Too much without a ticket"
WHO = "U0ALICE"
SCRIPT = {5: "approve", 250: "approve", 500: "change", 41: "change", 42: "change", 31: "add", 32: "remove"} | {
    5000: "reject",
    -1: "run out",
}
"""What becomes of which amount; of any other nothing."""
CHANGED = {500: "100", 41: "42", 42: "41"}
LINES = {
    "add": '{"sku": "A-1", "quantity": 2, "dry_run": true}',
    "remove": '{"sku": "A-1"}',
}
"""The row that people put in the place of the lines of an order."""
AMOUNT = re.compile(r"amount\s+(-?[0-9.]+)")
CLICKS = 5
"""How often somebody clicks on what was not taken: a busy bot may ask for it once more."""
SUMMED_UP = """\
SELECT p.id, r.payload FROM flood_members AS m JOIN proposals AS p ON p.id = m.proposal_id
JOIN revisions AS r ON r.proposal_id = p.id AND r.number = 1 WHERE p.status = 'pending' ORDER BY p.created_at, p.id
"""


class People:
    """Look at the cards of the channel, one after the other, and decide what the script has a line for.

    What came faster than cards can be posted stands on a summary: from there they only approve.
    """

    def __init__(self, town, run_out):
        self.town = town
        self.run_out = run_out
        """Moves the clock past every deadline."""
        self.trouble = []
        self._away = False
        self._seen = set()
        self._summaries = {}
        self._turn = asyncio.Lock()

    async def pause(self):
        """Nobody looks any more; what was begun is finished first."""
        async with self._turn:
            self._away = True

    def resume(self):
        """They are back, and decide what has piled up."""
        self._away = False
        self.town.slack.workspace.changes.bump()

    async def run(self):
        """Until cancelled."""
        while True:
            await self.town.slack.until(self._waiting, timeout=None)
            async with self._turn:
                if not (found := self._waiting()):
                    continue
                proposal, card = found
                if proposal:
                    await self._look(proposal, card)
                else:
                    await self._look_through(card)

    def _waiting(self):
        """The oldest card with buttons that nobody looked at, with its proposal's id; of a summary without one."""
        if self._away:
            return None
        cards = [(approve_of(card), card) for card in self.town.slack.messages(SUPPORT)]
        new = (found for found in cards if found[0] and found[0] not in self._seen)
        return next(new, None) or next((found for found in cards if self._is_new_summary(found[1])), None)

    def _is_new_summary(self, card):
        return has_button(card, "flood_review") and self._summaries.get(card["ts"]) != visible_text(card)

    async def _look(self, proposal, card):
        self._seen.add(proposal)
        found = AMOUNT.search(visible_text(card))
        try:
            await self._decide(float(found[1]) if found else None, proposal, card)
        except (TimeoutError, LookupError) as error:  # somebody took the card away under our hands
            self.trouble.append(f"{proposal}: {error!r}")

    async def _look_through(self, card):
        """What is on the summary of a flood, one after the other."""
        self._summaries[card["ts"]] = visible_text(card)
        for proposal, payload in self.town.rows(SUMMED_UP):
            wish = SCRIPT.get(json.loads(payload).get("amount"))
            if proposal in self._seen or wish is None:
                continue
            self._seen.add(proposal)
            if wish != "approve":
                self.trouble.append(f"{proposal}: on a summary, where the script has no way to {wish}")
                continue
            await self._open(card, proposal)
            await self.town.slack.click_modal(WHO, "approve")
            while self.town.slack.modal(WHO):
                await self.town.slack.close_modal(WHO)

    async def _open(self, card, proposal):
        """The review of one on a summary, from the page of its list that has it."""
        town, page = self.town, 1
        await town.click(WHO, SUPPORT, card, "flood_review")
        shown = await town.modal_saying(WHO, "Nothing is decided on this list")
        while f'"value": "{proposal}"' not in json.dumps(shown):
            page += 1
            await town.slack.click_modal(WHO, "flood_next")
            shown = await town.modal_saying(WHO, f"Page {page} of")
        await town.slack.click_modal(WHO, "open_review", value=proposal)
        await town.modal_saying(WHO, "unchecked")

    async def _decide(self, amount, proposal, card):
        town = self.town
        match SCRIPT.get(amount):
            case "approve":
                for _ in range(CLICKS):
                    await town.click(WHO, SUPPORT, card, "approve")
                    if not town.rows("SELECT 1 FROM proposals WHERE id = ? AND status = 'pending'", proposal):
                        break
            case "change":
                await self._edit(card, {"amount": CHANGED[amount]})
            case ("add" | "remove") as how:
                await self._edit(card, {"lines: rows to keep": [], "lines: new rows": LINES[how]})
            case "reject":
                await town.click(WHO, SUPPORT, card, "reject")
                await town.modal_saying(WHO, "Reason")
                await town.slack.submit(WHO, {"Reason": REASON})
            case "run out":
                self.run_out()

    async def _edit(self, card, inputs):
        town = self.town
        await town.click(WHO, SUPPORT, card, "edit")
        await town.modal_saying(WHO, next(iter(inputs)))
        await town.slack.submit(WHO, inputs)
        await town.modal_saying(WHO, "Approve with changes")
        await town.slack.submit(WHO)


def approve_of(card):
    """The id of the proposal that the card's button would approve, or None."""
    buttons = (button for block in card.get("blocks") or () for button in block.get("elements") or ())
    values = (button["value"] for button in buttons if button.get("action_id") == "approve")
    return next((value.partition(".")[0] for value in values), None)
