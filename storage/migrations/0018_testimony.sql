-- What changed a proposal is read with it each time; notes on it, such as refused clicks, may be many.
CREATE INDEX entries_tagged ON entries (proposal_id, tag, seq);
