"""What a list is asked for."""

from dataclasses import replace

import pytest

from approvals.paging import ALL, Cursor, Listed


@pytest.mark.parametrize("name", ["agent", "action", "role", "by", "status", "since"])
def test_all_narrows_nothing(name):
    assert getattr(ALL, name) is None
    assert replace(ALL, **{name: "x"}) != ALL


def test_a_page_alone_leads_nowhere_and_a_place_asks_for_what_follows():
    page = Listed(proposals=[], total=0)
    assert (page.first, page.before, page.after, page.damaged) == (1, None, None, ())
    assert not Cursor(rank=0, key=1, id="prp_1").before
