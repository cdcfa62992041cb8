"""The waits between attempts."""

from hypothesis import given
from hypothesis import strategies as st

from delivery.backoff import LONGEST, delay


def test_the_wait_doubles_from_one_second_and_stops_at_five_minutes():
    assert [delay(attempts, 0) for attempts in range(11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(attempts=st.integers(min_value=0, max_value=10**9), spread=st.floats(min_value=0, max_value=1))
def test_the_spread_takes_away_up_to_a_quarter_and_never_adds(attempts, spread):
    whole = delay(attempts, 0)
    assert 0.75 * whole <= delay(attempts, spread) <= whole <= LONGEST


@given(attempts=st.integers(min_value=0, max_value=100), spread=st.floats(min_value=0, max_value=1))
def test_a_later_attempt_never_waits_less(attempts, spread):
    assert delay(attempts, spread) <= delay(attempts + 1, spread)
