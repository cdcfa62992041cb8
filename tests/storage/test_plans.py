"""With ten thousand waiting, the questions asked all the time go through an index and stay quick."""

import re

import pytest

from storage.engine.queries import Query, queries
from tests.storage.town import submission

pytestmark = pytest.mark.sqlite

HOT = [
    ("proposals", "load_many", "proposals", "sqlite_autoindex_proposals_1"),
    ("proposals", "revisions", "revisions", "sqlite_autoindex_revisions_1"),
    ("proposals", "decisions", "decisions", "sqlite_autoindex_decisions_1"),
    ("proposals", "by_key", "entries", "entries_of_key (actor_id=? AND <expr>=?)"),
    ("proposals", "pending_count", "proposals", "proposals_pending_of"),
    ("proposals", "due", "proposals", "proposals_due"),
    ("proposals", "next_due", "proposals", "proposals_due"),
    ("proposals", "to_rejudge", "proposals", "proposals_to_rejudge"),
    ("proposals", "version", "proposals", "sqlite_autoindex_proposals_1"),
    ("proposals", "update_proposal", "proposals", "sqlite_autoindex_proposals_1"),
    ("entries", "after", "e", "INTEGER PRIMARY KEY"),
    ("entries", "after", "c", "INTEGER PRIMARY KEY"),
    ("entries", "of_proposal", "e", "entries_of_proposal"),
    ("entries", "of_proposal", "c", "INTEGER PRIMARY KEY"),
    ("entries", "tagged", "e", "entries_tagged (proposal_id=? AND tag=?)"),
    ("entries", "tagged", "c", "INTEGER PRIMARY KEY"),
    ("testimony", "delegation", "entries", "entries_of_delegation (<expr>=?)"),
    ("testimony", "stop", "e", "entries_of_stop (<expr>=?)"),
    ("testimony", "stopped_since", "entries", "entries_of_stop (<expr>=? AND seq>?)"),
    ("testimony", "delegated", "entries", "entries_of_delegat"),
    ("testimony", "rejections", "e", "entries_of_remembered_rejection"),
    ("testimony", "used", "entries", "entries_about (<expr>=?)"),
    ("testimony", "sample", "e", "entries_about (<expr>=?)"),
    ("testimony", "policy", "entries", "entries_of_policy"),
    ("testimony", "policy_begun", "entries", "entries_of_policy_begun"),
    ("testimony", "policy_begun_before", "entries", "entries_of_policy_begun"),
    ("entries", "refusals_since", "entries", "entries_refusals"),
    ("entries", "recent_decisions", "entries", "entries_decided (actor_id=? AND at>?)"),
    ("stream", "after", "s", "PRIMARY KEY (agent=? AND seq>?)"),
    ("stream", "after", "e", "INTEGER PRIMARY KEY"),
    ("stream", "newest", "stream", "PRIMARY KEY"),
    ("stream", "known", "stream", "PRIMARY KEY (agent=? AND seq=?)"),
    ("outbox", "most_urgent", "o", "outbox_urgent"),
    ("outbox", "next_due", "o", "outbox_ready"),
    ("outbox", "complete", "outbox", "sqlite_autoindex_outbox_"),
    ("messages", "at", "messages", "sqlite_autoindex_messages_2"),
    ("messages", "about", "messages", "sqlite_autoindex_messages_1"),
    ("comparing", "messages", "messages", "sqlite_autoindex_messages_1"),
    ("floods", "turn", "s", "sqlite_autoindex_messages_1"),
    ("floods", "turn", "o", "sqlite_autoindex_outbox_"),
    ("floods", "turn", "w", "outbox_unposted"),
    ("batches", "with_room", "batches", "batches_open"),
    ("batches", "batch_of", "own", "PRIMARY KEY"),
    ("batches", "of", "batch_members", "PRIMARY KEY"),
    ("batches", "members", "batch_members", "sqlite_autoindex_batch_members_"),
    ("floods", "traffic", "w", "outbox_unposted_of"),
    ("floods", "traffic", "floods", "floods_open"),
    ("floods", "of", "m", "PRIMARY KEY"),
    *(
        ("floods", name, of, index)
        for name in ("kinds", "roles", "waiting")
        for of, index in (("p", "proposals_pending_of (agent=? AND expires_at>?)"), ("m", "PRIMARY KEY"))
    ),
    ("erasure", "next_action", "proposals", "proposals_kept"),
    ("erasure", "over_of", "proposals", "proposals_kept (action=? AND"),
    ("erasure", "purge_forms", "f", "forms_opened"),
    ("erasure", "purge_modals", "old", "modals_opened"),
    ("erasure", "purge_callbacks", "old", "callbacks_over"),
    ("erasure", "messages_left", "m", "sqlite_autoindex_messages_1"),
    ("erasure", "messages_left", "o", "sqlite_autoindex_outbox_"),
    ("erasure", "leave_deliveries", "d", "outbox_dead_letters"),
    ("outbox", "waits_longer", "o", "INTEGER PRIMARY KEY"),
    ("outbox", "waits_longer", "other", "outbox_unposted (channel=?)"),
    ("outbox", "waits_longer", "went", "outbox_turns (channel=? AND lease>?)"),
    ("forms", "typed_for", "forms", "forms_typed"),
    ("forms", "typed_before", "forms", "forms_typed"),
    ("messages", "notice", "messages", "sqlite_autoindex_messages_1"),
    ("direct", "known", "direct_members", "PRIMARY KEY"),
    ("direct", "failures_to_tell", "direct_members", "direct_members_of"),
    ("direct", "release", "direct_members", "direct_members_of"),
    ("direct", "open", "m", "messages_waits"),
    ("direct", "open", "d", "direct_members_of"),
    ("direct", "people", "messages", "messages_waits"),
    ("direct", "sent_since", "messages", "messages_direct (channel=? AND posted_at>?)"),
    ("stops", "one", "stopped_agents", "PRIMARY KEY"),
    ("stops", "stranded", "p", "proposals_open_of"),
    ("stops", "to_suspend", "s", "PRIMARY KEY"),
    ("stops", "to_suspend", "p", "proposals_to_rejudge"),
    ("stops", "to_suspend", "e", "entries_of_stop"),
    ("stops", "to_resume", "p", "proposals_suspended"),
    ("stops", "to_resume", "s", "PRIMARY KEY"),
    ("delegations", "delegators", "delegations", "delegations_received"),
    ("delegations", "unended", "delegations", "INDEX delegations_"),
    ("delegations", "over", "delegations", "delegations_due"),
    ("reads", "of_agent", "proposals", "proposals_of_agent"),
    ("past", "first_time", "approved_values", "PRIMARY KEY (agent=? AND action=? AND field=? AND value=?)"),
    ("past", "forget_values", "approved_values", "PRIMARY KEY (agent=? AND action=? AND field=? AND value=?"),
    ("past", "worked", "entries", "entries_of_action (actor_id=? AND <expr>=?)"),
    ("past", "worked", "e", "entries_tagged (proposal_id=? AND tag=?)"),
    ("past", "same", "entries", "digest (<expr>=?)"),
    ("past", "same", "n", "entries_tagged (proposal_id=? AND tag=?)"),
    ("past", "noes_since", "n", "entries_noes (at>?)"),
    ("past", "noes_after", "n", "entries_noes_in_order (seq>?)"),
    ("past", "noes_after", "s", "entries_tagged (proposal_id=? AND tag=?)"),
    ("entries", "newest_tagged", "entries", "entries_tagged (proposal_id=? AND tag=?)"),
    ("budgets", "may_run", "proposals", "proposals_to_rejudge (status=?)"),
    ("budgets", "claimed", "entries", "entries_claimed (at>?)"),
    ("budgets", "from", "e", "INTEGER PRIMARY KEY (rowid>?)"),
    ("budgets", "from", "c", "INTEGER PRIMARY KEY"),
    ("past", "rate", "entries", "entries_submitted (actor_id=? AND at>?)"),
    ("samples", "get", "samples", "PRIMARY KEY"),
    ("samples", "verdicts", "s", "PRIMARY KEY"),
    ("remembered", "approvals", "remembered_decisions", "remembered_open"),
    ("remembered", "over", "remembered_decisions", "remembered_until"),
    ("remembered", "use", "remembered_decisions", "PRIMARY KEY"),
    ("remembered", "reject", "remembered_decisions", "PRIMARY KEY"),
    ("remembered", "end", "remembered_decisions", "PRIMARY KEY"),
    ("lists", "waiting", "p", "proposals_waiting"),
    ("lists", "waiting", "s", "PRIMARY KEY"),
    ("lists", "overdue", "x", "PRIMARY KEY"),
    ("lists", "newest_of_role", "seats", "seats_newest (role=? AND created_at<?)"),
    ("lists", "newest_of_role_above", "seats", "seats_newest (role=? AND created_at>?)"),
    ("lists", "over_of_role", "seats", "seats_over (role=? AND over_at>? AND over_at<?)"),
    ("lists", "over_of_role_above", "seats", "seats_over (role=? AND over_at>? AND over_at<?)"),
    ("lists", "newest_of_person", "exclusions", "exclusions_newest (person=? AND created_at<?)"),
    ("lists", "newest_of_person_above", "exclusions", "exclusions_newest (person=? AND created_at>?)"),
    ("lists", "over_of_person", "exclusions", "exclusions_over (person=? AND over_at>? AND over_at<?)"),
    ("lists", "over_of_person_above", "exclusions", "exclusions_over (person=? AND over_at>? AND over_at<?)"),
    ("lists", "over_by", "decisions", "decisions_by (reviewer=? AND over_at>? AND over_at<?)"),
    ("lists", "over_by_above", "decisions", "decisions_by (reviewer=? AND over_at>? AND over_at<?)"),
    ("lists", "like", "p", "sqlite_autoindex_proposals_1"),
    ("lists", "ended_like", "p", "sqlite_autoindex_proposals_1"),
    ("reads", "begin", "proposals", "sqlite_autoindex_proposals_1 (id>? AND id<?)"),
    ("forms", "review_in", "forms", "forms_in_view"),
    ("reads", "equals", "proposals", "proposals_equal"),
    ("reads", "overdue_untold", "proposals", "proposals_claimed (report_by>?)"),
    ("reads", "overdue_untold", "messages", "kind=? AND subject=?"),
    ("reads", "late", "proposals", "proposals_due"),
    ("reads", "since", "proposals", "proposals_newest"),
    ("reads", "count_since", "proposals", "proposals_newest"),
    ("reads", "of_run", "proposals", "proposals_of_run (agent=? AND run_id=?"),
    ("reads", "of_status", "proposals", "proposals_of_status (agent=? AND status=?"),
    ("reads", "overtaken", "proposals", "proposals_open_of (agent=?"),
    ("feedback", "of_agent", "proposals", "proposals_taught (agent=? AND"),
    ("feedback", "resolved", "proposals", "proposals_resolved ("),
    ("feedback", "count_resolved", "proposals", "proposals_resolved (resolved_at>? AND resolved_at<?)"),
]
IN_ORDER = [
    ("proposals", "due"),
    ("proposals", "next_due"),
    ("entries", "head"),
    ("entries", "recent_decisions"),
    ("entries", "after"),
    ("entries", "of_proposal"),
    ("stream", "after"),
    ("stream", "newest"),
    ("outbox", "most_urgent"),
    ("outbox", "waits_longer"),
    ("outbox", "next_due"),
    ("delegations", "over"),
    *(
        ("lists", f"{order}_{of}{above}")
        for order, of in (
            ("newest", "of_role"),
            ("newest", "of_person"),
            ("over", "of_role"),
            ("over", "of_person"),
            ("over", "by"),
        )
        for above in ("", "_above")
    ),
    ("reads", "of_agent"),
    ("reads", "of_run"),
    ("reads", "of_status"),
    ("reads", "overtaken"),
    ("reads", "since"),
    ("feedback", "of_agent"),
    ("feedback", "resolved"),
    ("remembered", "approvals"),
    ("remembered", "over"),
]


