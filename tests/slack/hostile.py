"""Texts, payloads and proposals as an attacker would write them, and what of them may be read back from blocks."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from approvals.decision import Decision, Verdict
from approvals.gate import Escalation, Fact, Reason, StandIn, Tier
from approvals.proposal import (
    Action,
    Cause,
    Evidence,
    Inquiry,
    Outcome,
    Preview,
    Revision,
    Rollback,
    RollbackStatus,
    Source,
    Status,
)
from tests.making import START, make_proposal

MARK = "qzx"
"""Stands in every text of an agent, so that it can be looked for where none of them may be."""
TRICKS = (
    "<!channel>", "<!here|x>", "<@U0EVIL>", "<#C0EVIL>", "<https://evil.example|https://bank.example>", "```", "`", "*b*",
    "_i_", "~s~", "> quote", ":warning:", "&lt;!channel&gt;", "&amp;", "&", "<", ">", '"', "\\", "\\n", "*Approved* by U0BOSS",
    "\u202e", "\u2066", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u2028", "\u00a0", "\u3164", "\U000e0041", "\U000e0100",
    "\x00", "\x1b[2J", "\x7f", "\t", "\r\n", "\n", "\n" * 40, " ", " " * 90, "e\u0301", "\u00e9", "\u212b", "A\u030a",
    "Z" + "\u0335\u0321\u0344" * 20, "\u0301", "\u1100\u1161", "\uac00", "❤️", "👩‍💻", "1️⃣", "漢字", "שלום", "hаfen", "раура", "Россия", "א 12 34", "g〇〇gle", "․com", "𝐚dmin", "ａ．ｂ", "٣٤ ١٢", "v\u00a0Praze", "می\u200cخو", "❤️\u200d🔥", "🇩🇪", "\u1112\u1161\u11ab", "i\u0307", "–rf", "\u2011rf", "مرحبا", "हिन्दी",
    "⟨U+202E⟩", "⟨", "⟩", "U+202E", "\ufffe", "\U0010ffff", "\ue000", "word", "a b", "250", "null", "x" * 300,
)  # fmt: skip
plain_words = st.text(st.sampled_from("abcdefgh 0123456789"), min_size=1, max_size=30)
texts = st.lists(
    st.one_of(st.sampled_from(TRICKS), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=14
).map("".join)
long_texts = st.builds(lambda text, times: (text * times)[:8000], texts, st.sampled_from([1, 1, 1, 5, 40]))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(texts, inner, max_size=5)),
    max_leaves=12,
)
payloads = st.one_of(
    st.dictionaries(texts, values, max_size=6),
    st.builds(lambda key, text, times: {key: text * times}, texts, texts, st.sampled_from([20, 200])),
    st.builds(lambda value, times: {"rows": [value] * times}, values, st.integers(1, 60)),
)


def marked(strategy):
    return strategy.map(lambda text: f"{text}{MARK}{text[:20]}")


previews = st.one_of(
    st.none(),
    st.builds(lambda text: Preview(kind="text", text=text), marked(long_texts)),
    st.builds(lambda before, after: Preview(kind="diff", before=before, after=after), marked(long_texts), long_texts),
)


@st.composite
def asks(draw):
    return {
        "reasoning": draw(marked(long_texts)),
        "summary": draw(st.none() | marked(texts).map(lambda text: text[-150:])),
        "confidence": draw(st.none() | st.floats(0, 1)),
        "signals": draw(st.dictionaries(marked(texts), scalars, max_size=4)),
        "source": draw(st.sampled_from(Source)),
        "context": tuple(
            Evidence(
                title=draw(marked(texts)),
                text=draw(st.none() | marked(long_texts)),
                url=draw(st.none() | marked(texts)),
            )
            for _ in range(draw(st.sampled_from([0, 1, 3])))
        ),
        "preview": draw(previews),
        "rollback_plan": draw(st.none() | marked(texts)),
        "preconditions": tuple(draw(st.lists(marked(texts), max_size=5))),
        "run_id": draw(st.none() | marked(texts)),
        "tool_call_id": draw(st.none() | marked(texts)),
        "on_behalf_of": draw(st.none() | st.just("U0ALICE") | marked(texts)),
    }


@st.composite
def gates(draw):
    roles = tuple(
        sorted(draw(st.lists(st.sampled_from(["support", "finance", "legal", "on_call-eu"]), min_size=1, unique=True)))
    )
    return {
        "roles": roles,
        "approvals": draw(st.integers(1, 3)),
        "edit": draw(st.sampled_from([None, (), ("amount",)])),
        "excluded": frozenset(draw(st.sets(st.sampled_from(["U0OWNER", "U0ALICE"])))),
        "self_review": frozenset(draw(st.sets(st.sampled_from(roles)))),
        "risk": tuple(
            Reason(rule=f"rule-{number}", reason=draw(texts)) for number in range(draw(st.sampled_from([0, 1, 2, 30])))
        ),
        "rules": draw(st.sampled_from([(), ("rule-0",)])),
        "facts": tuple(
            Fact(rule=f"rule-{number}", name=name, value=draw(marked(texts)))
            for number, name in enumerate(draw(st.lists(st.sampled_from(["rate", "repeat_of_rejected"]), max_size=9)))
        ),
        "title": draw(st.sampled_from([None, f"Do {{payload.{MARK}}} of {{payload.amount}}: {{action}}"])),
        "show": draw(st.sampled_from([(), (MARK, "amount", "a.b")])),
        "second_person": draw(st.booleans()),
        "stand_ins": tuple(
            StandIn(role=draw(st.sampled_from(roles)), by=by)
            for by in draw(st.lists(st.sampled_from(["lead", "legal", "x" * 64, "y" * 64]), unique=True))
        ),
        "remind": draw(st.sampled_from([(), (600,), tuple(range(60, 6000, 60))])),
        "escalate": tuple(
            Escalation(after=60 * number, to=f"{'z' * 60}{number}", channel="C0LEAD", roles=("support",))
            for number in range(1, 1 + draw(st.sampled_from([0, 1, 20])))
        ),
        "max_expires_in": draw(st.sampled_from([None, 3600, 7200])),
    }


@st.composite
def questions(draw):
    count = draw(st.sampled_from([0, 0, 1, 3]))
    last = draw(st.booleans())
    return tuple(
        Inquiry(
            number=number,
            text=draw(marked(texts))[-1000:],
            asked_by="U0BOB",
            asked_at=START,
            reply=draw(marked(long_texts))[-4000:] if number < count or last else None,
            replied_at=START if number < count or last else None,
        )
        for number in range(1, count + 1)
    )


@st.composite
def proposals(draw):
    """A proposal anywhere in its life, all of its texts written by somebody who means ill."""
    status = draw(st.sampled_from(Status))
    proposal = make_proposal(
        action=draw(st.sampled_from(["refund.create", MARK + "x" * 97])),
        payload={**draw(payloads), MARK: draw(scalars)},
        **draw(asks()),
        **draw(gates()),
    )
    for number in range(2, 2 + draw(st.integers(0, 2))):
        action = Action(name=proposal.action.name, payload={**draw(payloads), MARK: draw(scalars)})
        revision = Revision(
            number=number, action=action, at=START, editor=draw(st.sampled_from(["U0BOB", "U0BOB", None]))
        )
        proposal = replace(proposal, revisions=(*proposal.revisions, revision), round=number)
    proposal = replace(proposal, questions=draw(questions()))
    decisions = tuple(
        Decision(
            reviewer=user,
            verdict=Verdict.approve,
            revision=proposal.revision,
            round=proposal.round,
            at=START,
            roles=proposal.gate.roles[:1],
        )
        for user in draw(st.sets(st.sampled_from(["U0BOB", "U0CAROL", "U0OWNER"])))
    )
    if status is Status.pending:
        return replace(proposal, decisions=decisions)
    later = START + timedelta(minutes=5)
    ended = status in (Status.rejected, Status.withdrawn, Status.revoked)
    causes = [Cause.reviewer, Cause.auto, Cause.watch]
    cause = draw(st.sampled_from([Cause.reviewer, Cause.expired, Cause.policy_changed] if ended else causes))
    rollback = None
    if cause is Cause.watch:
        proposal = replace(proposal, gate=replace(proposal.gate, tier=Tier.watch, object_within=1800))
        if status not in (Status.approved, Status.lapsed) and draw(st.booleans()):
            rollback = Rollback(
                requested_by="U0BOB",
                reason=draw(marked(long_texts)),
                requested_at=later,
                status=draw(st.sampled_from(RollbackStatus)),
                detail=draw(st.none() | marked(long_texts)),
                reported_at=draw(st.none() | st.just(later)),
            )
    outcome = None
    if status in (Status.succeeded, Status.failed, Status.unknown):
        detail, verification = draw(st.none() | marked(long_texts)), draw(st.none() | marked(long_texts))
        outcome = Outcome(status=status, at=later, detail=detail, verification=verification)
    return replace(
        proposal,
        status=status,
        cause=Cause.agent if status is Status.withdrawn else cause,
        reason=draw(marked(long_texts)) if ended else None,
        decisions=decisions,
        resolved_at=later,
        resolved_by="U0BOB" if cause is Cause.reviewer else None,
        execute_by=later,
        claimed_at=later,
        report_by=later,
        overdue=status is Status.claimed and draw(st.booleans()),
        outcome=outcome,
        rollback=rollback,
    )


BIG = {
    "long": {"text": "a" * 262_000},
    "bidi": {"text": "\u202e" * 87_000},
    "markup": {"text": '<!channel>&"\\\n' * 18_000},
    "wide": {"rows": ["漢字"] * 30_000},
    "many": {f"key {number}": number for number in range(16_000)},
    "combining": {"text": "e\u0301" * 87_000},
    "tags": {"text": "\U000e0041" * 65_000},
    "newlines": {"text": "\n" * 130_000},
    "blanks": {"text": " " * 262_000},
}
"""Payloads of about 256 KiB, each of another kind."""


def decoded(shown):
    """The text that a visible text stands for."""
    shown = re.sub("⟨←⟩|[\u2067\u2069]", "", shown).replace("⟨↵⟩", "\n")
    token = r"⟨U\+([0-9A-F]{4,6})(?: x(\d+)| [^⟨⟩]*)?⟩"
    return re.sub(token, lambda found: chr(int(found[1], 16)) * int(found[2] or 1), shown)


def parts(blocks):
    """The parts of all rich text, in order, each as its kind and its text."""
    for block in blocks:
        if block["type"] == "rich_text":
            for part in block["elements"]:
                runs = part["elements"]
                yield part["type"], "".join(run.get("text", "") for run in runs if run["type"] == "text")


def read_back(blocks, label):
    """The visible text in the boxes or quotes below a label, put together as a reader would."""
    found, joint, on = "", "", False
    for kind, text in parts(blocks):
        if kind == "rich_text_section":
            if text == "(the line goes on)":
                joint = ""
            elif text == "(empty)":
                continue
            else:
                on = re.sub(r"( \(\d+ of \d+\))?( · .*)?$", "", text) == label
                joint = joint if on else ""
        elif on and (kind == "rich_text_preformatted" or label == PREVIEW):
            found += joint + text
            joint = "\n"
    return found


def payload_of(blocks):
    """The payload that a reader finds on a card: below how it stands and what is special about it."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    return read_payload(next(block for block in rich if not is_of_a_report(block["elements"][0])))


