"""Each recipe is a whole policy that is sound, and judges as its comments say."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

import policy
from approvals.gate import Tier
from approvals.past import About, PastAnswer
from approvals.proposal import Action, Source
from policy import check, load
from policy.file.yaml_file import read_yaml
from tests.policy.files import ask

RECIPES = Path(policy.__file__).parent / "recipes"
FILES = sorted(RECIPES.glob("*.yml"))
USUAL = {
    About.first_time: PastAnswer(count=5),
    About.unusual: PastAnswer(count=50, median=100.0),
    About.repeat: PastAnswer(),
    About.rate: PastAnswer(count=1),
    About.budget: PastAnswer(total=Decimal(100)),
}
NEW = {About.first_time: PastAnswer()}
REFUSED = {About.repeat: PastAnswer(by="U0ALICE", same=True)}
FLOOD = {About.rate: PastAnswer(count=1000)}
MUCH = {About.budget: PastAnswer(total=Decimal(20_000))}
SURE = {"confidence": 0.95}
OUTSIDE = {"source": Source.untrusted}

MAIL = {"to": ["mira@example.com"], "subject": "Your parcel", "body": "It is on its way."}
CARD = {"body": "Your card 4111 1111 1111 1111 was charged."}
MANY = {"to": [f"m{number}@example.com" for number in range(6)]}
THANKS = {"to": "mira@example.com", "ticket": "T-1", "name": "Mira"}
VOUCHER = {"customer": "c1", "amount": 15, "currency": "EUR"}
REFUND = {"order": "A-1001", "amount": 80, "currency": "EUR"}
PAYMENT = {
    "invoice": "RE-2026-1",
    "iban": "DE89370400440532013000",
    "amount": 500,
    "currency": "EUR",
    "reference": "RE-2026-1",
}
WRITE = {"environment": "production", "table": "orders", "statement": "UPDATE orders SET paid = true", "rows": 3}
MIGRATION = {"name": "add_index", "statements": ["CREATE INDEX i ON orders (paid)"]}
ACCESS = {"person": "U0BEN", "system": "warehouse", "level": "read", "hours": 4}
ROLE = {"person": "U0BEN", "system": "crm", "role": "editor"}
DEPLOY = {"service": "shop", "version": "abcdef1", "changes": 40, "migrates": False}
POST = {"place": "blog", "title": "News", "body": "We have news.", "topics": ["product"]}
FIX = {"post": "p1", "before": "teh", "after": "the", "words": 1}
LETTER = {"list": "all", "subject": "News", "body": "We have news.", "recipients": 120}

JUDGED = {
    "support-mail": [
        ("ticket.read_thread", {}, {}, {}, "auto"),
        ("ticket.note", {"text": "called back"}, {}, {}, "watch support"),
        ("email.acknowledge", THANKS, SURE, {}, "watch support"),
        ("email.acknowledge", THANKS, {"confidence": 0.59}, {}, "approve support"),
        ("email.acknowledge", THANKS, {}, {}, "approve support"),
        ("email.acknowledge", THANKS, SURE, NEW, "approve support"),
        ("email.acknowledge", THANKS, SURE, REFUSED, "approve lead support"),
        ("email.acknowledge", THANKS, SURE, FLOOD, "approve lead support"),
        ("email.send", MAIL, SURE, {}, "approve support"),
        ("email.send", MAIL, SURE, NEW, "approve support"),
        ("email.send", MAIL | MANY, SURE, {}, "approve lead support"),
        ("email.send", MAIL | {"attachments": ["a.pdf"]}, SURE, {}, "approve support 2"),
        ("email.send", MAIL | {"attachments": []}, SURE, {}, "approve support"),
        ("email.send", MAIL | CARD, SURE, {}, "block"),
        ("email.send", MAIL | {"body": "Your new Password: x"}, SURE, {}, "block"),
        ("ticket.merge", {}, SURE, {}, "approve support"),
    ],
    "refunds-payments": [
        ("voucher.create", VOUCHER, SURE, {}, "watch support"),
        ("voucher.create", VOUCHER | {"amount": 20.01}, SURE, {}, "approve finance"),
        ("voucher.create", VOUCHER, {}, {}, "approve support"),
        ("voucher.create", VOUCHER, SURE, FLOOD, "approve finance support"),
        ("voucher.create", VOUCHER, SURE, MUCH, "block"),
        ("refund.create", REFUND, SURE, MUCH, "approve finance support"),
        ("refund.create", REFUND, SURE, {}, "approve support"),
        ("refund.create", REFUND | {"amount": 100.01}, SURE, {}, "approve finance support"),
        ("refund.create", REFUND | {"amount": 501}, SURE, {}, "approve finance support"),
        ("refund.create", REFUND, SURE, {About.unusual: PastAnswer(count=50, median=10.0)}, "approve finance support"),
        ("refund.create", REFUND, SURE, {About.unusual: PastAnswer(count=9, median=80.0)}, "approve finance support"),
        ("refund.create", REFUND, SURE, REFUSED, "approve finance support"),
        ("refund.create", REFUND, SURE, FLOOD, "approve finance support"),
        ("refund.create", REFUND | {"amount": 5001}, SURE, {}, "block"),
        ("payment.status", {}, {}, {}, "auto"),
        ("payment.create", PAYMENT, SURE, {}, "approve finance 2"),
        ("payment.create", PAYMENT, SURE, NEW, "approve finance treasury 2"),
        ("payment.create", PAYMENT | {"amount": 1001}, SURE, {}, "approve finance treasury 2"),
        ("payment.create", PAYMENT, SURE | OUTSIDE, {}, "block"),
        ("payment.change_account", {}, SURE, {}, "block"),
    ],
    "database-writes": [
        ("db.read_table", {}, {}, FLOOD, "auto"),
        ("db.read_table", {}, OUTSIDE, {}, "auto"),
        ("db.write", WRITE | {"environment": "staging"}, SURE, {}, "watch data"),
        ("db.write", WRITE, SURE, {}, "approve data"),
        ("db.write", WRITE, {}, {}, "approve data 2"),
        ("db.write", WRITE | {"rows": 1001}, SURE, {}, "approve data platform"),
        ("db.write", WRITE, SURE, {About.unusual: PastAnswer(count=50, median=0.1)}, "approve data 2"),
        ("db.write", WRITE | {"environment": "staging"}, SURE, NEW, "approve data"),
        ("db.write", WRITE | {"table": "customers"}, SURE, {}, "approve data privacy"),
        ("db.write", WRITE, SURE, FLOOD, "approve data platform"),
        ("db.write", WRITE, SURE | OUTSIDE, {}, "block"),
        ("db.migrate", MIGRATION, SURE, {}, "approve platform 2"),
        ("db.migrate", MIGRATION, SURE, REFUSED, "approve data platform 2"),
        ("db.drop_table", {}, SURE, {}, "block"),
        ("db.truncate", {}, SURE, {}, "block"),
        ("db.vacuum", {}, SURE, {}, "approve data"),
    ],
    "access-roles": [
        ("access.revoke", ACCESS, SURE, {}, "watch it"),
        ("access.revoke", ACCESS, SURE, FLOOD, "approve it security"),
        ("access.grant", ACCESS, SURE, {}, "approve it"),
        ("access.grant", ACCESS, {"confidence": 0.6}, {}, "approve it 2"),
        ("access.grant", ACCESS | {"hours": 9}, SURE, {}, "approve it security"),
        ("access.grant", ACCESS | {"level": "write"}, SURE, {}, "approve it security"),
        ("access.grant", ACCESS | {"level": "admin"}, SURE, {}, "approve it security 2"),
        ("access.grant", ACCESS, SURE, NEW, "approve it security"),
        ("access.grant", ACCESS, SURE, REFUSED, "approve it security"),
        ("access.grant", ACCESS, SURE | {"on_behalf_of": "U0BEN"}, {}, "approve it 2"),
        ("role.change", ROLE, SURE, {}, "approve it security"),
        ("role.change", ROLE | {"role": "owner"}, SURE, {}, "block"),
        ("role.list", {}, SURE, {}, "approve it"),
    ],
    "deploys": [
        ("deploy.preview", {}, OUTSIDE, {}, "auto"),
        ("deploy.staging", {}, {}, {}, "watch developers"),
        ("deploy.rollback", {}, {}, FLOOD, "watch oncall"),
        ("deploy.production", DEPLOY, SURE, {}, "approve developers"),
        ("deploy.production", DEPLOY, {}, {}, "approve developers 2"),
        ("deploy.production", DEPLOY | {"migrates": True}, SURE, {}, "approve developers release"),
        ("deploy.production", DEPLOY | {"changes": 501}, SURE, {}, "approve developers 2"),
        ("deploy.production", DEPLOY, SURE, NEW, "approve developers release"),
        ("deploy.production", DEPLOY, SURE, REFUSED, "approve developers release"),
        ("deploy.production", DEPLOY, SURE, FLOOD, "approve developers release"),
        ("deploy.production", DEPLOY, SURE | OUTSIDE, {}, "block"),
        ("infra.destroy_cluster", {}, SURE, {}, "block"),
        ("infra.scale", {}, SURE, {}, "approve developers"),
    ],
    "publishing": [
        ("post.draft", {}, {}, {}, "auto"),
        ("post.correct", FIX, SURE, {}, "watch editors"),
        ("post.correct", FIX | {"words": 6}, SURE, {}, "approve editors"),
        ("post.correct", FIX, {}, {}, "approve editors"),
        ("post.publish", POST, SURE, {}, "approve editors"),
        ("post.publish", POST | {"topics": ["product", "prices"]}, SURE, {}, "approve editors legal"),
        ("post.publish", POST | {"topics": ["persons"]}, SURE, {}, "block"),
        ("post.publish", POST, SURE, NEW, "approve comms editors"),
        ("post.publish", POST, SURE | OUTSIDE, {}, "approve editors 2"),
        ("post.publish", POST, SURE, REFUSED, "approve comms editors"),
        ("post.publish", POST, SURE, FLOOD, "approve comms editors"),
        ("newsletter.send", LETTER, SURE, {}, "approve comms editors"),
        ("newsletter.send", LETTER | {"recipients": 201}, SURE, {}, "approve comms editors 2"),
        ("press.release", {}, SURE, {}, "approve comms legal"),
    ],
}
ROWS = [(name, *row) for name, rows in JUDGED.items() for row in rows]


def judged(name, action, payload, said, past):
    """The gate for the recipe's agent that may propose the action, with the past as usual but for what is given."""
    recipe = load(RECIPES / f"{name}.yml", None)
    (agent,) = [agent for agent in recipe.agents.values() if agent.allows(action)]
    asking = ask(**{**said, "agent": agent.name, "source": recipe.source_for(agent.name, said.get("source"))})
    proposed = Action(name=action, payload=payload)
    assert recipe.faults(asking, proposed) == ()
    answers = USUAL | past
    known = {question: answers[question.about] for question in recipe.questions(asking, proposed)}
    return recipe.judge(asking, [proposed], known)


