"""Each decision has its number, its day and its four parts, and stands in the index."""

import re

from tests.house.over import of_every
from tests.house.tree import ROOT

INDEX = ROOT / "docs" / "decisions" / "README.md"
PAGES = sorted(INDEX.parent.glob("0*.md"))
PARTS = ["Context", "Alternatives", "Decision", "Consequences"]


def title_and_day(page):
    return re.match(r"# (.+)\n\n(\d{4}-\d\d-\d\d)\n", page.read_text(encoding="utf-8")).groups()


@of_every(PAGES)
def test_a_decision_says_what_else_could_have_been_done_and_what_follows(page):
    parts = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert parts[::2] == PARTS
    assert all(body.strip() for body in parts[1::2])


def test_they_are_numbered_without_a_gap_and_the_index_has_all_of_them():
    known = [(page.name, *title_and_day(page)) for page in PAGES]
    assert [title.split()[0] for _, title, _ in known] == [f"{number:04}" for number in range(1, len(PAGES) + 1)]
    listed = re.findall(
        r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \| (.+?) \|$", INDEX.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [(name, f"{number} {title}", day) for number, name, title, day in listed] == known
    assert known
