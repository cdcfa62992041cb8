-- name: erase_proposal
-- Takes from a proposal what was written of it, if it is still as it was loaded.
UPDATE proposals SET
    version = $4, erased_at = $5, ask = $6, gate = $7, reason = $8, outcome = $9, rollback = $10, suspension = $11, drill = $12
WHERE id = $1 AND version = $2 AND status = $3
RETURNING id

-- name: erase_revisions
-- The payloads of a proposal, and what edits changed.
UPDATE revisions SET payload = 'null', patch = '[]' WHERE proposal_id = $1

-- name: erase_questions
-- What people asked, and what the agent replied.
UPDATE questions SET text = '[erased]', reply = CASE WHEN reply IS NOT NULL THEN '[erased]' END WHERE proposal_id = $1

-- name: erase_sample
-- What somebody found not fine.
UPDATE samples SET reason = '[erased]' WHERE proposal_id = $1 AND reason IS NOT NULL

-- name: erase_values
-- What is kept of the values that people approved: whoever suspects one could try it against its digest.
DELETE FROM approved_values WHERE agent = $2 AND action = $3 AND proposal_id = $1

-- name: erase_forms
-- What was typed into forms about it.
DELETE FROM forms WHERE proposal_id = $1

-- name: erase_callbacks
-- Where its agent was told of it, but for what still waits to be told, and for the lease with the highest number.
DELETE FROM callbacks
WHERE proposal_id = $1 AND state <> 'waiting' AND coalesce(lease, 0) < (SELECT coalesce(max(lease), 0) FROM callbacks)

-- name: erase_addresses
-- Where its agent was told of it, in the row that keeps the number of that lease.
UPDATE callbacks SET url = '[erased]', lane = '[erased]' WHERE proposal_id = $1 AND state <> 'waiting'

-- name: erase_words
-- The words of all messages that it is or was on.
UPDATE messages SET words = '', previous_words = '', whole = NULL, previous_whole = NULL
WHERE kind IN ('card', 'batch', 'flood', 'sample', 'waits', 'went_wrong') AND subject IN (
    SELECT $1
    UNION
    SELECT lead FROM batch_members WHERE proposal_id = $1
    UNION
    SELECT lead FROM flood_members WHERE proposal_id = $1
    UNION
    SELECT lead FROM direct_members
    WHERE person IN (SELECT person FROM notified_people) AND kind IN ('waits', 'went_wrong') AND proposal_id = $1
)

-- name: messages_left
-- The messages that a proposal is or was on and that do not show yet that it was erased, as far as we know; and whether Slack
-- would not take the newer one. Whoever brings one up to date notes its words before, and what Slack took after.
SELECT m.kind, m.subject, m.channel, CASE WHEN EXISTS (
    SELECT 1 FROM outbox AS o
    WHERE o.subject = m.subject AND o.channel = m.channel AND o.kind IN ('card', 'sample') AND o.dead_letter > 0
) THEN 1 ELSE 0 END AS given_up
FROM messages AS m
WHERE m.kind IN ('card', 'batch', 'flood', 'sample', 'waits', 'went_wrong') AND m.state = 'posted'
    AND (m.words = '' OR m.shown IS NULL) AND m.subject IN (
        SELECT $1
        UNION
        SELECT lead FROM batch_members WHERE proposal_id = $1
        UNION
        SELECT lead FROM flood_members WHERE proposal_id = $1
        UNION
        SELECT lead FROM direct_members
        WHERE person IN (SELECT person FROM notified_people) AND kind IN ('waits', 'went_wrong') AND proposal_id = $1
    )

-- name: contents_of
-- Of which of its entries a proposal has a content; what was drawn of it is not among them, for its agent reads how many.
SELECT c.seq FROM contents AS c WHERE c.seq IN (SELECT seq FROM entries WHERE proposal_id = $1)

-- name: erase_contents
-- All of them.
DELETE FROM contents WHERE seq IN (
    SELECT seq FROM entries WHERE proposal_id = $1
    UNION ALL
    SELECT seq FROM entries
    WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted') AND tag = 'sample:judged'
        AND json_extract(facts, '$.proposal') = $1
)

