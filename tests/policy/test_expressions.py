import pytest

from approvals.proposal import Action, Source
from policy.expressions.condition import BadExpression, Unevaluable, compiled, condition_inputs
from tests.policy.files import ask, refund


def answer(condition, action=None, **said):
    return compiled(condition).ask(condition_inputs(ask(**said), action or refund()))


@pytest.mark.parametrize("amount", [250, 250.0, 250.5])
@pytest.mark.parametrize("source", ["payload.amount > 100.0", "payload.amount > 100", "payload.amount >= 250"])
def test_whole_numbers_and_fractions_compare_alike(source, amount):
    assert answer(source, refund(amount=amount)) is True


@pytest.mark.parametrize(
    ("source", "payload", "why"),
    [
        ("payload.amount > 100.0", {}, "a field is missing"),
        ("payload.amount > 100.0", {"amount": "250"}, "a field has another type"),
        ("payload.amount > 100.0", {"amount": True}, "a field has another type"),
        ("payload.flag", {"flag": "false"}, "it gives no yes or no"),
        ("payload.flag", {"flag": 1}, "it gives no yes or no"),
        ("payload.flag", {"flag": None}, "it gives no yes or no"),
        ("payload.a / 0 > 1", {"a": 1}, "it cannot be computed"),
        ("payload.a.all(x, x >= 0)", {"a": list(range(20_000))}, "it would take too long"),
    ],
)
def test_no_answer_is_never_taken_for_a_yes(source, payload, why):
    action = refund()
    object.__setattr__(action, "payload", payload)
    assert answer(source, action) == Unevaluable(why)


def test_why_there_is_no_answer_never_quotes_the_agent():
    unanswered = answer("payload[payload.key] == 1", refund(key="*approved by U0BOSS*"))
    assert unanswered == Unevaluable("a field is missing")


def test_what_is_nested_too_deep_gets_no_answer_and_ends_nothing():
    nested = 1
    for _ in range(65):
        nested = [nested]
    action = refund()
    object.__setattr__(action, "payload", {"a": nested})
    assert answer("has(payload.a)", action) == Unevaluable("the proposal cannot be read")


@pytest.mark.parametrize(
    "source",
    [
        "action == 'refund.create'",
        "agent == 'bot'",
        "payload == {}",
        "confidence == 0.0",
        "signals == {}",
        "source == 'untrusted'",
        "run_id == ''",
        "on_behalf_of == ''",
    ],
)
def test_what_the_agent_left_out_is_empty_and_no_confidence_is_none(source):
    assert answer(source) is True


def test_what_the_agent_said_can_be_read():
    said = {
        "confidence": 1,
        "signals": {"cost_usd": 3, "flagged": True},
        "source": Source.trusted,
        "run_id": "r1",
        "on_behalf_of": "U0ERIN",
    }
    source = "confidence == 1.0 && signals.cost_usd > 2.5 && signals.flagged && source == 'trusted' && run_id == 'r1'"
    assert answer(source + " && on_behalf_of == 'U0ERIN'", Action(name="a", payload={}), **said) is True


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("payload.amount >", "Syntax error.*column"),
        ("", "Syntax error"),
        ("payload.amount = 1", "Syntax error"),
        ("amount > 1", "undeclared reference to 'amount'.*may read action, agent, payload"),
        ("confidence > '1'", "a number cannot be compared with text"),
        ("payload.amount + 1", "gives a number, not true or false"),
        ("size(payload)", "gives a number, not true or false"),
        ("'x'", "gives text, not true or false"),
        ("payload", "gives an object, not true or false"),
        ("(" * 100 + "true" + ")" * 100, "recursion limit"),
        ("true" + " && true" * 200, "longer than 1000"),
    ],
)
def test_what_can_be_neither_true_nor_false_is_no_condition(source, why):
    with pytest.raises(BadExpression, match=why):
        compiled(source)


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("payload.amount > 1 && agent == 'x'", {"payload", "agent"}),
        ("[1, 2].all(confidence, confidence > 0)", set()),
        ("payload.confidence > 0.5", {"payload"}),
        ("confidence < 0.5 || source == 'untrusted' || has(signals.x)", {"confidence", "source", "signals"}),
    ],
)
def test_what_a_condition_reads_is_known_without_running_it(source, reads):
    condition = compiled(source)
    assert condition.reads == reads
    assert condition.trusts_the_agent == bool(reads - {"action", "agent", "payload"})


def test_a_condition_is_told_on_one_line():
    assert compiled("payload.a > 1\n  && payload.b > 2").source == "payload.a > 1 && payload.b > 2"
