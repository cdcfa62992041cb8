"""What runs is what people approved, by whatever way it came: the part of the scenario that is about fidelity."""

from contextlib import suppress

import pytest
from scene import SETTLED, Scene, assert_a_clear_no
from turn import OURS, THEIRS, settled

BRIEFLY = 0.2
"""Seconds for people who are away."""
LINES = [{"sku": "A-1", "quantity": 2}]


class Fidelity(Scene):
    """In both forms."""

    @pytest.mark.aspect("unfit")
    @pytest.mark.parametrize(("amount", "field"), [(31, "dry_run"), (32, "quantity")], ids=["added", "removed"])
    async def test_an_edit_with_a_key_more_or_less_runs_nothing_and_reviewers_read_why(self, amount, field):
        turn = self.make_turn(amount, tool="ship", lines=LINES)
        read = await self.take(turn)
        assert self.shipped() == []
        assert_a_clear_no(read)
        found = self.only(turn, "failed")
        assert found["claims"] == 1
        assert found["outcome"]["detail"].startswith("Nothing ran: ")
        assert any(name in found["outcome"]["detail"] for name in (field, "lines"))
        self.shows("refused")

    @pytest.mark.aspect("unknown")
    async def test_an_argument_that_the_tool_does_not_have_is_refused_before_anybody_is_asked(self):
        turn = self.make_turn(5, tool="ship", lines=LINES, more={"dry_run": True})
        try:
            read = await self.take(turn)
        except TypeError as refusal:  # of a function that a program calls itself
            read = f"Nothing ran: {refusal}"
        assert self.shipped() == []
        assert self.stage.log(turn.run_id) == []
        assert_a_clear_no(read)
        assert "dry_run" in read
        self.shows("refused")

    @pytest.mark.aspect("lines")
    async def test_without_an_edit_the_same_call_runs_so_that_the_refusal_is_for_the_edit(self):
        turn = self.make_turn(5, tool="ship", lines=LINES)
        assert "Shipped for 5." in await self.take(turn)
        assert self.shipped() == [[5, LINES]]
        assert self.only(turn, "succeeded")["payload"] == {"amount": 5, "lines": LINES}


class InlineFidelity(Fidelity):
    """Where the call waits."""

    @pytest.mark.aspect("injected")
    async def test_an_argument_that_is_injected_is_never_the_models(self):
        """Either people are not even asked, or the tool gets the program's own, and people are shown none."""
        turn = self.make_turn(5)
        await self.method("inject", turn)
        asked = self.stage.log(turn.run_id)
        assert THEIRS not in self.accounts()
        assert not [each for each in asked if THEIRS in str(each["payload"])]
        if not asked:
            assert self.effects() == []
            self.shows("refused")
        else:
            assert self.accounts() == [OURS]
            assert asked[0]["payload"] == {"amount": 5}
            self.shows("held")


class ParkedFidelity(Fidelity):
    """Where it is taken up again."""

    @pytest.mark.aspect("altered")
    async def test_a_ticket_under_another_call_opens_nothing(self):
        """The state comes back with the very same call, but of another tool."""
        turn = self.make_turn(5)
        parked = await settled(self.rig.park(turn))
        self.only(turn, "approved")
        self.stage.pause()
        altered = await self.method("altered", turn, parked.state)
        with suppress(Exception):  # some frameworks notice it themselves
            await settled(self.rig.resume(*altered))
        assert self.shipped() == []
        assert self.effects() == []

    @pytest.mark.aspect("affirm")
    async def test_a_yes_of_the_frameworks_own_approves_nothing(self):
        self.stage.pause()
        turn = self.make_turn(5, wait=BRIEFLY)
        parked = await settled(self.rig.park(turn))
        for _ in range(2):
            parked = await self.method("affirm", turn, parked.state)
            assert self.effects() == []
            if isinstance(parked, str):  # it waited for people, for a moment, and told the model that they said nothing
                assert_a_clear_no(parked)
                return
        self.stage.resume()
        self.only(turn, SETTLED)
        assert "Refunded 5." in await settled(self.rig.resume(turn, parked.state))
        assert self.effects() == [5]

    @pytest.mark.aspect("question")
    async def test_a_left_over_yes_answers_no_question_of_the_tools_own(self):
        """The tool asks something itself once ours is granted: what came before that was no answer to it."""
        turn = self.make_turn(5)
        parked = await self.method("question", turn)
        self.only(turn, SETTLED)
        await self.method("question", turn, parked.state)
        assert self.effects() == []
