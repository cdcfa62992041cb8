-- What reviewers asked the agent while a proposal waited, and what it replied; one is open at a time.
-- Lengths in bytes: SQLite counts the characters of a text only up to the first NUL.
CREATE TABLE questions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    text TEXT NOT NULL CHECK (text <> '' AND length(CAST(text AS BLOB)) <= 4000),
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    reply TEXT CHECK (reply <> '' AND length(CAST(reply AS BLOB)) <= 16000),
    replied_at INTEGER,
    digest TEXT,
    PRIMARY KEY (proposal_id, number),
    CHECK ((reply IS NULL) = (replied_at IS NULL)),
    CHECK (digest IS NULL OR reply IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX questions_one_open ON questions (proposal_id) WHERE reply IS NULL;

CREATE TRIGGER questions_answered_once BEFORE UPDATE ON questions
WHEN OLD.reply IS NOT NULL
    OR (NEW.proposal_id, NEW.number, NEW.text, NEW.asked_by, NEW.asked_at)
        IS NOT (OLD.proposal_id, OLD.number, OLD.text, OLD.asked_by, OLD.asked_at)
BEGIN
    SELECT RAISE(ABORT, 'a question stays as it was asked, and is answered once');
END;

CREATE TRIGGER questions_stay BEFORE DELETE ON questions
BEGIN
    SELECT RAISE(ABORT, 'a question stays');
END;
