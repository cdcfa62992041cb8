-- name: add
-- One more entry that the agent is told of.
INSERT INTO stream (agent, seq) VALUES ($1, $2)

-- name: after
-- What an agent is told after a sequence number, in order.
-- That the entry is after it too keeps PostgreSQL from reading the log from its beginning, beside the stream.
SELECT s.seq, e.id, e.at, e.tag, e.proposal_id FROM stream AS s CROSS JOIN entries AS e
WHERE s.agent = $1 AND s.seq > $2 AND e.seq = s.seq AND e.seq > $2 ORDER BY s.seq LIMIT $3

-- name: newest
-- The sequence number of the last thing that an agent was told.
SELECT seq FROM stream WHERE agent = $1 ORDER BY seq DESC LIMIT 1

-- name: known
-- Whether an agent was told this.
SELECT seq FROM stream WHERE agent = $1 AND seq = $2
