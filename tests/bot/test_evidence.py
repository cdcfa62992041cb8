"""`signoff evidence`: a folder that has all of a period, says what it lacks, and shows when anybody touched it."""

import asyncio
import csv
import json
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bot.cli.evidence.entries import COLUMNS as OF_ENTRIES
from bot.cli.evidence.folder import cell
from bot.cli.evidence.proposals import COLUMNS as OF_PROPOSALS
from bot.slack.blockkit.text import words_of
from tests import program
from tests.databases import hand_at, url_at
from tests.journeys.batched import BATCHED, batched_town, mails, of
from tests.journeys.test_batch import listed, shared
from tests.town import FINANCE, POLICY, SEED, SUPPORT, open_town

IBAN = "DE02120300000000202051"
RULES = POLICY + "  - {id: hide, action: refund.hidden, tier: approve, role: support, redact: [iban], reason: Hides}\n"


@pytest.fixture
async def past(tmp_path):
    """A town in which much happened, whose bot is down, and the command."""
    async with open_town(tmp_path, policy=RULES) as town:
        async with town.serving():
            first = await town.propose(payload={"to": "=cmd|calc", "subject": "Hello"})
            card = await town.card(SUPPORT, first)
            await town.click("U0ALICE", SUPPORT, card, "approve")
            await town.get(first["id"], wait="20")
            await town.claim(first)
            await town.report(first, detail="=1+1")
            second = await town.propose("refund.hidden", {"iban": IBAN, "amount": 5})
            card = await town.card(SUPPORT, second)
            await town.click("U0STRAY", SUPPORT, card, "approve")
            await town.slack.until(lambda: town.slack.workspace.ephemerals)
            third = await town.propose("refund.create", {"amount": 500.0, "note": "first"})
            await town.card(FINANCE, third)
            await town.call("POST", f"/v1/proposals/{third['id']}/withdraw", {"reason": "=not needed"})
            await town.propose("search.web", {"q": "x"})
            await town.propose("db.drop", {"table": "t"})
        url = url_at(town.database)

        async def command(*words, **more):
            environ = {
                "SIGNOFF_DATABASE_URL": url,
                "SIGNOFF_POLICY": str(tmp_path / "policy.yml"),
                "PATH": "/usr/bin:/bin",
                "SIGNOFF_SIGNING_KEY": SEED,
            }
            return await asyncio.to_thread(program.run, ("evidence", *words), env={**environ, **more}, cwd=tmp_path)

        yield SimpleNamespace(town=town, folder=tmp_path / "evidence", evidence=command, ids=[first, second, third])


def table(folder, name):
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


async def test_the_folder_has_all_of_the_period_and_the_manifest_names_each_file(past):
    finished = await past.evidence()
    assert finished.returncode == 0, finished.stderr
    manifest = json.loads((past.folder / "manifest.json").read_text())
    names = {each["name"] for each in manifest["files"]}
    there = {each.relative_to(past.folder).as_posix() for each in past.folder.rglob("*") if each.is_file()}
    assert names == there - {"manifest.json"}
    with closing(hand_at(past.town.database)) as hand:
        ((count,),) = hand.execute("SELECT count(*) FROM entries").fetchall()
    rows = {each["name"]: each["rows"] for each in manifest["files"]}
    assert rows["entries.jsonl"] == count == len(lines(past.folder, "entries.jsonl"))
    assert rows["proposals.csv"] == 5 == len(table(past.folder, "proposals.csv"))
    assert manifest["log"]["entries"] == count
    assert all(
        each["rows"] == len(table(past.folder, each["name"])) for each in manifest["files"] if ".csv" in each["name"]
    )
    assert "does not prove" in (past.folder / "README.md").read_text()
    assert (past.folder / "proposals.csv").stat().st_mode & 0o077 == 0


