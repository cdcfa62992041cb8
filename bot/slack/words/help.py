"""What may follow `/approvals`, as its help lists it."""

HELP: tuple[tuple[str, str], ...] = (
    ("", "what waits for you, the most urgent first"),
    ("overdue", "what an agent took and did not report, or was to undo"),
    ("mine", "what you own or asked for"),
    ("all", "what you may decide or own"),
    ("role NAME", "what a role may decide"),
    ("agent NAME", "what an agent proposed"),
    ("action refund.*", "what asks for an action"),
    ("history", "what is over; then any of `agent NAME`, `action refund.*`, `by @NAME`, `status rejected`, `since 7d`"),
    ("show ID", "one proposal with its trail; also the beginning of its id, or a link to its card"),
    ("stats", "how it went, by action and role, in the last 30 days; then any of `7d`, `role NAME`, `agent NAME`"),
    ("standing", "what is approved for the next like it, to be ended"),
    ("holds", "what is held after a no, to be ended"),
    (
        "delegate @NAME until friday",
        "lets somebody decide for you for a while; also `until 18:00`, `until 2026-12-24 10:00`, `for 3d`",
    ),
    ("delegate", "who decides for you, and for whom you do"),
    ("delegate stop @NAME", "ends that, from either side"),
    ("stop agent NAME because …", "ends at once all that an agent may still begin; its owner and the operators may"),
    ("stop", "which agents are stopped"),
    ("resume agent NAME", "lets it propose again; the operators alone may"),
    ("notify dm", "has me write to you when something waits for you; `notify off` ends that"),
    ("help", "this list"),
)
"""What may follow `/approvals`."""
GROUPS: dict[str, str] = {
    **dict.fromkeys(("", "overdue"), "What needs you"),
    **dict.fromkeys(("mine", "all", "role", "agent", "action", "history", "show"), "Looking things up"),
    "stats": "How it goes",
    **dict.fromkeys(("standing", "holds", "delegate"), "Asked less often, or somebody else"),
    **dict.fromkeys(("stop", "resume", "notify"), "In your hands"),
}
"""Under which title the help has a verb; the others stand under the last."""
