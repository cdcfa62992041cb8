-- name: of
-- How far an export has come, and who is at it until when.
SELECT seq, lease, leased_until FROM export_cursors WHERE name = $1

-- name: begin
-- An export begins at the end that the log has at this moment; one that there was goes on where it was.
INSERT INTO export_cursors (name, seq, lease, leased_until)
SELECT $1, coalesce(max(seq), 0), 0, 0 FROM entries WHERE true
ON CONFLICT (name) DO NOTHING

-- name: lease
-- It is this process's for a while, unless another has it; a lease that a clock set back made endless is none.
UPDATE export_cursors SET lease = lease + 1, leased_until = $3
WHERE name = $1 AND (leased_until <= $2 OR leased_until > $3 + ($3 - $2))
RETURNING seq, lease

-- name: move
-- It has come so far, and is free again, if nobody else took it over meanwhile.
UPDATE export_cursors SET seq = $3, leased_until = 0 WHERE name = $1 AND lease = $2 RETURNING seq
