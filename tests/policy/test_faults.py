"""Every fault of a policy file, one test each: the line, the key, what is wrong and what to do."""

import json

import pytest

from policy import PolicyFaults, load
from policy.reference.fault_messages import GAP, Sentence, sentences
from tests.policy.files import ENVIRON, SOUND, agent, faults_with, hours, no_time_zones, role, rule

POOR = ENVIRON | {"BLANK": "x y" * 20, "SHORT": "x" * 10}
SCHEMAS = {
    "latin.json": b"\xe4",
    "broken.json": b"{",
    "odd.json": b"[]",
    "closed.json": b'{"type": "object", "properties": {"amount": {"type": "number"}}, "additionalProperties": false}',
}
"""Files beside the policy that are no schemas."""
EFFECT_PLACES = "Places are {payload.amount} and the like, and action in braces; double a brace that is meant as one."
ONE_EFFECT = (
    "so all that the rule is about would be one effect. Name what is done once by the field that says which: "
    "refund:{payload.payment_id}."
)

FAULTS = [
    ({"version": None}, "version", "{", "is missing. Add it."),
    ({"version": 2}, "version", '"version": 2,', "2 is no version of this file's format. Write version: 1."),
    ({"version": "1"}, "version", '"version": "1",', "must be a whole number. Write digits alone."),
    (
        {"colour": "red"},
        "colour",
        '"colour": "red"',
        "unknown key. Known here: version, roles, agents, ops, auditors, defaults, retention, drills, schemas, rules.",
    ),
    (
        {"retention": {"content": "4h"}},
        "retention.content",
        '"content": "4h"',
        "4h is shorter than a day. What is erased cannot be brought back: write 30d, 400d.",
    ),
    (
        {"retention": {"actions": {"mail.*": "40000d"}}},
        "retention.actions.mail.*",
        '"mail.*": "40000d"',
        "40000d is longer than a hundred years. What is never to be erased is left out.",
    ),
    (
        {"retention": {}},
        "retention",
        '"retention": {}',
        "names no time. Write content: 400d, or times by action; leave the key out to keep it all.",
    ),
    (
        {"drills": {"library": "gone.yml", "roles": ["support"]}},
        "drills.library",
        '"library": "gone.yml",',
        "gone.yml cannot be read: No such file or directory. Paths start at the policy's folder.",
    ),
    ({"rules": {}}, "rules", '"rules": {}', "must be a list. Write it so, or leave the key out."),
    ({"roles": []}, "roles", '"roles": [],', "must be a mapping from names. Write it so."),
    (
        {"roles": role(channel="#support")},
        "roles.support.channel",
        '"channel": "#support",',
        "'#support' is no Slack channel id. Copy the id from the channel's details: C0SUPPORT.",
    ),
    (
        {"roles": role(members=["alice", "U0BOB"])},
        "roles.support.members[0]",
        '"alice",',
        "'alice' is no Slack user id. Copy the member id: U0ALICE.",
    ),
    (
        {"roles": role(groups=["C0X"])},
        "roles.support.groups[0]",
        '"C0X"',
        "'C0X' is no Slack user group id. It looks like S0FINANCE.",
    ),
    (
        {"roles": role(members="U0BOB")},
        "roles.support.members",
        '"members": "U0BOB"',
        "must be a list. Write it in brackets, or with a dash before each.",
    ),
    (
        {"roles": role(members=["U0BOB", "U0BOB"])},
        "roles.support.members",
        '"members": [',
        "'U0BOB' is there twice. Name each once.",
    ),
    (
        {"roles": role(notify="everyone")},
        "roles.support.notify",
        '"notify": "everyone"',
        "must be 'group', 'members' or 'none'. Write one of them.",
    ),
    (
        {"roles": role(allow_self_review="yes")},
        "roles.support.allow_self_review",
        '"allow_self_review": "yes"',
        "must be true or false. Write true or false, without quotes.",
    ),
    (
        {"roles": {**role(), "no body": {"channel": "C1", "members": ["U1"]}}},
        "roles.no body",
        '"no body": {',
        "'no body' is no name. Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first.",
    ),
    (
        {"roles": {**role(), "empty": None}},
        "roles.empty",
        '"empty": null',
        "must be a mapping. Write its keys below it.",
    ),
    ({"agents": agent(actions=[])}, "agents.bot.actions", '"actions": []', "must not be empty. Name at least one."),
    (
        {"agents": agent(actions=["Refund.*"])},
        "agents.bot.actions[0]",
        '"Refund.*"',
        "'Refund.*' is no action pattern. Use a-z, 0-9, dot, dash, underscore; * is any run of them.",
    ),
    (
        {"agents": agent(source="mostly")},
        "agents.bot.source",
        '"source": "mostly"',
        "'mostly' is no source. Write trusted or untrusted.",
    ),
    (
        {"agents": agent(token_env="BOT-TOKEN")},
        "agents.bot.token_env[0]",
        '"token_env": "BOT-TOKEN",',
        "is no environment variable. Name the variable, not its content.",
    ),
    (
        {"agents": agent(pending_limit=0)},
        "agents.bot.pending_limit",
        '"pending_limit": 0',
        "must be 1 or more. Write a larger number.",
    ),
    (
        {"agents": agent(pending_limit=10001)},
        "agents.bot.pending_limit",
        '"pending_limit": 10001',
        "must be 10000 or less. Write a smaller number.",
    ),
    (
        {"agents": agent(rate_limit=0)},
        "agents.bot.rate_limit",
        '"rate_limit": 0',
        "must be 1 or more. Write a larger number.",
    ),
    (
        {"agents": agent(rate_limit=10001)},
        "agents.bot.rate_limit",
        '"rate_limit": 10001',
        "must be 10000 or less. Write a smaller number.",
    ),
    (
        {"agents": {"bot": {"token_sha256": "x", "owner": "U0OWNER", "actions": ["*"]}}},
        "agents.bot.token_sha256[0]",
        '"token_sha256": "x",',
        "is no SHA-256 in hex. `signoff token new` prints one: 64 of 0-9 and a-f.",
    ),
    (
        {"agents": agent(callbacks=["ftp://a.example/"], callback_secret_env="CALLBACK_SECRET")},
        "agents.bot.callbacks[0]",
        '"ftp://a.example/"',
        "'ftp://a.example/' is no web address. Answers to agents leave encrypted: write https://….",
    ),
    (
        {"agents": agent(callbacks=["http://a.example/"], callback_secret_env="CALLBACK_SECRET")},
        "agents.bot.callbacks[0]",
        '"http://a.example/"',
        "'http://a.example/' is not https. Write https://…, or name the receiver's network in SIGNOFF_PRIVATE_CALLBACKS.",
    ),
    (
        {"agents": agent(callbacks=["https://100.64.0.1/"], callback_secret_env="CALLBACK_SECRET")},
        "agents.bot.callbacks[0]",
        '"https://100.64.0.1/"',
        (
            "'https://100.64.0.1/' leads to an address out of reach. "
            "Name its network in SIGNOFF_PRIVATE_CALLBACKS, or another receiver."
        ),
    ),
    (
        {"agents": agent(callbacks=["https://a.example"], callback_secret_env="CALLBACK_SECRET")},
        "agents.bot.callbacks[0]",
        '"https://a.example"',
        "'https://a.example' has no plain host and path. Write https://host/path, with * in the path only.",
    ),
    (
        {"agents": agent(callbacks=["https://a.example/?x"], callback_secret_env="CALLBACK_SECRET")},
        "agents.bot.callbacks[0]",
        '"https://a.example/?x"',
        "'https://a.example/?x' has a blank, a query or a fragment. Write https://host/path/*.",
    ),
    (
        {"schemas": {"refund.*": "x.json"}},
        "schemas.refund.*",
        '"refund.*": "x.json"',
        "'refund.*' is no action. Use 1 to 100 of a-z, 0-9, dot, dash and underscore.",
    ),
    (
        {"rules": [rule(expires_in="soon")]},
        "rule it: expires_in",
        '"expires_in": "soon"',
        "'soon' is no duration. Write a whole number and its unit: 90s, 30m, 1h, 2d.",
    ),
    (
        {"rules": [rule(expires_in="31d")]},
        "rule it: expires_in",
        '"expires_in": "31d"',
        "31d is longer than 30d. Nobody should wait that long for an answer.",
    ),
    (
        {"rules": [rule(tier="often")]},
        "rule it: tier",
        '"tier": "often"',
        "'often' is no tier. Write auto, watch, approve or block.",
    ),
    (
        {"rules": [rule(reason="a\nb")]},
        "rule it: reason",
        '"reason": "a\\nb"',
        "'a\\nb' is no single line. Write one line of 1 to 300 characters.",
    ),
    (
        {"rules": [{"id": 7, "action": "a", "tier": "auto"}]},
        "rule number 1: id",
        '"id": 7,',
        "must be text. Put it in quotes.",
    ),
    (
        {"rules": [rule(when=["payload.amount + 1"])]},
        "rule it: when[0]",
        '"payload.amount + 1"',
        "the condition gives a number, not true or false. Write CEL that is true or false, such as payload.amount > 100.0.",
    ),
    (
        {"rules": [rule(title="Refund {amount.}")]},
        "rule it: title",
        '"title": "Refund {amount.}"',
        "'{amount.}' is no place of a title. Places are {payload.amount} and the like, and action in braces; double a brace that is meant as one.",
    ),
    (
        {"rules": [rule(title="a\nb")]},
        "rule it: title",
        '"title": "a\\nb"',
        "'a\\nb' is no title. Write one line of 1 to 120 characters.",
    ),
    (
        {"rules": [rule(show=["payload"])]},
        "rule it: show[0]",
        '"payload"',
        "'payload' is no field of a payload. Write the names on the way to it with dots between, in quotes where a name has a dot: data.\"tls.key\".",
    ),
    (
        {"rules": [rule(edit=["tls.key"])]},
        "rule it: edit[0]",
        '"tls.key"',
        "'tls.key' is inside of a field, and edit names whole ones. Write tls for all of it; put quotes around a name that has a dot.",
    ),
    (
        {"rules": [rule(redact=["ssn", "ssn"])]},
        "rule it: redact",
        '"redact": [',
        "'ssn' is there twice. Name each once.",
    ),
    (
        {"rules": [rule(role="suport")]},
        "rule it: role",
        '"role": "suport"',
        "there is no role 'suport'. Did you mean support?",
    ),
    (
        {"rules": [rule(role="zzz")]},
        "rule it: role",
        '"role": "zzz"',
        "there is no role 'zzz'. Known: finance, support.",
    ),
    (
        {"rules": [rule(tier="auto", role="support")]},
        "rule it: role",
        '"role": "support"',
        "a rule of tier auto asks nobody. Leave it out, or write tier: approve.",
    ),
    (
        {"rules": [rule(tier="auto", when=["confidence > 0.9"])]},
        "rule it: when[0]",
        '"confidence > 0.9"',
        "a rule that loosens may not read confidence. What an agent says of itself can only make a gate stricter: read action, agent, payload.",
    ),
    (
        {"rules": [rule(), rule(action="email.send")]},
        "rule it: id",
        '"id": "it",',
        "another rule has this id. Give each rule an id of its own.",
    ),
    (
        {"rules": [rule(role="support", roles=["finance"])]},
        "rule it: role",
        '"role": "support",',
        "stands beside roles. Keep one of role and roles.",
    ),
    (
        {"rules": [rule(when=["1 > 2"])]},
        "rule it: when[0]",
        '"1 > 2"',
        "is never true, so nothing can reach the rule. Read the proposal in it.",
    ),
    (
        {"rules": [rule(action="db.*")], "agents": agent(actions=["refund.*"])},
        "rule it: action",
        '"action": "db.*",',
        "nothing can reach this rule: no agent may propose such an action. Mend the pattern, or let an agent have it in its actions.",
    ),
    (
        {"rules": [rule(approvals=3)]},
        "rule it: approvals",
        '"approvals": 3',
        "wants more people than there are: support lacks 1. Add people to the role, or ask for fewer; one person fills one place.",
    ),
    (
        {"rules": [rule(approvals=2)], "agents": agent(owner="U0ALICE")},
        "rule it: approvals",
        '"approvals": 2',
        "nobody can fill this for bot, whose owner U0ALICE may not approve: support lacks 1. Add somebody else to the role, or say allow_self_review: true in it.",
    ),
    (
        {"roles": role(members=["U0OWNER"]), "agents": agent(actions=["refund.*"])},
        "agents.bot.owner",
        '"owner": "U0OWNER",',
        "nobody may approve refund.* but the owner U0OWNER, who may not: support lacks 1. Add somebody else to the role, or say allow_self_review: true in it.",
    ),
    (
        {"defaults": {"tier": "auto", "role": "support"}},
        "defaults.tier",
        '"tier": "auto",',
        "the default may not be auto. Write approve or block: what no rule knows must not run.",
    ),
    (
        {"defaults": {"role": "support", "covered_by": ["support"]}},
        "defaults.covered_by[0]",
        '"support"',
        "is the default's own role. Leave it out.",
    ),
    (
        {"defaults": {"tier": "block", "role": "support", "covered_by": ["finance"]}},
        "defaults.covered_by",
        '"covered_by": [',
        "covers nothing: what is blocked asks nobody. Leave it out.",
    ),
    (
        {"roles": role(members=[])},
        "roles.support",
        '"support": {',
        "has nobody in it. Name members, or groups, or both.",
    ),
    (
        {"roles": role(notify="group")},
        "roles.support.notify",
        '"notify": "group"',
        "names a group, but the role has none. Write members or none.",
    ),
    (
        {"roles": role(members=[], groups=["S0X"], notify="members")},
        "roles.support.notify",
        '"notify": "members"',
        "names members, but the role has none. Write group or none.",
    ),
    (
        {"agents": agent(callbacks=["https://a.example/"])},
        "agents.bot.callbacks",
        '"callbacks": [',
        "cannot be signed without a secret. Name the variable of the secret in callback_secret_env.",
    ),
    (
        {"agents": agent(callback_secret_env="CALLBACK_SECRET")},
        "agents.bot.callback_secret_env",
        '"callback_secret_env": "CALLBACK_SECRET"',
        "signs nothing. List callbacks, or leave it out.",
    ),
    (
        {"agents": agent(token_env=None)},
        "agents.bot",
        '"bot": {',
        "needs either token_env or token_sha256. `signoff token new` makes a token.",
    ),
    (
        {"agents": agent() | {"twin": {**agent()["bot"]}}},
        "agents.twin.token_env",
        '"token_env": "BOT_TOKEN",',
        "has the same token as agents.bot. Give each a token of its own.",
    ),
    (
        {"agents": agent(token_env="GONE")},
        "agents.bot.token_env",
        '"token_env": "GONE",',
        "GONE is not set. Put the token into GONE, in the environment or in .env.",
    ),
    (
        {"agents": agent(token_env="s3cr3tT0kenPastedByMistake")},
        "agents.bot.token_env",
        '"token_env": "s3cr3tT0kenPastedByMistake",',
        "no variable of this name is set. Write the name of the variable here, such as SHOP_TOKEN, and the token into the variable.",
    ),
    (
        {"rules": [rule(when=["payload.amount > 100.0", "payload.amount < 50.0"])]},
        "rule it: when[1]",
        '"payload.amount < 50.0"',
        "contradicts when[0], payload.amount > 100.0, so nothing can reach the rule. Correct one of them, or make two rules of it.",
    ),
    (
        {"rules": [rule(when=["payload.currency == 'EUR' && payload.currency == 'USD'"])]},
        "rule it: when[0]",
        """"payload.currency == 'EUR' && payload.currency == 'USD'\"""",
        "contradicts itself, so nothing can reach the rule. Correct one of them, or make two rules of it.",
    ),
    (
        {"schemas": {"refund.create": "closed.json"}, "rules": [rule(show=["amuont"])]},
        "rule it: show",
        '"show": [',
        "the schema of refund.create allows no field amuont. Did you mean amount?",
    ),
    (
        {"schemas": {"refund.create": "closed.json"}, "rules": [rule(when=["payload.currency == 'EUR'"])]},
        "rule it: when[0]",
        """"payload.currency == 'EUR'\"""",
        'the schema of refund.create allows no field currency. Correct the path; a name with a dot stands in quotes: data."tls.key".',
    ),
    (
        {"agents": agent(token_env="BLANK")},
        "agents.bot.token_env",
        '"token_env": "BLANK",',
        "BLANK has blanks or characters no token has. `signoff token new` makes one.",
    ),
    (
        {"agents": agent(token_env="SHORT")},
        "agents.bot.token_env",
        '"token_env": "SHORT",',
        "SHORT is shorter than 32 characters. `signoff token new` makes one.",
    ),
    (
        {"agents": agent(callbacks=["https://a.example/*"], callback_secret_env="GONE")},
        "agents.bot.callback_secret_env",
        '"callback_secret_env": "GONE"',
        "GONE is not set. Put the callback secret into GONE, in the environment or in .env.",
    ),
    (
        {"agents": agent(callbacks=["https://a.example/*"], callback_secret_env="SHORT")},
        "agents.bot.callback_secret_env",
        '"callback_secret_env": "SHORT"',
        "SHORT is no callback secret. Write whsec_ and the base64 of 24 to 64 random bytes.",
    ),
    (
        {"schemas": {"refund.create": "gone.json"}},
        "schemas.refund.create",
        '"refund.create": "gone.json"',
        "gone.json cannot be read: No such file or directory. Paths start at the policy's folder.",
    ),
    (
        {"schemas": {"refund.create": "latin.json"}},
        "schemas.refund.create",
        '"refund.create": "latin.json"',
        "latin.json is not UTF-8. Save it as UTF-8.",
    ),
    (
        {"schemas": {"refund.create": "broken.json"}},
        "schemas.refund.create",
        '"refund.create": "broken.json"',
        "broken.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1). Write it as plain JSON.",
    ),
    (
        {"schemas": {"refund.create": "odd.json"}},
        "schemas.refund.create",
        '"refund.create": "odd.json"',
        "odd.json: a payload is an object, and so must its schema be. Mend the schema; nothing outside of the file is ever fetched.",
    ),
    (
        {"rules": [rule(unusual={"field": "payload.a", "times": "5"})]},
        "rule it: unusual.times",
        '"times": "5"',
        "must be a number. Write it without quotes.",
    ),
    (
        {"rules": [rule(first_time=["to."])]},
        "rule it: first_time[0]",
        '"to."',
        "'to.' is no field of a payload. Write the names on the way to it with dots between, in quotes where a name has a dot: data.\"tls.key\".",
    ),
    (
        {"rules": [hours(tz="Berlin time")]},
        "rule it: hours.tz",
        '"tz": "Berlin time",',
        "'Berlin time' is no name of a time zone. Write a name of the IANA database.",
    ),
    (
        {"rules": [hours(days=["monday"])]},
        "rule it: hours.days[0]",
        '"monday"',
        "'monday' is no day. Write mon, tue, wed, thu, fri, sat or sun.",
    ),
    (
        {"rules": [hours(**{"from": "9:00"})]},
        "rule it: hours.from",
        '"from": "9:00",',
        "'9:00' is no time of day. Write it in quotes, by 24 hours: '09:00', '17:30', '24:00'.",
    ),
    (
        {"rules": [rule(effect="refund:{payload.id:>5}")]},
        "rule it: effect",
        '"effect": "refund:{payload.id:>5}"',
        "'{payload.id:>5}' is no place of an effect. " + EFFECT_PLACES,
    ),
    (
        {"rules": [rule(effect=" ")]},
        "rule it: effect",
        '"effect": " "',
        "' ' is no name of an effect. Write one line of 1 to 120 characters.",
    ),
    (
        {"rules": [rule(effect="refund:{action}")]},
        "rule it: effect",
        '"effect": "refund:{action}"',
        "'refund:{action}' names no field, " + ONE_EFFECT,
    ),
    (
        {"rules": [rule(again="block")]},
        "rule it: again",
        '"again": "block"',
        "says nothing: the rule names no effect. Name it: effect: refund:{payload.payment_id}; or leave it out.",
    ),
    (
        {"rules": [rule(tier="block", effect="refund:{payload.id}")]},
        "rule it: effect",
        '"effect": "refund:{payload.id}"',
        "is held by nobody: what is blocked never runs. Leave it out.",
    ),
    (
        {"rules": [rule(reject_reasons=["Wrong customer "])]},
        "rule it: reject_reasons[0]",
        '"Wrong customer "',
        "'Wrong customer ' is no short reason. Write one line of 1 to 75 characters, without blanks around it.",
    ),
    (
        {"rules": [rule(reject_reasons=["x" * 76])]},
        "rule it: reject_reasons[0]",
        f'"{"x" * 76}"',
        f"'{'x' * 76}' is no short reason. Write one line of 1 to 75 characters, without blanks around it.",
    ),
    (
        {"rules": [rule(reject_reasons=["\U0001f389"])]},
        "rule it: reject_reasons[0]",
        '"\\ud83c\\udf89"',
        "'\\ud83c\\udf89' has half a character. Write emoji as they are, not as two escapes.",
    ),
    (
        {"rules": [rule(reject_reasons=["<" * 19])]},
        "rule it: reject_reasons[0]",
        f'"{"<" * 19}"',
        f"'{'<' * 19}' is too long for Slack's list. Shorten it; &, < and > count for four or five.",
    ),
    (
        {"rules": [rule(reject_reasons=["No", "Never", "No"])]},
        "rule it: reject_reasons",
        '"reject_reasons": [',
        "'No' is there twice. Name each once.",
    ),
    (
        {"rules": [rule(reject_reasons=[])]},
        "rule it: reject_reasons",
        '"reject_reasons": []',
        "must not be empty. Name at least one.",
    ),
    (
        {"rules": [rule(tier="auto", reject_reasons=["No"])]},
        "rule it: reject_reasons",
        '"reject_reasons": [',
        "a rule of tier auto asks nobody. Leave it out, or write tier: approve.",
    ),
    (
        {"rules": [rule(tier="watch", remember_rejection="1h")]},
        "rule it: remember_rejection",
        '"remember_rejection": "1h"',
        "a rule of tier watch asks nobody. Leave it out, or write tier: approve.",
    ),
    (
        {"rules": [rule("repeat")]},
        "rule repeat: id",
        '"id": "repeat",',
        "repeat is a name of our own. Choose another.",
    ),
    (
        {"rules": [rule(tier="watch", repeat_of_rejected=True)]},
        "rule it: repeat_of_rejected",
        '"repeat_of_rejected": true',
        "a rule that loosens may not depend on the past. Write it in a rule of tier approve or block.",
    ),
    (
        {"rules": [rule(undo_window="11m")]},
        "rule it: undo_window",
        '"undo_window": "11m"',
        "11m is longer than 10m. It is for a slip of the hand: 10s, 1m.",
    ),
    (
        {"rules": [rule(object_within="30m")]},
        "rule it: object_within",
        '"object_within": "30m"',
        "a rule of tier approve leaves nothing to object to. Leave it out, or write tier: watch.",
    ),
    (
        {"rules": [rule(tier="block", execute_within="1h")]},
        "rule it: execute_within",
        '"execute_within": "1h"',
        "what is blocked never runs. Leave it out.",
    ),
    *(
        (
            {"rules": [{**rule(**{key: value}), "remember_approval": {"for": "24h", "max": 20}}]},
            "rule it: remember_approval",
            '"remember_approval": {',
            f"stands beside {key}, and only where one approval is enough may it be remembered for more. Keep one of the two.",
        )
        for key, value in (("approvals", 2), ("roles", ["finance", "support"]), ("edited", "second_person"))
    ),
    (
        {"rules": [rule(tier="auto", remember_approval={"for": "24h", "max": 20})]},
        "rule it: remember_approval",
        '"remember_approval": {',
        "a rule of tier auto asks nobody. Leave it out, or write tier: approve.",
    ),
    (
        {"rules": [rule(remember_approval={"for": "24h", "max": 0})]},
        "rule it: remember_approval.max",
        '"max": 0',
        "must be 1 or more. Write a larger number.",
    ),
    (
        {"rules": [rule(remember_approval={"max": 20})]},
        "rule it: remember_approval.for",
        '"remember_approval": {',
        "is missing. Add it.",
    ),
    (
        {"rules": [rule(remember_approval={"may_differ": ["note..x"], "for": "24h", "max": 20})]},
        "rule it: remember_approval.may_differ[0]",
        '"note..x"',
        "'note..x' is no field of a payload. Write the names on the way to it with dots between, in quotes where a name has a dot: data.\"tls.key\".",
    ),
    (
        {"rules": [rule(edited="second_person", edit=[])]},
        "rule it: edited",
        '"edited": "second_person",',
        "says nothing: edit allows no change. Keep one of the two.",
    ),
    (
        {"roles": role(members=["U0ALICE"]), "rules": [rule(edited="second_person")]},
        "rule it: edited",
        '"edited": "second_person"',
        "wants more people than there are: whoever edits has no second person. Add people to the role, or ask for fewer; one person fills one place.",
    ),
    (
        {"rules": [rule(batch={"window": "5m", "max": 20}, approvals=2)]},
        "rule it: batch",
        '"batch": {',
        "is for what one approval lets run, and this rule asks for more. Leave it out: each has a card of its own.",
    ),
    (
        {"rules": [rule(budget={"sum": "payload.n", "window": "1d", "over": 5, "per": "customer"})]},
        "rule it: budget.per",
        '"per": "customer"',
        "'customer' is nothing that a budget is for each of. Write agent, role, action or a field such as payload.customer.",
    ),
    (
        {"rules": [rule(budget={"sum": "payload.n", "window": "1d", "over": 5, "per": "role"})]},
        "rule it: budget.per",
        '"per": "role"',
        "is for each role, and the rule names none. Name them in role or roles, or leave per out.",
    ),
    (
        {"rules": [rule(budget={"sum": "payload.n", "window": "1d", "over": 5}), rule("other", redact=["n"])]},
        "rule it: budget.sum",
        '"sum": "payload.n",',
        "is redacted by other, and what the budget says on cards would tell it. Redact another field, or add up another.",
    ),
    (
        {"rules": [rule(batch={"window": "5m", "max": 20}, rate={"per": "1h", "over": 5})]},
        "rule it: batch",
        '"batch": {',
        "a rule with a batch loosens, so it may not depend on the past. Write the condition in another rule, without batch.",
    ),
    (
        {"rules": [rule(batch={"window": "5m", "max": 20}, when=["confidence > 0.9"])]},
        "rule it: when[0]",
        '"confidence > 0.9"',
        "a rule that loosens may not read confidence. What an agent says of itself can only make a gate stricter: read action, agent, payload.",
    ),
    (
        {"rules": [rule(tier="auto", batch={"window": "5m", "max": 20})]},
        "rule it: batch",
        '"batch": {',
        "a rule of tier auto asks nobody. Leave it out, or write tier: approve.",
    ),
    (
        {"rules": [rule(confirmation="typed")]},
        "rule it: confirmation",
        '"confirmation": "typed"',
        "'typed' is nothing that an approval can take beside the click. Write ask, type, {type: amount} with a field of the payload, {code: totp}, or both of these.",
    ),
    (
        {"rules": [rule(confirmation={"type": "payload"})]},
        "rule it: confirmation",
        '"confirmation": {',
        "'payload' is no field of a payload. Write the names on the way to it with dots between, in quotes where a name has a dot: data.\"tls.key\".",
    ),
    (
        {"rules": [rule(confirmation="type", batch={"window": "5m", "max": 20})]},
        "rule it: confirmation",
        '"confirmation": "type",',
        "is typed for each, and with a batch many are approved at once. Keep one of the two, or write confirmation: ask.",
    ),
    (
        {"rules": [rule(confirmation={"type": "amount"}, remember_approval={"for": "1h", "max": 2})]},
        "rule it: confirmation",
        '"confirmation": {',
        "is typed for each, and with remember_approval the next are approved without a look. Keep one of the two, or write confirmation: ask.",
    ),
    (
        {"rules": [rule(batch={"window": "5m", "max": 41})]},
        "rule it: batch.max",
        '"max": 41',
        "must be 40 or less. Write a smaller number.",
    ),
    (
        {"roles": role(fatigue={"within": "30m"})},
        "roles.support.fatigue",
        '"fatigue": {',
        "does not say from when on somebody is tired. Write decisions: 20, or rushed: 3, or both.",
    ),
    (
        {"roles": role(members=["U0ALICE"], fatigue={"within": "30m", "rushed": 3, "first": "somebody_else"})},
        "roles.support.fatigue.first",
        '"first": "somebody_else"',
        "names nobody who could come first: the role has not two members. Add a member, or leave it out.",
    ),
    (
        {"roles": role(backup="support")},
        "roles.support.backup",
        '"backup": "support"',
        "stands in for itself. Name a role whose people are others, and end the line there.",
    ),
    (
        {"roles": {**role(), "same": role()["finance"]}},
        "roles.same",
        '"same": {',
        "is a word of ours: in a rule it means whoever is asked anyhow. Choose another name.",
    ),
    (
        {"rules": [rule(role="same", tier="watch")]},
        "rule it: role",
        '"role": "same"',
        "sharpens what people are asked, and a rule of tier watch asks nobody. Name who may object, or leave it out.",
    ),
    (
        {"rules": [rule(role="same", escalate={"after": "10m", "to": "finance"})]},
        "rule it: escalate",
        '"escalate": {',
        "stands beside role: same, and such a rule has no places of its own that others could fill. Name the role, or leave it out.",
    ),
    (
        {"rules": [rule(role="finance", distinct_roles=True)]},
        "rule it: distinct_roles",
        '"distinct_roles": true',
        "needs several roles to tell apart. Name them: roles: [finance, support]; or leave it out.",
    ),
    (
        {"rules": [rule(roles=["finance", "support"], approvals=3, distinct_roles=True)]},
        "rule it: approvals",
        '"approvals": 3,',
        "counts all together here, and there are 2 roles. Write as many as there are roles, or leave it out; without distinct_roles it is so many of each.",
    ),
    (
        {"rules": [rule(unusual={"field": "payload.amount", "times": 0.5})]},
        "rule it: unusual.times",
        '"times": 0.5',
        "must be 1 or more. Write a larger number.",
    ),
    (
        {"rules": [rule(rate={"per": "10m", "over": 100_001})]},
        "rule it: rate.over",
        '"over": 100001',
        "must be 100000 or less. Write a smaller number.",
    ),
    (
        {"rules": [rule(remind=[f"{minutes}m" for minutes in range(1, 12)])]},
        "rule it: remind",
        '"remind": [',
        "has 11 entries, and 10 are the most. Leave some out.",
    ),
    (
        {"rules": [rule(remind=["1h"])]},
        "rule it: remind[0]",
        '"1h"',
        "comes when it has expired, after 1h. Choose an earlier moment, or a longer expires_in; the default's counts where the rule has none.",
    ),
    (
        {"rules": [rule(escalate={"after": "2h", "to": "finance"})]},
        "rule it: escalate.after",
        '"after": "2h",',
        "comes when it has expired, after 1h. Choose an earlier moment, or a longer expires_in; the default's counts where the rule has none.",
    ),
    (
        {"rules": [hours(tz="localtime")]},
        "rule it: hours.tz",
        '"tz": "localtime",',
        "localtime is another zone on each machine. Write where people are: Europe/Berlin.",
    ),
    (
        {"rules": [rule(max_expires_in="30m")]},
        "rule it: max_expires_in",
        '"max_expires_in": "30m"',
        "gives no more than the 1h that people have anyway. Write more than expires_in, or leave it out.",
    ),
    (
        {"rules": [{**hours(), "remind": ["2h"]}]},
        "rule it: remind[0]",
        '"2h"',
        "comes when it has expired, after 1h of its hours, by which this runs too. Choose an earlier moment, or a longer expires_in; the default's counts where the rule has none.",
    ),
    (
        {"rules": [{**hours(to="09:01"), "expires_in": "2h"}]},
        "rule it: hours",
        '"hours": {',
        "do not hold the 2h of expires_in within a year. Write longer hours, or a shorter time; the default's counts where the rule has none.",
    ),
    (
        {"rules": [hours(outside="escalate")]},
        "rule it: hours.outside",
        '"outside": "escalate"',
        "escalates, but the rule does not say to whom. Say whom: escalate: {after: 20m, to: …}; or write outside: extend.",
    ),
    (
        {"rules": [hours(to="09:00")]},
        "rule it: hours.to",
        '"to": "09:00",',
        "is not after from. Hours are of one day: write from before to; 24:00 is the end of the day.",
    ),
    (
        {"rules": [hours(tz="Europe/Berlim")]},
        "rule it: hours.tz",
        '"tz": "Europe/Berlim",',
        "there is no time zone 'Europe/Berlim'. Did you mean Europe/Berlin?",
    ),
    (
        {"rules": [rule(tier="auto", role="support", sample=0)]},
        "rule it: sample",
        '"sample": 0',
        "must be more than 0. Write a larger number.",
    ),
    (
        {"rules": [rule(sample=0.1)]},
        "rule it: sample",
        '"sample": 0.1',
        "a rule of tier approve draws no sample. Leave it out, or write tier: auto.",
    ),
    (
        {"rules": [rule(tier="watch", role="support", sample=0.1)]},
        "rule it: sample",
        '"sample": 0.1',
        "a rule of tier watch draws no sample. Leave it out, or write tier: auto.",
    ),
    (
        {"rules": [rule(tier="auto", sample=0.1)]},
        "rule it: sample",
        '"sample": 0.1',
        "says nobody who looks over what is drawn. Name a role in role.",
    ),
    (
        {"rules": [rule(tier="auto", role="suport", sample=0.1)]},
        "rule it: role",
        '"role": "suport",',
        "there is no role 'suport'. Did you mean support?",
    ),
    (
        {
            "agents": agent(owner="U0EVE"),
            "rules": [rule(tier="auto", role="eve", sample=0.1)],
            "roles": {**SOUND["roles"], "eve": {"channel": "C0EVE", "members": ["U0EVE"]}},
        },
        "rule it: role",
        '"role": "eve",',
        "nobody may judge what is drawn of bot, whose owner U0EVE may not. Add somebody else to the role, or say allow_self_review: true in it.",
    ),
    (
        {"rules": [hours(tz="Nowhere")]},
        "rule it: hours.tz",
        '"tz": "Nowhere",',
        "there is no time zone 'Nowhere'. Write a name of the IANA database, such as Europe/Berlin.",
    ),
]
"""The sections that are faulty, the rule and key, the line as it stands in the file, and what is told of it."""

