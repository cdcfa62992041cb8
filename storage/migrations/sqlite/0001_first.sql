-- The schema. Times are whole milliseconds since the epoch, JSON is text, booleans are 0 or 1. What must hold whatever
-- the program does is a constraint or a trigger. Every later change is a migration of its own.


-- Proposals and decisions ---------------------------------------------------------------------------------------------

CREATE TABLE proposals (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    status TEXT NOT NULL CHECK (status IN (
        'pending', 'approved', 'rejected', 'withdrawn', 'claimed', 'revoked', 'lapsed', 'succeeded', 'failed', 'unknown'
    )),
    cause TEXT CHECK (cause IN (
        'auto', 'watch', 'remembered_approval', 'reviewer', 'expired', 'blocked', 'agent', 'policy_changed', 'quorum_unreachable',
        'stopped', 'drill'
    )),
    reason TEXT,
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    run_id TEXT,
    ask TEXT NOT NULL,
    idempotency_key TEXT,
    fingerprint TEXT NOT NULL,
    gate TEXT NOT NULL,
    -- The policy that judged it last. The gate names an older one where a newer policy asked for the same.
    judged_under TEXT NOT NULL DEFAULT '',
    channels TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    digest TEXT NOT NULL,
    round INTEGER NOT NULL CHECK (round >= 1),
    nonce TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- When time alone does something to it next: a reminder, an escalation, or its deadline. NULL if it never will.
    due_at INTEGER,
    reminded INTEGER NOT NULL CHECK (reminded >= 0),
    escalated TEXT NOT NULL,
    escalated_to TEXT NOT NULL,
    extended INTEGER NOT NULL CHECK (extended >= 0),
    resolved_at INTEGER,
    resolved_by TEXT,
    -- From when on what people approved can be claimed. Until then whoever approved it can take that back.
    claimable_at INTEGER,
    execute_by INTEGER,
    claimed_at INTEGER,
    claimant TEXT,
    report_by INTEGER,
    overdue INTEGER NOT NULL CHECK (overdue IN (0, 1)),
    outcome TEXT,
    rollback TEXT,
    -- That everything is stopped meanwhile; of what waits alone.
    suspension TEXT,
    -- When what agents and people had written of it was erased.
    erased_at INTEGER,
    -- That it is a drill: what is wrong with it, and how it ended. NULL for what an agent proposed.
    drill TEXT,
    CHECK ((status = 'pending') = (resolved_at IS NULL)),
    CHECK ((status = 'pending') = (cause IS NULL)),
    CHECK (status <> 'approved' OR execute_by IS NOT NULL),
    CHECK (claimable_at IS NULL OR (
        status NOT IN ('pending', 'rejected')
        AND execute_by IS NOT NULL AND claimable_at < execute_by
        AND (status <> 'approved' OR (cause = 'reviewer' AND claimable_at > resolved_at))
        AND (claimed_at IS NULL OR claimed_at >= claimable_at)
    )),
    CHECK ((status IN ('claimed', 'succeeded', 'failed', 'unknown')) = (claimed_at IS NOT NULL)),
    CHECK ((claimed_at IS NULL) = (report_by IS NULL)),
    CHECK (rollback IS NULL OR claimed_at IS NOT NULL),
    CHECK (suspension IS NULL OR status NOT IN ('approved', 'claimed', 'succeeded', 'failed', 'unknown', 'revoked', 'lapsed')),
    CHECK ((due_at IS NULL) = (status NOT IN ('pending', 'approved', 'claimed') OR (status = 'claimed' AND overdue = 1))),
    CHECK (status <> 'pending' OR due_at <= expires_at),
    CHECK (status <> 'approved' OR due_at = execute_by),
    CHECK (status <> 'claimed' OR overdue = 1 OR due_at = report_by),
    -- Nothing of a drill ever runs: it waits, or it is over. No agent has anything to do with it.
    CHECK (drill IS NULL OR (
        status IN ('pending', 'rejected') AND claimed_at IS NULL AND claimant IS NULL AND execute_by IS NULL
        AND claimable_at IS NULL AND outcome IS NULL AND rollback IS NULL AND suspension IS NULL AND idempotency_key IS NULL
    )),
    CHECK ((cause IS 'drill') = (drill IS NOT NULL AND status <> 'pending'))
) STRICT;