def is_of_a_report(part):
    """Whether bullets, a reason or what the agent reports begins here: they stand above the payload."""
    said = part["elements"][0].get("text", "")
    return part["type"] in ("rich_text_list", "rich_text_quote") or said in (
        "The agent reports",
        "How it checked",
        "The agent reports on the rollback",
    )


def details_payload_of(blocks):
    """The payload that a reader finds on the pages of Details: from its label to that of something else."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    starts = [run_of(block) == PAYLOAD for block in rich]
    first = starts.index(True)
    found = [*rich[first]["elements"][1:]]
    for block in rich[first + 1 :]:
        if run_of(block).startswith(PREVIEW) or not (is_boxed(block) or is_lines(block)):
            break
        found += [without_number(part) for part in block["elements"]]
    return read_payload({"elements": found})


PAYLOAD = "Payload: exactly what will run"


def run_of(block):
    return re.sub(r" \(\d+ of \d+\)$", "", block["elements"][0]["elements"][0].get("text", ""))


def is_lines(block):
    return any(run.get("style") == {"code": True} for part in block["elements"] for run in part["elements"])


def is_boxed(block):
    return any(part["type"] == "rich_text_preformatted" for part in block["elements"])


def without_number(part):
    """A label of Details as a card would have it: without which piece it is, and none where the name is too long."""
    if part["type"] != "rich_text_section":
        return part
    first, *rest = part["elements"]
    text = re.sub(r" \(\d+ of \d+\)$", "", first["text"])
    if text == PAYLOAD and rest:
        return {**part, "elements": [{**rest[0], "text": rest[0]["text"].removeprefix(" · ")}]}
    return {**part, "elements": [{**first, "text": text}, *rest]}


STEP = re.compile(r'"(?:[^"\\]|\\.)*"|[^."]+')


def read_payload(block):
    """The payload that a reader finds in a block, by names, code, labels and boxes alone."""
    found, texts, nested = {}, {}, []
    label, joint = None, False
    for part in block["elements"]:
        runs = [(run["text"], *run.get("style", ())) for run in part["elements"]]
        if part["type"] == "rich_text_preformatted":
            ((text,),) = runs
            texts[label] = text if label not in texts else texts[label] + ("" if joint else "\n") + text
            joint = False
        elif runs == [("(the line goes on)", "italic")]:
            joint = True
        elif any("code" in run for run in runs):
            for path, value in read_lines(runs):
                put(found, path, value)
        elif "bold" in runs[0]:
            label = (runs[0][0], "".join(run[0] for run in runs[1:]))
        else:
            label = ("", runs[0][0])
    for (name, note), text in texts.items():
        if note == "other fields, as JSON":
            found.update(json.loads(decoded(text)))
        elif note == " · as JSON":
            nested.append((name, text))
        elif not note:
            put(found, name, decoded(text))
    for name, text in nested:
        put(found, name, with_texts(name, text, texts))
    return found


def read_lines(runs):
    """Each name with its value: JSON in code behind what is bold."""
    name = None
    for text, *style in runs:
        if style == ["bold"]:
            name = text.removesuffix(" ")
        elif style == ["code"]:
            yield name, json.loads(decoded(text))


def with_texts(name, shown, texts):
    """The value in a box of JSON, with the texts that stand in boxes of their own."""
    held = re.sub(r"⟨text (\d+), below⟩", r'"\\ud800\1"', decoded_but(shown))

    def filled(value):
        if isinstance(value, list):
            return [filled(each) for each in value]
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        if isinstance(value, str) and value.startswith("\ud800"):
            return decoded(texts[name, f" · text {value[1:]}"])
        return value

    return filled(json.loads(held))


def decoded_but(shown):
    """Decoded, but for what stands for a text in a box of its own: no text of an agent holds its brackets."""
    return "".join(
        piece if number % 2 else decoded(piece) for number, piece in enumerate(re.split(r"(⟨text \d+, below⟩)", shown))
    )


def put(found, path, value):
    """Sets the value at a path as the policy writes them."""
    *above, last = [json.loads(step) if step.startswith('"') else step for step in STEP.findall(decoded(path))]
    for step in above:
        found = found.setdefault(step, {})
    found[last] = value


def claims_of(blocks):
    """The block in which the agent's claims are quoted."""
    return [
        block
        for block in blocks
        if block["type"] == "rich_text" and block["elements"][0]["elements"][0].get("text") == "Agent's claims"
    ]


