"""How fast a channel is posted to."""

from bot.slack.outbound.keeper import BURST, Pace


def test_a_quiet_channel_takes_a_short_burst_and_then_one_message_a_second():
    pace = Pace()
    assert [pace.posted("C0SUPPORT", 100.0) for _ in range(BURST + 3)] == [0.0] * BURST + [1.0, 2.0, 3.0]


def test_what_was_posted_is_forgotten_at_one_message_a_second():
    pace = Pace()
    for _ in range(BURST):
        pace.posted("C0SUPPORT", 100.0)
    assert pace.posted("C0SUPPORT", 101.0) == 0.0
    assert pace.posted("C0SUPPORT", 101.5) == 0.5


def test_each_channel_has_its_own_pace():
    pace = Pace()
    for _ in range(BURST + 5):
        pace.posted("C0SUPPORT", 100.0)
    assert pace.posted("C0FINANCE", 100.0) == 0.0
