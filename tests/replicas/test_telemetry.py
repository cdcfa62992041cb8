"""Several bots with one collector: each entry of the log leaves once, whoever wrote it, and goes on when one is gone."""

import asyncio

from tests.collector import collecting
from tests.replicas.premises import replicas
from tests.town import SUPPORT


async def test_of_several_bots_one_exports_and_another_goes_on_when_it_is_killed(tmp_path):
    async with collecting() as collector, replicas(tmp_path, "http") as place:
        bots = await place.start_all(SIGNOFF_OTEL="on", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)

        async def proposed(count):
            made = []
            for number in range(count):
                async with place.at(bots[number % len(bots)]) as agent:
                    made.append(await place.propose(payload={"to": f"{number}@example.com"}, session=agent))
            await asyncio.gather(*(place.card(SUPPORT, each) for each in made))
            return place.rows("SELECT max(seq) FROM entries")[0][0]

        head = await proposed(9)
        await collector.until(lambda: head in collector.seqs())
        assert collector.seqs() == list(range(1, len(collector.records) + 1))
        await bots.pop().kill()
        place.a_minute_passes()
        await place.start_agent(bots[0])
        head = await proposed(4)
        await collector.until(lambda: head in collector.seqs())
        assert set(collector.seqs()) >= set(range(1, head + 1))