COMMENTED = "is empty: #support is a comment. Put it in quotes."
UNREADABLE = [
    (b"version: \xe4\n", 1, "the file is not UTF-8. Save it as UTF-8."),
    (
        b"version: 1\nversion: 1\n",
        2,
        "the key 'version' is there twice. Keep one of the two.",
    ),
    (b"version: *x\n", 1, "what begins with * is an alias, and there is no such anchor. Put it in quotes."),
    (b"version: 1\nroles:\n\tsupport: {}\n", 3, "there is a tab. Indent with blanks: YAML takes no tabs."),
    (b"version: 1\nroles:\n  support:\n    members: [@alice]\n", 4, "@ cannot begin a value. Put the value in quotes."),
    (b"version: 1\nops: `x`\n", 2, "` cannot begin a value. Put the value in quotes."),
    (b"version: 1: 2\n", 1, "there is a second colon. Put a value with a colon and a blank in quotes."),
    (
        b"version: 1\nroles:\n  support: {channel: #support, members: [U0ALICE]}\n",
        3,
        "what begins with # is a comment, so the bracket before it stays open. Put it in quotes.",
    ),
    (
        b"version: 1\nroles:\n  support:\n    members: [#alice]\n",
        4,
        "what begins with # is a comment, so the bracket before it stays open. Put it in quotes.",
    ),
    (b"version: [*]\n", 1, "what begins with * or & names an anchor. Put the value in quotes."),
    (
        b"a:\n  title: {payload.amount} to pay\n",
        2,
        "the text goes on behind a closing quote or bracket. Put all of it in quotes, and ' instead of \" between them.",
    ),
    (
        b'a:\n  title: "Refund "big" things"\n',
        2,
        "the text goes on behind a closing quote or bracket. Put all of it in quotes, and ' instead of \" between them.",
    ),
    (
        b"a:\n  - id: x\n     tier: auto\n",
        3,
        "there is a second colon. Put a value with a colon and a blank in quotes.",
    ),
    (
        b"a:\n  - id:\n      x\n   tier: auto\n",
        4,
        "this line is indented otherwise than those it belongs to. Align them.",
    ),
    (b"version: 'x\n", 2, "found unexpected end of stream. Mend the YAML there."),
    (b"version: \x00\n", 1, "unacceptable character #x0000: special characters are not allowed. Mend the YAML."),
    (b"version: !!int x\n", 1, "'x' cannot be read as a whole number. Put it in quotes."),
    (b"version: !x 1\n", 1, "the tag !x means nothing here. Write the value without it."),
    (b"1: 2\n", 1, "a key must be text, and '1' is none. Put it in quotes."),
    (b"a: &x 1\nb: &x 1\n", 2, "the anchor &x is there twice. Give each anchor a name of its own."),
    (b"<<: 1\n", 1, "<< takes in a mapping, or a list of them. Name one with an alias: <<: *base."),
    (b"a: &r {<<: *r}\n", 1, "a mapping takes in itself. Write its keys out."),
    (b"%YAML 1.1\n---\n", 1, "another version of YAML is asked for. Leave the line out: this is YAML 1.2."),
    (b"version: " + b"[" * 900, 1, "the file is nested too deep. A policy needs five levels."),
    (b"&top\nversion: 1\nroles: *top\n", 3, "an alias contains itself. Write the value out."),
    (
        b"a: &a ["
        + b"x, " * 50
        + b"]\nb: &b ["
        + b"*a, " * 50
        + b"]\nc: &c ["
        + b"*b, " * 50
        + b"]\nd: ["
        + b"*c, " * 50
        + b"]\n",
        1,
        "aliases make the file too large. Write the values out.",
    ),
    (
        b"{}\n",
        1,
        (
            "the file has no key. "
            "It has these at the top: version, roles, agents, ops, auditors, defaults, retention, drills, schemas, rules."
        ),
    ),
    (
        b"- version\n",
        1,
        (
            "the file is not a mapping. "
            "It has these keys at the top: version, roles, agents, ops, auditors, defaults, retention, drills, schemas, rules."
        ),
    ),
]
"""What is no policy at all, the line, and what is told of it."""

