"""Everything that Slack shows anybody, and what of it Slack parses."""


def everything(slack):
    """All messages, replies, private messages, modals and home tabs, as they stand."""
    for channel in slack.workspace.channels.values():
        yield from (dict(message) for message in channel.messages)
    yield from slack.workspace.ephemerals
    for stack in slack.workspace.stacks.values():
        yield from (shown.view for shown in stack)
    yield from (home.view for home in slack.workspace.homes.values())


def parsed_texts(shown):
    """Every text in which Slack looks for markup: mrkdwn objects, and a message's own text."""
    if isinstance(shown.get("text"), str):
        yield shown["text"]
    for node in nodes(shown):
        if node.get("type") == "mrkdwn":
            yield node["text"]


def nodes(shown):
    """Every object in it."""
    if isinstance(shown, dict):
        yield shown
        for value in shown.values():
            yield from nodes(value)
    elif isinstance(shown, list):
        for member in shown:
            yield from nodes(member)


def texts(shown):
    """Every text in it, parsed or not."""
    for node in nodes(shown.get("blocks", [])):
        if isinstance(node.get("text"), str):
            yield node["text"]
