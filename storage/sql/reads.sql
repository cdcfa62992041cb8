-- name: of_agent
-- An agent's proposals, newest first, from below a place in that order.
SELECT id, created_at FROM proposals
WHERE agent = $1
    AND ($2 IS NULL OR status = $2)
    AND ($3 IS NULL OR action = $3)
    AND ($4 IS NULL OR run_id = $4)
    AND (created_at, id) < ($5, $6)
ORDER BY created_at DESC, id DESC
LIMIT $7

-- name: waiting
-- What waits for a person with these roles and with lent ones (JSON lists), soonest deadline first, and how much in all.
SELECT p.id, count(*) OVER () AS total FROM proposals AS p
WHERE p.status = 'pending' AND p.expires_at > $3
    AND NOT EXISTS (
        SELECT 1 FROM decisions AS d
        WHERE d.proposal_id = p.id AND d.round = p.round AND d.verdict = 'approve' AND d.taken_back_at IS NULL
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
                    AND d.taken_back_at IS NULL AND json_extract(l.value, '$[0]') IN (d.reviewer, d.stands_in_for)
            )
    ))
ORDER BY p.expires_at, p.id
LIMIT $5 OFFSET $6

-- name: visible
-- What a person may decide or ever might, owns, or is served by; newest first, and how much in all.
SELECT p.id, count(*) OVER () AS total FROM proposals AS p
WHERE p.id IN (
        SELECT proposal_id FROM seats WHERE role IN (SELECT value FROM json_each($2))
        UNION
        SELECT proposal_id FROM exclusions WHERE person = $1
    )
    AND ($3 IS NULL OR p.status IN (SELECT value FROM json_each($3)))
    AND ($4 IS NULL OR p.agent = $4)
    AND ($5 IS NULL OR EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role = $5))
ORDER BY p.created_at DESC, p.id DESC
LIMIT $6 OFFSET $7

-- name: owned
-- What a person owns or is served by; newest first, and how much in all.
SELECT p.id, count(*) OVER () AS total FROM proposals AS p
WHERE p.id IN (SELECT proposal_id FROM exclusions WHERE person = $1)
    AND ($2 IS NULL OR p.status IN (SELECT value FROM json_each($2)))
ORDER BY p.created_at DESC, p.id DESC
LIMIT $3 OFFSET $4

-- name: history
-- What was resolved of all that a person may see; the latest resolution first, and how much in all.
SELECT p.id, count(*) OVER () AS total FROM proposals AS p
WHERE p.resolved_at IS NOT NULL
    AND p.id IN (
        SELECT proposal_id FROM seats WHERE role IN (SELECT value FROM json_each($2))
        UNION
        SELECT proposal_id FROM exclusions WHERE person = $1
    )
ORDER BY p.resolved_at DESC, p.id DESC
LIMIT $3 OFFSET $4

-- name: may_see
-- Whether a person may decide a proposal or ever might, owns it, or is served by it.
SELECT 1 AS seen WHERE EXISTS (
        SELECT 1 FROM seats WHERE proposal_id = $1 AND role IN (SELECT value FROM json_each($3))
    ) OR EXISTS (
        SELECT 1 FROM exclusions WHERE proposal_id = $1 AND person = $2
    )

-- name: twins
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
-- How many deliveries wait, and how many were given up; without samples, for agents may read these figures.
SELECT
    (SELECT count(*) FROM outbox WHERE version > told AND parked = 0 AND kind <> 'sample' AND coalesce(why, '') NOT LIKE 'sample to %') AS waiting,
    (SELECT count(*) FROM outbox WHERE parked = 1 AND kind <> 'sample' AND coalesce(why, '') NOT LIKE 'sample to %') AS parked

-- name: parked
-- The deliveries that were given up, oldest first; without samples, for agents may read of these.
SELECT proposal_id, channel, kind, attempts, due_at, why FROM outbox WHERE parked = 1 AND kind <> 'sample' AND coalesce(why, '') NOT LIKE 'sample to %' ORDER BY due_at, id LIMIT $1

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
    AND NOT EXISTS (SELECT 1 FROM notices WHERE about = 'overdue:' || proposals.id)
