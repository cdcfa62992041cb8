-- name: draw
-- One more that was drawn.
INSERT INTO samples (proposal_id, action, roles, channels, nonce, sampled_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: get
-- What was drawn of a proposal, if anything.
SELECT * FROM samples WHERE proposal_id = $1

-- name: ever
-- Whether anything was ever drawn.
SELECT 1 AS sampled FROM samples LIMIT 1

-- name: judge
-- What a person thinks of it, unless somebody said so before.
UPDATE samples SET judgement = $2, judged_by = $3, judged_at = $4, reason = $5
WHERE proposal_id = $1 AND judgement IS NULL
RETURNING channels

-- name: verdicts
-- What people said of the samples of some proposals (one JSON list).
SELECT s.proposal_id, s.judgement FROM json_each($1) AS l CROSS JOIN samples AS s
WHERE s.proposal_id = l.value AND s.judgement IS NOT NULL
