"""Telemetry: what a real collector gets of a life, that nobody waits for it, and that nothing is lost to it."""

import sys

import pytest

from bot.followers import ExportsRefused
from tests.collector import attributes, collecting
from tests.faults.premises import premises
from tests.town import SUPPORT, open_town

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SECRET = "sk-live-payload-of-the-agent"
ON = {"signoff_otel": "on"}


@pytest.fixture
async def collector():
    async with collecting() as made:
        yield made


@pytest.fixture
async def town(tmp_path, collector):
    async with open_town(tmp_path, "http") as town:
        town.variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_TIMEOUT": "100"}
        yield town


async def entries_of(town):
    return await town.bot.store.audit.entries(0, 10_000)


async def lived(town, **more):
    """A proposal that people approved, and that was claimed and reported."""
    made = await town.propose("email.send", {"to": SECRET}, **more)
    card = await town.card(SUPPORT, made)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.card_saying(SUPPORT, card["ts"], "Approved")
    await town.claim(made)
    await town.report(made)
    return made


async def all_came(town, collector):
    """Returns once each entry of the log has come."""
    count = len(await entries_of(town))
    await collector.until(lambda: len(collector.seqs()) >= count)


async def test_each_entry_comes_once_in_order_and_those_of_one_proposal_are_one_trace(town, collector):
    async with town.serving(**ON):
        made, other = await lived(town), await town.propose()
        await town.card(SUPPORT, other)
        await all_came(town, collector)
        entries = await entries_of(town)
    assert collector.seqs() == [each.seq for each in entries]
    assert [each.event_name for each in collector.records] == [each.tag for each in entries]
    assert [each.time_unix_nano for each in collector.records] == [each.at * 1_000_000 for each in entries]
    assert [attributes(each)["signoff.entry.hash"] for each in collector.records] == [each.hash for each in entries]
    traces = {each["id"]: {record.trace_id for record in collector.of(each["id"])} for each in (made, other)}
    assert [len(found) for found in traces.values()] == [1, 1]
    assert traces[made["id"]] != traces[other["id"]]
    assert not {record.trace_id for record in collector.records if record.event_name == "policy:loaded"} & {
        trace for found in traces.values() for trace in found
    }
    decided = next(attributes(each) for each in collector.records if each.event_name == "proposal:decided")
    assert (decided["signoff.actor.id"], decided["signoff.verdict"]) == ("U0ALICE", "approve")
    assert collector.resources[0]["service.name"] == "signoff"


async def test_a_life_that_is_over_is_a_span_with_its_stretches_below_it_at_their_true_times(town, collector):
    async with town.serving(**ON):
        made = await lived(town, traceparent=f"00-{TRACE}-{SPAN}-01")
        await collector.until(lambda: collector.spans)
        at = {each.tag: each.at * 1_000_000 for each in await entries_of(town)}
    root, *below = collector.spans
    assert [each.name for each in below] == ["proposal.review", "proposal.approved", "proposal.execution"]
    moments = ["proposal:submitted", "proposal:approved", "proposal:claimed", "proposal:succeeded"]
    assert [each.start_time_unix_nano for each in below] == [at[tag] for tag in moments[:-1]]
    assert [each.end_time_unix_nano for each in below] == [at[tag] for tag in moments[1:]]
    assert (root.start_time_unix_nano, root.end_time_unix_nano) == (at[moments[0]], at[moments[-1]])
    assert {each.parent_span_id for each in below} == {root.span_id}
    assert {each.trace_id for each in collector.spans} == {each.trace_id for each in collector.of(made["id"])}
    assert {each.span_id for each in collector.of(made["id"])} == {root.span_id}
    assert [(each.trace_id.hex(), each.span_id.hex()) for each in root.links] == [(TRACE, SPAN)]
    assert (root.status.code, attributes(root)["signoff.status"]) == (1, "succeeded")


async def test_a_client_that_traces_its_requests_is_linked_by_the_header_and_a_wrong_one_is_none(town, collector):
    async with town.serving(**ON):
        for said in (f"00-{TRACE}-{SPAN}-01", "00-nothing", f"00-{'0' * 32}-{SPAN}-01"):
            made = await town.call(
                "POST",
                "/v1/proposals",
                {"action": "db.drop_all", "payload": {}, "reasoning": "Room."},
                headers={"traceparent": said},
                expect=201,
            )
            assert made["status"] == "rejected"
        await collector.until(lambda: len(collector.spans) >= 3)
    assert [[each.trace_id.hex() for each in span.links] for span in collector.spans] == [[TRACE], [], []]


