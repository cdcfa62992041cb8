-- Cards that sum up a flood: `lead` came first, and its row in `cards` for the channel is the card of them all.
CREATE TABLE bursts (
    lead TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    agent TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    -- The digest of the card as Slack last took it; none while that is not sure.
    shown TEXT,
    -- Whom it has called, as a list of ids.
    called TEXT NOT NULL,
    -- When the last one joined: as long as they keep coming, the next joins too.
    joined_at INTEGER NOT NULL,
    -- When a reminder of something on it fell due last, and up to when those have been told.
    reminder_at INTEGER,
    reminded_at INTEGER,
    PRIMARY KEY (lead, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX bursts_of_agent ON bursts (agent, channel, begun_at);

CREATE TABLE burst_members (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    lead TEXT NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    FOREIGN KEY (lead, channel) REFERENCES bursts (lead, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX burst_members_of ON burst_members (lead, channel, proposal_id);

CREATE INDEX outbox_unposted ON outbox (channel, id) WHERE kind = 'card' AND told = 0 AND parked = 0;
CREATE INDEX outbox_cards ON outbox (channel, id) WHERE kind = 'card';
