-- name: enqueue
-- Enqueues a delivery, or once more; what waits keeps its turn, a dead letter gets a new one.
INSERT INTO outbox (subject, channel, kind, agent, version, sent, dead_letter, attempts, due_at, rank, deadline, why)
VALUES ($1, $2, $3, $9, coalesce(CAST($4 AS BIGINT), 1), 0, 0, 0, $5, $6, $7, $8)
ON CONFLICT (subject, channel, kind) DO UPDATE SET
    version = coalesce($4, outbox.version + 1),
    dead_letter = 0,
    attempts = CASE WHEN outbox.version > outbox.sent AND outbox.dead_letter = 0 THEN outbox.attempts ELSE 0 END,
    due_at = CASE WHEN outbox.version > outbox.sent AND outbox.dead_letter = 0 THEN outbox.due_at ELSE excluded.due_at END,
    rank = excluded.rank,
    deadline = excluded.deadline,
    why = CASE
        WHEN outbox.version > outbox.sent AND outbox.why <> excluded.why THEN outbox.why || '; ' || excluded.why
        ELSE excluded.why
    END

-- name: most_urgent
-- What to deliver now, outside busy channels (one JSON list): cards of what is pending, then the soonest deadline.
-- The plus keeps the planner on the index that has them in this order, where the first that fits is the answer. The offset
-- keeps PostgreSQL from gathering all cards for the sake of the one that it looks for.
SELECT o.id FROM outbox AS o
WHERE o.version > o.sent AND o.dead_letter = 0 AND +o.ready_at <= $1
    AND o.channel NOT IN (SELECT value FROM json_each($2))
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS other
        WHERE other.subject = o.subject AND other.channel = o.channel AND other.leased_until > $1
    )
    AND (o.kind <> 'thread' OR NOT EXISTS (
        SELECT 1 FROM outbox AS card
        WHERE card.subject = o.subject AND card.channel = o.channel AND card.kind = 'card'
            AND card.version <> card.sent
        LIMIT 1 OFFSET 0
    ))
ORDER BY o.rank, o.deadline, o.id
LIMIT 1

-- name: waits_longer
-- What goes in place of a first card whose agent had the last turn: the first card of another one that waited longest.
-- So agents take turns in a channel, and however many one has, another one's card is next. The summary of a flood does not
-- wait, for it is due from the beginning, and the deadlines of cards are ahead.
SELECT other.id FROM outbox AS o JOIN outbox AS other INDEXED BY outbox_unposted
    ON other.channel = o.channel AND other.kind = 'card' AND other.sent = 0 AND other.dead_letter = 0
WHERE o.id = $1 AND o.kind = 'card' AND o.rank = 0 AND o.sent = 0 AND o.deadline > $2
    AND other.rank = 0 AND other.ready_at <= $2 AND other.version > other.sent
    AND (SELECT agent FROM proposals WHERE proposals.id = other.subject)
        <> (SELECT agent FROM proposals WHERE proposals.id = o.subject)
    AND (SELECT agent FROM proposals WHERE proposals.id = o.subject) = (
        SELECT p.agent FROM outbox AS went INDEXED BY outbox_turns JOIN proposals AS p ON p.id = went.subject
        WHERE went.channel = o.channel AND went.kind = 'card' AND went.lease IS NOT NULL
        ORDER BY went.lease DESC LIMIT 1
    )
ORDER BY other.id
LIMIT 1

-- name: lease
-- Takes a delivery until a moment, under a new number.
UPDATE outbox SET leased_until = $2, lease = (SELECT coalesce(max(lease), 0) + 1 FROM outbox)
WHERE id = $1
RETURNING *

-- name: next_due
-- When the next delivery falls due outside busy channels; nothing for what waits for another to go first.
-- A lease under way counts with its end, for should it run out, whatever waited behind it can go; of several of one
-- proposal in one channel, run out or not, the last one.
SELECT o.ready_at FROM outbox AS o
WHERE o.version > o.sent AND o.dead_letter = 0
    AND o.channel NOT IN (SELECT value FROM json_each($1))
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS other
        WHERE other.subject = o.subject AND other.channel = o.channel
            AND other.leased_until > coalesce(o.leased_until, 0)
    )
    AND (o.leased_until IS NOT NULL OR o.kind <> 'thread' OR NOT EXISTS (
        SELECT 1 FROM outbox AS card
        WHERE card.subject = o.subject AND card.channel = o.channel AND card.kind = 'card'
            AND card.version <> card.sent
        LIMIT 1 OFFSET 0
    ))
ORDER BY o.ready_at
LIMIT 1

-- name: complete
-- Notes what is out under a lease; what was enqueued meanwhile is due as it was.
UPDATE outbox SET sent = $2, leased_until = NULL, attempts = 0
WHERE lease = $1 AND leased_until IS NOT NULL AND sent <= $2
RETURNING id

-- name: postpone
-- Gives a lease back until later.
UPDATE outbox SET leased_until = NULL, due_at = $2, attempts = attempts + $3, why = CASE WHEN kind = 'alert' THEN why ELSE $4 END
WHERE lease = $1 AND leased_until IS NOT NULL
RETURNING id

-- name: dead_letter
-- Gives up, unless it was enqueued again while it was being sent.
UPDATE outbox SET leased_until = NULL, dead_letter = CASE WHEN version > $2 THEN 0 ELSE 1 END, attempts = attempts + 1,
    why = CASE WHEN kind = 'alert' THEN why ELSE $3 END
WHERE lease = $1 AND leased_until IS NOT NULL
RETURNING *

-- name: again
-- Enqueues a card or a sample once more: what was sent of it under a lease that ran out may have come after what is newer.
UPDATE outbox SET version = version + 1
WHERE subject = $1 AND channel = $2 AND kind = $3 AND kind IN ('card', 'sample') AND dead_letter = 0
RETURNING id

-- name: told_of
-- Whether a leased delivery was given up for this reason before it was requeued, and not sent since: requeueing keeps it.
SELECT id FROM outbox WHERE lease = $1 AND leased_until IS NOT NULL AND attempts = 0 AND kind <> 'alert' AND why = $2

-- name: requeue
-- Makes the dead letters due again, those of a channel or all.
UPDATE outbox SET dead_letter = 0, attempts = 0 WHERE dead_letter = 1 AND channel = coalesce($1, channel)
RETURNING id

-- name: erased
-- Whether a delivery is about a proposal of which what was written is gone.
SELECT id FROM proposals WHERE id = $1 AND erased_at IS NOT NULL
