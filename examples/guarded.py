"""The same in three lines: a function that people must agree to, in a sync and an async program."""

from signoff_client import AsyncSignoff, Rejected, Ticket, requires_approval


@requires_approval("refund.create", reasoning="The parcel was lost.", source="trusted")
def refund(order: str, amount: float) -> str:
    """Pays money back to a customer."""
    return f"refunded {amount} for {order}"


@requires_approval("email.send", without=("smtp",))
async def send(to: str, text: str, smtp: object = None) -> int:
    """Sends a mail."""
    return len(f"{smtp}{to}{text}")


def from_a_loop(call_id: str) -> str:
    """The same call is one refund, however often the loop comes by."""
    try:
        return refund.asking(key=call_id, run_id="run-17")(order="A-1001", amount=250)
    except Rejected as no:
        return no.message


def later(parked: str) -> str:
    """In another process, with what ApprovalPending gave."""
    return refund.resume(Ticket.from_json(parked))


async def mail() -> int:
    """The async one is awaited."""
    return await send("mira@example.com", "Hello") + await send.resume(Ticket.from_json("…"), smtp=None)


async def follow(client: AsyncSignoff) -> None:
    """What happens to the agent's proposals, as it happens."""
    async for event in client.events():
        print(event.kind, event.proposal.id, event.proposal.message)
