-- name: keep_values
-- Keeps the values of what people approved; they come as one JSON object, the digest of each by its field.
INSERT INTO approved_values (agent, action, field, value, proposal_id)
SELECT $1, $2, key, value, $3 FROM json_each($4)

-- name: forget_values
-- Forgets those of a proposal.
DELETE FROM approved_values
WHERE agent = $1 AND action = $2
    AND (field, value) IN (SELECT key, value FROM json_each($4)) AND proposal_id = $3

-- name: first_time
-- Of which proposals, the newest first, people approved a value in a field.
SELECT proposal_id FROM approved_values
WHERE agent = $1 AND action = $2 AND field = $3 AND value = $4 AND proposal_id <> $5
ORDER BY proposal_id DESC LIMIT $6

-- name: worked
-- Of so many that an agent proposed of an action, the newest first, what was approved by people and succeeded.
SELECT s.proposal_id FROM (
    SELECT proposal_id, at FROM entries
    WHERE tag = 'proposal:submitted' AND actor_kind = 'agent' AND actor_id = $1 AND json_extract(facts, '$.action.name') = $2 AND proposal_id <> $3
    ORDER BY at DESC, proposal_id DESC LIMIT $5
) AS s
WHERE EXISTS (
        SELECT 1 FROM entries AS e INDEXED BY entries_tagged
        WHERE e.proposal_id = s.proposal_id AND e.tag = 'proposal:succeeded'
    )
    AND EXISTS (
        SELECT 1 FROM entries AS e INDEXED BY entries_tagged
        WHERE e.proposal_id = s.proposal_id AND e.tag = 'proposal:approved' AND e.actor_kind = 'reviewer'
    )
ORDER BY s.at DESC, s.proposal_id DESC LIMIT $4

-- name: opposed
-- To which of some digests (a JSON list) people said no, by one of some tags (another), or had a no remembered.
-- The offsets keep PostgreSQL from gathering all that was ever said no to for the sake of a few.
SELECT d.value AS digest FROM json_each($1) AS d
WHERE EXISTS (
        SELECT 1 FROM entries AS s CROSS JOIN entries AS n INDEXED BY entries_tagged
        WHERE s.tag = 'proposal:submitted' AND json_extract(s.facts, '$.action.digest') = d.value
            AND n.proposal_id = s.proposal_id AND n.tag IN (SELECT value FROM json_each($2)) AND n.actor_kind = 'reviewer'
        LIMIT 1 OFFSET 0
    )
    OR EXISTS (
        SELECT 1 FROM entries AS s CROSS JOIN entries AS n INDEXED BY entries_tagged
        WHERE s.tag IN ('proposal:edited', 'proposal:revised') AND json_extract(s.facts, '$.revision.action.digest') = d.value
            AND n.proposal_id = s.proposal_id AND n.tag IN (SELECT value FROM json_each($2)) AND n.actor_kind = 'reviewer'
        LIMIT 1 OFFSET 0
    )
    OR EXISTS (
        SELECT 1 FROM entries AS e
        WHERE e.tag = 'remembered_rejection:begun' AND json_extract(e.facts, '$.decision.digest') = d.value
        LIMIT 1 OFFSET 0
    )
    OR EXISTS (
        SELECT 1 FROM entries AS e
        WHERE e.tag = 'remembered_rejection:begun' AND json_extract(e.facts, '$.decision.proposed') = d.value
        LIMIT 1 OFFSET 0
    )

-- name: same
-- Of which proposals that ever had a digest people took one of some steps (a JSON list of tags), the latest first.
-- A proposal that had it several times is found as often, and grouped, for SQLite would open a table only to leave it out.
SELECT n.proposal_id, max(n.seq) AS seq FROM (
    SELECT proposal_id FROM entries
    WHERE tag = 'proposal:submitted' AND json_extract(facts, '$.action.digest') = $1
    UNION ALL
    SELECT proposal_id FROM entries
    WHERE tag IN ('proposal:edited', 'proposal:revised') AND json_extract(facts, '$.revision.action.digest') = $1
) AS s
CROSS JOIN entries AS n INDEXED BY entries_tagged
WHERE n.proposal_id = s.proposal_id AND n.tag IN (SELECT value FROM json_each($2)) AND n.actor_kind = 'reviewer' AND s.proposal_id <> $3
GROUP BY n.proposal_id
ORDER BY seq DESC LIMIT $4

-- name: noes_since
-- What people said no to since a moment, in order.
-- The plus keeps PostgreSQL from walking through all there ever were for the sake of that order.
SELECT n.seq, n.hash, n.at, n.proposal_id, s.actor_id AS agent, json_extract(s.facts, '$.action.name') AS action
FROM entries AS n INDEXED BY entries_noes
CROSS JOIN entries AS s INDEXED BY entries_tagged
WHERE s.proposal_id = n.proposal_id AND s.tag = 'proposal:submitted' AND n.tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND n.actor_kind = 'reviewer'
    AND n.at > $1
ORDER BY +n.seq

-- name: noes_after
-- What they said no to after an entry, in order.
SELECT n.seq, n.hash, n.at, n.proposal_id, s.actor_id AS agent, json_extract(s.facts, '$.action.name') AS action
FROM entries AS n INDEXED BY entries_noes_in_order
CROSS JOIN entries AS s INDEXED BY entries_tagged
WHERE s.proposal_id = n.proposal_id AND s.tag = 'proposal:submitted' AND n.tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND n.actor_kind = 'reviewer'
    AND n.seq > $1
ORDER BY n.seq

-- name: hash_of
-- The hash of an entry.
SELECT hash FROM entries WHERE seq = $1

-- name: rate
-- How many proposals of an agent came since a moment whose action fits a pattern, by their entries.
-- PostgreSQL has lower() go by the letters of a column; a pattern has none, and takes on those of the actor.
SELECT count(*) AS count FROM entries
WHERE tag = 'proposal:submitted' AND actor_kind = 'agent' AND actor_id = $1 AND at > $2
    AND lower(json_extract(facts, '$.action.name')) LIKE lower(coalesce($3, actor_id)) ESCAPE '\' AND proposal_id <> $4
