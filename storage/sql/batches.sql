-- name: with_room
-- The batches of this kind that take one more and in which somebody is still waited for, the newest first.
SELECT lead, opened_at, (SELECT count(*) FROM batch_members WHERE batch_members.lead = batches.lead) AS members
FROM batches
WHERE agent = $1 AND action = $2 AND role = $3 AND channel = $4 AND closes_at > $5
    AND (SELECT count(*) FROM batch_members WHERE batch_members.lead = batches.lead) < most
    AND EXISTS (
        SELECT 1 FROM batch_members JOIN proposals ON proposals.id = batch_members.proposal_id
        WHERE batch_members.lead = batches.lead AND proposals.status = 'pending' AND proposals.expires_at > $5
    )
ORDER BY opened_at DESC, lead DESC

-- name: open
-- A batch of one, which others may join.
INSERT INTO batches (lead, agent, action, role, channel, opened_at, closes_at, most)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: narrow
-- Keeps to what the newest member allows, where that is less.
UPDATE batches SET
    closes_at = CASE WHEN opened_at + $2 < closes_at THEN opened_at + $2 ELSE closes_at END,
    most = CASE WHEN $3 < most THEN $3 ELSE most END
WHERE lead = $1

-- name: join
-- One more member, after all there ever were.
INSERT INTO batch_members (proposal_id, lead, number)
VALUES ($1, $2, (SELECT coalesce(max(number), 0) + 1 FROM batch_members WHERE lead = $2))

-- name: of
-- The batch that a proposal is in, if it is in this channel.
SELECT batches.* FROM batch_members JOIN batches ON batches.lead = batch_members.lead
WHERE batch_members.proposal_id = $1 AND batches.channel = $2

-- name: batch_of
-- All in the batch that a proposal is in, in the order in which they came: its lead first.
SELECT m.proposal_id FROM batch_members AS own JOIN batch_members AS m ON m.lead = own.lead
WHERE own.proposal_id = $1
ORDER BY m.number

-- name: members
-- The members of a batch, in the order in which they came.
SELECT proposal_id FROM batch_members WHERE lead = $1 ORDER BY number

-- name: leave
-- Takes one out.
DELETE FROM batch_members WHERE proposal_id = $1

-- name: empty
-- Takes all out.
DELETE FROM batch_members WHERE lead = $1

-- name: dissolve
-- Ends a batch that is empty.
DELETE FROM batches WHERE lead = $1
