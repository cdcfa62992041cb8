-- In which of its roles a decision counts only where a place is missing: that of a backup.
ALTER TABLE decisions ADD COLUMN backup TEXT NOT NULL DEFAULT '[]';

DROP TRIGGER decisions_stay;

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
WHEN OLD.taken_back_at IS NOT NULL OR NEW.taken_back_at IS NULL
    OR (
        NEW.proposal_id, NEW.number, NEW.reviewer, NEW.verdict, NEW.revision, NEW.round, NEW.at, NEW.roles, NEW.reason,
        NEW.stands_in_for, NEW.hasty, NEW.seen_at, NEW.backup
    ) IS NOT (
        OLD.proposal_id, OLD.number, OLD.reviewer, OLD.verdict, OLD.revision, OLD.round, OLD.at, OLD.roles, OLD.reason,
        OLD.stands_in_for, OLD.hasty, OLD.seen_at, OLD.backup
    )
    OR NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = OLD.proposal_id AND p.status = 'approved' AND p.round = OLD.round
            AND p.version = NEW.taken_back_from AND p.claimable_at > NEW.taken_back_at
    )
BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed; an approval is taken back once, while it settles');
END;

-- A place is somebody else's by a delegation, or because they handed theirs over. Inside a text of the JSON the quotes
-- are escaped, so no name of a role looks like the field.
DROP TRIGGER decisions_lent;

CREATE TRIGGER decisions_lent BEFORE INSERT ON decisions
WHEN NEW.stands_in_for IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM delegations AS l
        WHERE l.delegator = NEW.stands_in_for AND l.delegate = NEW.reviewer
            AND l.ended_at IS NULL AND l.begun_at <= NEW.at AND l.until > NEW.at
    )
    AND NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = NEW.proposal_id AND instr(p.called_in, '"by":"' || NEW.stands_in_for || '"') > 0
    )
BEGIN
    SELECT RAISE(ABORT, 'nobody has lent this place');
END;

-- Who is asked is judged otherwise than before, so what waits is judged again at the next start.
UPDATE proposals SET judged_under = '' WHERE status = 'pending';
