-- Times are whole milliseconds since the epoch, JSON is text, booleans are 0 or 1.

CREATE TABLE proposals (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    status TEXT NOT NULL CHECK (status IN (
        'pending', 'approved', 'rejected', 'withdrawn', 'claimed', 'revoked', 'lapsed', 'succeeded', 'failed', 'unknown'
    )),
    cause TEXT CHECK (cause IN (
        'auto', 'watch', 'standing', 'reviewer', 'expired', 'blocked', 'agent', 'policy_changed', 'unfillable',
        'stopped'
    )),
    reason TEXT,
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    run_id TEXT,
    ask TEXT NOT NULL,
    gate TEXT NOT NULL,
    channels TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    digest TEXT NOT NULL,
    round INTEGER NOT NULL CHECK (round >= 1),
    nonce TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    resolved_at INTEGER,
    resolved_by TEXT,
    execute_by INTEGER,
    claimed_at INTEGER,
    claimant TEXT,
    report_by INTEGER,
    overdue INTEGER NOT NULL CHECK (overdue IN (0, 1)),
    outcome TEXT,
    undo TEXT,
    reminded INTEGER NOT NULL CHECK (reminded >= 0),
    escalated TEXT NOT NULL,
    extended INTEGER NOT NULL CHECK (extended >= 0),
    called_in TEXT NOT NULL,
    idempotency_key TEXT,
    fingerprint TEXT NOT NULL,
    -- The policy that judged it last; that of its gate is older where a newer one asked the same.
    judged_under TEXT NOT NULL DEFAULT '',
    -- The moment at which time alone does something to it, a step of its ladder or its deadline; none if it never will.
    due_at INTEGER,
    UNIQUE (agent, idempotency_key),
    CHECK ((status = 'pending') = (resolved_at IS NULL)),
    CHECK ((status = 'pending') = (cause IS NULL)),
    CHECK (status <> 'approved' OR execute_by IS NOT NULL),
    CHECK ((status IN ('claimed', 'succeeded', 'failed', 'unknown')) = (claimed_at IS NOT NULL)),
    CHECK ((claimed_at IS NULL) = (report_by IS NULL)),
    CHECK (undo IS NULL OR claimed_at IS NOT NULL),
    CHECK ((due_at IS NULL) = (status NOT IN ('pending', 'approved', 'claimed') OR (status = 'claimed' AND overdue = 1))),
    CHECK (status <> 'pending' OR due_at <= expires_at),
    CHECK (status <> 'approved' OR due_at = execute_by),
    CHECK (status <> 'claimed' OR overdue = 1 OR due_at = report_by)
) STRICT;