PREVIEW = "Preview: the effect as the agent foresees it"
INDENT = "\u2003"


def card_preview_of(blocks, kind, known=None):
    """The preview that a reader finds among the claims."""
    if kind == "diff":
        return preview_of(claims_of(blocks), kind, known, label="Preview, says the agent")
    quotes = [part["elements"] for part in claims_of(blocks)[0]["elements"] if part["type"] == "rich_text_quote"]
    runs = [run for quote in quotes for run in [*quote, {"text": "\n"}]]
    start = next(place for place, run in enumerate(runs) if run["text"] == "Preview " and "style" in run)
    end = next((at for at in range(start + 1, len(runs)) if runs[at].get("style") == {"bold": True}), len(runs))
    found = ""
    for run in runs[start + 1 : end]:
        if run.get("style") == {"italic": True}:
            found += "" if run["text"] == "(empty)" else "⟨joint⟩"
        else:
            found += run["text"]
    text = found.removesuffix("\n").replace("⟨joint⟩\n", "")
    return Preview(kind=kind, text=decoded(text.replace(f"\n{INDENT}", "\n")))


def preview_of(blocks, kind, known=None, label=PREVIEW):
    """The preview that a reader finds in blocks; what is folded is taken from `known`, the text before, if its seal fits."""
    if kind == "diff" and "struck through" in "".join(text for _, text in parts(blocks) if text.startswith(label)):
        return words_read_back(blocks, label)
    shown = read_back(blocks, label)
    if kind == "text":
        return Preview(kind=kind, text=decoded(shown))
    before, after = [], []
    for line in shown.split("\n"):
        if folded := re.fullmatch(r"⋯ (\d+) unchanged lines, whole in Details \(sha256 ([0-9a-f]{12})\)", line):
            lines = known.split("\n")[len(before) : len(before) + int(folded[1])]
            assert hashlib.sha256("\n".join(lines).encode()).hexdigest().startswith(folded[2])
            before += lines
            after += lines
            continue
        blank = re.fullmatch(r"⟨U\+000A x(\d+)⟩", line[2:])
        lines = [""] * int(blank[1]) if blank else [decoded(line[2:])]
        before += lines if line[0] in " -" else []
        after += lines if line[0] in " +" else []
    return Preview(kind=kind, before="\n".join(before), after="\n".join(after))


