"""The export of the audit log: whole, in order, of half-open periods, without what the policy redacts; for auditors."""

import json
from contextlib import closing
from datetime import timedelta

import aiohttp
import jsonschema_rs
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from approvals.events import Note
from approvals.ports import WorkLimit
from bot.audit_export import Exported, Period, export_pages, moment_named
from bot.ocsf import CLASS, SCHEMA, ocsf
from storage import first_broken
from storage.audit.contents import whole_facts
from storage.audit.hash_chain import Record, sealed
from tests.api.conftest import AUDITOR_TOKEN, TOKEN
from tests.databases import KEY, hand_at
from tests.house.every import events, notes
from tests.making import START

SECRET = "DE02 1203 0000 0000 2020 51"
NUMBER = 987654321


async def lines(endpoint, query="", *, token=AUDITOR_TOKEN):
    bearing = {"Authorization": f"Bearer {token}"}
    async with endpoint.http.get(f"/v1/audit/export{query}", headers=bearing) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "application/x-ndjson"
        assert response.headers["Cache-Control"] == "no-store"
        return [json.loads(line) for line in (await response.text()).splitlines()]


async def hidden(endpoint):
    """A proposal with something redacted in its payload, and repeated wherever people and agents write."""
    made = await endpoint.propose(
        action="refund.hidden",
        payload={"iban": SECRET, "tax": {"number": NUMBER}, "amount": 5},
        reasoning=f"The account is {SECRET}, the number {NUMBER}.",
        context=[{"title": "Seen", "text": f"iban {SECRET}"}],
        signals={"number": NUMBER},
    )
    await endpoint.ask(made, f"Is {SECRET} right?", "U0CAROL")
    await endpoint.do(made, "reply", {"text": "No.", "payload": {"iban": SECRET[::-1], "amount": 6}})
    await endpoint.reject(await endpoint.show(made), f"Never to {SECRET[::-1]}")
    return made


async def test_the_export_is_every_entry_as_it_is_stored_and_its_chain_holds(endpoint):
    for number in range(4):
        await endpoint.propose(action="search.web", payload={"number": number}, claim=True)
    found = await lines(endpoint)
    stored = await endpoint.lifecycle.store.audit.entries()
    assert [each["hash"] for each in found] == [each.hash for each in stored]
    assert [each["facts"] for each in found] == [each.facts for each in stored]
    assert not any(each["redacted"] for each in found)


async def test_a_period_has_its_first_moment_and_not_its_last(endpoint):
    for number in range(3):
        await endpoint.propose(action="search.web", payload={"number": number})
        endpoint.clock.forward(60)
    stored = await endpoint.lifecycle.store.audit.entries()
    times = sorted({each.at for each in stored})
    named = [(START + timedelta(seconds=60 * n)).isoformat().replace("+00:00", "Z") for n in range(3)]
    for first in range(3):
        for last in range(first, 3):
            found = await lines(endpoint, f"?since={named[first]}&until={named[last]}")
            assert {each["at"] for each in found} == set(times[first:last])
    parts = [await lines(endpoint, f"?until={named[1]}"), await lines(endpoint, f"?since={named[1]}")]
    assert parts[0] + parts[1] == await lines(endpoint), "two that meet have all, and none twice"


async def test_it_goes_on_after_an_entry_and_refuses_one_that_is_not_there(endpoint):
    await endpoint.propose(action="search.web")
    whole = await lines(endpoint)
    assert await lines(endpoint, "?after=1") == whole[1:]
    assert await lines(endpoint, f"?after={len(whole)}") == []
    answer = await endpoint.call("GET", f"/v1/audit/export?after={len(whole) + 1}", token=AUDITOR_TOKEN, expect=422)
    assert answer["type"].endswith(":unknown-entry")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?since=yesterday", "since: name a day"),
        ("?until=2026-13-01", "until: name a day"),
        ("?since=5", "since: name a day"),
        ("?format=xml", "format is one of jsonl, ocsf"),
        ("?after=x", "from 0 on"),
        ("?limit=5", "There is no parameter"),
    ],
)
async def test_what_cannot_be_exported_is_refused_with_what_can(endpoint, query, told):
    answer = await endpoint.call("GET", f"/v1/audit/export{query}", token=AUDITOR_TOKEN, expect=422)
    assert told in answer["detail"]


async def test_it_is_for_auditors_alone(endpoint):
    assert (await endpoint.call("GET", "/v1/audit/export", token=TOKEN, expect=403))["type"].endswith(":wrong-token")
    await endpoint.call("GET", "/v1/audit/export", token=None, expect=401)