CREATE INDEX proposals_due ON proposals (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX proposals_unsettled ON proposals (status, id) WHERE status IN ('pending', 'approved');
CREATE INDEX proposals_waiting ON proposals (expires_at, id) WHERE status = 'pending';
CREATE INDEX proposals_pending_of ON proposals (agent, expires_at) WHERE status = 'pending';
-- With the action, so that counting how many of some action came lately reads nothing else.
CREATE INDEX proposals_of_agent ON proposals (agent, created_at, id, action);
CREATE INDEX proposals_twins ON proposals (digest) WHERE status = 'pending';
CREATE INDEX proposals_agreed ON proposals (digest, agent) WHERE cause = 'reviewer' AND undo IS NULL;
CREATE INDEX proposals_newest ON proposals (created_at, id);
CREATE INDEX proposals_resolved ON proposals (resolved_at, id) WHERE resolved_at IS NOT NULL;
-- Not by status first: counting is all it is for, and `status =` shall find the narrow indexes above.
CREATE INDEX proposals_counted ON proposals (overdue, status);

-- What ran may be undone afterwards; that stands beside all else, and nothing else ever changes.
CREATE TRIGGER proposals_final_stays BEFORE UPDATE ON proposals
WHEN OLD.status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed')
    AND (NEW.undo IS OLD.undo OR (
        NEW.id, NEW.status, NEW.cause, NEW.reason, NEW.agent, NEW.action, NEW.run_id, NEW.ask, NEW.gate, NEW.channels,
        NEW.revision, NEW.digest, NEW.round, NEW.nonce, NEW.created_at, NEW.expires_at, NEW.resolved_at,
        NEW.resolved_by, NEW.execute_by, NEW.claimed_at, NEW.claimant, NEW.report_by, NEW.overdue, NEW.outcome,
        NEW.reminded, NEW.escalated, NEW.extended, NEW.called_in, NEW.idempotency_key, NEW.fingerprint, NEW.judged_under,
        NEW.due_at
    ) IS NOT (
        OLD.id, OLD.status, OLD.cause, OLD.reason, OLD.agent, OLD.action, OLD.run_id, OLD.ask, OLD.gate, OLD.channels,
        OLD.revision, OLD.digest, OLD.round, OLD.nonce, OLD.created_at, OLD.expires_at, OLD.resolved_at,
        OLD.resolved_by, OLD.execute_by, OLD.claimed_at, OLD.claimant, OLD.report_by, OLD.overdue, OLD.outcome,
        OLD.reminded, OLD.escalated, OLD.extended, OLD.called_in, OLD.idempotency_key, OLD.fingerprint, OLD.judged_under,
        OLD.due_at
    ))
BEGIN
    SELECT RAISE(ABORT, 'a final proposal stays as it is');
END;

CREATE TRIGGER proposals_claimed_once BEFORE UPDATE ON proposals
WHEN OLD.claimed_at IS NOT NULL AND (NEW.claimed_at IS NOT OLD.claimed_at OR NEW.claimant IS NOT OLD.claimant)
BEGIN
    SELECT RAISE(ABORT, 'a claim is given once');
END;

CREATE TRIGGER proposals_deadline_holds BEFORE UPDATE ON proposals
WHEN NEW.expires_at > OLD.expires_at
    AND (NEW.extended <> OLD.extended + 1 OR OLD.status <> 'pending' OR NEW.status <> 'pending')
BEGIN
    SELECT RAISE(ABORT, 'a deadline grows only when a reviewer extends it');
END;

CREATE TRIGGER proposals_extended_counts BEFORE UPDATE ON proposals
WHEN NEW.extended <> OLD.extended AND (NEW.extended <> OLD.extended + 1 OR NEW.expires_at <= OLD.expires_at)
BEGIN
    SELECT RAISE(ABORT, 'an extension is counted once, with the deadline that it moves');
END;

-- Inside a text of the JSON the quotes are escaped, so nothing that a person wrote looks like the field.
CREATE TRIGGER proposals_undone_once BEFORE UPDATE ON proposals
WHEN OLD.undo IS NOT NULL AND NEW.undo IS NOT OLD.undo
    AND (NEW.undo IS NULL OR OLD.undo NOT LIKE '%"reported_at":null%')
BEGIN
    SELECT RAISE(ABORT, 'an objection stays, and is answered once');
END;

CREATE TABLE revisions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    editor TEXT,
    patch TEXT NOT NULL,
    PRIMARY KEY (proposal_id, number)
) STRICT;

CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'a revision is never changed; an edit makes a new one');
END;

CREATE TABLE decisions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    reviewer TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject')),
    revision INTEGER NOT NULL,
    round INTEGER NOT NULL,
    at INTEGER NOT NULL,
    roles TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (proposal_id, number)
) STRICT;

-- One person fills one place, and one no is the last word.
CREATE UNIQUE INDEX decisions_one_approval ON decisions (proposal_id, round, reviewer) WHERE verdict = 'approve';
CREATE UNIQUE INDEX decisions_one_no ON decisions (proposal_id) WHERE verdict = 'reject';

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed');
END;

