-- Who asked to be told in a direct message of what waits for them; the channel is the one Slack opened for that.
CREATE TABLE notified_people (
    person TEXT PRIMARY KEY NOT NULL,
    team TEXT NOT NULL,
    since INTEGER NOT NULL,
    channel TEXT
) STRICT, WITHOUT ROWID;

-- What a person was told of, each at most once; what shares a message has the same lead.
CREATE TABLE direct_messages (
    person TEXT NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    about TEXT NOT NULL CHECK (about IN ('waits', 'look')),
    stage TEXT NOT NULL CHECK (stage IN ('wanted', 'posting', 'standing', 'closed')),
    lead TEXT NOT NULL,
    channel TEXT,
    ts TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, proposal_id, about),
    CHECK (stage <> 'standing' OR (channel IS NOT NULL AND ts IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX direct_messages_open ON direct_messages (person, about, stage);
CREATE INDEX direct_messages_sent ON direct_messages (person, at);
