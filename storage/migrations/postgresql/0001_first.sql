-- The schema on PostgreSQL 16 or newer: the tables, constraints, indexes and triggers of `sqlite/0001_first.sql`, by the same
-- names and in the same order. Why each is as it is stands there; here stands what is done in another way.
--
-- Everything is in the schema that the search path names first. Ids, digests and keys are ordered by their bytes, as SQLite
-- does, so each text has the collation "C". A trigger that only refuses is a call of `refuse` with what it says.


-- JSON as the queries ask for it --------------------------------------------------------------------------------------

-- These let most named queries be one text on both databases. They take JSON as text, as the columns hold it; PostgreSQL's
-- own of the same names take the type json. A document may escape a NUL inside its texts, but no text here can hold one, so
-- none is equal to such a value: it is extracted as NULL, and left out of what a list or an object is taken apart into.

CREATE TYPE json_member AS (key TEXT COLLATE "C", value TEXT COLLATE "C");

-- With a noncharacter for each escaped NUL. Nearly all have none, and are only parsed.
CREATE FUNCTION readable_json(document TEXT) RETURNS JSON IMMUTABLE PARALLEL SAFE
RETURN CAST(CASE
    WHEN strpos(document, '\u0000') = 0 THEN document
    ELSE regexp_replace(document, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\uffff', 'g')
END AS JSON);

CREATE FUNCTION has_no_nul(value TEXT) RETURNS BOOLEAN IMMUTABLE PARALLEL SAFE
RETURN value IS NULL OR strpos(value, U&'\FFFF') = 0;

-- `{a,b}` for `$.a.b`, and `{0}` for `$[0]`.
CREATE FUNCTION json_steps(path TEXT) RETURNS TEXT[] IMMUTABLE PARALLEL SAFE
RETURN string_to_array(ltrim(translate(path, '[$]', '.'), '.'), '.');

-- What is at a path, as text. Many indexes are over it, so the usual document is parsed once.
CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS TEXT IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN strpos(document, '\u0000') = 0 THEN CAST(document AS JSON) #>> json_steps(path)
    WHEN has_no_nul(readable_json(document) #>> json_steps(path)) THEN readable_json(document) #>> json_steps(path)
END;

CREATE FUNCTION json_valid(document TEXT) RETURNS BOOLEAN IMMUTABLE PARALLEL SAFE
RETURN document IS JSON;

-- The members of an object by their keys, or those of a list by their places from 0 on, in order.
CREATE FUNCTION json_each(document TEXT) RETURNS SETOF json_member IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT o.key, o.value
    FROM json_each_text(
        CASE WHEN json_typeof(readable_json(document)) = 'object' THEN readable_json(document) ELSE '{}' END
    ) AS o
    WHERE has_no_nul(o.key) AND has_no_nul(o.value)
    UNION ALL
    SELECT CAST(l.place - 1 AS TEXT), l.value
    FROM json_array_elements_text(
        CASE WHEN json_typeof(readable_json(document)) = 'array' THEN readable_json(document) ELSE '[]' END
    ) WITH ORDINALITY AS l (value, place)
    WHERE has_no_nul(l.value);
END;

CREATE FUNCTION instr(text TEXT, part TEXT) RETURNS INTEGER IMMUTABLE PARALLEL SAFE
RETURN strpos(text, part);


-- Writers -------------------------------------------------------------------------------------------------------------

-- Who writes takes its turn by counting it up, as the first thing in its transaction: so one writes at a time, over all
-- processes. What a process remembers from its turn before holds only if nobody else has had one since.
CREATE TABLE turns (number BIGINT NOT NULL);
INSERT INTO turns (number) VALUES (0);

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$;


-- Proposals and decisions ---------------------------------------------------------------------------------------------

CREATE TABLE proposals (
    id TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN (
        'pending', 'approved', 'rejected', 'withdrawn', 'claimed', 'revoked', 'lapsed', 'succeeded', 'failed', 'unknown'
    )),
    cause TEXT COLLATE "C" CHECK (cause IN (
        'auto', 'watch', 'remembered_approval', 'reviewer', 'expired', 'blocked', 'agent', 'policy_changed', 'quorum_unreachable',
        'stopped', 'drill'
    )),
    reason TEXT COLLATE "C",
    agent TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    run_id TEXT COLLATE "C",
    ask TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C",
    fingerprint TEXT COLLATE "C" NOT NULL,
    gate TEXT COLLATE "C" NOT NULL,
    judged_under TEXT COLLATE "C" NOT NULL DEFAULT '',
    channels TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL CHECK (revision >= 1),
    digest TEXT COLLATE "C" NOT NULL,
    round BIGINT NOT NULL CHECK (round >= 1),
    nonce TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    due_at BIGINT,
    reminded BIGINT NOT NULL CHECK (reminded >= 0),
    escalated TEXT COLLATE "C" NOT NULL,
    escalated_to TEXT COLLATE "C" NOT NULL,
    extended BIGINT NOT NULL CHECK (extended >= 0),
    resolved_at BIGINT,
    resolved_by TEXT COLLATE "C",
    claimable_at BIGINT,
    execute_by BIGINT,
    claimed_at BIGINT,
    claimant TEXT COLLATE "C",
    report_by BIGINT,
    overdue BIGINT NOT NULL CHECK (overdue IN (0, 1)),
    outcome TEXT COLLATE "C",
    rollback TEXT COLLATE "C",
    suspension TEXT COLLATE "C",
    erased_at BIGINT,
    drill TEXT COLLATE "C",
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
    CHECK (drill IS NULL OR (
        status IN ('pending', 'rejected') AND claimed_at IS NULL AND claimant IS NULL AND execute_by IS NULL
        AND claimable_at IS NULL AND outcome IS NULL AND rollback IS NULL AND suspension IS NULL AND idempotency_key IS NULL
    )),
    CHECK ((cause IS NOT DISTINCT FROM 'drill') = (drill IS NOT NULL AND status <> 'pending'))
);

CREATE UNIQUE INDEX proposals_of_idempotency_key ON proposals (agent, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX proposals_due ON proposals (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX proposals_to_rejudge ON proposals (status, id) WHERE status IN ('pending', 'approved');
CREATE INDEX proposals_waiting ON proposals (expires_at, id, created_at) WHERE status = 'pending';
CREATE INDEX proposals_pending_of ON proposals (agent, expires_at) WHERE status = 'pending';
CREATE INDEX proposals_open_of ON proposals (agent, created_at, id) WHERE status IN ('pending', 'approved');
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
CREATE INDEX proposals_kept ON proposals (action, resolved_at, id)
WHERE erased_at IS NULL AND status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed');
CREATE INDEX proposals_claimed ON proposals (report_by, id) WHERE status = 'claimed';
CREATE INDEX proposals_to_roll_back ON proposals (claimed_at, id)
WHERE CASE WHEN json_valid(rollback) THEN json_extract(rollback, '$.status') END = 'requested';

CREATE TABLE tallies (
    status TEXT COLLATE "C" NOT NULL,
    overdue BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (status, overdue)
);

CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE tallies SET count = count - 1 WHERE status = OLD.status AND overdue = OLD.overdue;
    END IF;
    INSERT INTO tallies (status, overdue, count) VALUES (NEW.status, NEW.overdue, 1)
    ON CONFLICT (status, overdue) DO UPDATE SET count = tallies.count + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER proposals_tallied AFTER INSERT ON proposals FOR EACH ROW
WHEN (NEW.drill IS NULL)
EXECUTE FUNCTION tally();

CREATE TRIGGER proposals_tallied_anew AFTER UPDATE ON proposals FOR EACH ROW
WHEN (NEW.drill IS NULL AND (NEW.status, NEW.overdue) IS DISTINCT FROM (OLD.status, OLD.overdue))
EXECUTE FUNCTION tally();

CREATE TRIGGER proposals_final_stays BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.status IN ('rejected', 'withdrawn', 'revoked', 'lapsed', 'succeeded', 'failed')
    AND NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at
    AND (NEW.rollback IS NOT DISTINCT FROM OLD.rollback OR (
        NEW.id, NEW.status, NEW.cause, NEW.reason, NEW.agent, NEW.action, NEW.run_id, NEW.ask, NEW.gate, NEW.channels,
        NEW.revision, NEW.digest, NEW.round, NEW.nonce, NEW.created_at, NEW.expires_at, NEW.resolved_at,
        NEW.resolved_by, NEW.execute_by, NEW.claimed_at, NEW.claimant, NEW.report_by, NEW.overdue, NEW.outcome,
        NEW.reminded, NEW.escalated, NEW.extended, NEW.escalated_to, NEW.idempotency_key, NEW.fingerprint, NEW.judged_under,
        NEW.due_at, NEW.suspension, NEW.drill
    ) IS DISTINCT FROM (
        OLD.id, OLD.status, OLD.cause, OLD.reason, OLD.agent, OLD.action, OLD.run_id, OLD.ask, OLD.gate, OLD.channels,
        OLD.revision, OLD.digest, OLD.round, OLD.nonce, OLD.created_at, OLD.expires_at, OLD.resolved_at,
        OLD.resolved_by, OLD.execute_by, OLD.claimed_at, OLD.claimant, OLD.report_by, OLD.overdue, OLD.outcome,
        OLD.reminded, OLD.escalated, OLD.extended, OLD.escalated_to, OLD.idempotency_key, OLD.fingerprint, OLD.judged_under,
        OLD.due_at, OLD.suspension, OLD.drill
    )))
EXECUTE FUNCTION refuse('a final proposal stays as it is');

CREATE TRIGGER proposals_erased_once BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (NEW.erased_at IS DISTINCT FROM OLD.erased_at AND (
    OLD.erased_at IS NOT NULL OR OLD.status IN ('pending', 'approved')
    OR (
        NEW.id, NEW.status, NEW.cause, NEW.agent, NEW.action, NEW.run_id, NEW.channels, NEW.revision, NEW.digest,
        NEW.round, NEW.nonce, NEW.created_at, NEW.expires_at, NEW.resolved_at, NEW.resolved_by, NEW.execute_by,
        NEW.claimable_at, NEW.claimed_at, NEW.claimant, NEW.report_by, NEW.overdue, NEW.reminded, NEW.escalated,
        NEW.extended, NEW.escalated_to, NEW.idempotency_key, NEW.fingerprint, NEW.judged_under, NEW.due_at
    ) IS DISTINCT FROM (
        OLD.id, OLD.status, OLD.cause, OLD.agent, OLD.action, OLD.run_id, OLD.channels, OLD.revision, OLD.digest,
        OLD.round, OLD.nonce, OLD.created_at, OLD.expires_at, OLD.resolved_at, OLD.resolved_by, OLD.execute_by,
        OLD.claimable_at, OLD.claimed_at, OLD.claimant, OLD.report_by, OLD.overdue, OLD.reminded, OLD.escalated,
        OLD.extended, OLD.escalated_to, OLD.idempotency_key, OLD.fingerprint, OLD.judged_under, OLD.due_at
    )
))
EXECUTE FUNCTION refuse('erasing takes what was written of what is over, once, and nothing else');

CREATE TRIGGER proposals_claimed_once BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.claimed_at IS NOT NULL AND (NEW.claimed_at, NEW.claimant) IS DISTINCT FROM (OLD.claimed_at, OLD.claimant))
EXECUTE FUNCTION refuse('a claim is given once');

CREATE TRIGGER proposals_deadline_holds BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (NEW.expires_at > OLD.expires_at
    AND (NEW.extended <> OLD.extended + 1 OR OLD.status <> 'pending' OR NEW.status <> 'pending'))
EXECUTE FUNCTION refuse('a deadline grows only when a reviewer extends it');

CREATE TRIGGER proposals_extended_counts BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (NEW.extended <> OLD.extended AND (NEW.extended <> OLD.extended + 1 OR NEW.expires_at <= OLD.expires_at))
EXECUTE FUNCTION refuse('an extension is counted once, with the deadline that it moves');

CREATE TRIGGER proposals_rolled_back_once BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.rollback IS NOT NULL AND NEW.rollback IS DISTINCT FROM OLD.rollback
    AND NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at
    AND (NEW.rollback IS NULL OR OLD.rollback NOT LIKE '%"reported_at":null%'))