GONE = "the file cannot be read: No such file or directory. SIGNOFF_POLICY names the policy file."
ROUND = "comes round to {} again. Name a role whose people are others, and end the line there."
ZONELESS = (
    "'Europe/Nowhere' cannot be looked up: this machine has no time zone data. "
    "Install the system's tzdata package, or `pip install tzdata`."
)
UNFORESEEN = (
    "cannot be looked at, for a reason that nobody foresaw: ZeroDivisionError. "
    "Undo the last change, and report it with the file."
)
NEAR = "BOT_TOKEN is not set. Did you mean BOT_TOKN? Else put the token into BOT_TOKEN."
SLIP = "Syntax error: mismatched input 'and' expecting <EOF> (column 20). Write && instead of and."
NO_LIST = "Write drills: at the top, and below it what may be planted, with a dash before each."
NEVER_PLANTED = "Name all that it asks in roles; what a rule batches has no drills."
DRILLS = [
    f"the library is not a list of drills. {NO_LIST}",
    "cannot be written as JSON: 1 is too much. Write text, numbers, true, false, null, lists and mappings.",
    "no agent may propose a.b. Correct it, or let an agent have it in its actions.",
    "the payload does not fit the schema: /a is wrong. Write it as an agent would send it.",
    "nobody would be asked about it: it is of tier auto. Write one that people would be asked about.",
    f"it would never be planted: it asks a, or shares a card. {NEVER_PLANTED}",
]
"""Of a library, which has lines of its own: shown in test_drills."""
APART = [COMMENTED, UNFORESEEN, GONE, ROUND.format("support"), ZONELESS, NEAR, SLIP, *DRILLS]
"""What is told where a file alone, or one fault alone, cannot show it: each has a test of its own."""


