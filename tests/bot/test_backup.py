"""`signoff backup` and `restore` from the command line: what is lossy, foreign, damaged or in the way is refused."""

import asyncio
import json
import os
import re
import shlex
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.cli.backup.archive import BACKUP
from bot.cli.backup.make import _removed
from bot.cli.evidence.folder import MANIFEST, Folder
from bot.keys import seal_keys, seeds_for
from bot.signing import Signer
from storage import open_store, sole_use
from tests import program
from tests.databases import new_database
from tests.examples.pages import ROOT, blocks
from tests.lives import Lives
from tests.making import Clock
from tests.past import LIVES
from tests.town import POLICY, SEED

pytestmark = pytest.mark.sqlite

SIGNER = Signer.of(seeds_for(None, SEED))
OTHER_SEED = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """A folder with a store in which each kind of life was lived, its key beside it and a policy. It is not changed."""
    folder = tmp_path_factory.mktemp("past")
    (folder / "signoff.db.key").write_text(SEED)
    (folder / "policy.yml").write_text(POLICY)
    asyncio.run(_lived(new_database(folder / "signoff.db")))
    return folder


async def _lived(url):
    clock = Clock()
    async with open_store(url, seal_keys(seeds_for(None, SEED)), clock) as store:
        lives = Lives(store, clock, "support-bot", "U0OWNER")
        for life in LIVES:
            await lives.lived(life)


