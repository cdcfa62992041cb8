"""What the settings refuse, in a sentence each that names the setting, and what they never give away."""

import pytest

from bot.settings import Settings, SettingsFault, read_settings

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-a-secret-of-the-bot",
    "SLACK_APP_TOKEN": "xapp-a-secret-of-the-app",
    "SLACK_SIGNING_SECRET": "a-secret-that-signs,another-that-signed",
    "SIGNOFF_SIGNING_KEY": "YS1zZWNyZXQtc2VlZC1vZi10aGlydHktdHdvLWJ5dGU=",
}
LEAST = {"SLACK_BOT_TOKEN": SECRETS["SLACK_BOT_TOKEN"], "SLACK_APP_TOKEN": SECRETS["SLACK_APP_TOKEN"]}


@pytest.fixture
def environ(monkeypatch):
    """Sets the environment to these settings and no others."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def given(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return given


def fault_of(environ, **values):
    environ(**{**LEAST, **values})
    with pytest.raises(SettingsFault) as fault:
        read_settings(None)
    return str(fault.value)


def test_with_the_least_there_is_everything_else_has_its_default(environ):
    environ(**LEAST)
    settings = read_settings(None)
    assert settings.socket_mode
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.signoff_host, settings.signoff_port) == ("127.0.0.1", 8080)
    assert (settings.signoff_card_mismatch, settings.signoff_sweep) == ("record", "on")


@pytest.mark.parametrize(
    ("given", "issuer"),
    [
        ("", None),
        ("https://signoff.example.com/", "https://signoff.example.com"),
        ("http://signoff.internal:8080/at", "http://signoff.internal:8080/at"),
    ],
)
def test_the_address_is_taken_without_a_stroke_at_its_end(environ, given, issuer):
    environ(**LEAST, SIGNOFF_URL=given)
    assert read_settings(None).signoff_url == issuer


@pytest.mark.parametrize(
    ("url", "port", "other"),
    [
        ("http://127.0.0.1:80", "8080", "80"),
        ("http://localhost", "8080", "80"),
        ("https://[::1]:8443", "8080", "8443"),
        ("http://127.0.0.1:8080", "8080", None),
        ("https://signoff.example.com", "8080", None),
        ("http://127.0.0.1:80", "0", None),
        ("", "8080", None),
    ],
)
def test_a_port_of_this_machine_that_the_bot_does_not_open_is_noticed(environ, url, port, other):
    environ(**LEAST, SIGNOFF_URL=url, SIGNOFF_PORT=port)
    said = read_settings(None).other_port
    assert (said is None) if other is None else (f"set SIGNOFF_PORT={other}." in said)


def test_an_empty_token_is_called_empty_and_a_port_that_is_none_is_told(environ):
    assert fault_of(environ, SLACK_BOT_TOKEN="").startswith("SLACK_BOT_TOKEN is empty: ")
    for port in ("99999", "http"):
        said = fault_of(environ, SLACK_BOT_TOKEN="xoxb-1", SIGNOFF_URL=f"http://127.0.0.1:{port}")
        assert said == "SIGNOFF_URL has no port that exists: write it as http://127.0.0.1:8080"


def test_without_the_app_token_the_signing_secret_means_http_mode(environ):
    environ(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=" one , two ")
    settings = read_settings(None)
    assert not settings.socket_mode
    assert [each.get_secret_value() for each in settings.slack_signing_secret] == ["one", "two"]


def test_with_nothing_set_the_missing_one_is_named_with_where_to_put_it(environ):
    with pytest.raises(SettingsFault) as fault:
        read_settings(None)
    assert str(fault.value).splitlines()[0].startswith("SLACK_BOT_TOKEN is missing. Put it into .env;")


@pytest.mark.parametrize("empty", [{}, {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": " , "}])
def test_without_a_way_for_clicks_to_arrive_it_does_not_start(environ, empty):
    environ(SLACK_BOT_TOKEN="xoxb-1", **empty)
    with pytest.raises(SettingsFault, match=r"SLACK_APP_TOKEN is missing.* SLACK_SIGNING_SECRET is needed"):
        read_settings(None)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-of-a-person", "xoxb-"),
        ("SLACK_BOT_TOKEN", "", "xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-not-this-one", "xapp-"),
        ("SLACK_API_URL", "http://slack.example.com/api/", "https"),
        ("SLACK_API_URL", "http://127.0.0.1.example.com/api/", "https"),
        ("SLACK_API_URL", "ftp://slack.com", "https"),
        ("SIGNOFF_HOST", "example.com", "IPv4 or IPv6"),
        ("SIGNOFF_PORT", "eighty", "integer"),
        ("SIGNOFF_URL", "signoff.example.com", "must begin with https://"),
        ("SIGNOFF_URL", "ftp://signoff.example.com", "must begin with https://"),
        ("SIGNOFF_URL", "https://", "must begin with https://"),
        ("SIGNOFF_URL", "https://me:secret@signoff.example.com", "must begin with https://"),
        ("SIGNOFF_URL", "https://signoff.example.com/?a=b", "must begin with https://"),
        ("SIGNOFF_URL", "https://signoff.example.com/#top", "must begin with https://"),
        ("SIGNOFF_URL", "https://signoff.exa mple.com", "must begin with https://"),
        ("SIGNOFF_URL", "https://signoff.example.com:seventy", "SIGNOFF_URL"),
        ("SIGNOFF_PORT", "65536", "65535"),
        ("SIGNOFF_PORT", "-1", "0"),
        ("SIGNOFF_CARD_MISMATCH", "ignore", "'record' or 'refuse'"),
        ("SIGNOFF_SWEEP", "no", "'on' or 'off'"),
        ("SIGNOFF_LOG", "xml", "'pretty' or 'json'"),
    ],
)
def test_a_wrong_value_is_refused_in_a_line_that_names_the_setting_and_what_it_may_be(environ, name, value, said):
    (line,) = fault_of(environ, **{name: value}).splitlines()
    assert line.startswith(f"{name} ")
    assert said in line


def test_several_wrong_values_are_all_told_at_once(environ):
    lines = fault_of(environ, SIGNOFF_PORT="eighty", SIGNOFF_SWEEP="maybe", SLACK_BOT_TOKEN="nope").splitlines()
    assert sorted(line.split(" ")[0] for line in lines) == ["SIGNOFF_PORT", "SIGNOFF_SWEEP", "SLACK_BOT_TOKEN"]


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_wrong_secret_is_not_repeated_in_the_message(environ, name):
    assert "hunter2" not in fault_of(environ, **{name: "hunter2-in-the-wrong-place"})


def test_no_secret_shows_in_what_is_printed_of_the_settings(environ):
    environ(**SECRETS)
    settings = read_settings(None)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    for secret in ("bot", "app", "that-signs", "that-signed"):
        assert f"secret-of-the-{secret}" not in shown
        assert secret not in shown or secret in ("bot", "app")
    assert SECRETS["SIGNOFF_SIGNING_KEY"] not in shown


def test_the_environment_wins_over_the_file(environ, tmp_path):
    file = tmp_path / ".env"
    file.write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN=xapp-file\nSIGNOFF_PORT=1\n", encoding="utf-8")
    environ(SIGNOFF_PORT="2")
    settings = read_settings(file)
    assert settings.signoff_port == 2
    assert settings.slack_bot_token.get_secret_value() == "xoxb-file"


def test_empty_values_as_in_the_example_file_count_as_absent(environ, tmp_path):
    file = tmp_path / ".env"
    lines = ["SLACK_BOT_TOKEN=xoxb-1", "SLACK_APP_TOKEN=xapp-1", "SLACK_SIGNING_SECRET=", "SIGNOFF_SIGNING_KEY="]
    file.write_text("\n".join([*lines, "SIGNOFF_LOG="]), encoding="utf-8")
    settings = read_settings(file)
    assert (settings.slack_signing_secret, settings.signoff_signing_key, settings.signoff_log) == ((), None, None)


@pytest.mark.parametrize("content", [b"SLACK_BOT_TOKEN=\xff\xfe", None], ids=["not UTF-8", "a folder"])
def test_a_file_that_cannot_be_read_is_a_sentence_too(environ, tmp_path, content):
    file = tmp_path / ".env"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    environ(**LEAST)
    with pytest.raises(SettingsFault, match=r"\.env cannot be read"):
        read_settings(file)
