"""Hears by callback what becomes of proposals, and does what was approved: the standard library and signoff_client.

Needs SIGNOFF_URL, SIGNOFF_TOKEN and CALLBACK_SECRETS: `whsec_…`, two with a blank between them while one replaces
the other. `python receiver.py 8090` listens there; port 0 takes a free one.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from signoff_client import Callback, Refused, Signoff, SignoffError, Tampered, verify_callback

MOST = 1_000_000
"""Bytes of a body."""
AGAIN = 30.0
"""Seconds until something is tried again that went wrong in passing."""


class Inbox:
    """What was heard, each event once, until it is done with: kept before the callback is answered."""

    def __init__(self, path: str) -> None:
        """The file at `path` is made if there is none."""
        self.path, self.news = path, Event()
        with self._open() as rows:
            rows.execute("CREATE TABLE IF NOT EXISTS heard (id TEXT PRIMARY KEY, proposal TEXT, done INTEGER)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        rows = sqlite3.connect(self.path, timeout=10)
        try:
            with rows:
                yield rows
        finally:
            rows.close()

    def keep(self, heard: Callback) -> None:
        """The same event may come more than once: its id tells."""
        todo = heard.kind == "signoff.proposal.approved"
        with self._open() as rows:
            row = (heard.id, heard.proposal.id, 0 if todo else 1)
            rows.execute("INSERT OR IGNORE INTO heard VALUES (?, ?, ?)", row)
        self.news.set()

    def waiting(self) -> list[tuple[str, str]]:
        """Ids of the events that are not done with, each with its proposal's."""
        with self._open() as rows:
            return rows.execute("SELECT id, proposal FROM heard WHERE NOT done").fetchall()

    def done(self, event: str) -> None:
        """Nothing more is to be done about it."""
        with self._open() as rows:
            rows.execute("UPDATE heard SET done = 1 WHERE id = ?", (event,))


class Receiver(BaseHTTPRequestHandler):
    """Answers callbacks, in a thread each."""

    inbox: Inbox
    secrets: list[str]
    timeout = 10

    def do_POST(self) -> None:
        """204 once it is kept; 400 for what is not Signoff's, and nothing of it is believed."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST:
            self.send_error(413 if length.isdecimal() else 411)
            return
        try:
            heard = verify_callback(dict(self.headers.items()), self.rfile.read(int(length)), self.secrets)
        except Tampered as fault:
            self.send_error(400, explain=fault.message)
            return
        self.inbox.keep(heard)
        self.send_response(204)
        self.end_headers()


def act(client: Signoff, proposal: str) -> None:
    """Claims it, does it, and reports. Raises Refused where it is no longer to be done, SignoffError in passing."""
    claimed = client.claim(client.get(proposal))
    try:
        done = pay(claimed.payload)
    except Exception as error:  # noqa: BLE001 - whatever it was, people have to look
        client.report(claimed, "unknown", f"{type(error).__name__}: {error}")
    else:
        client.report(claimed, "succeeded", done)


def pay(payload: dict[str, object]) -> str:
    """Stands for whatever moves the money."""
    print("paid", payload["amount"], "for", payload["order"], flush=True)
    return "paid"


def work(inbox: Inbox, client: Signoff) -> None:
    """Does what is waiting, for ever; what was heard before a restart too."""
    while True:
        inbox.news.clear()
        unclear = False
        for event, proposal in inbox.waiting():
            try:
                act(client, proposal)
            except Refused as no:
                print(no.message, flush=True)
            except SignoffError as fault:
                print(fault.message, file=sys.stderr, flush=True)
                unclear = True
                continue
            inbox.done(event)
        inbox.news.wait(AGAIN if unclear else None)


def main() -> None:
    """Listens until it is ended."""
    Receiver.inbox, Receiver.secrets = Inbox("inbox.db"), os.environ["CALLBACK_SECRETS"].split()
    Thread(target=work, args=(Receiver.inbox, Signoff()), daemon=True).start()
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver) as server:
        print(f"listening at http://127.0.0.1:{server.server_port}/hooks/signoff", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