@pytest.mark.parametrize(("sections", "place", "line", "told"), FAULTS, ids=[told[:60] for *_, told in FAULTS])
def test_a_fault_names_its_line_its_key_and_what_to_do(tmp_path, sections, place, line, told):
    for name, content in SCHEMAS.items():
        (tmp_path / name).write_bytes(content)
    (fault,) = faults_with(tmp_path, environ=POOR, **sections)
    path = tmp_path / "policy.yml"
    assert str(fault) == f"{path}:{fault.line}: {place}: {told}"
    assert path.read_text(encoding="utf-8").splitlines()[fault.line - 1].strip() == line


@pytest.mark.parametrize(("content", "line", "told"), UNREADABLE, ids=[told[:60] for *_, told in UNREADABLE])
def test_what_cannot_be_read_as_a_policy_names_its_line_and_what_to_do(tmp_path, content, line, told):
    path = tmp_path / "policy.yml"
    path.write_bytes(content)
    with pytest.raises(PolicyFaults) as raised:
        load(path, ENVIRON)
    (fault,) = raised.value.faults
    assert str(fault) == f"{path}:{line}: {told}"


def test_a_file_that_is_not_there_is_told_with_what_names_it(tmp_path):
    with pytest.raises(PolicyFaults) as raised:
        load(tmp_path / "gone.yml", ENVIRON)
    assert str(raised.value) == f"{tmp_path}/gone.yml:1: {GONE}"


