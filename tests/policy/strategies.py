"""Rules, proposals and what is known of the past, drawn at random."""

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import strategies as st

from approvals.budget import BudgetTerms
from approvals.gate import ApprovalTerms, Batch, Confirmation, Sampling, Tier
from approvals.hours import Hours
from approvals.past import About, PastAnswer
from approvals.proposal import Action, Source
from policy import evaluate
from policy.expressions.condition import compiled
from policy.file.credentials import Credentials
from policy.keys.budget import Budget
from policy.keys.past import FirstTime, Past, Rate, Repeat, Unusual
from policy.keys.retention import Retention
from policy.loaded import LoadedPolicy
from policy.routing import Role
from policy.rules import Defaults, EffectTerms, Rule
from tests.policy.files import ask

ROLES = ("finance", "platform", "support")


BOUND = [
    compiled(source)
    for source in ("payload.n > 5", "payload.flag", "agent == 'bot'", "action.endsWith('y')", "payload.x.y == 'z'")
]


CLAIMED = [
    compiled(source)
    for source in (
        "confidence < 0.5",
        "confidence > 0.5",
        "source == 'trusted'",
        "signals.cost > 1.0",
        "run_id == ''",
        "on_behalf_of != ''",
    )
]


FIELDS = st.lists(st.sampled_from(["n", "flag", "x"]), unique=True).map(tuple)


PAYLOADS = st.fixed_dictionaries(
    {},
    optional={
        "n": st.one_of(st.integers(0, 10), st.floats(0, 10), st.text(max_size=1), st.none()),
        "flag": st.one_of(st.booleans(), st.just("true")),
        "x": st.one_of(st.just({"y": "z"}), st.integers(0, 1)),
    },
)


ACTIONS = st.builds(Action, name=st.sampled_from(["a.x", "a.y", "b.y"]), payload=PAYLOADS)


CLAIMS = st.fixed_dictionaries(
    {
        "confidence": st.one_of(st.none(), st.floats(0, 1)),
        "source": st.sampled_from(Source),
        "signals": st.sampled_from([{}, {"cost": 5}, {"cost": 0.5}, {"cost": "much"}]),
        "run_id": st.sampled_from([None, "r1"]),
        "on_behalf_of": st.sampled_from([None, "U0ERIN"]),
        "reasoning": st.text(max_size=5),
        "expires_in": st.sampled_from([None, 5]),
    }
).map(lambda said: ask(**said))


DEFAULTS = st.builds(
    Defaults,
    tier=st.sampled_from([Tier.approve, Tier.block]),
    role=st.just("support"),
    expires_in=st.just(3600),
    execute_within=st.just(3600),
    report_within=st.just(3600),
)


HOURS = [
    Hours(tz=zone, days=days, start=start, end=end, extend=extend)
    for zone, days, start, end, extend in [
        ("Europe/Berlin", (0, 1, 2, 3, 4), 540, 1020, True),
        ("America/New_York", (5, 6), 0, 1440, True),
        ("Asia/Kolkata", (0,), 600, 660, True),
        ("UTC", (2,), 0, 60, False),
    ]
]


PAST = [
    FirstTime(fields=("payload.n",)),
    FirstTime(fields=("payload.flag", "payload.x.y")),
    Unusual(field="payload.n", times=5.0),
    Repeat(),
    Rate(per=600, over=20),
    *(
        Budget(
            terms=BudgetTerms(action="*", sum="payload.n", per=per, same=same),
            window=3600,
            over=Decimal(over),
            roles=("finance", "support"),
        )
        for per, same, over in [(None, None, 5), ("role", None, 8), ("payload.x.y", "payload.flag", "2.5")]
    ),
]


ANSWERS = st.builds(
    PastAnswer,
    count=st.sampled_from([0, 9, 10, 50]),
    median=st.sampled_from([None, 1.0, -3.0]),
    by=st.sampled_from([None, "U0ALICE"]),
    same=st.booleans(),
    total=st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(8)]),
    unsure=st.sampled_from([0, 0, 1]),
    holder=st.sampled_from([None, "prp_1"]),
    done=st.sampled_from([None, "prp_2"]),
    tried=st.sampled_from([None, "prp_3"]),
)


EFFECTS = [
    EffectTerms(template="do:{payload.n}"),
    EffectTerms(template="do:{payload.n}", once=True),
    EffectTerms(template="{action}:{payload.x.y}:{flag}"),
]


SAMPLINGS = [Sampling(share=0.1, roles=("support",)), Sampling(share=0.5, roles=("finance", "platform"))]


FRICTIONS = [
    Confirmation(),
    Confirmation(typed=("",)),
    Confirmation(typed=("n",)),
    Confirmation(typed=("flag", "n")),
    Confirmation(code=True),
    Confirmation(typed=("n",), code=True),
]


class Knowledge(Mapping):
    """An answer for every subject, or none."""

    def __init__(self, about):
        self.about = about

    def __getitem__(self, question):
        if self.about[question.about] is None:
            raise KeyError(question)
        return self.about[question.about]

    def __iter__(self):
        return iter(self.about)

    def __len__(self):
        return len(self.about)

    def __repr__(self):
        return f"Knowledge({self.about})"


KNOWN = st.fixed_dictionaries({about: st.one_of(st.none(), ANSWERS) for about in About}).map(Knowledge)


PEOPLE = ["U0ALICE", "U0BOB", "U0CAROL", "U0ERIN", "U0OWNER"]


