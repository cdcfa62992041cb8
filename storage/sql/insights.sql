-- name: insights
-- What became of what people were asked since a day and how they decided it: of all, by action, rule, agent, role and reviewer; of each kind those with the most.
WITH waiting AS MATERIALIZED (
    -- What waits is counted as it stands: time may have ended it. A drill is none of it, but for people who shall not tell it by that.
    SELECT
        p.agent, p.action, coalesce(json_extract(p.gate, '$.roles'), '[]') AS roles,
        coalesce(json_extract(p.gate, '$.rules'), '[]') AS rules,
        CASE WHEN p.expires_at > $3 THEN 'waits' ELSE 'expired' END AS kind
    FROM proposals AS p INDEXED BY proposals_waiting
    WHERE p.status = 'pending' AND p.created_at >= CAST($2 AS BIGINT) * 86400000 AND p.created_at <= $3 AND (p.agent = $4 OR $4 IS NULL)
        AND CAST($6 AS TEXT) IS NULL AND (p.drill IS NULL OR CAST($8 AS BIGINT) = 1) AND CASE WHEN json_valid(p.gate) THEN json_extract(p.gate, '$.tier') END = 'approve'
), kept AS MATERIALIZED (
    SELECT
        agent, action, roles, rules, reviewer, kind, step, CAST(sum(count) AS BIGINT) AS count, CAST(sum(waited) AS BIGINT) AS waited
    FROM json_each($1) AS b CROSS JOIN figures
    WHERE person = '' AND (agent = $4 OR $4 IS NULL) AND (reviewer = $6 OR $6 IS NULL)
        AND days = CAST(json_extract(b.value, '$[0]') AS BIGINT)
        AND day >= CAST(json_extract(b.value, '$[1]') AS BIGINT) AND day <= CAST(json_extract(b.value, '$[2]') AS BIGINT)
    GROUP BY agent, action, roles, rules, reviewer, kind, step
    UNION ALL
    SELECT agent, action, roles, rules, '' AS reviewer, kind, 0 AS step, 1 AS count, 0 AS waited FROM waiting
), narrowed AS MATERIALIZED (
    SELECT * FROM kept AS k
    WHERE CAST($5 AS TEXT) IS NULL OR EXISTS (
        SELECT 1 FROM json_each(CASE WHEN json_valid(k.roles) THEN k.roles ELSE '[]' END) AS r WHERE r.value = $5
    )
), named AS (
    SELECT 'all' AS subject, '' AS name, kind, step, count, waited FROM narrowed
    UNION ALL
    SELECT 'action' AS subject, action AS name, kind, step, count, waited FROM narrowed
    UNION ALL
    SELECT 'rule' AS subject, r.value AS name, kind, step, count, waited
    FROM narrowed AS k CROSS JOIN json_each(
        CASE WHEN k.rules <> '[]' AND json_valid(k.rules) THEN k.rules ELSE '[""]' END
    ) AS r
    UNION ALL
    SELECT 'agent' AS subject, agent AS name, kind, step, count, waited FROM narrowed
    UNION ALL
    SELECT 'role' AS subject, r.value AS name, kind, step, count, waited
    FROM narrowed AS k CROSS JOIN json_each(CASE WHEN json_valid(k.roles) THEN k.roles ELSE '[]' END) AS r
    WHERE r.value = $5 OR $5 IS NULL
    UNION ALL
    SELECT 'reviewer' AS subject, reviewer AS name, kind, step, count, waited FROM narrowed WHERE reviewer <> ''
), summed AS MATERIALIZED (
    SELECT subject, name, kind, step, CAST(sum(count) AS BIGINT) AS count, CAST(sum(waited) AS BIGINT) AS waited
    FROM named GROUP BY subject, name, kind, step HAVING sum(count) > 0
), ranked AS (
    SELECT
        subject, name, row_number() OVER (PARTITION BY subject ORDER BY sum(count) DESC, name) AS place,
        count(*) OVER (PARTITION BY subject) AS names
    FROM summed GROUP BY subject, name
)
SELECT s.subject, s.name, n.place, n.names, s.kind, s.step, s.count, s.waited
FROM ranked AS n JOIN summed AS s ON s.subject = n.subject AND s.name = n.name
WHERE n.place <= $7
ORDER BY s.subject, n.place, s.kind, s.step

-- name: queue
-- By role, how much waits for it and since when the longest.
SELECT r.value AS role, count(*) AS waits, min(p.created_at) AS oldest
FROM proposals AS p INDEXED BY proposals_waiting CROSS JOIN json_each(
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.roles'), '[]') ELSE '[]' END
) AS r
WHERE p.status = 'pending' AND p.drill IS NULL AND p.expires_at > $1
GROUP BY r.value
ORDER BY r.value
