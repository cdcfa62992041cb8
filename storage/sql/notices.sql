-- name: add
-- A notice, unless there is or was one about the same.
INSERT INTO notices (about, channel, text, attempts, due_at, seal) VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (about) DO NOTHING
RETURNING id

-- name: take
-- The one that is due the longest; due again at a later moment, should nobody say that it was told.
UPDATE notices SET due_at = $2, attempts = attempts + 1
WHERE id = (SELECT id FROM notices WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1)
RETURNING *

-- name: told
-- Notes that it is out.
UPDATE notices SET due_at = NULL WHERE id = $1

-- name: put_off
-- Tries again at a moment, unless it is out.
UPDATE notices SET due_at = $2 WHERE id = $1 AND due_at IS NOT NULL

-- name: next_due
-- When the next one falls due.
SELECT due_at FROM notices WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1
