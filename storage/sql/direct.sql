-- name: ask
-- Somebody asks for direct messages; who did before stays as they are.
INSERT INTO notified_people (person, team, since) VALUES ($1, $2, $3) ON CONFLICT (person) DO NOTHING

-- name: stop_asking
-- Somebody wants none any more.
DELETE FROM notified_people WHERE person = $1 RETURNING person

-- name: asked
-- Since when a person asks for them, if they do.
SELECT * FROM notified_people WHERE person = $1

-- name: people
-- Everybody who asks for them, or has one that may still have to be brought up to date.
SELECT person, team, 1 AS asks FROM notified_people
UNION ALL
SELECT DISTINCT channel AS person, '' AS team, 0 AS asks FROM messages INDEXED BY messages_waits
WHERE kind = 'waits' AND state = 'posted' AND channel NOT IN (SELECT person FROM notified_people)
ORDER BY person

-- name: claim
-- Notes that a person is being told of a proposal, unless they were before.
INSERT INTO direct_members (person, kind, proposal_id, lead, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (person, kind, proposal_id) DO UPDATE SET lead = excluded.lead, at = excluded.at
WHERE direct_members.kind = 'went_wrong' AND direct_members.lead IS NULL
RETURNING proposal_id

-- name: enqueue
-- Notes that a person is to be told that what they let run went wrong, once, if they ask for direct messages.
INSERT INTO direct_members (person, kind, proposal_id, lead, at)
SELECT person, 'went_wrong', $2, NULL, $3 FROM notified_people WHERE person = $1
ON CONFLICT (person, kind, proposal_id) DO NOTHING
RETURNING proposal_id

-- name: failures_to_tell
-- What went wrong and a person is still to be told of.
SELECT proposal_id FROM direct_members INDEXED BY direct_members_of
WHERE person = $1 AND kind = 'went_wrong' AND lead IS NULL
ORDER BY at, proposal_id

-- name: known
-- Of some proposals (one JSON list) those that a person was told of.
SELECT proposal_id FROM direct_members
WHERE person = $1 AND kind = 'waits' AND proposal_id IN (SELECT value FROM json_each($2))

-- name: release
-- Takes back what is surely not posted, to be told later.
DELETE FROM direct_members WHERE person = $1 AND kind = 'waits' AND lead = $2

-- name: enqueue_again
-- The same of what went wrong.
UPDATE direct_members SET lead = NULL WHERE person = $1 AND kind = 'went_wrong' AND lead = $2

-- name: open
-- The messages of a person that say of something that it waits.
SELECT d.proposal_id, m.subject AS lead, m.ts FROM messages AS m INDEXED BY messages_waits
JOIN direct_members AS d ON d.person = m.channel AND d.kind = m.kind AND d.lead = m.subject
WHERE m.channel = $1 AND m.kind = 'waits' AND m.state = 'posted'
ORDER BY m.posted_at, m.subject, d.proposal_id

-- name: sent_since
-- How many messages a person was sent since.
SELECT count(*) AS count FROM messages INDEXED BY messages_direct
WHERE channel = $1 AND posted_at > $2 AND kind IN ('waits', 'went_wrong')
