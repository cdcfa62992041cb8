"""Many waits, many threads, many loops, forks, closings: a claim or a report always gets through, or says what to do."""

import asyncio
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from signoff_client import AsyncSignoff, NotConfigured, Signoff, Unavailable
from tests.api.conftest import TOKEN
from tests.client.conftest import Sync
from tests.patience import PATIENCE

REFUND = {"amount": 250, "order": "A-1"}
MANY, FEW = 150, 10


def propose(client, **more):
    return client.propose("refund.create", REFUND, reasoning="Lost parcel.", **more)


async def in_threads(count, call):
    """That many calls at once, each in a thread of its own."""
    with ThreadPoolExecutor(count) as threads:
        loop = asyncio.get_running_loop()
        return await asyncio.gather(*(loop.run_in_executor(threads, call) for _ in range(count)))


def fresh(kind, url, **limits):
    """A client of that kind, with the async one's face."""
    if kind == "async":
        return AsyncSignoff(url, TOKEN, timeout=PATIENCE, **limits)
    return Sync(Signoff(url, TOKEN, timeout=PATIENCE, **limits))


def waiting(client, proposal, count):
    if isinstance(client, Sync):
        return asyncio.ensure_future(in_threads(count, lambda: client.client.wait(proposal, PATIENCE)))
    return asyncio.gather(*(client.wait(proposal, PATIENCE) for _ in range(count)))


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_a_hundred_and_fifty_wait_at_once_and_claims_and_reports_go_through(kind, endpoint):
    client = fresh(kind, str(endpoint.server.make_url("")))
    proposal = await propose(client)
    everybody = waiting(client, proposal, MANY)
    await endpoint.until_waiting(MANY)
    claimed = await client.ask("search.orders", {"query": "A-1"}, reasoning="Look it up.")
    assert (await client.report(claimed, "succeeded")).status == "succeeded"
    await endpoint.approve({"id": proposal.id})
    async with asyncio.timeout(PATIENCE):
        assert {each.status for each in await everybody} == {"approved"}
    await client.close()


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_no_more_are_held_than_the_limit_says_and_the_others_look_by_themselves(kind, endpoint, door):
    client = fresh(kind, door.url, waits=3)
    proposal = await propose(client)
    few = waiting(client, proposal, 3)
    await endpoint.until_waiting(3)
    assert (await client.wait(proposal, 0.2)).pending
    assert endpoint.waiting == 3
    claimed = await client.ask("search.orders", {"query": "A-1"}, reasoning="Look it up.")
    assert (await client.report(claimed, "succeeded")).status == "succeeded"
    await endpoint.approve({"id": proposal.id})
    async with asyncio.timeout(PATIENCE):
        assert {each.status for each in await few} == {"approved"}
    await client.close()


async def test_where_the_service_holds_no_more_for_this_agent_the_wait_goes_on(client, endpoint, door):
    """Other processes of the agent may have all the places there are."""
    proposal = await propose(client)
    door.script += ["pass", "crowded"]
    waits = asyncio.ensure_future(client.wait(proposal, PATIENCE))
    async with asyncio.timeout(PATIENCE):
        while len(door.seen) < 3:
            await endpoint.call("GET", "/healthz")
        await endpoint.approve({"id": proposal.id})
        assert (await waits).status == "approved"


async def test_who_gives_up_waiting_leaves_their_place_to_the_next(endpoint):
    async with AsyncSignoff(str(endpoint.server.make_url("")), TOKEN, timeout=PATIENCE, waits=FEW) as client:
        proposal = await propose(client)
        for _ in range(2):
            everybody = [asyncio.ensure_future(client.wait(proposal, PATIENCE)) for _ in range(FEW)]
            await endpoint.until_waiting(FEW)
            for each in everybody:
                each.cancel()
            await asyncio.gather(*everybody, return_exceptions=True)
            await endpoint.until_waiting(0)


@pytest.mark.parametrize("waits", [0, -1, 1.5, True, None, "7"])
@pytest.mark.parametrize("kind", [Signoff, AsyncSignoff])
def test_a_limit_that_is_none_is_no_client(kind, waits):
    with pytest.raises(NotConfigured, match="waits has to be"):
        kind("http://127.0.0.1:9", TOKEN, waits=waits)


async def test_one_client_serves_many_threads(endpoint, door):
    client = Signoff(door.url, TOKEN, timeout=PATIENCE)

    def asked():
        return client.ask("search.orders", {"query": "A-1"}, reasoning="x").proposal.status

    assert set(await in_threads(20, asked)) == {"claimed"}
    client.close()


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_a_closed_client_says_so_and_may_be_closed_again(kind, endpoint, door):
    made = AsyncSignoff(door.url, TOKEN, timeout=PATIENCE) if kind == "async" else Signoff(door.url, TOKEN)
    client = made if kind == "async" else Sync(made)
    proposal = await propose(client)
    for _ in range(2):
        await client.close()
    calls = [
        lambda: propose(client),
        lambda: client.get(proposal),
        lambda: client.wait(proposal, 1),
        lambda: client.claim(proposal),
        lambda: client.report(proposal, "succeeded"),
    ]
    for call in calls:
        with pytest.raises(Unavailable, match=r"client was closed.*Make another") as said:
            await call()
        assert not said.value.outcome_unknown
    with pytest.raises(Unavailable, match="client was closed"):
        await (anext(aiter(made.events())) if kind == "async" else asyncio.to_thread(next, made.events()))


