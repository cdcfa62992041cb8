"""Slack's documented limits, judged twice: by themselves here, and by the sandbox. Every fault is a sentence."""

import json

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sandbox.blockkit.blocks import check_blocks, too_long
from sandbox.blockkit.checks import Faults
from sandbox.web import views as sandbox_views

ENTITIES = {"&": 5, "<": 4, ">": 4}
BUTTONS = {"primary", "danger"}


def sent(text):
    """The length Slack counts: UTF-16 units after `&`, `<` and `>` became entities."""
    return units(text) + sum(text.count(char) * (entity - 1) for char, entity in ENTITIES.items())


def units(text):
    """The length of a text that is escaped already."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def serialised(blocks):
    """The length of the blocks as compact JSON after escaping."""
    return sent(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def message_faults(blocks, text):
    """What Slack, and our own stricter rule for the whole, would say against a message."""
    faults = [*block_faults(blocks, 50, "message")]
    if serialised(blocks) >= 10_000:
        faults.append(f"blocks take {serialised(blocks)} characters")
    if not 1 <= units(text) <= 4000:
        faults.append(f"fallback text has {units(text)} characters")
    return faults + sandbox_faults(blocks, "message")


def view_faults(view):
    """What Slack would say against a modal or a home tab."""
    faults = block_faults(view["blocks"], 100, view["type"])
    if len(json.dumps(view).encode()) > 250_000:
        faults.append("the view is larger than 250 kB")
    if view["type"] == "modal":
        for key in ("title", "submit", "close"):
            if key in view and not 1 <= sent(view[key]["text"]) <= 24:
                faults.append(f"{key} is {view[key]['text']!r}")
        if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
            faults.append("inputs without submit")
        faults += [f"{key} too long" for key in ("callback_id",) if len(view.get(key, "")) > 255]
        if len(view.get("private_metadata", "")) > 3000:
            faults.append("private_metadata too long")
    elif "title" in view:
        faults.append("a home tab has no title")
    return faults + list(sandbox_views.view_faults(view, view["type"]).messages())


def sandbox_faults(blocks, surface):
    """What the sandbox would answer to these blocks."""
    faults = Faults()
    check_blocks(blocks, surface, "/blocks", faults)
    return [*faults.messages(), *(["too long for the sandbox"] if too_long(blocks) else [])]


def sdk_accepts(blocks):
    """Whether Slack's own models find nothing wrong, as far as they know the blocks; raises what they find."""
    parsed = Block.parse_all(blocks)
    return len(parsed) == len(blocks) and all(block.to_dict() for block in parsed)


def sdk_accepts_view(view):
    """The same for a view."""
    return bool(View(**view).to_dict()) and sdk_accepts(view["blocks"])


def block_faults(blocks, most, surface):
    """Every fault of a list of blocks."""
    faults = [] if 1 <= len(blocks) <= most else [f"{len(blocks)} blocks"]
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        faults.append("block_id twice")
    for place, block in enumerate(blocks):
        judge = BLOCKS.get(block.get("type"))
        if judge is None:
            faults.append(f"block {place}: {block.get('type')} has no place in a {surface}")
        else:
            faults += [f"block {place}: {fault}" for fault in judge(block)]
    return faults


def keys(value, needed, allowed=()):
    missing, odd = set(needed) - set(value), set(value) - set(needed) - set(allowed) - {"type", "block_id"}
    return [f"{value.get('type')} lacks {sorted(missing)}"] * bool(missing) + [
        f"{value.get('type')} has {sorted(odd)}"
    ] * bool(odd)


def text(value, most, kinds=("plain_text", "mrkdwn")):
    if value.get("type") not in kinds:
        return [f"text of type {value.get('type')}"]
    faults = keys(value, ["text"], ["emoji"] if value["type"] == "plain_text" else ["verbatim"])
    if not value["text"].strip():
        faults.append("text is empty")
    long = sent(value["text"]) if value["type"] == "plain_text" else units(value["text"])
    if long > most:
        faults.append(f"text has {long} characters, {most} are allowed")
    return faults