EXECUTE FUNCTION refuse('an objection stays, and is answered once');

CREATE TRIGGER proposals_claimable_stays BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (NEW.claimable_at IS DISTINCT FROM OLD.claimable_at
    AND NOT (OLD.status = 'pending' AND NEW.status = 'approved')
    AND NOT (OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NEW.claimable_at IS NULL))
EXECUTE FUNCTION refuse('an undo window stays until the moment that was set when the approval was given');

CREATE TRIGGER proposals_born_to_rejudge BEFORE INSERT ON proposals FOR EACH ROW
WHEN (NEW.claimable_at IS NOT NULL)
EXECUTE FUNCTION refuse('only what people approve after it was proposed has an undo window');

CREATE FUNCTION proposals_retracted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM decisions AS d WHERE d.proposal_id = OLD.id AND d.retracted_from = OLD.version) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER proposals_retracted BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (NEW.status NOT IN ('pending', 'rejected') OR NEW.nonce IS NOT DISTINCT FROM OLD.nonce)
EXECUTE FUNCTION proposals_retracted('what somebody took their approval back from waits, and its buttons from before do nothing');

CREATE FUNCTION proposals_wait_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM decisions AS d
        WHERE d.proposal_id = OLD.id AND d.round = OLD.round AND d.retracted_from = OLD.version
            AND d.retracted_at < OLD.claimable_at
    ) AND NOT (
        NEW.status = 'pending' AND NEW.suspension IS NOT NULL AND NEW.round = OLD.round + 1 AND NEW.nonce <> OLD.nonce
        AND EXISTS (SELECT 1 FROM stopped_agents WHERE agent = '*')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER proposals_wait_again BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected'))
EXECUTE FUNCTION proposals_wait_again('what is approved waits again only when somebody takes their approval back in its undo window');

CREATE FUNCTION refuse_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND drill IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_event_of_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM entries AS e JOIN proposals AS p ON p.id = e.proposal_id
        WHERE e.seq = NEW.seq AND p.drill IS NOT NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER proposals_drill_stays BEFORE UPDATE ON proposals FOR EACH ROW
WHEN ((NEW.drill IS NULL) <> (OLD.drill IS NULL))
EXECUTE FUNCTION refuse('what is a drill stays one, and nothing else becomes one');

CREATE TRIGGER proposals_suspended_unapproved BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.suspension IS NOT NULL AND NEW.status = 'approved')
EXECUTE FUNCTION refuse('what is suspended is approved by nobody');

CREATE FUNCTION refuse_stopped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
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
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER proposals_of_stopped BEFORE INSERT ON proposals FOR EACH ROW
EXECUTE FUNCTION refuse_stopped('a stopped agent proposes nothing');

CREATE TRIGGER proposals_stopped_unclaimed BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.claimed_at IS NULL AND NEW.claimed_at IS NOT NULL)
EXECUTE FUNCTION refuse_stopped('a stopped agent claims nothing');

CREATE TABLE revisions (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    action TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    editor TEXT COLLATE "C",
    patch TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (proposal_id, number)
);

CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions FOR EACH ROW
WHEN ((NEW.payload, NEW.patch) IS DISTINCT FROM ('null', '[]')
    OR (NEW.proposal_id, NEW.number, NEW.action, NEW.digest, NEW.at, NEW.editor)
        IS DISTINCT FROM (OLD.proposal_id, OLD.number, OLD.action, OLD.digest, OLD.at, OLD.editor))
EXECUTE FUNCTION refuse('a revision is never changed; an edit makes a new one');

