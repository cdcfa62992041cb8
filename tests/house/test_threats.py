"""Every promise in docs/threats.md has the test that shows it, and every such test has its promise."""

import re

import pytest

from tests.house.over import of_every
from tests.house.promises import SECURITY, drawn, rows, shown
from tests.house.tree import ROOT, tracked

TESTS = [
    path
    for path in tracked()
    if path.parts[:2] in (("tests", "threats"), ("tests", "faults")) and path.name.startswith("test_")
]
NUMBERED = [path for path in TESTS if re.match(r"test_[tf]\d\d_", path.name)]
NOT_SHOWN = {"T36", "T37"}
"""What the page says is not held, or not shown; shrink this, and let it grow for nothing that was promised before."""


@pytest.mark.parametrize("kind", ["T", "F"])
def test_promises_are_numbered_without_a_gap(kind):
    numbers = [int(number) for each, number, *_ in rows() if each == kind]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 20


def test_every_promise_is_shown_by_a_test_that_is_there_or_says_that_it_is_not():
    assert {number for number, tests in shown().items() if not tests} == NOT_SHOWN
    assert not [test for tests in shown().values() for test in tests if not (ROOT / test).is_file()]


@of_every(TESTS)
def test_every_test_of_a_threat_or_fault_is_named(test):
    assert str(test) in {each for tests in shown().values() for each in tests}


@of_every(NUMBERED)
def test_a_test_stands_beside_the_promise_of_its_number(test):
    letter, number = re.match(r"test_([tf])(\d\d)_", test.name).groups()
    assert str(test) in shown()[f"{letter.upper()}{int(number)}"]


def test_the_table_of_the_tests_is_as_they_are():
    assert SECURITY.read_text(encoding="utf-8") == drawn(), "python -m tests.house.promises draws it anew"
