-- name: asked
-- How much people of a role were asked since a moment, counted up to a number; drills are not asked for.
-- The offset keeps PostgreSQL from walking through all proposals beside all that a role was ever asked.
SELECT count(*) AS count FROM (
    SELECT s.proposal_id FROM seats AS s
    WHERE s.role = $1 AND s.created_at >= $2 AND EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = s.proposal_id AND p.drill IS NULL AND (p.cause IS NULL OR p.cause IN ('reviewer', 'expired'))
        LIMIT 1 OFFSET 0
    )
    LIMIT $3
) AS asked

-- name: planted
-- How many drills a role had since a moment.
SELECT count(*) AS count FROM proposals AS p
WHERE p.drill IS NOT NULL AND p.created_at >= $2
    AND EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $1)

-- name: waiting
-- The drills that wait.
SELECT id FROM proposals INDEXED BY proposals_waiting WHERE status = 'pending' AND drill IS NOT NULL ORDER BY id

-- name: urgent
-- Something of some roles (a JSON list) that people should see to first: it is due by a moment, was reminded of or escalated, waits for the operators, or went wrong.
SELECT p.id FROM proposals AS p INDEXED BY proposals_waiting
WHERE p.status = 'pending' AND p.drill IS NULL
    AND (p.expires_at <= $2 OR p.reminded > 0 OR p.escalated <> '[]' OR p.escalated_to <> '[]' OR p.suspension IS NOT NULL)
    AND EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($1)))
UNION ALL
SELECT p.id FROM proposals AS p
WHERE p.status = 'claimed' AND p.report_by <= $3
    AND EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($1)))
UNION ALL
SELECT p.id FROM proposals AS p
WHERE CASE WHEN json_valid(p.rollback) THEN json_extract(p.rollback, '$.status') END = 'requested'
    AND EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($1)))
LIMIT 1
