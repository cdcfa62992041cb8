"""Pipelines: which attempt of which job this is, and where people can look at it, from the environment."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from signoff_client.transport.wire import escaped

_JOBS: Final = (
    ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"),
    ("CI_SERVER_URL", "CI_PROJECT_PATH", "CI_JOB_ID"),
)
"""Of GitHub Actions and GitLab CI: what together names one attempt of one job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """One attempt of one job."""

    parts: tuple[str, ...]
    run_id: str
    url: str
    reasoning: str
    """What runs, on whose behalf, in one sentence."""

    def key(self, action: str, digest: str) -> str:
        """The same for every try of this job at this payload, and for nothing else."""
        return "ci:" + hashlib.sha256(json.dumps([*self.parts, action, digest]).encode()).hexdigest()


def pipeline_of(environ: Mapping[str, str]) -> Pipeline | None:
    """The pipeline that this process runs in; None where there is none that is known."""
    environ = {
        name: escaped(value) for name, value in environ.items()
    }  # bytes that are no text keep nobody from asking
    for names in _JOBS:
        parts = tuple(environ.get(name, "") for name in names)
        if all(parts):
            return _github(parts, environ) if names[0].startswith("GITHUB") else _gitlab(parts, environ)
    return None


def _github(parts: tuple[str, ...], environ: Mapping[str, str]) -> Pipeline:
    server, repository, run, attempt, _ = parts
    what = environ.get("GITHUB_WORKFLOW") or "a workflow"
    return Pipeline(
        parts=parts,
        run_id=f"{repository}/runs/{run}/{attempt}",
        url=f"{server}/{repository}/actions/runs/{run}/attempts/{attempt}",
        reasoning=_sentence(
            what, environ.get("GITHUB_REF_NAME"), environ.get("GITHUB_SHA"), environ.get("GITHUB_ACTOR")
        ),
    )


def _gitlab(parts: tuple[str, ...], environ: Mapping[str, str]) -> Pipeline:
    server, project, job = parts
    what = environ.get("CI_JOB_NAME") or "a job"
    return Pipeline(
        parts=parts,
        run_id=f"{project}/jobs/{job}",
        url=f"{server}/{project}/-/jobs/{job}",
        reasoning=_sentence(
            what, environ.get("CI_COMMIT_REF_NAME"), environ.get("CI_COMMIT_SHA"), environ.get("GITLAB_USER_LOGIN")
        ),
    )


def _sentence(what: str, ref: str | None, commit: str | None, actor: str | None) -> str:
    at = f" on {ref}" if ref else ""
    of = f" at {commit[:12]}" if commit else ""
    by = f", started by {actor}" if actor else ""
    return f"The pipeline {what} asks{at}{of}{by}."
