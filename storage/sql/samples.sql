-- name: draw
-- One more that was drawn.
INSERT INTO samples (proposal_id, action, roles, channels, nonce, drawn_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: get
-- What was drawn of a proposal, if anything.
SELECT * FROM samples WHERE proposal_id = $1

-- name: ever
-- Whether anything was ever drawn.
SELECT 1 AS drawn FROM samples LIMIT 1

-- name: judge
-- What a person thinks of it, unless somebody said so before.
UPDATE samples SET judgement = $2, judged_by = $3, judged_at = $4, reason = $5
WHERE proposal_id = $1 AND judgement IS NULL
RETURNING channels

-- name: posted
-- Notes where a card stands, unless one stands in the channel already.
INSERT INTO sample_cards (proposal_id, channel, ts, words, previous_words) VALUES ($1, $2, $3, $4, '')
ON CONFLICT (proposal_id, channel) DO NOTHING
RETURNING ts

-- name: intend
-- Notes what a card is about to show; the words before it are kept once more.
UPDATE sample_cards SET previous_words = words, words = $3
WHERE proposal_id = $1 AND channel = $2 AND words <> $3

-- name: lost
-- Forgets a message that is gone.
DELETE FROM sample_cards WHERE proposal_id = $1 AND channel = $2

-- name: at
-- The card that is the message at this place.
SELECT * FROM sample_cards WHERE channel = $1 AND ts = $2

-- name: in_channel
-- The card of a sample in a channel.
SELECT * FROM sample_cards WHERE proposal_id = $1 AND channel = $2
