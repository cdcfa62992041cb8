-- name: proposals
-- Ids of proposals of which there is a row or an entry, after one of them.
SELECT id FROM (
    SELECT id FROM proposals WHERE id > $1
    UNION
    SELECT proposal_id AS id FROM entries WHERE tag IN ('proposal:submitted', 'proposal:planted') AND proposal_id > $1
) AS known
ORDER BY id LIMIT $2

-- name: delegations
-- Ids of delegations of which there is a row or an entry.
SELECT id FROM delegations
UNION
SELECT json_extract(facts, '$.id') AS id FROM entries WHERE tag IN ('delegation:begun', 'delegation:ended')
ORDER BY id

-- name: second_factors
-- People of whom a row or an entry tells that they ever had a second factor.
SELECT person AS id FROM second_factors
UNION
SELECT json_extract(facts, '$.person') AS id FROM entries
WHERE tag IN ('second_factor:enrolled', 'second_factor:reset_requested', 'second_factor:reset')
ORDER BY id

-- name: stops
-- Agents of which a row or an entry tells that they were ever stopped.
SELECT agent AS id FROM stopped_agents
UNION
SELECT json_extract(facts, '$.agent') AS id FROM entries WHERE tag IN ('agent:stopped', 'agent:resumed')
ORDER BY id

-- name: remembered
-- Which remembered decisions there are by a row or an entry.
SELECT verdict || ' ' || proposal_id AS id FROM remembered_decisions
UNION
SELECT 'approve ' || proposal_id AS id FROM entries WHERE tag = 'remembered_approval:begun'
UNION
SELECT 'reject ' || proposal_id AS id FROM entries WHERE tag = 'remembered_rejection:begun'
ORDER BY id

-- name: samples
-- Ids of samples of which there is a row or an entry.
SELECT proposal_id AS id FROM samples
UNION
SELECT json_extract(facts, '$.proposal') AS id FROM entries
WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted') AND tag = 'sample:drawn'
ORDER BY id

-- name: uses
-- What was approved by which remembered approval and stands in the rows or in the entries alone.
SELECT proposal_id AS id, remembered_id AS of, 'rows' AS alone FROM remembered_uses AS u
WHERE NOT EXISTS (
    SELECT 1 FROM entries
    WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted') AND tag = 'remembered_approval:used'
        AND json_extract(facts, '$.proposal') = u.proposal_id AND proposal_id = u.remembered_id AND at = u.at
)
UNION ALL
SELECT json_extract(facts, '$.proposal') AS id, proposal_id AS of, 'entries' AS alone FROM entries AS e
WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted') AND tag = 'remembered_approval:used'
    AND NOT EXISTS (
        SELECT 1 FROM remembered_uses AS u
        WHERE u.proposal_id = json_extract(e.facts, '$.proposal') AND u.remembered_id = e.proposal_id
    )

-- name: seats
-- Which roles see some proposals, which come as one JSON list, whether each is asked now, and whether one more approval of it would be of use.
SELECT proposal_id, role, self_review, present, open FROM seats
WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, role

-- name: effects
-- Which effects they have, or wait for, or had.
SELECT proposal_id, effect, CASE WHEN state IN ('waiting', 'overtaken') THEN 'open' ELSE state END AS state FROM effects
WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, effect

-- name: exclusions
-- Who may not approve them, and whether that holds now.
SELECT proposal_id, person, present FROM exclusions
WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, person

-- name: places
-- By which moments lists place them.
SELECT proposal_id, 'seats' AS name, created_at, over_at FROM seats WHERE proposal_id IN (SELECT value FROM json_each($1))
UNION
SELECT proposal_id, 'exclusions' AS name, created_at, over_at FROM exclusions
WHERE proposal_id IN (SELECT value FROM json_each($1))
UNION
SELECT d.proposal_id, 'decisions' AS name, p.created_at, d.over_at
FROM decisions AS d JOIN proposals AS p ON p.id = d.proposal_id
WHERE d.proposal_id IN (SELECT value FROM json_each($1))

-- name: values
-- What is kept of the values of those that people approved.
SELECT proposal_id, agent, action, field, value FROM approved_values
WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, field

-- name: callbacks
-- Where their agents are told of what.
SELECT proposal_id, id, agent, url, kind, at FROM callbacks
WHERE proposal_id IN (SELECT value FROM json_each($1)) ORDER BY proposal_id, number