def short(gate):
    """`approve finance support 2`: how strict, whose, and how many of each where it is more than one."""
    many = gate.tier is Tier.approve and gate.approvals > 1
    return " ".join([str(gate.tier), *gate.roles, *([str(gate.approvals)] if many else [])])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recipe_is_sound_and_has_nothing_to_warn_of(path):
    named = re.findall(r"token_env: (\w+)", path.read_text(encoding="utf-8"))
    report = check(path, {name: f"{name}-for-tests-0123456789abcdefghijkl" for name in named})
    assert report.faults == ()
    assert report.warnings == ()


@pytest.mark.parametrize(("name", "action", "payload", "said", "past", "gate"), ROWS)
def test_a_recipe_judges_as_its_comments_say(name, action, payload, said, past, gate):
    assert short(judged(name, action, payload, said, past)) == gate


@pytest.mark.parametrize("name", JUDGED)
def test_every_rule_of_a_recipe_is_met_by_some_proposal_of_the_table(name):
    met = {rule for row in ROWS if row[0] == name for rule in judged(*row[:-1]).rules}
    assert {rule.id for rule in load(RECIPES / f"{name}.yml", None).rules} == met


def test_every_recipe_is_judged_and_listed_with_what_makes_it():
    told = (RECIPES / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in FILES} == set(JUDGED)
    assert set(re.findall(r"\]\((.+?\.yml)\)", told)) == {path.name for path in FILES}


