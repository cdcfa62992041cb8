"""Settings, from the environment or `.env`. A wrong one stops the start with a sentence."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from approvals.callback_networks import networks_of

ENV_FILE = Path(".env")


Kept = TypeVar("Kept", bound="StoreSettings")


class SettingsFault(Exception):
    """Settings that cannot work: one line for each."""


class StoreSettings(BaseSettings):
    """Where things are kept: enough for commands that only read the database."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True)

    signoff_database_url: str = Field(default="sqlite:///var/signoff.db", repr=False)  # it may hold a password
    signoff_signing_key: SecretStr | None = None
    """Ed25519 seed, 32 bytes in base64; absent: kept in a file beside the SQLite database."""
    signoff_checkpoints: str = ""
    """The file that checkpoints of the audit log are appended to; `off` for none; empty: beside the SQLite database."""

    @field_validator("signoff_signing_key", mode="before")
    @classmethod
    def _empty_is_no_key(cls, value: object) -> object:
        return None if value == "" else value


class LocalSettings(StoreSettings):
    """What is on this machine: enough to look at it all before anything of Slack is known."""

    signoff_policy: Path = Path("policy.yml")
    signoff_backups: str = ""
    """The folder in which `signoff backup` makes backups, and `signoff doctor` looks for them; empty: none is known."""


class Settings(LocalSettings):
    """The names in capitals are those of the environment."""

    slack_bot_token: SecretStr
    """`xoxb-…`, from the app's OAuth page."""
    slack_app_token: SecretStr | None = None
    """`xapp-…` with `connections:write`: Socket Mode, no public address needed."""
    slack_signing_secret: Annotated[tuple[SecretStr, ...], NoDecode] = Field(default=(), validate_default=True)
    """HTTP mode, when there is no app token; two separated by a comma while rotating."""
    slack_api_url: str = "https://slack.com/api/"
    signoff_host: str = "127.0.0.1"
    signoff_port: int = Field(default=8080, ge=0, le=65535)
    signoff_url: str | None = None
    """Where agents reach us, and what permits and receipts name as their issuer; absent: the address we open."""
    signoff_private_callbacks: str = "no"
    """Networks that callbacks may reach although they are not public, and without TLS: CIDRs separated by commas."""
    signoff_checkpoints_every: int = Field(default=3600, ge=1, le=86400)
    """Seconds between two checkpoints, where anything was added to the log."""
    signoff_checkpoints_channel: str | None = None
    """The channel in Slack that each checkpoint is posted to as well, by its id."""
    signoff_otel: Literal["on", "off"] = "off"
    """Whether the audit log is exported to a collector of OpenTelemetry, which OTEL_… name."""
    signoff_card_mismatch: Literal["record", "refuse"] = "record"
    signoff_sweep: Literal["on", "off"] = "on"
    signoff_log: Literal["pretty", "json"] | None = None

    @field_validator("slack_app_token", "signoff_url", "signoff_log", "signoff_checkpoints_channel", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("slack_signing_secret", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(SecretStr(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            raise ValueError("is empty: the app's bot token begins with xoxb- (Slack app, page OAuth & Permissions)")
        if not value.get_secret_value().startswith("xoxb-"):
            raise ValueError("must be a bot token, it begins with xoxb- (Slack app, page OAuth & Permissions)")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("must be an app-level token, it begins with xapp- (Slack app, page Basic Information)")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        parts = urlsplit(value)
        near = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        if not parts.hostname or parts.username is not None or not (near or parts.scheme == "https"):
            raise ValueError("must be https, or http on this machine, without a name or password in it")
        return value.rstrip("/") + "/"

    @field_validator("signoff_url")
    @classmethod
    def _issuer(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        try:
            parts.port  # noqa: B018 it is looked at only when asked for
        except ValueError:
            raise ValueError("has no port that exists: write it as http://127.0.0.1:8080") from None
        beside = parts.username is not None or parts.query or parts.fragment or re.search(r"[\s\x00-\x1f]", value)
        if parts.scheme not in ("http", "https") or not parts.hostname or beside or parts.port == 0:
            raise ValueError("must begin with https:// (or http://), without a name, a password, ? or # in it")
        return value.rstrip("/")

    @field_validator("signoff_checkpoints_channel")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[CG][A-Z0-9]{2,}", value):
            raise ValueError(
                "must be the id of a channel, it begins with C (the channel's details in Slack, at the end)"
            )
        return value

    @field_validator("signoff_host")
    @classmethod
    def _host(cls, value: str) -> str:
        if value != "localhost":
            ipaddress.ip_address(value)
        return value

    @field_validator("signoff_private_callbacks")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _one_way_in(cls, value: tuple[SecretStr, ...], known: ValidationInfo) -> tuple[SecretStr, ...]:
        if not value and known.data.get("slack_app_token", ...) is None:
            raise ValueError(
                "SLACK_APP_TOKEN is missing: with it clicks come through a socket (Socket Mode; Slack app, page Basic "
                "Information). Without it SLACK_SIGNING_SECRET is needed (HTTP mode); with neither, no click arrives."
            )
        return value

    @property
    def other_port(self) -> str | None:
        """That agents are sent to a port of this machine that we do not open, a sentence; None where all is well."""
        named = urlsplit(self.signoff_url or "")
        own = named.hostname in ("127.0.0.1", "localhost", "::1")
        port = named.port or (443 if named.scheme == "https" else 80)
        if not own or self.signoff_port in (0, port):
            return None
        return (
            f"SIGNOFF_URL names port {port} of this machine, and the bot opens {self.signoff_port}. Unless something "
            f"stands between, set SIGNOFF_PORT={port}."
        )

    @property
    def socket_mode(self) -> bool:
        """Whether clicks come through a socket that we open."""
        return self.slack_app_token is not None


def read_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of this process; raises SettingsFault with a line a setting and what to do."""
    return _read(Settings, env_file)


def read_store_settings(env_file: Path = ENV_FILE) -> StoreSettings:
    """Those of the store alone; raises SettingsFault as `read_settings` does."""
    return _read(StoreSettings, env_file)


def read_local_settings(env_file: Path = ENV_FILE) -> LocalSettings:
    """Those of what is on this machine; raises SettingsFault as `read_settings` does."""
    return _read(LocalSettings, env_file)


def require_readable(env_file: Path) -> None:
    """Raises SettingsFault for a file that cannot be read, or is not there though somebody named it."""
    try:
        if env_file.exists():
            env_file.read_text(encoding="utf-8")
        elif env_file != ENV_FILE:
            raise SettingsFault(f"{env_file} is not there. Name the file with the settings; .env.example shows one.")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsFault(f"{env_file} cannot be read: {why}. It is a text file like .env.example.") from None


def _read(kind: type[Kept], env_file: Path | None) -> Kept:
    if env_file is not None:
        require_readable(env_file)
    try:
        return kind(_env_file=env_file if env_file is not None and env_file.exists() else None)
    except ValidationError as error:
        lines = [_line(fault["loc"], fault["msg"]) for fault in error.errors()]
        if env_file == ENV_FILE and not env_file.exists():
            lines.append(
                f"There is no .env in {Path.cwd()}. `signoff init` writes one; go to its folder, or run it here."
            )
        raise SettingsFault("\n".join(lines)) from None


def _line(where: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    name = str(where[0]).upper()
    if said.startswith("SLACK_"):
        return said
    if said == "Field required":
        return f"{name} is missing. Put it into .env; .env.example says where it comes from."
    return f"{name} {said[0].lower()}{said[1:]}"