-- name: messages
-- Where messages about them are recorded to stand.
SELECT subject AS proposal_id, kind, channel, ts FROM messages
WHERE kind IN ('card', 'batch', 'flood', 'sample') AND subject IN (SELECT value FROM json_each($1)) AND ts IS NOT NULL
ORDER BY subject, kind, channel

-- name: due
-- When time does something to them.
SELECT id AS proposal_id, due_at FROM proposals WHERE id IN (SELECT value FROM json_each($1))

-- name: stream
-- Of what their agents are told, as their streams have it.
SELECT e.proposal_id, s.agent, s.seq FROM stream AS s JOIN entries AS e ON e.seq = s.seq
WHERE e.proposal_id IN (SELECT value FROM json_each($1)) ORDER BY e.proposal_id, s.seq

-- name: strays
-- What refers to something that is not there, of values that were approved, of what agents are told, and of messages.
SELECT 'approved_values' AS name, v.proposal_id AS id FROM approved_values AS v
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = v.proposal_id)
UNION
SELECT 'stream' AS name, s.agent || ' ' || s.seq AS id FROM stream AS s
WHERE NOT EXISTS (SELECT 1 FROM entries AS e WHERE e.seq = s.seq AND e.proposal_id IS NOT NULL)
UNION
SELECT 'messages' AS name, m.kind || ' ' || m.subject || ' ' || m.channel AS id FROM messages AS m
WHERE m.kind <> 'notice' AND NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = m.subject)

-- name: references
-- Rows that refer to something that is not there.
SELECT "table" AS name, rowid AS id, parent FROM pragma_foreign_key_check

-- name: tallies
-- Where not so many proposals stand as are kept to.
SELECT status || ' ' || overdue AS id, CAST(sum(kept) AS BIGINT) AS kept, CAST(sum(there) AS BIGINT) AS there
FROM (
    SELECT status, overdue, count AS kept, 0 AS there FROM tallies
    UNION ALL
    SELECT status, overdue, 0 AS kept, count(*) AS there FROM proposals WHERE drill IS NULL GROUP BY status, overdue
) AS both_ways
GROUP BY status, overdue
HAVING sum(kept) <> sum(there)

-- name: figures
-- Where figures are kept to be others than they are.
SELECT
    person, days, day, agent, action, roles, rules, reviewer, kind, step,
    CAST(sum(kept) AS BIGINT) AS kept, CAST(sum(there) AS BIGINT) AS there, CAST(sum(waited) AS BIGINT) AS waited
FROM (
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, count AS kept, 0 AS there, waited FROM figures
    UNION ALL
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 0 AS kept, count(*) AS there, -sum(waited) AS waited
    FROM figured GROUP BY person, days, day, agent, action, roles, rules, reviewer, kind, step
) AS both_ways
GROUP BY person, days, day, agent, action, roles, rules, reviewer, kind, step
HAVING sum(kept) <> sum(there) OR sum(waited) <> 0

-- name: integrity
-- Whether the indexes hold what the tables do.
SELECT integrity_check AS said FROM pragma_integrity_check(20)

-- name: forms
-- The forms.
SELECT * FROM forms

-- name: modals
-- The modals.
SELECT * FROM modals

-- name: contents
-- Contents that are gone although nothing tells of their erasure, that are there although something does, and that are of no entry.
SELECT e.seq, 'gone' AS what FROM entries AS e
WHERE e.facts LIKE '{"content":"%' AND NOT EXISTS (SELECT 1 FROM contents AS c WHERE c.seq = e.seq)
    AND NOT EXISTS (
        SELECT 1 FROM entries AS x INDEXED BY entries_tagged
        WHERE x.proposal_id = coalesce(e.proposal_id, json_extract(e.facts, '$.proposal'))
            AND x.tag = 'proposal:erased' AND x.seq > e.seq
    )
UNION ALL
SELECT e.seq, 'back' AS what FROM contents AS c JOIN entries AS e ON e.seq = c.seq
WHERE EXISTS (
        SELECT 1 FROM entries AS x INDEXED BY entries_tagged
        WHERE x.proposal_id = coalesce(e.proposal_id, json_extract(e.facts, '$.proposal'))
            AND x.tag = 'proposal:erased' AND x.seq > e.seq
    )
UNION ALL
SELECT c.seq, 'foreign' AS what FROM contents AS c
WHERE NOT EXISTS (SELECT 1 FROM entries AS e WHERE e.seq = c.seq AND e.facts LIKE '{"content":"%')
