"""Files with secrets: whoever else can read or change them is told at the start and by the doctor, with what mends it."""

import json
import os
import stat
from pathlib import Path

import pytest

from bot.cli.doctor import all_findings
from bot.secret_files import Access, exposed, exposures, secret_files
from bot.slack.doctor.checkup import Level
from tests.faults.premises import premises
from tests.town import AGENT_TOKEN, OTHER_TOKEN, open_town

US, ROOT, OTHER = 1000, 0, 2000
PATH = Path("/etc/signoff/.env")
ENVIRON = {"SHOP_TOKEN": AGENT_TOKEN, "OTHER_TOKEN": OTHER_TOKEN}


def said_of(mode, owner=US, account=US, **more):
    found = exposed(PATH, Access(mode=mode, owner=owner, account=account, **more))
    return [(each.said.partition("secrets, and ")[2], each.grave) for each in found]


@pytest.mark.parametrize(
    ("access", "told"),
    [
        ({"mode": 0o600}, []),
        ({"mode": 0o400, "owner": ROOT, "account": ROOT}, []),
        ({"mode": 0o640, "owner": ROOT}, []),
        ({"mode": 0o640, "owner": ROOT, "account": ROOT}, []),
        ({"mode": 0o640}, [("the group of its owner can read it.", False)]),
        ({"mode": 0o644}, [("everybody on this machine can read it.", True)]),
        ({"mode": 0o444, "owner": ROOT}, [("everybody on this machine can read it.", True)]),
        ({"mode": 0o604, "owner": OTHER}, [("everybody on this machine can read it.", True)]),
        (
            {"mode": 0o660},
            [("others than its owner can change it, and so replace each of them.", True)],
        ),
        ({"mode": 0o602}, [("others than its owner can change it, and so replace each of them.", True)]),
        ({"mode": 0o600, "folder": 0o777}, [("everybody on this machine can put another file in its place.", True)]),
        ({"mode": 0o600, "folder": 0o1777}, []),
        ({"mode": 0o444, "owner": ROOT, "mounted": True}, []),
        ({"mode": 0o644, "owner": ROOT, "mounted": True}, []),
        ({"mode": 0o644, "mounted": True}, [("everybody on this machine can read it.", True)]),
        (
            {"mode": 0o666, "owner": ROOT, "mounted": True},
            [("others than its owner can change it, and so replace each of them.", True)],
        ),
    ],
    ids=str,
)
def test_who_reaches_a_file_is_told_but_for_the_group_that_root_lets_read_and_for_what_a_container_mounts(access, told):
    assert said_of(**access) == told


@pytest.fixture
def kept(tmp_path):
    """A `.env` and a key beside a database, as they should be."""
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    for name in (".env", "signoff.db.key"):
        os.close(os.open(folder / name, os.O_CREAT | os.O_WRONLY, 0o600))
    return folder


def looked_at(folder):
    return exposures(secret_files(folder / ".env", f"sqlite:///{folder / 'signoff.db'}"))


def test_real_files_are_looked_at_and_each_names_the_command_that_mends_it(kept):
    assert looked_at(kept) == []
    (kept / ".env").chmod(0o644)
    (kept / "signoff.db.key").chmod(0o666)
    readable, writable = looked_at(kept)
    assert "can read it" in readable.said
    assert readable.mend.startswith(f"`chmod 600 {kept / '.env'}`. Then replace every secret in it")
    assert writable.mend == f"`chmod 600 {kept / 'signoff.db.key'}`."
    for name in (".env", "signoff.db.key"):
        (kept / name).chmod(0o600)
    assert looked_at(kept) == []
    kept.chmod(0o777)
    assert [each.mend for each in looked_at(kept)] == [f"`chmod o-w {kept}`."] * 2


def test_a_link_is_what_it_leads_to_and_a_pipe_or_nothing_is_no_file(kept, tmp_path):
    (kept / ".env").chmod(0o644)
    link = tmp_path / "link.env"
    link.symlink_to(kept / ".env")
    assert [each.path for each in exposures(secret_files(link, "postgresql://localhost/signoff"))] == [link]
    for none in (Path(os.devnull), tmp_path / "none", None):
        assert secret_files(none, "postgresql://localhost/signoff") == []
    assert secret_files(None, "no url at all") == []


async def test_the_doctor_finds_what_others_reach_and_says_where_all_is_well(kept, tmp_path):
    async with open_town(tmp_path) as town:
        settings = town.settings(signoff_database_url=f"sqlite:///{kept / 'signoff.db'}")

        async def found():
            every = [each async for each in all_findings(settings, ENVIRON, kept / ".env")]
            return [(each.level, each.said, each.mend) for each in every if each.about == "secrets"]

        ((level, said, mend),) = await found()
        assert (level, mend) == (Level.well, "")
        assert f"Nobody else reaches {kept / '.env'} and {kept / 'signoff.db.key'}." == said
        (kept / "signoff.db.key").chmod(0o644)
        ((level, said, mend),) = await found()
        assert (level, mend.endswith(".")) == (Level.fault, True)
        assert "everybody on this machine can read it" in said


async def test_a_start_warns_of_a_file_that_others_can_read_and_goes_on(tmp_path):
    async with premises(tmp_path) as place:
        env_file = tmp_path / "settings.env"
        env_file.write_text("SIGNOFF_CHECKPOINTS_EVERY=7200\n")
        env_file.chmod(0o604)
        place.words = ("serve", "--env-file", str(env_file))
        await place.start()
        warned = [json.loads(line) for line in place.bot.said if "holds secrets" in line]
        assert [(each["level"], each["mend"].partition(".")[0]) for each in warned] == [
            ("warning", f"`chmod 600 {env_file.parent}/settings")
        ]
        key = place.database.with_name(f"{place.database.name}.key")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600, "what the bot makes itself is for itself alone"
        assert await place.bot.end() == 0