@pytest.mark.parametrize("path", ["/v1/audit?limit=100", "/v1/audit/export", "/v1/audit/export?format=ocsf"])
async def test_nothing_that_a_rule_redacts_leaves_wherever_it_was_repeated(endpoint, path):
    await hidden(endpoint)
    await endpoint.propose(payload={"iban": "GB33 BUKB 2020", "amount": 1})
    async with endpoint.http.get(path, headers={"Authorization": f"Bearer {AUDITOR_TOKEN}"}) as response:
        said = await response.text()
    stored = str(await endpoint.lifecycle.store.audit.entries())
    for secret in (SECRET, SECRET[::-1], str(NUMBER)):
        assert secret in stored
        assert secret not in said
    assert "GB33 BUKB 2020" in said, "no rule redacts this one"
    assert "redacted (" in said


async def test_what_is_redacted_is_marked_and_all_else_verifies_as_before(endpoint):
    made = await hidden(endpoint)
    await endpoint.propose()
    found = await lines(endpoint)
    stored = await endpoint.lifecycle.store.audit.entries()
    for each, entry in zip(found, stored, strict=True):
        assert (each["previous"], each["hash"]) == (entry.previous, entry.hash)
        assert each["redacted"] == ((each["facts"], each["content"]) != (entry.facts, entry.content))
        assert "salt" not in (each["content"] or "") or not each["redacted"], "with it the secret could be tried"
    assert {each["proposal_id"] for each in found if each["redacted"]} == {made["id"]}
    asked = next(each for each in found if each["tag"] == "proposal:submitted" and each["redacted"])
    payload = json.loads(asked["content"])["action"]["payload"]
    assert payload["amount"] == 5
    assert payload["iban"].endswith(f"redacted ({len(SECRET)} characters)")


@pytest.mark.parametrize("value", [True, None, 7, "ab", ["x", 1], {"deep": {"er": "ab"}}])
async def test_whatever_stands_at_a_redacted_way_is_a_mark_though_no_text_could_be_looked_for(endpoint, value):
    await endpoint.propose(action="refund.hidden", payload={"iban": value, "amount": 5})
    (asked,) = [json.loads(each["content"]) for each in await lines(endpoint) if each["tag"] == "proposal:submitted"]
    assert asked["action"]["payload"]["iban"].startswith("▮▮▮ redacted (")
    assert asked["action"]["payload"]["amount"] == 5


async def test_of_a_proposal_that_is_damaged_nothing_is_told_but_that_it_is_there(endpoint, tmp_path):
    from tests.databases import hand_at  # noqa: PLC0415 for this one alone

    await hidden(endpoint)
    hand = hand_at(tmp_path / "signoff.db", without=("proposals_final_stays",))
    hand.execute("UPDATE proposals SET agent = 'other'")
    hand.close()
    found = await lines(endpoint)
    assert all(json.loads(each["facts"])["withheld"].startswith("withheld") for each in found)
    assert SECRET not in json.dumps(found)


async def test_what_takes_too_long_to_look_through_is_withheld_whole(endpoint):
    await hidden(endpoint)

    async def veil(*_):
        raise WorkLimit("it took too long")

    pages = [page async for page in export_pages(endpoint.lifecycle.store, veil, Period())]
    said = [each.facts for page in pages for each in page.found]
    assert said
    assert SECRET not in str(said)


async def test_what_is_added_meanwhile_is_in_the_next_one(endpoint):
    async def as_it_is(_, facts, __):
        return facts

    for number in range(7):
        await endpoint.propose(action="search.web", payload={"text": "x" * 200_000, "number": number})
    store, pages = endpoint.lifecycle.store, []
    async for page in export_pages(store, as_it_is, Period()):
        pages.append(page)
        await endpoint.propose(action="search.web", payload={"number": len(pages)})
    read = [entry for page in pages for entry in page.read]
    assert len(pages) > 1, "it is read in parts"
    assert first_broken(read, KEY) is None
    assert {page.head for page in pages} == {len(read)} == {14}


async def test_two_exports_at_once_are_enough(endpoint):
    for number in range(12):
        await endpoint.propose(action="search.web", payload={"text": "x" * 240_000, "number": number})
    bearing = {"Authorization": f"Bearer {AUDITOR_TOKEN}"}
    first, second = [await endpoint.http.get("/v1/audit/export", headers=bearing) for _ in range(2)]
    answer = await endpoint.call("GET", "/v1/audit/export", token=AUDITOR_TOKEN, expect=429)
    assert "2 exports of yours are under way" in answer["detail"]
    assert len((await first.text()).splitlines()) == len((await second.text()).splitlines()) == 24


async def test_an_export_that_fails_on_the_way_cannot_be_taken_for_whole(endpoint, tmp_path):
    """More than is on its way at once, so that the rest is still to be read when somebody takes it out."""
    for number in range(60):
        await endpoint.propose(action="search.web", payload={"text": "x" * 240_000, "number": number})
    bearing = {"Authorization": f"Bearer {AUDITOR_TOKEN}"}
    async with endpoint.http.get("/v1/audit/export", headers=bearing) as response:
        assert response.status == 200
        await response.content.readexactly(1)
        with closing(hand_at(tmp_path / "signoff.db")) as hand:
            hand.execute("DROP TABLE contents")
        with pytest.raises(aiohttp.ClientError):
            await response.read()