CREATE TABLE decisions (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    reviewer TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('approve', 'reject')),
    revision BIGINT NOT NULL,
    round BIGINT NOT NULL,
    at BIGINT NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    backup TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    stands_in_for TEXT COLLATE "C",
    rushed BIGINT NOT NULL CHECK (rushed IN (0, 1)),
    first_seen_at BIGINT,
    seen_words BIGINT,
    opened_details BIGINT NOT NULL CHECK (opened_details IN (0, 1)),
    streak BIGINT NOT NULL CHECK (streak >= 1),
    retracted_at BIGINT,
    retracted_from BIGINT,
    over_at BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, number),
    CHECK ((retracted_from IS NULL) = (retracted_at IS NULL) AND (retracted_at IS NULL OR verdict = 'approve'))
);

CREATE UNIQUE INDEX decisions_one_approval ON decisions (proposal_id, round, reviewer)
WHERE verdict = 'approve' AND retracted_at IS NULL;

CREATE UNIQUE INDEX decisions_one_for ON decisions (proposal_id, round, stands_in_for)
WHERE verdict = 'approve' AND stands_in_for IS NOT NULL AND retracted_at IS NULL;

CREATE UNIQUE INDEX decisions_one_no ON decisions (proposal_id) WHERE verdict = 'reject';

CREATE INDEX decisions_by ON decisions (reviewer, over_at DESC, proposal_id);
CREATE INDEX decisions_lately ON decisions (reviewer, at);

CREATE FUNCTION decisions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (
            NEW.proposal_id, NEW.number, NEW.reviewer, NEW.verdict, NEW.revision, NEW.round, NEW.at, NEW.roles,
            NEW.stands_in_for, NEW.rushed, NEW.first_seen_at, NEW.backup, NEW.seen_words, NEW.opened_details, NEW.streak
        ) IS DISTINCT FROM (
            OLD.proposal_id, OLD.number, OLD.reviewer, OLD.verdict, OLD.revision, OLD.round, OLD.at, OLD.roles,
            OLD.stands_in_for, OLD.rushed, OLD.first_seen_at, OLD.backup, OLD.seen_words, OLD.opened_details, OLD.streak
        )
        OR (CASE WHEN NEW.reason IS DISTINCT FROM OLD.reason
            THEN NEW.reason IS DISTINCT FROM '[erased]' OR OLD.reason IS NULL
                OR (NEW.retracted_at, NEW.retracted_from) IS DISTINCT FROM (OLD.retracted_at, OLD.retracted_from)
            ELSE OLD.retracted_at IS NOT NULL OR NEW.retracted_at IS NULL OR NOT EXISTS (
                SELECT 1 FROM proposals AS p
                WHERE p.id = OLD.proposal_id AND p.round = OLD.round AND p.version = NEW.retracted_from
                    AND CASE p.status WHEN 'pending' THEN p.expires_at WHEN 'approved' THEN p.claimable_at END
                        > NEW.retracted_at
            )
        END)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER decisions_stay BEFORE UPDATE OF
    proposal_id, number, reviewer, verdict, revision, round, at, roles, backup, reason, stands_in_for, rushed, first_seen_at,
    seen_words, opened_details, streak, retracted_at, retracted_from
ON decisions FOR EACH ROW
EXECUTE FUNCTION decisions_stay('a decision is never changed; an approval is taken back once, in time');

CREATE FUNCTION decisions_place_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM decisions AS d
        WHERE d.proposal_id = NEW.proposal_id AND d.round = NEW.round AND d.verdict = 'approve' AND d.retracted_at IS NULL
            AND (d.reviewer = NEW.stands_in_for OR d.stands_in_for = NEW.reviewer)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER decisions_place_once BEFORE INSERT ON decisions FOR EACH ROW
WHEN (NEW.verdict = 'approve')
EXECUTE FUNCTION decisions_place_once('this place counts already');

CREATE FUNCTION decisions_delegated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM delegations AS l
        WHERE l.delegator = NEW.stands_in_for AND l.delegate = NEW.reviewer
            AND l.ended_at IS NULL AND l.begun_at <= NEW.at AND l.until > NEW.at
    ) AND NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = NEW.proposal_id AND instr(p.escalated_to, '"by":"' || NEW.stands_in_for || '"') > 0
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER decisions_delegated BEFORE INSERT ON decisions FOR EACH ROW
WHEN (NEW.stands_in_for IS NOT NULL)
EXECUTE FUNCTION decisions_delegated('nobody has lent this place');

CREATE TABLE seats (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    role TEXT COLLATE "C" NOT NULL,
    self_review BIGINT NOT NULL CHECK (self_review IN (0, 1)),
    present BIGINT NOT NULL CHECK (present IN (0, 1)),
    open BIGINT NOT NULL CHECK (open IN (0, 1)),
    created_at BIGINT NOT NULL,
    over_at BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, role)
);

CREATE INDEX seats_newest ON seats (role, created_at DESC, proposal_id);
CREATE INDEX seats_over ON seats (role, over_at DESC, proposal_id);

CREATE TABLE exclusions (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    person TEXT COLLATE "C" NOT NULL,
    present BIGINT NOT NULL CHECK (present IN (0, 1)),
    created_at BIGINT NOT NULL,
    over_at BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, person)
);

CREATE INDEX exclusions_newest ON exclusions (person, created_at DESC, proposal_id);
CREATE INDEX exclusions_over ON exclusions (person, over_at DESC, proposal_id);

CREATE FUNCTION proposals_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE seats SET over_at = coalesce(NEW.resolved_at, NEW.expires_at) WHERE proposal_id = NEW.id;
    UPDATE exclusions SET over_at = coalesce(NEW.resolved_at, NEW.expires_at) WHERE proposal_id = NEW.id;
    UPDATE decisions SET over_at = coalesce(NEW.resolved_at, NEW.expires_at) WHERE proposal_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER proposals_over AFTER UPDATE ON proposals FOR EACH ROW
WHEN (coalesce(NEW.resolved_at, NEW.expires_at) <> coalesce(OLD.resolved_at, OLD.expires_at))
EXECUTE FUNCTION proposals_over();


-- The audit log -------------------------------------------------------------------------------------------------------

CREATE TABLE entries (
    seq BIGINT PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    proposal_id TEXT COLLATE "C",
    revision BIGINT,
    actor_kind TEXT COLLATE "C" NOT NULL CHECK (actor_kind IN ('agent', 'reviewer', 'policy', 'system')),
    actor_id TEXT COLLATE "C" NOT NULL,
    actor_team TEXT COLLATE "C",
    actor_proof TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    previous TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    seal TEXT COLLATE "C" NOT NULL
);

CREATE TRIGGER entries_unchanged BEFORE UPDATE ON entries FOR EACH ROW
EXECUTE FUNCTION refuse('the audit log is only added to');

CREATE TRIGGER entries_undeleted BEFORE DELETE ON entries FOR EACH ROW
EXECUTE FUNCTION refuse('the audit log is only added to');

CREATE TRIGGER entries_untruncated BEFORE TRUNCATE ON entries
EXECUTE FUNCTION refuse('the audit log is only added to');

CREATE FUNCTION entries_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM entries) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entries_in_order BEFORE INSERT ON entries FOR EACH ROW
EXECUTE FUNCTION entries_in_order('the audit log is only added to, at its end');

-- Every process hears of what any of them committed; equal notices of one transaction are sent once.
CREATE FUNCTION notify_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('signoff', CAST(json_build_object('entry', NEW.seq, 'proposal', NEW.proposal_id) AS TEXT));
    RETURN NULL;
END $$;

CREATE FUNCTION notify_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('signoff', CAST(json_build_object(TG_ARGV[0], TRUE) AS TEXT));
    RETURN NULL;
END $$;

CREATE TRIGGER entries_notify AFTER INSERT ON entries FOR EACH ROW
EXECUTE FUNCTION notify_entry();