async def test_it_says_who_could_decide_who_did_and_how_fast(past):
    await past.evidence()
    could = {(each["proposal"], each["role"]): each for each in table(past.folder, "who_could_decide.csv")}
    first, _, third = (each["id"] for each in past.ids)
    assert could[first, "support"]["members"] == "U0ALICE; U0BOB; U0OWEN"
    assert could[first, "support"]["kept_out"] == "U0OWEN"
    assert could[third, "finance"]["groups"] == "S0FINANCE"
    (decided,) = table(past.folder, "decisions.csv")
    assert (decided["proposal"], decided["actor"], decided["verdict"]) == (first, "U0ALICE", "approve")
    assert float(decided["seconds_from_seeing"]) >= 0
    (proposal,) = [each for each in table(past.folder, "proposals.csv") if each["proposal"] == first]
    assert (proposal["status"], proposal["approved_by"], proposal["outcome"]) == ("succeeded", "U0ALICE", "succeeded")


async def test_it_has_the_words_people_saw_and_shows_where_they_are_just_as_posted(past):
    await past.evidence()
    shown = {each["proposal"]: each for each in lines(past.folder, "cards.jsonl")}
    first, second, third = (each["id"] for each in past.ids)
    assert set(shown) == {first, second, third}
    assert "mira@example.com" not in shown[first]["words"]
    assert "Hello" in shown[first]["words"]
    assert shown[second]["as_posted"] == "yes", "nothing became of it, and its card stands as it was posted"
    assert all(each["as_posted"] in ("yes", "unknown", "not shown to be") for each in shown.values())


async def test_refusals_and_the_policy_with_its_text_are_in_it(past):
    await past.evidence()
    (refused,) = table(past.folder, "refusals.csv")
    assert (refused["actor"], refused["tried"]) == ("U0STRAY", "approve")
    loaded = [each for each in table(past.folder, "policies.csv") if each["what"] == "loaded"]
    assert (past.folder / loaded[0]["text_in"]).read_text() == RULES


async def test_nothing_redacted_leaves_and_no_cell_is_a_formula(past):
    await past.evidence()
    files = [each for each in past.folder.rglob("*") if each.is_file()]
    assert not [each.name for each in files if IBAN in each.read_text()]
    for each in past.folder.glob("*.csv"):
        with each.open(newline="") as file:
            assert not [value for row in csv.reader(file) for value in row if value.startswith(("=", "+", "-", "@"))]
    (withdrawn,) = [each for each in table(past.folder, "proposals.csv") if each["status"] == "succeeded"]
    assert withdrawn["outcome_details"] == "'=1+1"


async def test_a_column_that_does_not_apply_is_empty_and_no_table_is_missing(past):
    await past.evidence()
    for name, columns in {**OF_ENTRIES, **OF_PROPOSALS}.items():
        with (past.folder / name).open(newline="") as file:
            assert tuple(next(csv.reader(file))) == columns


