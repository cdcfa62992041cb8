-- What each agent is told, in order: the entries of the audit log that are tidings, by whose proposal they are about.
CREATE TABLE stream (
    agent TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (agent, seq)
) STRICT, WITHOUT ROWID;

-- What happened before there was a stream can be read from it, too.
INSERT INTO stream (agent, seq)
SELECT p.agent, e.seq FROM entries AS e JOIN proposals AS p ON p.id = e.proposal_id
WHERE e.tag IN (
    'proposal:approved', 'proposal:taken_back', 'proposal:rejected', 'proposal:revoked', 'proposal:lapsed',
    'proposal:withdrawn', 'proposal:asked', 'proposal:extended', 'proposal:objected', 'proposal:overran'
);
