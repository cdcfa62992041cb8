"""What a guarded function runs with is what people approved: as methods, with types of its own, and when it goes on."""

import asyncio
import dataclasses
import enum
import functools
from datetime import date
from decimal import Decimal

import pytest

from signoff_client import (
    ApprovalPending,
    AsyncSignoff,
    Invalid,
    Signoff,
    Tampered,
    Ticket,
    Unfinished,
    Unfit,
    requires_approval,
)
from tests.api.conftest import TOKEN
from tests.client.conftest import decided
from tests.client.test_asking import edited
from tests.client.test_guarding import Threaded, only
from tests.patience import PATIENCE


class Mode(enum.StrEnum):
    DRY = "dry"
    REAL = "real"


@dataclasses.dataclass
class Line:
    sku: str
    price: Decimal
    due: date | None = None


@pytest.fixture
def ran():
    return []


@pytest.fixture
async def client(door):
    with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=1) as made:
        yield made


@pytest.fixture(params=["async", "sync"])
async def guard(request, door, client):
    """Makes a guarded function of a plain one, called in the same way in both kinds."""
    if request.param == "sync":
        yield lambda function, **more: Threaded(requires_approval("refund.create", client=client, **more)(function))
    else:
        async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=1) as made:

            def guarded(function, **more):
                @functools.wraps(function)
                async def coroutine(*args, **kwargs):
                    return function(*args, **kwargs)

                return requires_approval("refund.create", client=made, **more)(coroutine)

            yield guarded


def test_nothing_given_at_a_resumption_overrides_what_was_approved(client, ran):
    @requires_approval("refund.create", client=client, without=("session",))
    def refund(order, amount, session):
        ran.append((order, amount))

    ticket = Ticket(id="prp_1", action="refund.create", digest="sha256:1")
    with pytest.raises(TypeError, match="takes no amount here"):
        refund.resume(ticket, amount=9999, session="s")
    with pytest.raises(TypeError, match="takes no dry_run"):
        refund.resume(ticket, dry_run=True, session="s")
    with pytest.raises(TypeError, match="needs session to be resumed with"):
        refund.resume(ticket)
    assert ran == []


async def test_a_ticket_is_for_its_action_and_function(guard, endpoint, ran):
    def note(amount): ...

    def drop(amount):
        ran.append(amount)

    with pytest.raises(ApprovalPending) as parked:
        await guard(note, wait=0)(amount=5)
    ticket = Ticket.from_json(parked.value.ticket.to_json())
    await endpoint.approve({"id": ticket.id})
    with pytest.raises(Tampered, match="The ticket is for note, and this is drop"):
        await guard(drop).resume(ticket)
    with pytest.raises(Tampered, match=r"The ticket is for refund.two, and this is refund.create"):
        await guard(note).resume(dataclasses.replace(ticket, action="refund.two"))
    assert ran == []
    await guard(note).resume(ticket)
    assert (await only(endpoint))["status"] == "succeeded"


async def test_types_of_its_own_come_to_the_function_as_such(guard, endpoint, ran):
    def deploy(mode: Mode, lines: list[Line], *, amount: int = 5, share: Decimal = Decimal("0.50")):
        ran.append((mode, lines, share))

    lines = [Line("A-1", Decimal("1.10"), date(2026, 11, 20))]
    await decided(endpoint, guard(deploy, wait=30)(Mode.DRY, lines), endpoint.approve)
    ((mode, taken, share),) = ran
    assert mode is Mode.DRY
    assert (taken, repr(share)) == (lines, "Decimal('0.50')")
    assert (await only(endpoint))["payload"]["lines"] == [{"sku": "A-1", "price": "1.10", "due": "2026-11-20"}]


EDITS = {
    "a key that was taken out": ({"mode": "dry", "amount": 250}, "count is not in it"),
    "a key that was added": (
        {"mode": "dry", "amount": 250, "count": 1, "dry_run": True},
        "it has no parameter dry_run",
    ),
    "a value that is none": ({"mode": "dryish", "amount": 250, "count": 1}, "mode: 'dryish' is no Mode"),
    "a text for a number": ({"mode": "dry", "amount": 250, "count": "1"}, "count: '1' is no int"),
}


@pytest.mark.parametrize("what", EDITS)
async def test_what_a_reviewer_made_of_it_that_does_not_fit_runs_nothing_and_they_read_why(guard, endpoint, ran, what):
    def deploy(mode: Mode, amount: int, count: int = 9999):
        ran.append((mode, count))

    payload, why = EDITS[what]
    with pytest.raises(Unfit, match=why):
        await decided(
            endpoint, guard(deploy, wait=30)(Mode.REAL, 250, 1), lambda known: edited(endpoint, known, payload)
        )
    assert ran == []
    known = await only(endpoint)
    assert known["status"] == "failed"
    assert known["outcome"]["detail"].startswith("Nothing ran: ")
    assert why in known["outcome"]["detail"]


async def test_what_a_reviewer_made_of_it_that_fits_is_what_runs(guard, endpoint, ran):
    def deploy(mode: Mode, amount: float = 250.5):
        ran.append((mode, amount))

    asking = guard(deploy, wait=30)(Mode.REAL)
    await decided(endpoint, asking, lambda known: edited(endpoint, known, {"mode": "dry", "amount": 120}))
    assert ran[0][0] is Mode.DRY
    assert ran == [(Mode.DRY, 120)]