MEMBERS = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1).map(tuple)


STAFF = st.fixed_dictionaries(
    {
        name: st.builds(
            Role,
            name=st.just(name),
            channel=st.just(f"C0{name.upper()}"),
            members=MEMBERS,
            groups=st.sampled_from([(), (), ("S0GROUP",)]),
            allow_self_review=st.booleans(),
            lead=st.sampled_from([(), ("U0LEAD",)]),
            backup=st.sampled_from([None, *later]),
        )
        for name, later in (("finance", ["platform", "support"]), ("platform", ["support"]), ("support", []))
    }
)


TERMS = st.builds(
    ApprovalTerms,
    may_differ=st.sampled_from([(), ("payload.flag",), ("payload.flag", "payload.n"), ("payload.x.y",)]),
    lasts=st.sampled_from([60, 3600]),
    most=st.sampled_from([1, 5, 20]),
)


@st.composite
def rules(draw, tiers=tuple(Tier), anchored=False):
    """Any rule; an anchored one names every action, whatever the payload and the past, and a role."""
    tier = draw(st.sampled_from(tiers))
    asking, looked_at = tier is Tier.approve, tier in (Tier.watch, Tier.approve)
    loosening = tier < Tier.approve
    named = st.lists(st.sampled_from(ROLES), unique=True, min_size=anchored, max_size=2) if looked_at else st.just([])
    named = tuple(draw(named))
    return Rule(
        id=draw(st.uuids()).hex,
        action="*" if anchored else draw(st.sampled_from(["*", "a.*", "*.y", "a.x", "c.*"])),
        conditions=()
        if anchored
        else tuple(draw(st.lists(st.sampled_from(BOUND if loosening else BOUND + CLAIMED), max_size=2))),
        past=() if loosening or anchored else tuple(draw(st.lists(st.sampled_from(PAST), max_size=2, unique=True))),
        tier=tier,
        roles=named,
        same=asking and not named and not anchored and draw(st.booleans()),
        approvals=draw(st.sampled_from([None, 1, 2, 3])) if asking else None,
        expires_in=draw(st.sampled_from([None, 60, 7200])) if asking else None,
        max_expires_in=draw(st.sampled_from([None, 7200, 9000])) if asking else None,
        execute_within=draw(st.sampled_from([None, 60, 7200])) if tier is not Tier.block else None,
        object_within=draw(st.sampled_from([60, 3600])) if tier is Tier.watch else None,
        undo_window=draw(st.sampled_from([None, 10, 600])) if asking else None,
        remind=tuple(draw(st.lists(st.sampled_from([5, 10, 30]), unique=True))) if asking else (),
        escalate=draw(st.sampled_from([None, (20, "platform"), (40, "support")])) if asking else None,
        hours=draw(st.sampled_from([None, *HOURS])) if asking else None,
        second_person=draw(st.booleans()) if asking else False,
        sampling=draw(st.sampled_from([None, *SAMPLINGS])) if tier is Tier.auto else None,
        remember_approval=draw(st.one_of(st.none(), TERMS)) if asking else None,
        batch=draw(st.sampled_from([None, Batch(window=60, most=5), Batch(window=300, most=3)])) if asking else None,
        confirmation=draw(st.sampled_from([None, *FRICTIONS])) if asking else None,
        reject_reasons=tuple(draw(st.lists(st.sampled_from(["No", "Not now", "Wrong"]), unique=True)))
        if looked_at
        else (),
        remember_rejection=draw(st.sampled_from([None, 60, 7200])) if asking else None,
        title=draw(st.sampled_from([None, "Do it", "Do {payload.n}"])),
        show=tuple(draw(st.lists(st.sampled_from(["n", "flag", "x.y"]), unique=True, max_size=2))),
        redact=tuple(draw(st.lists(st.sampled_from(["n", "x"]), unique=True, max_size=2))),
        reason=draw(st.sampled_from([None, "Because"])),
        edit=draw(st.one_of(st.none(), FIELDS)) if asking else None,
        effect=draw(st.sampled_from([None, None, *EFFECTS])) if tier is not Tier.block else None,
    )


BOOKS = st.lists(rules(), max_size=5)


HISTORIES = st.lists(ACTIONS, min_size=1, max_size=3)


def judge(book, defaults, said, history, at_least, known=None):
    return evaluate.judge(book, defaults, said, history, at_least, Past(known={} if known is None else known))


def policy_of(book, defaults, staff):
    agents = {"bot": SimpleNamespace(owner="U0OWNER")}
    return LoadedPolicy(
        version="v",
        roles=staff,
        agents=agents,
        ops=None,
        defaults=defaults,
        retention=Retention(),
        rules=tuple(book),
        schemas={},
        warnings=(),
        credentials=Credentials(),
    )


def matched(book, said, history, known=None):
    past = Past(known={} if known is None else known)
    return [each.rule for action in history for each in evaluate.weigh_all(book, said, action, past) if each.matched]


def named_roles(book, said, history, known=None):
    return {role for each in matched(book, said, history, known) for role in each.roles}


def no_wider(after, before):
    """Whether a remembered approval on the terms `after` would approve nothing that one on those before would not."""
    return after is None or (
        before is not None
        and set(after.may_differ) <= set(before.may_differ)
        and after.lasts <= before.lasts
        and after.most <= before.most
    )


def no_easier(after, before):
    """Whether an approval takes at least as much beside the click."""
    return before is None or (after is not None and set(before.typed) <= set(after.typed))