CREATE UNIQUE INDEX proposals_of_idempotency_key ON proposals (agent, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX proposals_due ON proposals (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX proposals_to_rejudge ON proposals (status, id) WHERE status IN ('pending', 'approved');
CREATE INDEX proposals_waiting ON proposals (expires_at, id, created_at) WHERE status = 'pending';
CREATE INDEX proposals_pending_of ON proposals (agent, expires_at) WHERE status = 'pending';
CREATE INDEX proposals_open_of ON proposals (agent, created_at, id) WHERE status IN ('pending', 'approved');
-- What agents ask for, and so without drills.
CREATE INDEX proposals_of_agent ON proposals (agent, created_at, id) WHERE drill IS NULL;
CREATE INDEX proposals_of_status ON proposals (agent, status, created_at, id) WHERE drill IS NULL;
CREATE INDEX proposals_of_run ON proposals (agent, run_id, created_at, id) WHERE run_id IS NOT NULL AND drill IS NULL;
CREATE INDEX proposals_suspended ON proposals (created_at, id) WHERE suspension IS NOT NULL AND status = 'pending';
CREATE INDEX proposals_equal ON proposals (digest) WHERE status = 'pending';
CREATE INDEX proposals_agreed ON proposals (digest, agent) WHERE cause = 'reviewer' AND rollback IS NULL;
CREATE INDEX proposals_newest ON proposals (created_at, id);
CREATE INDEX proposals_drills ON proposals (created_at, id) WHERE drill IS NOT NULL;
CREATE INDEX proposals_resolved ON proposals (resolved_at, id) WHERE resolved_at IS NOT NULL;
-- What people said no to, changed, took back or objected to: what its agent may learn from.
CREATE INDEX proposals_taught ON proposals (agent, resolved_at, id)
WHERE erased_at IS NULL AND (rollback IS NOT NULL OR cause = 'reviewer' AND (status IN ('rejected', 'revoked') OR revision > 1));
-- What time may erase once it is old.
CREATE INDEX proposals_kept ON proposals (action, resolved_at, id)
WHERE erased_at IS NULL AND status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed');
-- For the lists that people look at: what nobody has reported on, and what is to be undone.
CREATE INDEX proposals_claimed ON proposals (report_by, id) WHERE status = 'claimed';
CREATE INDEX proposals_to_roll_back ON proposals (claimed_at, id)
WHERE CASE WHEN json_valid(rollback) THEN json_extract(rollback, '$.status') END = 'requested';

-- How many proposals stand where, kept with each change, so that nobody who asks counts the past. Drills are none.
CREATE TABLE tallies (
    status TEXT NOT NULL,
    overdue INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (status, overdue)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER proposals_tallied AFTER INSERT ON proposals
WHEN NEW.drill IS NULL
BEGIN
    INSERT INTO tallies (status, overdue, count) VALUES (NEW.status, NEW.overdue, 1)
    ON CONFLICT (status, overdue) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER proposals_tallied_anew AFTER UPDATE ON proposals
WHEN NEW.drill IS NULL AND (NEW.status, NEW.overdue) IS NOT (OLD.status, OLD.overdue)
BEGIN
    UPDATE tallies SET count = count - 1 WHERE status = OLD.status AND overdue = OLD.overdue;
    INSERT INTO tallies (status, overdue, count) VALUES (NEW.status, NEW.overdue, 1)
    ON CONFLICT (status, overdue) DO UPDATE SET count = count + 1;
END;

-- What ran may still be objected to and undone. That is kept beside all else, and nothing else of it ever changes.
CREATE TRIGGER proposals_final_stays BEFORE UPDATE ON proposals
WHEN OLD.status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed')
    AND NEW.erased_at IS OLD.erased_at
    AND (NEW.rollback IS OLD.rollback OR (
        NEW.id, NEW.status, NEW.cause, NEW.reason, NEW.agent, NEW.action, NEW.run_id, NEW.ask, NEW.gate, NEW.channels,
        NEW.revision, NEW.digest, NEW.round, NEW.nonce, NEW.created_at, NEW.expires_at, NEW.resolved_at,
        NEW.resolved_by, NEW.execute_by, NEW.claimed_at, NEW.claimant, NEW.report_by, NEW.overdue, NEW.outcome,
        NEW.reminded, NEW.escalated, NEW.extended, NEW.escalated_to, NEW.idempotency_key, NEW.fingerprint, NEW.judged_under,
        NEW.due_at, NEW.suspension, NEW.drill
    ) IS NOT (
        OLD.id, OLD.status, OLD.cause, OLD.reason, OLD.agent, OLD.action, OLD.run_id, OLD.ask, OLD.gate, OLD.channels,
        OLD.revision, OLD.digest, OLD.round, OLD.nonce, OLD.created_at, OLD.expires_at, OLD.resolved_at,
        OLD.resolved_by, OLD.execute_by, OLD.claimed_at, OLD.claimant, OLD.report_by, OLD.overdue, OLD.outcome,
        OLD.reminded, OLD.escalated, OLD.extended, OLD.escalated_to, OLD.idempotency_key, OLD.fingerprint, OLD.judged_under,
        OLD.due_at, OLD.suspension, OLD.drill
    ))
BEGIN
    SELECT RAISE(ABORT, 'a final proposal stays as it is');
END;

-- What was written of it is taken once, of what waits for nobody any more, and with it nothing of what happened.
CREATE TRIGGER proposals_erased_once BEFORE UPDATE ON proposals
WHEN NEW.erased_at IS NOT OLD.erased_at AND (
    OLD.erased_at IS NOT NULL OR OLD.status IN ('pending', 'approved')
    OR (
        NEW.id, NEW.status, NEW.cause, NEW.agent, NEW.action, NEW.run_id, NEW.channels, NEW.revision, NEW.digest,
        NEW.round, NEW.nonce, NEW.created_at, NEW.expires_at, NEW.resolved_at, NEW.resolved_by, NEW.execute_by,
        NEW.claimable_at, NEW.claimed_at, NEW.claimant, NEW.report_by, NEW.overdue, NEW.reminded, NEW.escalated,
        NEW.extended, NEW.escalated_to, NEW.idempotency_key, NEW.fingerprint, NEW.judged_under, NEW.due_at
    ) IS NOT (
        OLD.id, OLD.status, OLD.cause, OLD.agent, OLD.action, OLD.run_id, OLD.channels, OLD.revision, OLD.digest,
        OLD.round, OLD.nonce, OLD.created_at, OLD.expires_at, OLD.resolved_at, OLD.resolved_by, OLD.execute_by,
        OLD.claimable_at, OLD.claimed_at, OLD.claimant, OLD.report_by, OLD.overdue, OLD.reminded, OLD.escalated,
        OLD.extended, OLD.escalated_to, OLD.idempotency_key, OLD.fingerprint, OLD.judged_under, OLD.due_at
    )
)
BEGIN
    SELECT RAISE(ABORT, 'erasing takes what was written of what is over, once, and nothing else');
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

-- Quotes are escaped inside the texts of the JSON, so nothing that a person wrote can look like the field.
CREATE TRIGGER proposals_rolled_back_once BEFORE UPDATE ON proposals
WHEN OLD.rollback IS NOT NULL AND NEW.rollback IS NOT OLD.rollback AND NEW.erased_at IS OLD.erased_at
    AND (NEW.rollback IS NULL OR OLD.rollback NOT LIKE '%"reported_at":null%')
BEGIN
    SELECT RAISE(ABORT, 'an objection stays, and is answered once');
END;

CREATE TRIGGER proposals_claimable_stays BEFORE UPDATE ON proposals
WHEN NEW.claimable_at IS NOT OLD.claimable_at
    AND NOT (OLD.status = 'pending' AND NEW.status = 'approved')
    AND NOT (OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NEW.claimable_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an undo window stays until the moment that was set when the approval was given');
END;

CREATE TRIGGER proposals_born_to_rejudge BEFORE INSERT ON proposals
WHEN NEW.claimable_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'only what people approve after it was proposed has an undo window');
END;

-- A change with which somebody takes their approval back lets nothing run, and leaves no button as it was.
CREATE TRIGGER proposals_retracted BEFORE UPDATE ON proposals
WHEN (NEW.status NOT IN ('pending', 'rejected') OR NEW.nonce IS OLD.nonce) AND EXISTS (
    SELECT 1 FROM decisions AS d WHERE d.proposal_id = OLD.id AND d.retracted_from = OLD.version
)
BEGIN
    SELECT RAISE(ABORT, 'what somebody took their approval back from waits, and its buttons from before do nothing');
END;

-- What was approved goes back to waiting only if one of its approvals was just taken back, in its undo window, or for a
-- new round while everything is stopped.
CREATE TRIGGER proposals_wait_again BEFORE UPDATE ON proposals
WHEN OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NOT EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = OLD.id AND d.round = OLD.round AND d.retracted_from = OLD.version
        AND d.retracted_at < OLD.claimable_at
) AND NOT (
    NEW.status = 'pending' AND NEW.suspension IS NOT NULL AND NEW.round = OLD.round + 1 AND NEW.nonce <> OLD.nonce
    AND EXISTS (SELECT 1 FROM stopped_agents WHERE agent = '*')
)
BEGIN
    SELECT RAISE(ABORT, 'what is approved waits again only when somebody takes their approval back in its undo window');
END;

-- What is proposed by an agent never becomes a drill, nor the other way round.
CREATE TRIGGER proposals_drill_stays BEFORE UPDATE ON proposals
WHEN (NEW.drill IS NULL) <> (OLD.drill IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'what is a drill stays one, and nothing else becomes one');
END;

CREATE TRIGGER proposals_suspended_unapproved BEFORE UPDATE ON proposals
WHEN OLD.suspension IS NOT NULL AND NEW.status = 'approved'
BEGIN
    SELECT RAISE(ABORT, 'what is suspended is approved by nobody');
END;

-- Everything is stopped for each agent that was not resumed since.
CREATE TRIGGER proposals_of_stopped BEFORE INSERT ON proposals
WHEN EXISTS (
    SELECT 1 FROM stopped_agents AS s
    WHERE s.agent = NEW.agent OR s.agent = '*' AND NOT EXISTS (
        SELECT 1 FROM entries AS e
        WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = NEW.agent || ''
            AND e.tag = 'agent:resumed' AND +e.seq > (
                SELECT coalesce(max(a.seq), 0) FROM entries AS a
                WHERE a.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(a.facts, '$.agent') = '*'
                    AND a.tag = 'agent:stopped'
            )
    )
)
BEGIN
    SELECT RAISE(ABORT, 'a stopped agent proposes nothing');
END;

CREATE TRIGGER proposals_stopped_unclaimed BEFORE UPDATE ON proposals
WHEN OLD.claimed_at IS NULL AND NEW.claimed_at IS NOT NULL
    AND EXISTS (
        SELECT 1 FROM stopped_agents AS s
        WHERE s.agent = NEW.agent OR s.agent = '*' AND NOT EXISTS (
            SELECT 1 FROM entries AS e
            WHERE e.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(e.facts, '$.agent') = NEW.agent || ''
                AND e.tag = 'agent:resumed' AND +e.seq > (
                    SELECT coalesce(max(a.seq), 0) FROM entries AS a
                    WHERE a.tag IN ('agent:stopped', 'agent:resumed') AND json_extract(a.facts, '$.agent') = '*'
                        AND a.tag = 'agent:stopped'
                )
        )
    )
BEGIN
    SELECT RAISE(ABORT, 'a stopped agent claims nothing');
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

-- A revision, a decision, a question and a sample may lose what was written of them: whether that was meant, the entries
-- of the proposal tell.
CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
WHEN (NEW.payload, NEW.patch) IS NOT ('null', '[]')
    OR (NEW.proposal_id, NEW.number, NEW.action, NEW.digest, NEW.at, NEW.editor)
        IS NOT (OLD.proposal_id, OLD.number, OLD.action, OLD.digest, OLD.at, OLD.editor)
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
    -- Those of the roles in which it counts only where a place is missing: as a backup.
    backup TEXT NOT NULL,
    reason TEXT,
    -- Whose place it takes. NULL where it is the reviewer's own.
    stands_in_for TEXT,
    -- Whether it came sooner than its reviewer can have read what there was to read.
    rushed INTEGER NOT NULL CHECK (rushed IN (0, 1)),
    -- When its reviewer first saw the proposal, where we know that.
    first_seen_at INTEGER,
    -- How many words they had before them since, where we know that.
    seen_words INTEGER,
    -- For figures alone: whether they had opened its Details, and how many they had decided within an hour with this one.
    opened_details INTEGER NOT NULL CHECK (opened_details IN (0, 1)),
    streak INTEGER NOT NULL CHECK (streak >= 1),
    -- When its reviewer took it back, and from which version of the proposal.
    retracted_at INTEGER,
    retracted_from INTEGER,
    -- When the proposal was or will be over, as of the seats.
    over_at INTEGER NOT NULL,
    PRIMARY KEY (proposal_id, number),
    CHECK ((retracted_from IS NULL) = (retracted_at IS NULL) AND (retracted_at IS NULL OR verdict = 'approve'))
) STRICT;

-- One person fills one place, as themselves and as who stands in for somebody, and one no is the last word. An approval
-- that was taken back takes nobody's place.
CREATE UNIQUE INDEX decisions_one_approval ON decisions (proposal_id, round, reviewer)
WHERE verdict = 'approve' AND retracted_at IS NULL;

CREATE UNIQUE INDEX decisions_one_for ON decisions (proposal_id, round, stands_in_for)
WHERE verdict = 'approve' AND stands_in_for IS NOT NULL AND retracted_at IS NULL;

CREATE UNIQUE INDEX decisions_one_no ON decisions (proposal_id) WHERE verdict = 'reject';

CREATE INDEX decisions_by ON decisions (reviewer, over_at DESC, proposal_id);
CREATE INDEX decisions_lately ON decisions (reviewer, at);

CREATE TRIGGER decisions_stay BEFORE UPDATE OF
    proposal_id, number, reviewer, verdict, revision, round, at, roles, backup, reason, stands_in_for, rushed, first_seen_at,
    seen_words, opened_details, streak, retracted_at, retracted_from
ON decisions
WHEN (
        NEW.proposal_id, NEW.number, NEW.reviewer, NEW.verdict, NEW.revision, NEW.round, NEW.at, NEW.roles,
        NEW.stands_in_for, NEW.rushed, NEW.first_seen_at, NEW.backup, NEW.seen_words, NEW.opened_details, NEW.streak
    ) IS NOT (
        OLD.proposal_id, OLD.number, OLD.reviewer, OLD.verdict, OLD.revision, OLD.round, OLD.at, OLD.roles,
        OLD.stands_in_for, OLD.rushed, OLD.first_seen_at, OLD.backup, OLD.seen_words, OLD.opened_details, OLD.streak
    )
    OR CASE WHEN NEW.reason IS NOT OLD.reason
        THEN NEW.reason IS NOT '[erased]' OR OLD.reason IS NULL
            OR (NEW.retracted_at, NEW.retracted_from) IS NOT (OLD.retracted_at, OLD.retracted_from)
        ELSE OLD.retracted_at IS NOT NULL OR NEW.retracted_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM proposals AS p
            WHERE p.id = OLD.proposal_id AND p.round = OLD.round AND p.version = NEW.retracted_from
                AND CASE p.status WHEN 'pending' THEN p.expires_at WHEN 'approved' THEN p.claimable_at END
                    > NEW.retracted_at
        )
    END
BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed; an approval is taken back once, in time');
END;

-- A place counts once: not for a person and for who stands in for them as well.
CREATE TRIGGER decisions_place_once BEFORE INSERT ON decisions
WHEN NEW.verdict = 'approve' AND EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = NEW.proposal_id AND d.round = NEW.round AND d.verdict = 'approve' AND d.retracted_at IS NULL
        AND (d.reviewer = NEW.stands_in_for OR d.stands_in_for = NEW.reviewer)
)
BEGIN
    SELECT RAISE(ABORT, 'this place counts already');
END;

-- Somebody else's place is taken by a delegation, or because they handed theirs over. Quotes are escaped inside the
-- texts of the JSON, so no name of a role can look like the field.
CREATE TRIGGER decisions_delegated BEFORE INSERT ON decisions
WHEN NEW.stands_in_for IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM delegations AS l
        WHERE l.delegator = NEW.stands_in_for AND l.delegate = NEW.reviewer
            AND l.ended_at IS NULL AND l.begun_at <= NEW.at AND l.until > NEW.at
    )
    AND NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = NEW.proposal_id AND instr(p.escalated_to, '"by":"' || NEW.stands_in_for || '"') > 0
    )
BEGIN
    SELECT RAISE(ABORT, 'nobody has lent this place');
END;

