"""The one scenario that every adapter goes through.

An adapter's test file says how its framework takes one turn, and nothing else:

    class Rig:
        row = "LangChain, `invoke`"                # its row of the table in docs/reference/adapters.md
        unsupported = {"many": "why"}              # by aspect: what the framework cannot carry; the table says it

        async def inline(self, turn): ...          # one turn; what the model read of its tool call, as text
        async def park(self, turn): ...            # one turn with pause-and-resume: Parks(state), or what the model read
        async def resume(self, turn, state): ...   # goes on from there in any process; what the model read, or Parks

    class TestInline(Inline):
        rig = Rig()

    class TestParked(Parked):                      # where the framework has both forms
        rig = Rig()

    if __name__ == "__main__":                     # the same file is the process that is killed
        play(Rig())

A turn: a scripted model calls turn.tool with turn.arguments, under turn.run_id and turn.call_id; the tools are
turn.refund(amount) (or `await turn.arefund(amount)`, which leaves the loop free) and turn.ship(amount, lines), lines
being a list of Line; Signoff is reached by turn.client() or turn.async_client(), people are waited for turn.wait
seconds. With turn.within the framework gives the tool that many seconds.
`state` is a string; whatever does not fit into one goes into a file below turn.folder. All methods may be plain ones.
What the framework says to its user where it ends a run counts as what the model read. An Unreported from the gate is
no reason to end one: the tool ran, so give the model its result, or raise its error (`lost.outcome()`).

A rig has these too, or says in `unsupported` why its framework cannot:

    several(turns)        "parallel", "equal", "many": one message of the model with a call for each; what was read of each
    stream(turn)          "stream": inline, by the framework's way of streaming
    hand_off(turn)        "handoff": inline, by an agent that another one handed the turn to
    inject(turn)          "injected": the tool is turn.refund_from(account, amount), and the framework fills in OURS for
                          `account`; the model fills in THEIRS
    altered(turn, state)  "altered": what to resume then: turn and state, in which somebody made the call one of `ship`
    affirm(turn, state)   "affirm": as resume, with whatever is the framework's own yes
    question(turn, state) "question": as park without a state, and as affirm with one; the tool asks something by the
                          framework's own means before it refunds

Further aspects: "unknown" (an argument that the tool does not have), "unfit" (an edit that the function does not take), "lines" (the same call without one), "timeout", "cancel", "elsewhere", "surrogate",
"closed" (a client that is closed while the tool acts).
"""

import inspect
from contextlib import suppress
from dataclasses import replace

import pytest
from company import Company
from endings import Endings, InlineEndings
from fidelity import Fidelity, InlineFidelity, ParkedFidelity
from playing import Playing, play
from scene import FAULTS, HURRY, SETTLED, assert_a_clear_no, assert_ran_though_unreported
from stage import REASON
from turn import BROKEN, OURS, THEIRS, Line, Parks, TillJammed, Turn, settled

__all__ = [
    "BROKEN",
    "FAULTS",
    "HURRY",
    "OURS",
    "REASON",
    "SETTLED",
    "THEIRS",
    "Inline",
    "Line",
    "Parked",
    "Parks",
    "Scenario",
    "TillJammed",
    "Turn",
    "assert_a_clear_no",
    "play",
    "settled",
]


