"""What a person types and picks, and what the app may answer to a submission."""

import json
from urllib.parse import parse_qs

import pytest


def plain(text):
    return {"type": "plain_text", "text": text}


def asking(name, element, **changes):
    element = {"action_id": f"{name}_in", **element}
    return {"type": "input", "block_id": name, "label": plain(name.title()), "element": element, **changes}


def form(*blocks, **changes):
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **changes,
    }


OPTIONS = [{"text": plain("Large & small"), "value": "both"}, {"text": plain("Small"), "value": "small"}]
EVERY = form(
    asking("note", {"type": "plain_text_input", "multiline": True}, optional=True),
    asking("amount", {"type": "number_input", "is_decimal_allowed": True}, optional=True),
    asking("mail", {"type": "email_text_input"}, optional=True),
    asking("link", {"type": "url_text_input"}, optional=True),
    asking("size", {"type": "static_select", "options": OPTIONS}, optional=True),
    asking("sizes", {"type": "multi_static_select", "options": OPTIONS}, optional=True),
    asking("choice", {"type": "radio_buttons", "options": OPTIONS}, optional=True),
    asking("ticks", {"type": "checkboxes", "options": OPTIONS}, optional=True),
    asking("day", {"type": "datepicker"}, optional=True),
    asking("hour", {"type": "timepicker"}, optional=True),
    asking("moment", {"type": "datetimepicker"}, optional=True),
    asking("who", {"type": "users_select"}, optional=True),
    asking("where", {"type": "conversations_select"}, optional=True),
)


@pytest.fixture
def opened(slack, client):
    async def show(view):
        await client.views_open(trigger_id=slack.workspace.new_trigger("U0ALICE"), view=view)

    return show


def sent(app):
    return json.loads(parse_qs(app.requests[-1][1].decode())["payload"][0])


async def test_empty_inputs_are_sent_in_slacks_shapes(slack, app, opened):
    await opened(EVERY)
    await slack.submit("U0ALICE")
    values = sent(app)["view"]["state"]["values"]
    assert {name: state[f"{name}_in"] for name, state in values.items()} == {
        "note": {"type": "plain_text_input", "value": None},
        "amount": {"type": "number_input", "value": None},
        "mail": {"type": "email_text_input", "value": None},
        "link": {"type": "url_text_input", "value": None},
        "size": {"type": "static_select", "selected_option": None},
        "sizes": {"type": "multi_static_select", "selected_options": []},
        "choice": {"type": "radio_buttons", "selected_option": None},
        "ticks": {"type": "checkboxes", "selected_options": []},
        "day": {"type": "datepicker", "selected_date": None},
        "hour": {"type": "timepicker", "selected_time": None},
        "moment": {"type": "datetimepicker", "selected_date_time": None},
        "who": {"type": "users_select", "selected_user": None},
        "where": {"type": "conversations_select", "selected_conversation": None},
    }


async def test_what_is_typed_and_picked_is_sent_in_slacks_shapes(slack, app, opened):
    await opened(EVERY)
    typed = {"Note": "a\r\nb", "Amount": 1.5, "Size": "Large & small", "sizes": ["small", "both"], "Day": "2026-11-21"}
    await slack.submit("U0ALICE", typed)
    values = sent(app)["view"]["state"]["values"]
    both, small = ({"text": {**one["text"], "emoji": True}, "value": one["value"]} for one in OPTIONS)
    both["text"]["text"] = "Large &amp; small"
    assert values["note"]["note_in"]["value"] == "a\nb"
    assert values["amount"]["amount_in"]["value"] == "1.5"
    assert values["size"]["size_in"]["selected_option"] == both
    assert values["sizes"]["sizes_in"]["selected_options"] == [small, both]
    assert values["day"]["day_in"]["selected_date"] == "2026-11-21"


async def test_a_field_or_option_that_is_not_there_cannot_be_filled(slack, opened):
    await opened(EVERY)
    with pytest.raises(LookupError, match="no field 'Colour'"):
        await slack.fill("U0ALICE", {"Colour": "red"})
    with pytest.raises(LookupError, match="no option 'huge'"):
        await slack.fill("U0ALICE", {"Size": "huge"})


