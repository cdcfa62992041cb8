-- name: ask
-- A question to the agent.
INSERT INTO questions (proposal_id, number, text, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)

-- name: reply
-- The agent's reply to a question that has none.
UPDATE questions SET reply = $3, replied_at = $4, digest = $5
WHERE proposal_id = $1 AND number = $2 AND reply IS NULL
RETURNING number