class Scenario(Fidelity, Endings):
    """What holds for both forms. Subclassed by Inline and Parked, and these by an adapter's tests."""

    @pytest.mark.aspect("edit")
    async def test_what_people_decide_is_what_runs_and_the_model_reads_why(self):
        turns = [self.make_turn(amount) for amount in (5, 500, 5000, -1)]
        approved, edited, rejected, expired = [await self.take(turn) for turn in turns]
        assert self.effects() == [5, 100]
        assert "Refunded 5." in approved
        assert "Refunded 100." in edited
        assert REASON in rejected
        assert "nobody decided" in expired
        assert "expired" in expired
        ends = ["succeeded", "succeeded", "rejected", "rejected"]
        found = [self.only(turn, end) for turn, end in zip(turns, ends, strict=True)]
        assert [each["claims"] for each in found] == [1, 1, 0, 0]
        assert [each["payload"] for each in found] == [{"amount": amount} for amount in (5, 100, 5000, -1)]
        assert [each["tool_call_id"] for each in found] == ["call-1"] * 4
        self.shows("held")

    @pytest.mark.parametrize("mode", FAULTS)
    async def test_nothing_runs_while_the_service_fails_the_model_is_told_and_the_agent_goes_on(self, mode):
        self.stage.fault(mode)
        read = await self.take(self.make_turn(5, **HURRY))
        assert self.effects() == []
        assert_a_clear_no(read)
        self.stage.calm()
        assert "Refunded 5." in await self.take(self.make_turn(5))
        assert self.effects() == [5]

    @pytest.mark.parametrize("mode", ["slow", "500", "401", "rubbish", "lie", "drop"])
    async def test_nothing_runs_when_the_claim_fails(self, mode):
        self.stage.fault(mode, at="claim")
        turn = self.make_turn(5, **HURRY)
        read = await self.take(turn)
        assert self.effects() == []
        assert_a_clear_no(read)
        assert self.only(turn, "claimed" if mode in ("slow", "drop") else "approved")["outcome"] is None

    async def test_an_answer_to_the_claim_that_gets_lost_is_asked_for_again(self):
        self.stage.fault("drop", at="claim", times=1)
        turn = self.make_turn(5)
        assert "Refunded 5." in await self.take(turn)
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1

    async def test_the_same_call_twice_has_one_effect(self):
        turn = self.make_turn(500)
        assert "Refunded 100." in await self.take(turn)
        again = await self.take(turn)
        assert self.effects() == [100]
        assert_a_clear_no(again)
        assert self.only(turn, "succeeded")["claims"] == 1

    async def test_two_calls_of_one_run_are_two_effects(self):
        first = self.make_turn(5)
        await self.take(first)
        await self.take(replace(first, call_id="call-2"))
        assert self.effects() == [5, 5]
        assert [each["tool_call_id"] for each in self.stage.log(first.run_id)] == ["call-1", "call-2"]

    async def test_a_tool_that_raises_is_reported_failed_and_not_run_again(self):
        turn = self.make_turn(5, breaks=True)
        for _ in range(2):
            with suppress(Exception):  # frameworks differ: some tell the model, some end the run
                await self.take(turn)
        assert self.effects() == [5]
        found = self.only(turn, "failed")
        assert BROKEN in found["outcome"]["detail"]

    async def test_a_report_that_cannot_be_told_does_not_run_it_again(self):
        self.stage.fault("down", after="claim")
        turn = self.make_turn(5, **HURRY)
        read = await self.take(turn)
        assert_ran_though_unreported(read)
        assert self.effects() == [5]
        assert self.only(turn, "claimed")["claims"] == 1
        self.stage.calm()
        assert_a_clear_no(await self.take(turn))
        assert self.effects() == [5]

    async def test_an_error_whose_report_cannot_be_told_ends_as_one_that_was_told_and_is_not_run_again(self):
        usual = await self._ending(self.make_turn(5, breaks=True))
        self.stage.fault("down", after="claim")
        turn = self.make_turn(5, breaks=True, **HURRY)
        assert usual in await self._ending(turn)
        assert self.effects() == [5, 5]
        assert self.only(turn, "claimed")["claims"] == 1
        self.stage.calm()
        await self._ending(turn)
        assert self.effects() == [5, 5]

    async def _ending(self, turn: Turn) -> str:
        """What the model read, or the error with which the framework ended the run: frameworks differ."""
        try:
            return await self.take(turn)
        except Exception as error:  # noqa: BLE001 a framework's own, of whatever kind
            return f"{type(error).__name__}: {error}"

    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        raise NotImplementedError

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        raise NotImplementedError

    def play(self, verb: str, turn: Turn) -> "Playing":
        """The rig's method in a process of its own, which can be killed."""
        return Playing(inspect.getfile(type(self.rig)), verb, turn)