-- Which roles the gates of a proposal ever asked, stand-ins too. `present` marks those of the gate that holds now.
CREATE TABLE seats (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    role TEXT NOT NULL,
    self_review INTEGER NOT NULL CHECK (self_review IN (0, 1)),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    -- Whether one more approval of the role would be of use, while the proposal waits.
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- Those of the proposal, so that a role's list is read in its order, however long the past is. What was resolved was
    -- over then, all else is or was at its deadline.
    created_at INTEGER NOT NULL,
    over_at INTEGER NOT NULL,
    PRIMARY KEY (proposal_id, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX seats_newest ON seats (role, created_at DESC, proposal_id);
CREATE INDEX seats_over ON seats (role, over_at DESC, proposal_id);

-- Who owns a proposal or is served by it, and so may not approve it.
CREATE TABLE exclusions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    person TEXT NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    -- As of the seats.
    created_at INTEGER NOT NULL,
    over_at INTEGER NOT NULL,
    PRIMARY KEY (proposal_id, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX exclusions_newest ON exclusions (person, created_at DESC, proposal_id);
CREATE INDEX exclusions_over ON exclusions (person, over_at DESC, proposal_id);

CREATE TRIGGER proposals_over AFTER UPDATE ON proposals
WHEN coalesce(NEW.resolved_at, NEW.expires_at) <> coalesce(OLD.resolved_at, OLD.expires_at)
BEGIN
    UPDATE seats SET over_at = coalesce(NEW.resolved_at, NEW.expires_at) WHERE proposal_id = NEW.id;
    UPDATE exclusions SET over_at = coalesce(NEW.resolved_at, NEW.expires_at) WHERE proposal_id = NEW.id;
    UPDATE decisions SET over_at = coalesce(NEW.resolved_at, NEW.expires_at) WHERE proposal_id = NEW.id;
END;


-- The audit log -------------------------------------------------------------------------------------------------------

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

-- What agents and people wrote of an entry, whose facts hold the digest of it. It is no part of the hash, so that it can be
-- erased: once, with its proposal.
CREATE TABLE contents (
    seq INTEGER PRIMARY KEY NOT NULL REFERENCES entries (seq),
    content TEXT NOT NULL
) STRICT;

CREATE TRIGGER contents_unchanged BEFORE UPDATE ON contents
BEGIN
    SELECT RAISE(ABORT, 'what was written stays as it was, until it is erased');
END;

CREATE TRIGGER contents_erased BEFORE DELETE ON contents
WHEN NOT EXISTS (
    SELECT 1 FROM entries AS e JOIN proposals AS p ON p.id = coalesce(e.proposal_id, json_extract(e.facts, '$.proposal'))
    WHERE e.seq = OLD.seq AND p.erased_at IS NOT NULL
)
BEGIN
    SELECT RAISE(ABORT, 'what was written stays as it was, until it is erased');
END;

CREATE INDEX entries_of_proposal ON entries (proposal_id, seq);
-- What changed a proposal is read together with it each time. Notes about it, such as refused clicks, may be many.
CREATE INDEX entries_tagged ON entries (proposal_id, tag, seq);
CREATE INDEX entries_refusals ON entries (actor_kind, actor_id, at) WHERE tag = 'proposal:refused';
CREATE INDEX entries_decided ON entries (actor_id, at) WHERE tag = 'proposal:decided' AND actor_kind = 'reviewer';

-- By what entries are about, where only their facts say so. Whether a row is true is asked of the entries, so a row
-- that a hand added, changed or deleted changes no answer.
CREATE INDEX entries_of_delegation ON entries (json_extract(facts, '$.id'))
WHERE tag IN ('delegation:begun', 'delegation:ended');

CREATE INDEX entries_of_delegator ON entries (json_extract(facts, '$.delegator'), seq) WHERE tag = 'delegation:begun';
CREATE INDEX entries_of_delegate ON entries (json_extract(facts, '$.delegate'), seq) WHERE tag = 'delegation:begun';

CREATE INDEX entries_of_stop ON entries (json_extract(facts, '$.agent'), seq)
WHERE tag IN ('agent:stopped', 'agent:resumed');

CREATE INDEX entries_of_remembered_rejection ON entries (json_extract(facts, '$.decision.digest')) WHERE tag = 'remembered_rejection:begun';
CREATE INDEX entries_of_remembered_rejection_as_proposed ON entries (json_extract(facts, '$.decision.proposed')) WHERE tag = 'remembered_rejection:begun';

CREATE INDEX entries_about ON entries (json_extract(facts, '$.proposal'))
WHERE tag IN ('remembered_approval:used', 'sample:drawn', 'sample:judged', 'sample:posted');

CREATE INDEX entries_of_policy ON entries (seq) WHERE tag = 'policy:loaded';
CREATE INDEX entries_of_policy_begun ON entries (seq) WHERE tag = 'policy:begun';

CREATE INDEX entries_of_second_factor ON entries (json_extract(facts, '$.person'), seq)
WHERE tag IN ('second_factor:enrolled', 'second_factor:reset_requested', 'second_factor:reset');
-- A code counts once.
CREATE UNIQUE INDEX entries_of_code ON entries (actor_id, json_extract(facts, '$.step')) WHERE tag = 'code:accepted';
CREATE INDEX entries_of_wrong_code ON entries (actor_id, at) WHERE tag = 'code:refused';

CREATE INDEX entries_of_key ON entries (actor_id, json_extract(facts, '$.idempotency_key'))
WHERE tag = 'proposal:submitted' AND json_extract(facts, '$.idempotency_key') IS NOT NULL;


-- Outbox, callbacks and stream ----------------------------------------------------------------------------------------

-- What waits to be sent to Slack. `version` is what shall be there, `sent` what is there; for a thread both are
-- sequence numbers of entries.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY NOT NULL,
    -- A proposal's id; of a notice what it is about, of direct messages the person, who is the channel too.
    subject TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'thread', 'alert', 'sample', 'notice', 'direct')),
    -- Whose proposal it is about; NULL where it is about none.
    agent TEXT,
    version INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    -- 1 once it was given up, 2 once that is so long ago, of what is over, that it is left alone.
    dead_letter INTEGER NOT NULL CHECK (dead_letter IN (0, 1, 2)),
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    -- First the cards of what is pending (0), then all else (1); within each the soonest deadline.
    rank INTEGER NOT NULL CHECK (rank IN (0, 1)),
    deadline INTEGER NOT NULL,
    -- Names the newest lease, so that whoever held one that ran out cannot complete in place of the next.
    lease INTEGER UNIQUE,
    leased_until INTEGER,
    why TEXT,
    ready_at INTEGER GENERATED ALWAYS AS (max(due_at, coalesce(leased_until, 0))) STORED,
    UNIQUE (subject, channel, kind)
) STRICT;

CREATE INDEX outbox_urgent ON outbox (rank, deadline, id, channel, ready_at) WHERE version > sent AND dead_letter = 0;
CREATE INDEX outbox_ready ON outbox (ready_at, channel) WHERE version > sent AND dead_letter = 0;
CREATE INDEX outbox_dead_letters ON outbox (due_at) WHERE dead_letter = 1;
CREATE INDEX outbox_unposted ON outbox (channel, id) WHERE kind = 'card' AND sent = 0 AND dead_letter = 0;
CREATE INDEX outbox_unposted_of ON outbox (channel, agent) WHERE kind = 'card' AND sent = 0 AND dead_letter = 0;
CREATE INDEX outbox_turns ON outbox (channel, lease) WHERE kind = 'card' AND lease IS NOT NULL;

-- Approved proposals whose cards are to be brought up to date once their undo window is over: then the button that takes an
-- approval back goes.
CREATE TABLE undo_windows (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX undo_windows_due ON undo_windows (due_at);

-- What is called back to agents, one row an event, written in the commit that it follows from. The id is that of its
-- audit entry and stays the same however often it is tried. Rows stay once they are delivered, for whoever asks later.
CREATE TABLE callbacks (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    url TEXT NOT NULL,
    -- One of a few for each agent and receiver; one callback at a time goes through it.
    lane TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'approved', 'retracted', 'suspended', 'resumed', 'rejected', 'revoked', 'lapsed', 'withdrawn', 'asked',
        'extended', 'objected', 'overdue'
    )),
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead_letter', 'stopped')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    due_at INTEGER NOT NULL,
    -- As in the outbox.
    lease INTEGER UNIQUE,
    leased_until INTEGER,
    -- What came of the newest attempt; never a word of what the receiver answered.
    why TEXT,
    ready_at INTEGER GENERATED ALWAYS AS (max(due_at, coalesce(leased_until, 0))) STORED
) STRICT;

CREATE INDEX callbacks_due ON callbacks (due_at, number, lane, ready_at) WHERE state = 'waiting';
CREATE INDEX callbacks_ready ON callbacks (ready_at, lane) WHERE state = 'waiting';
CREATE INDEX callbacks_undelivered ON callbacks (state, number) WHERE state <> 'delivered';
CREATE INDEX callbacks_of_proposal ON callbacks (proposal_id, state);
-- What may be deleted once it is old.
CREATE INDEX callbacks_over ON callbacks (at) WHERE state IN ('delivered', 'dead_letter');

CREATE TRIGGER callbacks_of_no_drill BEFORE INSERT ON callbacks
WHEN EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND drill IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'no agent is told of a drill');
END;

CREATE TRIGGER callbacks_told_once BEFORE UPDATE ON callbacks
WHEN OLD.state = 'delivered' AND NEW.state <> 'delivered'
BEGIN
    SELECT RAISE(ABORT, 'what an agent took is not told again');
END;

