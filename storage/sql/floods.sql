-- name: traffic
-- The agent's newest flood in a channel on which something is still waited for, if there is one; and unless that was joined since $5, how many cards of the agent that wait to be posted there are of what is pending, up to $4.
SELECT f.lead, f.joined_at, CASE WHEN f.joined_at >= $5 THEN 0 ELSE (
    SELECT count(*) FROM (
        SELECT 1 FROM outbox AS w INDEXED BY outbox_unposted_of CROSS JOIN proposals AS p
        WHERE p.id = w.subject AND w.channel = $2 AND w.agent = $1
            AND w.kind = 'card' AND w.sent = 0 AND w.dead_letter = 0
            AND p.status = 'pending' AND p.expires_at > $3
            AND NOT EXISTS (SELECT 1 FROM batch_members AS b WHERE b.proposal_id = p.id AND b.lead <> p.id)
        LIMIT $4
    ) AS counted
) END AS backlog
FROM (SELECT 1) AS always LEFT JOIN (
    SELECT lead, joined_at FROM floods
    WHERE agent = $1 AND channel = $2 AND waiting > 0
    ORDER BY begun_at DESC
    LIMIT 1
) AS f ON 1 = 1

-- name: begin
-- A flood that is empty yet.
INSERT INTO floods (lead, channel, agent, begun_at, called, joined_at, waiting) VALUES ($1, $2, $3, $4, '[]', $4, 0)

-- name: join
-- One more on a flood.
INSERT INTO flood_members (proposal_id, channel, lead) VALUES ($1, $2, $3)

-- name: joined
-- Counts one more that waits, and notes when it joined; a clock that is set back changes nothing.
UPDATE floods SET waiting = waiting + 1, joined_at = CASE WHEN $3 > joined_at THEN $3 ELSE joined_at END
WHERE lead = $1 AND channel = $2

-- name: counted
-- Counts on every flood with this proposal that it waits no more (-1), or again (1).
UPDATE floods SET waiting = waiting + $2
WHERE (lead, channel) IN (SELECT m.lead, m.channel FROM flood_members AS m WHERE m.proposal_id = $1)

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

-- name: turn
-- Of a flood: when it began, where its card stands if it does, the delivery of it that waits or was the last one, and
-- since when the card of what is pending waits that has waited longest to be posted there.
SELECT b.begun_at, s.ts, o.due_at, o.deadline, o.rank,
    CASE WHEN o.version > o.sent AND o.dead_letter = 0 THEN 1 ELSE 0 END AS waits,
    (
        SELECT w.due_at FROM outbox AS w INDEXED BY outbox_unposted
        WHERE w.channel = b.channel AND w.kind = 'card' AND w.sent = 0 AND w.dead_letter = 0 AND w.rank = 0
        ORDER BY w.id LIMIT 1
    ) AS oldest
FROM floods AS b
LEFT JOIN messages AS s ON s.kind = 'flood' AND s.subject = b.lead AND s.channel = b.channel
LEFT JOIN outbox AS o ON o.subject = b.lead AND o.channel = b.channel AND o.kind = 'card'
WHERE b.lead = $1 AND b.channel = $2

-- name: kinds
-- By action, how many on a flood wait and until when, the most first. Looks through what its agent has pending.
SELECT p.action, count(*) AS count, min(p.expires_at) AS soonest
FROM floods AS b CROSS JOIN proposals AS p CROSS JOIN flood_members AS m
WHERE b.lead = $1 AND b.channel = $2
    AND p.agent = b.agent AND p.status = 'pending' AND p.expires_at > $3
    AND m.proposal_id = p.id AND m.channel = b.channel AND m.lead = b.lead
GROUP BY p.action
ORDER BY count(*) DESC, p.action

-- name: roles
-- The roles that are asked for what waits on a flood.
SELECT DISTINCT s.role
FROM floods AS b CROSS JOIN proposals AS p CROSS JOIN flood_members AS m CROSS JOIN seats AS s
WHERE b.lead = $1 AND b.channel = $2
    AND p.agent = b.agent AND p.status = 'pending' AND p.expires_at > $3
    AND m.proposal_id = p.id AND m.channel = b.channel AND m.lead = b.lead
    AND s.proposal_id = p.id AND s.present = 1
ORDER BY s.role

-- name: waiting
-- What waits on a flood and this person may see, soonest deadline first, and how much in all.
SELECT p.id, count(*) OVER () AS total FROM floods AS b CROSS JOIN proposals AS p CROSS JOIN flood_members AS m
WHERE b.lead = $1 AND b.channel = $2
    AND p.agent = b.agent AND p.status = 'pending' AND p.expires_at > $3
    AND m.proposal_id = p.id AND m.channel = b.channel AND m.lead = b.lead
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
