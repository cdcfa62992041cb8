-- name: begin
-- A new remembered rejection.
INSERT INTO remembered_rejections (proposal_id, agent, action, proposed, digest, roles, person, reason, at, until, stopped)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)

-- name: one
-- The remembered rejection that came with a proposal.
SELECT * FROM remembered_rejections WHERE proposal_id = $1

-- name: stop
-- Counts one more that it stopped.
UPDATE remembered_rejections SET stopped = stopped + 1 WHERE proposal_id = $1 AND ended IS NULL RETURNING stopped

-- name: end
-- Ends it, if it has not ended; a person only before its time is over.
UPDATE remembered_rejections SET ended = $2, ended_by = $3, ended_at = $4
WHERE proposal_id = $1 AND ended IS NULL AND ($3 IS NULL OR until > $4)
RETURNING *

-- name: over
-- Those that have not ended though their time is over, longest over first.
SELECT proposal_id FROM remembered_rejections WHERE ended IS NULL AND until <= $1 ORDER BY until LIMIT $2

-- name: listed
-- What is in force and a person began, could decide about, owns or is served by; the first to end first, and how many.
SELECT h.*, count(*) OVER () AS total FROM remembered_rejections AS h
WHERE h.ended IS NULL AND h.until > $3
    AND (
        h.person = $1
        OR h.proposal_id IN (
            SELECT proposal_id FROM seats WHERE role IN (SELECT value FROM json_each($2))
            UNION
            SELECT proposal_id FROM exclusions WHERE person = $1
        )
    )
ORDER BY h.until, h.proposal_id
LIMIT $4 OFFSET $5
