-- What entries are about where that stands in their facts alone: whoever asks whether a row is true asks the entries,
-- so a row that was added, changed or taken away by hand changes no answer.
CREATE INDEX entries_of_delegation ON entries (json_extract(facts, '$.id'))
WHERE tag IN ('delegation:begun', 'delegation:ended');

CREATE INDEX entries_of_stop ON entries (json_extract(facts, '$.agent'), seq)
WHERE tag IN ('agent:stopped', 'agent:resumed');

CREATE INDEX entries_of_hold ON entries (json_extract(facts, '$.hold.digest')) WHERE tag = 'hold:begun';
CREATE INDEX entries_of_hold_as_proposed ON entries (json_extract(facts, '$.hold.proposed')) WHERE tag = 'hold:begun';

CREATE INDEX entries_about ON entries (json_extract(facts, '$.proposal'))
WHERE tag IN ('standing:used', 'sample:drawn', 'sample:judged', 'sample:posted');

CREATE INDEX entries_of_policy ON entries (seq) WHERE tag = 'policy:loaded';

-- With the action, so that counting how many of some action came lately reads nothing else.
CREATE INDEX entries_submitted ON entries (actor_id, at, json_extract(facts, '$.action.name'), proposal_id)
WHERE tag = 'proposal:submitted';
CREATE INDEX entries_of_key ON entries (actor_id, json_extract(facts, '$.idempotency_key'))
WHERE tag = 'proposal:submitted';
