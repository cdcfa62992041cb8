-- name: enqueue
-- Enqueues a callback, unless the receiver wanted no more of the proposal at this address.
INSERT INTO callbacks (id, proposal_id, agent, url, lane, kind, at, state, attempts, due_at)
SELECT $1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $7
WHERE NOT EXISTS (SELECT 1 FROM callbacks WHERE proposal_id = $2 AND url = $4 AND state = 'stopped')
RETURNING id

-- name: first_due
-- What has been due the longest outside busy lanes (one JSON list), and of whose proposal nothing is under way.
SELECT c.number FROM callbacks AS c
WHERE c.state = 'waiting' AND +c.ready_at <= $1
    AND c.lane NOT IN (SELECT value FROM json_each($2))
    AND NOT EXISTS (
        SELECT 1 FROM callbacks AS other
        WHERE other.proposal_id = c.proposal_id AND other.state = 'waiting' AND other.leased_until > $1
    )
ORDER BY c.due_at, c.number
LIMIT 1

-- name: lease
-- Takes one until a moment, under a new number.
UPDATE callbacks SET leased_until = $2, lease = (SELECT coalesce(max(lease), 0) + 1 FROM callbacks)
WHERE number = $1
RETURNING *

-- name: next_due
-- When the next falls due outside busy lanes; a lease under way counts with its end.
SELECT ready_at FROM callbacks
WHERE state = 'waiting' AND lane NOT IN (SELECT value FROM json_each($1))
ORDER BY ready_at
LIMIT 1

-- name: complete
-- Notes what was taken under a lease.
UPDATE callbacks SET state = 'delivered', leased_until = NULL, attempts = attempts + 1, why = NULL
WHERE lease = $1 AND leased_until IS NOT NULL
RETURNING id

-- name: postpone
-- Gives a lease back until later.
UPDATE callbacks SET leased_until = NULL, due_at = $2, attempts = attempts + $3, why = $4
WHERE lease = $1 AND leased_until IS NOT NULL
RETURNING id

-- name: dead_letter
-- Gives up until a person looks.
UPDATE callbacks SET leased_until = NULL, state = 'dead_letter', attempts = attempts + 1, why = $2
WHERE lease = $1 AND leased_until IS NOT NULL
RETURNING *

-- name: stop
-- Ends what is under a lease, for good.
UPDATE callbacks SET leased_until = NULL, state = 'stopped', attempts = attempts + 1, why = $2
WHERE lease = $1 AND leased_until IS NOT NULL
RETURNING proposal_id, url

-- name: stop_others
-- Ends what else waits, or was given up, of a proposal at an address.
UPDATE callbacks SET leased_until = NULL, state = 'stopped', why = $3
WHERE proposal_id = $1 AND url = $2 AND state IN ('waiting', 'dead_letter')
RETURNING id

-- name: retry
-- Begins anew with one that was given up or stopped, by its id, or with all that were given up.
UPDATE callbacks SET state = 'waiting', attempts = 0, due_at = $2, why = NULL
WHERE number IN (
    SELECT number FROM callbacks WHERE id = $1 AND state IN ('dead_letter', 'stopped')
    UNION ALL
    SELECT number FROM callbacks WHERE $1 IS NULL AND state <> 'delivered' AND state = 'dead_letter'
)
RETURNING id

-- name: given_up
-- What has not been told: what was given up or stopped, then what waits; oldest first.
SELECT * FROM callbacks WHERE state <> 'delivered' ORDER BY state, number LIMIT $1

-- name: newest
-- All there are, newest first.
SELECT * FROM callbacks ORDER BY number DESC LIMIT $1

-- name: counts
-- How many there are in each state but told.
SELECT
    (SELECT count(*) FROM callbacks WHERE state <> 'delivered' AND state = 'waiting') AS waiting,
    (SELECT count(*) FROM callbacks WHERE state <> 'delivered' AND state = 'dead_letter') AS dead_letter,
    (SELECT count(*) FROM callbacks WHERE state <> 'delivered' AND state = 'stopped') AS stopped
