-- What the operators are to be told that is about no proposal. A thing is told once, however often it is found.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY NOT NULL,
    about TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    text TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- When it is sent, or sent again; nothing once it is told.
    due_at INTEGER
) STRICT;

CREATE INDEX notices_due ON notices (due_at, id) WHERE due_at IS NOT NULL;
