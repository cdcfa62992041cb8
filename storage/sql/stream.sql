-- name: add
-- One more entry that the agent is told of.
INSERT INTO stream (agent, seq) VALUES ($1, $2)

-- name: after
-- What an agent is told after a sequence number, in order.
SELECT s.seq, e.id, e.at, e.tag, e.proposal_id FROM stream AS s JOIN entries AS e ON e.seq = s.seq
WHERE s.agent = $1 AND s.seq > $2 ORDER BY s.seq LIMIT $3

-- name: newest
-- The sequence number of the last thing that an agent was told.
SELECT seq FROM stream WHERE agent = $1 ORDER BY seq DESC LIMIT 1

-- name: known
-- Whether an agent was told this.
SELECT seq FROM stream WHERE agent = $1 AND seq = $2
