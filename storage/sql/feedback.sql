-- name: of_agent
-- What people said of an agent's proposals, the latest first, from below a place in that order.
SELECT id, resolved_at, action FROM proposals INDEXED BY proposals_taught
WHERE agent = $1 AND (resolved_at, id) < ($2, $3)
    AND erased_at IS NULL AND (rollback IS NOT NULL OR cause = 'reviewer' AND (status IN ('rejected', 'revoked') OR revision > 1))
ORDER BY resolved_at DESC, id DESC
LIMIT $4

-- name: resolved
-- What was resolved before a moment, without drills, in order, from above a place on.
SELECT id, resolved_at FROM proposals INDEXED BY proposals_resolved
WHERE (resolved_at, id) > ($1, $2) AND resolved_at < $3 AND resolved_at IS NOT NULL AND drill IS NULL
ORDER BY resolved_at, id
LIMIT $4

-- name: count_resolved
-- How much was resolved from a moment on and before another.
SELECT count(*) AS count FROM proposals INDEXED BY proposals_resolved
WHERE resolved_at >= $1 AND resolved_at < $2 AND resolved_at IS NOT NULL AND drill IS NULL
