"""Stakes: the values of a payload by which money, data or rights go to somebody, told by their names and forms.

Of a value that no evidence holds it matters most whether it is one of these: a title that nobody wrote down is the
agent's wording, and an account that nobody wrote down is where the money goes.
"""

import re
from typing import TYPE_CHECKING

from bot.slack.cards.evidence import account_code, folded
from bot.slack.cards.figures import written_moment

if TYPE_CHECKING:
    from approvals.digest import JSON
    from bot.slack.cards.evidence import Path

_WORDS = frozenset((
    "to", "cc", "bcc", "from", "with", "sender", "recipient", "recipients", "receiver", "payee", "beneficiary",
    "creditor", "vendor", "supplier", "customer", "patron", "account", "accounts", "user", "users", "username",
    "login", "email", "mail", "member", "members", "group", "groups", "owner", "principal", "grantee", "invitee",
    "assignee", "channel", "phone", "address", "url", "uri", "link", "host", "hostname", "domain", "server",
    "endpoint", "webhook", "callback", "redirect", "target", "destination", "repository", "remote", "bucket",
    "database", "ip", "amount", "amounts", "sum", "total", "price", "cost", "fee", "salary", "payment", "refund",
    "discount", "credit", "limit", "budget", "quantity", "qty", "currency", "iban", "bic", "swift", "bank",
    "card", "role", "roles", "permission", "permissions", "scope", "scopes", "privilege", "privileges", "access",
    "grant", "grants", "right", "rights", "policy", "admin", "visibility", "attach", "attachment", "attachments",
    "attached", "file", "files", "filename", "document", "documents", "folder",
))  # fmt: skip
"""To or from whom, where, how much, what they may do or are sent: words of which one is in the name of a field."""
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
"""Of a name, in `snake_case`, `camelCase` and the like."""
_ADDRESS = re.compile(r"\S@\S|\A[a-z][a-z+.-]*://", re.IGNORECASE)
_IBAN = re.compile(r"[a-z]{2}[0-9]{2}[a-z0-9]{11,30}")


def at_stake(path: "Path", value: "JSON") -> bool:
    """Whether it says to whom or where something goes, how much of it, or who may do what."""
    if isinstance(value, str):
        text = folded(value)
        if written_moment(text):
            return False
        if _ADDRESS.search(value) or _IBAN.fullmatch(account_code(text)):
            return True
    return any(part.lower() in _WORDS for step in path if isinstance(step, str) for part in _PARTS.findall(step))
