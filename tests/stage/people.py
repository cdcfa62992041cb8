"""Who decides, by the amount on the card: 5 approve · 500 change to 100 · 5000 reject · -1 let it run out.

41 and 42 are changed into each other. Of what has `lines`, 31 gets a name that the agent never sent, 32 loses one.
"""

import asyncio
import re

from tests.town import SUPPORT, visible_text

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


class People:
    """Look at the cards of the channel, one after the other, and decide what the script has a line for."""

    def __init__(self, town, run_out):
        self.town = town
        self.run_out = run_out
        """Moves the clock past every deadline."""
        self.trouble = []
        self._away = False
        self._seen = set()
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
                if found := self._waiting():
                    await self._look(*found)

    def _waiting(self):
        """The oldest card with buttons that nobody looked at, with its proposal's id."""
        if self._away:
            return None
        cards = ((approve_of(card), card) for card in self.town.slack.messages(SUPPORT))
        return next(((proposal, card) for proposal, card in cards if proposal and proposal not in self._seen), None)

    async def _look(self, proposal, card):
        self._seen.add(proposal)
        found = AMOUNT.search(visible_text(card))
        try:
            await self._decide(float(found[1]) if found else None, card)
        except (TimeoutError, LookupError) as error:  # somebody took the card away under our hands
            self.trouble.append(f"{proposal}: {error!r}")

    async def _decide(self, amount, card):
        town = self.town
        match SCRIPT.get(amount):
            case "approve":
                await town.click(WHO, SUPPORT, card, "approve")
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
