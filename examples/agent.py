"""An agent in plain Python: asks people, runs what they approved once, reports. Needs SIGNOFF_URL and SIGNOFF_TOKEN."""

import sys

from signoff_client import ApprovalPending, Refused, Signoff, SignoffError


def refund(order: str, amount: float) -> str:
    """Stands for the payment provider."""
    return f"refunded {amount} for {order}"


def main() -> int:
    """One refund, from asking to reporting; the exit code."""
    with Signoff() as client:
        try:
            claimed = client.ask(
                "refund.create",
                {"order": "A-1001", "amount": 250},
                reasoning="The parcel was lost; the customer has waited for three weeks.",
                summary="Refund 250 EUR for order A-1001",
                rollback_plan="Charge the card again.",
                key="order-A-1001-refund",
                seconds=300,
            )
        except ApprovalPending as pending:
            print("Not decided yet; resume later with", pending.ticket.to_json())
            return 3
        except Refused as no:
            print(no.message)
            return 1
        except SignoffError as unclear:
            print(unclear.message)
            return 2
        done = refund(claimed.payload["order"], claimed.payload["amount"])
        client.report(claimed, "succeeded", done)
        print(done)
        return 0


if __name__ == "__main__":
    sys.exit(main())
