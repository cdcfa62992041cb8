"""What people may read is posted to Slack alone."""

import pytest

from bot.slack.listeners.replies import of_slack

SLACK, GOV, LOCAL = "https://slack.com/api/", "https://slack-gov.com/api/", "http://127.0.0.1:8765/api/"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://hooks.slack.com/commands/T0/1/x", SLACK),
        ("https://hooks.slack.com/actions/T0/1/x", SLACK),
        ("https://slack.com/actions/T0/1/x", SLACK),
        ("https://hooks.slack-gov.com/actions/T0/1/x", GOV),
        ("http://127.0.0.1:8765/_response/x", LOCAL),
    ],
)
def test_answers_go_where_the_web_api_is_and_to_its_hooks(url, base):
    assert of_slack(url, base)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/actions/T0/1/x",
        "https://hooks.slack.com.example.com/x",
        "https://hooks.slack.com@example.com/x",
        "https://user@hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://example.com/hooks.slack.com",
        "https://hooksxslack.com/x",
        "//hooks.slack.com/x",
        "hooks.slack.com",
        "file:///etc/passwd",
        "https://hooks.slack-gov.com/x",
        "https://[::1",
        "",
    ],
)
def test_and_nowhere_else(url):
    assert not of_slack(url, SLACK)
