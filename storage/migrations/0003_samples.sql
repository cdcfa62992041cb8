-- What was drawn of all that runs at once, to be looked over by people. The proposal's own rows never tell of it.
CREATE TABLE samples (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    action TEXT NOT NULL,
    roles TEXT NOT NULL,
    channels TEXT NOT NULL,
    nonce TEXT NOT NULL,
    drawn_at INTEGER NOT NULL,
    judgement TEXT CHECK (judgement IN ('fine', 'not_fine')),
    judged_by TEXT,
    judged_at INTEGER,
    reason TEXT,
    CHECK ((judgement IS NULL) = (judged_by IS NULL)),
    CHECK ((judgement IS NULL) = (judged_at IS NULL)),
    CHECK ((judgement IS 'not_fine') = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX samples_of_action ON samples (action, judgement);

CREATE TRIGGER samples_judged_once BEFORE UPDATE ON samples
WHEN OLD.judgement IS NOT NULL OR NEW.judgement IS NULL OR (
    NEW.proposal_id, NEW.action, NEW.roles, NEW.channels, NEW.nonce, NEW.drawn_at
) IS NOT (
    OLD.proposal_id, OLD.action, OLD.roles, OLD.channels, OLD.nonce, OLD.drawn_at
)
BEGIN
    SELECT RAISE(ABORT, 'a sample stays as it was drawn, and is judged once');
END;

CREATE TRIGGER samples_undeleted BEFORE DELETE ON samples
BEGIN
    SELECT RAISE(ABORT, 'a sample stays: what was drawn counts');
END;

-- Where the cards of samples stand, and the words that each shows or showed before.
CREATE TABLE sample_cards (
    proposal_id TEXT NOT NULL REFERENCES samples (proposal_id),
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    words TEXT NOT NULL,
    previous_words TEXT NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    UNIQUE (channel, ts)
) STRICT;