async def test_nothing_that_anybody_wrote_leaves_with_it_and_no_secret(town, collector):
    town.variables["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=the-collectors-own"
    async with town.serving(**ON):
        made = await lived(town, summary="canary-summary", on_behalf_of="U0ERIN", run_id="canary-run")
        await town.call("POST", f"/v1/proposals/{made['id']}/claim", {"digest": "sha256:" + "0" * 64}, expect=409)
        await all_came(town, collector)
        nonce = (await town.bot.store.find(made["id"])).nonce
    sent = b"".join(collector.bodies)
    for canary in (SECRET, "canary", "The customer asked", "email.send", nonce, "xoxb-", "api-key"):
        assert canary.encode() not in sent, canary
    assert {each["api-key"] for each in collector.headers} == {"the-collectors-own"}


@pytest.mark.parametrize("answer", ["away", "rubbish"])
async def test_what_a_collector_does_not_take_is_counted_said_and_sent_when_it_does(town, collector, answer):
    collector.answer = answer
    async with town.serving(**ON):
        for each in town.bot.exports.signals:
            each.every, each.longest = 0.01, 0.1
        await lived(town)
        await collector.until(lambda: collector.refused >= 2)
        async with town.agent.get("/readyz") as said:
            assert said.status == 200
            assert "wait for it in the log" in str((await said.json())["degraded"])
        async with town.agent.get("/metrics") as said:
            told = dict(line.rsplit(" ", 1) for line in (await said.text()).splitlines() if "signoff_otel" in line)
        assert float(told['signoff_otel_failures_total{signal="logs"}']) > 0
        assert float(told['signoff_otel_waiting_entries{signal="logs"}']) > 0
        collector.answer = "take"
        await all_came(town, collector)
        await collector.until(lambda: collector.spans)
        entries = await entries_of(town)
    assert collector.seqs() == [each.seq for each in entries]


async def test_while_a_collector_answers_nobody_agents_and_people_are_answered(town, collector):
    collector.answer = "keep"
    async with town.serving(**ON):
        await collector.until(lambda: collector.bodies)  # it holds the first page, and its exporter waits
        made = await lived(town)
        assert (await town.get(made["id"]))["status"] == "succeeded"
        assert len(collector.bodies) == 1
        collector.answer = "take"
        collector.release()
        await all_came(town, collector)


async def test_a_bot_that_stops_amid_an_export_gives_it_back_to_the_next_start(town, collector):
    collector.answer = "keep"
    async with town.serving(**ON):
        await collector.until(lambda: len(collector.bodies) == 1)
    collector.answer = "take"
    async with town.serving(**ON):
        count = len(await entries_of(town))
        await collector.until(lambda: set(collector.seqs()) >= set(range(1, count + 1)))


async def test_where_it_is_turned_off_for_one_signal_or_all_nothing_of_that_is_sent(town, collector):
    town.variables["OTEL_TRACES_EXPORTER"] = "none"
    async with town.serving(**ON):
        await lived(town)
        await all_came(town, collector)
        assert [each.signal for each in town.bot.exports.signals] == ["logs"]
    assert collector.spans == []
    town.variables["OTEL_SDK_DISABLED"] = "true"
    async with town.serving(**ON):
        assert town.bot.exports.signals == ()
    async with town.serving():
        assert town.bot.exports.signals == ()


async def test_without_the_extra_it_does_not_start_and_says_what_to_install(town, monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("opentelemetry", "bot.telemetry"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)  # as where it is not installed
    with pytest.raises(ExportsRefused, match=r"signoff\[otel\].*locks/run-otel\.txt"):
        async with town.serving(**ON):
            pass


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "is no address"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "it is http/protobuf"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "sk-live-key", "write it as name=value"),
        ("OTEL_LOGS_EXPORTER", "console", "is otlp or none"),
    ],
)
async def test_what_cannot_work_stops_the_start_with_the_name_and_without_the_value(town, name, value, says):
    town.variables[name] = value
    with pytest.raises(ExportsRefused, match=says) as refused:
        async with town.serving(**ON):
            pass
    assert name in str(refused.value)
    assert "sk-live" not in str(refused.value)


async def test_a_bot_that_stops_does_not_wait_for_its_collector(tmp_path, collector):
    collector.answer = "keep"
    async with premises(tmp_path, "http") as place:
        bot = await place.start(
            SIGNOFF_OTEL="on", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_EXPORTER_OTLP_TIMEOUT="36000"
        )
        await collector.until(lambda: collector.bodies)
        assert await bot.end() == 0


async def test_what_was_taken_when_the_bot_was_killed_comes_again_the_same_and_nothing_is_left_out(tmp_path, collector):
    collector.answer = "keep"
    said = {"SIGNOFF_OTEL": "on", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    async with premises(tmp_path, "http") as place:
        await place.start(**said)
        await collector.until(lambda: collector.records)
        first = [each.SerializeToString() for each in collector.records]
        await place.kill()
        collector.answer = "take"
        place.a_minute_passes()
        await place.start(**said)
        await place.card(SUPPORT, await place.propose())
        count = place.rows("SELECT count(*) FROM entries")[0][0]
        await collector.until(lambda: set(collector.seqs()) >= set(range(1, count + 1)))
    again = collector.seqs()
    assert len(again) > len(set(again))
    assert again[: len(first)] == again[len(first) : 2 * len(first)]
