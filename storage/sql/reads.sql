-- name: of_agent
-- An agent's proposals, newest first, from below a place in that order; by the status that time has given them by now.
-- With about how many bytes each takes (on PostgreSQL octet_length).
SELECT
    id, created_at,
    length(CAST(ask AS BLOB)) + length(CAST(gate AS BLOB)) + coalesce(length(CAST(outcome AS BLOB)), 0)
    + (SELECT sum(length(CAST(r.payload AS BLOB))) FROM revisions AS r WHERE r.proposal_id = proposals.id)
    + coalesce((SELECT sum(length(CAST(d.reason AS BLOB))) FROM decisions AS d WHERE d.proposal_id = proposals.id), 0)
    + coalesce(
        (
            SELECT sum(length(CAST(q.text AS BLOB)) + coalesce(length(CAST(q.reply AS BLOB)), 0))
            FROM questions AS q WHERE q.proposal_id = proposals.id
        ),
        0
    ) AS bytes
FROM proposals
WHERE agent = $1
    AND ($2 IS NULL OR $2 = CASE
        WHEN status = 'pending' AND expires_at <= $8 THEN 'rejected'
        WHEN status = 'approved' AND execute_by <= $8 THEN 'lapsed'
        ELSE status
    END)
    AND ($3 IS NULL OR action = $3)
    AND ($4 IS NULL OR run_id = $4)
    AND (created_at, id) < ($5, $6)
ORDER BY created_at DESC, id DESC
LIMIT $7

-- name: may_see
-- Whether a person may decide a proposal or ever might, owns it, or is served by it.
SELECT 1 AS seen WHERE EXISTS (
        SELECT 1 FROM seats WHERE proposal_id = $1 AND role IN (SELECT value FROM json_each($3))
    ) OR EXISTS (
        SELECT 1 FROM exclusions WHERE proposal_id = $1 AND person = $2
    )

-- name: begin
-- Which proposals that a person may see have ids between two texts.
SELECT p.id FROM proposals AS p
WHERE p.id >= $1 AND p.id < $2
    AND (EXISTS (
        SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($4))
    ) OR EXISTS (
        SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $3
    ))
ORDER BY p.id
LIMIT $5

-- name: equals
-- Other proposals of the very same action that wait too.
SELECT id FROM proposals WHERE digest = $1 AND status = 'pending' AND id <> $2 ORDER BY id LIMIT $3

-- name: by_status
-- How many proposals stand where.
SELECT status, overdue, count(*) AS count FROM proposals GROUP BY overdue, status

-- name: oldest_pending
-- Since when the oldest proposal waits.
SELECT min(created_at) AS created_at FROM proposals WHERE status = 'pending'

-- name: late
-- How many proposals time has done something to that no sweep has written yet.
SELECT count(*) AS count FROM proposals WHERE due_at <= $1

-- name: deliveries
-- How many deliveries wait, and how many were given up; only of what proposals want, for agents may read these figures.
SELECT
    (SELECT count(*) FROM outbox WHERE version > sent AND dead_letter = 0 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %') AS waiting,
    (SELECT count(*) FROM outbox WHERE dead_letter = 1 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %') AS dead_letter

-- name: dead_letter
-- The deliveries that were given up, oldest first; likewise.
SELECT subject, channel, kind, attempts, due_at, why FROM outbox WHERE dead_letter = 1 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %' ORDER BY due_at, id LIMIT $1

-- name: since
-- What was submitted from a moment on, newest first, from below a place in that order.
SELECT id, created_at FROM proposals
WHERE created_at >= $1 AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: count_since
-- How much was submitted from a moment on.
SELECT count(*) AS count FROM proposals WHERE created_at >= $1

-- name: overdue_untold
-- What nobody approved and is overdue, of which no notice tells yet.
SELECT id FROM proposals
WHERE overdue = 1 AND status = 'claimed' AND cause IN ('auto', 'watch')
    AND NOT EXISTS (SELECT 1 FROM messages WHERE kind = 'notice' AND subject = 'overdue:' || proposals.id)
