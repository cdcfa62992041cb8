-- name: begin
-- A new remembered decision.
INSERT INTO remembered_decisions (proposal_id, verdict, agent, action, person, at, until, most, used)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)

-- name: one
-- The one with this verdict that came with a proposal.
SELECT * FROM remembered_decisions WHERE proposal_id = $1 AND verdict = $2

-- name: of
-- Those that came with a proposal.
SELECT * FROM remembered_decisions WHERE proposal_id = $1 ORDER BY verdict

-- name: approvals
-- The approvals of an agent's action that have not ended, the oldest first.
SELECT * FROM remembered_decisions
WHERE verdict = 'approve' AND agent = $1 AND action = $2 AND ended IS NULL ORDER BY at, proposal_id

-- name: all_approvals
-- All approvals that have not ended.
SELECT proposal_id FROM remembered_decisions INDEXED BY remembered_open
WHERE verdict = 'approve' AND ended IS NULL ORDER BY proposal_id

-- name: over
-- Those that have not ended though their time is over, longest over first.
SELECT verdict, proposal_id FROM remembered_decisions WHERE ended IS NULL AND until <= $1 ORDER BY until LIMIT $2

-- name: use
-- Counts one more, if it is open and neither its own terms nor what the present policy leaves of them is used up.
UPDATE remembered_decisions SET
    used = used + 1,
    ended = CASE WHEN used + 1 >= most THEN 'exhausted' END,
    ended_at = CASE WHEN used + 1 >= most THEN $2 END
WHERE proposal_id = $1 AND verdict = 'approve' AND ended IS NULL
    AND at <= $2 AND until > $2 AND $3 > $2 AND used < most AND used < $4
RETURNING *

-- name: used
-- Notes for which proposal.
INSERT INTO remembered_uses (proposal_id, remembered_id, at) VALUES ($1, $2, $3)

-- name: reject
-- Counts one more that it rejected.
UPDATE remembered_decisions SET used = used + 1
WHERE proposal_id = $1 AND verdict = 'reject' AND ended IS NULL
RETURNING used

-- name: end
-- Ends it, if it has not ended; a person only before its time is over.
UPDATE remembered_decisions SET ended = $3, ended_by = $4, ended_at = $5
WHERE proposal_id = $1 AND verdict = $2 AND ended IS NULL AND ($3 <> 'person' OR until > $5)
RETURNING used

-- name: listed
-- What counts and a person gave, could decide about, owns or is served by; the first to end first, and how many.
SELECT r.*, count(*) OVER () AS total FROM remembered_decisions AS r
WHERE r.ended IS NULL AND r.until > $3
    AND (
        r.person = $1
        OR EXISTS (
            SELECT 1 FROM seats AS s
            WHERE s.proposal_id = r.proposal_id AND s.role IN (SELECT value FROM json_each($2))
        )
        OR EXISTS (SELECT 1 FROM exclusions AS x WHERE x.proposal_id = r.proposal_id AND x.person = $1)
    )
ORDER BY r.until, r.proposal_id, r.verdict
LIMIT $4 OFFSET $5