CREATE TABLE contents (
    seq BIGINT PRIMARY KEY REFERENCES entries (seq),
    content TEXT COLLATE "C" NOT NULL
);

CREATE TRIGGER contents_unchanged BEFORE UPDATE ON contents FOR EACH ROW
EXECUTE FUNCTION refuse('what was written stays as it was, until it is erased');

CREATE FUNCTION contents_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM entries AS e
        JOIN proposals AS p ON p.id = coalesce(e.proposal_id, json_extract(e.facts, '$.proposal'))
        WHERE e.seq = OLD.seq AND p.erased_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER contents_erased BEFORE DELETE ON contents FOR EACH ROW
EXECUTE FUNCTION contents_erased('what was written stays as it was, until it is erased');

CREATE TRIGGER contents_untruncated BEFORE TRUNCATE ON contents
EXECUTE FUNCTION refuse('what was written stays as it was, until it is erased');

CREATE INDEX entries_of_proposal ON entries (proposal_id, seq);
CREATE INDEX entries_tagged ON entries (proposal_id, tag, seq);
CREATE INDEX entries_refusals ON entries (actor_kind, actor_id, at) WHERE tag = 'proposal:refused';
CREATE INDEX entries_decided ON entries (actor_id, at) WHERE tag = 'proposal:decided' AND actor_kind = 'reviewer';

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
CREATE UNIQUE INDEX entries_of_code ON entries (actor_id, json_extract(facts, '$.step')) WHERE tag = 'code:accepted';
CREATE INDEX entries_of_wrong_code ON entries (actor_id, at) WHERE tag = 'code:refused';

CREATE INDEX entries_of_key ON entries (actor_id, json_extract(facts, '$.idempotency_key'))
WHERE tag = 'proposal:submitted' AND json_extract(facts, '$.idempotency_key') IS NOT NULL;


-- Outbox, callbacks and stream ----------------------------------------------------------------------------------------

CREATE TABLE outbox (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    subject TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('card', 'thread', 'alert', 'sample', 'notice', 'direct')),
    agent TEXT COLLATE "C",
    version BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    dead_letter BIGINT NOT NULL CHECK (dead_letter IN (0, 1, 2)),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    rank BIGINT NOT NULL CHECK (rank IN (0, 1)),
    deadline BIGINT NOT NULL,
    lease BIGINT UNIQUE,
    leased_until BIGINT,
    why TEXT COLLATE "C",
    ready_at BIGINT GENERATED ALWAYS AS (greatest(due_at, coalesce(leased_until, 0))) STORED,
    UNIQUE (subject, channel, kind)
);

CREATE INDEX outbox_urgent ON outbox (rank, deadline, id, channel, ready_at) WHERE version > sent AND dead_letter = 0;
CREATE INDEX outbox_ready ON outbox (ready_at, channel) WHERE version > sent AND dead_letter = 0;
CREATE INDEX outbox_dead_letters ON outbox (due_at) WHERE dead_letter = 1;
CREATE INDEX outbox_unposted ON outbox (channel, id) WHERE kind = 'card' AND sent = 0 AND dead_letter = 0;
CREATE INDEX outbox_unposted_of ON outbox (channel, agent) WHERE kind = 'card' AND sent = 0 AND dead_letter = 0;
CREATE INDEX outbox_turns ON outbox (channel, lease) WHERE kind = 'card' AND lease IS NOT NULL;

CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH ROW
EXECUTE FUNCTION notify_of('outbox');

CREATE TRIGGER outbox_notify_again AFTER UPDATE ON outbox FOR EACH ROW
WHEN (NEW.version > OLD.version OR NEW.dead_letter < OLD.dead_letter OR NEW.due_at < OLD.due_at)
EXECUTE FUNCTION notify_of('outbox');

CREATE TABLE undo_windows (
    proposal_id TEXT COLLATE "C" PRIMARY KEY REFERENCES proposals (id),
    due_at BIGINT NOT NULL
);

CREATE INDEX undo_windows_due ON undo_windows (due_at);

CREATE TABLE callbacks (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    agent TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    lane TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN (
        'approved', 'retracted', 'suspended', 'resumed', 'rejected', 'revoked', 'lapsed', 'withdrawn', 'asked',
        'extended', 'objected', 'overdue'
    )),
    at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead_letter', 'stopped')),
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    due_at BIGINT NOT NULL,
    lease BIGINT UNIQUE,
    leased_until BIGINT,
    why TEXT COLLATE "C",
    ready_at BIGINT GENERATED ALWAYS AS (greatest(due_at, coalesce(leased_until, 0))) STORED
);

CREATE INDEX callbacks_due ON callbacks (due_at, number, lane, ready_at) WHERE state = 'waiting';
CREATE INDEX callbacks_ready ON callbacks (ready_at, lane) WHERE state = 'waiting';
CREATE INDEX callbacks_undelivered ON callbacks (state, number) WHERE state <> 'delivered';
CREATE INDEX callbacks_of_proposal ON callbacks (proposal_id, state);
CREATE INDEX callbacks_over ON callbacks (at) WHERE state IN ('delivered', 'dead_letter');

CREATE TRIGGER callbacks_notify AFTER INSERT ON callbacks FOR EACH ROW
EXECUTE FUNCTION notify_of('callbacks');

CREATE TRIGGER callbacks_notify_again AFTER UPDATE ON callbacks FOR EACH ROW
WHEN (NEW.state = 'waiting' AND (OLD.state <> 'waiting' OR NEW.due_at < OLD.due_at))
EXECUTE FUNCTION notify_of('callbacks');

CREATE TRIGGER callbacks_of_no_drill BEFORE INSERT ON callbacks FOR EACH ROW
EXECUTE FUNCTION refuse_drill('no agent is told of a drill');

CREATE TRIGGER callbacks_told_once BEFORE UPDATE ON callbacks FOR EACH ROW
WHEN (OLD.state = 'delivered' AND NEW.state <> 'delivered')
EXECUTE FUNCTION refuse('what an agent took is not told again');

CREATE TABLE stream (
    agent TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (agent, seq)
);

CREATE TRIGGER stream_of_no_drill BEFORE INSERT ON stream FOR EACH ROW
EXECUTE FUNCTION refuse_event_of_drill('no agent is told of a drill');

CREATE FUNCTION notify_agent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('signoff', CAST(json_build_object('agent', NEW.agent) AS TEXT));
    RETURN NULL;
END $$;

CREATE TRIGGER stream_notify AFTER INSERT ON stream FOR EACH ROW
EXECUTE FUNCTION notify_agent();


-- Messages in Slack ---------------------------------------------------------------------------------------------------

CREATE TABLE messages (
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('card', 'batch', 'flood', 'sample', 'notice', 'waits', 'went_wrong')),
    subject TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    ts TEXT COLLATE "C",
    version BIGINT NOT NULL,
    shown TEXT COLLATE "C",
    words TEXT COLLATE "C" NOT NULL,
    previous_words TEXT COLLATE "C" NOT NULL,
    posting_since BIGINT,
    posted_at BIGINT,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('posting', 'posted', 'closed', 'lost')),
    whole TEXT COLLATE "C",
    previous_whole TEXT COLLATE "C",
    PRIMARY KEY (kind, subject, channel),
    UNIQUE (channel, ts),
    CHECK ((state IN ('posted', 'closed')) = (ts IS NOT NULL))
);

CREATE INDEX messages_waits ON messages (channel) WHERE kind = 'waits' AND state = 'posted';
CREATE INDEX messages_direct ON messages (channel, posted_at) WHERE kind IN ('waits', 'went_wrong');

CREATE TABLE batches (
    lead TEXT COLLATE "C" PRIMARY KEY REFERENCES proposals (id),
    agent TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    most BIGINT NOT NULL CHECK (most >= 2)
);

CREATE INDEX batches_open ON batches (agent, action, role, channel, closes_at);

