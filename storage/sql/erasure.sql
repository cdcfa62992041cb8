-- name: erase_proposal
-- Takes from a proposal what was written of it, if it is still as it was loaded.
UPDATE proposals SET
    version = $4, erased_at = $5, ask = $6, gate = $7, reason = $8, outcome = $9, rollback = $10, suspension = $11
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
-- Where its agent was told of it, but for what still waits to be told.
DELETE FROM callbacks WHERE proposal_id = $1 AND state <> 'waiting'

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