async def test_emoji_and_blanks_come_changed_when_switched_so_even_in_fields_left_alone(slack, app, opened):
    note = asking("note", {"type": "plain_text_input", "multiline": True, "initial_value": " 👋\r\n"})
    await opened(form(note))
    await slack.submit("U0ALICE")
    assert sent(app)["view"]["state"]["values"]["note"]["note_in"]["value"] == " 👋\n"
    await opened(form(note))
    slack.typed_emoji_as_colon = slack.typed_blanks_trimmed = True
    await slack.submit("U0ALICE")
    assert sent(app)["view"]["state"]["values"]["note"]["note_in"]["value"] == ":wave:"


async def test_a_field_of_one_line_holds_no_line_end(slack, app, opened):
    one, many = ({"type": "plain_text_input", "initial_value": "a\r\nb", "multiline": many} for many in (False, True))
    await opened(form(asking("one", one), asking("many", many)))
    await slack.submit("U0ALICE")
    values = sent(app)["view"]["state"]["values"]
    assert values["one"]["one_in"]["value"] == "ab"
    assert values["many"]["many_in"]["value"] == "a\nb"


@pytest.mark.parametrize(
    ("element", "typed", "told"),
    [
        ({"type": "plain_text_input"}, "", "Please complete this required field."),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "Must be at least 3 characters."),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "Must be at most 3 characters."),
        ({"type": "number_input", "is_decimal_allowed": True}, "many", "Must be a number."),
        ({"type": "number_input", "is_decimal_allowed": True}, "1e3", "Must be a number."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Must be a whole number."),
        ({"type": "number_input", "is_decimal_allowed": False, "min_value": "2"}, "1", "Must be at least 2."),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "2"}, "3", "Must be at most 2."),
        ({"type": "email_text_input"}, "alice", "Must be an email address."),
        ({"type": "url_text_input"}, "alice", "Must be a URL."),
    ],
)
async def test_what_slack_itself_refuses_never_reaches_the_app(slack, app, opened, element, typed, told):
    await opened(form(asking("field", element)))
    answer = await slack.submit("U0ALICE", {"Field": typed})
    assert answer.errors == {"field": told}
    assert slack.modal("U0ALICE")["errors"] == {"field": told}
    assert app.requests == []


NOTE = form(asking("note", {"type": "plain_text_input", "initial_value": "x"}))


async def test_an_empty_answer_closes_the_modal_and_shows_the_one_below(slack, client, app, opened):
    await opened(NOTE)
    below = slack.modal("U0ALICE")
    await client.views_push(trigger_id=slack.workspace.new_trigger("U0ALICE", below["id"]), view=NOTE)
    await slack.submit("U0ALICE")
    assert slack.modals("U0ALICE") == [below]


async def test_clear_closes_the_whole_stack(slack, client, app, opened):
    await opened(NOTE)
    trigger = slack.workspace.new_trigger("U0ALICE", slack.modal("U0ALICE")["id"])
    await client.views_push(trigger_id=trigger, view=NOTE)
    app.body = {"response_action": "clear"}
    await slack.submit("U0ALICE")
    assert slack.modals("U0ALICE") == []


async def test_update_replaces_and_push_adds(slack, app, opened):
    await opened(NOTE)
    app.body = {"response_action": "update", "view": {**NOTE, "title": plain("Again")}}
    await slack.submit("U0ALICE")
    assert [view["title"]["text"] for view in slack.modals("U0ALICE")] == ["Again"]
    app.body = {"response_action": "push", "view": NOTE}
    await slack.submit("U0ALICE")
    assert [view["title"]["text"] for view in slack.modals("U0ALICE")] == ["Again", "Form"]


