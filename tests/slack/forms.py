"""A form as Slack opens it and gives it back, for tests."""

from bot.slack.forms.dialogs import edit_form
from bot.slack.forms.fields import FieldType
from bot.slack.forms.parse import ACTION, fields, read_form
from sandbox.blockkit.inputs import initial
from tests.making import make_proposal


def one(value, **changes):
    """The field of a form for this value."""
    (field,) = [each for each in fields(make_proposal(payload={"it": value}, **changes)) if each.name == "it"]
    return field


def state_of(view):
    """What Slack holds of a form that was just opened."""
    return initial(view["blocks"])


def opened(proposal):
    shown = fields(proposal)
    return shown, state_of(edit_form(proposal, "frm_1", shown, {}, ()))


def typing(proposal, **said):
    """The form, read after these texts were typed into fields of these names."""
    shown, state = opened(proposal)
    for field in shown:
        if field.name in said:
            state[field.block_id][ACTION] = answer(field, said[field.name])
    return read_form(shown, state)


def answer(field, said):
    if field.kind is FieldType.several:
        return {"type": "multi_static_select", "selected_options": [{"value": one} for one in said.split("\n") if one]}
    if field.kind is FieldType.date:
        return {"type": "datepicker", "selected_date": said}
    if field.choices:
        return {
            "type": "static_select",
            "selected_option": {"text": {"type": "plain_text", "text": said}, "value": said},
        }
    return {"type": "plain_text_input", "value": said}


def typed_into(value, said, **changes):
    """The one value after this was typed into its field; a string is the fault."""
    result = typing(make_proposal(payload={"it": value}, **changes), it=said)
    return result.payload["it"] if not result.faults else result.faults[0][1]
