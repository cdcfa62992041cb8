-- Modals that Slack opened for a person and that are about no proposal: what gives power, lists, and the way on in one.
CREATE TABLE modals (
    id TEXT PRIMARY KEY NOT NULL,
    view_id TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN (
        'list', 'next', 'delegate', 'delegation_end', 'agent_stop', 'agent_resume', 'standing_end', 'hold_end'
    )),
    subject TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