-- Which roles a proposal's gates ever asked, stand-ins too; `present` marks those of the gate that holds now.
CREATE TABLE seats (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    role TEXT NOT NULL,
    self_review INTEGER NOT NULL CHECK (self_review IN (0, 1)),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (proposal_id, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX seats_of_role ON seats (role, proposal_id);

-- Who owns a proposal or is served by it, and so may not approve it.
CREATE TABLE exclusions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    person TEXT NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (proposal_id, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX exclusions_of_person ON exclusions (person, proposal_id);

-- What was approved: how often an agent's action held a value (by its digest) at a dotted path of the payload.
CREATE TABLE approved_values (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (agent, action, field, value)
) STRICT, WITHOUT ROWID;

-- The numbers in what people approved and what then succeeded, by when they approved it.
CREATE TABLE approved_numbers (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    at INTEGER NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number REAL NOT NULL,
    PRIMARY KEY (agent, action, field, at, proposal_id)
) STRICT, WITHOUT ROWID;

-- What people said no to, and why; `fields` has the digest of each top-level field, to find what is nearly the same.
CREATE TABLE noes (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    digest TEXT NOT NULL,
    fields TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX noes_same ON noes (digest, at);
CREATE INDEX noes_similar ON noes (agent, action, at);

CREATE TABLE entries (
    seq INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    tag TEXT NOT NULL,
    proposal_id TEXT,
    revision INTEGER,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('agent', 'reviewer', 'policy', 'system')),
    actor_id TEXT NOT NULL,
    actor_team TEXT,
    actor_proof TEXT NOT NULL,
    facts TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    seal TEXT NOT NULL
) STRICT;

CREATE INDEX entries_of_proposal ON entries (proposal_id, seq);
CREATE INDEX entries_refusals ON entries (actor_kind, actor_id, at) WHERE tag = 'proposal:refused';

CREATE TRIGGER entries_unchanged BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER entries_undeleted BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to, at its end');
END;

-- What waits to leave: `version` is what is wanted, `told` what is out. A thread counts in sequence numbers of entries.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'thread', 'alert', 'sample')),
    version INTEGER NOT NULL,
    told INTEGER NOT NULL,
    parked INTEGER NOT NULL CHECK (parked IN (0, 1)),
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    -- 0 for the card of what is pending, 1 for all else; then the soonest deadline.
    rank INTEGER NOT NULL CHECK (rank IN (0, 1)),
    deadline INTEGER NOT NULL,
    -- Names the newest lease, so that one that ran out cannot settle for the next.
    lease INTEGER UNIQUE,
    leased_until INTEGER,
    why TEXT,
    ready_at INTEGER GENERATED ALWAYS AS (max(due_at, coalesce(leased_until, 0))) STORED,
    UNIQUE (proposal_id, channel, kind)
) STRICT;

CREATE INDEX outbox_urgent ON outbox (rank, deadline, id, channel, ready_at) WHERE version > told AND parked = 0;
CREATE INDEX outbox_ready ON outbox (ready_at, channel) WHERE version > told AND parked = 0;
CREATE INDEX outbox_parked ON outbox (due_at) WHERE parked = 1;

CREATE TABLE cards (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    ts TEXT,
    version INTEGER NOT NULL,
    digest TEXT,
    words TEXT NOT NULL,
    previous_words TEXT NOT NULL,
    posting_since INTEGER,
    state TEXT NOT NULL CHECK (state IN ('posting', 'standing', 'closed', 'lost')),
    PRIMARY KEY (proposal_id, channel),
    UNIQUE (channel, ts),
    CHECK ((state IN ('standing', 'closed')) = (ts IS NOT NULL))
) STRICT;

CREATE TABLE forms (
    id TEXT PRIMARY KEY NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    revision INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'edit', 'confirm', 'reject', 'revoke', 'details', 'review', 'object', 'hand_over', 'ask', 'not_fine',
        'batch', 'batch_reject', 'burst', 'type'
    )),
    typed TEXT NOT NULL,
    page INTEGER NOT NULL,
    view_id TEXT,
    opened_at INTEGER NOT NULL
) STRICT;

CREATE INDEX forms_typed ON forms (proposal_id, reviewer, kind, revision, opened_at);
