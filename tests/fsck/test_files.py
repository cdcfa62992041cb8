"""A broken file: what of it can still be read is said, nothing is written, and no new one is made."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from fsck import Checkpoint, Unreadable, opened
from tests.databases import KEY
from tests.fsck.shop import NOW, Shop

pytestmark = pytest.mark.sqlite
PAGE = 4096


@pytest.fixture
def copy(shop, tmp_path):
    """A copy of the sound store in one file, with nothing beside it."""
    with closing(sqlite3.connect(shop.path)) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(shop.path, tmp_path / "copy.db")
    return Shop(tmp_path / "copy.db", shop.ids)


def pages_of(path, table):
    """The leaves of a table's tree, in the order of its rows."""
    with closing(sqlite3.connect(path)) as file:
        text = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
        try:
            return [number for (number,) in file.execute(text, (table,))]
        except sqlite3.OperationalError:  # a build without that table
            return leaves(path.read_bytes(), file, table)


def leaves(content, file, table):
    """The same, read from the file: an inner page of a table is 5, a leaf 13."""
    ((root,),) = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
    found, waiting = [], [root]
    while waiting:
        number = waiting.pop(0)
        page = content[(number - 1) * PAGE : number * PAGE]
        if page[0] == 13:
            found.append(number)
            continue
        cells = int.from_bytes(page[3:5])
        places = [int.from_bytes(page[12 + 2 * each : 14 + 2 * each]) for each in range(cells)]
        below = [int.from_bytes(page[place : place + 4]) for place in places]
        waiting = [*below, int.from_bytes(page[8:12]), *waiting]
    return found


def broken(path, page):
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_of_a_log_with_a_broken_page_it_says_up_to_where_it_can_be_read_and_from_where_on_again(copy, place):
    pages = pages_of(copy.path, "entries")
    at = {"first": 0, "middle": len(pages) // 2, "last": len(pages) - 1}[place]
    head = copy.head().seq
    broken(copy.path, pages[at])
    found = copy.found("file")
    assert "entries can be read up to " in found
    upto = int(found.partition("entries can be read up to ")[2].split(";")[0])
    assert (upto == 0) is (place == "first")
    assert (f" to {head} can be again" in found) is (place != "last")
    examined = copy.examined()
    assert not examined.sound
    assert examined.readable["revisions"].startswith("all ")
    assert examined.totals["entries"] == upto


def test_of_a_table_with_a_broken_page_it_says_how_many_rows_can_be_read_and_what_was_not_looked_at(copy):
    total = copy.rows("SELECT count(*) FROM revisions")[0][0]
    for page in pages_of(copy.path, "revisions")[-1:]:
        broken(copy.path, page)
    examined = copy.examined()
    said = examined.readable["revisions"]
    assert said.startswith("the first ")
    assert int(said.split()[2]) < total
    checks = {each["check"]: each for each in examined.as_json()["checks"]}
    assert checks["file"]["holds"] is False
    assert [checks[name]["holds"] for name in ("life", "claims", "state", "cards")] == [None] * 4
    assert checks["chain"]["holds"] is True
    assert "the rows could not all be read" in "\n".join(examined.lines())


@pytest.mark.parametrize("content", [b"", b"not a database" * 500, b"SQLite format 3\0" + b"\xff" * 8176])
def test_a_file_of_which_nothing_can_be_read_is_said_to_be_that_and_stays_as_it_is(tmp_path, content):
    path = tmp_path / "signoff.db"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"(empty|not one row).*backup"), opened("", path):
        """It never gets here."""
    assert path.read_bytes() == content


def test_where_there_is_no_file_none_is_made(tmp_path):
    with pytest.raises(Unreadable, match="no new one was made"), opened("", tmp_path / "signoff.db"):
        """It never gets here."""
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_somebody_else_is_said_to_be_that(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as file, file:
        file.execute("CREATE TABLE entries (seq INTEGER)")
    with pytest.raises(Unreadable, match="no database of Signoff"), opened("", tmp_path / "other.db"):
        """It never gets here."""


def test_a_file_that_was_cut_short_is_found(copy):
    size = copy.path.stat().st_size
    os.truncate(copy.path, size - 2 * PAGE)
    examined = copy.examined()
    assert not examined.sound
    assert examined.counts["file"]
    assert examined.readable["proposals"]


def test_committed_work_that_was_in_a_lost_log_of_the_file_is_missed_by_the_mark_beside_it(shop, tmp_path):
    path = tmp_path / "lost" / "signoff.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(shop.path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(shop.path, path)  # before the last entry, and then without signoff.db-wal
    shop.append("waiting", "reminded", after=900)
    head = shop.head()
    mark = Checkpoint(seq=head.seq, hash=head.hash, source="signoff.db.head")
    found = Shop(path, shop.ids).found("end", noted=[mark])
    assert f"signoff.db.head noted the entry {head.seq}, and the log ends at {head.seq - 1}" in found


def test_reading_changes_no_byte_of_the_file(copy):
    before = copy.path.read_bytes()
    assert copy.examined(now=NOW, keys=(KEY,)).sound
    assert copy.path.read_bytes() == before


def test_a_copy_in_a_folder_that_nobody_may_write_to_is_read(copy, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    shutil.copy(copy.path, folder / "copy.db")
    folder.chmod(0o500)
    try:
        assert Shop(folder / "copy.db", copy.ids).examined().sound
    finally:
        folder.chmod(0o700)
