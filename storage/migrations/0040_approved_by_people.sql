-- What people approved, each value with the proposal that held it: whether that still counts is read from the proposal.
-- What ran by itself was counted here, too; `storage.recount` fills the table anew with what people decided.
DROP TABLE approved_values;

CREATE TABLE approved_values (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    PRIMARY KEY (agent, action, field, value, proposal_id)
) STRICT, WITHOUT ROWID;
