"""Fills in an edit form as a person in Slack would, and reads it back."""

from bot.slack.forms.dialogs import edit_form
from bot.slack.forms.fields import fields
from bot.slack.forms.parse import ACTION, read_form
from sandbox.blockkit.inputs import initial, objections, picked
from tests.slack.view_limits import judged


class Filled:
    """A form that was just opened; `type` into it, then `read` it."""

    def __init__(self, proposal, operators=None, typed=None, both=None):
        self.shown = fields(proposal, operators)
        self.view = judged(edit_form(proposal, "frm_1", self.shown, typed or {}, both=both))
        self.state = initial(self.view["blocks"])

    def field(self, name):
        """The field of this label."""
        (found,) = [field for field in self.shown if field.name == name]
        return found

    def block(self, name):
        """The input of this label."""
        (found,) = [block for block in self.view["blocks"] if block.get("block_id") == self.field(name).block_id]
        return found

    def element(self, name):
        """The element of the input of this label."""
        return self.block(name)["element"]

    def type(self, name, said):
        """Types, or picks by label; None clears."""
        self.state[self.field(name).block_id][ACTION] = picked(self.element(name), said)

    def read(self):
        """What was submitted."""
        return read_form(self.shown, self.state)

    def objections(self):
        """What Slack's own client would not let pass."""
        return objections(self.view["blocks"], self.state)