-- The events of each agent, in order: those entries of the audit log that are about its proposals and meant for it.
CREATE TABLE stream (
    agent TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (agent, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stream_of_no_drill BEFORE INSERT ON stream
WHEN EXISTS (
    SELECT 1 FROM entries AS e JOIN proposals AS p ON p.id = e.proposal_id
    WHERE e.seq = NEW.seq AND p.drill IS NOT NULL
)
BEGIN
    SELECT RAISE(ABORT, 'no agent is told of a drill');
END;


-- Messages in Slack ---------------------------------------------------------------------------------------------------

-- Each message that is kept: where it is, what it shows, and the words that it shows or showed before. Its subject is a
-- proposal, of what is about several the one that came first; of a notice what it is about. The channel of a direct
-- message is its person: in which Slack has it is asked each time, for one that a hand put here would get to read it.
CREATE TABLE messages (
    kind TEXT NOT NULL CHECK (kind IN ('card', 'batch', 'flood', 'sample', 'notice', 'waits', 'went_wrong')),
    subject TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT,
    version INTEGER NOT NULL,
    -- The digest of what Slack last took; NULL while that is not sure.
    shown TEXT,
    words TEXT NOT NULL,
    previous_words TEXT NOT NULL,
    posting_since INTEGER,
    -- When it was posted, where we know that: one that we found in Slack may have been there for long.
    posted_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('posting', 'posted', 'closed', 'lost')),
    -- Whether its words show all that would run, so that a click on it need not be answered by rendering it again. Where they
    -- do, a seal over them, for whoever can write here must not make a card that leaves something out count; where they do
    -- not, empty; nothing where nobody noted it. One for the words, one for the words before them. A notice is sent in our
    -- name: without that seal its words are not.
    whole TEXT,
    previous_whole TEXT,
    PRIMARY KEY (kind, subject, channel),
    UNIQUE (channel, ts),
    CHECK ((state IN ('posted', 'closed')) = (ts IS NOT NULL))
) STRICT;

CREATE INDEX messages_waits ON messages (channel) WHERE kind = 'waits' AND state = 'posted';
CREATE INDEX messages_direct ON messages (channel, posted_at) WHERE kind IN ('waits', 'went_wrong');

-- Cards that several proposals share: `lead` came first, and is the subject of the message.
CREATE TABLE batches (
    lead TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    role TEXT NOT NULL,
    channel TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    -- From then on nobody joins.
    closes_at INTEGER NOT NULL,
    most INTEGER NOT NULL CHECK (most >= 2)
) STRICT, WITHOUT ROWID;

CREATE INDEX batches_open ON batches (agent, action, role, channel, closes_at);

CREATE TABLE batch_members (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    lead TEXT NOT NULL REFERENCES batches (lead),
    number INTEGER NOT NULL CHECK (number >= 1),
    UNIQUE (lead, number)
) STRICT, WITHOUT ROWID;

-- Cards that sum up a flood: `lead` came first, and is the subject of the message in the channel.
CREATE TABLE floods (
    lead TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    agent TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    -- Whom it has called, as a list of ids.
    called TEXT NOT NULL,
    -- When the last one joined: as long as they keep coming, the next joins too.
    joined_at INTEGER NOT NULL,
    -- When a reminder of something on it was due last, and up to when those that were due have been sent.
    reminder_at INTEGER,
    reminded_at INTEGER,
    -- How many on it are pending, so that whether anything waits is known without looking through all that are on it.
    waiting INTEGER NOT NULL,
    PRIMARY KEY (lead, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX floods_open ON floods (agent, channel, begun_at) WHERE waiting > 0;

CREATE TABLE flood_members (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    lead TEXT NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    FOREIGN KEY (lead, channel) REFERENCES floods (lead, channel)
) STRICT, WITHOUT ROWID;

-- Who asked for direct messages.
CREATE TABLE notified_people (
    person TEXT PRIMARY KEY NOT NULL,
    team TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person is told of directly, each at most once: `lead` names the message. Without it they know already that it
-- waits, and are still to be told that it went wrong.
CREATE TABLE direct_members (
    person TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('waits', 'went_wrong')),
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    lead TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, kind, proposal_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX direct_members_of ON direct_members (person, kind, lead, at);


-- Remembered approvals and remembered rejections ----------------------------------------------------------------------

-- What somebody decided that counts for later proposals too. Its terms are in the sealed entry with which it began. Here
-- is how often it counted and until when it may, so that count and deadline are guarded where they are written.
CREATE TABLE remembered_decisions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject')),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    -- How many more an approval may approve; a rejection goes by time alone.
    most INTEGER CHECK (most >= 1),
    used INTEGER NOT NULL CHECK (used >= 0),
    ended TEXT CHECK (ended IN ('person', 'expired', 'exhausted', 'retracted', 'policy_changed')),
    ended_by TEXT,
    ended_at INTEGER,
    PRIMARY KEY (proposal_id, verdict),
    CHECK ((verdict = 'approve') = (most IS NOT NULL)),
    CHECK (most IS NULL OR used <= most),
    CHECK (until > at),
    -- At most 30 days.
    CHECK (verdict = 'approve' OR until - at <= 2592000000),
    CHECK (verdict = 'approve' OR ended IS NULL OR ended IN ('person', 'expired')),
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CHECK (ended IS NOT 'person' OR ended_by IS NOT NULL),
    CHECK (ended_by IS NULL OR ended IS 'person' OR ended IS 'retracted')
) STRICT, WITHOUT ROWID;

CREATE INDEX remembered_open ON remembered_decisions (agent, action, at) WHERE verdict = 'approve' AND ended IS NULL;
CREATE INDEX remembered_until ON remembered_decisions (until) WHERE ended IS NULL;
CREATE INDEX remembered_of_person ON remembered_decisions (person) WHERE ended IS NULL;

CREATE TRIGGER remembered_ended_stays BEFORE UPDATE ON remembered_decisions
WHEN OLD.ended IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a remembered decision that ended stays ended');
END;

CREATE TRIGGER remembered_terms_stay BEFORE UPDATE ON remembered_decisions
WHEN (NEW.proposal_id, NEW.verdict, NEW.agent, NEW.action, NEW.person, NEW.at, NEW.until, NEW.most)
    IS NOT (OLD.proposal_id, OLD.verdict, OLD.agent, OLD.action, OLD.person, OLD.at, OLD.until, OLD.most)
    OR NEW.used NOT IN (OLD.used, OLD.used + 1)
BEGIN
    SELECT RAISE(ABORT, 'a remembered decision keeps its terms and counts one by one');
END;

CREATE TRIGGER remembered_undeleted BEFORE DELETE ON remembered_decisions
BEGIN
    SELECT RAISE(ABORT, 'a remembered decision is ended, never deleted');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER remembered_begun_once BEFORE INSERT ON remembered_decisions
WHEN EXISTS (SELECT 1 FROM remembered_decisions WHERE proposal_id = NEW.proposal_id AND verdict = NEW.verdict)
BEGIN
    SELECT RAISE(ABORT, 'a remembered decision begins once');
END;

CREATE TRIGGER remembered_of_no_drill BEFORE INSERT ON remembered_decisions
WHEN EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND drill IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'nothing is remembered of a drill');
END;

CREATE TRIGGER remembered_of_refused BEFORE INSERT ON remembered_decisions
WHEN NEW.verdict = 'reject'
    AND NOT EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND status IN ('rejected', 'revoked'))
BEGIN
    SELECT RAISE(ABORT, 'only what was rejected or revoked is remembered as that');
END;

-- Which proposal was approved by which of them. It is counted in the transaction that writes the proposal, before it.
CREATE TABLE remembered_uses (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id) DEFERRABLE INITIALLY DEFERRED,
    remembered_id TEXT NOT NULL,
    verdict TEXT NOT NULL DEFAULT 'approve' CHECK (verdict = 'approve'),
    at INTEGER NOT NULL,
    FOREIGN KEY (remembered_id, verdict) REFERENCES remembered_decisions (proposal_id, verdict)
) STRICT, WITHOUT ROWID;


-- Delegations, stopped agents, samples --------------------------------------------------------------------------------