def test_every_schema_is_used_and_every_recipe_says_what_its_tiers_are_chosen_by():
    used = set()
    for path in FILES:
        used |= set(read_yaml(path).value["schemas"].values())
        text = path.read_text(encoding="utf-8")
        assert [
            word for word in ("Cost of an error:", "Reversible:", "Who:", "Evidence:", "By when:") if word not in text
        ] == []
    assert used == {f"schemas/{path.name}" for path in (RECIPES / "schemas").iterdir()}


@pytest.mark.parametrize(
    ("name", "action", "payload"),
    [
        ("refunds-payments", "refund.create", REFUND),
        ("refunds-payments", "payment.create", PAYMENT),
        ("access-roles", "access.grant", ACCESS | {"hours": 9}),
        ("publishing", "newsletter.send", LETTER),
    ],
)
def test_where_money_or_much_is_at_stake_an_edit_needs_a_second_person(name, action, payload):
    assert judged(name, action, payload, SURE, {}).second_person


def test_an_edit_never_changes_who_gets_the_money_or_the_mail():
    assert "iban" not in judged("refunds-payments", "payment.create", PAYMENT, SURE, {}).edit
    assert "order" not in judged("refunds-payments", "refund.create", REFUND, SURE, {}).edit
    assert "to" not in judged("support-mail", "email.send", MAIL, SURE, {}).edit
    assert judged("access-roles", "access.grant", ACCESS, SURE, {}).edit == ("hours",)


