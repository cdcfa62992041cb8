import copy
import json

import pytest
from slack_sdk.errors import SlackApiError


def plain(text):
    return {"type": "plain_text", "text": text}


def field(name, **element):
    element = {"type": "plain_text_input", "action_id": name, **element}
    return {"type": "input", "block_id": name, "label": plain(name.title()), "element": element}


def modal(*blocks, **changes):
    blocks = list(blocks) or [{"type": "section", "text": plain("words")}]
    return {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": blocks, **changes}


def without(view, key):
    return {name: value for name, value in view.items() if name != key}


def home(text="Queue"):
    return {"type": "home", "blocks": [{"type": "section", "text": plain(text)}]}


def refused(caught):
    return caught.value.response["error"]


@pytest.fixture
def trigger(slack):
    """A trigger id for something Alice just did."""
    return lambda view_id=None: slack.workspace.new_trigger("U0ALICE", view_id)


async def test_a_modal_opens_for_the_person_of_the_trigger(slack, client, trigger):
    answer = await client.views_open(trigger_id=trigger(), view=modal(field("why", initial_value="so")))
    shown = slack.modal("U0ALICE")
    assert shown["id"] == answer["view"]["id"]
    assert slack.modal("U0BOB") is None
    assert shown["state"]["values"] == {"why": {"why": {"type": "plain_text_input", "value": "so"}}}
    assert shown["root_view_id"] == shown["id"]


async def test_a_trigger_is_good_once(slack, client, trigger):
    once = trigger()
    await client.views_open(trigger_id=once, view=modal())
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=once, view=modal())
    assert refused(caught) == "exchanged_trigger_id"
    assert len(slack.modals("U0ALICE")) == 1


async def test_a_trigger_is_good_for_three_seconds(slack, client, clock, trigger):
    late, last = trigger(), trigger()
    clock.forward(3)
    await client.views_open(trigger_id=last, view=modal())
    clock.forward(0.01)
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=late, view=modal())
    assert refused(caught) == "expired_trigger_id"


async def test_an_invented_trigger_opens_nothing(slack, client):
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id="1.2.3", view=modal())
    assert refused(caught) == "invalid_trigger_id"
    assert slack.modal("U0ALICE") is None


async def test_an_invalid_view_does_not_use_the_trigger_up(client, trigger):
    kept = trigger()
    with pytest.raises(SlackApiError):
        await client.views_open(trigger_id=kept, view=modal(title=plain("x" * 25)))
    await client.views_open(trigger_id=kept, view=modal())


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(submit_disabled=True), "invalid additional property: submit_disabled [json-pointer:/view]"),
        (
            without(modal(field("why")), "submit"),
            "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
        ),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(field("a"), field("a")), '`block_id` "a" already exists [json-pointer:/view/blocks/1/block_id]'),
        (without(modal(), "title"), "missing required field: title [json-pointer:/view]"),
        (without(modal(), "blocks"), "missing required field: blocks [json-pointer:/view]"),
        (home(), "must be a valid enum value: modal [json-pointer:/view/type]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_modal_beyond_slacks_limits_is_refused_with_a_pointer(slack, client, trigger, view, told):
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger(), view=view)
    assert refused(caught) == "invalid_arguments"
    assert f"[ERROR] {told}" in caught.value.response["response_metadata"]["messages"]
    assert slack.modal("U0ALICE") is None


async def test_a_view_may_be_large_but_not_that_large(client, trigger):
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * 125_000}]}
    blocks = [{"type": "rich_text", "elements": [rich]}]
    await client.views_open(trigger_id=trigger(), view=modal(*blocks))
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger(), view=modal(*blocks, *blocks))
    assert refused(caught) == "view_too_large"


async def test_the_stack_holds_three_modals(slack, client, trigger):
    await client.views_open(trigger_id=trigger(), view=modal())
    for _ in range(2):
        await client.views_push(trigger_id=trigger(slack.modal("U0ALICE")["id"]), view=modal())
    stack = slack.modals("U0ALICE")
    assert [view["previous_view_id"] for view in stack] == [None, stack[0]["id"], stack[1]["id"]]
    assert {view["root_view_id"] for view in stack} == {stack[0]["id"]}
    with pytest.raises(SlackApiError) as caught:
        await client.views_push(trigger_id=trigger(stack[2]["id"]), view=modal())
    assert refused(caught) == "push_limit_reached"
    assert slack.modals("U0ALICE") == stack


