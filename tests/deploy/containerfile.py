"""Containerfile read into stages: as much of its language as ours is written in; anything else is an error."""

import json
from dataclasses import dataclass, field
from pathlib import Path

LISTS = {"ENTRYPOINT", "CMD"}
PLAIN = {"USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL"}


@dataclass(slots=True)
class Stage:
    """One stage: what is done in it, in order, and what it says of what runs in the end."""

    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    """RUN with its line, and COPY with its words."""
    environment: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    health: list[str] = field(default_factory=list)


def read(path: Path) -> dict[str, Stage]:
    """The stages by name, the last one as "". Raises ValueError for what is not known here."""
    stages: dict[str, Stage] = {}
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages[name] = stage = Stage(base)
        elif word in {"RUN", "COPY"}:
            stage.steps.append((word, rest))
        elif word == "ENV":
            name, _, value = rest.partition("=")
            stage.environment[name] = value
        elif word in LISTS:
            stage.lists[word] = json.loads(rest)
        elif word == "HEALTHCHECK":
            stage.health = json.loads(rest[rest.index("[") :])
        elif word in PLAIN:
            stage.said[word] = rest
        else:
            raise ValueError(f"an instruction that this reader does not know: {line}")
    return stages
