"""The edit form as one person gets it, and as they send it back: the whole of the work on a payload, in three steps.

Each is given all it needs, so that it can be done in another process.
"""

from typing import TYPE_CHECKING, Any

from bot.slack.forms.dialogs import edit_form
from bot.slack.forms.edit_conflict import Carried, as_of, carried
from bot.slack.forms.fields import fields
from bot.slack.forms.parse import Typed, errors, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from approvals.refusals import Fault


def form_for(
    user: str,
    proposal: "Proposal",
    operators: "Mapping[str, JSON] | None",
    form_id: str,
    typed: "Mapping[str, JSON]",
    before: "tuple[int, Mapping[str, JSON]] | None",
) -> dict[str, Any]:
    """The form, filled in with what they typed on this revision, or on one `before` it."""
    shown = fields(proposal, operators)
    kept = Carried(typed=dict(typed))
    if not typed and before is not None:
        revision, said = before
        kept = carried(proposal, user, revision, fields(as_of(proposal, revision), operators), shown, said)
    return edit_form(proposal, form_id, shown, kept.typed, both=kept.both, news=kept.news)


def read_back(
    proposal: "Proposal", operators: "Mapping[str, JSON] | None", revision: int, state: "Mapping[str, Any]"
) -> Typed:
    """What was typed into the form on that revision."""
    return read(fields(as_of(proposal, revision), operators), state)


def faults_of(
    proposal: "Proposal",
    operators: "Mapping[str, JSON] | None",
    revision: int,
    faults: "Sequence[Fault]",
    payload: "Mapping[str, JSON]",
) -> dict[str, str]:
    """The faults of a payload, by the inputs of that form."""
    own = proposal.ask.payload_schema is not None
    return errors(fields(as_of(proposal, revision), operators), faults, payload, agents=own)
