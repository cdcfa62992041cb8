-- What somebody stops for a while after saying no to it: by the digest as it was proposed, and as it was then.
CREATE TABLE holds (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    proposed TEXT NOT NULL,
    digest TEXT NOT NULL,
    roles TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    stopped INTEGER NOT NULL CHECK (stopped >= 0),
    ended TEXT CHECK (ended IN ('person', 'expired')),
    ended_by TEXT,
    ended_at INTEGER,
    -- At most 30 days.
    CHECK (until > at AND until - at <= 2592000000),
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CHECK ((ended IS 'person') = (ended_by IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX holds_digest ON holds (digest, agent) WHERE ended IS NULL;
CREATE INDEX holds_proposed ON holds (proposed, agent) WHERE ended IS NULL;
CREATE INDEX holds_until ON holds (until) WHERE ended IS NULL;

CREATE TRIGGER holds_ended_stays BEFORE UPDATE ON holds
WHEN OLD.ended IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a hold that ended stays ended');
END;

CREATE TRIGGER holds_terms_stay BEFORE UPDATE ON holds
WHEN (NEW.proposal_id, NEW.agent, NEW.action, NEW.proposed, NEW.digest, NEW.roles, NEW.person, NEW.reason, NEW.at, NEW.until)
    IS NOT (OLD.proposal_id, OLD.agent, OLD.action, OLD.proposed, OLD.digest, OLD.roles, OLD.person, OLD.reason, OLD.at,
        OLD.until)
    OR NEW.stopped NOT IN (OLD.stopped, OLD.stopped + 1)
BEGIN
    SELECT RAISE(ABORT, 'a hold keeps its terms and counts one by one');
END;

CREATE TRIGGER holds_undeleted BEFORE DELETE ON holds
BEGIN
    SELECT RAISE(ABORT, 'a hold is ended, never deleted');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER holds_begun_once BEFORE INSERT ON holds
WHEN EXISTS (SELECT 1 FROM holds WHERE proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'a hold begins once');
END;

-- Only what was said no to is held.
CREATE TRIGGER holds_of_refused BEFORE INSERT ON holds
WHEN NOT EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND status IN ('rejected', 'revoked'))
BEGIN
    SELECT RAISE(ABORT, 'only what was rejected or revoked is held');
END;