def test_no_claim_brings_treasury_in_where_finance_is_too_few_for_a_payment():
    gate = judged("refunds-payments", "payment.create", PAYMENT, SURE | {"on_behalf_of": "U0CAROL"}, {})
    assert gate.stand_ins == ()
    assert gate.quorum_unreachable == "There are not enough people who may approve this: finance lacks 1."


def test_a_payment_to_a_new_account_waits_an_hour_at_most_and_cannot_be_put_off():
    gate = judged("refunds-payments", "payment.create", PAYMENT, SURE, NEW)
    assert (gate.expires_in, gate.max_expires_in) == (3600, None)


@pytest.mark.parametrize("past", [{}, NEW, REFUSED, FLOOD])
def test_mail_and_deploys_keep_their_hours_in_odd_cases_too(past):
    assert [each.extend for each in judged("support-mail", "email.send", MAIL, SURE, past).hours] == [True]
    gate = judged("deploys", "deploy.production", DEPLOY, SURE, past)
    assert gate.hours == ()
    assert [(each.after, each.to, [hours.extend for hours in each.outside]) for each in gate.escalate] == [
        (1200, "oncall", [False])
    ]


def test_what_is_watched_says_for_how_long():
    told = {
        name: judged(name, action, payload, SURE, {}).object_within
        for name, action, payload in [
            ("support-mail", "email.acknowledge", THANKS),
            ("refunds-payments", "voucher.create", VOUCHER),
            ("deploys", "deploy.rollback", {}),
        ]
    }
    assert told == {"support-mail": 1800, "refunds-payments": 86_400, "deploys": 1800}


def test_where_nothing_is_known_of_the_past_nothing_odd_runs_by_itself():
    recipe = load(RECIPES / "support-mail.yml", None)
    said = ask(agent="support-bot", **SURE)
    assert recipe.judge(said, [Action(name="email.acknowledge", payload=THANKS)], {}).tier is Tier.approve