def signoff(folder, *words, **variables):
    """Runs it in a folder, with nothing in the environment."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "SIGNOFF_DATABASE_URL": f"sqlite:///{folder}/signoff.db"}
    ran = program.run(words, env={**env, **variables}, cwd=folder)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


@pytest.fixture
def old(past, tmp_path):
    """The machine that is backed up."""
    return shutil.copytree(past, tmp_path / "old")


@pytest.fixture
def new(tmp_path):
    """An empty one."""
    folder = tmp_path / "new"
    folder.mkdir()
    return folder


def backed_up(folder, *words, expect=0, **variables):
    ran = signoff(folder, "backup", "backups", "--json", *words, **variables)
    assert ran.returncode == expect, ran.stdout + ran.stderr
    said = json.loads(ran.stdout)
    return SimpleNamespace(folder=folder / "backups" / said["backup"].rsplit("/", 1)[1], **said)


@pytest.fixture
def backup(old):
    """One with the key in it."""
    return backed_up(old, "--with-keys")


def restored(folder, source, *words, **variables):
    """What came of it: the exit code, all that was said, and whether a store is there now."""
    ran = signoff(folder, "restore", str(source), *words, **variables)
    return ran.returncode, ran.stdout + ran.stderr, (folder / "signoff.db").exists()


def sign_anew(folder):
    """As whoever has the key would, or a copy that somebody made by hand and described truly, file by file."""
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).unlink()
    kept = (folder / "signing.key").read_text()
    (folder / "signing.key").unlink()
    about = {name: value for name, value in manifest.items() if name not in ("form", "files", "signature")}
    Folder(folder).sign(about, SIGNER, BACKUP)
    (folder / "signing.key").write_text(kept)


def test_restored_with_the_key_in_it_an_empty_machine_has_all_there_was_and_says_what_is_left(old, new, backup):
    code, said, there = restored(new, backup.folder)
    assert (code, there) == (0, True)
    assert "What happened after" in said
    assert "signoff resume agent NAME" in said
    assert (new / "policy.yml").read_text() == POLICY
    assert (new / "signoff.db.key").read_text().strip() == SEED
    assert signoff(new, "audit", "verify").returncode == 0
    checks = json.loads(signoff(new, "fsck", "--json").stdout)["checks"]
    assert [each["check"] for each in checks if each["holds"] is False] == ["cards"], "as it was: nobody posted them"
    assert signoff(new, "stop", "list").stdout.startswith("everything  by ")
    with closing(sqlite3.connect(old / "signoff.db")) as before, closing(sqlite3.connect(new / "signoff.db")) as after:
        for query in ("SELECT id, version, status FROM proposals ORDER BY id", "SELECT * FROM entries ORDER BY seq"):
            found = before.execute(query).fetchall()
            assert after.execute(query).fetchall()[: len(found)] == found


def test_only_its_owner_can_read_any_of_it_before_and_after(new, backup):
    restored(new, backup.folder)
    paths = [backup.folder, *backup.folder.rglob("*"), *(each for each in new.iterdir() if each.name != "policy.yml")]
    assert [each for each in paths if each.stat().st_mode & 0o077] == []


def test_unless_it_is_asked_for_no_byte_of_the_key_is_in_it_and_the_key_at_hand_is_enough(old, new):
    backup = backed_up(old)
    assert all(SEED.encode() not in each.read_bytes() for each in backup.folder.rglob("*") if each.is_file())
    code, said, there = restored(new, backup.folder)
    assert (code, "The key of the log is missing" in said, backup.keys[0] in said, there) == (1, True, True, False)
    code, said, there = restored(new, backup.folder, SIGNOFF_SIGNING_KEY=OTHER_SEED)
    assert (code, "The key does not fit this backup" in said, there) == (1, True, False)
    code, said, there = restored(new, backup.folder, SIGNOFF_SIGNING_KEY=f"{OTHER_SEED},{SEED}")
    assert (code, there) == (0, True)
    assert not (new / "signoff.db.key").exists()


def test_a_dry_run_proves_it_and_restores_nothing(new, backup):
    code, said, there = restored(new, backup.folder, "--dry-run")
    assert (code, "can be restored" in said, there) == (0, True, False)
    assert list(new.iterdir()) == []


def deleted(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as hand:
        hand.execute("PRAGMA foreign_keys = OFF")
        hand.execute("DELETE FROM decisions WHERE rowid = (SELECT max(rowid) FROM decisions)")


def cut(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as hand:
        hand.execute("DROP TRIGGER entries_undeleted")
        hand.execute("PRAGMA foreign_keys = OFF")
        hand.execute("DELETE FROM entries WHERE seq > (SELECT max(seq) - 3 FROM entries)")


def truncated(path):
    os.truncate(path, path.stat().st_size * 2 // 3)


def emptied(path):
    os.truncate(path, 0)


def flipped(path):
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


LOSSES = [deleted, cut, truncated, emptied, flipped]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_lossy_copy_is_refused_by_its_digests(new, backup, lose):
    lose(backup.folder / "signoff.db")
    for words in ((), ("--dry-run",)):
        code, said, there = restored(new, backup.folder, *words)
        assert (code, "signoff.db was changed" in said, there) == (1, True, False)


@pytest.mark.parametrize("lose", [deleted, cut, truncated, emptied])
def test_one_whose_digests_were_made_anew_is_refused_by_its_own_log(new, backup, lose):
    lose(backup.folder / "signoff.db")
    sign_anew(backup.folder)
    code, said, there = restored(new, backup.folder)
    assert (code, "is not whole, so nothing was restored" in said, there) == (1, True, False)
    assert not (new / "signoff.db.key").exists()


def test_a_copy_of_the_file_alone_without_its_write_ahead_log_is_refused(old, new, backup):
    with closing(sqlite3.connect(old / "signoff.db", isolation_level=None)) as bot:
        bot.execute("PRAGMA wal_autocheckpoint = 0")
        later = backed_up(old, "--with-keys")
        bot.execute("INSERT INTO policy_texts VALUES ('d', 'stands in the write-ahead log')")
        newest = backed_up(old, "--with-keys")
        shutil.copyfile(old / "signoff.db", newest.folder / "signoff.db")
    assert newest.rows["policy_texts"] == later.rows["policy_texts"] + 1
    assert "signoff.db was changed" in restored(new, newest.folder)[1]
    sign_anew(newest.folder)
    code, said, there = restored(new, newest.folder)
    assert (code, "policy_texts has 0 rows, and the manifest says 1" in said, there) == (1, True, False)
    code, said, there = restored(new, old / "signoff.db")
    assert (code, "is no backup" in said, there) == (1, True, False)


@pytest.mark.parametrize("name", ["checkpoints.jsonl", "policy/policy.yml", "signoff.db"])
def test_one_that_lacks_a_file_or_has_one_more_is_refused(new, backup, name):
    (backup.folder / name).rename(backup.folder / "other")
    code, said, there = restored(new, backup.folder)
    assert (code, f"{name} is missing" in said, "other was added" in said, there) == (1, True, True, False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not one that signoff backup writes"),
        ("[]", "is not one that signoff backup writes"),
        ('{"form": 1}', "is not one that signoff backup writes"),
    ],
)
def test_a_manifest_that_is_none_is_refused(new, backup, text, why):
    (backup.folder / MANIFEST).write_text(text)
    code, said, there = restored(new, backup.folder)
    assert (code, why in said, there) == (1, True, False)


def test_one_of_a_newer_form_and_one_whose_manifest_was_changed_are_refused(new, backup):
    manifest = json.loads((backup.folder / MANIFEST).read_text())
    (backup.folder / MANIFEST).write_text(json.dumps({**manifest, "form": 2}))
    assert "Restore it with a newer version" in restored(new, backup.folder)[1]
    (backup.folder / MANIFEST).write_text(json.dumps({**manifest, "made_at": "2020-01-01T00:00:00Z"}))
    code, said, there = restored(new, backup.folder)
    assert (code, "was not signed by this installation" in said, there) == (1, True, False)


@pytest.mark.parametrize("end", ["", "-wal", ".head"])
def test_nothing_is_restored_over_anything(new, backup, end):
    (new / f"signoff.db{end}").write_text("mine")
    code, said, _ = restored(new, backup.folder)
    assert (code, "nothing is ever restored over a store" in said) == (1, True)
    assert {each.name for each in new.iterdir()} == {f"signoff.db{end}", "signoff.db.lock"}
    assert (new / f"signoff.db{end}").read_text() == "mine"


def test_nothing_is_restored_where_a_bot_runs(new, backup):
    with sole_use(new / "signoff.db"):
        code, said, there = restored(new, backup.folder)
    assert (code, "Stop it first" in said, there) == (1, True, False)


def test_a_policy_that_is_there_stays_and_one_that_differs_is_named(new, backup):
    (new / "policy.yml").write_text(POLICY + "# newer\n")
    code, said, _ = restored(new, backup.folder)
    assert (code, "is another than it was" in said) == (0, True)
    assert (new / "policy.yml").read_text().endswith("# newer\n")


def test_schemas_come_with_the_policy(old, new):
    (old / "schemas").mkdir()
    (old / "schemas" / "mail.json").write_text('{"type": "object"}')
    (old / "policy.yml").write_text(POLICY + 'schemas: {"email.send": schemas/mail.json}\n')
    backup = backed_up(old, "--with-keys")
    restored(new, backup.folder)
    assert (new / "schemas" / "mail.json").read_text() == '{"type": "object"}'


def test_a_policy_that_cannot_be_read_hinders_no_backup_and_is_named(old, new):
    (old / "policy.yml").unlink()
    backup = backed_up(old, "--with-keys")
    assert backup.untaken == ["policy.yml"]
    assert restored(new, backup.folder)[0] == 0


def test_with_another_key_than_that_of_the_log_there_is_no_backup(old):
    (old / "signoff.db.key").unlink()
    ran = signoff(old, "backup", "backups", SIGNOFF_SIGNING_KEY=OTHER_SEED)
    assert (ran.returncode, "this is not the key the database was sealed with" in ran.stderr) == (2, True)
    assert list((old / "backups").iterdir()) == []


def test_of_a_damaged_database_the_copy_is_kept_said_to_be_damaged_and_not_restored(old, new):
    with closing(sqlite3.connect(old / "signoff.db", isolation_level=None)) as hand:
        hand.execute("PRAGMA foreign_keys = OFF")
        hand.execute("DELETE FROM decisions WHERE rowid = (SELECT max(rowid) FROM decisions)")
    first = backed_up(old, "--with-keys", expect=1)
    assert first.damage
    assert not first.sound
    code, said, there = restored(new, first.folder)
    assert (code, "was damaged already" in said, there) == (1, True, False)
    ran = signoff(old, "backup", "backups")
    assert (ran.returncode, "DAMAGED" in ran.stdout) == (1, True)


def test_a_database_that_lost_its_end_before_the_backup_is_damaged(old):
    with closing(sqlite3.connect(old / "signoff.db")) as hand:
        ((last,),) = hand.execute("SELECT max(seq) FROM entries").fetchall()
    (old / "signoff.db.head").write_text(f"{last + 2:020d} {'0' * 64}\n")
    assert any("fsck, end" in each for each in backed_up(old, expect=1).damage)


def test_of_many_the_newest_are_kept_and_nothing_else_is_touched(old):
    kept = old / "backups"
    for name in ("signoff-20200101T000000.000Z", "signoff-20210101T000000.000Z", "mine"):
        (kept / name).mkdir(parents=True)
        (kept / name / MANIFEST).write_text("{}")
    for name in (
        "signoff-20220101T000000.000Z",
        "signoff-20230101T000000.000Z.part",
        "signoff-20240101T000000.000Z.part",
    ):
        (kept / name).mkdir()
    os.utime(kept / "signoff-20230101T000000.000Z.part", (0, 0))
    backup = backed_up(old, "--keep", "2")
    gone = [each.rsplit("/", 1)[1] for each in backup.removed]
    assert gone == ["signoff-20200101T000000.000Z", "signoff-20230101T000000.000Z.part"]
    left = {each.name for each in kept.iterdir()} - {"mine", backup.folder.name}
    assert left == {
        "signoff-20210101T000000.000Z",
        "signoff-20220101T000000.000Z",
        "signoff-20240101T000000.000Z.part",
    }, "what may be under way stays, and what is none of ours"


def test_one_that_is_damaged_takes_no_older_one_away(old):
    (old / "backups" / "signoff-20200101T000000.000Z").mkdir(parents=True)
    (old / "backups" / "signoff-20200101T000000.000Z" / MANIFEST).write_text("{}")
    (old / "signoff.db.head").write_text(f"{10**9:020d} {'0' * 64}\n")
    assert backed_up(old, "--keep", "1", expect=1).removed == []
    assert (old / "backups" / "signoff-20200101T000000.000Z").exists()


def made_before(folder, name, *, with_socket=False):
    """A folder with the name of a backup; a socket in it is nothing that can be read, whoever tries."""
    there = folder / "backups" / name
    there.mkdir(parents=True)
    (there / MANIFEST).write_text("{}")
    if with_socket:
        os.mknod(there / "signoff.db", stat.S_IFSOCK | 0o600)
    return there


def test_an_older_one_that_cannot_be_read_is_named_left_alone_and_not_counted_and_the_exit_code_says_so(old):
    unread = made_before(old, "signoff-20200101T000000.000Z", with_socket=True)
    first, second = (made_before(old, f"signoff-202{year}0101T000000.000Z") for year in (1, 2))
    backup = backed_up(old, "--keep", "2", expect=1)
    assert backup.sound
    assert [each.rsplit("/", 1)[1] for each in backup.removed] == [first.name]
    assert {each.name for each in (old / "backups").iterdir()} == {unread.name, second.name, backup.folder.name}
    (left,) = backup.left
    assert (left["backup"].endswith(unread.name), "signoff.db cannot be read" in left["why"]) == (True, True)
    said = signoff(old, "backup", "backups", "--keep", "2").stdout
    assert f"LEFT ALONE: backups/{unread.name}" in said
    assert "chown -R" in said
    assert signoff(old, "backup", "backups").returncode == 0, "without --keep nobody looks at it"


@pytest.fixture
def nobody():
    """A folder of an account that is not root's, as which the test goes on."""
    folder = Path(tempfile.mkdtemp())
    before = os.geteuid()
    if before == 0:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    os.seteuid(before)
    for at, _, _ in os.walk(folder):
        Path(at).chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_a_folder_of_another_account_is_left_as_it_is_and_the_others_are_taken_away(nobody, mode):
    for year in (0, 1, 2):
        (nobody / f"signoff-202{year}0101T000000.000Z" / "policy").mkdir(parents=True)
        (nobody / f"signoff-202{year}0101T000000.000Z" / MANIFEST).write_text("{}")
    others = nobody / "signoff-20200101T000000.000Z"
    (others if mode == 0 else others / "policy").chmod(mode)
    gone, left = _removed(nobody, 1)
    assert [each.name for each in gone] == ["signoff-20210101T000000.000Z"]
    assert [path for path, _ in left] == [others]
    others.chmod(0o700)
    assert (others / MANIFEST).exists()