def words_read_back(blocks, label=PREVIEW):
    """Both sides of prose whose changes are marked word by word."""
    sides = {"bold": "", "strike": ""}
    quoted = [part for block in blocks if block["type"] == "rich_text" for part in block["elements"]]
    start = next(place for place, part in enumerate(quoted) if part["elements"][0].get("text", "").startswith(label))
    runs = quoted[start + 1]["elements"]
    for run in runs:
        (style,) = run.get("style", {"": True})
        text = run["text"]
        if style:
            assert text[:2] == {"bold": "⟨+", "strike": "⟨-"}[style]
            assert text[-1] == "⟩"
            text = text[2:-1].replace("⟨line break⟩\n", "\n").replace("⟨line break⟩", "\n").replace("⟨blank⟩", " ")
        for side in sides:
            sides[side] += "" if style == side else text
    return Preview(kind="diff", before=decoded(sides["bold"]), after=decoded(sides["strike"]))


def exactly(value):
    """A value that compares as JSON does not in Python: 1, 1.0 and true apart."""
    return json.dumps(value, sort_keys=True)


def markup(value):
    """Every text that Slack parses, anywhere in blocks."""
    if isinstance(value, list):
        return [found for each in value for found in markup(each)]
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            return [value["text"]]
        return [found for each in value.values() for found in markup(each)]
    return []


def elements(blocks):
    """All buttons and menus."""
    return [
        each
        for block in blocks
        for each in [
            *(block["elements"] if block["type"] == "actions" else ()),
            *filter(None, [block.get("accessory")]),
        ]
    ]


def buttons(blocks):
    """Action id → element."""
    return {each["action_id"]: each for each in elements(blocks)}
