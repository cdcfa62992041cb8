"""Connection to PostgreSQL: the only door to the driver. Opened when first used, given up where it failed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg

from approvals.ports import StoreBusy
from storage.engine.database import Violation
from storage.engine.errors import DatabaseDamaged, StoreFault, WrongUrl
from storage.engine.turns import PATIENCE

if TYPE_CHECKING:
    from asyncpg import Connection

SCHEMA = "signoff"
"""Where all that is ours lives, so that the database may be shared with others."""
STATEMENTS = 1024
"""How many prepared statements a connection keeps: more than there are named queries."""
ABANDONED = 5
"""Seconds after which the server ends a transaction whose process does nothing: others wait for it."""

LONGEST = 10
"""Seconds after which it ends any transaction that writes. A process that is frozen between the two halves of a
statement is not idle to the server; before PostgreSQL 17 nothing but its end lets go of that one."""
_KNOWS_LONGEST = 17

_SETTINGS = {
    "search_path": SCHEMA,
    "application_name": "signoff",
    # Whoever is answered relies on the disk of the server.
    "synchronous_commit": "on",
    "lock_timeout": str(int(PATIENCE * 1000)),
    "idle_in_transaction_session_timeout": str(ABANDONED * 1000),
    "default_transaction_isolation": "read committed",
    "timezone": "UTC",
    # A question reads a few rows by an index, on disks without heads that move; compiling it takes longer than it runs.
    "random_page_cost": "1.1",
    "jit": "off",
}
# The server keeps no NUL in a text, and people may send one. SUB stands for it, and for itself.
_ESCAPE, _NUL = "\x1a", "\x00"

FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
"""What the driver raises: for an answer of the server, for a connection that is not usable, and for a broken one."""
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresIOError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)
_DAMAGED = (asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError)
_WRONG = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)


class Link:
    """One connection, opened when first used and again after it failed."""

    def __init__(self, url: str, *, writes: bool, patience: float = PATIENCE) -> None:
        self._url = url
        self._writes = writes
        self._patience = patience
        self._connection: Connection | None = None
        self._ended = False

    @property
    def number(self) -> int | None:
        """By which the server knows it, and its notices are known."""
        return None if self._connection is None else self._connection.get_server_pid()

    async def connection(self) -> "Connection":
        """The open connection. Raises StoreBusy after the end, StoreFault where it will never be let in."""
        if self._ended:
            raise StoreBusy("The database is closed: the bot is stopping.")
        if self._connection is None or self._connection.is_closed():
            longest = LONGEST if self._writes else 0
            self._connection = await connected(self._url, patience=self._patience, longest=longest)
        return self._connection

    def refuse(self) -> None:
        """From now on it is opened for nobody; whoever has it goes on."""
        self._ended = True

    async def end(self) -> None:
        """Closes it for good."""
        self.refuse()
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*FAULTS):
                await connection.close(timeout=PATIENCE)

    def give_up(self) -> None:
        """Ends it without a word, and with it any transaction."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


async def connected(url: str, *, patience: float = PATIENCE, longest: int = 0) -> "Connection":
    """A connection to the server. Each answer is awaited for `patience` seconds. Raises StoreBusy, StoreFault.

    The server ends a transaction after `longest` seconds, but for 0.
    """
    with worded():
        connection = await asyncpg.connect(
            url,
            timeout=PATIENCE,
            command_timeout=patience,
            statement_cache_size=STATEMENTS,
            max_cached_statement_lifetime=0,
            server_settings=_SETTINGS,
        )
        try:
            await connection.set_type_codec(
                "text", schema="pg_catalog", encoder=_without_nul, decoder=_with_nul, format="binary"
            )
            if longest and connection.get_server_version().major >= _KNOWS_LONGEST:
                await connection.execute(f"SET transaction_timeout = {longest * 1000:d}")
        except BaseException:
            connection.terminate()
            raise
    return connection


def require_url(url: str) -> None:
    """Raises WrongUrl for what is no address of a database."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 it is looked at only when asked for
    except ValueError:  # whose words may be a piece of the password
        raise WrongUrl(
            "SIGNOFF_DATABASE_URL: what stands before the database's name cannot be read. In the password, write / as "
            "%2F, @ as %40, : as %3A and [ as %5B."
        ) from None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise WrongUrl(
            "SIGNOFF_DATABASE_URL: postgresql:… names no database. "
            "Write postgresql://user:password@host:5432/database, with ?sslmode=verify-full for another machine."
        )


def is_spoilt(fault: BaseException | None) -> bool:
    """Whether the connection is to be given up: what it would say next is not known."""
    refused = isinstance(fault, asyncpg.PostgresError) and not isinstance(fault, asyncpg.PostgresConnectionError)
    return isinstance(fault, FAULTS) and not refused


@contextmanager
def worded() -> Iterator[None]:
    """Says the driver's errors in the words of the seam."""
    try:
        yield
    except FAULTS as fault:
        raise in_words(fault) from fault


def in_words(fault: Any) -> Exception:
    """The driver's error in the words of the seam: Violation, StoreBusy, DatabaseDamaged, StoreFault; else as it is."""
    # The server's detail shows the row, and whoever is answered need not know what is in it.
    said = getattr(fault, "message", None) or str(fault) or type(fault).__name__
    if isinstance(fault, asyncpg.IntegrityConstraintViolationError):
        return Violation(said)
    if isinstance(fault, _DAMAGED):
        return DatabaseDamaged(f"The database is damaged: {said}. Stop, and restore it from a backup.")
    if isinstance(fault, _WRONG):
        return StoreFault(f"The database server does not let us in: {said}. SIGNOFF_DATABASE_URL says as whom we come.")
    if isinstance(fault, _AWAY):
        return StoreBusy(f"The database did not answer: {said}. Nothing was changed; try again in a second.")
    return fault  # type: ignore[no-any-return]  # one of FAULTS, or the like


def _without_nul(text: str) -> bytes:
    if _NUL in text or _ESCAPE in text:
        text = text.replace(_ESCAPE, _ESCAPE + "1").replace(_NUL, _ESCAPE + "0")
    return text.encode()


def _with_nul(stored: bytes) -> str:
    text = stored.decode()
    return text.replace(_ESCAPE + "0", _NUL).replace(_ESCAPE + "1", _ESCAPE) if _ESCAPE in text else text
