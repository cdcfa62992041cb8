-- name: one
-- How an agent was stopped.
SELECT * FROM stopped_agents WHERE agent = $1

-- name: all
-- Every stopped agent, the first one first.
SELECT * FROM stopped_agents ORDER BY at, agent

-- name: count
-- How many agents are stopped.
SELECT count(*) AS count FROM stopped_agents

-- name: stop
-- Stops an agent.
INSERT INTO stopped_agents (agent, person, team, at, reason) VALUES ($1, $2, $3, $4, $5)

-- name: resume
-- Forgets that an agent is stopped.
DELETE FROM stopped_agents WHERE agent = $1 RETURNING agent

-- name: stranded
-- What is pending or unclaimed of one stopped agent, or of all of them, oldest first.
SELECT p.id FROM stopped_agents AS s
CROSS JOIN proposals AS p INDEXED BY proposals_open_of
WHERE p.agent = s.agent AND p.status IN ('pending', 'approved') AND (s.agent = $1 OR $1 IS NULL)
ORDER BY p.agent, p.created_at, p.id
