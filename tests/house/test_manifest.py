"""The app asks Slack for exactly the scopes that its calls need."""

import ast
import inspect

import pytest
from ruamel.yaml import YAML
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.doctor.checkup import SCOPES as SCOPES_LOOKED_FOR
from tests.house.tree import ROOT, modules, parsed

SCOPES = {
    "api_test": set(),
    "auth_test": set(),
    "blocks_validate": set(),
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_replies": {"channels:history", "groups:history"},
    "conversations_open": {"im:write"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_upload_v2": {"files:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "bots_info": {"users:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
"""What Slack's reference says each method needs of a bot token."""

APP_LEVEL = {"apps_connections_open"}
"""Called with the app-level token, which is not made from the manifest."""

METHODS = {
    name for name, member in inspect.getmembers(AsyncWebClient, inspect.iscoroutinefunction) if "_" in name.strip("_")
} - {"api_call"}


def called():
    """The Web API methods named in code, as an attribute (`client.users_info`) or as a string."""
    found = set()
    for module in modules("bot"):
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                found.add(node.attr)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said = node.value.replace(".", "_")
                if said in METHODS or ("." in node.value and said in SCOPES):
                    found.add(said)
    return found


@pytest.fixture(scope="module")
def manifest():
    return YAML(typ="safe").load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


def test_the_scope_of_every_method_called_is_known():
    assert called() - APP_LEVEL <= SCOPES.keys()


def test_the_manifest_asks_for_the_scopes_of_the_calls_and_no_more(manifest):
    needed = set().union(*(SCOPES[method] for method in called() - APP_LEVEL))
    if manifest["features"].get("slash_commands"):
        needed.add("commands")
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
    assert not manifest["oauth_config"]["scopes"].get("user")


def test_the_doctor_looks_for_the_scopes_of_the_manifest(manifest):
    assert sorted(SCOPES_LOOKED_FOR) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_the_calls_that_make_the_bot_work_are_seen():
    assert called() >= {"auth_test", "chat_postMessage", "chat_update", "views_open", "users_info"}


def test_the_manifest_gives_no_address_and_uses_the_socket(manifest):
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert "://" not in (ROOT / "manifest.yml").read_text(encoding="utf-8")


def test_the_manifest_has_the_command_the_home_and_its_event(manifest):
    commands = {command["command"]: command for command in manifest["features"]["slash_commands"]}
    assert commands["/approvals"]["should_escape"] is True
    assert manifest["features"]["app_home"]["home_tab_enabled"] is True
    assert "app_home_opened" in manifest["settings"]["event_subscriptions"]["bot_events"]