CREATE TABLE batch_members (
    proposal_id TEXT COLLATE "C" PRIMARY KEY REFERENCES proposals (id),
    lead TEXT COLLATE "C" NOT NULL REFERENCES batches (lead),
    number BIGINT NOT NULL CHECK (number >= 1),
    UNIQUE (lead, number)
);

CREATE TABLE floods (
    lead TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    channel TEXT COLLATE "C" NOT NULL,
    agent TEXT COLLATE "C" NOT NULL,
    begun_at BIGINT NOT NULL,
    called TEXT COLLATE "C" NOT NULL,
    joined_at BIGINT NOT NULL,
    reminder_at BIGINT,
    reminded_at BIGINT,
    waiting BIGINT NOT NULL,
    PRIMARY KEY (lead, channel)
);

CREATE INDEX floods_open ON floods (agent, channel, begun_at) WHERE waiting > 0;

CREATE TABLE flood_members (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    channel TEXT COLLATE "C" NOT NULL,
    lead TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    FOREIGN KEY (lead, channel) REFERENCES floods (lead, channel)
);

CREATE TABLE notified_people (
    person TEXT COLLATE "C" PRIMARY KEY,
    team TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE direct_members (
    person TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('waits', 'went_wrong')),
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    lead TEXT COLLATE "C",
    at BIGINT NOT NULL,
    PRIMARY KEY (person, kind, proposal_id)
);

CREATE INDEX direct_members_of ON direct_members (person, kind, lead, at);


-- Remembered approvals and remembered rejections ----------------------------------------------------------------------

CREATE TABLE remembered_decisions (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    verdict TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('approve', 'reject')),
    agent TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    most BIGINT CHECK (most >= 1),
    used BIGINT NOT NULL CHECK (used >= 0),
    ended TEXT COLLATE "C" CHECK (ended IN ('person', 'expired', 'exhausted', 'retracted', 'policy_changed')),
    ended_by TEXT COLLATE "C",
    ended_at BIGINT,
    PRIMARY KEY (proposal_id, verdict),
    CHECK ((verdict = 'approve') = (most IS NOT NULL)),
    CHECK (most IS NULL OR used <= most),
    CHECK (until > at),
    -- At most 30 days.
    CHECK (verdict = 'approve' OR until - at <= 2592000000),
    CHECK (verdict = 'approve' OR ended IS NULL OR ended IN ('person', 'expired')),
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CHECK (ended IS DISTINCT FROM 'person' OR ended_by IS NOT NULL),
    CHECK (ended_by IS NULL OR ended IS NOT DISTINCT FROM 'person' OR ended IS NOT DISTINCT FROM 'retracted')
);

CREATE INDEX remembered_open ON remembered_decisions (agent, action, at) WHERE verdict = 'approve' AND ended IS NULL;
CREATE INDEX remembered_until ON remembered_decisions (until) WHERE ended IS NULL;
CREATE INDEX remembered_of_person ON remembered_decisions (person) WHERE ended IS NULL;

CREATE TRIGGER remembered_ended_stays BEFORE UPDATE ON remembered_decisions FOR EACH ROW
WHEN (OLD.ended IS NOT NULL)
EXECUTE FUNCTION refuse('a remembered decision that ended stays ended');

CREATE TRIGGER remembered_terms_stay BEFORE UPDATE ON remembered_decisions FOR EACH ROW
WHEN ((NEW.proposal_id, NEW.verdict, NEW.agent, NEW.action, NEW.person, NEW.at, NEW.until, NEW.most)
    IS DISTINCT FROM (OLD.proposal_id, OLD.verdict, OLD.agent, OLD.action, OLD.person, OLD.at, OLD.until, OLD.most)
    OR NEW.used NOT IN (OLD.used, OLD.used + 1))
EXECUTE FUNCTION refuse('a remembered decision keeps its terms and counts one by one');

CREATE TRIGGER remembered_undeleted BEFORE DELETE ON remembered_decisions FOR EACH ROW
EXECUTE FUNCTION refuse('a remembered decision is ended, never deleted');

CREATE TRIGGER remembered_untruncated BEFORE TRUNCATE ON remembered_decisions
EXECUTE FUNCTION refuse('a remembered decision is ended, never deleted');

CREATE FUNCTION remembered_begun_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM remembered_decisions WHERE proposal_id = NEW.proposal_id AND verdict = NEW.verdict
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER remembered_begun_once BEFORE INSERT ON remembered_decisions FOR EACH ROW
EXECUTE FUNCTION remembered_begun_once('a remembered decision begins once');

CREATE TRIGGER remembered_of_no_drill BEFORE INSERT ON remembered_decisions FOR EACH ROW
EXECUTE FUNCTION refuse_drill('nothing is remembered of a drill');

CREATE FUNCTION remembered_of_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND status IN ('rejected', 'revoked')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER remembered_of_refused BEFORE INSERT ON remembered_decisions FOR EACH ROW
WHEN (NEW.verdict = 'reject')
EXECUTE FUNCTION remembered_of_refused('only what was rejected or revoked is remembered as that');

CREATE TABLE remembered_uses (
    proposal_id TEXT COLLATE "C" PRIMARY KEY REFERENCES proposals (id) DEFERRABLE INITIALLY DEFERRED,
    remembered_id TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL DEFAULT 'approve' CHECK (verdict = 'approve'),
    at BIGINT NOT NULL,
    FOREIGN KEY (remembered_id, verdict) REFERENCES remembered_decisions (proposal_id, verdict)
);


-- Delegations, stopped agents, samples --------------------------------------------------------------------------------

CREATE TABLE delegations (
    id TEXT COLLATE "C" PRIMARY KEY,
    delegator TEXT COLLATE "C" NOT NULL,
    delegate TEXT COLLATE "C" NOT NULL,
    begun_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT COLLATE "C",
    CHECK (delegator <> delegate),
    -- At most 60 days.
    CHECK (until > begun_at AND until - begun_at <= 5184000000),
    CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
);

CREATE UNIQUE INDEX delegations_one ON delegations (delegator, delegate) WHERE ended_at IS NULL;
CREATE INDEX delegations_received ON delegations (delegate, until) WHERE ended_at IS NULL;
CREATE INDEX delegations_due ON delegations (until) WHERE ended_at IS NULL;

CREATE TRIGGER delegations_only_end BEFORE UPDATE ON delegations FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
    OR (NEW.id, NEW.delegator, NEW.delegate, NEW.begun_at, NEW.until)
        IS DISTINCT FROM (OLD.id, OLD.delegator, OLD.delegate, OLD.begun_at, OLD.until))
EXECUTE FUNCTION refuse('a delegation only ends, once');

CREATE TRIGGER delegations_stay BEFORE DELETE ON delegations FOR EACH ROW
EXECUTE FUNCTION refuse('a delegation that was is never forgotten');

CREATE TRIGGER delegations_untruncated BEFORE TRUNCATE ON delegations
EXECUTE FUNCTION refuse('a delegation that was is never forgotten');

-- The texts of policies that came into force, each by its digest, which the entry tells: what it is, not what decides.
CREATE TABLE policy_texts (
    digest TEXT COLLATE "C" PRIMARY KEY,
    text TEXT COLLATE "C" NOT NULL
);

-- How far the log was handed to whoever follows it elsewhere; `lease` names the newest lease. It decides nothing.
CREATE TABLE export_cursors (
    name TEXT COLLATE "C" PRIMARY KEY,
    seq BIGINT NOT NULL CHECK (seq >= 0),
    lease BIGINT NOT NULL,
    leased_until BIGINT NOT NULL
);

CREATE TABLE stopped_agents (
    agent TEXT COLLATE "C" PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL,
    team TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT COLLATE "C"
);

