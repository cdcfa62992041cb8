"""JSON over several lines is what the standard library writes, in a fraction of its time."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blockkit.text import indented

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(VALUES)
def test_a_value_is_written_as_the_standard_library_writes_it(value):
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)
