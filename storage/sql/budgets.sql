-- name: may_run
-- What may still run: it waits, or was approved and nobody claimed it. Drills never run.
SELECT id FROM proposals WHERE status IN ('pending', 'approved') AND drill IS NULL

-- name: claimed
-- What was claimed since a moment, in order.
SELECT proposal_id FROM entries WHERE tag = 'proposal:claimed' AND at > $1 ORDER BY at

-- name: from
-- So many entries from a sequence number on, in order, those of some tags (a JSON list) with their contents.
SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq AND e.tag IN (SELECT value FROM json_each($2))
WHERE e.seq >= $1 ORDER BY e.seq LIMIT $3
