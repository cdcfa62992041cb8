-- name: waiting
-- What waits for a person with these roles and with lent ones (JSON lists), whose approval would be of use, soonest deadline first, and what is equally urgent in an order, beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT w.id, 0 AS rank, w.key, row_number() OVER (ORDER BY w.key, w.id) AS place, count(*) OVER () AS total
    FROM (SELECT
        p.id,
        -- See `urgency` of approvals/paging.py.
        p.expires_at / 300000 * 1000000 + p.expires_at % 300000 * CAST($13 AS BIGINT) % 300007 AS key
    FROM proposals AS p
    WHERE p.status = 'pending' AND p.expires_at > $3
        AND (p.agent = $5 OR $5 IS NULL)
        -- PostgreSQL has lower() go by the letters of a column; a pattern has none, and takes on those of the status.
        AND (lower(p.action) LIKE lower(coalesce($6, p.status)) ESCAPE '\' OR $6 IS NULL)
        AND (EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $7) OR $7 IS NULL)
        AND NOT EXISTS (
            SELECT 1 FROM decisions AS d
            WHERE d.proposal_id = p.id AND d.round = p.round AND d.verdict = 'approve' AND d.retracted_at IS NULL
                AND $1 IN (d.reviewer, d.stands_in_for)
        )
        AND (EXISTS (
            SELECT 1 FROM seats AS s
            WHERE s.proposal_id = p.id AND s.present = 1 AND s.open = 1 AND s.role IN (SELECT value FROM json_each($2))
                AND (s.self_review = 1 OR NOT EXISTS (
                    SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $1 AND x.present = 1
                ))
        ) OR EXISTS (
            -- Each of the lent ones is a pair of who lent it and the role.
            SELECT 1 FROM json_each($4) AS l CROSS JOIN seats AS s
            WHERE s.proposal_id = p.id AND s.present = 1 AND s.open = 1 AND s.role = json_extract(l.value, '$[1]')
                AND NOT EXISTS (
                    SELECT 1 FROM exclusions AS x
                    WHERE x.proposal_id = p.id AND x.present = 1 AND x.person IN ($1, json_extract(l.value, '$[0]'))
                )
                AND NOT EXISTS (
                    SELECT 1 FROM decisions AS d
                    WHERE d.proposal_id = p.id AND d.round = p.round AND d.verdict = 'approve'
                        AND d.retracted_at IS NULL AND json_extract(l.value, '$[0]') IN (d.reviewer, d.stands_in_for)
                )
        ))
    ) AS w
) AS listed
WHERE CASE WHEN $11 = 1 THEN (rank, key, id) < ($8, $9, $10) ELSE (rank, key, id) > ($8, $9, $10) END
ORDER BY CASE WHEN $11 = 1 THEN -place ELSE place END
LIMIT $12

-- name: approved
-- What a person approved and others must still approve, soonest deadline first, beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT
        p.id, 0 AS rank, p.expires_at AS key,
        row_number() OVER (ORDER BY p.expires_at, p.id) AS place, count(*) OVER () AS total
    FROM proposals AS p
    WHERE p.status = 'pending' AND p.expires_at > $2
        AND EXISTS (
            SELECT 1 FROM decisions AS d
            WHERE d.proposal_id = p.id AND d.round = p.round AND d.verdict = 'approve' AND d.retracted_at IS NULL
                AND d.reviewer = $1
        )
) AS listed
WHERE CASE WHEN $6 = 1 THEN (rank, key, id) < ($3, $4, $5) ELSE (rank, key, id) > ($3, $4, $5) END
ORDER BY CASE WHEN $6 = 1 THEN -place ELSE place END
LIMIT $7

