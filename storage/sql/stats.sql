-- name: stats
-- By action and role, what became of what people were asked since a day, and of what was drawn; of a person's roles, and without a role of what else they own. Some actions of all, in their order.
WITH waiting AS MATERIALIZED (
    -- What waits is counted as it stands: time may have ended it. Among it a drill, as what it looks like: people read this.
    SELECT
        p.action, coalesce(json_extract(p.gate, '$.roles'), '[]') AS roles, json_extract(p.gate, '$.excluded') AS excluded,
        CASE WHEN p.expires_at > $9 THEN 'waits' ELSE 'expired' END AS kind
    FROM proposals AS p INDEXED BY proposals_waiting
    WHERE p.status = 'pending' AND p.created_at >= CAST($3 AS BIGINT) * 86400000 AND p.created_at <= $9 AND (p.agent = $5 OR $5 IS NULL)
        AND CASE WHEN json_valid(p.gate) THEN json_extract(p.gate, '$.tier') END = 'approve'
), kept AS MATERIALIZED (
    SELECT
        action, roles, person, kind, step, CAST(sum(count) AS BIGINT) AS count, CAST(sum(waited) AS BIGINT) AS waited
    FROM json_each($4) AS b CROSS JOIN figures
    WHERE person IN ('', $1) AND kind IN (
            'untouched', 'edited', 'rejected', 'revoked', 'expired', 'otherwise', 'wait', 'rushed', 'sampled', 'judged', 'not_fine'
        ) AND (agent = $5 OR $5 IS NULL)
        AND days = CAST(json_extract(b.value, '$[0]') AS BIGINT)
        AND day >= CAST(json_extract(b.value, '$[1]') AS BIGINT) AND day <= CAST(json_extract(b.value, '$[2]') AS BIGINT)
    GROUP BY action, roles, person, kind, step
    UNION ALL
    SELECT action, roles, '' AS person, kind, 0 AS step, 1 AS count, 0 AS waited FROM waiting
    UNION ALL
    SELECT action, roles, $1 AS person, kind, 0 AS step, 1 AS count, 0 AS waited FROM waiting
    WHERE $1 <> '' AND $1 IN (SELECT value FROM json_each(excluded))
), parted AS MATERIALIZED (
    SELECT k.action, r.value AS role, k.kind, k.step, k.count, k.waited
    FROM kept AS k CROSS JOIN json_each(CASE WHEN json_valid(k.roles) THEN k.roles ELSE '[]' END) AS r
    WHERE k.person = '' AND k.kind NOT IN ('sampled', 'judged', 'not_fine')
        AND r.value IN (SELECT value FROM json_each($2)) AND (r.value = $6 OR $6 IS NULL)
    UNION ALL
    SELECT k.action, '' AS role, k.kind, k.step, k.count, k.waited
    FROM kept AS k
    WHERE k.person = $1 AND $1 <> '' AND k.kind NOT IN ('sampled', 'judged', 'not_fine') AND $6 IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM json_each(CASE WHEN json_valid(k.roles) THEN k.roles ELSE '[]' END) AS r
            WHERE r.value IN (SELECT value FROM json_each($2))
        )
), counted AS MATERIALIZED (
    SELECT
        action, role,
        CAST(sum(CASE WHEN kind IN ('wait', 'rushed') THEN 0 ELSE count END) AS BIGINT) AS asked,
        CAST(sum(CASE kind WHEN 'waits' THEN count ELSE 0 END) AS BIGINT) AS waits,
        CAST(sum(CASE kind WHEN 'untouched' THEN count ELSE 0 END) AS BIGINT) AS untouched,
        CAST(sum(CASE kind WHEN 'edited' THEN count ELSE 0 END) AS BIGINT) AS edited,
        CAST(sum(CASE kind WHEN 'rejected' THEN count ELSE 0 END) AS BIGINT) AS rejected,
        CAST(sum(CASE kind WHEN 'revoked' THEN count ELSE 0 END) AS BIGINT) AS revoked,
        CAST(sum(CASE kind WHEN 'expired' THEN count ELSE 0 END) AS BIGINT) AS expired,
        CAST(sum(CASE kind WHEN 'otherwise' THEN count ELSE 0 END) AS BIGINT) AS otherwise,
        CAST(sum(CASE kind WHEN 'rushed' THEN count ELSE 0 END) AS BIGINT) AS rushed
    FROM parted GROUP BY action, role
    HAVING sum(CASE WHEN kind IN ('wait', 'rushed') THEN 0 ELSE count END) > 0
), steps AS (
    SELECT
        action, role, CAST(sum(waited) AS DOUBLE PRECISION) / sum(count) AS mean, CAST(sum(count) AS BIGINT) AS count,
        CAST(sum(sum(count)) OVER (PARTITION BY action, role ORDER BY step) AS BIGINT) AS up_to,
        CAST(sum(sum(count)) OVER (PARTITION BY action, role) AS BIGINT) AS number
    FROM parted WHERE kind = 'wait' GROUP BY action, role, step HAVING sum(count) > 0
), medians AS (
    -- The two in the middle, or the one twice, each taken for the mean of its step.
    SELECT action, role, sum(mean * (
        CASE WHEN up_to >= (number + 1) / 2 AND up_to - count < (number + 1) / 2 THEN 1 ELSE 0 END
        + CASE WHEN up_to >= (number + 2) / 2 AND up_to - count < (number + 2) / 2 THEN 1 ELSE 0 END
    )) / 2 AS median
    FROM steps GROUP BY action, role
), sampled AS MATERIALIZED (
    SELECT
        k.action,
        CAST(sum(CASE k.kind WHEN 'sampled' THEN k.count ELSE 0 END) AS BIGINT) AS sampled,
        CAST(sum(CASE k.kind WHEN 'judged' THEN k.count ELSE 0 END) AS BIGINT) AS judged,
        CAST(sum(CASE k.kind WHEN 'not_fine' THEN k.count ELSE 0 END) AS BIGINT) AS not_fine
    FROM kept AS k
    WHERE k.kind IN ('sampled', 'judged', 'not_fine') AND CASE
        WHEN EXISTS (
            SELECT 1 FROM json_each(CASE WHEN json_valid(k.roles) THEN k.roles ELSE '[]' END) AS r
            WHERE r.value IN (SELECT value FROM json_each($2)) AND (r.value = $6 OR $6 IS NULL)
        ) THEN k.person = ''
        ELSE k.person = $1 AND $1 <> '' AND $6 IS NULL
    END
    GROUP BY k.action
    HAVING sum(CASE k.kind WHEN 'sampled' THEN k.count ELSE 0 END) > 0
), listed AS (
    SELECT action, row_number() OVER (ORDER BY action) AS place, count(*) OVER () AS total
    FROM (SELECT action FROM counted UNION SELECT action FROM sampled) AS named
)
SELECT
    l.action, l.total, c.role, c.asked, c.waits, c.untouched, c.edited, c.rejected, c.revoked, c.expired, c.otherwise,
    m.median, coalesce(c.rushed, 0) AS rushed,
    coalesce(s.sampled, 0) AS sampled, coalesce(s.judged, 0) AS judged, coalesce(s.not_fine, 0) AS not_fine
FROM listed AS l
LEFT JOIN counted AS c ON c.action = l.action
LEFT JOIN medians AS m ON m.action = c.action AND m.role = c.role
LEFT JOIN sampled AS s ON s.action = l.action
WHERE l.place > $7 AND l.place <= $7 + $8
ORDER BY l.place, c.role
