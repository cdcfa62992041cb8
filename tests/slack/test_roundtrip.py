"""Ordinary text that went through an input of Slack's and was left alone is the text that it was, byte for byte."""

import re
import unicodedata

import pytest

from bot.slack.blockkit.emoji import EMOJI
from bot.slack.forms.input_text import restored, untouched
from tests.slack.texts import ORDINARY


def through_slack(text):
    """The text after all that an input may make of it: composed letters, plain blanks, codes for emoji, trimmed ends."""
    plain = re.sub("[\u00a0\u202f\u2007\u2009\u3000]", " ", re.sub(EMOJI, ":some_emoji:", text))
    return unicodedata.normalize("NFC", plain).strip()


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_text_comes_back_as_it_was(text):
    assert untouched(text, through_slack(text))
    assert restored(text, through_slack(text)) == text


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_a_word_that_somebody_adds_leaves_the_rest_as_it_was(text):
    assert restored(f"{text}\nsend", through_slack(text) + "\nsend it now") == f"{text}\nsend it now"
    assert not untouched(text, through_slack(text) + " it now")


def test_another_letter_is_a_change_however_alike_it_looks():
    assert not untouched("hafen", "h\u0430fen")
    assert not untouched("Mu\u0308ller", "Muller")
    assert not untouched("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u062e")
    assert restored("Mu\u0308ller a", "Müller b") == "Mu\u0308ller b"
