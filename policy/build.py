"""Building a policy: from the file to a policy in force, with everything that is wrong found in one go."""

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from approvals.gate import ApprovalTerms, Batch, Tier
from policy.agents import Agent
from policy.checks import warnings as advice
from policy.checks.fields import impossible
from policy.checks.lint import Lint
from policy.checks.plants import unplantable
from policy.expressions.condition import BadExpression, Condition, compiled, slips
from policy.expressions.types import declared
from policy.file.credentials import Credentials, credentials
from policy.file.durations import UNITS
from policy.file.faults import PolicyFault, PolicyFaults, UnplacedFault
from policy.file.parse import parse_policy
from policy.file.yaml_file import Document, contents, read_yaml
from policy.json_schema.schemas import load_schemas
from policy.keys import fatigue, sample
from policy.keys.budget import budget_of
from policy.keys.callbacks import unreachable
from policy.keys.drills import load_library
from policy.keys.past import FirstTime, PastCondition, Rate, Repeat, Unusual
from policy.keys.retention import retention_of
from policy.keys.timing import hours_of
from policy.loaded import LoadedPolicy
from policy.routing import Ops, Role
from policy.rules import Defaults, EffectTerms, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from policy.expressions.types import Fields
    from policy.file.rule_keys import RememberApprovalEntry
    from policy.file.rulebook import DefaultsEntry, Rulebook, RuleEntry

Sources: TypeAlias = "Mapping[Path, str | None]"
"""The files that a policy is made of, each with the SHA-256 of its content; None for one that cannot be read."""


def load(path: "Path", environ: "Mapping[str, str] | None") -> LoadedPolicy:
    """The policy at `path`, with tokens out of `environ`; raises PolicyFaults with every fault there is.

    None for the environment is for looking at a policy: nobody holds a token of it.
    """
    examined = check_policy(path, environ)
    if examined.policy is None:
        raise PolicyFaults(examined.faults)
    return examined.policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCheck:
    """A policy file and everything there is to say about it."""

    policy: LoadedPolicy | None
    """None where there are faults."""
    faults: tuple[PolicyFault, ...] = ()
    warnings: tuple[PolicyFault, ...] = ()
    notes: tuple[PolicyFault, ...] = ()
    sources: Sources = field(default_factory=dict)
    """What was read: the file, and the schema files it names. Empty where the file is not even YAML."""
    lint: Lint | None = None
    """The entries of a sound policy, for who looks further, and `locate` says where in the file a finding is."""
    locate: "Callable[[UnplacedFault], PolicyFault] | None" = None


def looked_at(files: "Iterable[Path]") -> Sources:
    """What a look at the files finds now, to be held against the `sources` of a policy."""
    found: dict[Path, str | None] = {}
    for file in files:
        try:
            found[file] = _digest(contents(file))
        except OSError:
            found[file] = None
    return found


def check_policy(path: "Path", environ: "Mapping[str, str] | None") -> PolicyCheck:
    """What is in the file at `path`; raises nothing. Without an environment no token is looked for."""
    try:
        document = read_yaml(path)
    except PolicyFaults as faults:
        return PolicyCheck(policy=None, faults=faults.faults)
    return _looked_over(path, document, environ)


def check_content(path: "Path", content: bytes) -> PolicyCheck:
    """What the file at `path` would be if this were in it; raises nothing. No token is looked for."""
    try:
        document = Document(str(path), content)
    except PolicyFaults as faults:
        return PolicyCheck(policy=None, faults=faults.faults)
    return _looked_over(path, document, None)


def _looked_over(path: "Path", document: Document, environ: "Mapping[str, str] | None") -> PolicyCheck:
    try:
        return _examined(path, document, environ)
    except Exception as error:  # noqa: BLE001 whatever goes wrong, the policy in force stays and its operators hear why
        message = f"cannot be looked at, for a reason that nobody foresaw: {type(error).__name__}"
        unforeseen = UnplacedFault(
            path=(), message=message, remedy="Undo the last change, and report it with the file."
        )
        sources: Sources = {path: _digest(document.content)}
        return PolicyCheck(policy=None, faults=(document.located(unforeseen),), sources=sources)


def _examined(path: "Path", document: Document, environ: "Mapping[str, str] | None") -> PolicyCheck:
    book, findings = parse_policy(document.value)
    held, unheld = (Credentials(), []) if environ is None else credentials(book, environ)
    unheld += () if environ is None else unreachable(book, environ)
    schemas, unusable, loaded = load_schemas(path.parent, book.schemas)
    fields = {action: declared(known.schema) for action, known in schemas.items()}
    rules, unreadable = _rules(book, fields)
    library = load_library(path.parent, book.drills)
    schema_bytes = b"\0".join(content for content in loaded.values() if content is not None)
    if book.drills is not None:
        loaded[library.file] = library.content
        schema_bytes += b"\0" + (library.content or b"")
    read_files = {path: document.content, **{path.parent / file: content for file, content in loaded.items()}}
    sources = {file: None if content is None else _digest(content) for file, content in read_files.items()}
    lint = Lint(book, rules, fields)
    findings += [*unreadable, *unheld, *unusable, *library.findings, *lint.faults(), *impossible(lint, schemas)]
    found = {each.path for each in findings}
    findings += [each for each in document.comments_for_values() if each.path not in found]
    if findings or library.faults or book.defaults is None:
        wrong = PolicyFaults([document.located(each) for each in findings])
        return PolicyCheck(policy=None, faults=(*wrong.faults, *library.faults), sources=sources)
    warnings = tuple(map(document.located, advice.warnings(lint, schemas)))
    policy = LoadedPolicy(
        version=hashlib.sha256(document.content + b"\0" + schema_bytes).hexdigest()[:16],
        roles=_roles(book),
        agents=_agents(book, held),
        ops=None if book.ops is None else Ops(channel=book.ops.channel, members=tuple(book.ops.members)),
        defaults=_defaults(book.defaults),
        retention=retention_of(book.retention),
        drills=library.terms(book.drills),
        rules=tuple(rules.values()),
        schemas=schemas,
        warnings=tuple(map(str, warnings)),
        credentials=held,
    )
    if never := unplantable(policy, library):
        return PolicyCheck(policy=None, faults=tuple(never), sources=sources)
    notes = tuple(map(document.located, advice.notes(lint)))
    return PolicyCheck(
        policy=policy, warnings=warnings, notes=notes, sources=sources, lint=lint, locate=document.located
    )


