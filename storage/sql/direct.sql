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
SELECT DISTINCT person, '' AS team, 0 AS asks FROM direct_messages
WHERE stage = 'standing' AND about = 'waits' AND person NOT IN (SELECT person FROM notified_people)
ORDER BY person

-- name: claim
-- Notes that a person is being told of a proposal, unless they were before; `closed` where they know of it anyway.
INSERT INTO direct_messages (person, proposal_id, about, stage, lead, channel, ts, at)
VALUES ($1, $2, $3, $4, $5, NULL, NULL, $6)
ON CONFLICT (person, proposal_id, about) DO UPDATE SET stage = excluded.stage, lead = excluded.lead, at = excluded.at
WHERE direct_messages.stage = 'wanted'
RETURNING proposal_id

-- name: want
-- Wants a person told that what they let run went wrong, once, if they ask for direct messages.
INSERT INTO direct_messages (person, proposal_id, about, stage, lead, channel, ts, at)
SELECT person, $2, 'look', 'wanted', $2, NULL, NULL, $3 FROM notified_people WHERE person = $1
ON CONFLICT (person, proposal_id, about) DO NOTHING
RETURNING proposal_id

-- name: wanted
-- What went wrong and a person is still to be told of.
SELECT proposal_id FROM direct_messages INDEXED BY direct_messages_open
WHERE person = $1 AND about = 'look' AND stage = 'wanted'
ORDER BY at, proposal_id

-- name: known
-- Of some proposals (one JSON list) those that a person was told of.
SELECT proposal_id FROM direct_messages
WHERE person = $1 AND about = 'waits' AND proposal_id IN (SELECT value FROM json_each($2))

-- name: posted
-- Notes where a message stands.
UPDATE direct_messages SET stage = 'standing', channel = $4, ts = $5
WHERE person = $1 AND about = $2 AND lead = $3 AND stage = 'posting'

-- name: release
-- Takes back what is surely not posted, to be told later: of what went wrong it is wanted still.
DELETE FROM direct_messages WHERE person = $1 AND about = 'waits' AND lead = $2 AND stage = 'posting'

-- name: want_again
-- The same for what went wrong.
UPDATE direct_messages SET stage = 'wanted' WHERE person = $1 AND about = 'look' AND lead = $2 AND stage = 'posting'

-- name: close
-- Nothing more is to be done about a message.
UPDATE direct_messages SET stage = 'closed' WHERE person = $1 AND about = $2 AND lead = $3 AND stage <> 'wanted'

-- name: standing
-- The messages of a person that say of something that it waits.
SELECT proposal_id, lead, channel, ts FROM direct_messages INDEXED BY direct_messages_open
WHERE person = $1 AND about = 'waits' AND stage = 'standing'
ORDER BY at, lead, proposal_id

-- name: sent_since
-- How many messages a person was sent since.
SELECT count(DISTINCT about || lead) AS count FROM direct_messages
WHERE person = $1 AND at > $2 AND stage IN ('posting', 'standing', 'closed') AND ts IS NOT NULL