CREATE TABLE second_factors (
    person TEXT COLLATE "C" PRIMARY KEY,
    sealed TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

CREATE TRIGGER second_factors_stay BEFORE UPDATE ON second_factors FOR EACH ROW
EXECUTE FUNCTION refuse('a second factor stays as it is, until it is reset');

CREATE TRIGGER stopped_agents_stay BEFORE UPDATE ON stopped_agents FOR EACH ROW
EXECUTE FUNCTION refuse('who stopped an agent stays as it was, until it is resumed');

CREATE TABLE samples (
    proposal_id TEXT COLLATE "C" PRIMARY KEY REFERENCES proposals (id),
    action TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    channels TEXT COLLATE "C" NOT NULL,
    nonce TEXT COLLATE "C" NOT NULL,
    sampled_at BIGINT NOT NULL,
    judgement TEXT COLLATE "C" CHECK (judgement IN ('fine', 'not_fine')),
    judged_by TEXT COLLATE "C",
    judged_at BIGINT,
    reason TEXT COLLATE "C",
    CHECK ((judgement IS NULL) = (judged_by IS NULL)),
    CHECK ((judgement IS NULL) = (judged_at IS NULL)),
    CHECK ((judgement IS NOT DISTINCT FROM 'not_fine') = (reason IS NOT NULL))
);

CREATE INDEX samples_of_action ON samples (action, judgement);
CREATE INDEX samples_by_time ON samples (sampled_at);

CREATE TRIGGER samples_judged_once BEFORE UPDATE ON samples FOR EACH ROW
WHEN (NEW.judgement IS NULL OR (
    NEW.proposal_id, NEW.action, NEW.roles, NEW.channels, NEW.nonce, NEW.sampled_at
) IS DISTINCT FROM (
    OLD.proposal_id, OLD.action, OLD.roles, OLD.channels, OLD.nonce, OLD.sampled_at
) OR (OLD.judgement IS NOT NULL AND (NEW.judgement, NEW.judged_by, NEW.judged_at, NEW.reason)
    IS DISTINCT FROM (OLD.judgement, OLD.judged_by, OLD.judged_at, CASE WHEN OLD.reason IS NOT NULL THEN '[erased]' END)))
EXECUTE FUNCTION refuse('a sample stays as it was drawn, and is judged once');

CREATE TRIGGER samples_of_no_drill BEFORE INSERT ON samples FOR EACH ROW
EXECUTE FUNCTION refuse_drill('a drill is no sample');

CREATE TRIGGER samples_undeleted BEFORE DELETE ON samples FOR EACH ROW
EXECUTE FUNCTION refuse('a sample stays: what was drawn counts');

CREATE TRIGGER samples_untruncated BEFORE TRUNCATE ON samples
EXECUTE FUNCTION refuse('a sample stays: what was drawn counts');


-- Figures -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION nobody_and_excluded(gate TEXT) RETURNS SETOF TEXT IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT '' AS person
    UNION ALL
    SELECT coalesce(x.value, '') FROM json_each(CASE WHEN json_valid(gate) THEN json_extract(gate, '$.excluded') END) AS x;
END;

CREATE VIEW figured AS
WITH asked AS NOT MATERIALIZED (
    SELECT
        p.id AS proposal_id, l.days, p.created_at / 86400000 / l.days * l.days AS day, p.agent, p.action,
        coalesce(json_extract(p.gate, '$.roles'), '[]') AS roles, coalesce(json_extract(p.gate, '$.rules'), '[]') AS rules,
        x.person, p.status,
        CASE
            WHEN p.cause = 'expired' THEN 'expired'
            WHEN p.status = 'revoked' THEN 'revoked'
            WHEN p.cause <> 'reviewer' THEN 'otherwise'
            WHEN p.status = 'rejected' THEN 'rejected'
            WHEN p.revision = 1 THEN 'untouched'
            ELSE 'edited'
        END AS kind,
        p.resolved_at - p.created_at AS waited, to_hex(p.resolved_at - p.created_at) COLLATE "C" AS hex
    FROM proposals AS p CROSS JOIN nobody_and_excluded(p.gate) AS x (person)
    CROSS JOIN unnest(ARRAY[CAST(1 AS BIGINT), 8, 64]) AS l (days)
    WHERE p.cause NOT IN ('auto', 'watch', 'remembered_approval', 'blocked', 'quorum_unreachable', 'drill')
        AND CASE WHEN json_valid(p.gate) THEN json_extract(p.gate, '$.tier') END = 'approve'
), decided AS NOT MATERIALIZED (
    SELECT
        d.proposal_id, d.number, d.reviewer, d.verdict, d.revision, d.round, d.at, d.roles, d.opened_details, d.retracted_at,
        p.agent, p.action, p.created_at, p.status, p.round AS last_round,
        CASE WHEN json_valid(p.gate) THEN p.gate ELSE '{}' END AS gate,
        CAST(CASE WHEN d.streak <= 10 THEN 1 WHEN d.streak <= 30 THEN 11 WHEN d.streak <= 100 THEN 31 ELSE 101 END AS BIGINT) AS streak,
        CASE WHEN d.first_seen_at <= d.at THEN d.at - d.first_seen_at END AS looked,
        CASE WHEN d.first_seen_at <= d.at AND d.seen_words > 0
            THEN (d.at - d.first_seen_at) * 12 / (25 * d.seen_words) END AS readings
    FROM decisions AS d JOIN proposals AS p ON p.id = d.proposal_id
    WHERE p.drill IS NULL
), decided_kinds AS NOT MATERIALIZED (
    SELECT
        d.*, to_hex(d.looked) COLLATE "C" AS looked_hex, to_hex(d.readings) COLLATE "C" AS readings_hex,
        CASE WHEN (
            CAST(json_extract(d.gate, '$.approvals') AS BIGINT)
                * (SELECT count(*) FROM json_each(coalesce(json_extract(d.gate, '$.roles'), '[]'))) > 1
            OR json_extract(d.gate, '$.second_person') = 'true'
        ) THEN (
            SELECT min(CASE WHEN b.verdict = d.verdict THEN 1 ELSE 0 END) FROM decisions AS b
            WHERE b.proposal_id = d.proposal_id AND b.number < d.number AND b.round = d.round AND b.reviewer <> d.reviewer
                AND (b.retracted_at IS NULL OR b.retracted_at >= d.at)
        ) END AS agrees
    FROM decided AS d
    WHERE json_extract(d.gate, '$.tier') = 'approve'
)
SELECT
    proposal_id, CAST(NULL AS BIGINT) AS decision, days, day, agent, action, roles, rules, person, '' AS reviewer, kind,
    CAST(0 AS BIGINT) AS step, CAST(0 AS BIGINT) AS waited
FROM asked
UNION ALL
SELECT
    proposal_id, CAST(NULL AS BIGINT) AS decision, days, day, agent, action, roles, rules, person, '' AS reviewer, 'failed' AS kind,
    CAST(0 AS BIGINT) AS step, CAST(0 AS BIGINT) AS waited
FROM asked WHERE status = 'failed'
UNION ALL
SELECT
    proposal_id, CAST(NULL AS BIGINT) AS decision, days, day, agent, action, roles, rules, person, '' AS reviewer, 'wait' AS kind,
    CAST(CASE
        WHEN hex >= 'c' THEN 12 WHEN hex >= '8' THEN 8 WHEN hex >= '6' THEN 6 WHEN hex >= '4' THEN 4
        ELSE CAST(substr(hex, 1, 1) AS INTEGER)
    END AS BIGINT) << (4 * (length(hex) - 1)) AS step,
    waited
FROM asked WHERE kind IN ('untouched', 'edited', 'rejected')
UNION ALL
SELECT
    p.id AS proposal_id, d.number AS decision, l.days, p.created_at / 86400000 / l.days * l.days AS day, p.agent, p.action,
    CASE WHEN x.person <> '' THEN coalesce(json_extract(p.gate, '$.roles'), '[]') ELSE d.roles END AS roles,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.rules'), '[]') ELSE '[]' END AS rules,
    x.person, CASE WHEN x.person = '' THEN d.reviewer ELSE '' END AS reviewer,
    'rushed' AS kind, CAST(0 AS BIGINT) AS step, CAST(0 AS BIGINT) AS waited
FROM decisions AS d JOIN proposals AS p ON p.id = d.proposal_id CROSS JOIN nobody_and_excluded(p.gate) AS x (person)
CROSS JOIN unnest(ARRAY[CAST(1 AS BIGINT), 8, 64]) AS l (days)
WHERE d.rushed = 1 AND p.drill IS NULL
UNION ALL
SELECT
    d.proposal_id, d.number AS decision, l.days, d.created_at / 86400000 / l.days * l.days AS day, d.agent, d.action,
    d.roles, coalesce(json_extract(d.gate, '$.rules'), '[]') AS rules, '' AS person, d.reviewer, k.kind, k.step, k.waited
FROM decided_kinds AS d
CROSS JOIN LATERAL (VALUES
    (CASE
        WHEN d.verdict = 'reject' THEN 'refused'
        WHEN EXISTS (
            SELECT 1 FROM revisions AS r
            WHERE r.proposal_id = d.proposal_id AND r.number = d.revision AND r.editor = d.reviewer
        ) THEN 'changed'
        ELSE 'agreed'
    END, d.streak, CAST(0 AS BIGINT)),
    (CASE WHEN d.opened_details = 1 THEN 'details' END, d.streak, 0),
    (CASE WHEN d.looked IS NOT NULL THEN 'looked' END, CAST(CASE
        WHEN looked_hex >= 'c' THEN 12 WHEN looked_hex >= '8' THEN 8 WHEN looked_hex >= '6' THEN 6 WHEN looked_hex >= '4' THEN 4
        ELSE CAST(substr(looked_hex, 1, 1) AS INTEGER)
    END AS BIGINT) << (4 * (length(looked_hex) - 1)), d.looked),
    (CASE WHEN d.readings IS NOT NULL THEN 'read_' || d.streak END, CAST(CASE
        WHEN readings_hex >= 'c' THEN 12 WHEN readings_hex >= '8' THEN 8 WHEN readings_hex >= '6' THEN 6
        WHEN readings_hex >= '4' THEN 4 ELSE CAST(substr(readings_hex, 1, 1) AS INTEGER)
    END AS BIGINT) << (4 * (length(readings_hex) - 1)), d.readings),
    (CASE WHEN d.agrees IS NOT NULL THEN 'second' END, 0, 0),
    (CASE WHEN d.agrees = 0 THEN 'disagreed' END, 0, 0),
    (CASE WHEN d.retracted_at IS NOT NULL THEN 'retracted' END, 0, 0),
    (CASE WHEN d.verdict = 'approve' AND d.retracted_at IS NULL AND d.round = d.last_round
        THEN CASE d.status WHEN 'failed' THEN 'failed_later' WHEN 'revoked' THEN 'undone_later' END
    END, 0, 0)
) AS k (kind, step, waited)
CROSS JOIN unnest(ARRAY[CAST(1 AS BIGINT), 8, 64]) AS l (days)
WHERE k.kind IS NOT NULL
UNION ALL
SELECT
    p.id AS proposal_id, CAST(0 AS BIGINT) AS decision, l.days, s.sampled_at / 86400000 / l.days * l.days AS day, p.agent, s.action, s.roles,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.rules'), '[]') ELSE '[]' END AS rules,
    x.person, '' AS reviewer, k.kind, CAST(0 AS BIGINT) AS step, CAST(0 AS BIGINT) AS waited
FROM samples AS s JOIN proposals AS p ON p.id = s.proposal_id CROSS JOIN nobody_and_excluded(p.gate) AS x (person)
CROSS JOIN unnest(CASE
    WHEN s.judgement IS NULL THEN ARRAY['sampled'] WHEN s.judgement = 'fine' THEN ARRAY['sampled', 'judged']
    ELSE ARRAY['sampled', 'judged', 'not_fine']
END) AS k (kind)
CROSS JOIN unnest(ARRAY[CAST(1 AS BIGINT), 8, 64]) AS l (days)
UNION ALL
SELECT
    p.id AS proposal_id, CAST(NULL AS BIGINT) AS decision, l.days, p.created_at / 86400000 / l.days * l.days AS day, p.agent, p.action,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.roles'), '[]') ELSE '[]' END AS roles,
    CASE WHEN json_valid(p.gate) THEN coalesce(json_extract(p.gate, '$.rules'), '[]') ELSE '[]' END AS rules,
    '' AS person, '' AS reviewer,
    CASE CASE WHEN json_valid(p.drill) THEN json_extract(p.drill, '$.result') END
        WHEN 'caught' THEN 'caught' WHEN 'missed' THEN 'missed' WHEN 'unanswered' THEN 'unanswered' ELSE 'broken_off'
    END AS kind,
    CAST(0 AS BIGINT) AS step, CAST(0 AS BIGINT) AS waited
FROM proposals AS p CROSS JOIN unnest(ARRAY[CAST(1 AS BIGINT), 8, 64]) AS l (days)
WHERE p.cause = 'drill';

CREATE TABLE figures (
    person TEXT COLLATE "C" NOT NULL,
    days BIGINT NOT NULL,
    day BIGINT NOT NULL,
    agent TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    rules TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    step BIGINT NOT NULL,
    count BIGINT NOT NULL,
    waited BIGINT NOT NULL,
    PRIMARY KEY (person, days, day, agent, action, roles, rules, reviewer, kind, step)
);

-- Adds what a proposal counts, so many times: all of it, or what comes of one decision; 0 is the sample.
CREATE FUNCTION count_figures(proposal TEXT, part BIGINT, times BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figures (person, days, day, agent, action, roles, rules, reviewer, kind, step, count, waited)
    SELECT
        f.person, f.days, f.day, f.agent, f.action, f.roles, f.rules, f.reviewer, f.kind, f.step,
        times * count(*), times * CAST(sum(f.waited) AS BIGINT)
    -- Two that count for the same are one row here: no row can be changed twice by one statement.
    FROM figured AS f WHERE f.proposal_id = proposal AND (part IS NULL OR f.decision = part)
    GROUP BY f.person, f.days, f.day, f.agent, f.action, f.roles, f.rules, f.reviewer, f.kind, f.step
    ON CONFLICT (person, days, day, agent, action, roles, rules, reviewer, kind, step)
    DO UPDATE SET count = figures.count + excluded.count, waited = figures.waited + excluded.waited;
END $$;

CREATE FUNCTION figure_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_figures(NEW.id, NULL, CASE TG_WHEN WHEN 'BEFORE' THEN -1 ELSE 1 END);
    RETURN NEW;
END $$;

CREATE TRIGGER proposals_figured AFTER INSERT ON proposals FOR EACH ROW
WHEN (NEW.cause NOT IN ('auto', 'watch', 'remembered_approval', 'blocked', 'quorum_unreachable'))
EXECUTE FUNCTION figure_proposal();

CREATE TRIGGER proposals_figured_before BEFORE UPDATE ON proposals FOR EACH ROW
WHEN ((NEW.cause, NEW.gate, NEW.revision, NEW.status IN ('revoked', 'rejected'), NEW.status = 'failed', NEW.resolved_at)
    IS DISTINCT FROM
    (OLD.cause, OLD.gate, OLD.revision, OLD.status IN ('revoked', 'rejected'), OLD.status = 'failed', OLD.resolved_at))
EXECUTE FUNCTION figure_proposal();

CREATE TRIGGER proposals_figured_after AFTER UPDATE ON proposals FOR EACH ROW
WHEN ((NEW.cause, NEW.gate, NEW.revision, NEW.status IN ('revoked', 'rejected'), NEW.status = 'failed', NEW.resolved_at)
    IS DISTINCT FROM
    (OLD.cause, OLD.gate, OLD.revision, OLD.status IN ('revoked', 'rejected'), OLD.status = 'failed', OLD.resolved_at))
EXECUTE FUNCTION figure_proposal();

CREATE FUNCTION figure_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_figures(NEW.proposal_id, NEW.number, CASE TG_WHEN WHEN 'BEFORE' THEN -1 ELSE 1 END);
    RETURN NEW;
END $$;

CREATE TRIGGER decisions_figured AFTER INSERT ON decisions FOR EACH ROW
EXECUTE FUNCTION figure_decision();

CREATE TRIGGER decisions_figured_before BEFORE UPDATE OF retracted_at ON decisions FOR EACH ROW
EXECUTE FUNCTION figure_decision();

CREATE TRIGGER decisions_figured_after AFTER UPDATE OF retracted_at ON decisions FOR EACH ROW
EXECUTE FUNCTION figure_decision();

CREATE FUNCTION figure_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_figures(NEW.proposal_id, 0, CASE TG_WHEN WHEN 'BEFORE' THEN -1 ELSE 1 END);
    RETURN NEW;
END $$;

CREATE TRIGGER samples_figured AFTER INSERT ON samples FOR EACH ROW
EXECUTE FUNCTION figure_sample();

CREATE TRIGGER samples_figured_before BEFORE UPDATE ON samples FOR EACH ROW
EXECUTE FUNCTION figure_sample();

CREATE TRIGGER samples_figured_after AFTER UPDATE ON samples FOR EACH ROW
EXECUTE FUNCTION figure_sample();


-- Forms and questions -------------------------------------------------------------------------------------------------

CREATE TABLE forms (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    revision BIGINT NOT NULL,
    nonce TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN (
        'edit', 'confirm', 'reject', 'revoke', 'details', 'review', 'object', 'hand_over', 'ask', 'not_fine',
        'batch', 'batch_reject', 'flood', 'type'
    )),
    typed TEXT COLLATE "C" NOT NULL,
    page BIGINT NOT NULL,
    view_id TEXT COLLATE "C",
    opened_at BIGINT NOT NULL,
    first_seen_at BIGINT,
    seen_words BIGINT,
    -- These words, or those of the card from which it was opened, where they were noted.
    seen_text TEXT COLLATE "C",
    seal TEXT COLLATE "C" NOT NULL,
    CHECK ((first_seen_at IS NULL) = (seen_words IS NULL))
);

CREATE INDEX forms_typed ON forms (proposal_id, reviewer, kind, revision, opened_at);
CREATE INDEX forms_opened ON forms (opened_at);
CREATE INDEX forms_in_view ON forms (view_id, reviewer, opened_at) WHERE kind = 'review';

CREATE TABLE modals (
    id TEXT COLLATE "C" PRIMARY KEY,
    view_id TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN (
        'list', 'next', 'delegate', 'delegation_end', 'agent_stop', 'agent_resume', 'everything_stop', 'everything_resume', 'enrol', 'factor_reset', 'remembered_end'
    )),
    subject TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    used_at BIGINT,
    seal TEXT COLLATE "C" NOT NULL
);

