"""The environment in which the eval tools are: `make test-evals` makes it, and nothing of ours is in it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.lessons import past_in
from tests.program import run


@pytest.fixture(scope="session")
def tools():
    """Runs a program where the tools are, and reads the JSON that it prints."""
    python = os.environ.get("SIGNOFF_EVALS_PYTHON", "")
    if not Path(python).is_file():
        pytest.fail("The eval tools are in an environment of their own: make test-evals makes it, and runs this there.")

    def ran(program, *, cwd):
        environ = {"PATH": os.environ["PATH"], "HOME": str(cwd), "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
        (cwd / "program.py").write_text(program)
        done = subprocess.run([python, "program.py"], cwd=cwd, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return ran


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """The dataset of a past in a format, as a file of that name; and the ids by the name of the life."""
    folder = tmp_path_factory.mktemp("lessons")
    url, ids = past_in(folder)

    def export(form, name):
        words = ("feedback", "export", "--format", form, "--output", name)
        finished = run(words, env={"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}, cwd=folder)
        assert finished.returncode == 0, finished.stderr
        return folder / name

    return export, ids