def shop_of(client):
    guard = requires_approval("search.items", client=client)

    class Shop:
        def __init__(self, name):
            self.name = name

        @guard
        def many(self, order, amount, count=0):
            return (self.name, order, amount, count)

        @guard
        def oddly(this, order):  # noqa: N805
            return (this.name, order)

        @classmethod
        @guard
        def of_class(cls, order):
            return (cls.__name__, order)

        @staticmethod
        @guard
        def of_none(order):
            return order

    return Shop


async def test_a_method_runs_on_its_object_and_with_its_arguments(client, endpoint):
    shop = shop_of(client)
    one, two = shop("one"), shop("two")
    assert await asyncio.to_thread(one.many, "A-1", 250) == ("one", "A-1", 250, 0)
    assert (await only(endpoint))["payload"] == {"order": "A-1", "amount": 250, "count": 0}
    assert await asyncio.to_thread(two.many, "A-1", 250, count=2) == ("two", "A-1", 250, 2)
    assert await asyncio.to_thread(shop.many, one, "A-1", 250) == ("one", "A-1", 250, 0)
    assert await asyncio.to_thread(two.oddly, "A-1") == ("two", "A-1")
    assert await asyncio.to_thread(one.of_class, "A-1") == ("Shop", "A-1")
    assert await asyncio.to_thread(shop.of_class, "A-1") == ("Shop", "A-1")
    assert await asyncio.to_thread(one.of_none, "A-1") == "A-1"
    assert await asyncio.to_thread(one.many.asking(key="k").__call__, "A-1", 250) == ("one", "A-1", 250, 0)
    inherited = type("Branch", (shop,), {"many": lambda self, order: super(type(self), self).many(order, 7)})("branch")
    assert await asyncio.to_thread(inherited.many, "A-9") == ("branch", "A-9", 7, 0)


async def test_a_coroutine_method_does_too_and_goes_on_on_the_object_that_it_is_called_on(door, endpoint):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=1) as client:

        class Shop:
            name = "one"

            @requires_approval("refund.create", client=client, wait=0, without=("self", "session"))
            async def refund(self, amount: int, session=None):
                return (self.name, amount, session)

        shop = Shop()
        with pytest.raises(ApprovalPending) as parked:
            await shop.refund(250, session="s")
        assert parked.value.ticket.tool == "Shop.refund"
        await endpoint.approve({"id": parked.value.ticket.id})
        with pytest.raises(TypeError, match="takes no amount here"):
            await shop.refund.resume(parked.value.ticket, amount=9)
        assert await shop.refund.resume(parked.value.ticket, session="t") == ("one", 250, "t")


def generating(amount):
    yield amount


async def generating_async(amount):
    yield amount


class Generating:
    def __call__(self, amount):
        yield amount


LAZY = {
    "a generator": generating,
    "an async generator": generating_async,
    "a partial of one": functools.partial(generating, 1),
    "an object that is one": Generating(),
}


@pytest.mark.parametrize("what", LAZY)
def test_what_would_not_have_run_when_it_is_reported_is_refused_when_it_is_written(what):
    with pytest.raises(TypeError, match="is a generator: it would be reported before it has run a line"):
        requires_approval("refund.create")(LAZY[what])


@pytest.mark.parametrize("kind", [classmethod, staticmethod])
def test_a_decorator_below_is_refused_when_it_is_written(kind):
    with pytest.raises(TypeError, match=f"put @{kind.__name__} above @requires_approval"):
        requires_approval("refund.create")(kind(lambda amount: amount))


class Coroutine:
    async def __call__(self, amount):
        return amount


async def plus(one, amount):
    return one + amount


@pytest.mark.parametrize("function", [Coroutine(), functools.partial(plus, 0)], ids=["object", "partial"])
async def test_what_is_called_like_a_coroutine_function_is_one(door, endpoint, function):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=1) as client:
        assert await requires_approval("search.items", client=client)(function)(amount=5) == 5
    assert (await only(endpoint))["status"] == "succeeded"


async def test_a_function_that_returns_what_has_not_run_is_no_success(client, endpoint, ran):
    @requires_approval("search.items", client=client)
    def refund(amount: int):
        async def later():
            ran.append(amount)

        return later()

    with pytest.raises(Unfinished, match="make it a coroutine function"):
        await asyncio.to_thread(refund, 5)
    known = await only(endpoint)
    assert (known["status"], ran) == ("unknown", [])


async def test_arguments_that_would_not_come_back_are_refused_and_nobody_is_asked(guard, endpoint, ran):
    def deploy(mode, note: str = "none"):
        ran.append(mode)

    for arguments in ({"mode": Mode.DRY}, {"mode": "dry", "note": 5}, {"mode": (1, 2)}):
        with pytest.raises(Invalid, match="nothing ran"):
            await guard(deploy)(**arguments)
    assert (await endpoint.call("GET", "/v1/proposals"))["proposals"] == []
    assert ran == []


@pytest.mark.parametrize("key", ["läuft", "a key", 'a"b', "k" * 256, "a\nb"])
async def test_a_key_that_is_none_is_said_at_once(guard, endpoint, key):
    def refund(amount): ...

    with pytest.raises(Invalid, match="is no key: use 1 to 255 visible ASCII"):
        await guard(refund).asking(key=key)(5)
    assert (await endpoint.call("GET", "/v1/proposals"))["proposals"] == []