async def test_two_periods_that_meet_have_every_entry_once(past):
    await past.evidence()
    entries = lines(past.folder, "entries.jsonl")
    middle = f"{entries[len(entries) // 2]['at'] / 1000:.3f}"
    at = datetime.fromtimestamp(float(middle), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for name, options in (("one", ("--until", at)), ("two", ("--since", at))):
        assert (await past.evidence("--output", name, *options)).returncode == 0
    parts = [lines(past.folder.with_name(name), "entries.jsonl") for name in ("one", "two")]
    assert parts[0] + parts[1] == entries
    assert all(parts)


async def test_verify_holds_for_what_was_made_and_names_what_was_changed_added_or_taken_away(past):
    await past.evidence()
    keys = past.folder.with_name("keys.json")
    signer = past.town.bot.issuer.signer
    keys.write_text(json.dumps(signer.jwks()))
    well = await past.evidence("verify", "evidence")
    assert well.returncode == 0, well.stderr
    assert (
        await past.evidence("verify", "evidence", "--jwks", str(keys), SIGNOFF_DATABASE_URL="sqlite:///no.db")
    ).returncode == 0
    (past.folder / "decisions.csv").write_text("nothing\n")
    (past.folder / "more.csv").write_text("")
    (past.folder / "refusals.csv").unlink()
    manifest = past.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"unreadable": 0', '"unreadable": 1'))
    found = await past.evidence("verify", "evidence")
    assert found.returncode == 1
    for told in (
        "decisions.csv was changed",
        "more.csv was added",
        "refusals.csv is missing",
        "manifest.json was not signed",
    ):
        assert told in found.stdout


async def test_what_cannot_be_read_is_a_row_of_its_own_and_a_finding(past):
    past.town.proven = False
    with closing(hand_at(past.town.database)) as hand:
        hand.execute("UPDATE proposals SET agent = 'other' WHERE id = ?", (past.ids[1]["id"],))
    finished = await past.evidence()
    assert finished.returncode == 1
    assert "1 proposals are not as they were written" in finished.stdout
    unreadable = [each for each in table(past.folder, "proposals.csv") if each["unreadable"]]
    assert [each["proposal"] for each in unreadable] == [past.ids[1]["id"]]


async def test_a_folder_that_is_there_is_not_written_over(past):
    past.folder.mkdir()
    finished = await past.evidence()
    assert finished.returncode == 2
    assert "is there already" in finished.stderr
    assert not list(past.folder.iterdir())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (["a", 1], "a; 1"),
        ([], ""),
        ("-1", "'-1"),
        (-1, "-1"),
        (["=x"], "'=x"),
    ],
)
def test_a_cell_says_what_it_holds(value, shown):
    assert cell(value) == shown


async def test_a_card_that_is_shared_is_known_by_the_words_that_stood_and_by_whom_it_was_shared_with(tmp_path):
    async with open_town(tmp_path, policy=BATCHED) as town:
        async with town.serving():
            (first,) = await mails(town, "mira")
            card = await town.card(SUPPORT, first)
            (second,) = await mails(town, "noor")
            await town.card_saying(SUPPORT, card["ts"], of(2))
        environ = {
            "SIGNOFF_DATABASE_URL": url_at(town.database),
            "SIGNOFF_POLICY": str(tmp_path / "policy.yml"),
            "PATH": "/usr/bin:/bin",
            "SIGNOFF_SIGNING_KEY": SEED,
        }

        finished = await asyncio.to_thread(program.run, ("evidence",), env=environ, cwd=tmp_path)
        assert finished.returncode == 0, finished.stderr
        found = {each["proposal"]: each for each in lines(tmp_path / "evidence", "messages.jsonl")}
        assert set(found) == {first["id"], second["id"]}
        assert found[first["id"]]["shared_with"] == [second["id"]]
        assert {each["kind"] for each in found.values()} == {"batch"}
        for each in found.values():
            assert of(2) in each["words"]
            assert "noor@example.com" in each["words"]
            assert "mira@example.com" in each["words_before"]
            assert (each["words_sealed"], each["taken_by_slack"]) == (False, True)


async def test_the_words_that_stand_are_sealed_unless_a_hand_has_changed_them(past):
    await past.evidence()
    found = {each["proposal"]: each for each in lines(past.folder, "messages.jsonl")}
    assert set(found) == {each["id"] for each in past.ids}
    assert {(each["kind"], *each["shared_with"]) for each in found.values()} == {("card",)}
    sealed = [name for name, each in found.items() if each["words_sealed"]]
    assert sealed
    with closing(hand_at(past.town.database)) as hand:
        hand.execute("UPDATE messages SET words = words || '.' WHERE subject = ?", (sealed[0],))
    await past.evidence("--output", "again")
    found = {each["proposal"]: each["words_sealed"] for each in lines(past.folder.with_name("again"), "messages.jsonl")}
    assert [name for name in sealed if not found[name]] == [sealed[0]]


