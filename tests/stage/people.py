"""Who decides, by the amount on the card: 5 approve · 500 change to 100 · 5000 reject · -1 let it run out."""

import asyncio
import re

from tests.town import SUPPORT, visible_text

REASON = "Too much without a ticket"
WHO = "U0ALICE"
SCRIPT = {5: "approve", 250: "approve", 500: "change", 5000: "reject", -1: "run out"}
"""What becomes of which amount; of any other nothing."""
AMOUNT = re.compile(r'"amount": (-?[0-9.]+)')


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
                await town.click(WHO, SUPPORT, card, "edit")
                await town.modal_saying(WHO, "amount")
                await town.slack.submit(WHO, {"amount": "100"})
                await town.modal_saying(WHO, "Approve with changes")
                await town.slack.submit(WHO)
            case "reject":
                await town.click(WHO, SUPPORT, card, "reject")
                await town.modal_saying(WHO, "Reason")
                await town.slack.submit(WHO, {"Reason": REASON})
            case "run out":
                self.run_out()


def approve_of(card):
    """The id of the proposal that the card's button would approve, or None."""
    buttons = (button for block in card.get("blocks") or () for button in block.get("elements") or ())
    values = (button["value"] for button in buttons if button.get("action_id") == "approve")
    return next((value.partition(".")[0] for value in values), None)
