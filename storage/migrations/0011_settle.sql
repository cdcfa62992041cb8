-- From when on what people approved can be claimed; until then whoever approved it can take that back.
ALTER TABLE proposals ADD COLUMN claimable_at INTEGER CHECK (claimable_at IS NULL OR (
    status NOT IN ('pending', 'rejected')
    AND execute_by IS NOT NULL AND claimable_at < execute_by
    AND (status <> 'approved' OR (cause = 'reviewer' AND claimable_at > resolved_at))
    AND (claimed_at IS NULL OR claimed_at >= claimable_at)
));

CREATE TRIGGER proposals_claimable_stays BEFORE UPDATE ON proposals
WHEN NEW.claimable_at IS NOT OLD.claimable_at
    AND NOT (OLD.status = 'pending' AND NEW.status = 'approved')
    AND NOT (OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NEW.claimable_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an approval settles once, until the moment that was set when it was given');
END;

CREATE TRIGGER proposals_born_unsettled BEFORE INSERT ON proposals
WHEN NEW.claimable_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'only what people approve after it was proposed has to settle');
END;

-- When the reviewer took a decision back, and from which version of its proposal.
ALTER TABLE decisions ADD COLUMN taken_back_at INTEGER;
ALTER TABLE decisions ADD COLUMN taken_back_from INTEGER CHECK (
    (taken_back_from IS NULL) = (taken_back_at IS NULL) AND (taken_back_at IS NULL OR verdict = 'approve')
);

-- What was approved waits again only where one of its approvals was just taken back, while it settled.
CREATE TRIGGER proposals_taken_back BEFORE UPDATE ON proposals
WHEN OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NOT EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = OLD.id AND d.round = OLD.round AND d.taken_back_from = OLD.version
        AND d.taken_back_at < OLD.claimable_at
)
BEGIN
    SELECT RAISE(ABORT, 'what is approved waits again only when somebody takes their approval back while it settles');
END;

DROP TRIGGER decisions_stay;

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
WHEN OLD.taken_back_at IS NOT NULL OR NEW.taken_back_at IS NULL
    OR (
        NEW.proposal_id, NEW.number, NEW.reviewer, NEW.verdict, NEW.revision, NEW.round, NEW.at, NEW.roles, NEW.reason,
        NEW.stands_in_for, NEW.hasty, NEW.seen_at
    ) IS NOT (
        OLD.proposal_id, OLD.number, OLD.reviewer, OLD.verdict, OLD.revision, OLD.round, OLD.at, OLD.roles, OLD.reason,
        OLD.stands_in_for, OLD.hasty, OLD.seen_at
    )
    OR NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = OLD.proposal_id AND p.status = 'approved' AND p.round = OLD.round
            AND p.version = NEW.taken_back_from AND p.claimable_at > NEW.taken_back_at
    )
BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed; an approval is taken back once, while it settles');
END;

-- What was taken back takes nobody's place.
DROP INDEX decisions_one_approval;
CREATE UNIQUE INDEX decisions_one_approval ON decisions (proposal_id, round, reviewer)
WHERE verdict = 'approve' AND taken_back_at IS NULL;

DROP INDEX decisions_one_for;
CREATE UNIQUE INDEX decisions_one_for ON decisions (proposal_id, round, stands_in_for)
WHERE verdict = 'approve' AND stands_in_for IS NOT NULL AND taken_back_at IS NULL;

DROP TRIGGER decisions_place_once;

CREATE TRIGGER decisions_place_once BEFORE INSERT ON decisions
WHEN NEW.verdict = 'approve' AND EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = NEW.proposal_id AND d.round = NEW.round AND d.verdict = 'approve' AND d.taken_back_at IS NULL
        AND (d.reviewer = NEW.stands_in_for OR d.stands_in_for = NEW.reviewer)
)
BEGIN
    SELECT RAISE(ABORT, 'this place counts already');
END;

-- Whose cards are to be shown anew once it has settled: then the button that takes an approval back is gone.
CREATE TABLE settling (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX settling_due ON settling (due_at);
