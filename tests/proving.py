"""What every test may ask of what it leaves behind: that each proposal's record is what its entries tell, and that a
reading which shares nothing with the bot finds nothing that cannot be true."""

import asyncio

from approvals.digest import canonical
from bot.keys import seal_keys, seeds_for
from fsck import examine, opened
from signoff_client.proof import faults


async def records_hold(bot):
    """The receipt of every proposal there is holds by itself, and every row is what the entries tell."""
    for entry in await bot.store.audit.entries(0, 10_000):
        if entry.tag == "proposal:submitted":
            proposal, entries = await bot.store.with_entries(entry.proposal_id)
            receipt = bot.issuer.receipt(proposal, entries, bot.lifecycle.clock.now())
            assert faults(receipt, canonical) == []
    assert await bot.store.differences() == []


async def nothing_untrue(url, path, seed, now):
    """`signoff fsck` finds nothing in the store at a URL, which is the file at `path` unless that is None."""
    await asyncio.to_thread(_read, url, path, seed, now)


def _read(url, path, seed, now):
    with opened(url, path) as source:
        examined = examine(source, keys=seal_keys(seeds_for(path, seed)), now=int(now.timestamp() * 1000))
    assert examined.sound, "\n".join(examined.lines())
