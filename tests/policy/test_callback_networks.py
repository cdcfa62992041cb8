"""A callback that could never arrive stops the start, as far as the file and the setting alone can tell."""

import pytest

from tests.policy.files import ENVIRON, agent, faults_with, policy_with


def entry(pattern):
    return agent(callbacks=[pattern], callback_secret_env="CALLBACK_SECRET")


def environ(private):
    return {**ENVIRON, "SIGNOFF_PRIVATE_CALLBACKS": private}


@pytest.mark.parametrize(
    ("pattern", "private"),
    [
        ("https://a.example/*", "no"),
        ("https://8.8.8.8/*", ""),
        ("https://100.64.1.2/*", "100.64.0.0/10"),
        ("http://100.64.1.2/*", "100.64.0.0/10"),
        ("http://agents.internal:8080/*", "192.168.0.0/16, 10.0.0.0/8"),
        ("http://localhost:8080/*", "127.0.0.0/8"),
        ("https://localhost/*", "::1/128"),
    ],
)
def test_what_may_be_reached_is_taken(tmp_path, pattern, private):
    policy = policy_with(tmp_path, agents=entry(pattern), environ=environ(private))
    assert policy.may_call_back("bot", pattern.replace("*", "1"))


@pytest.mark.parametrize(
    ("pattern", "private", "told"),
    [
        ("http://a.example/*", "no", "is not https"),
        ("http://100.64.1.2/*", "no", "is not https"),
        ("https://100.64.1.2/*", "no", "leads to an address out of reach"),
        ("https://127.0.0.1/*", "10.0.0.0/8", "leads to an address out of reach"),
        ("https://localhost/*", "no", "leads to an address out of reach"),
        ("https://agents.localhost/*", "no", "leads to an address out of reach"),
        ("http://8.8.8.8/*", "10.0.0.0/8", "leads to an address out of reach"),
        ("https://100.64.1.2/*", "all of them", "leads to an address out of reach"),
    ],
)
def test_what_may_not_be_reached_is_a_fault_at_the_pattern(tmp_path, pattern, private, told):
    (fault,) = faults_with(tmp_path, agents=entry(pattern), environ=environ(private))
    assert (fault.key, fault.message) == ("agents.bot.callbacks[0]", f"{pattern!r} {told}")


def test_without_an_environment_nothing_is_said_of_reach(tmp_path):
    assert policy_with(tmp_path, agents=entry("http://a.example/*"), environ=None).agents["bot"].callbacks
