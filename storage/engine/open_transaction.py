"""Open transaction: what it remembers, whether it may still do anything, and who is told once it is durable."""

from typing import TYPE_CHECKING, Any

from approvals.ports import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Callable


class OpenTransaction:
    """The part of Statements that is the same on every database."""

    def __init__(self, memory: dict[str, Any], expected: "Callable[[], list[str]]" = list) -> None:
        self.memory = memory
        self.expected = expected
        self._after_commit: list[Callable[[], None]] = []
        self._over: str | None = None

    def after_commit(self, callback: "Callable[[], None]") -> None:
        """See Statements."""
        self._after_commit.append(callback)

    async def settle(self) -> None:
        """See Statements. Each statement is done where it stands, unless a database says otherwise."""

    def committed(self) -> None:
        """Tells those who asked."""
        for callback in self._after_commit:
            callback()

    def require_whole(self) -> None:
        """Raises StoreBusy if a statement of the transaction failed, or it has ended."""
        if self._over is not None:
            raise StoreBusy(f"The transaction is over: {self._over}. Nothing was changed.")

    def lose(self, statement: str) -> None:
        """After this nothing more of it is done, even if its caller goes on."""
        self._over = f"its statement {statement} failed"

    def end(self) -> None:
        """Refuses what comes after the end."""
        self._over = self._over or "it was ended"
