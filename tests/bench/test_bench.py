"""The benchmarks run, in their smallest form; how fast anything is, no test says."""

import json

from bench import submits
from bench.__main__ import main
from bench.figures import Run

SMALLEST = ("--rounds", "1", "--seconds", "0.1", "--connections", "1")


def measured(folder, *words):
    """The run that the words make, as it is kept."""
    kept = folder / "run.json"
    assert main([*words, *SMALLEST, "--json", str(kept)]) == 0
    return Run.from_json(json.loads(kept.read_text(encoding="utf-8")))


def test_the_bot_takes_the_load_beside_each_baseline(tmp_path):
    (section,) = measured(tmp_path, "submits", "--tiers", "auto,card,batch").sections
    signoff = [f"Signoff, {tier}" for tier in ("auto", "card", "batch")]
    assert [each.name for each in section.series] == [*submits.BASELINES.values(), *signoff]
    assert all(each.rounds[0]["rate"] > 0 for each in section.series)
    assert [each.remarks for each in section.series] == [[]] * 6
    by_hand = section.of(submits.BESIDE, "1 connection")
    auto = section.of("Signoff, auto", "1 connection")
    assert section.ratios(auto, "rate") == [auto.median("rate") / by_hand.median("rate")]
    assert section.ratios(by_hand, "rate") == []
