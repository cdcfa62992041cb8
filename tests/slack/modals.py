"""Modals for tests, each held to Slack's limits."""

from hypothesis import strategies as st

from approvals import moves
from approvals.proposal import Action
from approvals.states import after_all
from bot.slack.forms.dialogs import (
    confirm_form,
)
from tests.making import START, make_reviewer
from tests.slack.view_limits import judged

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "<!channel>",
        ":tada:",
        "*bold*",
        "&lt;",
        "\u202eevil",
        "a\r\nb",
        "x" * 3001,
        "🎉" * 1500,
        "```",
        "<https://x.example|y>",
    ]
)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)


VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)


def foreseen(proposal, payload, editor=None, gate=None):
    """The proposal as this editor's edit would leave it."""
    action = Action(name=proposal.action.name, payload=payload)
    editor = editor or make_reviewer()
    return after_all(
        proposal,
        moves.edit(
            proposal, editor, action, gate or proposal.gate, (), nonce=proposal.nonce, new_nonce="n2", now=START
        ),
    )


def confirmed(proposal, after, page=0, *, counts=True):
    return judged(confirm_form(proposal, after, "frm_2", editor_counts=counts, page=page))


def button_values(view):
    return {
        element["action_id"]: element.get("value") or [option["value"] for option in element["options"]]
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