def plain(value, most):
    return text(value, most, ("plain_text",))


def header(block):
    return keys(block, ["text"]) + plain(block["text"], 150)


def section(block):
    faults = keys(block, ["text"], ["fields", "accessory", "expand"]) + text(block["text"], 3000)
    return faults + (element(block["accessory"]) if "accessory" in block else [])


def context(block):
    faults = keys(block, ["elements"])
    if not 1 <= len(block["elements"]) <= 10:
        faults.append("context of none or more than ten")
    return faults + [fault for each in block["elements"] for fault in text(each, 2000)]


def actions(block):
    faults = keys(block, ["elements"])
    if not 1 <= len(block["elements"]) <= 25:
        faults.append("actions of none or more than 25")
    ids = [each["action_id"] for each in block["elements"]]
    if len(ids) != len(set(ids)):
        faults.append("action_id twice in a block")
    return faults + [fault for each in block["elements"] for fault in element(each)]


def element(value):
    faults = [] if 1 <= len(value.get("action_id", "")) <= 255 else ["action_id"]
    if value["type"] == "button":
        faults += keys(value, ["text", "action_id"], ["value", "style", "accessibility_label", "confirm", "url"])
        faults += plain(value["text"], 75)
        if not 1 <= sent(value.get("value", "x")) <= 2000:
            faults.append("value of a button")
        if value.get("style", "primary") not in BUTTONS:
            faults.append("style of a button")
        if not 1 <= len(value.get("accessibility_label", "x")) <= 75:
            faults.append("accessibility_label")
        return faults
    if value["type"] == "overflow":
        faults += keys(value, ["options", "action_id"], ["confirm"])
        if not 1 <= len(value["options"]) <= 5:
            faults.append("options of an overflow menu")
        for option in value["options"]:
            faults += plain(option["text"], 75)
            if not 1 <= sent(option["value"]) <= 150:
                faults.append("value of an option")
        return faults
    return [*faults, f"element {value['type']}"]


def rich_text(block):
    faults = keys(block, ["elements"])
    if not block["elements"]:
        faults.append("rich_text of nothing")
    for part in block["elements"]:
        if part["type"] == "rich_text_list":
            faults += keys(part, ["elements", "style"], ["indent", "offset", "border"])
            faults += [] if part["elements"] else ["an empty list"]
            for each in part["elements"]:
                faults += rich_part(each, ("rich_text_section",))
        else:
            faults += rich_part(part, ("rich_text_section", "rich_text_quote", "rich_text_preformatted"))
    return faults


def rich_part(part, kinds):
    if part["type"] not in kinds:
        return [f"{part['type']} in rich text"]
    faults = keys(part, ["elements"], ["border"])
    if not part["elements"]:
        faults.append(f"{part['type']} of nothing")
    if sum(sent(each.get("text", "")) for each in part["elements"]) > 3000:
        faults.append(f"{part['type']} is longer than 3000 characters")
    for each in part["elements"]:
        if each["type"] == "user" and part["type"] != "rich_text_preformatted":
            faults += keys(each, ["user_id"])
        elif each["type"] != "text":
            faults.append(f"{each['type']} in {part['type']}")
        else:
            faults += keys(each, ["text"], ["style"])
            if not each["text"]:
                faults.append("text is empty")
            if not set(each.get("style", {})) <= {"bold", "italic", "strike", "code"}:
                faults.append("style")
    return faults


def divider(block):
    return keys(block, [])


def inputs(block):
    return keys(block, ["label", "element"], ["hint", "optional", "dispatch_action"]) + plain(block["label"], 2000)


BLOCKS = {
    "header": header,
    "section": section,
    "context": context,
    "actions": actions,
    "rich_text": rich_text,
    "divider": divider,
    "input": inputs,
}
