"""What is written as YAML for people to edit is read back as it was, whatever it holds."""

from hypothesis import given, settings

from policy.file.yaml_file import Document, dump
from tests.approvals.test_digest import PAYLOADS
from tests.laws import examples


@given(PAYLOADS)
@settings(max_examples=examples(400))
def test_what_is_written_is_read_as_it_was(payload):
    assert Document("drills.yml", dump([{"payload": payload}]).encode()).value == [{"payload": payload}]


def test_the_order_stays_and_text_that_looks_like_something_else_stays_text():
    said = {"z": "yes", "a": "2026-11-01", "m": "0x10", "n": "null", "e": "", "l": "a\nb", "k": "<<", "t": "1e3"}
    read = Document("drills.yml", dump(said).encode()).value
    assert (list(read), read) == (list(said), said)