def test_backups_that_come_round_are_told_at_each_role_of_the_round(tmp_path):
    roles = {**role(backup="finance"), "finance": {**SOUND["roles"]["finance"], "backup": "support"}}
    faults = faults_with(tmp_path, roles=roles)
    lines = (tmp_path / "policy.yml").read_text(encoding="utf-8").splitlines()
    assert [(str(fault).split(": ", 1)[1], lines[fault.line - 1].strip()) for fault in faults] == [
        (f"roles.support.backup: {ROUND.format('support')}", '"backup": "finance"'),
        (f"roles.finance.backup: {ROUND.format('finance')}", '"backup": "support"'),
    ]


def test_a_machine_without_time_zones_is_told_at_the_key_that_needs_them(tmp_path):
    with no_time_zones():
        (fault,) = faults_with(tmp_path, rules=[hours(tz="Europe/Nowhere")])
    assert str(fault) == f"{tmp_path}/policy.yml:{fault.line}: rule it: hours.tz: {ZONELESS}"


def test_every_sentence_that_a_fault_can_have_is_shown_here():
    told = [said for *_, said in FAULTS + UNREADABLE] + APART
    every = [sentence for section in sentences().values() for sentence in section]
    unshown = {str(sentence) for sentence in every if not any(sentence.fits(said) for said in told)}
    assert unshown == set()


