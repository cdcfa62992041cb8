-- name: one
-- A person's second factor.
SELECT * FROM second_factors WHERE person = $1

-- name: all
-- Everybody who has one.
SELECT person FROM second_factors ORDER BY person

-- name: enrol
-- Keeps a new one.
INSERT INTO second_factors (person, sealed, at) VALUES ($1, $2, $3)

-- name: forget
-- Takes it away.
DELETE FROM second_factors WHERE person = $1

-- name: wrong
-- When a person typed codes that did not count, since a moment, the newest first.
SELECT at FROM entries WHERE tag = 'code:refused' AND actor_id = $1 AND at > $2 ORDER BY at DESC LIMIT $3

-- name: used
-- That a code of a person counted before.
SELECT seq FROM entries WHERE tag = 'code:accepted' AND actor_id = $1 AND json_extract(facts, '$.step') = $2