async def test_a_client_that_was_never_used_can_be_closed():
    Signoff("http://127.0.0.1:9", TOKEN).close()
    await AsyncSignoff("http://127.0.0.1:9", TOKEN).close()


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_whoever_waits_on_a_client_that_is_closed_meanwhile_is_told(kind, endpoint, door):
    made = AsyncSignoff(door.url, TOKEN, timeout=PATIENCE) if kind == "async" else Signoff(door.url, TOKEN)
    client = made if kind == "async" else Sync(made)
    proposal = await propose(client)
    waits = asyncio.ensure_future(client.wait(proposal, PATIENCE))
    await endpoint.until_waiting(1)
    await client.close()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(Unavailable, match="client was closed"):
            await waits


async def test_an_async_client_outside_a_loop_says_what_it_needs():
    client = AsyncSignoff("http://127.0.0.1:9", TOKEN)
    with pytest.raises(NotConfigured, match="loop of asyncio"):
        await asyncio.to_thread(lambda: client.get("prp_1").send(None))


PROGRAMS = {
    "an async client over several loops": """
        client = AsyncSignoff(URL, TOKEN)
        async def ask():
            return (await client.ask("search.orders", {"query": "A-1"}, reasoning="x")).proposal.status
        for _ in range(3):
            print(asyncio.run(ask()))
    """,
    "an async client in several threads, each with a loop": """
        client = AsyncSignoff(URL, TOKEN)
        async def ask():
            return (await client.ask("search.orders", {"query": "A-1"}, reasoning="x")).proposal.status
        with ThreadPoolExecutor(3) as threads:
            for each in [threads.submit(asyncio.run, ask()) for _ in range(3)]:
                print(each.result())
    """,
    "a sync client in forked processes": """
        client = Signoff(URL, TOKEN)
        def ask():
            return client.ask("search.orders", {"query": "A-1"}, reasoning="x").proposal.status
        first = ask()
        ends = os.pipe()
        children = []
        for _ in range(2):
            child = os.fork()
            if not child:
                os.write(ends[1], (ask() + chr(10)).encode())
                os._exit(0)
            children.append(child)
        print(ask())
        for child in children:
            assert os.waitpid(child, 0)[1] == 0
        print(os.read(ends[0], 1000).decode().strip())
        client.close()
    """,
    "an async client in forked processes": """
        client = AsyncSignoff(URL, TOKEN)
        async def ask():
            return (await client.ask("search.orders", {"query": "A-1"}, reasoning="x")).proposal.status
        first = asyncio.run(ask())
        ends = os.pipe()
        children = []
        for _ in range(2):
            child = os.fork()
            if not child:
                os.write(ends[1], (asyncio.run(ask()) + chr(10)).encode())
                os._exit(0)
            children.append(child)
        print(asyncio.run(ask()))
        for child in children:
            assert os.waitpid(child, 0)[1] == 0
        print(os.read(ends[0], 1000).decode().strip())
    """,
    "a child that closes what its parent uses": """
        client = Signoff(URL, TOKEN)
        def ask():
            return client.ask("search.orders", {"query": "A-1"}, reasoning="x").proposal.status
        print(ask())
        child = os.fork()
        if not child:
            client.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print(ask())
        print(ask())
        client.close()
    """,
}


@pytest.mark.parametrize("program", PROGRAMS)
async def test_one_client_of_a_module_serves(program, endpoint, door):
    lines = ["import asyncio, os, sys", "from concurrent.futures import ThreadPoolExecutor"]
    lines += ["from signoff_client import AsyncSignoff, Signoff", f"URL, TOKEN = {door.url!r}, {TOKEN!r}"]
    text = "\n".join([*lines, textwrap.dedent(PROGRAMS[program])])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "always::ResourceWarning", "-c", text, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert (process.returncode, out.decode().split(), err.decode()) == (0, ["claimed"] * 3, "")


async def test_a_parents_connection_is_never_used_by_its_child(endpoint, door):
    """Two processes on one connection would read each other's answers."""
    text = f"""
        import os
        from signoff_client import Signoff
        client = Signoff({door.url!r}, {TOKEN!r})
        for _ in range(2):
            client.proposals()
        child = os.fork()
        if not child:
            client.proposals()
            os._exit(0)
        os.waitpid(child, 0)
        client.proposals()
    """
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", textwrap.dedent(text))
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 0
    one, two, childs, four = door.peers
    assert one == two == four != childs


async def test_a_report_goes_out_while_every_place_to_wait_at_is_taken_by_threads(endpoint, door):
    client = Signoff(door.url, TOKEN, timeout=PATIENCE, waits=2)
    proposal = await asyncio.to_thread(propose, client)
    threads = [threading.Thread(target=client.wait, args=(proposal, PATIENCE)) for _ in range(2)]
    for each in threads:
        each.start()
    await endpoint.until_waiting(2)
    claimed = await asyncio.to_thread(client.ask, "search.orders", {"query": "A-1"}, reasoning="x")
    assert (await asyncio.to_thread(client.report, claimed, "succeeded")).status == "succeeded"
    await endpoint.approve({"id": proposal.id})
    for each in threads:
        await asyncio.to_thread(each.join)
    client.close()
