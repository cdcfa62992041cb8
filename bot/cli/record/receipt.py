"""Receipt commands, `signoff receipt …`: make a receipt, and verify one."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.signing import PublicKeys

receipt_app = typer.Typer(help="Prove one proposal.", no_args_is_help=True)


@receipt_app.callback()
def _receipt() -> None:
    """Prove one proposal."""  # so that `verify` stays a command of its own


@receipt_app.command("verify")
def receipt_verify(
    receipt: Annotated[
        Path, typer.Argument(help="The receipt as JSON, from GET /v1/proposals/{id}/receipt; - reads it.")
    ],
    *,
    jwks: Annotated[str | None, typer.Option(help="The public keys: a file or an address.", metavar="FILE|URL")] = None,
    key: Annotated[str | None, typer.Option(help="One public key, as x of a JWK has it.")] = None,
    env_file: Annotated[
        Path, typer.Option(help="Settings of the bot whose key it is, where no other is named.")
    ] = Path(".env"),
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check a receipt without the bot: signature, digests, entries, and that the record is what they tell; 1 if not."""
    from bot.cli.record.verify_receipt import NoReceipt, check_receipt  # noqa: PLC0415 imports take a second; help must not

    try:
        text = sys.stdin.read() if str(receipt) == "-" else receipt.read_text(encoding="utf-8")
        examined = check_receipt(text, _keys(jwks, key, env_file))
    except (OSError, UnicodeDecodeError) as error:
        _wrong(f"{receipt} cannot be read: {error}")
    except NoReceipt as wrong:
        _wrong(str(wrong))
    said = json.dumps(examined.as_json(), indent=2, ensure_ascii=False) if as_json else "\n".join(examined.lines())
    typer.echo(said)
    raise typer.Exit(1 if examined.faults else 0)


def _keys(jwks: str | None, key: str | None, env_file: Path) -> "PublicKeys":
    from bot.cli.record.verify_receipt import key_named, keys_at, own_keys  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    if jwks is not None and key is not None:
        _wrong("Name the keys once: --jwks or --key.")
    if jwks is not None:
        return keys_at(jwks)
    if key is not None:
        return key_named(key)
    try:
        return own_keys(read_store_settings(env_file))
    except SettingsFault as fault:
        _wrong(str(fault))


def _wrong(said: str) -> NoReturn:
    typer.echo(said, err=True)
    raise typer.Exit(2)