async def test_errors_show_on_their_fields_and_go_with_the_next_submission(slack, app, opened):
    await opened(NOTE)
    app.body = {"response_action": "errors", "errors": {"note": "Not this."}}
    assert (await slack.submit("U0ALICE")).errors == {"note": "Not this."}
    assert slack.modal("U0ALICE")["errors"] == {"note": "Not this."}
    app.body = ""
    assert (await slack.submit("U0ALICE")).errors is None


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "unknown_block_in_errors"),
        ({"response_action": "errors", "errors": {}}, "invalid_response_errors"),
        ({"response_action": "update", "view": {**NOTE, "title": plain("x" * 25)}}, "invalid_arguments"),
        ({"response_action": "vanish"}, "invalid_response_action"),
        ("thanks", "invalid_response"),
    ],
)
async def test_a_wrong_answer_to_a_submission_is_the_apps_fault_and_the_person_sees_it(
    slack, app, opened, body, failure
):
    await opened(NOTE)
    app.body = body
    answer = await slack.submit("U0ALICE")
    assert answer.failure == failure
    assert slack.modal("U0ALICE") is not None
    assert slack.notices("U0ALICE") == ["We had some trouble connecting. Try again?"]


async def test_a_submission_nobody_answers_leaves_the_modal_open(slack, app, opened):
    await opened(NOTE)
    app.status = 500
    answer = await slack.submit("U0ALICE")
    assert not answer.acknowledged
    assert answer.failure == "app_http_error"
    assert slack.modal("U0ALICE") is not None
    assert slack.notices("U0ALICE") == ["We had some trouble connecting. Try again?"]


async def test_closing_is_told_only_where_the_view_asks_for_it(slack, app, opened):
    await opened(form(*NOTE["blocks"], notify_on_close=True))
    await slack.close_modal("U0ALICE")
    told = sent(app)
    assert (told["type"], told["is_cleared"]) == ("view_closed", False)
    assert slack.modal("U0ALICE") is None


async def test_a_choice_in_a_modal_is_sent_at_once_and_stays_in_the_state(slack, app, opened):
    pick = {"type": "static_select", "action_id": "pick", "options": OPTIONS}
    await opened(form({"type": "actions", "block_id": "row", "elements": [pick]}))
    await slack.click_modal("U0ALICE", "pick", selected="small")
    told = sent(app)
    assert told["container"] == {"type": "view", "view_id": slack.modal("U0ALICE")["id"]}
    assert told["actions"][0]["selected_option"]["value"] == "small"
    assert told["view"]["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "small"
    assert slack.modal("U0ALICE")["state"] == told["view"]["state"]


async def test_a_button_of_the_home_tab_comes_with_the_tab(slack, client, app):
    button = {"type": "button", "action_id": "open", "value": "p1", "text": plain("Open")}
    view = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    published = (await client.views_publish(user_id="U0ALICE", view=view))["view"]
    await slack.click_home("U0ALICE", "open", value="p1")
    told = sent(app)
    assert told["view"] == published
    assert told["container"] == {"type": "view", "view_id": published["id"]}
    with pytest.raises(LookupError, match="U0BOB has no home tab yet"):
        await slack.click_home("U0BOB", "open")


async def test_a_click_in_a_modal_that_nobody_answers_is_shown(slack, app, opened):
    await opened(
        form({"type": "actions", "elements": [{"type": "button", "action_id": "next", "text": plain("Next")}]})
    )
    app.status = 500
    await slack.click_modal("U0ALICE", "next")
    assert slack.notices("U0ALICE") == ["We had some trouble connecting. Try again?"]


async def test_closing_a_modal_that_clears_closes_all_below(slack, client, app, opened):
    await opened(NOTE)
    trigger = slack.workspace.new_trigger("U0ALICE", slack.modal("U0ALICE")["id"])
    last = form(*NOTE["blocks"], clear_on_close=True, notify_on_close=True)
    await client.views_push(trigger_id=trigger, view=last)
    await slack.close_modal("U0ALICE")
    assert slack.modals("U0ALICE") == []
    assert sent(app)["is_cleared"] is True


async def test_a_modal_without_submit_cannot_be_submitted(slack, opened):
    view = form({"type": "divider"})
    del view["submit"]
    await opened(view)
    with pytest.raises(LookupError, match="nothing to submit"):
        await slack.submit("U0ALICE")
