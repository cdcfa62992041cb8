"""Evidence page: what is in the folder, how to check it, and what it does not prove."""

from typing import TYPE_CHECKING, Any

from bot.cli.evidence.entries import OVERRIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.cli.evidence.entries import EntryTables

FILES = {
    "entries.jsonl": "every entry of the audit log in the period, in its order, but for what the policy redacts",
    "proposals.csv": "each proposal that any of these entries is about, as it stands when this was made",
    "who_could_decide.csv": "after each entry that changed it: roles, how many, members as the policy named them then, "
    "and who was kept out",
    "cards.jsonl": "the words of each card that asked people",
    "messages.jsonl": "what stood in each channel for a proposal when this was made, alone or shared with others, and "
    "what stood there before: the words as they were noted before they were sent",
    "decisions.csv": "who decided what, when, how long after seeing it first, how their role was known, and in "
    "`words_seen` the words of the card as it stood when they clicked on it, or opened the form that they sent",
    "edits.csv": "what was changed in a payload, by whom",
    "overrides.csv": "what went beside the plain way: taken back, objected to, put off, handed over, remembered",
    "refusals.csv": "who tried something and was told no",
    "stops.csv": "agents that were stopped and resumed",
    "delegations.csv": "who lent their place to whom",
    "samples.csv": "what was drawn of what ran by itself, and what people said of it",
    "sample_error.csv": "the share that was not fine, and between what it lies at 95 %",
    "policies.csv": "which policies came into force or were refused",
    "policies/": "the text of each that came into force; an empty file where it was not kept",
}


def page(about: "Mapping[str, Any]", tables: "EntryTables") -> str:
    """The text of README.md."""
    since, until = about["since"] or "the first entry", about["until"] or "the newest entry"
    files = "\n".join(f"- `{name}`: {what}." for name, what in FILES.items())
    overrides = "\n".join(f"- `{tag}`: {what}." for tag, what in OVERRIDES.items())
    tags = "\n".join(f"| `{tag}` | {count} |" for tag, count in sorted(tables.tags.items()))
    log = about["log"]
    state = "It held." if log["broken_at"] is None else f"It is BROKEN at entry {log['broken_at']}."
    return f"""# Evidence of a period

From {since} up to {until}, which is not in it any more. Made at {about["made_at"]} by Signoff {about["version"]}.
The audit log had {log["entries"]} entries then, the newest with the hash {log["head"]}. {state}
{about["unreadable"]} proposals were not as they had been written, and have nothing but their id in `proposals.csv`.

## What is in it

{files}

A column that does not apply is empty; none is left out. Times are UTC. Several values in one cell are separated by
semicolons. A text that a spreadsheet would run as a formula has an apostrophe before it in the tables, and none in the
JSON files. What a rule redacts is a mark everywhere.

Entries by kind:

| tag | entries |
|---|---|
{tags}

Overrides are these:

{overrides}

Where `cause` is `drill` in `proposals.csv`, no agent proposed it: it was planted for practice, nothing of it could run,
and neither it nor its decisions are work. Leave them out of what you count.

## How to check it

`signoff evidence verify FOLDER` holds every file against `manifest.json`, and the manifest against its signature: with
the key of the installation, or with `--jwks` from anywhere. Without Signoff, `sha256sum` gives the same digests.
The entries follow from one another as docs/how-to/read-the-audit-log.md shows.

## What it does not prove

- That nothing is missing after the newest entry. A log that was cut at its end before this was made looks just like
  this: hold it against a signed checkpoint that was kept elsewhere, with `signoff audit verify --checkpoints`.
- That this installation wrote the truth: whoever has its signing key can write another log and sign another manifest.
  Checkpoints that others kept show which log there was.
- That whoever clicked was who they say. It is known what Slack said of the account, and when.
- That somebody read the card, or understood it. `seconds_from_seeing` and `rushed` tell how fast it went.
- That a card in Slack was what `cards.jsonl` says, except where `as_posted` is `yes`: then its blocks have the digest
  that was sealed when it was posted. The words are made anew by this version of the program, and a card of a round
  that is over, one in a batch or on a summary, cannot be held against its digest any more. `messages.jsonl` has what
  was last meant to stand there, shared or not, and what before: sealed by this installation where `words_sealed` is
  true, and taken by Slack where `taken_by_slack` is. Only what shows all that would run is sealed, so no shared card
  is: nothing is decided on one, but in the list behind it. What stood there when somebody decided is in `words_seen`
  of `decisions.csv`, as Slack sent it back with the click, beside the decision: empty where several were ticked in one
  list, or where nobody knows since when the card stood. Where it was not ours, `overrides.csv` has `card:mismatched`.
- Who was in a Slack user group at the time, or that people were there. For members it has what the policy said.
- That what ran is what was approved. It is known what was claimed, by which agent, and what the agent reported.
- Anything of what was erased, or redacted, but that it was there.
- What happened past Signoff: an agent with credentials of its own needs nobody's approval.
"""