async def test_a_trigger_from_a_message_pushes_nothing(slack, client, trigger):
    await client.views_open(trigger_id=trigger(), view=modal())
    with pytest.raises(SlackApiError) as caught:
        await client.views_push(trigger_id=trigger(), view=modal())
    assert refused(caught) == "invalid_arguments"


async def test_an_update_with_an_old_hash_changes_nothing(slack, client, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    newer = (await client.views_update(view_id=opened["id"], view=modal(title=plain("Two"))))["view"]
    with pytest.raises(SlackApiError) as caught:
        await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(title=plain("Three")))
    assert refused(caught) == "hash_conflict"
    assert slack.modal("U0ALICE")["title"]["text"] == "Two"
    await client.views_update(view_id=opened["id"], hash=newer["hash"], view=modal(title=plain("Three")))


async def test_an_update_keeps_what_was_typed_where_block_and_action_stay(slack, client, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=modal(field("a"), field("b"))))["view"]
    await slack.fill("U0ALICE", {"A": "typed", "B": "lost"})
    other = copy.deepcopy(field("b"))
    other["element"]["action_id"] = "renamed"
    await client.views_update(view_id=opened["id"], view=modal(field("a", initial_value="new"), other))
    values = slack.modal("U0ALICE")["state"]["values"]
    assert values["a"]["a"]["value"] == "typed"
    assert values["b"] == {"renamed": {"type": "plain_text_input", "value": None}}


async def test_a_closed_modal_cannot_be_updated(slack, client, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    assert await slack.close_modal("U0ALICE") is None
    with pytest.raises(SlackApiError) as caught:
        await client.views_update(view_id=opened["id"], view=modal())
    assert refused(caught) == "not_found"


async def test_an_external_id_finds_its_view_and_is_given_once(slack, client, trigger):
    await client.views_open(trigger_id=trigger(), view=modal(external_id="mine"))
    await client.views_update(external_id="mine", view=modal(external_id="mine", title=plain("Two")))
    assert slack.modal("U0ALICE")["title"]["text"] == "Two"
    bobs = slack.workspace.new_trigger("U0BOB")
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=bobs, view=modal(external_id="mine"))
    assert refused(caught) == "duplicate_external_id"


async def test_the_home_tab_is_published_to_one_person_and_guarded_by_its_hash(slack, client):
    first = (await client.views_publish(user_id="U0ALICE", view=home("one")))["view"]
    await client.views_publish(user_id="U0ALICE", hash=first["hash"], view=home("two"))
    with pytest.raises(SlackApiError) as caught:
        await client.views_publish(user_id="U0ALICE", hash=first["hash"], view=home("three"))
    assert refused(caught) == "hash_conflict"
    assert slack.home("U0ALICE")["blocks"][0]["text"]["text"] == "two"
    assert slack.home("U0BOB") is None


async def test_the_home_tab_takes_no_modal_and_no_title(client):
    for wrong in (modal(), {**home(), "title": plain("Title")}):
        with pytest.raises(SlackApiError) as caught:
            await client.views_publish(user_id="U0ALICE", view=wrong)
        assert refused(caught) == "invalid_arguments"


async def test_blocks_messages_and_views_can_be_validated_without_showing_them(slack, client):
    wrong = [{"type": "header", "text": plain("x" * 151)}]
    assert (await client.blocks_validate(blocks=[{"type": "divider"}]))["ok"]
    assert (await client.blocks_validate(view=modal()))["ok"]
    for key, value, error, pointer in (
        ("blocks", wrong, "invalid_blocks", "/0/text/text"),
        ("message", {"blocks": wrong}, "invalid_message", "/blocks/0/text/text"),
        ("view", modal(*wrong), "invalid_view", "/blocks/0/text/text"),
    ):
        with pytest.raises(SlackApiError) as caught:
            await client.blocks_validate(**{key: value})
        assert refused(caught) == error
        assert caught.value.response["errors"][0]["pointer"] == pointer
    with pytest.raises(SlackApiError) as caught:
        await client.blocks_validate()
    assert refused(caught) == "invalid_arguments"
    assert slack.messages("C0SUPPORT") == []


async def test_a_view_may_come_written_out_in_a_form(slack, client, trigger):
    await client.api_call("views.open", data={"trigger_id": trigger(), "view": json.dumps(modal())})
    assert slack.modal("U0ALICE")["title"]["text"] == "Title"
