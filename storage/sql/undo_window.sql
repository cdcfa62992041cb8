-- name: watch
-- When the cards of a proposal are to be shown anew.
INSERT INTO undo_windows (proposal_id, due_at) VALUES ($1, $2)
ON CONFLICT (proposal_id) DO UPDATE SET due_at = excluded.due_at

-- name: newly_claimable
-- What can be claimed by a moment, longest first.
SELECT proposal_id FROM undo_windows WHERE due_at <= $1 ORDER BY due_at LIMIT $2

-- name: over
-- Nothing more is to be shown of these, whose ids come as one JSON list.
DELETE FROM undo_windows WHERE proposal_id IN (SELECT value FROM json_each($1))