@pytest.fixture(scope="module")
def published():
    """The class API Activity of the schema as it is published, in the version that our events name."""
    made = OcsfJsonSchemaEmbedded(get_ocsf_schema(SCHEMA))
    assert made.schema.version == SCHEMA
    return jsonschema_rs.Draft202012Validator(made.get_class_schema(made.lookup_class_name_from_uid(CLASS)))


def faults_of(event, published):
    return [f"{fault.instance_path}: {fault.message}" for fault in published.iter_errors(event)]


async def test_each_event_of_ocsf_is_one_by_the_published_schema(endpoint, published):
    await hidden(endpoint)
    made = await endpoint.propose(claim=True, action="search.web")
    await endpoint.do(made, "claim", {"digest": "sha256:" + "0" * 64}, expect=409)
    found = await lines(endpoint, "?format=ocsf")
    assert len(found) == len(await lines(endpoint))
    for event in found:
        assert faults_of(event, published) == []
        assert event["actor"]["user"]["uid"]
        assert event["metadata"]["product"]["name"] == "Signoff"
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert event["class_uid"] // 1000 == event["category_uid"]
        assert event["activity_id"] in (1, 3, 4)
        assert event["resources"][0]["uid"]
    refused = [event for event in found if event["metadata"]["event_code"] == "proposal:refused"]
    assert [(each["status"], each["status_code"], each["api"]["operation"]) for each in refused] == [
        ("Failure", "already-claimed", "claim")
    ]


@pytest.mark.parametrize("event", [*events(), *notes()], ids=lambda event: event.__name__)
@pytest.mark.parametrize("kind", ["agent", "reviewer", "policy", "system"])
def test_whatever_happens_and_whoever_did_it_is_an_event_of_the_published_schema(event, kind, published):
    facts = '{"slug": "already-claimed", "verb": "claim"}'
    record = Record(
        at=1_800_000_000_000,
        tag=event.tag,
        proposal_id=None if issubclass(event, Note) else f"prp_{1:032x}",
        revision=None,
        actor_kind=kind,
        actor_id="U0ALICE",
        actor_team="T0TEAM" if kind == "reviewer" else None,
        actor_proof="[]",
        facts=facts,
    )
    made = Exported(entry=sealed(record, None, KEY), facts=facts, content=None, redacted=False)
    assert faults_of(ocsf(made, "1.2.3"), published) == []


def test_what_is_none_by_the_published_schema_is_seen(published):
    record = Record(
        at=1, tag="policy:begun", proposal_id=None, revision=None, actor_kind="policy", actor_id="p", actor_team=None,
        actor_proof="[]", facts="{}",
    )  # fmt: skip
    made = ocsf(Exported(entry=sealed(record, None, KEY), facts="{}", content=None, redacted=False), "1")
    assert faults_of(made, published) == []
    for spoilt in (
        {**made, "activity_id": 98},
        {**made, "time": "now"},
        {**made, "ours": 1},
        {name: value for name, value in made.items() if name != "src_endpoint"},
        {**made, "src_endpoint": {}},
        {**made, "metadata": {"version": SCHEMA}},
    ):
        assert faults_of(spoilt, published)


async def test_an_event_of_ocsf_leads_back_to_its_entry(endpoint):
    await endpoint.propose()
    (page,) = [page async for page in export_pages(endpoint.lifecycle.store, None, Period())]
    for each in page.found:
        event = ocsf(each, "1.2.3")
        assert event["metadata"]["sequence"] == each.entry.seq
        assert event["unmapped"]["hash"] == each.entry.hash
        assert event["unmapped"]["facts"] == whole_facts(each.entry)
        assert event["metadata"]["product"]["version"] == "1.2.3"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T08:00", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20T08:00Z", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20T08:00+02:00", "2026-11-20T06:00:00+00:00"),
        ("1h", "2026-11-20T09:15:00+00:00"),
        ("1d", "2026-11-19T10:15:00+00:00"),
        ("99999d", "1926-12-15T10:15:00+00:00"),
    ],
)
def test_a_moment_is_named_as_people_name_it(said, meant):
    assert moment_named(said, START).isoformat() == meant


@pytest.mark.parametrize("said", ["", "now", "1", "1y", "-1d", "2026", "0001-01-01T00:00+14:00"])
def test_what_names_no_moment_is_said_to(said):
    with pytest.raises(ValueError, match="name a day"):
        moment_named(said, START)


def test_a_moment_between_two_milliseconds_parts_them():
    between = START + timedelta(microseconds=500)
    at = int(START.timestamp() * 1000)
    assert [Period(since=between).holds(at), Period(since=between).holds(at + 1)] == [False, True]
    assert [Period(until=between).holds(at), Period(until=between).holds(at + 1)] == [True, False]
