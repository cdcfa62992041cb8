-- name: keep
-- Keeps a text, unless it is there.
INSERT INTO policy_texts (digest, text) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING

-- name: of
-- The text of a digest.
SELECT text FROM policy_texts WHERE digest = $1
