-- name: allow
-- A new remembered approval.
INSERT INTO remembered_approvals (proposal_id, agent, action, person, at, until, most, used)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0)

-- name: one
-- The one that came with a proposal.
SELECT * FROM remembered_approvals WHERE proposal_id = $1

-- name: open
-- Those of an agent's action that have not ended, the oldest first.
SELECT * FROM remembered_approvals WHERE agent = $1 AND action = $2 AND ended IS NULL ORDER BY at, proposal_id

-- name: all_open
-- All that have not ended.
SELECT proposal_id FROM remembered_approvals WHERE ended IS NULL ORDER BY proposal_id

-- name: over
-- Those that have not ended though their time is over.
SELECT proposal_id FROM remembered_approvals WHERE ended IS NULL AND until <= $1 ORDER BY until

-- name: use
-- Counts one more, if it is open and neither its own terms nor what the present policy leaves of them is used up.
UPDATE remembered_approvals SET
    used = used + 1,
    ended = CASE WHEN used + 1 >= most THEN 'exhausted' END,
    ended_at = CASE WHEN used + 1 >= most THEN $2 END
WHERE proposal_id = $1 AND ended IS NULL AND at <= $2 AND until > $2 AND $3 > $2 AND used < most AND used < $4
RETURNING *

-- name: used
-- Notes for which proposal.
INSERT INTO remembered_uses (proposal_id, remembered_id, at) VALUES ($1, $2, $3)

-- name: end
-- Ends it, if it has not ended.
UPDATE remembered_approvals SET ended = $2, ended_by = $3, ended_at = $4
WHERE proposal_id = $1 AND ended IS NULL
RETURNING *

-- name: entries
-- What the log tells of it, in order.
SELECT * FROM entries INDEXED BY entries_tagged
WHERE proposal_id = $1
    AND tag IN ('remembered_approval:begun', 'remembered_approval:used', 'remembered_approval:exhausted', 'remembered_approval:ended')
ORDER BY seq

-- name: listed
-- The usable ones that a person allowed, could decide about, owns or is served by; the first to end first, and how many.
SELECT s.proposal_id, count(*) OVER () AS total FROM remembered_approvals AS s
WHERE s.ended IS NULL AND s.until > $3
    AND (
        s.person = $1
        OR s.proposal_id IN (
            SELECT proposal_id FROM seats WHERE role IN (SELECT value FROM json_each($2))
            UNION
            SELECT proposal_id FROM exclusions WHERE person = $1
        )
    )
ORDER BY s.until, s.proposal_id
LIMIT $4 OFFSET $5
