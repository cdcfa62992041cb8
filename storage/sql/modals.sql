-- name: open
-- A modal that Slack opened for a person.
INSERT INTO modals (id, view_id, reviewer, purpose, subject, opened_at, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: get
-- A modal.
SELECT * FROM modals WHERE id = $1

-- name: use
-- Uses a modal up, unless it was used before or was opened at a moment or before.
UPDATE modals SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND opened_at > $3 RETURNING id
