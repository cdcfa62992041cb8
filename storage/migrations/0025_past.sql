-- What people said no to, and the numbers of what they approved, were kept in tables of their own. Both stand in the
-- log: it is asked instead, so that nothing is left that a hand could add to or take from.
DROP TABLE noes;
DROP TABLE approved_numbers;

CREATE INDEX entries_of_digest ON entries (json_extract(facts, '$.action.digest')) WHERE tag = 'proposal:submitted';
CREATE INDEX entries_of_new_digest ON entries (json_extract(facts, '$.revision.action.digest'))
WHERE tag IN ('proposal:edited', 'proposal:revised');

CREATE INDEX entries_of_action ON entries (actor_id, json_extract(facts, '$.action.name'), at, proposal_id)
WHERE tag = 'proposal:submitted';

CREATE INDEX entries_noes ON entries (at)
WHERE tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND actor_kind = 'reviewer';
