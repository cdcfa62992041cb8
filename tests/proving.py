"""What every test may ask of what it leaves behind: that each proposal's record is what its entries tell."""

from approvals.digest import canonical
from signoff_client.proof import faults


async def records_hold(bot):
    """The receipt of every proposal there is holds by itself, and every row is what the entries tell."""
    for entry in await bot.store.audit.entries(0, 10_000):
        if entry.tag == "proposal:submitted":
            proposal, entries = await bot.store.with_entries(entry.proposal_id)
            receipt = bot.issuer.receipt(proposal, entries, bot.lifecycle.clock.now())
            assert faults(receipt, canonical) == []
    assert await bot.store.differences() == []
