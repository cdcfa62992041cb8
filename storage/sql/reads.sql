-- name: of_agent
-- An agent's proposals, newest first, from below a place in that order.
SELECT id, created_at FROM proposals
WHERE agent = $1 AND drill IS NULL AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: of_run
-- The same of one run.
SELECT id, created_at FROM proposals
WHERE agent = $1 AND run_id = $5 AND drill IS NULL AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: of_status
-- The same of those that were written to stand so, and that time has not overtaken since.
SELECT id, created_at FROM proposals
WHERE agent = $1 AND status = $5 AND drill IS NULL AND (created_at, id) < ($2, $3)
    AND CASE status WHEN 'pending' THEN expires_at > $6 WHEN 'approved' THEN execute_by > $6 ELSE TRUE END
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: overtaken
-- The same of those to which time has given a status that no sweep has written yet.
SELECT id, created_at FROM proposals INDEXED BY proposals_open_of
WHERE agent = $1 AND status IN ('pending', 'approved') AND drill IS NULL AND (created_at, id) < ($2, $3)
    AND $5 = CASE WHEN status = 'pending' AND expires_at <= $6 THEN 'rejected' WHEN status = 'approved' AND execute_by <= $6 THEN 'lapsed' END
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: fitting
-- Which of some proposals (one JSON list) stand so by now, and are of an action and a run.
SELECT p.id FROM json_each($1) AS l CROSS JOIN proposals AS p
WHERE p.id = l.value AND ($2 = CASE
        WHEN p.status = 'pending' AND p.expires_at <= $5 THEN 'rejected'
        WHEN p.status = 'approved' AND p.execute_by <= $5 THEN 'lapsed'
        ELSE p.status
    END OR $2 IS NULL)
    AND (p.action = $3 OR $3 IS NULL)
    AND (p.run_id = $4 OR $4 IS NULL)

-- name: sizes
-- About how many bytes each of some proposals (one JSON list) takes, in their order.
SELECT
    length(CAST(p.ask AS BLOB)) + length(CAST(p.gate AS BLOB)) + coalesce(length(CAST(p.outcome AS BLOB)), 0)
    + (SELECT sum(length(CAST(r.payload AS BLOB))) FROM revisions AS r WHERE r.proposal_id = p.id)
    + coalesce((SELECT sum(length(CAST(d.reason AS BLOB))) FROM decisions AS d WHERE d.proposal_id = p.id), 0)
    + coalesce(
        (
            SELECT sum(length(CAST(q.text AS BLOB)) + coalesce(length(CAST(q.reply AS BLOB)), 0))
            FROM questions AS q WHERE q.proposal_id = p.id
        ),
        0
    ) AS bytes
FROM json_each($1) AS l CROSS JOIN proposals AS p
WHERE p.id = l.value
ORDER BY l.key

-- name: may_see
-- Whether a person may decide a proposal or ever might, owns it, or is served by it.
SELECT 1 AS seen WHERE EXISTS (
        SELECT 1 FROM seats WHERE proposal_id = $1 AND role IN (SELECT value FROM json_each($3))
    ) OR EXISTS (
        SELECT 1 FROM exclusions WHERE proposal_id = $1 AND person = $2
    )

-- name: begin
-- Which of the first proposals whose ids are between two texts a person may see; so many are looked at.
-- The offset keeps PostgreSQL from gathering who may see what of all there are.
SELECT p.id FROM (SELECT id FROM proposals WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $6) AS p
WHERE EXISTS (
        SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($4))
        LIMIT 1 OFFSET 0
    ) OR EXISTS (
        SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $3
        LIMIT 1 OFFSET 0
    )
ORDER BY p.id
LIMIT $5

-- name: equals
-- Other proposals of the very same action that wait too.
SELECT id FROM proposals WHERE digest = $1 AND status = 'pending' AND id <> $2 ORDER BY id LIMIT $3

-- name: by_status
-- How many proposals stand where.
SELECT status, overdue, count FROM tallies

-- name: oldest_pending
-- Since when the oldest proposal waits.
SELECT min(created_at) AS created_at FROM proposals INDEXED BY proposals_waiting WHERE status = 'pending' AND drill IS NULL

-- name: late
-- How many proposals time has done something to that no sweep has written yet.
SELECT count(*) AS count FROM proposals WHERE due_at <= $1

-- name: deliveries
-- How many deliveries wait, and how many were given up; only of what proposals want, for agents may read these figures.
SELECT
    (SELECT count(*) FROM outbox WHERE version > sent AND dead_letter = 0 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %' AND NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = subject AND p.drill IS NOT NULL LIMIT 1 OFFSET 0)) AS waiting,
    (SELECT count(*) FROM outbox WHERE dead_letter = 1 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %' AND NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = subject AND p.drill IS NOT NULL LIMIT 1 OFFSET 0)) AS dead_letter

-- name: dead_letter
-- The deliveries that were given up, oldest first; likewise.
SELECT subject, channel, kind, attempts, due_at, why FROM outbox WHERE dead_letter = 1 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %' ORDER BY due_at, id LIMIT $1

-- name: since
-- What was submitted from a moment on, newest first, from below a place in that order.
SELECT id, created_at FROM proposals
WHERE created_at >= $1 AND drill IS NULL AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: count_since
-- How much was submitted from a moment on.
SELECT count(*) AS count FROM proposals WHERE created_at >= $1 AND drill IS NULL

-- name: overdue_untold
-- What nobody approved and fell overdue since a moment, of which no notice tells yet.
SELECT id FROM proposals
WHERE status = 'claimed' AND report_by >= $1 AND overdue = 1 AND cause IN ('auto', 'watch')
    AND NOT EXISTS (SELECT 1 FROM messages WHERE kind = 'notice' AND subject = 'overdue:' || proposals.id)
