-- name: sizes
-- About how many bytes each of some proposals (one JSON list) takes, in their order.
-- Differs, for no function counts bytes on both.
SELECT
    octet_length(p.ask) + octet_length(p.gate) + coalesce(octet_length(p.outcome), 0)
    + (SELECT sum(octet_length(r.payload)) FROM revisions AS r WHERE r.proposal_id = p.id)
    + coalesce((SELECT sum(octet_length(d.reason)) FROM decisions AS d WHERE d.proposal_id = p.id), 0)
    + coalesce(
        (
            SELECT sum(octet_length(q.text) + coalesce(octet_length(q.reply), 0))
            FROM questions AS q WHERE q.proposal_id = p.id
        ),
        0
    ) AS bytes
FROM json_each($1) AS l CROSS JOIN proposals AS p
WHERE p.id = l.value
ORDER BY CAST(l.key AS BIGINT)
