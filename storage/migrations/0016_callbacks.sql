-- What agents are to be told, one row an event, written in the commit that it follows from. The id is that of its
-- audit entry and stays the same however often it is tried; rows stay when they are told, for whoever asks later.
CREATE TABLE callbacks (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    url TEXT NOT NULL,
    -- One of a few for each agent and receiver; one callback at a time goes through it.
    lane TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'approved', 'taken_back', 'rejected', 'revoked', 'lapsed', 'withdrawn', 'asked', 'extended', 'objected',
        'overran'
    )),
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'told', 'parked', 'stopped')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    due_at INTEGER NOT NULL,
    -- Names the newest lease, so that one that ran out cannot settle for the next.
    lease INTEGER UNIQUE,
    leased_until INTEGER,
    -- What came of the newest attempt; never a word of what the receiver answered.
    why TEXT,
    ready_at INTEGER GENERATED ALWAYS AS (max(due_at, coalesce(leased_until, 0))) STORED
) STRICT;

CREATE INDEX callbacks_due ON callbacks (due_at, number, lane, ready_at) WHERE state = 'waiting';
CREATE INDEX callbacks_ready ON callbacks (ready_at, lane) WHERE state = 'waiting';
CREATE INDEX callbacks_undone ON callbacks (state, number) WHERE state IN ('parked', 'stopped');
CREATE INDEX callbacks_of_proposal ON callbacks (proposal_id, state);

CREATE TRIGGER callbacks_told_once BEFORE UPDATE ON callbacks
WHEN OLD.state = 'told' AND NEW.state <> 'told'
BEGIN
    SELECT RAISE(ABORT, 'what an agent took is not told again');
END;
