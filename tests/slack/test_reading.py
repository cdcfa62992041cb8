"""What a tired reviewer reads first: the beginning of the card and of the notification, honest, sloppy and hostile."""

import copy
import re

import pytest

from approvals.past import About, PastAnswer
from approvals.proposal import Action, Evidence, Source
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from policy import load
from tests.making import make_proposal
from tests.policy.files import ask as asked
from tests.policy.test_recipes import RECIPES
from tests.slack.hostile import markup
from tests.slack.limits import message_faults, sdk_accepts

USUAL = {
    About.first_time: PastAnswer(count=5),
    About.unusual: PastAnswer(count=50, median=100.0),
    About.repeat: PastAnswer(),
    About.rate: PastAnswer(count=1),
    About.budget: PastAnswer(),
    About.effect: PastAnswer(),
}
FORGED = (
    "*Approved* by <@U0BOSS>\nWhy a person is asked\nNobody needs to look · rule fine\n"
    "Approval needed: nothing\n:white_check_mark: *Approved* by U0BOSS"
)
PADDED = "ok" + " " * 400 + "\n" * 300 + FORGED
CLOSING = "Mira” approved by U0BOSS for “all"
BIDI = "\u202eyrev\u2066 \u200bmuch"


def mail(**changes):
    return {"to": ["mira@example.com"], "subject": "Your parcel", "body": "It is on its way.", **changes}


def payment(**changes):
    return {
        "invoice": "RE-2026-1",
        "iban": "DE89370400440532013000",
        "amount": 500,
        "currency": "EUR",
        "reference": "RE-2026-1",
        **changes,
    }


def write(**changes):
    return {
        "environment": "production",
        "table": "orders",
        "statement": "UPDATE orders SET paid = true",
        "rows": 3,
        **changes,
    }


def access(**changes):
    return {"person": "U0BEN", "system": "warehouse", "level": "read", "hours": 4, **changes}


def refund(**changes):
    return {"order": "A-1001", "amount": 80, "currency": "EUR", "note": "late parcel", **changes}


def deploy(**changes):
    return {"service": "shop", "version": "abcdef1", "changes": 40, "migrates": False, **changes}


def note(**changes):
    return {"ticket": "T-1", "text": "Called back", **changes}


HONEST = {"summary": "As the ticket asks", "reasoning": "The customer wrote twice."}
SLOPPY = {"summary": None, "reasoning": "."}
HOSTILE = {
    "summary": "*Approved* by U0BOSS. Why: nobody needs to look” The agent says: “fine",
    "reasoning": FORGED,
    "rollback_plan": PADDED,
    "context": (Evidence(title=FORGED, text=PADDED, url="https://bank.example@evil.example"),),
    "run_id": FORGED,
}

SAMPLES = [
    # recipe, action, form, payload, what the agent says, what has to be read
    ("support-mail", "email.send", "honest", mail(), HONEST, ["Send a mail to", "mira@example.com", "Your parcel"]),
    ("support-mail", "email.send", "sloppy", mail(subject="."), SLOPPY, ["Send a mail to", "mira@example.com"]),
    ("support-mail", "email.send", "hostile", mail(subject=CLOSING, body=FORGED), HOSTILE, ["Send a mail to", "mira"]),
    ("support-mail", "ticket.note", "honest", note(), HONEST, ["Write a note on a ticket", "T-1", "Called back"]),
    ("support-mail", "ticket.note", "sloppy", {"text": ""}, SLOPPY, ["Write a note on a ticket", "(missing)", "text "]),
    ("support-mail", "ticket.note", "hostile", note(text=PADDED), HOSTILE, ["Write a note on a ticket", "T-1"]),
    ("database-writes", "db.write", "honest", write(), HONEST, ["Change 3 rows", "orders", "production"]),
    ("database-writes", "db.write", "sloppy", write(rows=0), SLOPPY, ["Change 0 rows", "orders", "production"]),
    ("database-writes", "db.write", "hostile", write(statement=PADDED), HOSTILE, ["Change 3 rows", "orders"]),
    ("access-roles", "access.grant", "honest", access(), HONEST, ["U0BEN", "read", "warehouse", "4 hours"]),
    ("access-roles", "access.grant", "sloppy", access(system="w"), SLOPPY, ["U0BEN", "read", "w", "4 hours"]),
    ("access-roles", "access.grant", "hostile", access(system=CLOSING), HOSTILE, ["U0BEN", "read", "4 hours"]),
    ("refunds-payments", "payment.create", "honest", payment(), HONEST, ["Pay 500", "EUR", "DE89 3704 0044 053", "RE-2"]),
    ("refunds-payments", "payment.create", "sloppy", payment(reference="-"), SLOPPY, ["Pay 500", "EUR", "DE89 3704"]),
    ("refunds-payments", "payment.create", "hostile", payment(reference=BIDI), HOSTILE, ["Pay 500", "EUR", "DE89 3704"]),
    ("refunds-payments", "refund.create", "honest", refund(), HONEST, ["Refund 80", "EUR", "A-1001"]),
    ("refunds-payments", "refund.create", "sloppy", refund(note=""), SLOPPY, ["Refund 80", "EUR", "A-1001"]),
    ("refunds-payments", "refund.create", "hostile", refund(note=CLOSING + PADDED[:300]), HOSTILE, ["Refund 80", "EUR", "A-1001"]),
    ("deploys", "deploy.production", "honest", deploy(), HONEST, ["Deploy", "shop", "abcdef1", "production", "40"]),
    ("deploys", "deploy.production", "sloppy", deploy(changes=1), SLOPPY, ["Deploy", "shop", "abcdef1", "1 changes"]),
    ("deploys", "deploy.production", "hostile", deploy(), HOSTILE, ["Deploy", "shop", "abcdef1", "production", "40"]),
]  # fmt: skip
ROWS = [pytest.param(*sample[:2], *sample[3:], id=f"{sample[1]}-{sample[2]}") for sample in SAMPLES]
FORGERIES = [
    pytest.param(*sample[:2], sample[3], sample[4], id=sample[1]) for sample in SAMPLES if sample[2] == "hostile"
]


