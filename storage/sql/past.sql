-- name: keep_values
-- Keeps the values of what people approved; they come as one JSON object, the digest of each by its field.
INSERT INTO approved_values (agent, action, field, value, proposal_id)
SELECT $1, $2, key, value, $3 FROM json_each($4)

-- name: forget_values
-- Forgets those of a proposal.
DELETE FROM approved_values
WHERE agent = $1 AND action = $2
    AND (field, value) IN (SELECT key, value FROM json_each($4)) AND proposal_id = $3

-- name: keep_numbers
-- Keeps the numbers of what people approved and what succeeded; they come as one JSON object, by field.
INSERT INTO approved_numbers (agent, action, field, at, proposal_id, number)
SELECT $1, $2, key, $3, $4, value FROM json_each($5)

-- name: keep_no
-- Keeps what a person said no to.
INSERT INTO noes (proposal_id, agent, action, digest, fields, person, at, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: first_time
-- How often people approved a value in a field, counted up to so many; what still settles can be taken back.
SELECT count(*) AS count FROM (
    SELECT 1 FROM approved_values AS v
    JOIN proposals AS p ON p.id = v.proposal_id
    WHERE v.agent = $1 AND v.action = $2 AND v.field = $3 AND v.value = $4 AND v.proposal_id <> $5
        AND p.cause = 'reviewer' AND p.undo IS NULL AND p.status IN (SELECT value FROM json_each($6))
        AND coalesce(p.claimable_at, 0) <= $7
    LIMIT $8
)

-- name: unusual
-- The median of the newest numbers of a field, and how many they are.
SELECT max(count) AS count, avg(number) AS median
FROM (
    SELECT number, row_number() OVER (ORDER BY number) AS place, count(*) OVER () AS count
    FROM (
        SELECT number FROM approved_numbers
        WHERE agent = $1 AND action = $2 AND field = $3 AND proposal_id <> $5
        ORDER BY at DESC, proposal_id DESC
        LIMIT $4
    ) AS newest
) AS ranked
WHERE place IN ((count + 1) / 2, (count + 2) / 2)

-- name: same
-- The latest no to the very same, whichever agent asked, and whether a person who was told of it approved it since.
SELECT person, at, reason, EXISTS (
    SELECT 1 FROM proposals AS p
    JOIN revisions AS r ON r.proposal_id = p.id AND r.number = p.revision
    WHERE p.digest = noes.digest AND p.agent = $3 AND p.cause = 'reviewer' AND p.undo IS NULL
        AND p.status IN (SELECT value FROM json_each($4)) AND p.id <> $2 AND r.at > noes.at
) AS settled
FROM noes WHERE digest = $1 AND proposal_id <> $2 ORDER BY at DESC LIMIT 1

-- name: similar
-- The latest noes to an agent's action since a moment, latest first.
SELECT fields, person, at, reason FROM noes
WHERE agent = $1 AND action = $2 AND at > $3 AND proposal_id <> $5
ORDER BY at DESC
LIMIT $4

-- name: rate
-- How many proposals of an agent came since a moment whose action fits a pattern, by their entries.
SELECT count(*) AS count FROM entries
WHERE tag = 'proposal:submitted' AND actor_id = $1 AND at > $2
    AND json_extract(facts, '$.action.name') LIKE $3 ESCAPE '\' AND proposal_id <> $4
