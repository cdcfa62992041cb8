-- name: turn
-- Makes the card of a batch that of its first proposal, or the other way round: they have one place.
UPDATE messages SET kind = $2 WHERE kind = $1 AND subject = $3 AND channel = $4

-- name: intend
-- Notes what is about to be shown, before it is sent; the words before it are kept once more, unless they were erased.
INSERT INTO messages (kind, subject, channel, version, words, previous_words, posting_since, state, whole)
VALUES ($1, $2, $3, 0, $4, '', $5, 'posting', $6)
ON CONFLICT (kind, subject, channel) DO UPDATE SET
    previous_words = CASE
        WHEN EXISTS (SELECT 1 FROM proposals WHERE id = messages.subject AND erased_at IS NOT NULL) THEN ''
        WHEN messages.words <> excluded.words THEN messages.words ELSE messages.previous_words
    END,
    previous_whole = CASE WHEN messages.words <> excluded.words THEN messages.whole ELSE messages.previous_whole END,
    words = excluded.words, whole = excluded.whole, shown = NULL,
    posting_since = CASE WHEN messages.ts IS NULL THEN coalesce(messages.posting_since, excluded.posting_since) END,
    state = CASE WHEN messages.ts IS NULL THEN 'posting' ELSE messages.state END
RETURNING *

-- name: posted
-- Records where the message stands, unless one stands already.
UPDATE messages SET ts = $4, version = $5, shown = $6, posting_since = NULL, state = 'posted',
    posted_at = coalesce(posted_at, $7)
WHERE kind = $1 AND subject = $2 AND channel = $3 AND ts IS NULL
RETURNING ts

-- name: updated
-- Records what the message shows now. Where it was recorded to show something newer, nobody knows what came last.
UPDATE messages SET
    version = CASE WHEN version <= $4 THEN $4 ELSE version END,
    shown = CASE WHEN version <= $4 THEN $5 END
WHERE kind = $1 AND subject = $2 AND channel = $3 AND ts IS NOT NULL
RETURNING version

-- name: at
-- The message at this place, of those that can be clicked.
SELECT * FROM messages WHERE channel = $1 AND ts = $2 AND kind IN ('card', 'batch', 'flood', 'sample')

-- name: about
-- The message of one of two kinds about a subject in a channel.
SELECT * FROM messages WHERE kind IN ($1, $2) AND subject = $3 AND channel = $4

-- name: closed
-- Notes that the message at this place can do nothing any more.
UPDATE messages SET state = 'closed' WHERE channel = $1 AND ts = $2 RETURNING ts

-- name: lost
-- Notes that the message is gone, so that it is posted anew.
UPDATE messages SET ts = NULL, version = 0, shown = NULL, posting_since = NULL, state = 'lost'
WHERE kind = $1 AND subject = $2 AND channel = $3

-- name: forget
-- Takes back what was intended and is surely not posted.
DELETE FROM messages WHERE kind = $1 AND subject = $2 AND channel = $3 AND ts IS NULL

-- name: notice
-- Whether there is or was a notice about the same, wherever.
SELECT 1 AS known FROM messages WHERE kind = 'notice' AND subject = $1 LIMIT 1