def sample_of(recipe, action, payload, said):
    """The proposal as the recipe judges it."""
    rules = load(RECIPES / f"{recipe}.yml", None)
    (agent,) = [each for each in rules.agents.values() if each.allows(action)]
    source = rules.source_for(agent.name, Source.trusted)
    asking = asked(agent=agent.name, source=source, confidence=0.95, **said)
    proposed = Action(name=action, payload=payload)
    assert rules.faults(asking, proposed) == ()
    known = {question: USUAL[question.about] for question in rules.questions(asking, proposed)}
    return make_proposal(action=action, payload=payload, ask=asking, gate=rules.judge(asking, [proposed], known))


def beginning_of(made):
    return made.words[:300]


def test_there_are_seven_kinds_in_three_forms_each():
    assert len(SAMPLES) == 21
    assert len({(action, form) for _, action, form, *_ in SAMPLES}) == 21


@pytest.mark.parametrize(("recipe", "action", "payload", "said", "read"), ROWS)
def test_the_first_300_characters_say_what_how_much_and_to_whom_and_before_the_claims_who_asks_and_why_it_is_asked(
    recipe, action, payload, said, read
):
    proposal = sample_of(recipe, action, payload, said)
    made = card(proposal)
    why = proposal.gate.risk[0].reason
    for expected in read:
        assert expected in beginning_of(made), made.words[:300]
    for expected in [proposal.ask.agent, action, why]:
        assert expected in made.words[: made.words.index("Agent's claims, unchecked")]
    for expected in [proposal.ask.agent, *read, why[:90]]:
        assert expected in made.text[:300], made.text[:300]
    assert message_faults(made.blocks, made.text) == []
    assert sdk_accepts(made.blocks)


@pytest.mark.parametrize(("recipe", "action", "payload", "said"), FORGERIES)
def test_a_hostile_form_never_reads_like_an_honest_one(recipe, action, payload, said):
    made = card(sample_of(recipe, action, payload, said))
    assert "U0BOSS" not in re.sub(r"“[^“”]*”", "", outside(made)), "forged words stand in quotation marks and boxes"
    assert "U0BOSS" not in re.sub(r"“[^“”]*”", "", made.text), "in the notification, too"
    assert not [text for text in markup(made.blocks) if "U0BOSS" in text or "nobody needs" in text]
    assert made.blocks[0]["text"]["text"] == card(sample_of(recipe, action, payload, HONEST)).blocks[0]["text"]["text"]
    bold = [*heads(made)]
    assert not [line for line in bold if "U0BOSS" in re.sub(r"“[^“”]*”", "", line) or "nobody needs" in line]
    assert bold.count("Agent's claims") == 1
    assert "\n" * 4 not in str(made.blocks)
    assert "x300⟩" in made.words or "Not shown here" in made.words


def outside(made):
    """The words of the card that stand in no box, behind no bar and not as code."""
    kept = copy.deepcopy(made.blocks)
    for block in kept:
        if block["type"] == "rich_text":
            block["elements"] = [
                {**part, "elements": [run for run in part["elements"] if not run.get("style", {}).get("code")]}
                for part in block["elements"]
                if part["type"] in ("rich_text_section", "rich_text_list")
            ]
    return words_of(kept)


def heads(made):
    """Labels in bold and headers: what only we can write."""
    for block in made.blocks:
        if block["type"] == "header":
            yield block["text"]["text"]
        for part in block.get("elements", ()) if block["type"] == "rich_text" else ():
            for run in part["elements"]:
                if run.get("style", {}).get("bold"):
                    yield run["text"]


def test_a_value_that_closes_the_quotation_stays_inside_it():
    made = card(make_proposal(title="Refund to {payload.customer}", payload={"customer": CLOSING}))
    assert made.blocks[0]["text"]["text"] == ("Refund to “Mira⟨U+201D⟩ approved by U0BOSS for ⟨U+201C⟩all”")


def test_bidi_and_blanks_in_a_title_are_spelled_out():
    made = card(make_proposal(title="Pay {payload.to}", payload={"to": "a\u202eb" + " " * 300 + "c"}))
    assert made.blocks[0]["text"]["text"] == "Pay “a⟨U+202E⟩b⟨U+0020 x300⟩c”"
