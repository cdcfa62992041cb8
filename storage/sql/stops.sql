-- name: one
-- How an agent was stopped, for itself and with everything.
SELECT * FROM stopped_agents WHERE agent IN ($1, '*')

-- name: all
-- Every stopped agent, the first one first.
SELECT * FROM stopped_agents ORDER BY at, agent

-- name: count
-- How many agents are stopped, and whether everything is.
SELECT coalesce(sum(CASE agent WHEN '*' THEN 0 ELSE 1 END), 0) AS count,
    coalesce(max(CASE agent WHEN '*' THEN 1 ELSE 0 END), 0) AS everything
FROM stopped_agents

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

-- name: to_suspend
-- What is pending or unclaimed and not suspended though everything is stopped, of one agent or of all that were not resumed since.
SELECT p.id FROM stopped_agents AS s
CROSS JOIN proposals AS p
WHERE s.agent = '*' AND p.status IN ('pending', 'approved') AND p.suspension IS NULL AND (p.agent = $1 OR $1 IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM entries AS e
        WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = p.agent || ''
            AND e.tag = 'agent:resumed' AND +e.seq > (
                SELECT coalesce(max(a.seq), 0) FROM entries AS a
                WHERE a.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(a.facts, '$.agent') = '*'
                    AND a.tag = 'agent:stopped'
            )
    )
ORDER BY p.created_at, p.id

-- name: to_resume
-- What is suspended though it need be no longer, of one agent or of all.
SELECT p.id FROM proposals AS p
WHERE p.suspension IS NOT NULL AND p.status = 'pending' AND (p.agent = $1 OR $1 IS NULL)
    AND (NOT EXISTS (SELECT 1 FROM stopped_agents AS s WHERE s.agent = '*') OR EXISTS (
        SELECT 1 FROM entries AS e
        WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = p.agent || ''
            AND e.tag = 'agent:resumed' AND +e.seq > (
                SELECT coalesce(max(a.seq), 0) FROM entries AS a
                WHERE a.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(a.facts, '$.agent') = '*'
                    AND a.tag = 'agent:stopped'
            )
    ))
ORDER BY p.created_at, p.id
