"""Directory of who is there: `auth.test`, `bots.info`, `users.info`, `usergroups.*`, and opening a socket."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.errors import SlackError
from sandbox.web.arguments import Arguments
from sandbox.web.methods import method
from sandbox.workspace import Group, User, Workspace

Json = dict[str, Any]


@method("auth.test")
def auth_test(workspace: Workspace, _arguments: Arguments) -> Json:
    """Whose token this is."""
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.bot_name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def app_test(workspace: Workspace) -> Json:
    """What `auth.test` says of an app token."""
    return {"app_name": workspace.bot_name, "app_id": workspace.app_id}


@method("bots.info", "users:read", takes_json=False)
def bots_info(workspace: Workspace, arguments: Arguments) -> Json:
    """One bot, and the app that it belongs to."""
    if arguments.need("bot") != workspace.bot_id:
        raise SlackError("bot_not_found")
    bot = {"id": workspace.bot_id, "deleted": False, "name": workspace.bot_name, "app_id": workspace.app_id}
    return {"bot": {**bot, "user_id": workspace.bot_user, "updated": int(workspace.clock()), "icons": {}}}


@method("users.info", "users:read", takes_json=False)
def users_info(workspace: Workspace, arguments: Arguments) -> Json:
    """One person."""
    user = workspace.users.get(arguments.need("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user_object(workspace, user)}


def user_object(workspace: Workspace, user: User) -> Json:
    """Slack's user object; of people who left it holds less."""
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.handle,
        "deleted": user.deleted,
        "color": "9f69e7",
        "real_name": user.name,
        "profile": {
            "title": user.title,
            "phone": "",
            "real_name": user.name,
            "real_name_normalized": user.name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": "0",
            "team": user.team_id,
        },
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": int(workspace.clock()),
    }
    if user.is_stranger:
        shown["is_stranger"] = True
    if user.deleted:
        return shown
    return {
        **shown,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": _offset(workspace, user),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": True,
    }


def _offset(workspace: Workspace, user: User) -> int:
    try:
        zone = ZoneInfo(user.tz)
    except ZoneInfoNotFoundError:  # a machine without the zone database knows UTC alone
        return 0
    offset = datetime.fromtimestamp(workspace.clock(), zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


@method("usergroups.list", "usergroups:read", takes_json=False)
def usergroups_list(workspace: Workspace, arguments: Arguments) -> Json:
    """The user groups, a paid feature."""
    _paid(workspace)
    shown = [group_object(workspace, group) for group in workspace.groups.values()]
    for group in shown:
        if not arguments.flag("include_users"):
            del group["users"]
        if not arguments.flag("include_count"):
            del group["user_count"]
    return {"usergroups": shown}


@method("usergroups.users.list", "usergroups:read", takes_json=False)
def usergroups_users_list(workspace: Workspace, arguments: Arguments) -> Json:
    """Who is in a user group; a paid feature."""
    _paid(workspace)
    group = workspace.groups.get(arguments.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _paid(workspace: Workspace) -> None:
    if not workspace.user_groups_paid:
        raise SlackError("plan_upgrade_required")


def group_object(workspace: Workspace, group: Group) -> Json:
    """Slack's user group object."""
    return {
        "id": group.id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.name,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.created,
        "date_delete": 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": workspace.bot_user,
        "updated_by": workspace.bot_user,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "users": list(group.users),
        "user_count": len(group.users),
        "channel_count": 0,
    }
