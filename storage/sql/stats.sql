-- name: stats
-- By action and role, what became of what people were asked since a moment, and of what was drawn; of a person's roles, and without a role of what else they own. Some actions of all, in their order.
WITH judged AS MATERIALIZED (
    SELECT
        p.id, p.action, p.revision, p.resolved_at - p.created_at AS waited,
        CASE WHEN json_valid(p.gate) THEN p.gate ELSE '{}' END AS gate,
        CASE
            WHEN p.status = 'pending' AND p.expires_at > $4 THEN 'waits'
            WHEN p.status = 'pending' OR p.cause = 'expired' THEN 'expired'
            WHEN p.status = 'revoked' THEN 'revoked'
            WHEN p.cause = 'reviewer' AND p.status = 'rejected' THEN 'rejected'
            WHEN p.cause = 'reviewer' AND p.revision = 1 THEN 'untouched'
            WHEN p.cause = 'reviewer' THEN 'edited'
            ELSE 'otherwise'
        END AS ended
    FROM proposals AS p
    WHERE p.created_at >= $3 AND p.created_at <= $4
        AND ($5 IS NULL OR p.agent = $5)
        AND coalesce(p.cause, '') NOT IN ('auto', 'watch', 'remembered_approval', 'blocked', 'quorum_unreachable')
), asked AS MATERIALIZED (
    SELECT j.id, j.action, r.value AS role, j.ended, j.waited
    FROM judged AS j CROSS JOIN json_each(j.gate, '$.roles') AS r
    WHERE json_extract(j.gate, '$.tier') = 'approve'
        AND r.value IN (SELECT value FROM json_each($2))
        AND ($6 IS NULL OR r.value = $6)
    UNION ALL
    SELECT j.id, j.action, '' AS role, j.ended, j.waited
    FROM judged AS j
    WHERE json_extract(j.gate, '$.tier') = 'approve'
        AND $6 IS NULL
        AND EXISTS (SELECT 1 FROM exclusions AS x WHERE x.proposal_id = j.id AND x.person = $1)
        AND NOT EXISTS (
            SELECT 1 FROM json_each(j.gate, '$.roles') AS r WHERE r.value IN (SELECT value FROM json_each($2))
        )
), counted AS (
    SELECT
        action, role, count(*) AS asked,
        count(CASE ended WHEN 'waits' THEN 1 END) AS waits,
        count(CASE ended WHEN 'untouched' THEN 1 END) AS untouched,
        count(CASE ended WHEN 'edited' THEN 1 END) AS edited,
        count(CASE ended WHEN 'rejected' THEN 1 END) AS rejected,
        count(CASE ended WHEN 'revoked' THEN 1 END) AS revoked,
        count(CASE ended WHEN 'expired' THEN 1 END) AS expired,
        count(CASE ended WHEN 'otherwise' THEN 1 END) AS otherwise
    FROM asked GROUP BY action, role
), waits AS (
    SELECT
        action, role, waited,
        row_number() OVER (PARTITION BY action, role ORDER BY waited) AS nth,
        count(*) OVER (PARTITION BY action, role) AS number
    FROM asked WHERE ended IN ('untouched', 'edited', 'rejected')
), medians AS (
    SELECT action, role, avg(waited) AS median FROM waits
    WHERE nth IN ((number + 1) / 2, (number + 2) / 2) GROUP BY action, role
), hurried AS (
    SELECT a.action, a.role, count(*) AS rushed
    FROM asked AS a CROSS JOIN decisions AS d ON d.proposal_id = a.id
    WHERE d.rushed = 1 AND (a.role = '' OR (
        json_valid(d.roles) AND EXISTS (SELECT 1 FROM json_each(d.roles) AS r WHERE r.value = a.role)
    ))
    GROUP BY a.action, a.role
), sampled AS MATERIALIZED (
    SELECT
        s.action, count(*) AS sampled, count(s.judgement) AS judged, count(nullif(s.judgement, 'fine')) AS not_fine
    FROM samples AS s
    WHERE s.sampled_at >= $3 AND s.sampled_at <= $4
        AND ($5 IS NULL OR EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = s.proposal_id AND p.agent = $5))
        AND (EXISTS (
            SELECT 1 FROM json_each(CASE WHEN json_valid(s.roles) THEN s.roles ELSE '[]' END) AS r
            WHERE r.value IN (SELECT value FROM json_each($2)) AND ($6 IS NULL OR r.value = $6)
        ) OR ($6 IS NULL AND EXISTS (
            SELECT 1 FROM exclusions AS x WHERE x.proposal_id = s.proposal_id AND x.person = $1
        )))
    GROUP BY s.action
), listed AS (
    SELECT action, row_number() OVER (ORDER BY action) AS place, count(*) OVER () AS total
    FROM (SELECT action FROM counted UNION SELECT action FROM sampled)
)
SELECT
    l.action, l.total, c.role, c.asked, c.waits, c.untouched, c.edited, c.rejected, c.revoked, c.expired, c.otherwise,
    m.median, coalesce(h.rushed, 0) AS rushed,
    coalesce(s.sampled, 0) AS sampled, coalesce(s.judged, 0) AS judged, coalesce(s.not_fine, 0) AS not_fine
FROM listed AS l
LEFT JOIN counted AS c ON c.action = l.action
LEFT JOIN medians AS m ON m.action = c.action AND m.role = c.role
LEFT JOIN hurried AS h ON h.action = c.action AND h.role = c.role
LEFT JOIN sampled AS s ON s.action = l.action
WHERE l.place > $7 AND l.place <= $7 + $8
ORDER BY l.place, c.role
