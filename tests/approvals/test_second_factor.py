"""Second factors over a real store: enrolled, used once, locked, reset by two."""

import asyncio
from dataclasses import replace

import pyotp
import pytest

from approvals.decision import Attestation
from approvals.events import Actor
from approvals.gate import Confirmation
from approvals.moves.confirmation import code_typed
from approvals.proposal import Status
from approvals.second_factor import (
    AlreadyEnrolled,
    AnotherOperator,
    CodesLocked,
    CodeUsed,
    CodeWrong,
    NotEnrolled,
    NothingToReset,
    OperatorsReset,
)
from approvals.services.second_factors import SecondFactors
from storage import RowDamaged
from storage.second_factors import new_secret, opened, sealed
from tests.approvals.situations import ALICE, gate
from tests.approvals.test_stopping import refund
from tests.databases import KEY

ME = Actor(kind="reviewer", id="U0ALICE", team="T0TEAM")
ONE, OTHER = (Actor(kind="reviewer", id=each, team="T0TEAM") for each in ("U0OPS", "U0DAVE"))
OPERATORS = frozenset({"U0OPS", "U0DAVE"})


@pytest.fixture
def factors(store, clock):
    return SecondFactors(store=store, clock=clock)


@pytest.fixture
def key(rules):
    rules.changes = {"confirmation": Confirmation(code=True)}
    return new_secret()


async def enrol(factors, key, clock):
    await factors.enrol(ME, factors.store.factors.seal(key, ME.id), pyotp.TOTP(key).at(clock.now()), {"C0OPS": "Look."})
    clock.forward(31)


async def test_an_approval_takes_a_code_that_counts_once_and_a_wrong_one_is_kept(factors, lifecycle, store, clock, key):
    waiting, _ = await lifecycle.submit(refund())
    code = Attestation(typed=("123456",))
    with pytest.raises(NotEnrolled):
        await lifecycle.may("approve", waiting.id, ALICE, waiting.nonce)
    with pytest.raises(NotEnrolled):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=code)
    await enrol(factors, key, clock)
    await lifecycle.may("approve", waiting.id, ALICE, waiting.nonce)
    with pytest.raises(CodeWrong):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=Attestation(typed=("000000",)))
    right = Attestation(typed=(pyotp.TOTP(key).at(clock.now()),))
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=right)
    assert approved.status is Status.approved
    second, _ = await lifecycle.submit(refund(251))
    with pytest.raises(CodeUsed):
        await lifecycle.approve(second.id, ALICE, second.nonce, attestation=right)
    tags = [each.tag for each in await store.audit.entries(0, 100)]
    assert (tags.count("code:refused"), tags.count("code:accepted")) == (2, 2)
    assert await store.reads.enrolled() == ["U0ALICE"]


async def test_of_many_approvals_at_once_with_one_code_one_counts(factors, lifecycle, store, clock, key, rules):
    rules.limit = 100
    await enrol(factors, key, clock)
    waiting = [(await lifecycle.submit(refund(amount)))[0] for amount in range(250, 258)]
    code = Attestation(typed=(pyotp.TOTP(key).at(clock.now()),))
    approving = (lifecycle.approve(each.id, ALICE, each.nonce, attestation=code) for each in waiting)
    found = await asyncio.gather(*approving, return_exceptions=True)
    refused = [each for each in found if isinstance(each, CodeUsed | CodesLocked)]
    assert len(refused) == len(waiting) - 1
    assert [(await store.find(each.id)).status for each in waiting].count(Status.approved) == 1


async def test_an_edit_that_approves_takes_a_code_too_and_changes_nothing_without_one(
    factors, lifecycle, store, clock, key
):
    waiting, _ = await lifecycle.submit(refund())
    await enrol(factors, key, clock)
    with pytest.raises(CodeWrong):
        await lifecycle.edit(waiting.id, ALICE, {"amount": 120}, waiting.nonce, Attestation(typed=("000000",)))
    assert (await store.find(waiting.id)).revision == 1
    right = Attestation(typed=(pyotp.TOTP(key).at(clock.now()),))
    edited = await lifecycle.edit(waiting.id, ALICE, {"amount": 120}, waiting.nonce, right)
    assert (edited.status, edited.revision) == (Status.approved, 2)


async def test_after_five_that_were_wrong_not_even_the_right_one_counts_and_each_is_in_the_log(
    factors, lifecycle, store, clock, key
):
    await enrol(factors, key, clock)
    waiting, _ = await lifecycle.submit(refund())
    for number in range(6):
        with pytest.raises(CodeWrong if number < 4 else CodesLocked):
            await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=Attestation(typed=("000000",)))
    right = Attestation(typed=(pyotp.TOTP(key).at(clock.now()),))
    with pytest.raises(CodesLocked):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=right)
    assert [each.tag for each in await store.audit.entries(0, 100)].count("code:refused") == 5


async def test_it_is_reset_by_two_operators_and_by_no_one_alone(factors, clock, key, store):
    with pytest.raises(NothingToReset):
        await factors.reset("U0ALICE", ONE, OPERATORS)
    await enrol(factors, key, clock)
    with pytest.raises(AlreadyEnrolled):
        await enrol(factors, key, clock)
    with pytest.raises(OperatorsReset):
        await factors.reset("U0ALICE", ME, OPERATORS)
    assert await factors.reset("U0ALICE", ONE, OPERATORS, {"C0OPS": "Asked."}) is False
    with pytest.raises(AnotherOperator):
        await factors.reset("U0ALICE", ONE, OPERATORS)
    assert await factors.reset_asked("U0ALICE", frozenset({"U0DAVE"})) is None
    assert await factors.reset("U0ALICE", OTHER, OPERATORS) is True
    assert await store.has_second_factor("U0ALICE") is False
    assert await factors.reset_asked("U0ALICE", OPERATORS) is None
    with pytest.raises(CodeWrong):
        await factors.enrol(ME, store.factors.seal(key, ME.id), "000000")
    await enrol(factors, key, clock)
    assert await store.differences() == []


async def test_the_key_is_sealed_for_its_person_and_opened_by_an_older_key_of_ours_too(store):
    kept = store.factors.seal("A" * 32, "U0ALICE")
    seal = store.factors._seal
    assert opened(kept, "U0ALICE", seal) == "A" * 32
    for text, person in ((kept, "U0BOB"), ("!", "U0ALICE"), ("", "U0ALICE")):
        with pytest.raises(RowDamaged):
            opened(text, person, seal)
    newer = replace(seal, key=(b"n" * 32, KEY))
    assert opened(kept, "U0ALICE", newer) == "A" * 32
    assert sealed("A" * 32, "U0ALICE", seal) != kept


def test_the_code_is_the_last_that_was_typed_where_one_is_taken():
    assert code_typed(gate(), ("123456",)) == ""
    assert code_typed(gate(confirmation=Confirmation(code=True)), ()) == ""
    assert code_typed(gate(confirmation=Confirmation(typed=("n",), code=True)), ("9", "123456")) == "123456"
