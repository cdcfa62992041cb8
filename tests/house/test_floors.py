"""Every room stands on floors: imports only go down, none goes round, and the picture in the docs is the one of today."""

from tests.house.floors import FLOORS, PAGE, drawn, page, parts, sub_packages
from tests.house.graph import Checkout, circles, reached
from tests.house.over import of_every
from tests.house.tree import ROOMS, ROOT

HERE = Checkout(ROOT)
SPLIT = [room for room in (*ROOMS, "bot/slack", "bot/api", "bot/cli") if sub_packages(HERE, room)]


def upwards(graph, floors):
    """Who needs something of their own floor or of one above: pairs, the needy first."""
    height = {name: number for number, floor in enumerate(floors) for name in floor.split()}
    return {
        (name, other)
        for name in height
        for other in reached(graph, name) & height.keys() - {name}
        if height[other] >= height[name]
    }


@of_every(SPLIT)
def test_every_sub_package_has_its_floor(room):
    listed = [name for floor in FLOORS.get(room, ()) for name in floor.split()]
    assert len(listed) == len(set(listed))
    assert sub_packages(HERE, room) <= set(listed) <= parts(HERE, room).keys(), f"name it in FLOORS for {room}"


@of_every(FLOORS)
def test_imports_only_go_down(room):
    assert upwards(parts(HERE, room), FLOORS[room]) == set()


@of_every(SPLIT)
def test_no_part_of_a_room_goes_round(room):
    assert circles(parts(HERE, room)) == ()


def test_the_picture_in_the_docs_is_the_one_of_the_imports():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.house.floors"


def test_whoever_needs_what_is_above_or_beside_is_seen_also_through_others():
    graph = {"app": {"cards"}, "cards": {"text"}, "forms": {"loose"}, "loose": {"cards"}, "text": set()}
    graph = {name: frozenset(needed) for name, needed in graph.items()}
    assert upwards(graph, ("text", "cards", "forms", "app")) == set()
    assert upwards(graph, ("text", "cards forms", "app")) == {("forms", "cards")}
    assert upwards(graph, ("text", "forms", "cards", "app")) == {("forms", "cards")}


def test_a_picture_leaves_out_the_arrows_that_others_lead_round_to():
    graph = {"app": frozenset({"cards", "text"}), "cards": frozenset({"text"}), "text": frozenset()}
    assert drawn(graph, ["text", "cards", "app"]) == "flowchart TD\n    app --> cards\n    cards --> text\n    text"