CREATE INDEX modals_opened ON modals (opened_at);

CREATE TABLE questions (
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    text TEXT COLLATE "C" NOT NULL CHECK (text <> '' AND octet_length(text) <= 4000),
    asked_by TEXT COLLATE "C" NOT NULL,
    asked_at BIGINT NOT NULL,
    reply TEXT COLLATE "C" CHECK (reply <> '' AND octet_length(reply) <= 16000),
    replied_at BIGINT,
    digest TEXT COLLATE "C",
    PRIMARY KEY (proposal_id, number),
    CHECK ((reply IS NULL) = (replied_at IS NULL)),
    CHECK (digest IS NULL OR reply IS NOT NULL)
);

CREATE UNIQUE INDEX questions_one_open ON questions (proposal_id) WHERE reply IS NULL;

CREATE TRIGGER questions_answered_once BEFORE UPDATE ON questions FOR EACH ROW
WHEN ((NEW.proposal_id, NEW.number, NEW.asked_by, NEW.asked_at)
        IS DISTINCT FROM (OLD.proposal_id, OLD.number, OLD.asked_by, OLD.asked_at)
    OR CASE WHEN NEW.text IS DISTINCT FROM OLD.text OR OLD.reply IS NOT NULL
        THEN (NEW.text, NEW.reply, NEW.replied_at, NEW.digest)
            IS DISTINCT FROM ('[erased]', CASE WHEN OLD.reply IS NOT NULL THEN '[erased]' END, OLD.replied_at, OLD.digest)
        ELSE FALSE
    END)
