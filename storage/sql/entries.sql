-- name: head
-- The newest entry.
SELECT * FROM entries ORDER BY seq DESC LIMIT 1

-- name: append
-- One more entry at the end.
INSERT INTO entries (
    seq, id, at, tag, proposal_id, revision, actor_kind, actor_id, actor_team, actor_proof, facts, previous, hash, seal
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: keep_content
-- What somebody wrote of an entry.
INSERT INTO contents (seq, content) VALUES ($1, $2)

-- name: after
-- The entries after a sequence number, in order, each with its content.
SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.seq > $1 ORDER BY e.seq LIMIT $2

-- name: sizes
-- About how many bytes each of the entries after a sequence number takes, in order.
SELECT
    e.seq,
    length(CAST(e.facts AS BLOB)) + length(CAST(e.actor_proof AS BLOB)) + coalesce(length(CAST(c.content AS BLOB)), 0)
        + 600 AS bytes
FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.seq > $1 ORDER BY e.seq LIMIT $2

-- name: of_proposal
-- The entries of a proposal after one sequence number and up to another, in order.
SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.proposal_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq

-- name: refusals_since
-- How many refusals of an actor were noted since.
SELECT count(*) AS count FROM entries
WHERE tag = 'proposal:refused' AND actor_kind = $1 AND actor_id = $2 AND at > $3

-- name: recent_decisions
-- What a person decided since a moment, the newest first, and whether it is an approval that was rushed.
SELECT at, json_extract(facts, '$.decision.verdict') AS verdict, json_extract(facts, '$.decision.rushed') AS rushed FROM entries
WHERE tag = 'proposal:decided' AND actor_kind = 'reviewer' AND actor_id = $1 AND at > $2
ORDER BY at DESC
LIMIT $3

-- name: tagged
-- The entries of a proposal that have one of some tags, which come as one JSON list, in order.
SELECT e.*, c.content FROM entries AS e INDEXED BY entries_tagged LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.proposal_id = $1 AND e.tag IN (SELECT value FROM json_each($2)) ORDER BY e.seq

-- name: tagged_of_many
-- The same of several proposals, whose ids come as one JSON list.
SELECT e.*, c.content FROM entries AS e INDEXED BY entries_tagged LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.proposal_id IN (SELECT value FROM json_each($1)) AND e.tag IN (SELECT value FROM json_each($2))
ORDER BY e.proposal_id, e.seq

-- name: newest_note
-- The facts of the last entry with this tag that is of no proposal.
SELECT facts FROM entries INDEXED BY entries_tagged WHERE proposal_id IS NULL AND tag = $1 ORDER BY seq DESC LIMIT 1

-- name: newest_tagged
-- The last entry of a proposal that has one of some tags.
SELECT seq, hash FROM entries INDEXED BY entries_tagged
WHERE proposal_id = $1 AND tag IN (SELECT value FROM json_each($2)) ORDER BY seq DESC LIMIT 1
