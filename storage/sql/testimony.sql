-- name: delegation
-- What is told of a delegation, in order.
SELECT * FROM entries
WHERE tag IN ('delegation:begun', 'delegation:ended') AND json_extract(facts, '$.id') = $1
ORDER BY seq

-- name: delegated
-- That a person lent somebody their place, or was lent one, in order; whether or not that has ended.
SELECT * FROM entries WHERE tag = 'delegation:begun' AND json_extract(facts, '$.delegator') = $1
UNION
SELECT * FROM entries WHERE tag = 'delegation:begun' AND json_extract(facts, '$.delegate') = $1
ORDER BY seq

-- name: stop
-- What was told last of whether an agent is stopped, and of whether everything is.
SELECT * FROM entries
WHERE seq = (
        SELECT max(e.seq) FROM entries AS e
        WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = $1
    ) OR seq = (
        SELECT max(e.seq) FROM entries AS e
        WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = '*'
    )
ORDER BY seq

-- name: resumed_meanwhile
-- That agents were resumed after everything was stopped last.
SELECT * FROM entries
WHERE tag IN ('agent:stopped', 'agent:resumed') AND json_extract(facts, '$.agent') <> '*' AND tag = 'agent:resumed'
    AND seq > (
        SELECT coalesce(max(e.seq), 0) FROM entries AS e
        WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = '*'
            AND e.tag = 'agent:stopped'
    )
ORDER BY seq

-- name: stopped_since
-- That an agent was stopped, or everything was, after a sequence number.
SELECT * FROM entries
WHERE tag IN ('agent:stopped', 'agent:resumed') AND json_extract(facts, '$.agent') IN ($1, '*') AND seq > $2
    AND tag = 'agent:stopped'
ORDER BY seq DESC LIMIT 1

-- name: rejections
-- The remembered rejections of a digest, as it was proposed or as it was then, whoever proposed it and whether or not they ended.
SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.tag = 'remembered_rejection:begun' AND json_extract(e.facts, '$.decision.digest') = $1
UNION
SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.tag = 'remembered_rejection:begun' AND json_extract(e.facts, '$.decision.proposed') = $1
ORDER BY seq

-- name: used
-- By which remembered approval a proposal was approved.
SELECT * FROM entries
WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted') AND tag = 'remembered_approval:used'
    AND json_extract(facts, '$.proposal') = $1
ORDER BY seq

-- name: sample
-- What is told of a sample, in order.
SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq
WHERE e.tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted')
    AND e.tag IN ('sample:drawn', 'sample:judged') AND json_extract(e.facts, '$.proposal') = $1
ORDER BY e.seq

-- name: sample_posts
-- Where cards of a sample came to stand.
SELECT * FROM entries
WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted') AND tag = 'sample:posted'
    AND json_extract(facts, '$.proposal') = $1
ORDER BY seq

-- name: policy_begun
-- The policy that came into force last, in every process.
SELECT * FROM entries WHERE tag = 'policy:begun' ORDER BY seq DESC LIMIT 1

-- name: policy_begun_before
-- When a policy last came into force.
SELECT * FROM entries WHERE tag = 'policy:begun' AND json_extract(facts, '$.version') = $1 ORDER BY seq DESC LIMIT 1

-- name: policy
-- The policy that came into force last.
SELECT * FROM entries WHERE tag = 'policy:loaded' ORDER BY seq DESC LIMIT 1

-- name: second_factor
-- What was told last of whether a person has a second factor.
SELECT * FROM entries
WHERE tag IN ('second_factor:enrolled', 'second_factor:reset_requested', 'second_factor:reset')
    AND json_extract(facts, '$.person') = $1 AND tag <> 'second_factor:reset_requested'
ORDER BY seq DESC LIMIT 1

-- name: factor_reset
-- What was told last of a person's second factor, a request to reset it among that.
SELECT * FROM entries
WHERE tag IN ('second_factor:enrolled', 'second_factor:reset_requested', 'second_factor:reset')
    AND json_extract(facts, '$.person') = $1
ORDER BY seq DESC LIMIT 1
