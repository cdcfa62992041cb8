"""`signoff init`: what it writes is sound, complete and kept, and it says what is left to do."""

import base64
import re
import stat

import pytest
from dotenv import dotenv_values
from ruamel.yaml import YAML

from bot.cli.starter import CHANNEL, PERSON, Beginning, NotBegun, begin
from bot.settings import SettingsFault, read_settings
from policy import check, load
from tests.house.tree import ROOT

WRITTEN = ("policy.yml", ".env", "schemas/refund.json", "policy.schema.json", "manifest.yml")


def beginning(**changes):
    known = {"channel": "C0SHOP", "reviewers": ["U0ALICE", "U0BOB"], "owner": "U0CAROL", "agent": "shop-bot"}
    return Beginning(**{**known, **changes})


def test_with_all_ids_known_the_policy_is_in_force_at_once_and_knows_its_agent(tmp_path):
    begin(tmp_path, beginning())
    environ = dotenv_values(tmp_path / ".env")
    report = check(tmp_path / "policy.yml", environ)
    assert (report.faults, report.warnings, report.notes) == ((), (), ())
    policy = load(tmp_path / "policy.yml", environ)
    assert policy.agent_of(environ["SHOP_BOT_TOKEN"]) == "shop-bot"
    assert policy.roles["reviewers"].members == ("U0ALICE", "U0BOB")


def test_only_the_two_tokens_of_slack_are_missing_in_the_settings(tmp_path):
    begin(tmp_path, beginning())
    file = tmp_path / ".env"
    with pytest.raises(SettingsFault) as caught:
        read_settings(file)
    assert re.findall("^[A-Z_]+", str(caught.value), re.MULTILINE) == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    filled = (
        file.read_text().replace("BOT_TOKEN=\n", "BOT_TOKEN=xoxb-1\n").replace("APP_TOKEN=\n", "APP_TOKEN=xapp-1\n")
    )
    file.write_text(filled)
    settings = read_settings(file)
    assert (settings.signoff_policy.name, settings.signoff_database_url) == ("policy.yml", "sqlite:///signoff.db")
    assert base64.b64decode(settings.signoff_signing_key.get_secret_value(), validate=True)


def test_secrets_are_fresh_and_for_their_owner_alone(tmp_path):
    begin(tmp_path / "one", beginning())
    begin(tmp_path / "two", beginning())
    one, two = ((tmp_path / name / ".env").read_text() for name in ("one", "two"))
    for variable in ("SHOP_BOT_TOKEN", "SIGNOFF_SIGNING_KEY"):
        values = [re.search(f"^{variable}=(.+)$", text, re.MULTILINE)[1] for text in (one, two)]
        assert values[0] != values[1]
    assert stat.S_IMODE((tmp_path / "one" / ".env").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_that_is_there_is_replaced_and_then_nothing_is_written(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(NotBegun, match=rf"{re.escape(name)} is in \S+ already, so nothing was written"):
        begin(tmp_path, beginning())
    assert [str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_link_that_leads_nowhere_is_there_too(tmp_path):
    (tmp_path / ".env").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotBegun):
        begin(tmp_path, beginning())
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotBegun, match="cannot be written"):
        begin(tmp_path / "file" / "below", beginning())


def test_what_is_not_known_yet_keeps_the_policy_from_being_used_and_stands_in_what_is_left(tmp_path):
    left = "\n".join(begin(tmp_path, beginning(channel=CHANNEL, reviewers=[PERSON], owner=PERSON)))
    assert f"In policy.yml, write the id of your channel for {CHANNEL} and the ids of your people for {PERSON}." in left
    assert not check(tmp_path / "policy.yml", None).sound
    text = (tmp_path / "policy.yml").read_text()
    (tmp_path / "policy.yml").write_text(text.replace(CHANNEL, "C0SHOP").replace(PERSON, "U0ALICE"))
    assert check(tmp_path / "policy.yml", None).sound


def test_whoever_is_alone_may_approve_and_is_warned_of_it(tmp_path):
    begin(tmp_path, beginning(reviewers=["U0ALICE"], owner="U0ALICE"))
    report = check(tmp_path / "policy.yml", None)
    assert report.sound
    assert [each.key for each in report.warnings] == ["roles.reviewers.allow_self_review"]


@pytest.mark.parametrize("name", ["", "9lives", "a b", "x" * 65, "-x"])
def test_what_is_no_name_for_an_agent_is_told_and_nothing_is_written(tmp_path, name):
    with pytest.raises(NotBegun, match="is no name for an agent"):
        begin(tmp_path, beginning(agent=name))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "changes"),
    [
        ("--channel", {"channel": "#general"}),
        ("--channel", {"channel": "U0ALICE"}),
        ("--reviewer", {"reviewers": ["U0ALICE", "@bob"]}),
        ("--reviewer", {"reviewers": [""]}),
        ("--owner", {"owner": "carol"}),
    ],
)
def test_what_is_no_id_of_slack_is_refused_with_where_to_find_one_and_nothing_is_written(tmp_path, option, changes):
    with pytest.raises(NotBegun, match=rf"{option}: '.*' is no Slack .* id\. Copy the"):
        begin(tmp_path, beginning(**changes))
    assert list(tmp_path.iterdir()) == []


def test_the_step_that_is_named_is_the_one_about_the_ids(tmp_path):
    left = begin(tmp_path, beginning(channel=CHANNEL))
    (named,) = re.findall(r"policy.yml wants what step (\d) says", "\n".join(left))
    assert f"{named}. In policy.yml, write the id of your channel" in "\n".join(left)


def test_a_mistyped_field_of_the_policy_that_it_writes_is_found(tmp_path):
    begin(tmp_path, beginning())
    file = tmp_path / "policy.yml"
    file.write_text(file.read_text().replace("edit: [amount]", "edit: [amonut]"))
    (fault,) = check(file, None).faults
    assert "amonut" in str(fault)
    assert "amount" in str(fault)


def test_the_rule_that_it_leaves_for_larger_amounts_works_once_it_is_put_in(tmp_path):
    begin(tmp_path, beginning())
    file = tmp_path / "policy.yml"
    text = file.read_text().replace("  # - id: large", "  - id: large")
    text = re.sub(r"^  #   (?=\w+:)", "    ", text, flags=re.MULTILINE)
    file.write_text(text.replace("roles:\n", "roles:\n  finance: {channel: C0FIN, members: [U0DAVE]}\n", 1))
    assert check(file, None).faults == ()


def test_the_manifest_is_the_one_that_ships(tmp_path):
    begin(tmp_path, beginning())
    written = YAML(typ="safe", pure=True).load(tmp_path / "manifest.yml")
    assert written == YAML(typ="safe", pure=True).load(ROOT / "manifest.yml")