-- name: over
-- What was over by a moment, behind a place, the longest over first.
SELECT id, resolved_at, erased_at FROM proposals
WHERE resolved_at IS NOT NULL AND resolved_at <= $1 AND (resolved_at, id) > ($2, $3)
ORDER BY resolved_at, id LIMIT $4

-- name: owned
-- What a person owned or was served by.
SELECT proposal_id AS id FROM exclusions WHERE person = $1 ORDER BY proposal_id

-- name: naming
-- Contents behind an entry that hold a text, and which proposals they are about.
SELECT c.seq, c.content, coalesce(e.proposal_id, json_extract(e.facts, '$.proposal')) AS id
FROM contents AS c JOIN entries AS e ON e.seq = c.seq
WHERE c.seq > $2 AND instr(lower(c.content), lower($1)) > 0
ORDER BY c.seq LIMIT $3

-- name: next_action
-- The next action by name of which anything is over and not erased.
SELECT action FROM proposals
WHERE action > $1 AND erased_at IS NULL
    AND status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed')
ORDER BY action LIMIT 1

-- name: over_of
-- What of an action was over by a moment and is not erased, behind a place, the longest over first.
SELECT id, resolved_at FROM proposals
WHERE action = $1 AND erased_at IS NULL
    AND status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed')
    AND resolved_at <= $2 AND (resolved_at, id) > ($3, $4)
ORDER BY resolved_at, id LIMIT $5

-- name: purge_forms
-- Deletes forms that were opened by a moment, but for those about what is open.
DELETE FROM forms WHERE number IN (
    SELECT f.number FROM forms AS f
    WHERE f.opened_at <= $1 AND NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = f.proposal_id AND p.status IN ('pending', 'approved', 'claimed')
        LIMIT 1 OFFSET 0
    )
    ORDER BY f.opened_at LIMIT $2
)
RETURNING number

-- name: purge_modals
-- Deletes modals that were opened by a moment.
DELETE FROM modals WHERE id IN (SELECT old.id FROM modals AS old WHERE old.opened_at <= $1 ORDER BY old.opened_at LIMIT $2)
RETURNING id

-- name: purge_callbacks
-- Deletes callbacks of a moment or before that were taken or given up, but for the one whose lease has the highest number:
-- the next lease is one more, and no number may come twice. What a receiver wants no more of stays, and so it is told none.
DELETE FROM callbacks WHERE number IN (
    SELECT old.number FROM callbacks AS old
    WHERE old.at <= $1 AND old.state IN ('delivered', 'dead_letter')
        AND coalesce(old.lease, 0) < (SELECT coalesce(max(lease), 0) FROM callbacks)
    ORDER BY old.at LIMIT $2
)
RETURNING number

-- name: leave_deliveries
-- Leaves alone what was given up by a moment, of what is open no more, with the lines that wait behind such a card. What was
-- sent of it stays known, so that nothing is told twice should it be wanted once more.
UPDATE outbox SET dead_letter = 2
WHERE id IN (
    SELECT o.id FROM (
        SELECT d.subject, d.channel, d.kind FROM outbox AS d
        WHERE d.dead_letter = 1 AND d.due_at <= $1
            AND NOT EXISTS (
                SELECT 1 FROM proposals AS p WHERE p.id = d.subject AND p.status IN ('pending', 'approved', 'claimed')
            )
        ORDER BY d.due_at LIMIT $2
    ) AS parked
    JOIN outbox AS o ON o.subject = parked.subject AND o.channel = parked.channel
        AND (o.kind = parked.kind OR (parked.kind = 'card' AND o.kind = 'thread'))
)
RETURNING id

-- name: written
-- Contents that a person wrote as a reviewer, and which proposals they are about; what stood on a rewritten card is not theirs.
SELECT c.seq, coalesce(e.proposal_id, json_extract(e.facts, '$.proposal')) AS id
FROM contents AS c JOIN entries AS e ON e.seq = c.seq
WHERE c.seq > $2 AND e.actor_kind = 'reviewer' AND e.actor_id = $1 AND e.tag <> 'card:mismatched'
ORDER BY c.seq LIMIT $3
