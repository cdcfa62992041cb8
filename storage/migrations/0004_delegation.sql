-- Who lent whom their place, and for how long. Whether it is over is told by `until`, with or without `ended_at`.
CREATE TABLE delegations (
    id TEXT PRIMARY KEY NOT NULL,
    delegator TEXT NOT NULL,
    delegate TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by TEXT,
    CHECK (delegator <> delegate),
    -- At most 60 days.
    CHECK (until > begun_at AND until - begun_at <= 5184000000),
    CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX delegations_one ON delegations (delegator, delegate) WHERE ended_at IS NULL;
CREATE INDEX delegations_received ON delegations (delegate, until) WHERE ended_at IS NULL;
CREATE INDEX delegations_due ON delegations (until) WHERE ended_at IS NULL;

CREATE TRIGGER delegations_only_end BEFORE UPDATE ON delegations
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
    OR (NEW.id, NEW.delegator, NEW.delegate, NEW.begun_at, NEW.until)
        IS NOT (OLD.id, OLD.delegator, OLD.delegate, OLD.begun_at, OLD.until)
BEGIN
    SELECT RAISE(ABORT, 'a delegation only ends, once');
END;

CREATE TRIGGER delegations_stay BEFORE DELETE ON delegations
BEGIN
    SELECT RAISE(ABORT, 'a delegation that was is never forgotten');
END;

-- Whose place a decision takes; nobody's but the reviewer's own where it is empty.
ALTER TABLE decisions ADD COLUMN stands_in_for TEXT;

CREATE UNIQUE INDEX decisions_one_for ON decisions (proposal_id, round, stands_in_for)
WHERE verdict = 'approve' AND stands_in_for IS NOT NULL;

-- One place counts once: not for a person and for who stands in for them as well.
CREATE TRIGGER decisions_place_once BEFORE INSERT ON decisions
WHEN NEW.verdict = 'approve' AND EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = NEW.proposal_id AND d.round = NEW.round AND d.verdict = 'approve'
        AND (d.reviewer = NEW.stands_in_for OR d.stands_in_for = NEW.reviewer)
)
BEGIN
    SELECT RAISE(ABORT, 'this place counts already');
END;

CREATE TRIGGER decisions_lent BEFORE INSERT ON decisions
WHEN NEW.stands_in_for IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM delegations AS l
    WHERE l.delegator = NEW.stands_in_for AND l.delegate = NEW.reviewer
        AND l.ended_at IS NULL AND l.begun_at <= NEW.at AND l.until > NEW.at
)
BEGIN
    SELECT RAISE(ABORT, 'nobody has lent this place');
END;
