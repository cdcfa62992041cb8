-- Cards that several proposals share: `lead` came first, and its row in `cards` is the card of them all.
CREATE TABLE batches (
    lead TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    role TEXT NOT NULL,
    channel TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    -- From then on nobody joins.
    closes_at INTEGER NOT NULL,
    most INTEGER NOT NULL CHECK (most >= 2),
    -- The digest of the card as Slack last took it.
    shown TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX batches_open ON batches (agent, action, role, channel, closes_at);

CREATE TABLE batch_members (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    lead TEXT NOT NULL REFERENCES batches (lead),
    number INTEGER NOT NULL CHECK (number >= 1),
    UNIQUE (lead, number)
) STRICT, WITHOUT ROWID;