def test_without_a_folder_it_is_made_where_the_setting_says(old):
    ran = signoff(old, "backup")
    assert (ran.returncode, "set SIGNOFF_BACKUPS" in ran.stderr) == (2, True)
    ran = signoff(old, "backup", SIGNOFF_BACKUPS=str(old / "kept"))
    assert (ran.returncode, len(list((old / "kept").iterdir()))) == (0, 1)


def test_where_there_is_no_room_nothing_is_begun_and_how_much_is_needed_is_said(old, new, backup):
    os.truncate(old / "signoff.db", 10**14)
    ran = signoff(old, "backup", "elsewhere")
    assert (ran.returncode, "100,000,000.0 MB are needed" in ran.stderr) == (2, True)
    assert list((old / "elsewhere").iterdir()) == []
    os.truncate(backup.folder / "signoff.db", 10**14)
    for words in ((), ("--dry-run",)):
        code, said, there = restored(new, backup.folder, *words)
        assert (code, "100,000,000.0 MB are needed" in said, there) == (1, True, False)


def test_what_was_named_is_said_to_be_none_and_the_newest_is_offered(new, backup):
    assert f"{backup.folder} is the newest" in restored(new, backup.folder.parent)[1]
    assert "is not there" in restored(new, new / "nowhere")[1]
    assert "is no backup" in restored(new, new)[1]


