-- name: sizes
-- About how many bytes each of the entries after a sequence number takes, in order.
-- Differs, for no function counts bytes on both.
SELECT seq, octet_length(facts) + octet_length(actor_proof) + 600 AS bytes
FROM entries WHERE seq > $1 ORDER BY seq LIMIT $2