def test_every_fault_that_is_shown_here_is_a_sentence_of_the_list():
    every = [sentence for section in sentences().values() for sentence in section]
    told = [said for *_, said in FAULTS + UNREADABLE] + APART
    assert [said for said in told if not any(sentence.fits(said) for sentence in every)] == []


def test_a_sentence_fits_what_fills_its_gaps_and_nothing_else():
    sentence = Sentence(f"there is no role {GAP}", f"Did you mean {GAP}?")
    assert sentence.fits("there is no role 'suport'. Did you mean support?")
    assert not sentence.fits("there is no role 'suport'. Known: support.")
    assert not Sentence("has nobody in it", "Name members.").fits("has nobody in it. Name members. Or groups.")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("roles:\n  support:\n    channel: #support\n    members: [U0ALICE]\n", "policy.yml:3: roles.support.channel"),
        (
            "roles:\n  support:\n    members:\n      - #support\n      - U0BOB\n",
            "policy.yml:4: roles.support.members[0]",
        ),
        (
            "rules:\n  - id: runs\n    action: a.b\n    tier: auto\n    reason: #support\n",
            "policy.yml:5: rule runs: reason",
        ),
    ],
)
def test_a_value_that_begins_with_a_hash_is_told_to_be_a_comment(tmp_path, text, place):
    (tmp_path / "policy.yml").write_text(text)
    with pytest.raises(PolicyFaults) as caught:
        load(tmp_path / "policy.yml", ENVIRON)
    assert f"{place}: {COMMENTED}" in str(caught.value)