@pytest.fixture
async def asked_anew(tmp_path):
    """What was edited twice and asked anew each time, with the words of the card at each click that led to a decision."""
    async with open_town(tmp_path, policy=POLICY) as town:
        async with town.serving():
            made = await town.propose("refund.create", {"amount": 1500, "note": "as agreed"})
            stood = []

            async def clicked(user, channel, action, text):
                """The click on the card there, once it says the text, and what Slack sent with it."""
                await town.card(channel, made)
                card = await town.card_saying(channel, town.cards(channel, made["id"])[0]["ts"], text)
                await town.click(user, channel, card, action)
                stood.append(words_of(town.slack.last_payload["message"]["blocks"]))

            async def edited(user, before, after):
                await clicked(user, FINANCE, "edit", before)
                await town.form_saying(user, "amount")
                await town.slack.submit(user, {"amount": after})
                await town.modal_saying(user, after)
                await town.slack.submit(user)

            await clicked("U0ALICE", SUPPORT, "approve", "1500")
            await edited("U0CAROL", "1500", "1400")
            await edited("U0DAVE", "1400", "1300")
            await clicked("U0ALICE", SUPPORT, "reject", "1300")
            await town.form_saying("U0ALICE", "Reason")
            await town.slack.submit("U0ALICE", {"Reason": "Too often."})
            assert (await town.get(made["id"]))["status"] == "rejected"
        environ = {
            "SIGNOFF_DATABASE_URL": url_at(town.database),
            "SIGNOFF_POLICY": str(tmp_path / "policy.yml"),
            "PATH": "/usr/bin:/bin",
            "SIGNOFF_SIGNING_KEY": SEED,
        }

        async def command(*words):
            ran = await asyncio.to_thread(program.run, words, env=environ, cwd=tmp_path)
            assert ran.returncode == 0, ran.stderr
            return ran

        yield SimpleNamespace(town=town, folder=tmp_path, signoff=command, made=made, stood=stood)


async def test_each_decision_has_the_words_that_stood_on_its_card_however_often_it_was_asked_anew(asked_anew):
    await asked_anew.signoff("evidence", "--output", "evidence")
    found = table(asked_anew.folder / "evidence", "decisions.csv")
    assert [(each["actor"], each["verdict"], each["round"]) for each in found] == [
        ("U0ALICE", "approve", "1"),
        ("U0CAROL", "approve", "2"),
        ("U0DAVE", "approve", "3"),
        ("U0ALICE", "reject", "3"),
    ]
    assert [each["words_seen"] for each in found] == asked_anew.stood
    amounts = [[amount for amount in ("1500", "1400", "1300") if amount in words] for words in asked_anew.stood]
    assert [each[-1] for each in amounts] == ["1500", "1500", "1400", "1300"], "each is another card"


async def test_what_people_saw_goes_with_all_else_that_was_written_when_it_is_erased(asked_anew):
    await asked_anew.signoff("erase", asked_anew.made["id"], "--yes", "--rewrite")
    await asked_anew.signoff("evidence", "--output", "evidence")
    found = table(asked_anew.folder / "evidence", "decisions.csv")
    assert [each["words_seen"] for each in found] == ["[erased]"] * 4
    left = [each.name for each in asked_anew.folder.glob("signoff.db*") if b"as agreed" in each.read_bytes()]
    assert not left
    assert (await asked_anew.signoff("audit", "verify")).returncode == 0


async def test_of_several_ticked_in_one_list_none_keeps_what_was_shown_of_the_others(tmp_path):
    async with batched_town(tmp_path, "http") as town:
        await mails(town, "mira", "noor")
        await listed(town, "U0ALICE", await shared(town, of(2)))
        await town.slack.submit("U0ALICE")
        await town.modal_saying("U0ALICE", "Approved: 2 of 2")
        kept = [each.content for each in await town.entries() if each.tag == "proposal:decided"]
    assert kept == [None, None]
