-- name: load_many
-- Several proposals, whose ids come as one JSON list.
SELECT * FROM proposals WHERE id IN (SELECT value FROM json_each($1))

-- name: revisions
-- Their revisions, by number.
SELECT * FROM revisions WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, number

-- name: decisions
-- Their decisions, in the order in which they were made.
SELECT * FROM decisions WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, number

-- name: questions
-- What reviewers asked the agent of them, in order.
SELECT * FROM questions WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, number

-- name: seats
-- By which roles lists find them.
SELECT proposal_id, role FROM seats WHERE proposal_id IN (SELECT value FROM json_each($1))

-- name: exclusions
-- By which people lists find them.
SELECT proposal_id, person FROM exclusions WHERE proposal_id IN (SELECT value FROM json_each($1))

-- name: by_key
-- The proposal an agent submitted under a key, by its entry: a row that is gone or has another key hides nothing.
SELECT proposal_id AS id FROM entries
WHERE tag = 'proposal:submitted' AND actor_id = $1 AND json_extract(facts, '$.idempotency_key') = $2
ORDER BY seq LIMIT 1

-- name: pending_count
-- How many proposals of an agent wait and can still be decided.
SELECT count(*) AS count FROM proposals WHERE agent = $1 AND status = 'pending' AND drill IS NULL AND expires_at > $2

-- name: version
-- How often a proposal has changed.
SELECT version FROM proposals WHERE id = $1

-- name: due
-- What time has done something to, longest overdue first.
SELECT id FROM proposals WHERE due_at <= $1 ORDER BY due_at LIMIT $2

-- name: next_due
-- The earliest moment at which time does something.
SELECT due_at FROM proposals WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1

-- name: to_rejudge
-- What is pending and was not judged under a policy yet, or all of it, and all that is approved and unclaimed.
SELECT id FROM proposals
WHERE status IN ('pending', 'approved') AND (status = 'approved' OR judged_under <> $1 OR $2 = 0)
ORDER BY id

-- name: judged
-- Notes under which policy a proposal that can still be judged was last judged.
UPDATE proposals SET judged_under = $2 WHERE id = $1 AND status IN ('pending', 'approved')

-- name: insert_proposal
-- A new proposal.
INSERT INTO proposals (
    id, agent, action, run_id, ask, created_at, idempotency_key, fingerprint,
    version, status, cause, reason, gate, channels, revision, digest, round, nonce, expires_at,
    resolved_at, resolved_by, execute_by, claimed_at, claimant, report_by, overdue, outcome,
    rollback, reminded, escalated, extended, escalated_to, due_at, claimable_at, suspension, drill, judged_under
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8,
    $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23, $24, $25, $26, $27,
    $28, $29, $30, $31, $32, $33, $34, $35, $36, $37
)

-- name: update_proposal
-- The proposal after events, if it is still as it was loaded and, where time counts, its deadline is ahead.
UPDATE proposals SET
    version = $1, status = $2, cause = $3, reason = $4, gate = $5, channels = $6, revision = $7, digest = $8,
    round = $9, nonce = $10, expires_at = $11, resolved_at = $12, resolved_by = $13, execute_by = $14,
    claimed_at = $15, claimant = $16, report_by = $17, overdue = $18, outcome = $19,
    rollback = $20, reminded = $21, escalated = $22, extended = $23, escalated_to = $24, due_at = $25,
    claimable_at = $26, suspension = $27, drill = $28
WHERE id = $29 AND version = $30 AND status = $31
    AND (CASE status WHEN 'pending' THEN expires_at WHEN 'approved' THEN execute_by END > $32 OR $32 IS NULL)
RETURNING id

-- name: insert_revision
-- A revision.
INSERT INTO revisions (proposal_id, number, action, payload, digest, at, editor, patch)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: insert_decision
-- A decision.
INSERT INTO decisions (
    proposal_id, number, reviewer, verdict, revision, round, at, roles, reason, stands_in_for, rushed, first_seen_at,
    backup, seen_words, opened_details, streak, over_at
)
SELECT
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
    CASE WHEN EXISTS (
        SELECT 1 FROM forms AS f
        WHERE f.proposal_id = $1 AND f.reviewer = $3 AND f.kind = 'details' AND f.opened_at <= CAST($7 AS BIGINT)
    ) THEN 1 ELSE 0 END,
    1 + (
        SELECT count(*) FROM decisions AS d
        WHERE d.reviewer = $3 AND d.at > CAST($7 AS BIGINT) - 3600000 AND d.at <= CAST($7 AS BIGINT)
    ),
    coalesce(p.resolved_at, p.expires_at)
FROM proposals AS p WHERE p.id = $1

-- name: retract
-- Makes an approval void, from a version of its proposal on.
UPDATE decisions SET retracted_at = $3, retracted_from = $4 WHERE proposal_id = $1 AND number = $2

-- name: erase_decisions
-- What people said with their decisions.
UPDATE decisions SET reason = '[erased]' WHERE proposal_id = $1 AND reason IS NOT NULL

-- name: vacate_seats
-- Marks all roles of a proposal as of earlier gates.
UPDATE seats SET present = 0 WHERE proposal_id = $1

-- name: seat
-- A role that the present gate asks.
INSERT INTO seats (proposal_id, role, self_review, present, open, created_at, over_at)
VALUES ($1, $2, $3, 1, 1, $4, $5)
ON CONFLICT (proposal_id, role) DO UPDATE SET self_review = excluded.self_review, present = 1, open = 1

-- name: open_seats
-- Notes of which roles (a JSON list) one more approval would be of use.
UPDATE seats SET open = CASE WHEN role IN (SELECT value FROM json_each($2)) THEN 1 ELSE 0 END
WHERE proposal_id = $1 AND present = 1

-- name: readmit
-- Marks all excluded people of a proposal as of earlier gates.
UPDATE exclusions SET present = 0 WHERE proposal_id = $1

-- name: exclude
-- A person whom the present gate excludes.
INSERT INTO exclusions (proposal_id, person, present, created_at, over_at)
VALUES ($1, $2, 1, $3, $4)
ON CONFLICT (proposal_id, person) DO UPDATE SET present = 1