async def plan(store, file, name):
    query = queries(file)[name]
    text = Query(query.name, query.sentence, "EXPLAIN QUERY PLAN " + query.text)
    values = ["[]"] * len(set(re.findall(r"\$\d+", query.text)))
    return [row["detail"] for row in await store._database.read(lambda statements: statements.rows(text, *values))]


@pytest.mark.parametrize(("file", "name", "table", "index"), HOT)
async def test_a_question_asked_all_the_time_uses_its_index(store, file, name, table, index):
    steps = [step for step in await plan(store, file, name) if f" {table} " in f"{step} "]
    assert steps
    assert all(index in step for step in steps), steps


@pytest.mark.parametrize(("file", "name"), IN_ORDER)
async def test_what_is_asked_in_order_is_stored_in_that_order(store, file, name):
    assert not [step for step in await plan(store, file, name) if "TEMP B-TREE FOR ORDER" in step]


async def test_what_is_overdue_is_found_without_looking_at_what_is_not(store):
    steps = await plan(store, "lists", "overdue")
    found = [step for step in steps if " p " in f"{step} "]
    assert [step for step in found if "proposals_claimed (report_by<?)" in step]
    assert [step for step in found if "proposals_to_roll_back" in step]
    assert len(found) == 2, steps


async def test_the_plans_of_all_questions_can_be_read(store, lifecycle):
    await lifecycle.submit(submission())
    files = (
        "proposals",
        "entries",
        "outbox",
        "messages",
        "forms",
        "delegations",
        "reads",
        "lists",
        "past",
        "samples",
        "budgets",
    )
    files += ("remembered", "batches", "floods", "stops", "direct", "stats", "insights", "stream", "feedback")
    for file in files:
        for name in queries(file):
            assert isinstance(await plan(store, file, name), list)
