"""T31: no proposal, whatever it is made of, makes work that grows faster than it does, or that the loop waits for.

Time is that of the thread's own work, and it is held against the same work on an eighth of the same shape in the same
run: a slow or busy machine makes both slow. A search over all shapes with its figures: `python -m bench.worst`.
"""

import pytest

from tests.threats.heavy import BYTES, SHAPES, SURFACES, cost

PART = 8
STEEPER = 3.5
"""How much more than in proportion it may take: what is squared takes eight times more."""
LARGE = BYTES // 2
"""Bytes. What is squared takes a quarter of what it takes on the largest, and shows as well."""
NEGLIGIBLE = 0.03
"""Seconds below which nobody can tell how work grows: what is squared takes 0.12 s on the largest."""
TRIES = 3


TELLING = (
    *(shape for shape in SHAPES if shape.startswith("payload of ")),
    "text of letters with marks",
    "preview of tabs",
    "edit of fields",
    "edit of texts",
    "edit of text of words",
    "preview of alternating lines",
    "edit of an alternating list",
    "preview of lines shuffled of 100000 kinds",
    "edit of a list shuffled of 1000 kinds",
    "many edited texts",
    "redacted words",
    "redacted beginnings",
)
"""One of each kind; the search goes over all of them."""


@pytest.mark.parametrize("shape", TELLING)
def test_the_work_of_no_surface_grows_faster_than_what_it_shows(shape):
    whole, part = SHAPES[shape](LARGE), SHAPES[shape](LARGE // PART)
    steep = list(SURFACES)
    for _ in range(TRIES):  # a disturbance is no growth: only what is steep each time is
        steep = [each for each in steep if _steep(each, whole, part)]
        if not steep:
            return
    pytest.fail(f"{shape}: {', '.join(steep)} takes more than in proportion")


def _steep(surface, whole, part):
    taken = cost(surface, whole)
    return taken > NEGLIGIBLE and taken > PART * STEEPER * cost(surface, part)
