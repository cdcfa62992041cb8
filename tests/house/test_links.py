"""What a page points to is there: pages, headings, pictures, and every module, folder and test that it names by path."""

import re
from pathlib import Path

from tests.house.over import of_every
from tests.house.tree import ROOMS, ROOT, texts

LEFT_OUT = {
    Path("CHANGELOG.md"): "tells of what was, and that may be gone",
    Path("policy/reference.md"): "a part of docs/reference/policy.md, where its links lead",
}
PAGES = {path: text for path, text in texts().items() if path.suffix == ".md" and path not in LEFT_OUT}
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(rf"`((?:{'|'.join((*ROOMS, 'tests', 'docs', 'examples', 'bench', 'locks'))})/[\w./*{{}}-]*)`")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def prose(text):
    """Without the blocks of code, in which brackets mean something else."""
    return FENCED.sub("", text)


def anchors(text):
    """What a link may name after `#`, as GitHub makes it of the headings."""
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(prose(text))
    }


def astray(page, text):
    """The links of a page to files or headings that are not there."""
    for target in LINK.findall(prose(text)):
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            path = Path(ROOT / page).parent / name if name else ROOT / page
            there = path.exists() and (not anchor or anchor in anchors(path.read_text(encoding="utf-8")))
            if not there:
                yield target


def nowhere(text):
    """The paths in code spans that name nothing; in the last part a star stands for what it would in a shell."""
    return [named for named in NAMED.findall(prose(text)) if not list(ROOT.glob(named.rstrip("/")))]


@of_every(PAGES)
def test_every_link_leads_somewhere(page):
    assert list(astray(page, PAGES[page])) == []


@of_every(PAGES)
def test_every_path_that_a_page_names_is_there(page):
    assert nowhere(PAGES[page]) == []


@of_every(PAGES)
def test_every_command_that_a_page_names_is_there(page):
    programs = [name.replace(".", "/") for name in re.findall(r"`python -m ([\w.]+)", PAGES[page])]
    missing = [name for name in programs if not is_program(name)]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert missing + sorted(set(re.findall(r"`make ([a-z-]+)", PAGES[page])) - targets) == []


def is_program(name):
    return any(path.is_file() for path in (ROOT / f"{name}.py", ROOT / name / "__main__.py"))


def test_a_link_that_leads_nowhere_is_seen():
    page = Path("docs/x.md")
    assert (
        list(astray(page, "[a](glossary.md) [b](../README.md#what-the-policy-says) [c](https://example.com/x)")) == []
    )
    assert list(astray(page, "[a](no.md) [b](../README.md#no)")) == ["no.md", "../README.md#no"]


def test_a_path_that_names_nothing_is_seen():
    assert nowhere("`approvals/digest.py`, `tests/house/`, `docs/decisions/*.md` and `approvals/no.py`") == [
        "approvals/no.py"
    ]
