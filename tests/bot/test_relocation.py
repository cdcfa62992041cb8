"""How far a copy is, as it is said."""

from bot.cli.relocation import OFTEN, Progress


def test_each_table_is_said_once_and_a_long_one_now_and_then_before():
    said, moments = [], iter(range(0, 1000, int(OFTEN)))
    progress = Progress(said.append, lambda: next(moments))
    for count in (0, 2000, 4000):
        progress("entries", count)
    progress("stream", 0)
    progress.end()
    assert said == ["entries: 2,000 so far", "entries: 4,000 so far", "entries: 4,000", "stream: 0"]


def test_what_is_copied_quickly_is_said_once():
    said = []
    progress = Progress(said.append, lambda: 0.0)
    for count in (0, 2000, 4000):
        progress("entries", count)
    progress.end()
    assert said == ["entries: 4,000"]
