"""Load generator: a closed loop of requests on connections that stay open, in a process of its own.

`python -m bench.load PLAN.json` prints one line of JSON. Every connection sends its next request once it has the answer
to the last one. It is written on bare sockets, because what it costs is taken from the machine that is measured; it
costs the baselines and the bot the same.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench import usage

NUMBER = "#######"
"""Stands in the body where the request's number goes, with as many digits: no two proposals are the same."""
LATE = 30.0
"""Seconds for an answer, after which the measurement has failed."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is sent, by whom, for how long."""

    url: str
    body: str
    tokens: list[str]
    """Taken in turn, so that no agent sends more than its share."""
    connections: int
    seconds: float
    warm_up: float
    """Seconds before that, in which nothing is measured."""
    first: int
    """The number of the first request."""
    pid: int
    """Of the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came back: seconds, and times a second."""

    rate: float
    p50: float
    p99: float
    cpu: float
    """Of a core that the service took for one: what others do on the machine changes this the least."""
    count: int
    other: dict[str, int] = field(default_factory=dict)
    """Answers that were no 201, by status: they are in no figure above."""
    next: int
    """The number of the next request to be sent by anybody."""

    @property
    def measures(self) -> dict[str, float]:
        """What is shown of it."""
        return {"rate": self.rate, "p50": self.p50, "p99": self.p99, "cpu": self.cpu}

    @property
    def remark(self) -> str:
        """What makes it doubtful; empty if nothing does."""
        return f"other answers than 201: {self.other}" if self.other else ""


class _Connection:
    __slots__ = ("answer", "began", "socket")

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.answer = b""

    def status(self) -> bytes | None:
        """The status of the answer, once it is all there."""
        self.answer += self.socket.recv(65536)
        head = self.answer.find(b"\r\n\r\n")
        if head < 0:
            return None
        length = _LENGTH.search(self.answer, 0, head)
        if length is None or len(self.answer) < head + 4 + int(length[1]):
            return None
        status, self.answer = self.answer[9:12], b""
        return status


class _Loop:
    """The requests under way, and what is known of those that are over."""

    def __init__(self, plan: Plan, host: str) -> None:
        self.heads = [_head(plan, host, token) for token in plan.tokens]
        self.parts = plan.body.encode().split(NUMBER.encode())
        self.number = plan.first
        self.under_way = 0
        self.taken: list[float] = []
        self.other: Counter[str] = Counter()
        self.pid = plan.pid
        self.begin = time.perf_counter() + plan.warm_up
        self.end = self.begin + plan.seconds
        self.cpu: list[float] = []
        """What the service had taken when the measurement began, and when it ended."""

    def send(self, each: _Connection) -> None:
        """The next request."""
        text = b"%0*d" % (len(NUMBER), self.number)
        each.began = time.perf_counter()
        each.socket.sendall(self.heads[self.number % len(self.heads)] + text.join(self.parts))
        self.number += 1
        self.under_way += 1

    def tick(self) -> None:
        """Notes what the service has taken when the measurement begins, and when it ends.

        It ends with the first answer at the earliest: others may have kept the machine busy all the time.
        """
        at = time.perf_counter()
        if (not self.cpu and at >= self.begin) or (len(self.cpu) == 1 and at > self.end and self.answered):
            self.cpu.append(usage.cpu(self.pid))

    @property
    def answered(self) -> bool:
        """Whether there was an answer since the measurement began."""
        return bool(self.taken or self.other)

    def receive(self, each: _Connection) -> None:
        """What came of its answer; once that is whole, the next request follows, until the measurement has ended."""
        status = each.status()
        if status is None:
            return
        self.under_way -= 1
        at = time.perf_counter()
        if at >= self.begin and (at <= self.end or not self.answered):
            self.end = max(self.end, at)
            if status == b"201":
                self.taken.append(at - each.began)
            else:
                self.other[status.decode()] += 1
        if len(self.cpu) < 2:
            self.send(each)


def run(plan: Plan) -> Answers:
    """Sends until the time is over, and waits for the last answers."""
    address = urlsplit(plan.url)
    assert address.hostname is not None
    assert address.port is not None
    connections = [_Connection(address.hostname, address.port) for _ in range(plan.connections)]
    selector = selectors.DefaultSelector()
    loop = _Loop(plan, address.netloc)
    for each in connections:
        selector.register(each.socket, selectors.EVENT_READ, each)
        loop.send(each)
    while loop.under_way:
        ready = selector.select(LATE)
        if not ready:
            raise SystemExit(f"no answer for {LATE:.0f} s")
        loop.tick()
        for key, _ in ready:
            loop.receive(key.data)
    for each in connections:
        each.socket.close()
    return _answers(loop)


def _head(plan: Plan, host: str, token: str) -> bytes:
    lines = (
        f"POST {urlsplit(plan.url).path} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(plan.body.encode())}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def _answers(loop: _Loop) -> Answers:
    seconds, taken = loop.end - loop.begin, sorted(loop.taken)
    if not taken:
        raise SystemExit(f"no 201 in {seconds:.1f} s: {dict(loop.other)}")
    return Answers(
        rate=len(taken) / seconds,
        p50=taken[len(taken) // 2],
        p99=taken[int(len(taken) * 0.99)],
        cpu=(loop.cpu[1] - loop.cpu[0]) / len(taken),
        count=len(taken),
        other=dict(loop.other),
        next=loop.number,
    )


if __name__ == "__main__":
    answers = run(Plan(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
    sys.stdout.write(f"{json.dumps(asdict(answers))}\n")
