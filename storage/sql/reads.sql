-- name: of_agent
-- An agent's proposals, newest first, from below a place in that order; by the status that time has given them by now.
-- With about how many bytes each takes (on PostgreSQL octet_length).
SELECT
    id, created_at,
    length(CAST(ask AS BLOB)) + length(CAST(gate AS BLOB)) + coalesce(length(CAST(outcome AS BLOB)), 0)
    + (SELECT sum(length(CAST(r.payload AS BLOB))) FROM revisions AS r WHERE r.proposal_id = proposals.id)
    + coalesce((SELECT sum(length(CAST(d.reason AS BLOB))) FROM decisions AS d WHERE d.proposal_id = proposals.id), 0)
    + coalesce(
        (
            SELECT sum(length(CAST(q.text AS BLOB)) + coalesce(length(CAST(q.reply AS BLOB)), 0))
            FROM questions AS q WHERE q.proposal_id = proposals.id
        ),
        0
    ) AS bytes
FROM proposals
WHERE agent = $1
    AND ($2 IS NULL OR $2 = CASE
        WHEN status = 'pending' AND expires_at <= $8 THEN 'rejected'
        WHEN status = 'approved' AND execute_by <= $8 THEN 'lapsed'
        ELSE status
    END)
    AND ($3 IS NULL OR action = $3)
    AND ($4 IS NULL OR run_id = $4)
    AND (created_at, id) < ($5, $6)
ORDER BY created_at DESC, id DESC
LIMIT $7

