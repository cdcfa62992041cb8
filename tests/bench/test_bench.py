"""The benchmarks run, in their smallest form; how fast anything is, no test says."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bench import past, sections, submits, testbed
from bench.__main__ import main
from bench.extent import Extent
from bench.figures import Run, Section, shown

SMALLEST = Extent(
    rounds=1,
    seconds=0.1,
    warm_up=0.0,
    connections=(1,),
    clicks=1,
    waiting=(2,),
    past=(10, 20),
    past_rounds=1,
    pending=2,
    agents=2,
    starts=1,
    burst=90,
    rules=100,
    longest=600,
)
PAST = [
    *(
        "start",
        "memory at rest",
        past.BY_HAND,
        "/approvals",
        "/approvals all",
        "/approvals mine",
        "/approvals history",
    ),
    *("/approvals stats", "/approvals stats 90d", "home", "GET /v1/proposals"),
    *("GET /v1/proposals?status=pending", "submit by whose past it is"),
    *("submit, auto, 1 connection", "submit, card, 1 connection"),
]
"""What is asked of a long past."""
SERIES = {
    "submits": [*submits.BASELINES.values(), "Signoff, auto", "Signoff, card", "Signoff, batch"],
    "server": [
        "by hand on PostgreSQL, a transaction each",
        *("Signoff, auto", "Signoff, card", "commit → heard in another process"),
    ],
    "clicks": [
        *("click → acknowledgement, by hand", "click → agent, by hand"),
        *("click → acknowledgement, Signoff", "click → agent, Signoff"),
    ],
    "commits": ["GET of a proposal", "commit → agent, Signoff"],
    "past": PAST,
    "server_past": PAST,
    "footprint": ["memory, Signoff", "memory, by hand", "start, by hand", "start, Signoff"],
    "burst": [
        *("all of them taken, by hand", "all of them taken, Signoff"),
        *("first summary seen, Signoff", "all of them seen, Signoff"),
    ],
    "judging": ["pydantic, the same body", "one proposal"],
}
"""What each section measures."""
TABLES = ("proposals", "audit")


def measured(folder, *words):
    """The run that the words make, as it is kept."""
    kept = folder / "run.json"
    assert main([*words, "--folder", str(folder), "--json", str(kept)], extent=SMALLEST) == 0
    return Run.from_json(json.loads(kept.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", sections.ALL)
def test_each_section_measures_all_that_it_names_and_holds_it_against_a_baseline(tmp_path, name):
    (section,) = measured(tmp_path, name).sections
    assert list(dict.fromkeys(each.name for each in section.series)) == SERIES[name]
    figures = [figure for each in section.series for made in each.rounds for figure in made.items()]
    assert [name for name, figure in figures if figure <= 0 and name != "cpu"] == []  # a tick of the CPU is long
    assert [each.remarks for each in section.series if each.remarks] == []
    held = [each for each in section.series if each.beside is not None]
    assert held
    assert all(len(section.ratios(each, each.measures[0])) >= 1 for each in held)


def test_a_ratio_is_to_the_baseline_of_the_same_round():
    section = Section(name="submits", load=0.0)
    for by_hand, ours in ((100, 50), (1000, 600), (200, 180)):
        section.note("by hand", "1 connection", {"rate": by_hand})
        section.note("ours", "1 connection", {"rate": ours}, ("by hand", "1 connection"))
    assert section.ratios(section.of("ours", "1 connection"), "rate") == [0.5, 0.6, 0.9]
    assert section.ratios(section.of("by hand", "1 connection"), "rate") == []


def test_the_page_is_made_from_figures_that_were_kept(tmp_path):
    run = measured(tmp_path, "judging")
    made = tmp_path / "performance.md"
    assert main(["--page-of", str(tmp_path / "run.json"), "--page", str(made)]) == 0
    written = made.read_text(encoding="utf-8")
    (section,) = run.sections
    for each in section.series:
        assert f"| {each.name} | {each.at} | {shown('p50', each.median('p50'))} | " in written
    assert run.began in written


def test_a_section_that_cannot_be_measured_says_so_and_keeps_no_other_from_it(tmp_path):
    kept = tmp_path / "run.json"
    impatient = replace(SMALLEST, longest=0.01)
    words = ["submits", "judging", "--folder", str(tmp_path), "--json", str(kept)]
    assert main(words, extent=impatient) == 1
    submitted, judged = Run.from_json(json.loads(kept.read_text(encoding="utf-8"))).sections
    assert "left as it was" in submitted.fault
    assert (judged.fault, len(judged.series)) == ("", 3)


async def test_an_answer_that_is_no_201_is_in_no_figure_and_makes_them_doubtful(tmp_path):
    bed = testbed.Testbed(folder=tmp_path)
    async with bed.baseline("no_store") as service:
        bed.tokens = {**bed.tokens, "stranger": "a token that nobody knows"}
        answers = await bed.load(service, submits.body("auto"), 1, 0.5, 0.0)
    assert answers.other.keys() == {"401"}
    assert answers.count + answers.other["401"] <= answers.next
    assert "401" in answers.remark


async def test_a_load_that_is_refused_altogether_is_no_figure(tmp_path):
    bed = testbed.Testbed(folder=tmp_path)
    async with bed.baseline("no_store") as service:
        bed.tokens = {"stranger": "a token that nobody knows"}
        with pytest.raises(testbed.NotReady, match="no 201"):
            await bed.load(service, submits.body("auto"), 1, 0.1, 0.0)


@pytest.mark.parametrize("module", submits.BASELINES)
async def test_a_baseline_checks_what_it_is_sent(tmp_path, module):
    bed = testbed.Testbed(folder=tmp_path)
    async with bed.baseline(module) as service:
        with pytest.raises(testbed.NotReady, match="422"):
            await bed.load(service, '{"action": "refund.create", "payload": {}}', 1, 0.1, 0.0)


async def test_a_baseline_that_commits_has_on_the_disk_what_it_answered(tmp_path):
    bed = testbed.Testbed(folder=tmp_path)
    for module in ("by_hand", "group_commit"):
        async with bed.baseline(module) as service:
            answers = await bed.load(service, submits.body("auto"), 4, 0.1, 0.0)
            (file,) = tmp_path.glob(f"{module}-*/baseline.db")
            with closing(sqlite3.connect(file)) as database:
                rows, lines = (database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)
        assert rows == lines == answers.next
        bed.sent = 0


async def test_a_process_of_the_testbed_ends_with_its_block(tmp_path):
    bed = testbed.Testbed(folder=tmp_path)
    async with bed.baseline("no_store") as service:
        assert service.running.returncode is None
    assert service.running.returncode is not None
