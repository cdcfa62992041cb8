-- name: intend
-- Notes what is about to be shown, before it is sent; the words before it are kept once more.
INSERT INTO cards (proposal_id, channel, version, words, previous_words, posting_since, state, whole)
VALUES ($1, $2, 0, $3, '', $4, 'posting', $5)
ON CONFLICT (proposal_id, channel) DO UPDATE SET
    previous_words = CASE WHEN cards.words <> excluded.words THEN cards.words ELSE cards.previous_words END,
    previous_whole = CASE WHEN cards.words <> excluded.words THEN cards.whole ELSE cards.previous_whole END,
    words = excluded.words, whole = excluded.whole,
    posting_since = CASE WHEN cards.ts IS NULL THEN coalesce(cards.posting_since, excluded.posting_since) END,
    state = CASE WHEN cards.ts IS NULL THEN 'posting' ELSE cards.state END
RETURNING *

-- name: posted
-- Records where the card stands, unless one stands already.
INSERT INTO cards (proposal_id, channel, ts, version, digest, words, previous_words, state, posted_at, whole)
VALUES ($1, $2, $3, $4, $5, $6, '', 'standing', $7, $8)
ON CONFLICT (proposal_id, channel) DO UPDATE SET
    ts = excluded.ts, version = excluded.version, digest = excluded.digest,
    previous_words = CASE WHEN cards.words <> excluded.words THEN cards.words ELSE cards.previous_words END,
    previous_whole = CASE WHEN cards.words <> excluded.words THEN cards.whole ELSE cards.previous_whole END,
    words = excluded.words, whole = excluded.whole, posting_since = NULL, state = 'standing',
    posted_at = coalesce(cards.posted_at, excluded.posted_at)
WHERE cards.ts IS NULL
RETURNING ts

-- name: updated
-- Records what the card shows now, unless it shows something newer.
UPDATE cards SET
    version = $3,
    previous_words = CASE WHEN words <> coalesce($4, words) THEN words ELSE previous_words END,
    previous_whole = CASE WHEN words <> coalesce($4, words) THEN whole ELSE previous_whole END,
    words = coalesce($4, words), whole = CASE WHEN $4 IS NULL THEN whole ELSE $5 END
WHERE proposal_id = $1 AND channel = $2 AND ts IS NOT NULL AND version <= $3
RETURNING ts

-- name: at
-- The card that is the message at this place.
SELECT * FROM cards WHERE channel = $1 AND ts = $2

-- name: in_channel
-- The card of a proposal in a channel.
SELECT * FROM cards WHERE proposal_id = $1 AND channel = $2

-- name: of
-- All cards of a proposal.
SELECT * FROM cards WHERE proposal_id = $1 ORDER BY channel

-- name: closed
-- Notes that the message at this place can do nothing any more.
UPDATE cards SET state = 'closed' WHERE channel = $1 AND ts = $2 RETURNING ts

-- name: lost
-- Notes that the message is gone, so that the next delivery posts anew.
UPDATE cards SET ts = NULL, version = 0, digest = NULL, posting_since = NULL, state = 'lost'
WHERE proposal_id = $1 AND channel = $2
RETURNING proposal_id
