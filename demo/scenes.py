"""Demo scenes: a morning in a small shop, as bodies of `POST /v1/proposals`."""

from typing import Any

SCENES: tuple[dict[str, Any], ...] = (
    {
        "action": "search.orders",
        "payload": {"query": "order 48213", "limit": 5},
        "reasoning": "The customer names an order; I look it up before I answer.",
        "summary": "Look up order 48213",
        "source": "untrusted",
    },
    {
        "action": "search.customers",
        "payload": {"email": "mira.jansen@example.com"},
        "reasoning": "I need the customer's history to judge the complaint.",
        "summary": "Find the customer Mira Jansen",
        "source": "untrusted",
    },
    {
        "action": "email.send",
        "payload": {
            "to": "mira.jansen@example.com",
            "subject": "Your order 48213",
            "body": (
                "Dear Ms Jansen,\n\nyour parcel was returned to us because the address was incomplete. We send it "
                "again today, at our cost, to Lindenweg 14, 50674 Köln.\n\nPlease tell us if that is not right.\n\n"
                "Kind regards\nThe shop"
            ),
        },
        "reasoning": "The carrier reports the address as incomplete; the customer gave the full one in her last mail.",
        "summary": "Answer Mira Jansen about her returned parcel",
        "confidence": 0.86,
        "source": "untrusted",
        "context": [
            {"title": "Carrier's note", "text": "Return to sender: house number missing."},
            {"title": "Ticket", "url": "https://tickets.example.com/t/9917"},
        ],
        "rollback_plan": "A mail cannot be called back; a second one can correct it.",
        "run_id": "run-2041",
    },
    {
        "action": "refund.create",
        "payload": {
            "customer": "cus_8841",
            "order": "48213",
            "amount": 249.9,
            "currency": "EUR",
            "note": "Lamp arrived broken, pictures checked",
        },
        "reasoning": "The pictures show a broken shade. The terms allow a full refund within 14 days; day 6 today.",
        "summary": "Refund 249.90 EUR to cus_8841 for a broken lamp",
        "confidence": 0.93,
        "source": "untrusted",
        "context": [
            {"title": "Order 48213", "text": "Customer cus_8841 paid 249.90 EUR by card; delivered six days ago."},
            {"title": "Terms, section 4", "text": "Goods damaged in transit are refunded in full within 14 days."},
        ],
        "preview": {
            "kind": "diff",
            "before": "Order 48213: paid 249.90 EUR",
            "after": "Order 48213: refunded 249.90 EUR",
        },
        "rollback_plan": "Charge again with the customer's consent.",
        "run_id": "run-2042",
    },
    {
        "action": "refund.create",
        "payload": {
            "customer": "cus_1207",
            "order": "47790",
            "amount": 1840.0,
            "currency": "EUR",
            "note": "Whole order cancelled before dispatch",
        },
        "reasoning": "The order was cancelled in time; nothing left the warehouse.",
        "summary": "Refund 1840.00 EUR to cus_1207 for a cancelled order",
        "confidence": 0.97,
        "source": "untrusted",
        "preconditions": ["Order 47790 is still marked cancelled.", "No refund for it exists yet."],
        "run_id": "run-2043",
    },
    {
        "action": "access.grant",
        "payload": {
            "user": "t.okafor",
            "system": "warehouse",
            "role": "admin",
            "days": 30,
            "notify": True,
            "ticket": None,
        },
        "reasoning": "Tobe's manager asked for warehouse access in the onboarding ticket; the template says admin.",
        "summary": "Make t.okafor admin of the warehouse system for 30 days",
        "confidence": 0.58,
        "source": "untrusted",
        "on_behalf_of": "U0TOBE",
        "rollback_plan": "access.revoke with the same user and system.",
        "run_id": "run-2044",
    },
    {
        "action": "db.drop_table",
        "payload": {"database": "shop", "table": "orders_2019"},
        "reasoning": "The table has not been read for a year; dropping it frees 40 GB.",
        "summary": "Drop table orders_2019",
        "source": "untrusted",
    },
)
