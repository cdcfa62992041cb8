"""A rule over many files names every file that breaks it."""

import pytest

from tests.house.over import of_every


def test_each_member_that_breaks_the_rule_is_named():
    @of_every([1, 2, 3, 4])
    def rule(number):
        assert number % 2

    with pytest.raises(ExceptionGroup) as failed:
        rule()
    assert [str(fault)[:2] for fault in failed.value.exceptions] == ["2:", "4:"]


def test_a_rule_over_nothing_fails():
    @of_every([])
    def rule(_):
        """Nothing is wrong with any."""

    with pytest.raises(AssertionError):
        rule()


@of_every("ab")
def test_what_else_a_rule_needs_are_fixtures(letter, tmp_path):
    assert not (tmp_path / letter).exists()
