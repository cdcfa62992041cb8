-- name: unposted
-- How many cards of an agent that wait to be posted in a channel are of what is pending; stops counting at $4.
SELECT count(*) AS count FROM (
    SELECT 1 FROM outbox AS w INDEXED BY outbox_unposted CROSS JOIN proposals AS p
    WHERE p.id = w.subject AND w.channel = $2 AND w.kind = 'card' AND w.sent = 0 AND w.dead_letter = 0
        AND p.agent = $1 AND p.status = 'pending' AND p.expires_at > $3
        AND NOT EXISTS (SELECT 1 FROM batch_members AS b WHERE b.proposal_id = p.id AND b.lead <> p.id)
    LIMIT $4
) AS counted

-- name: open
-- The agent's flood in a channel on which something is still waited for, among the newest.
SELECT lead, joined_at FROM (
    SELECT lead, channel, joined_at, begun_at FROM floods
    WHERE agent = $1 AND channel = $2
    ORDER BY begun_at DESC
    LIMIT 20
) AS f
WHERE EXISTS (
    SELECT 1 FROM flood_members AS m JOIN proposals AS p ON p.id = m.proposal_id
    WHERE m.lead = f.lead AND m.channel = f.channel AND p.status = 'pending' AND p.expires_at > $3
)
ORDER BY begun_at DESC
LIMIT 1

-- name: begin
-- A flood of one, which others join.
INSERT INTO floods (lead, channel, agent, begun_at, called, joined_at) VALUES ($1, $2, $3, $4, '[]', $4)

-- name: join
-- One more on a flood.
INSERT INTO flood_members (proposal_id, channel, lead) VALUES ($1, $2, $3)

-- name: joined
-- Notes when the last one joined; a clock that is set back changes nothing.
UPDATE floods SET joined_at = CASE WHEN $3 > joined_at THEN $3 ELSE joined_at END WHERE lead = $1 AND channel = $2

-- name: remind
-- Notes on every flood with this proposal that a reminder fell due.
UPDATE floods SET reminder_at = CASE WHEN reminder_at >= $2 THEN reminder_at ELSE $2 END
WHERE (lead, channel) IN (SELECT m.lead, m.channel FROM flood_members AS m WHERE m.proposal_id = $1)

-- name: reminded
-- Notes that people were reminded of all that fell due by then.
UPDATE floods SET reminded_at = $3 WHERE lead = $1 AND channel = $2

-- name: of
-- The flood that a proposal is on in a channel.
SELECT b.* FROM flood_members AS m JOIN floods AS b ON b.lead = m.lead AND b.channel = m.channel
WHERE m.proposal_id = $1 AND m.channel = $2

-- name: stands
-- Whether the card of a flood stands; as long as it does not, the soonest deadline on it too.
SELECT s.ts, CASE WHEN s.ts IS NULL THEN (
    SELECT min(p.expires_at) FROM flood_members AS m JOIN proposals AS p ON p.id = m.proposal_id
    WHERE m.lead = b.lead AND m.channel = b.channel AND p.status = 'pending'
) END AS soonest
FROM floods AS b LEFT JOIN messages AS s ON s.kind = 'flood' AND s.subject = b.lead AND s.channel = b.channel
WHERE b.lead = $1 AND b.channel = $2

-- name: kinds
-- By action, how many on a flood wait and until when, the most first.
SELECT p.action, count(*) AS count, min(p.expires_at) AS soonest
FROM flood_members AS m JOIN proposals AS p ON p.id = m.proposal_id
WHERE m.lead = $1 AND m.channel = $2 AND p.status = 'pending' AND p.expires_at > $3
GROUP BY p.action
ORDER BY count(*) DESC, p.action

-- name: roles
-- The roles that are asked for what waits on a flood.
SELECT DISTINCT s.role FROM flood_members AS m
JOIN proposals AS p ON p.id = m.proposal_id
JOIN seats AS s ON s.proposal_id = p.id
WHERE m.lead = $1 AND m.channel = $2 AND p.status = 'pending' AND p.expires_at > $3 AND s.present = 1
ORDER BY s.role

-- name: waiting
-- What waits on a flood and this person may see, soonest deadline first, and how much in all.
SELECT p.id, count(*) OVER () AS total FROM flood_members AS m JOIN proposals AS p ON p.id = m.proposal_id
WHERE m.lead = $1 AND m.channel = $2 AND p.status = 'pending' AND p.expires_at > $3
    AND (EXISTS (
        SELECT 1 FROM seats AS s
        WHERE s.proposal_id = p.id AND s.present = 1 AND s.role IN (SELECT value FROM json_each($5))
    ) OR EXISTS (
        SELECT 1 FROM exclusions AS x WHERE x.proposal_id = p.id AND x.present = 1 AND x.person = $4
    ))
ORDER BY p.expires_at, p.id
LIMIT $6 OFFSET $7

-- name: called
-- Notes whom it has called.
UPDATE floods SET called = $3 WHERE lead = $1 AND channel = $2