@pytest.mark.parametrize("text", ["roles:\n  support:\n    channel:\n", "roles: # none yet\n", "roles:\n  - # later\n"])
def test_a_value_that_is_only_missing_is_not_told_to_be_a_comment(tmp_path, text):
    (tmp_path / "policy.yml").write_text(text)
    with pytest.raises(PolicyFaults) as caught:
        load(tmp_path / "policy.yml", ENVIRON)
    assert "is a comment" not in str(caught.value)


def test_a_comment_behind_a_key_whose_value_is_below_is_no_fault(tmp_path):
    (tmp_path / "policy.yml").write_text("roles: #ours\n  support: # them\n    channel: C0SUPPORT\n")
    with pytest.raises(PolicyFaults) as caught:
        load(tmp_path / "policy.yml", ENVIRON)
    assert "is a comment" not in str(caught.value)


def test_keys_at_the_top_that_begin_with_x_are_for_anchors(tmp_path):
    anchored = "x-office: &office {tier: approve, role: support, reason: [anything, 1]}\nx-more: 1\n"
    path = tmp_path / "policy.yml"
    sound = json.dumps(SOUND)[1:-1]
    path.write_text(
        "{x-office: &office {tier: approve, role: support}, x-more: 1, "
        + sound
        + ', "rules": [{<<: *office, id: it, action: "*"}]}'
    )
    assert load(path, ENVIRON).rules[0].roles == ("support",)
    path.write_text(anchored + "y-other: 1\n")
    with pytest.raises(PolicyFaults) as caught:
        load(path, ENVIRON)
    assert [fault.key for fault in caught.value.faults if fault.message == "unknown key"] == ["y-other"]
