-- Agents that a person stopped and the operators have not resumed. Who it was before is in the audit log.
CREATE TABLE stopped_agents (
    agent TEXT PRIMARY KEY NOT NULL,
    person TEXT NOT NULL,
    team TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stopped_agents_stay BEFORE UPDATE ON stopped_agents
BEGIN
    SELECT RAISE(ABORT, 'who stopped an agent stays as it was, until it is resumed');
END;

CREATE TRIGGER proposals_of_stopped BEFORE INSERT ON proposals
WHEN EXISTS (SELECT 1 FROM stopped_agents WHERE agent = NEW.agent)
BEGIN
    SELECT RAISE(ABORT, 'a stopped agent proposes nothing');
END;

CREATE TRIGGER proposals_stopped_unclaimed BEFORE UPDATE ON proposals
WHEN OLD.claimed_at IS NULL AND NEW.claimed_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM stopped_agents WHERE agent = NEW.agent)
BEGIN
    SELECT RAISE(ABORT, 'a stopped agent claims nothing');
END;

CREATE INDEX proposals_open_of ON proposals (agent, created_at, id) WHERE status IN ('pending', 'approved');