def _rules(book: "Rulebook", fields: "Mapping[str, Fields]") -> tuple[dict[int, Rule], list[UnplacedFault]]:
    rules: dict[int, Rule] = {}
    findings: list[UnplacedFault] = []
    for index, entry in book.rules.items():
        conditions: list[Condition] = []
        for place, source in enumerate(entry.when):
            try:
                condition = compiled(source)
                described = condition.against(fields.get(entry.action, {}))
                conditions.append(condition if isinstance(described, str) else described)
            except BadExpression as error:
                key = ("rules", index, "when", place)
                remedy = "Write CEL that is true or false, such as payload.amount > 100.0."
                if meant := slips(source):
                    findings.append(UnplacedFault(path=key, message=str(error), remedy=f"Write {meant}."))
                else:
                    findings.append(UnplacedFault(path=key, message=str(error), remedy=remedy))
        if len(conditions) == len(entry.when):
            rules[index] = Rule(
                id=entry.id,
                action=entry.action,
                conditions=tuple(conditions),
                tier=entry.tier,
                roles=() if entry.sample is not None else entry.named_roles,
                same=entry.sharpens,
                sampling=sample.of(entry),
                approvals=None if entry.distinct_roles else entry.approvals,  # then it is one of each
                expires_in=entry.expires_in,
                past=_past(entry),
                max_expires_in=entry.max_expires_in,
                execute_within=entry.execute_within,
                object_within=(entry.object_within or UNITS["h"]) if entry.tier is Tier.watch else None,
                undo_window=entry.undo_window,
                remind=tuple(entry.remind or ()),
                escalate=None if entry.escalate is None else (entry.escalate.after, entry.escalate.to),
                hours=None if entry.hours is None else hours_of(entry.hours),
                second_person=entry.edited is not None,
                remember_approval=None if entry.remember_approval is None else _approval_terms(entry.remember_approval),
                batch=None if entry.batch is None else Batch(window=entry.batch.window, most=entry.batch.max),
                confirmation=entry.confirmation,
                reject_reasons=tuple(entry.reject_reasons or ()),
                remember_rejection=entry.remember_rejection,
                title=entry.title,
                show=tuple(entry.show),
                redact=tuple(entry.redact),
                reason=entry.reason,
                edit=None if entry.edit is None else tuple(entry.edit),
                effect=_effect(entry),
            )
    return rules, findings


def _effect(entry: "RuleEntry") -> EffectTerms | None:
    return None if entry.effect is None else EffectTerms(template=entry.effect, once=entry.again == "block")


def _past(entry: "RuleEntry") -> tuple[PastCondition, ...]:
    conditions: list[PastCondition] = []
    if entry.first_time is not None:
        conditions.append(FirstTime(fields=tuple(entry.first_time)))
    if entry.unusual is not None:
        conditions.append(Unusual(field=entry.unusual.field, times=entry.unusual.times))
    if entry.repeat_of_rejected:
        conditions.append(Repeat())
    if entry.rate is not None:
        conditions.append(Rate(per=entry.rate.per, over=entry.rate.over))
    if entry.budget is not None:
        conditions.append(budget_of(entry.budget, entry.action, entry.named_roles))
    return tuple(conditions)


def _approval_terms(entry: "RememberApprovalEntry") -> ApprovalTerms:
    return ApprovalTerms(may_differ=tuple(sorted(entry.may_differ)), lasts=entry.lasts, most=entry.most)


def _roles(book: "Rulebook") -> dict[str, Role]:
    return {
        name: Role(
            name=name,
            channel=role.channel,
            members=tuple(role.members),
            groups=tuple(role.groups),
            notify=role.notify,
            allow_self_review=role.allow_self_review,
            backup=role.backup,
            lead=tuple(role.lead),
            digest=role.digest,
            fatigue=None if role.fatigue is None else fatigue.of(role.fatigue),
        )
        for name, role in book.roles.items()
    }


def _agents(book: "Rulebook", held: Credentials) -> dict[str, Agent]:
    return {
        name: Agent(
            name=name,
            owner=agent.owner,
            actions=tuple(agent.actions),
            source=agent.source,
            callbacks=tuple(agent.callbacks),
            callback_secrets=held.callback_secrets.get(name, ()),
            pending_limit=agent.pending_limit,
            rate_limit=agent.rate_limit,
        )
        for name, agent in book.agents.items()
    }


def _defaults(entry: "DefaultsEntry") -> Defaults:
    return Defaults(
        tier=entry.tier,
        role=entry.role,
        expires_in=entry.expires_in,
        execute_within=entry.execute_within,
        report_within=entry.report_within,
        remember_rejection=entry.remember_rejection,
        covered_by=tuple(sorted(entry.covered_by)),
    )


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