-- name: overdue
-- Of what a person may see, or of what belongs to them alone, what was claimed and not reported in time and what is to be rolled back and was not reported; the longest overdue first, beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT id, 0 AS rank, late AS key, row_number() OVER (ORDER BY late, id) AS place, count(*) OVER () AS total
    FROM (
        SELECT p.id, p.report_by AS late FROM proposals AS p WHERE p.status = 'claimed' AND p.report_by <= $3
        UNION ALL
        SELECT p.id, p.claimed_at AS late FROM proposals AS p
        WHERE CASE WHEN json_valid(p.rollback) THEN json_extract(p.rollback, '$.status') END = 'requested'
            AND NOT (p.status = 'claimed' AND p.report_by <= $3)
    ) AS o
    WHERE EXISTS (SELECT 1 FROM exclusions AS x WHERE x.proposal_id = o.id AND x.person = $1)
        OR EXISTS (
            SELECT 1 FROM decisions AS d
            WHERE d.proposal_id = o.id AND d.verdict = 'approve' AND d.retracted_at IS NULL
                AND $1 IN (d.reviewer, d.stands_in_for)
                AND EXISTS (
                    SELECT 1 FROM seats AS s
                    WHERE s.proposal_id = o.id AND s.role IN (SELECT value FROM json_each($2))
                )
        )
        OR ($4 = 0 AND EXISTS (
            SELECT 1 FROM seats AS s WHERE s.proposal_id = o.id AND s.role IN (SELECT value FROM json_each($2))
        ))
) AS listed
WHERE CASE WHEN $8 = 1 THEN (rank, key, id) < ($5, $6, $7) ELSE (rank, key, id) > ($5, $6, $7) END
ORDER BY CASE WHEN $8 = 1 THEN -place ELSE place END
LIMIT $9

-- name: late
-- What belongs to a person and nobody had reported in time at a moment: their own, or what they approved.
-- The offset keeps PostgreSQL from gathering all that they ever approved.
SELECT o.id FROM (
    SELECT id, report_by AS late FROM proposals WHERE status = 'claimed' AND report_by <= $2
    UNION
    SELECT id, claimed_at AS late FROM proposals
    WHERE CASE WHEN json_valid(rollback) THEN json_extract(rollback, '$.status') END = 'requested'
        AND json_extract(rollback, '$.requested_at') <= $3 AND NOT (status = 'claimed' AND report_by <= $2)
) AS o
WHERE (EXISTS (SELECT 1 FROM exclusions AS x WHERE x.proposal_id = o.id AND x.person = $1) OR EXISTS (
        SELECT 1 FROM decisions AS d
        WHERE d.proposal_id = o.id AND d.verdict = 'approve' AND d.retracted_at IS NULL
            AND $1 IN (d.reviewer, d.stands_in_for)
        LIMIT 1 OFFSET 0
    ))

-- name: open
-- Of what a person may see as it stood at a moment: what belongs to them and is overdue, the longest first, then what waited by its deadline; beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT
        p.id, o.rank, o.key, row_number() OVER (ORDER BY o.rank, o.key, p.id) AS place, count(*) OVER () AS total
    FROM (
        SELECT o.id, 0 AS rank, o.late AS key FROM (
            SELECT id, report_by AS late FROM proposals WHERE status = 'claimed' AND report_by <= $3
            UNION
            SELECT id, claimed_at AS late FROM proposals
            WHERE CASE WHEN json_valid(rollback) THEN json_extract(rollback, '$.status') END = 'requested'
                AND json_extract(rollback, '$.requested_at') <= $4 AND NOT (status = 'claimed' AND report_by <= $3)
        ) AS o
        WHERE (EXISTS (SELECT 1 FROM exclusions AS x WHERE x.proposal_id = o.id AND x.person = $1) OR EXISTS (
                SELECT 1 FROM decisions AS d
                WHERE d.proposal_id = o.id AND d.verdict = 'approve' AND d.retracted_at IS NULL
                    AND $1 IN (d.reviewer, d.stands_in_for)
                LIMIT 1 OFFSET 0
            ))
        UNION ALL
        SELECT id, 1 AS rank, expires_at AS key FROM proposals WHERE status = 'pending' AND expires_at > $3
        UNION ALL
        SELECT id, 1 AS rank, expires_at AS key FROM proposals WHERE resolved_at > $3
    ) AS o CROSS JOIN proposals AS p
    WHERE p.id = o.id AND p.created_at <= $3
        AND (EXISTS (
            SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($2))
        ) OR EXISTS (
            SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $1
        ))
        AND (p.agent = $5 OR $5 IS NULL)
        AND (lower(p.action) LIKE lower(coalesce($6, p.status)) ESCAPE '\' OR $6 IS NULL)
        AND (EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $7) OR $7 IS NULL)
) AS listed
WHERE CASE WHEN $12 = 1 THEN (rank, key, id) < ($8, $9, $10) ELSE (rank, key, id) > ($8, $9, $10) END
ORDER BY CASE WHEN $12 = 1 THEN -place ELSE place END
LIMIT $11

-- name: newest_of_role
-- What a role is or was asked for and was over at a moment, the newest first, below a place.
SELECT proposal_id AS id, created_at AS at FROM seats
WHERE role = $1 AND created_at <= $2 AND (created_at < $2 OR proposal_id > $3) AND over_at <= $5
ORDER BY created_at DESC, proposal_id
LIMIT $4