class Inline(Scenario, InlineFidelity, InlineEndings, Company):
    """The form that waits where it stands."""

    form = "inline"

    async def take(self, turn: Turn) -> str:
        return await settled(self.rig.inline(turn))

    @pytest.mark.aspect("stream")
    async def test_a_run_that_is_streamed_waits_and_runs_like_any_other(self):
        await self._as_any_other("stream")

    @pytest.mark.aspect("handoff")
    async def test_an_agent_that_was_handed_the_turn_asks_like_any_other(self):
        await self._as_any_other("hand_off")

    async def _as_any_other(self, verb: str) -> None:
        turns = [self.make_turn(amount) for amount in (500, 5000)]
        edited, rejected = [await self.method(verb, turn) for turn in turns]
        assert self.effects() == [100]
        assert "Refunded 100." in edited
        assert REASON in rejected
        found = [self.only(turn) for turn in turns]
        assert [(each["status"], each["claims"]) for each in found] == [("succeeded", 1), ("rejected", 0)]
        self.shows("held")

    @pytest.mark.aspect("elsewhere")
    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        self.stage.pause()
        turn = self.make_turn(5)
        with self.play("inline", turn) as playing:
            self.only(turn, "pending")
            playing.kill()
        self.stage.resume()
        with self.play("inline", turn) as playing:
            assert "Refunded 5." in playing.read()
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1
        self.shows("held")

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        turn = self.make_turn(5, hangs=True)
        with self.play("inline", turn) as playing:
            assert playing.line() == "acted"
            playing.kill()
        with self.play("inline", turn) as playing:
            assert_a_clear_no(playing.read())
        assert self.effects() == [5]
        assert self.only(turn, "claimed")["claims"] == 1


class Parked(Scenario, ParkedFidelity):
    """The form that puts the run aside and takes it up again when people have decided."""

    form = "parked"

    async def take(self, turn: Turn) -> str:
        parked = await settled(self.rig.park(turn))
        if isinstance(parked, str):
            return parked
        self.only(turn, f"{SETTLED},claimed,succeeded,failed")
        read = await settled(self.rig.resume(turn, parked.state))
        assert isinstance(read, str), "people have decided, and the run is still parked"
        return read

    async def test_taken_up_before_anybody_decided_it_stays_parked_and_nothing_runs(self):
        self.stage.pause()
        turn = self.make_turn(5)
        parked = await settled(self.rig.park(turn))
        again = await settled(self.rig.resume(turn, parked.state))
        assert isinstance(again, Parks)
        assert self.effects() == []
        self.stage.resume()
        self.only(turn, SETTLED)
        assert "Refunded 5." in await settled(self.rig.resume(turn, again.state))
        assert self.effects() == [5]

    @pytest.mark.parametrize("mode", FAULTS)
    async def test_nothing_runs_when_the_service_fails_as_it_is_taken_up(self, mode):
        turn = self.make_turn(5, **HURRY)
        parked = await settled(self.rig.park(turn))
        self.only(turn, SETTLED)
        self.stage.fault(mode)
        read = await settled(self.rig.resume(turn, parked.state))
        assert self.effects() == []
        if isinstance(read, str):
            assert_a_clear_no(read)

    async def test_taken_up_twice_has_one_effect(self):
        turn = self.make_turn(500)
        parked = await settled(self.rig.park(turn))
        self.only(turn, SETTLED)
        assert "Refunded 100." in await settled(self.rig.resume(turn, parked.state))
        assert_a_clear_no(await settled(self.rig.resume(turn, parked.state)))
        assert self.effects() == [100]

    @pytest.mark.aspect("elsewhere")
    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        self.stage.pause()
        turn = self.make_turn(5)
        with self.play("park", turn) as playing:
            state = playing.parked()
            playing.kill()
        self.stage.resume()
        self.only(turn, SETTLED)
        with self.play("resume", turn) as playing:
            playing.send(state)
            assert "Refunded 5." in playing.read()
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1
        self.shows("held")

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        turn = self.make_turn(5, hangs=True)
        with self.play("park", turn) as playing:
            state = playing.parked()
            playing.kill()
        self.only(turn, SETTLED)
        with self.play("resume", turn) as playing:
            playing.send(state)
            assert playing.line() == "acted"
            playing.kill()
        with self.play("resume", turn) as playing:
            playing.send(state)
            assert_a_clear_no(playing.read())
        assert self.effects() == [5]
        assert self.only(turn, "claimed")["claims"] == 1