def test_what_cannot_be_backed_up_is_wrong_use_and_leaves_nothing(old, new):
    ran = signoff(new, "backup", "backups")
    assert (ran.returncode, "There is no database" in ran.stderr) == (2, True)
    (old / "file").write_text("")
    ran = signoff(old, "backup", "file/backups")
    assert (ran.returncode, "cannot be used" in ran.stderr) == (2, True)
    (old / "signoff.db.key").unlink()
    ran = signoff(old, "backup", "backups")
    assert (ran.returncode, "key" in ran.stderr, (old / "backups").exists()) == (2, True, False)
    os.truncate(old / "signoff.db", 100)
    ran = signoff(old, "backup", "backups", SIGNOFF_SIGNING_KEY=SEED)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert list((old / "backups").iterdir()) == []


def test_the_lines_of_the_page_do_what_it_says_in_order(old, new):
    page = ROOT / "docs" / "how-to" / "back-up.md"
    make, prove, put = (shlex.split(line)[1:] for each in blocks(page, "sh") for line in each.splitlines())
    assert signoff(old, *make).returncode == 0
    (old / "backups").rename(new / "backups")
    (newest,) = (new / "backups").iterdir()
    assert [words[1].rpartition("/")[0] for words in (prove, put)] == ["backups", "backups"]
    for words, there in ((prove, False), (put, True)):
        words[1] = f"backups/{newest.name}"
        assert signoff(new, *words, SIGNOFF_SIGNING_KEY=SEED).returncode == 0
        assert (new / "signoff.db").exists() is there
    text = page.read_text()
    names = {each.relative_to(newest).parts[0] for each in newest.rglob("*")} | {"signing.key"}
    assert {name.rstrip("/") for name in re.findall(r"^\| `([\w./]+)` \|", text, re.MULTILINE)} == names
