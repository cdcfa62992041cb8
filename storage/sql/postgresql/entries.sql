-- name: sizes
-- About how many bytes each of the entries after a sequence number takes, in order.
-- Differs, for no function counts bytes on both.
SELECT e.seq, octet_length(e.facts) + octet_length(e.actor_proof) + coalesce(octet_length(c.content), 0) + 600 AS bytes
FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.seq > $1 ORDER BY e.seq LIMIT $2
