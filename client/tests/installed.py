"""Looks at the client from inside an environment that has its wheel and nothing else; run by `make test-wheel`.

Prints what was installed with it and how long importing it takes, and ends with 1 if anything is not as promised.
"""

import subprocess
import sys
import time
from importlib.metadata import distributions
from pathlib import Path
from statistics import median

NEEDED = {"signoff-client", "httpx", "httpx-sse", "rfc8785"}
"""What the wheel asks for itself; the rest comes with httpx."""
MOST = 12
"""Distributions in all."""
PROCESSES = 9
"""Each import is the median of so many."""


def seconds(statement: str) -> float:
    """Of a fresh Python that runs the statement."""
    took = []
    for _ in range(PROCESSES):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-c", statement], check=True)
        took.append(time.perf_counter() - begun)
    return median(took)


def bytes_of(found) -> int:
    """Of the files that the distribution brought, without what Python compiled of them."""
    files = (Path(str(file.locate())) for file in found.files or () if file.suffix != ".pyc")
    return sum(file.stat().st_size for file in files if file.is_file())


def said(*command: str) -> "subprocess.CompletedProcess[str]":
    """How a command of the environment ends, with no setting in its environment."""
    program = Path(sys.executable).parent / command[0]
    return subprocess.run([program, *command[1:]], env={}, capture_output=True, text=True, check=False)


def main() -> None:
    """Prints, and raises SystemExit for what is not as promised."""
    found = sorted(distributions(), key=lambda each: each.name)
    for each in found:
        print(f"{each.name:18} {each.version:12} {bytes_of(each) / 1024:8.0f} KiB")
    bare, httpx, ours = (seconds(statement) for statement in ("pass", "import httpx", "import signoff_client"))
    print(
        f"import signoff_client: {1000 * (ours - bare):.0f} ms, of which httpx {1000 * (httpx - bare):.0f} ms "
        f"(median of {PROCESSES}, above the {1000 * bare:.0f} ms of a bare Python)"
    )
    names = {each.name for each in found}
    asked = said("signoff", "ask", "--action", "deploy", "--payload", "{}")
    checks = {
        "it is imported from the environment": said(
            "python", "-I", "-c", "import signoff_client; print(signoff_client.__file__)"
        ).stdout.startswith(sys.prefix),
        "all that it needs is there": names >= NEEDED,
        f"no more than {MOST} distributions": len(names) <= MOST,
        "the command is there, and without an address ends with 2": asked.returncode == 2
        and "SIGNOFF_URL" in asked.stderr,
        "an extra that is missing is named": "signoff-client[mcp]" in said("signoff", "mcp").stderr,
        "a receipt cannot be checked without its extra, and that is said": "signoff-client[verify]"
        in said("python", "-I", "-c", "import signoff_client as s; s.verify_receipt({}, {'keys': []})").stderr,
    }
    for promise, holds in checks.items():
        print(f"{'ok  ' if holds else 'FAIL'} {promise}")
    if not all(checks.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
