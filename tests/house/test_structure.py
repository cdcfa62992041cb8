"""The script that prints the structure counts what it says, on small trees where anybody can count it too."""

import pytest

from tests.house.graph import Checkout, circles, contracted, floors, within
from tests.house.structure import homonyms, lines, printed, rooms
from tests.house.tree import ROOT


@pytest.fixture
def checkout(tmp_path):
    files = {
        "approvals/__init__.py": '"""Rules."""\n',
        "approvals/proposal.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from approvals.gate import Gate\n",
        "approvals/gate.py": "def opened():\n    from approvals.proposal import Proposal\n\n\ndef told(): ...\n",
        "approvals/moves.py": "import approvals.gate\n\n\nclass Place:\n    def told(self): ...\n",
        "bot/slack/words/cards.py": "def told(): ...\n",
        "bot/slack/cards.py": "from bot.slack.words import cards\n\n\ndef _place(): ...\n",
        "bot/slack/app.py": "from bot.slack import cards\nfrom approvals import moves\n\n\nclass Place: ...\n",
        "sandbox/page.py": "class Place: ...\n",
        "storage/sql/cards.sql": "SELECT 1;\n",
        "tests/test_app.py": "\n\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Checkout(tmp_path)


def test_a_package_that_only_says_what_it_is_is_no_module(checkout):
    assert "approvals/__init__.py" not in checkout.sources
    assert len(checkout.sources) == 7


def test_every_import_counts_also_for_types_and_in_functions(checkout):
    assert checkout.graph["approvals/proposal.py"] == {"approvals/gate.py"}
    assert checkout.graph["approvals/gate.py"] == {"approvals/proposal.py"}
    assert checkout.graph["approvals/moves.py"] == {"approvals/gate.py"}
    assert checkout.graph["bot/slack/app.py"] == {"bot/slack/cards.py", "approvals/moves.py"}


def test_those_who_need_each_other_are_one_circle_and_one_floor(checkout):
    assert circles(checkout.graph) == (("approvals/gate.py", "approvals/proposal.py"),)
    assert floors(within(checkout.graph, [name for name in checkout.graph if name.startswith("approvals/")])) == 2


def test_a_room_stands_on_as_many_floors_as_its_longest_way_down():
    ladder = {"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset("d"), "d": frozenset()}
    assert floors(ladder) == 4
    assert floors({**ladder, "d": frozenset("b")}) == 2
    assert floors({}) == 0


def test_what_a_package_needs_of_itself_is_no_floor():
    graph = {"cards/card.py": frozenset({"cards/title.py"}), "cards/title.py": frozenset({"text.py"})}
    parts = contracted({**graph, "text.py": frozenset()}, {**dict.fromkeys(graph, "cards"), "text.py": "text"})
    assert parts == {"cards": {"text"}, "text": frozenset()}
    assert floors(parts) == 2


def test_a_circle_of_packages_is_seen_though_no_module_is_in_one():
    names = {"cards/card.py": "cards", "cards/title.py": "cards", "forms/edit.py": "forms"}
    graph = {"cards/card.py": frozenset({"forms/edit.py"}), "forms/edit.py": frozenset({"cards/title.py"})}
    graph["cards/title.py"] = frozenset()
    assert circles(graph) == ()
    assert circles(contracted(graph, names)) == (("cards", "forms"),)


def test_rooms_have_their_modules_lengths_and_floors(checkout):
    found = rooms(checkout)
    assert list(found) == ["approvals", "bot/slack", "sandbox"]
    assert (found["approvals"]["modules"], found["approvals"]["max"]) == (3, 5)
    assert (found["bot/slack"]["floors"], found["bot/slack"]["parts"]) == (3, 3)
    assert found["bot/slack"]["floors_of_parts"] == 3


def test_a_word_has_two_meanings_where_two_modules_of_the_bot_define_it_in_public(checkout):
    assert homonyms(checkout) == {
        "Place": ["approvals/moves.py", "bot/slack/app.py"],
        "told": ["approvals/gate.py", "bot/slack/words/cards.py"],
    }


def test_lines_are_counted_by_what_they_are_for(checkout):
    counted = lines(checkout)
    assert (counted["sql"], counted["tests"]) == (1, 2)
    assert counted["python"] == sum(len(text.splitlines()) for text in checkout.sources.values()) + 1


def test_all_of_it_is_printed(checkout):
    found = {
        "rooms": rooms(checkout),
        "circles": [],
        "homonyms": {},
        "lines": lines(checkout),
        "passed_through": ["bot/a.py"],
    }
    said = list(printed(found))
    assert "files that a proposal passes through: 1" in said
    assert "words with more than one meaning: 0" in said


def test_no_imports_go_in_circles_anywhere_also_none_for_types():
    assert circles(Checkout(ROOT).graph) == ()