-- name: waiting
-- What waits for a person with these roles and with lent ones (JSON lists), soonest deadline first, beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT
        p.id, 0 AS rank, p.expires_at AS key,
        row_number() OVER (ORDER BY p.expires_at, p.id) AS place, count(*) OVER () AS total
    FROM proposals AS p
    WHERE p.status = 'pending' AND p.expires_at > $3
        AND ($5 IS NULL OR p.agent = $5)
        AND ($6 IS NULL OR p.action LIKE $6 ESCAPE '\')
        AND ($7 IS NULL OR EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $7))
        AND NOT EXISTS (
            SELECT 1 FROM decisions AS d
            WHERE d.proposal_id = p.id AND d.round = p.round AND d.verdict = 'approve' AND d.retracted_at IS NULL
                AND $1 IN (d.reviewer, d.stands_in_for)
        )
        AND (EXISTS (
            SELECT 1 FROM seats AS s
            WHERE s.proposal_id = p.id AND s.present = 1 AND s.role IN (SELECT value FROM json_each($2))
                AND (s.self_review = 1 OR NOT EXISTS (
                    SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $1 AND x.present = 1
                ))
        ) OR EXISTS (
            -- Each of the lent ones is a pair of who lent it and the role.
            SELECT 1 FROM json_each($4) AS l CROSS JOIN seats AS s
            WHERE s.proposal_id = p.id AND s.present = 1 AND s.role = json_extract(l.value, '$[1]')
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
) AS listed
WHERE CASE WHEN $11 = 1 THEN (rank, key, id) < ($8, $9, $10) ELSE (rank, key, id) > ($8, $9, $10) END
ORDER BY CASE WHEN $11 = 1 THEN -place ELSE place END
LIMIT $12

-- name: visible
-- What a person may decide or ever might, owns, or is served by, beside a place: what of it belongs to them and is overdue, what waits by its deadline, then the newest; all as it stood at a moment, so that what is decided while pages are turned stays where it was.
SELECT id, rank, key, place, total FROM (
    SELECT
        id, rank, CASE rank WHEN 0 THEN late WHEN 1 THEN expires_at ELSE -created_at END AS key,
        row_number() OVER (
            ORDER BY rank, CASE rank WHEN 0 THEN late WHEN 1 THEN expires_at ELSE -created_at END, id
        ) AS place,
        count(*) OVER () AS total
    FROM (
        SELECT
            id, created_at, expires_at, late,
            CASE
                WHEN late IS NOT NULL AND (
                    EXISTS (SELECT 1 FROM exclusions AS x WHERE x.proposal_id = id AND x.person = $1)
                    OR EXISTS (
                        SELECT 1 FROM decisions AS d
                        WHERE d.proposal_id = id AND d.verdict = 'approve' AND d.retracted_at IS NULL
                            AND $1 IN (d.reviewer, d.stands_in_for)
                    )
                ) THEN 0
                WHEN expires_at > $3 AND coalesce(resolved_at, $3 + 1) > $3 THEN 1
                ELSE 2
            END AS rank
        FROM (
            SELECT
                p.id, p.created_at, p.expires_at, p.resolved_at,
                -- Since when a report is missing, of what ran, or of undoing it.
                CASE
                    WHEN p.report_by <= $3 AND (p.status = 'claimed' OR (
                        json_valid(p.outcome) AND json_extract(p.outcome, '$.at') > $4
                    )) THEN p.report_by
                    WHEN json_valid(p.rollback) AND json_extract(p.rollback, '$.requested_at') <= $4
                        AND coalesce(json_extract(p.rollback, '$.reported_at'), 'never') > $4 THEN p.claimed_at
                END AS late
            FROM proposals AS p
            WHERE p.id IN (
                    SELECT proposal_id FROM seats WHERE role IN (SELECT value FROM json_each($2))
                    UNION
                    SELECT proposal_id FROM exclusions WHERE person = $1
                )
                AND p.created_at <= $3
                AND ($5 IS NULL OR p.agent = $5)
                AND ($6 IS NULL OR p.action LIKE $6 ESCAPE '\')
                AND ($7 IS NULL OR EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $7))
        )
    )
) AS listed
WHERE CASE WHEN $11 = 1 THEN (rank, key, id) < ($8, $9, $10) ELSE (rank, key, id) > ($8, $9, $10) END
ORDER BY CASE WHEN $11 = 1 THEN -place ELSE place END
LIMIT $12

-- name: overdue
-- Of what a person may see, or of what belongs to them alone, what was claimed and not reported in time and what is to be rolled back and was not reported; the longest overdue first, beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT id, 0 AS rank, late AS key, row_number() OVER (ORDER BY late, id) AS place, count(*) OVER () AS total
    FROM (
        SELECT p.id, p.report_by AS late FROM proposals AS p WHERE p.status = 'claimed' AND p.report_by <= $3
        UNION ALL
        SELECT p.id, p.claimed_at AS late FROM proposals AS p
        WHERE p.rollback IS NOT NULL AND json_valid(p.rollback) AND json_extract(p.rollback, '$.status') = 'requested'
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

-- name: history
-- What was over at a moment of all that a person may see, be it that no sweep has written it yet; the latest first, beside a place.
SELECT id, rank, key, place, total FROM (
    SELECT
        p.id, 0 AS rank, -coalesce(p.resolved_at, p.expires_at) AS key,
        row_number() OVER (ORDER BY -coalesce(p.resolved_at, p.expires_at), p.id) AS place, count(*) OVER () AS total
    FROM proposals AS p
    WHERE p.id IN (
            SELECT proposal_id FROM seats WHERE role IN (SELECT value FROM json_each($2))
            UNION
            SELECT proposal_id FROM exclusions WHERE person = $1
        )
        AND coalesce(p.resolved_at, p.expires_at) <= $3
        AND coalesce(p.resolved_at, p.expires_at) >= $4
        AND ($5 IS NULL OR p.agent = $5)
        AND ($6 IS NULL OR p.action LIKE $6 ESCAPE '\')
        AND ($7 IS NULL OR EXISTS (SELECT 1 FROM decisions AS d WHERE d.proposal_id = p.id AND d.reviewer = $7))
        AND ($8 IS NULL OR $8 = CASE
            WHEN p.status = 'pending' THEN 'rejected'
            WHEN p.status = 'approved' AND p.execute_by <= $3 THEN 'lapsed'
            ELSE p.status
        END)
        AND ($9 = 0 OR p.status = 'pending' OR p.cause = 'expired')
) AS listed
WHERE CASE WHEN $13 = 1 THEN (rank, key, id) < ($10, $11, $12) ELSE (rank, key, id) > ($10, $11, $12) END
ORDER BY CASE WHEN $13 = 1 THEN -place ELSE place END
LIMIT $14

-- name: may_see
-- Whether a person may decide a proposal or ever might, owns it, or is served by it.
SELECT 1 AS seen WHERE EXISTS (
        SELECT 1 FROM seats WHERE proposal_id = $1 AND role IN (SELECT value FROM json_each($3))
    ) OR EXISTS (
        SELECT 1 FROM exclusions WHERE proposal_id = $1 AND person = $2
    )

-- name: begin
-- Which proposals that a person may see have ids between two texts.
SELECT p.id FROM proposals AS p
WHERE p.id >= $1 AND p.id < $2
    AND (EXISTS (
        SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN (SELECT value FROM json_each($4))
    ) OR EXISTS (
        SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.person = $3
    ))
ORDER BY p.id
LIMIT $5

-- name: equals
-- Other proposals of the very same action that wait too.
SELECT id FROM proposals WHERE digest = $1 AND status = 'pending' AND id <> $2 ORDER BY id LIMIT $3

-- name: by_status
-- How many proposals stand where.
SELECT status, overdue, count(*) AS count FROM proposals GROUP BY overdue, status

-- name: oldest_pending
-- Since when the oldest proposal waits.
SELECT min(created_at) AS created_at FROM proposals WHERE status = 'pending'

-- name: late
-- How many proposals time has done something to that no sweep has written yet.
SELECT count(*) AS count FROM proposals WHERE due_at <= $1

-- name: deliveries
-- How many deliveries wait, and how many were given up; only of what proposals want, for agents may read these figures.
SELECT
    (SELECT count(*) FROM outbox WHERE version > sent AND dead_letter = 0 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %') AS waiting,
    (SELECT count(*) FROM outbox WHERE dead_letter = 1 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %') AS dead_letter

-- name: dead_letter
-- The deliveries that were given up, oldest first; likewise.
SELECT subject, channel, kind, attempts, due_at, why FROM outbox WHERE dead_letter = 1 AND kind IN ('card', 'thread', 'alert') AND coalesce(why, '') NOT LIKE 'sample to %' ORDER BY due_at, id LIMIT $1

-- name: since
-- What was submitted from a moment on, newest first, from below a place in that order.
SELECT id, created_at FROM proposals
WHERE created_at >= $1 AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: count_since
-- How much was submitted from a moment on.
SELECT count(*) AS count FROM proposals WHERE created_at >= $1

-- name: overdue_untold
-- What nobody approved and is overdue, of which no notice tells yet.
SELECT id FROM proposals
WHERE overdue = 1 AND status = 'claimed' AND cause IN ('auto', 'watch')
    AND NOT EXISTS (SELECT 1 FROM messages WHERE kind = 'notice' AND subject = 'overdue:' || proposals.id)
