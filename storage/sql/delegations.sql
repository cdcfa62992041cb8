-- name: delegators
-- What lends a person somebody's place at a moment.
SELECT * FROM delegations
WHERE delegate = $1 AND ended_at IS NULL AND begun_at <= $2 AND until > $2
ORDER BY delegator

-- name: one
-- One delegation.
SELECT * FROM delegations WHERE id = $1

-- name: unended
-- What a person gave or was given and nobody has put down as ended, oldest first.
SELECT * FROM delegations
WHERE ended_at IS NULL AND (delegator = $1 OR delegate = $1)
ORDER BY begun_at, id

-- name: over
-- What time has ended and nobody has put down yet, longest over first.
SELECT id FROM delegations WHERE ended_at IS NULL AND until <= $1 ORDER BY until LIMIT $2

-- name: begin
-- A new delegation.
INSERT INTO delegations (id, delegator, delegate, begun_at, until) VALUES ($1, $2, $3, $4, $5)

-- name: end
-- Puts down when one ended, and by whom.
UPDATE delegations SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL RETURNING id