-- name: newest_of_role_above
-- The same above a place, the nearest first.
SELECT proposal_id AS id, created_at AS at FROM seats
WHERE role = $1 AND created_at >= $2 AND (created_at > $2 OR proposal_id < $3) AND over_at <= $5
ORDER BY created_at, proposal_id DESC
LIMIT $4

-- name: over_of_role
-- What a role is or was asked for, the one that was over last first, below a place and not before a moment.
SELECT proposal_id AS id, over_at AS at FROM seats
WHERE role = $1 AND over_at <= $2 AND (over_at < $2 OR proposal_id > $3) AND over_at >= $5
ORDER BY over_at DESC, proposal_id
LIMIT $4

-- name: over_of_role_above
-- The same above a place and not after a moment, the nearest first.
SELECT proposal_id AS id, over_at AS at FROM seats
WHERE role = $1 AND over_at >= $2 AND (over_at > $2 OR proposal_id < $3) AND over_at <= $5
ORDER BY over_at, proposal_id DESC
LIMIT $4

-- name: newest_of_person
-- What a person owns or is served by and was over at a moment, the newest first, below a place.
SELECT proposal_id AS id, created_at AS at FROM exclusions
WHERE person = $1 AND created_at <= $2 AND (created_at < $2 OR proposal_id > $3) AND over_at <= $5
ORDER BY created_at DESC, proposal_id
LIMIT $4

-- name: newest_of_person_above
-- The same above a place, the nearest first.
SELECT proposal_id AS id, created_at AS at FROM exclusions
WHERE person = $1 AND created_at >= $2 AND (created_at > $2 OR proposal_id < $3) AND over_at <= $5
ORDER BY created_at, proposal_id DESC
LIMIT $4

-- name: over_of_person
-- What a person owns or is served by, the one that was over last first, below a place and not before a moment.
SELECT proposal_id AS id, over_at AS at FROM exclusions
WHERE person = $1 AND over_at <= $2 AND (over_at < $2 OR proposal_id > $3) AND over_at >= $5
ORDER BY over_at DESC, proposal_id
LIMIT $4

-- name: over_of_person_above
-- The same above a place and not after a moment, the nearest first.
SELECT proposal_id AS id, over_at AS at FROM exclusions
WHERE person = $1 AND over_at >= $2 AND (over_at > $2 OR proposal_id < $3) AND over_at <= $5
ORDER BY over_at, proposal_id DESC
LIMIT $4

-- name: over_by
-- What a person decided, the one that was over last first, below a place and not before a moment.
SELECT proposal_id AS id, over_at AS at FROM decisions
WHERE reviewer = $1 AND over_at <= $2 AND (over_at < $2 OR proposal_id > $3) AND over_at >= $5
ORDER BY over_at DESC, proposal_id
LIMIT $4

-- name: over_by_above
-- The same above a place and not after a moment, the nearest first.
SELECT proposal_id AS id, over_at AS at FROM decisions
WHERE reviewer = $1 AND over_at >= $2 AND (over_at > $2 OR proposal_id < $3) AND over_at <= $5
ORDER BY over_at, proposal_id DESC
LIMIT $4

-- name: like
-- Which of some proposals (one JSON list) are of an agent, an action and a role.
SELECT p.id FROM json_each($1) AS l CROSS JOIN proposals AS p
WHERE p.id = l.value
    AND (p.agent = $2 OR $2 IS NULL)
    AND (lower(p.action) LIKE lower(coalesce($3, p.status)) ESCAPE '\' OR $3 IS NULL)
    AND (EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $4) OR $4 IS NULL)

-- name: ended_like
-- Which of some proposals (one JSON list) that were over at a moment a person may see, and ended so, be it that no sweep has written it yet.
SELECT p.id FROM json_each($1) AS l CROSS JOIN proposals AS p
WHERE p.id = l.value AND (EXISTS (
        SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($3))
    ) OR EXISTS (
        SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $2
    ))
    AND (p.agent = $5 OR $5 IS NULL)
    AND (lower(p.action) LIKE lower(coalesce($6, p.status)) ESCAPE '\' OR $6 IS NULL)
    AND ($7 = CASE
        WHEN p.status = 'pending' THEN 'rejected'
        WHEN p.status = 'approved' AND p.execute_by <= $4 THEN 'lapsed'
        ELSE p.status
    END OR $7 IS NULL)
    AND ($8 = 0 OR p.status = 'pending' OR p.cause = 'expired')