EXECUTE FUNCTION refuse('a question stays as it was asked, and is answered once');

CREATE TRIGGER questions_stay BEFORE DELETE ON questions FOR EACH ROW
EXECUTE FUNCTION refuse('a question stays');

CREATE TRIGGER questions_untruncated BEFORE TRUNCATE ON questions
EXECUTE FUNCTION refuse('a question stays');


-- What is known of the past -------------------------------------------------------------------------------------------

CREATE TABLE approved_values (
    agent TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    PRIMARY KEY (agent, action, field, value, proposal_id)
);

CREATE TRIGGER approved_values_of_no_drill BEFORE INSERT ON approved_values FOR EACH ROW
EXECUTE FUNCTION refuse_drill('what people say of a drill makes nothing known');

CREATE TABLE effects (
    effect TEXT COLLATE "C" NOT NULL,
    proposal_id TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'waiting', 'overtaken', 'succeeded', 'tried')),
    PRIMARY KEY (effect, proposal_id)
);

CREATE UNIQUE INDEX effects_one_open ON effects (effect) WHERE state = 'open';
CREATE INDEX effects_in_state ON effects (effect, state, proposal_id);
CREATE INDEX effects_of_proposal ON effects (proposal_id);

CREATE TRIGGER effects_of_no_drill BEFORE INSERT ON effects FOR EACH ROW
EXECUTE FUNCTION refuse_drill('a drill does nothing, and holds no effect');

CREATE INDEX entries_of_digest ON entries (json_extract(facts, '$.action.digest')) WHERE tag = 'proposal:submitted';
CREATE INDEX entries_of_new_digest ON entries (json_extract(facts, '$.revision.action.digest'))
WHERE tag IN ('proposal:edited', 'proposal:revised');

CREATE INDEX entries_of_action ON entries (actor_id, json_extract(facts, '$.action.name'), at, proposal_id)
WHERE tag = 'proposal:submitted' AND actor_kind = 'agent';

CREATE INDEX entries_submitted ON entries (actor_id, at, json_extract(facts, '$.action.name'), proposal_id)
WHERE tag = 'proposal:submitted' AND actor_kind = 'agent';

-- What was claimed lately, for budgets; what may still run is found among the proposals.
CREATE INDEX entries_claimed ON entries (at, proposal_id) WHERE tag = 'proposal:claimed';

CREATE INDEX entries_noes ON entries (at)
WHERE tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND actor_kind = 'reviewer';
CREATE INDEX entries_noes_in_order ON entries (seq)
WHERE tag IN ('proposal:rejected', 'proposal:revoked', 'proposal:objected') AND actor_kind = 'reviewer';


-- Statistics ----------------------------------------------------------------------------------------------------------

-- What agents and people wrote is looked up by nothing, so the planner need not know of it: its statistics hold samples of
-- the values themselves, which no erasure reaches.
DO $$
DECLARE
    written TEXT;
BEGIN
    FOREACH written IN ARRAY ARRAY[
        'approved_values.value', 'callbacks.lane', 'callbacks.url', 'contents.content', 'decisions.reason', 'forms.seen_text',
        'forms.typed',
        'messages.previous_whole', 'messages.previous_words', 'messages.whole', 'messages.words', 'proposals.ask',
        'proposals.gate', 'proposals.outcome', 'proposals.reason', 'proposals.rollback', 'proposals.suspension',
        'questions.reply', 'questions.text', 'revisions.patch', 'revisions.payload', 'samples.reason'
    ] LOOP
        EXECUTE format(
            'ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 0', split_part(written, '.', 1), split_part(written, '.', 2)
        );
    END LOOP;
END $$;
