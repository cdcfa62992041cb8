-- name: references
-- Rows that refer to something that is not there.
-- Differs, for SQLite has a table of them. The server checks each row when it is written, unless a superuser says otherwise.
SELECT 'revisions' AS name, c.proposal_id AS id, 'proposals' AS parent FROM revisions AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'decisions' AS name, c.proposal_id AS id, 'proposals' AS parent FROM decisions AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'seats' AS name, c.proposal_id AS id, 'proposals' AS parent FROM seats AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'exclusions' AS name, c.proposal_id AS id, 'proposals' AS parent FROM exclusions AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'undo_windows' AS name, c.proposal_id AS id, 'proposals' AS parent FROM undo_windows AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'callbacks' AS name, c.proposal_id AS id, 'proposals' AS parent FROM callbacks AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'stream' AS name, CAST(c.seq AS TEXT) AS id, 'entries' AS parent FROM stream AS c
WHERE NOT EXISTS (SELECT 1 FROM entries AS p WHERE p.seq = c.seq)
UNION ALL
SELECT 'batches' AS name, c.lead AS id, 'proposals' AS parent FROM batches AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.lead)
UNION ALL
SELECT 'batch_members' AS name, c.proposal_id AS id, 'proposals' AS parent FROM batch_members AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'batch_members' AS name, c.lead AS id, 'batches' AS parent FROM batch_members AS c
WHERE NOT EXISTS (SELECT 1 FROM batches AS p WHERE p.lead = c.lead)
UNION ALL
SELECT 'floods' AS name, c.lead AS id, 'proposals' AS parent FROM floods AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.lead)
UNION ALL
SELECT 'flood_members' AS name, c.proposal_id AS id, 'proposals' AS parent FROM flood_members AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'flood_members' AS name, c.lead AS id, 'floods' AS parent FROM flood_members AS c
WHERE NOT EXISTS (SELECT 1 FROM floods AS p WHERE p.lead = c.lead AND p.channel = c.channel)
UNION ALL
SELECT 'direct_members' AS name, c.proposal_id AS id, 'proposals' AS parent FROM direct_members AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'remembered_decisions' AS name, c.proposal_id AS id, 'proposals' AS parent FROM remembered_decisions AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'remembered_uses' AS name, c.proposal_id AS id, 'proposals' AS parent FROM remembered_uses AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'remembered_uses' AS name, c.remembered_id AS id, 'remembered_decisions' AS parent FROM remembered_uses AS c
WHERE NOT EXISTS (SELECT 1 FROM remembered_decisions AS p WHERE p.proposal_id = c.remembered_id AND p.verdict = c.verdict)
UNION ALL
SELECT 'samples' AS name, c.proposal_id AS id, 'proposals' AS parent FROM samples AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'forms' AS name, c.proposal_id AS id, 'proposals' AS parent FROM forms AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'questions' AS name, c.proposal_id AS id, 'proposals' AS parent FROM questions AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)
UNION ALL
SELECT 'approved_values' AS name, c.proposal_id AS id, 'proposals' AS parent FROM approved_values AS c
WHERE NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = c.proposal_id)

-- name: integrity
-- Whether the indexes hold what the tables do.
-- Differs, for here only an extension compares them: what the server itself knows to be incomplete.
SELECT 'the index ' || c.relname || ' is not whole' AS said
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND NOT (i.indisvalid AND i.indisready AND i.indislive)