-- Who lets whom take their place, and for how long. `until` says whether it is over, with or without `ended_at`.
CREATE TABLE delegations (
    id TEXT PRIMARY KEY NOT NULL,
    delegator TEXT NOT NULL,
    delegate TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by TEXT,
    CHECK (delegator <> delegate),
    -- At most 60 days.
    CHECK (until > begun_at AND until - begun_at <= 5184000000),
    CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX delegations_one ON delegations (delegator, delegate) WHERE ended_at IS NULL;
CREATE INDEX delegations_received ON delegations (delegate, until) WHERE ended_at IS NULL;
CREATE INDEX delegations_due ON delegations (until) WHERE ended_at IS NULL;

CREATE TRIGGER delegations_only_end BEFORE UPDATE ON delegations
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
    OR (NEW.id, NEW.delegator, NEW.delegate, NEW.begun_at, NEW.until)
        IS NOT (OLD.id, OLD.delegator, OLD.delegate, OLD.begun_at, OLD.until)
BEGIN
    SELECT RAISE(ABORT, 'a delegation only ends, once');
END;

CREATE TRIGGER delegations_stay BEFORE DELETE ON delegations
BEGIN
    SELECT RAISE(ABORT, 'a delegation that was is never forgotten');
END;

-- Agents that a person stopped and the operators have not resumed. Which were stopped before is in the audit log.
-- The texts of policies that came into force, each by its digest, which the entry tells: what it is, not what decides.
CREATE TABLE policy_texts (
    digest TEXT PRIMARY KEY NOT NULL,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the log was handed to whoever follows it elsewhere; `lease` names the newest lease. It decides nothing.
CREATE TABLE export_cursors (
    name TEXT PRIMARY KEY NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 0),
    lease INTEGER NOT NULL,
    leased_until INTEGER NOT NULL
) STRICT;

CREATE TABLE stopped_agents (
    agent TEXT PRIMARY KEY NOT NULL,
    person TEXT NOT NULL,
    team TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;

-- From which the codes of authenticator apps come: under a key that is not here, one a person.
CREATE TABLE second_factors (
    person TEXT PRIMARY KEY NOT NULL,
    sealed TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER second_factors_stay BEFORE UPDATE ON second_factors
BEGIN
    SELECT RAISE(ABORT, 'a second factor stays as it is, until it is reset');
END;

CREATE TRIGGER stopped_agents_stay BEFORE UPDATE ON stopped_agents
BEGIN
    SELECT RAISE(ABORT, 'who stopped an agent stays as it was, until it is resumed');
END;

-- What was picked at random from all that runs at once, for people to look over. The proposal's own rows say nothing of
-- it, so that its agent cannot know.
CREATE TABLE samples (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    action TEXT NOT NULL,
    roles TEXT NOT NULL,
    channels TEXT NOT NULL,
    nonce TEXT NOT NULL,
    sampled_at INTEGER NOT NULL,
    judgement TEXT CHECK (judgement IN ('fine', 'not_fine')),
    judged_by TEXT,
    judged_at INTEGER,
    reason TEXT,
    CHECK ((judgement IS NULL) = (judged_by IS NULL)),
    CHECK ((judgement IS NULL) = (judged_at IS NULL)),
    CHECK ((judgement IS 'not_fine') = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX samples_of_action ON samples (action, judgement);
CREATE INDEX samples_by_time ON samples (sampled_at);

CREATE TRIGGER samples_judged_once BEFORE UPDATE ON samples
WHEN NEW.judgement IS NULL OR (
    NEW.proposal_id, NEW.action, NEW.roles, NEW.channels, NEW.nonce, NEW.sampled_at
) IS NOT (
    OLD.proposal_id, OLD.action, OLD.roles, OLD.channels, OLD.nonce, OLD.sampled_at
) OR (OLD.judgement IS NOT NULL AND (NEW.judgement, NEW.judged_by, NEW.judged_at, NEW.reason)
    IS NOT (OLD.judgement, OLD.judged_by, OLD.judged_at, CASE WHEN OLD.reason IS NOT NULL THEN '[erased]' END))
BEGIN
    SELECT RAISE(ABORT, 'a sample stays as it was drawn, and is judged once');
END;

CREATE TRIGGER samples_of_no_drill BEFORE INSERT ON samples
WHEN EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND drill IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'a drill is no sample');
END;

CREATE TRIGGER samples_undeleted BEFORE DELETE ON samples
BEGIN
    SELECT RAISE(ABORT, 'a sample stays: what was drawn counts');
END;


-- Figures -------------------------------------------------------------------------------------------------------------

-- What became of what people were asked and of what was drawn: a row of each proposal for every figure in which it counts.
-- It counts for its day and for each row of days that this is in. `roles` are those that were asked; with a person it counts for whoever owns it or is served by it and is in none of them.
-- How long people took falls into steps, the next at most twice as long, each called by where it begins.
-- A decision counts for its reviewer, on the day of its proposal: by verdict and Details with how many they had decided
-- within an hour (from 1, 11, 31 or 101), by how long they had it before them, and by how often that time was enough to
-- read it, in 128ths at 3.75 words a second: 128 is just once, and below 32 is rushed.
CREATE VIEW figured AS
WITH asked AS NOT MATERIALIZED (
    SELECT
        p.id AS proposal_id, l.value AS days, p.created_at / 86400000 / l.value * l.value AS day, p.agent, p.action,
        coalesce(json_extract(p.gate, '$.roles'), '[]') AS roles, coalesce(json_extract(p.gate, '$.rules'), '[]') AS rules,
        coalesce(x.value, '') AS person, p.status,
        CASE
            WHEN p.cause = 'expired' THEN 'expired'
            WHEN p.status = 'revoked' THEN 'revoked'
            WHEN p.cause <> 'reviewer' THEN 'otherwise'
            WHEN p.status = 'rejected' THEN 'rejected'
            WHEN p.revision = 1 THEN 'untouched'
            ELSE 'edited'
        END AS kind,
        p.resolved_at - p.created_at AS waited, printf('%x', p.resolved_at - p.created_at) AS hex
    FROM proposals AS p
    CROSS JOIN json_each(json_insert(
        CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.excluded'), '[]') ELSE '[]' END, '$[#]', ''
    )) AS x
    CROSS JOIN json_each('[1, 8, 64]') AS l
    WHERE p.cause NOT IN ('auto', 'watch', 'remembered_approval', 'blocked', 'quorum_unreachable', 'drill')
        AND CASE WHEN json_valid(p.gate) THEN json_extract(p.gate, '$.tier') END = 'approve'
), decided AS NOT MATERIALIZED (
    SELECT
        d.proposal_id, d.number, d.reviewer, d.verdict, d.revision, d.round, d.at, d.roles, d.opened_details, d.retracted_at,
        p.agent, p.action, p.created_at, p.status, p.round AS last_round,
        CASE WHEN json_valid(p.gate) THEN p.gate ELSE '{}' END AS gate,
        CASE WHEN d.streak <= 10 THEN 1 WHEN d.streak <= 30 THEN 11 WHEN d.streak <= 100 THEN 31 ELSE 101 END AS streak,
        CASE WHEN d.first_seen_at <= d.at THEN d.at - d.first_seen_at END AS looked,
        CASE WHEN d.first_seen_at <= d.at AND d.seen_words > 0
            THEN (d.at - d.first_seen_at) * 12 / (25 * d.seen_words) END AS readings
    FROM decisions AS d CROSS JOIN proposals AS p ON p.id = d.proposal_id
    WHERE p.drill IS NULL
), decided_kinds AS NOT MATERIALIZED (
    SELECT
        d.*, printf('%x', d.looked) AS looked_hex, printf('%x', d.readings) AS readings_hex,
        CASE WHEN (
            CAST(json_extract(d.gate, '$.approvals') AS INTEGER)
                * (SELECT count(*) FROM json_each(coalesce(json_extract(d.gate, '$.roles'), '[]'))) > 1
            OR json_extract(d.gate, '$.second_person') = 1
        ) THEN (
            -- Whether all who had decided it before said the same.
            SELECT min(b.verdict = d.verdict) FROM decisions AS b
            WHERE b.proposal_id = d.proposal_id AND b.number < d.number AND b.round = d.round AND b.reviewer <> d.reviewer
                AND (b.retracted_at IS NULL OR b.retracted_at >= d.at)
        ) END AS agrees
    FROM decided AS d
    WHERE json_extract(d.gate, '$.tier') = 'approve'
)
SELECT
    proposal_id, NULL AS decision, days, day, agent, action, roles, rules, person, '' AS reviewer, kind, 0 AS step, 0 AS waited
FROM asked
UNION ALL
SELECT
    proposal_id, NULL AS decision, days, day, agent, action, roles, rules, person, '' AS reviewer, 'failed' AS kind,
    0 AS step, 0 AS waited
FROM asked WHERE status = 'failed'
UNION ALL
SELECT
    proposal_id, NULL AS decision, days, day, agent, action, roles, rules, person, '' AS reviewer, 'wait' AS kind,
    CASE
        WHEN hex >= 'c' THEN 12 WHEN hex >= '8' THEN 8 WHEN hex >= '6' THEN 6 WHEN hex >= '4' THEN 4
        ELSE CAST(substr(hex, 1, 1) AS INTEGER)
    END << (4 * (length(hex) - 1)) AS step,
    waited
FROM asked WHERE kind IN ('untouched', 'edited', 'rejected')
UNION ALL
SELECT
    p.id AS proposal_id, d.number AS decision, l.value AS days, p.created_at / 86400000 / l.value * l.value AS day, p.agent, p.action,
    CASE WHEN coalesce(x.value, '') <> '' THEN coalesce(json_extract(p.gate, '$.roles'), '[]') ELSE d.roles END AS roles,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.rules'), '[]') ELSE '[]' END AS rules,
    coalesce(x.value, '') AS person, CASE WHEN coalesce(x.value, '') = '' THEN d.reviewer ELSE '' END AS reviewer,
    'rushed' AS kind, 0 AS step, 0 AS waited
FROM decisions AS d CROSS JOIN proposals AS p ON p.id = d.proposal_id
CROSS JOIN json_each(json_insert(
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.excluded'), '[]') ELSE '[]' END, '$[#]', ''
)) AS x
CROSS JOIN json_each('[1, 8, 64]') AS l
WHERE d.rushed = 1 AND p.drill IS NULL
UNION ALL
SELECT
    d.proposal_id, d.number AS decision, l.value AS days, d.created_at / 86400000 / l.value * l.value AS day, d.agent, d.action,
    d.roles, coalesce(json_extract(d.gate, '$.rules'), '[]') AS rules, '' AS person, d.reviewer,
    json_extract(k.value, '$[0]') AS kind, json_extract(k.value, '$[1]') AS step, json_extract(k.value, '$[2]') AS waited
FROM decided_kinds AS d
CROSS JOIN json_each(json_array(
    json_array(CASE
        WHEN d.verdict = 'reject' THEN 'refused'
        WHEN EXISTS (
            SELECT 1 FROM revisions AS r
            WHERE r.proposal_id = d.proposal_id AND r.number = d.revision AND r.editor = d.reviewer
        ) THEN 'changed'
        ELSE 'agreed'
    END, d.streak, 0),
    json(CASE WHEN d.opened_details = 1 THEN json_array('details', d.streak, 0) END),
    json(CASE WHEN d.looked IS NOT NULL THEN json_array('looked', CASE
        WHEN looked_hex >= 'c' THEN 12 WHEN looked_hex >= '8' THEN 8 WHEN looked_hex >= '6' THEN 6 WHEN looked_hex >= '4' THEN 4
        ELSE CAST(substr(looked_hex, 1, 1) AS INTEGER)
    END << (4 * (length(looked_hex) - 1)), d.looked) END),
    json(CASE WHEN d.readings IS NOT NULL THEN json_array('read_' || d.streak, CASE
        WHEN readings_hex >= 'c' THEN 12 WHEN readings_hex >= '8' THEN 8 WHEN readings_hex >= '6' THEN 6
        WHEN readings_hex >= '4' THEN 4 ELSE CAST(substr(readings_hex, 1, 1) AS INTEGER)
    END << (4 * (length(readings_hex) - 1)), d.readings) END),
    json(CASE WHEN d.agrees IS NOT NULL THEN json_array('second', 0, 0) END),
    json(CASE WHEN d.agrees = 0 THEN json_array('disagreed', 0, 0) END),
    json(CASE WHEN d.retracted_at IS NOT NULL THEN json_array('retracted', 0, 0) END),
    json(CASE WHEN d.verdict = 'approve' AND d.retracted_at IS NULL AND d.round = d.last_round
        THEN json(CASE d.status WHEN 'failed' THEN json_array('failed_later', 0, 0) WHEN 'revoked' THEN json_array('undone_later', 0, 0) END)
    END)
)) AS k
CROSS JOIN json_each('[1, 8, 64]') AS l
WHERE k.value IS NOT NULL
UNION ALL
SELECT
    p.id AS proposal_id, 0 AS decision, l.value AS days, s.sampled_at / 86400000 / l.value * l.value AS day, p.agent, s.action, s.roles,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.rules'), '[]') ELSE '[]' END AS rules,
    coalesce(x.value, '') AS person, '' AS reviewer, k.value AS kind, 0 AS step, 0 AS waited
FROM samples AS s CROSS JOIN proposals AS p ON p.id = s.proposal_id
CROSS JOIN json_each(json_insert(
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.excluded'), '[]') ELSE '[]' END, '$[#]', ''
)) AS x
CROSS JOIN json_each(CASE
    WHEN s.judgement IS NULL THEN '["sampled"]' WHEN s.judgement = 'fine' THEN '["sampled", "judged"]'
    ELSE '["sampled", "judged", "not_fine"]'
END) AS k
CROSS JOIN json_each('[1, 8, 64]') AS l
UNION ALL
SELECT
    p.id AS proposal_id, NULL AS decision, l.value AS days, p.created_at / 86400000 / l.value * l.value AS day, p.agent, p.action,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.roles'), '[]') ELSE '[]' END AS roles,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.rules'), '[]') ELSE '[]' END AS rules,
    '' AS person, '' AS reviewer,
    -- Of a drill counts how it ended, and nothing else: it is no work, and nobody's figure.
    CASE CASE WHEN json_valid(p.drill) THEN json_extract(p.drill, '$.result') END
        WHEN 'caught' THEN 'caught' WHEN 'missed' THEN 'missed' WHEN 'unanswered' THEN 'unanswered' ELSE 'broken_off'
    END AS kind,
    0 AS step, 0 AS waited
FROM proposals AS p CROSS JOIN json_each('[1, 8, 64]') AS l
WHERE p.cause = 'drill';

-- The same added up, kept with each change, so that nobody who asks counts the past: by day, and by eight and 64 days that
-- begin with one that is a multiple, so that a year is few rows, too.
CREATE TABLE figures (
    person TEXT NOT NULL,
    days INTEGER NOT NULL,
    day INTEGER NOT NULL,
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    roles TEXT NOT NULL,
    rules TEXT NOT NULL,
    -- Who decided, where a decision is counted; else empty.
    reviewer TEXT NOT NULL,
    kind TEXT NOT NULL,
    step INTEGER NOT NULL,
    count INTEGER NOT NULL,
    waited INTEGER NOT NULL,
    PRIMARY KEY (person, days, day, agent, action, roles, rules, reviewer, kind, step)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER proposals_figured AFTER INSERT ON proposals
WHEN NEW.cause NOT IN ('auto', 'watch', 'remembered_approval', 'blocked', 'quorum_unreachable')
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 1, waited FROM figured WHERE proposal_id = NEW.id
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER proposals_figured_before BEFORE UPDATE ON proposals
WHEN (NEW.cause, NEW.gate, NEW.revision, NEW.status IN ('revoked', 'rejected'), NEW.status = 'failed', NEW.resolved_at)
    IS NOT (OLD.cause, OLD.gate, OLD.revision, OLD.status IN ('revoked', 'rejected'), OLD.status = 'failed', OLD.resolved_at)
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, -1, -waited FROM figured WHERE proposal_id = OLD.id
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER proposals_figured_after AFTER UPDATE ON proposals
WHEN (NEW.cause, NEW.gate, NEW.revision, NEW.status IN ('revoked', 'rejected'), NEW.status = 'failed', NEW.resolved_at)
    IS NOT (OLD.cause, OLD.gate, OLD.revision, OLD.status IN ('revoked', 'rejected'), OLD.status = 'failed', OLD.resolved_at)
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 1, waited FROM figured WHERE proposal_id = NEW.id
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER decisions_figured AFTER INSERT ON decisions
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 1, waited FROM figured WHERE proposal_id = NEW.proposal_id AND decision = NEW.number
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER decisions_figured_before BEFORE UPDATE OF retracted_at ON decisions
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, -1, -waited FROM figured WHERE proposal_id = OLD.proposal_id AND decision = OLD.number
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER decisions_figured_after AFTER UPDATE OF retracted_at ON decisions
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 1, waited FROM figured WHERE proposal_id = NEW.proposal_id AND decision = NEW.number
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER samples_figured AFTER INSERT ON samples
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 1, waited FROM figured WHERE proposal_id = NEW.proposal_id AND decision = 0
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER samples_figured_before BEFORE UPDATE ON samples
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, -1, -waited FROM figured WHERE proposal_id = OLD.proposal_id AND decision = 0
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;

CREATE TRIGGER samples_figured_after AFTER UPDATE ON samples
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, 1, waited FROM figured WHERE proposal_id = NEW.proposal_id AND decision = 0
    ON CONFLICT DO UPDATE SET count = count + excluded.count, waited = waited + excluded.waited;
END;


-- Forms and questions -------------------------------------------------------------------------------------------------

-- Modals that were opened for a person and are about a proposal. What a person is about to submit says what that
-- decides, so nobody but us may have written it: hence the seal.
CREATE TABLE forms (
    -- The order in which they were opened, where several were within one millisecond.
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    revision INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'edit', 'confirm', 'reject', 'revoke', 'details', 'review', 'object', 'hand_over', 'ask', 'not_fine',
        'batch', 'batch_reject', 'flood', 'type'
    )),
    typed TEXT NOT NULL,
    page INTEGER NOT NULL,
    view_id TEXT,
    opened_at INTEGER NOT NULL,
    -- Since when its person has had before them what they decide on, and how many words that was.
    first_seen_at INTEGER,
    seen_words INTEGER,
    -- These words, or those of the card from which it was opened, where they were noted.
    seen_text TEXT,
    seal TEXT NOT NULL,
    CHECK ((first_seen_at IS NULL) = (seen_words IS NULL))
) STRICT;

CREATE INDEX forms_typed ON forms (proposal_id, reviewer, kind, revision, opened_at);
CREATE INDEX forms_opened ON forms (opened_at);
-- Which review is open in a view.
CREATE INDEX forms_in_view ON forms (view_id, reviewer, opened_at) WHERE kind = 'review';

-- Modals that were opened for a person and are about no proposal: those that give power, lists, and the way on in one.
CREATE TABLE modals (
    id TEXT PRIMARY KEY NOT NULL,
    view_id TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN (
        'list', 'next', 'delegate', 'delegation_end', 'agent_stop', 'agent_resume', 'everything_stop', 'everything_resume', 'enrol', 'factor_reset', 'remembered_end'
    )),
    subject TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    used_at INTEGER,
    seal TEXT NOT NULL
) STRICT;

CREATE INDEX modals_opened ON modals (opened_at);

-- What reviewers asked the agent while a proposal waited, and what it replied; one is open at a time.
-- Lengths are in bytes: SQLite counts the characters of a text only up to the first NUL.
CREATE TABLE questions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    text TEXT NOT NULL CHECK (text <> '' AND length(CAST(text AS BLOB)) <= 4000),
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    reply TEXT CHECK (reply <> '' AND length(CAST(reply AS BLOB)) <= 16000),
    replied_at INTEGER,
    digest TEXT,
    PRIMARY KEY (proposal_id, number),
    CHECK ((reply IS NULL) = (replied_at IS NULL)),
    CHECK (digest IS NULL OR reply IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX questions_one_open ON questions (proposal_id) WHERE reply IS NULL;

CREATE TRIGGER questions_answered_once BEFORE UPDATE ON questions
WHEN (NEW.proposal_id, NEW.number, NEW.asked_by, NEW.asked_at)
        IS NOT (OLD.proposal_id, OLD.number, OLD.asked_by, OLD.asked_at)
    OR CASE WHEN NEW.text IS NOT OLD.text OR OLD.reply IS NOT NULL
        THEN (NEW.text, NEW.reply, NEW.replied_at, NEW.digest)
            IS NOT ('[erased]', CASE WHEN OLD.reply IS NOT NULL THEN '[erased]' END, OLD.replied_at, OLD.digest)
    END
BEGIN
    SELECT RAISE(ABORT, 'a question stays as it was asked, and is answered once');
END;

CREATE TRIGGER questions_stay BEFORE DELETE ON questions
BEGIN
    SELECT RAISE(ABORT, 'a question stays');
END;


-- What is known of the past -------------------------------------------------------------------------------------------

-- The values of what people approved, by the digest of each, with the proposal that held it: whether one still counts
-- is read from the proposal. What ran by itself is not in it.
CREATE TABLE approved_values (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    PRIMARY KEY (agent, action, field, value, proposal_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER approved_values_of_no_drill BEFORE INSERT ON approved_values
WHEN EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND drill IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'what people say of a drill makes nothing known');
END;

-- Which proposal has which effect, by the digest of its key. `open` has it, and there is one; what a policy found there
-- when it named the effect is `waiting`, and `overtaken` once the effect happened meanwhile; what ran stays, so that the
-- next is asked about: `succeeded`, or `tried` where its agent says that it failed or was rolled back.
CREATE TABLE effects (
    effect TEXT NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'overtaken', 'succeeded', 'tried')),
    PRIMARY KEY (effect, proposal_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX effects_one_open ON effects (effect) WHERE state = 'open';
CREATE INDEX effects_in_state ON effects (effect, state, proposal_id);
CREATE INDEX effects_of_proposal ON effects (proposal_id);

CREATE TRIGGER effects_of_no_drill BEFORE INSERT ON effects
WHEN EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND drill IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'a drill does nothing, and holds no effect');
END;

-- What people said no to, how often something came, and the numbers of what they approved have no tables: the log tells
-- all of it, and is asked, so that there is nothing that a hand could add to or take from.
CREATE INDEX entries_of_digest ON entries (json_extract(facts, '$.action.digest')) WHERE tag = 'proposal:submitted';
CREATE INDEX entries_of_new_digest ON entries (json_extract(facts, '$.revision.action.digest'))
WHERE tag IN ('proposal:edited', 'proposal:revised');

CREATE INDEX entries_of_action ON entries (actor_id, json_extract(facts, '$.action.name'), at, proposal_id)
WHERE tag = 'proposal:submitted' AND actor_kind = 'agent';

-- With the action, so that counting how many of an action came lately reads nothing but the index.
CREATE INDEX entries_submitted ON entries (actor_id, at, json_extract(facts, '$.action.name'), proposal_id)
WHERE tag = 'proposal:submitted' AND actor_kind = 'agent';

-- What was claimed lately, for budgets; what may still run is found among the proposals.
CREATE INDEX entries_claimed ON entries (at, proposal_id) WHERE tag = 'proposal:claimed';

CREATE INDEX entries_noes ON entries (at)
WHERE tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND actor_kind = 'reviewer';
CREATE INDEX entries_noes_in_order ON entries (seq)
WHERE tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND actor_kind = 'reviewer';
