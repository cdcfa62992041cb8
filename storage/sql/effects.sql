-- name: take
-- Gives a proposal the effects of a JSON list, or has it stand behind who was first in the state that is given: where that is open, too, the index refuses it.
INSERT INTO effects (effect, proposal_id, state)
SELECT j.value, $1, CASE
    WHEN EXISTS (SELECT 1 FROM effects AS o WHERE o.effect = j.value AND o.state IN ('open', 'waiting') AND o.proposal_id <> $1)
        THEN $3
    ELSE 'open'
END
FROM json_each($2) AS j
WHERE TRUE
ON CONFLICT (effect, proposal_id) DO NOTHING

-- name: let_go
-- Takes from a proposal all effects but those of a JSON list.
DELETE FROM effects WHERE proposal_id = $1 AND effect NOT IN (SELECT value FROM json_each($2))

-- name: known_by_now
-- What overtook a proposal was told to those who decide on it since: it may have its effects again.
DELETE FROM effects WHERE proposal_id = $1 AND state = 'overtaken'

-- name: free
-- A proposal is over and did nothing.
DELETE FROM effects WHERE proposal_id = $1

-- name: ran
-- What a proposal had happened by it, or may have.
UPDATE effects SET state = $2 WHERE proposal_id = $1

-- name: overtake
-- Whoever waited for these effects does not know that they happened, or may have.
UPDATE effects SET state = 'overtaken' WHERE effect IN (SELECT value FROM json_each($1)) AND state = 'waiting'

-- name: promote
-- Gives effects that nobody has any more to whoever waits for them longest.
UPDATE effects SET state = 'open'
WHERE effect IN (SELECT value FROM json_each($1)) AND state = 'waiting'
    AND proposal_id = (SELECT min(w.proposal_id) FROM effects AS w WHERE w.effect = effects.effect AND w.state = 'waiting')
    AND NOT EXISTS (SELECT 1 FROM effects AS o WHERE o.effect = effects.effect AND o.state = 'open')

-- name: holders
-- Who else has one of these effects, and where that proposal stands.
SELECT e.effect, e.proposal_id, p.status, p.agent
FROM effects AS e JOIN proposals AS p ON p.id = e.proposal_id
WHERE e.effect IN (SELECT value FROM json_each($1)) AND e.state = 'open' AND e.proposal_id <> $2
ORDER BY e.effect

-- name: overtook
-- By whom those of these effects happened, or may have, that a proposal waited for meanwhile.
SELECT e.effect, p.id AS proposal_id, p.status, p.agent
FROM effects AS e JOIN proposals AS p ON p.id = (
    SELECT max(o.proposal_id) FROM effects AS o WHERE o.effect = e.effect AND o.state IN ('succeeded', 'tried')
)
WHERE e.proposal_id = $2 AND e.state = 'overtaken' AND e.effect IN (SELECT value FROM json_each($1))
ORDER BY e.effect

-- name: known
-- Which proposal but one has an effect, and by which of all it happened last, or may have.
SELECT
    (SELECT proposal_id FROM effects WHERE effect = $1 AND state = 'open' AND proposal_id <> $2) AS holder,
    (SELECT max(proposal_id) FROM effects WHERE effect = $1 AND state = 'succeeded' AND proposal_id <> $2) AS done,
    (SELECT max(proposal_id) FROM effects WHERE effect = $1 AND state = 'tried' AND proposal_id <> $2) AS tried
