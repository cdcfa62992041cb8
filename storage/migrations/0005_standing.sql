-- What somebody approved together with the next like it. Its terms are in the sealed entry that allowed it; here is
-- what is counted and how long: the deadline and the count are guarded where they are written.
CREATE TABLE standing_approvals (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    most INTEGER NOT NULL CHECK (most >= 1),
    used INTEGER NOT NULL CHECK (used >= 0),
    ended TEXT CHECK (ended IN ('person', 'taken_back', 'policy_changed', 'expired', 'exhausted')),
    ended_by TEXT,
    ended_at INTEGER,
    CHECK (used <= most),
    CHECK (until > at),
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CHECK (ended_by IS NULL OR ended IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX standing_open ON standing_approvals (agent, action, at) WHERE ended IS NULL;
CREATE INDEX standing_until ON standing_approvals (until) WHERE ended IS NULL;
CREATE INDEX standing_of_person ON standing_approvals (person) WHERE ended IS NULL;

CREATE TRIGGER standing_ended_stays BEFORE UPDATE ON standing_approvals
WHEN OLD.ended IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a standing approval that ended stays ended');
END;

CREATE TRIGGER standing_terms_stay BEFORE UPDATE ON standing_approvals
WHEN (NEW.proposal_id, NEW.agent, NEW.action, NEW.person, NEW.at, NEW.until, NEW.most)
    IS NOT (OLD.proposal_id, OLD.agent, OLD.action, OLD.person, OLD.at, OLD.until, OLD.most)
    OR NEW.used NOT IN (OLD.used, OLD.used + 1)
BEGIN
    SELECT RAISE(ABORT, 'a standing approval keeps its terms and counts one by one');
END;

CREATE TRIGGER standing_undeleted BEFORE DELETE ON standing_approvals
BEGIN
    SELECT RAISE(ABORT, 'a standing approval is ended, never deleted');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER standing_given_once BEFORE INSERT ON standing_approvals
WHEN EXISTS (SELECT 1 FROM standing_approvals WHERE proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'a standing approval is given once');
END;

-- Which proposal was approved by which; counted before the proposal is written, in the same transaction.
CREATE TABLE standing_uses (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id) DEFERRABLE INITIALLY DEFERRED,
    standing_id TEXT NOT NULL REFERENCES standing_approvals (proposal_id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
