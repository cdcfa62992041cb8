BEGIN TRANSACTION;
CREATE TABLE approved_numbers (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    at INTEGER NOT NULL,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number REAL NOT NULL,
    PRIMARY KEY (agent, action, field, at, proposal_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE approved_values (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (agent, action, field, value)
) STRICT, WITHOUT ROWID;
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','39bb88f40d3aa2b2fe9dea67be27c74765db0ebb3ff3cf8fb779af6319fa2045',1);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','order','a0064c86a582fa64f14c66f6b43708d60e1bdb791ac2acfa332d059895c265f9',1);
CREATE TABLE batch_members (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    lead TEXT NOT NULL REFERENCES batches (lead),
    number INTEGER NOT NULL CHECK (number >= 1),
    UNIQUE (lead, number)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE burst_members (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    lead TEXT NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    FOREIGN KEY (lead, channel) REFERENCES bursts (lead, channel)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE callbacks (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    url TEXT NOT NULL,
    -- One of a few for each agent and receiver; one callback at a time goes through it.
    lane TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'approved', 'taken_back', 'rejected', 'revoked', 'lapsed', 'withdrawn', 'asked', 'extended', 'objected',
        'overran'
    )),
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'told', 'parked', 'stopped')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    due_at INTEGER NOT NULL,
    -- Names the newest lease, so that one that ran out cannot settle for the next.
    lease INTEGER UNIQUE,
    leased_until INTEGER,
    -- What came of the newest attempt; never a word of what the receiver answered.
    why TEXT,
    ready_at INTEGER GENERATED ALWAYS AS (max(due_at, coalesce(leased_until, 0))) STORED
) STRICT;
CREATE TABLE cards (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    channel TEXT NOT NULL,
    ts TEXT,
    version INTEGER NOT NULL,
    digest TEXT,
    words TEXT NOT NULL,
    previous_words TEXT NOT NULL,
    posting_since INTEGER,
    state TEXT NOT NULL CHECK (state IN ('posting', 'standing', 'closed', 'lost')), posted_at INTEGER,
    PRIMARY KEY (proposal_id, channel),
    UNIQUE (channel, ts),
    CHECK ((state IN ('standing', 'closed')) = (ts IS NOT NULL))
) STRICT;
CREATE TABLE decisions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    reviewer TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject')),
    revision INTEGER NOT NULL,
    round INTEGER NOT NULL,
    at INTEGER NOT NULL,
    roles TEXT NOT NULL,
    reason TEXT, stands_in_for TEXT, hasty INTEGER NOT NULL DEFAULT 0 CHECK (hasty IN (0, 1)), seen_at INTEGER, taken_back_at INTEGER, taken_back_from INTEGER CHECK (
    (taken_back_from IS NULL) = (taken_back_at IS NULL) AND (taken_back_at IS NULL OR verdict = 'approve')
),
    PRIMARY KEY (proposal_id, number)
) STRICT;
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000001',1,'U0LEAD','approve',1,1,1795170960000,'["finance","support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000004',1,'U0LEAD','approve',1,1,1795170960000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
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
INSERT INTO "entries" VALUES(1,'ent_66965ac16665229ac7aaff69b97d827c',1795169700000,'proposal:submitted','prp_00000000000000000000000000000001',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000001","action":{"name":"refund.create","payload":{"amount":1500,"order":"1001"},"digest":"sha256:fa66b9c857e261dedc7d76a13e2d5e230f1ef95e8092fe70198859bfb53cdb07"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["finance","support"],"approvals":1,"channels":["C0FINANCE","C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[{"after":1200,"to":"lead","channel":"C0LEAD"}],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:257e41a2e64e5964f483a3743de8546b57eea2ed42f0a22c5e84b82d83e0f37a","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','0000000000000000000000000000000000000000000000000000000000000000','d296c7ad0bd4222d7293f98cdfc31035e2f3bc306dea7d6d5def16581b7c18e7','d9215d5f74b9f052f2f0a9af46ec3f378bffeb6692ecd6ff500783e2a23ea265');
INSERT INTO "entries" VALUES(2,'ent_458a64318a7a031d9719de957e851ebb',1795169700000,'proposal:submitted','prp_00000000000000000000000000000002',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000002","action":{"name":"refund.create","payload":{"amount":1600,"order":"1001"},"digest":"sha256:50067ec89cc7d4a84b76f67d6e714cdb585341aa53da9457b609db9af2956270"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["finance","support"],"approvals":1,"channels":["C0FINANCE","C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[{"after":1200,"to":"lead","channel":"C0LEAD"}],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:9f53cca0ed8ab27e027f4bcc01b76a1d6bb3dcd45dc6bd6ddfd1fdcc2ea2ec39","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','d296c7ad0bd4222d7293f98cdfc31035e2f3bc306dea7d6d5def16581b7c18e7','43d9c8eb306136dc10ed79d69d515ddb0cb470e82f2a2c720300106c6cccd7bf','dbe1b0d80ce0b259a45836bc74c698d8f9b2390a8b86eb3533f75e96adf653ba');
INSERT INTO "entries" VALUES(3,'ent_92aafa0c05f1e2a981748ecb47a5d422',1795170960000,'proposal:escalated','prp_00000000000000000000000000000001',1,'system','signoff',NULL,'[]','{"to":"lead","channel":"C0LEAD","by":null,"after":1200}','43d9c8eb306136dc10ed79d69d515ddb0cb470e82f2a2c720300106c6cccd7bf','d7ad8ea27ab52a777a8d620ecd57d338150e1c27cee28ebd36cb545cf3ed6a56','52fa66cc486573a4563ff75a7e1a53a20cb371f3171b7f54ff502a9c440a69a4');
INSERT INTO "entries" VALUES(4,'ent_71efb04976712ff2729b3ffc2269b932',1795170960000,'proposal:escalated','prp_00000000000000000000000000000002',1,'system','signoff',NULL,'[]','{"to":"lead","channel":"C0LEAD","by":null,"after":1200}','d7ad8ea27ab52a777a8d620ecd57d338150e1c27cee28ebd36cb545cf3ed6a56','f2f9bfc4dd79b9f01e061daca5dcaf3a0e046195c3cb9126e8ef606b38316dc7','e08966c2b37b7a404e9900a3f19f76c138a45bfe72791a9381ca2f519e35d2c4');
INSERT INTO "entries" VALUES(5,'ent_8f18d3d01045064e62e569623849a14f',1795170960000,'proposal:decided','prp_00000000000000000000000000000001',1,'reviewer','U0LEAD','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0LEAD","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:36:00.000Z","roles":["finance","support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','f2f9bfc4dd79b9f01e061daca5dcaf3a0e046195c3cb9126e8ef606b38316dc7','e5e60112a7b5fed90c8862d282693e9deb8d4729e60404532f0a7c5a9541bc12','a553505040b21f94d7af5b74e4f7557660e7d1dd5604f231aeb3c94951e7e103');
INSERT INTO "entries" VALUES(6,'ent_c9bf2896ad7e9016eb2ec98f47c561a6',1795170960000,'proposal:submitted','prp_00000000000000000000000000000003',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000003","action":{"name":"refund.create","payload":{"amount":250,"order":"1001"},"digest":"sha256:f6e55eab0918b5e48d0862a2fac0e96c58256ab06dfca0692c30e9a85b03d7d3"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:fb7e149677cf78de5871b3af36f700c5bbaf59a55a4e732fba2c352962a5d8f1","expires_at":"2026-11-20T11:36:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','e5e60112a7b5fed90c8862d282693e9deb8d4729e60404532f0a7c5a9541bc12','e5881aff7007084a7e5428ab1ef438c4af57089b96be01958621bba8cd3bef1d','729dd3749e1eeab30996191a081e899118c69fd23087938f39abaa9a18a78776');
INSERT INTO "entries" VALUES(7,'ent_176c3bb2bc5c5459df973be7cf8ba7b5',1795170960000,'proposal:escalated','prp_00000000000000000000000000000003',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"to":"lead","channel":"C0LEAD","by":"U0ALICE","after":null}','e5881aff7007084a7e5428ab1ef438c4af57089b96be01958621bba8cd3bef1d','745d6ac8a6f055d0ff0fc0f11bba1522b53414371d0bcbff9d3817f9f8b639a2','e97e9178cc65146011417ff3c9a6d514783caaabacbf099c4146c9037442b736');
INSERT INTO "entries" VALUES(8,'ent_db290c3983aa157683b4f5a2d65bd4d6',1795170960000,'proposal:submitted','prp_00000000000000000000000000000004',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000004","action":{"name":"refund.create","payload":{"amount":260,"order":"1001"},"digest":"sha256:2e9edd9cac8dd06610a2f84509e9ede8beb18731a0cf5d260867080619fab694"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:c967953788fcfc2d7fcc3345760106670b52c52dac7bc41b9e16c4c221987735","expires_at":"2026-11-20T11:36:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','745d6ac8a6f055d0ff0fc0f11bba1522b53414371d0bcbff9d3817f9f8b639a2','d67e0a0a1de7882b235dab62835a3f9add1e7a57f85ad552745d4ce5178b266b','9e455edb68c422b61eecccf7be8f0a3de06c59fb40a58b6a9264442966d9230f');
INSERT INTO "entries" VALUES(9,'ent_3b8bc1f11fded7ee345e430aa43723b5',1795170960000,'proposal:escalated','prp_00000000000000000000000000000004',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"to":"lead","channel":"C0LEAD","by":"U0ALICE","after":null}','d67e0a0a1de7882b235dab62835a3f9add1e7a57f85ad552745d4ce5178b266b','6c7b7d6678b996ced74039a7b7a29fa78798d215c9bddd0977310d0c99f37608','989878e0c1b79f5df607bf6b3cb35e20bc868b0c72cd2537d0093962089a147a');
INSERT INTO "entries" VALUES(10,'ent_7b6587c214fc46e78e8f060ad657a97a',1795170960000,'proposal:decided','prp_00000000000000000000000000000004',1,'reviewer','U0LEAD','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0LEAD","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:36:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','6c7b7d6678b996ced74039a7b7a29fa78798d215c9bddd0977310d0c99f37608','fc2281324afe95914d140d27ba186cd31a87b4a9e80055f1b0171f2f95959a51','10bdb0021707533ba51c784508d5a755c8cb33c63384de5ec5557da16d861d24');
INSERT INTO "entries" VALUES(11,'ent_fedec46b99922506256154e3e80adcae',1795170960000,'proposal:approved','prp_00000000000000000000000000000004',1,'reviewer','U0LEAD','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0LEAD","execute_by":"2026-11-20T11:36:00.000Z","claimable_at":null}','fc2281324afe95914d140d27ba186cd31a87b4a9e80055f1b0171f2f95959a51','e4a8f8b0a6714673df471b1e4ec9c484c09166dd67fe6bcf2cf948572f103100','2f983ea7863f7eab6c405df5d1ae7a2a5f2581f1826d59beba85780ef92dbd65');
CREATE TABLE exclusions (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    person TEXT NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (proposal_id, person)
) STRICT, WITHOUT ROWID;
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000001','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000002','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000003','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000004','U0OWNER',1);
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
, seen_at INTEGER, seen_words INTEGER CHECK ((seen_at IS NULL) = (seen_words IS NULL))) STRICT;
CREATE TABLE holds (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    proposed TEXT NOT NULL,
    digest TEXT NOT NULL,
    roles TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    stopped INTEGER NOT NULL CHECK (stopped >= 0),
    ended TEXT CHECK (ended IN ('person', 'expired')),
    ended_by TEXT,
    ended_at INTEGER,
    -- At most 30 days.
    CHECK (until > at AND until - at <= 2592000000),
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CHECK ((ended IS 'person') = (ended_by IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE migrations (
    number INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT
;
INSERT INTO "migrations" VALUES(1,'first','e3ce5a738670bedaaed0c1d5b16308963e3544529183e031bec44fbc573b3b9f',1795169700000);
INSERT INTO "migrations" VALUES(2,'notices','14557d0a0d2931c82124c5d9b0ae563441094b999848648ecd719733edb8e603',1795169700000);
INSERT INTO "migrations" VALUES(3,'samples','0f2dcefc672e2269b3f98d8712e160e5e5ffd67bcbc9c7a5f49017977d17bd2a',1795169700000);
INSERT INTO "migrations" VALUES(4,'delegation','ce5bea8e53ad130196f988e3640f6fedc40c52e33400126c703dd42059b217be',1795169700000);
INSERT INTO "migrations" VALUES(5,'standing','81669e37fe777b1ac09c5dfaf91534e731e050d599bb08f6392e1df4ed3f1665',1795169700000);
INSERT INTO "migrations" VALUES(6,'batch','fc02b5f8b725e3b3c26389a7bc8bb09fff1c65c26bb374caca7460f1cd0adf72',1795169700000);
INSERT INTO "migrations" VALUES(7,'burst','d4171a3b96b0e0f2018df2f9be382bd5ddfc477ffd056db4c0dfa84e62bea6ee',1795169700000);
INSERT INTO "migrations" VALUES(8,'hasty','90b133aa99b0fc1832a03611f6d39e9cb30168ffe9ca676f135652f2be4bab2e',1795169700000);
INSERT INTO "migrations" VALUES(9,'hold','e340bf34cf6a053a98f86d8412ae8740197fbd40de0a18f6a51ae15d84034fc1',1795169700000);
INSERT INTO "migrations" VALUES(10,'questions','e0dd717ba1d0893d5f697ebb87c91961d8da78914a7c1711274b3915bf6467fb',1795169700000);
INSERT INTO "migrations" VALUES(11,'settle','8d3f2cf0c476bd01472c80d56d797d3d99389b83cc73ad91eabc4a69528c1282',1795169700000);
INSERT INTO "migrations" VALUES(12,'seen','303a391d3bc332ea772109a3e568b14ae1568d91217edf74651969a761443090',1795169700000);
INSERT INTO "migrations" VALUES(13,'stopped','33b497bfce17c28251a0c9f628315d88d760c3a967f31763d4d141789cce9e66',1795169700000);
INSERT INTO "migrations" VALUES(14,'direct','28f7c1c32aa1ca265d2026d74f6f1b641b866d0f4ce629a8148bd72c26af0e24',1795169700000);
INSERT INTO "migrations" VALUES(15,'lists','f6deadf6c241ef4000ccdefb18ff227d3e60f99cd57d89d9f8106c9af1e023dc',1795169700000);
INSERT INTO "migrations" VALUES(16,'callbacks','df559198f69f8186d59258bbe8845fa9955990ad5440dbfb568ebca26c792992',1795169700000);
INSERT INTO "migrations" VALUES(17,'stream','ef812e7f291fe03ad43c6753724e39a65cda1ec33943b8043aae4ee0584ac01d',1795169700000);
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
CREATE TABLE notices (
    id INTEGER PRIMARY KEY NOT NULL,
    about TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    text TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- When it is sent, or sent again; nothing once it is told.
    due_at INTEGER
) STRICT;
CREATE TABLE notified_people (
    person TEXT PRIMARY KEY NOT NULL,
    team TEXT NOT NULL,
    since INTEGER NOT NULL,
    channel TEXT
) STRICT, WITHOUT ROWID;
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
INSERT INTO "outbox" VALUES(1,'prp_00000000000000000000000000000001','C0FINANCE','card',3,0,0,0,1795169700000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(2,'prp_00000000000000000000000000000001','C0SUPPORT','card',3,0,0,0,1795169700000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(3,'prp_00000000000000000000000000000002','C0FINANCE','card',2,0,0,0,1795169700000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(4,'prp_00000000000000000000000000000002','C0SUPPORT','card',2,0,0,0,1795169700000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(5,'prp_00000000000000000000000000000001','C0LEAD','card',2,0,0,0,1795170960000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(6,'prp_00000000000000000000000000000001','C0FINANCE','thread',5,0,0,0,1795170960000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(7,'prp_00000000000000000000000000000001','C0LEAD','thread',5,0,0,0,1795170960000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(8,'prp_00000000000000000000000000000001','C0SUPPORT','thread',5,0,0,0,1795170960000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(9,'prp_00000000000000000000000000000002','C0LEAD','card',1,0,0,0,1795170960000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(10,'prp_00000000000000000000000000000002','C0FINANCE','thread',4,0,0,0,1795170960000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(11,'prp_00000000000000000000000000000002','C0LEAD','thread',4,0,0,0,1795170960000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(12,'prp_00000000000000000000000000000002','C0SUPPORT','thread',4,0,0,0,1795170960000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(13,'prp_00000000000000000000000000000003','C0SUPPORT','card',2,0,0,0,1795170960000,0,1795174560000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(14,'prp_00000000000000000000000000000003','C0LEAD','card',1,0,0,0,1795170960000,0,1795174560000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(15,'prp_00000000000000000000000000000003','C0LEAD','thread',7,0,0,0,1795170960000,1,1795174560000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(16,'prp_00000000000000000000000000000003','C0SUPPORT','thread',7,0,0,0,1795170960000,1,1795174560000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(17,'prp_00000000000000000000000000000004','C0SUPPORT','card',3,0,0,0,1795170960000,1,1795170960000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(18,'prp_00000000000000000000000000000004','C0LEAD','card',2,0,0,0,1795170960000,1,1795170960000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(19,'prp_00000000000000000000000000000004','C0LEAD','thread',11,0,0,0,1795170960000,1,1795170960000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(20,'prp_00000000000000000000000000000004','C0SUPPORT','thread',11,0,0,0,1795170960000,1,1795170960000,NULL,NULL,NULL);
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
    due_at INTEGER, claimable_at INTEGER CHECK (claimable_at IS NULL OR (
    status NOT IN ('pending', 'rejected')
    AND execute_by IS NOT NULL AND claimable_at < execute_by
    AND (status <> 'approved' OR (cause = 'reviewer' AND claimable_at > resolved_at))
    AND (claimed_at IS NULL OR claimed_at >= claimable_at)
)),
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
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000001',3,'pending',NULL,NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["finance","support"],"approvals":1,"channels":["C0FINANCE","C0LEAD","C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[{"role":"finance","by":"lead"},{"role":"support","by":"lead"}],"undo_within":null,"remind":[],"escalate":[{"after":1200,"to":"lead","channel":"C0LEAD"}],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0FINANCE","C0LEAD","C0SUPPORT"]',1,'sha256:fa66b9c857e261dedc7d76a13e2d5e230f1ef95e8092fe70198859bfb53cdb07',1,'nonce00000000000000001',1795169700000,1795173300000,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[[1200,"lead"]]',0,'[["lead","C0LEAD"]]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000002',2,'pending',NULL,NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["finance","support"],"approvals":1,"channels":["C0FINANCE","C0LEAD","C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[{"role":"finance","by":"lead"},{"role":"support","by":"lead"}],"undo_within":null,"remind":[],"escalate":[{"after":1200,"to":"lead","channel":"C0LEAD"}],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0FINANCE","C0LEAD","C0SUPPORT"]',1,'sha256:50067ec89cc7d4a84b76f67d6e714cdb585341aa53da9457b609db9af2956270',1,'nonce00000000000000002',1795169700000,1795173300000,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[[1200,"lead"]]',0,'[["lead","C0LEAD"]]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000003',2,'pending',NULL,NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0LEAD","C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[{"role":"support","by":"lead"}],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0LEAD","C0SUPPORT"]',1,'sha256:f6e55eab0918b5e48d0862a2fac0e96c58256ab06dfca0692c30e9a85b03d7d3',1,'nonce00000000000000003',1795170960000,1795174560000,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[["lead","C0LEAD"]]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795174560000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000004',4,'approved','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0LEAD","C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[{"role":"support","by":"lead"}],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0LEAD","C0SUPPORT"]',1,'sha256:2e9edd9cac8dd06610a2f84509e9ede8beb18731a0cf5d260867080619fab694',1,'nonce00000000000000004',1795170960000,1795174560000,1795170960000,'U0LEAD',1795174560000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[["lead","C0LEAD"]]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795174560000,NULL);
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
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000001',1,'refund.create','{"amount":1500,"order":"1001"}','sha256:fa66b9c857e261dedc7d76a13e2d5e230f1ef95e8092fe70198859bfb53cdb07',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000002',1,'refund.create','{"amount":1600,"order":"1001"}','sha256:50067ec89cc7d4a84b76f67d6e714cdb585341aa53da9457b609db9af2956270',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000003',1,'refund.create','{"amount":250,"order":"1001"}','sha256:f6e55eab0918b5e48d0862a2fac0e96c58256ab06dfca0692c30e9a85b03d7d3',1795170960000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000004',1,'refund.create','{"amount":260,"order":"1001"}','sha256:2e9edd9cac8dd06610a2f84509e9ede8beb18731a0cf5d260867080619fab694',1795170960000,NULL,'[]');
CREATE TABLE sample_cards (
    proposal_id TEXT NOT NULL REFERENCES samples (proposal_id),
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    words TEXT NOT NULL,
    previous_words TEXT NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    UNIQUE (channel, ts)
) STRICT;
CREATE TABLE samples (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    action TEXT NOT NULL,
    roles TEXT NOT NULL,
    channels TEXT NOT NULL,
    nonce TEXT NOT NULL,
    drawn_at INTEGER NOT NULL,
    judgement TEXT CHECK (judgement IN ('fine', 'not_fine')),
    judged_by TEXT,
    judged_at INTEGER,
    reason TEXT,
    CHECK ((judgement IS NULL) = (judged_by IS NULL)),
    CHECK ((judgement IS NULL) = (judged_at IS NULL)),
    CHECK ((judgement IS 'not_fine') = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE seats (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    role TEXT NOT NULL,
    self_review INTEGER NOT NULL CHECK (self_review IN (0, 1)),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (proposal_id, role)
) STRICT, WITHOUT ROWID;
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000001','finance',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000001','lead',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000001','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000002','finance',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000002','lead',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000002','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000003','lead',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000003','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000004','lead',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000004','support',0,1);
CREATE TABLE settling (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE standing_approvals (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id),
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    most INTEGER NOT NULL CHECK (most >= 1),
    used INTEGER NOT NULL CHECK (used >= 0),
    ended TEXT CHECK (ended IN ('person', 'taken_back', 'policy_changed', 'expired', 'exhausted')),
    ended_by TEXT,
    ended_at INTEGER,
    CHECK (used <= most),
    CHECK (until > at),
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CHECK (ended_by IS NULL OR ended IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE TABLE standing_uses (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id) DEFERRABLE INITIALLY DEFERRED,
    standing_id TEXT NOT NULL REFERENCES standing_approvals (proposal_id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stopped_agents (
    agent TEXT PRIMARY KEY NOT NULL,
    person TEXT NOT NULL,
    team TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE stream (
    agent TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (agent, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "stream" VALUES('support-bot',11);
CREATE INDEX proposals_due ON proposals (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX proposals_unsettled ON proposals (status, id) WHERE status IN ('pending', 'approved');
CREATE INDEX proposals_waiting ON proposals (expires_at, id) WHERE status = 'pending';
CREATE INDEX proposals_pending_of ON proposals (agent, expires_at) WHERE status = 'pending';
CREATE INDEX proposals_of_agent ON proposals (agent, created_at, id, action);
CREATE INDEX proposals_twins ON proposals (digest) WHERE status = 'pending';
CREATE INDEX proposals_agreed ON proposals (digest, agent) WHERE cause = 'reviewer' AND undo IS NULL;
CREATE INDEX proposals_newest ON proposals (created_at, id);
CREATE INDEX proposals_resolved ON proposals (resolved_at, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX proposals_counted ON proposals (overdue, status);
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
CREATE TRIGGER proposals_undone_once BEFORE UPDATE ON proposals
WHEN OLD.undo IS NOT NULL AND NEW.undo IS NOT OLD.undo
    AND (NEW.undo IS NULL OR OLD.undo NOT LIKE '%"reported_at":null%')
BEGIN
    SELECT RAISE(ABORT, 'an objection stays, and is answered once');
END;
CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'a revision is never changed; an edit makes a new one');
END;
CREATE UNIQUE INDEX decisions_one_no ON decisions (proposal_id) WHERE verdict = 'reject';
CREATE INDEX seats_of_role ON seats (role, proposal_id);
CREATE INDEX exclusions_of_person ON exclusions (person, proposal_id);
CREATE INDEX noes_same ON noes (digest, at);
CREATE INDEX noes_similar ON noes (agent, action, at);
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
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to, at its end');
END;
CREATE INDEX outbox_urgent ON outbox (rank, deadline, id, channel, ready_at) WHERE version > told AND parked = 0;
CREATE INDEX outbox_ready ON outbox (ready_at, channel) WHERE version > told AND parked = 0;
CREATE INDEX outbox_parked ON outbox (due_at) WHERE parked = 1;
CREATE INDEX forms_typed ON forms (proposal_id, reviewer, kind, revision, opened_at);
CREATE INDEX notices_due ON notices (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX samples_of_action ON samples (action, judgement);
CREATE TRIGGER samples_judged_once BEFORE UPDATE ON samples
WHEN OLD.judgement IS NOT NULL OR NEW.judgement IS NULL OR (
    NEW.proposal_id, NEW.action, NEW.roles, NEW.channels, NEW.nonce, NEW.drawn_at
) IS NOT (
    OLD.proposal_id, OLD.action, OLD.roles, OLD.channels, OLD.nonce, OLD.drawn_at
)
BEGIN
    SELECT RAISE(ABORT, 'a sample stays as it was drawn, and is judged once');
END;
CREATE TRIGGER samples_undeleted BEFORE DELETE ON samples
BEGIN
    SELECT RAISE(ABORT, 'a sample stays: what was drawn counts');
END;
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
CREATE TRIGGER decisions_lent BEFORE INSERT ON decisions
WHEN NEW.stands_in_for IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM delegations AS l
    WHERE l.delegator = NEW.stands_in_for AND l.delegate = NEW.reviewer
        AND l.ended_at IS NULL AND l.begun_at <= NEW.at AND l.until > NEW.at
)
BEGIN
    SELECT RAISE(ABORT, 'nobody has lent this place');
END;
CREATE INDEX standing_open ON standing_approvals (agent, action, at) WHERE ended IS NULL;
CREATE INDEX standing_until ON standing_approvals (until) WHERE ended IS NULL;
CREATE INDEX standing_of_person ON standing_approvals (person) WHERE ended IS NULL;
CREATE TRIGGER standing_ended_stays BEFORE UPDATE ON standing_approvals
WHEN OLD.ended IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a standing approval that ended stays ended');
END;
CREATE TRIGGER standing_terms_stay BEFORE UPDATE ON standing_approvals
WHEN (NEW.proposal_id, NEW.agent, NEW.action, NEW.person, NEW.at, NEW.until, NEW.most)
    IS NOT (OLD.proposal_id, OLD.agent, OLD.action, OLD.person, OLD.at, OLD.until, OLD.most)
    OR NEW.used NOT IN (OLD.used, OLD.used + 1)
BEGIN
    SELECT RAISE(ABORT, 'a standing approval keeps its terms and counts one by one');
END;
CREATE TRIGGER standing_undeleted BEFORE DELETE ON standing_approvals
BEGIN
    SELECT RAISE(ABORT, 'a standing approval is ended, never deleted');
END;
CREATE TRIGGER standing_given_once BEFORE INSERT ON standing_approvals
WHEN EXISTS (SELECT 1 FROM standing_approvals WHERE proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'a standing approval is given once');
END;
CREATE INDEX batches_open ON batches (agent, action, role, channel, closes_at);
CREATE INDEX bursts_of_agent ON bursts (agent, channel, begun_at);
CREATE INDEX burst_members_of ON burst_members (lead, channel, proposal_id);
CREATE INDEX outbox_unposted ON outbox (channel, id) WHERE kind = 'card' AND told = 0 AND parked = 0;
CREATE INDEX outbox_cards ON outbox (channel, id) WHERE kind = 'card';
CREATE INDEX holds_digest ON holds (digest, agent) WHERE ended IS NULL;
CREATE INDEX holds_proposed ON holds (proposed, agent) WHERE ended IS NULL;
CREATE INDEX holds_until ON holds (until) WHERE ended IS NULL;
CREATE TRIGGER holds_ended_stays BEFORE UPDATE ON holds
WHEN OLD.ended IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a hold that ended stays ended');
END;
CREATE TRIGGER holds_terms_stay BEFORE UPDATE ON holds
WHEN (NEW.proposal_id, NEW.agent, NEW.action, NEW.proposed, NEW.digest, NEW.roles, NEW.person, NEW.reason, NEW.at, NEW.until)
    IS NOT (OLD.proposal_id, OLD.agent, OLD.action, OLD.proposed, OLD.digest, OLD.roles, OLD.person, OLD.reason, OLD.at,
        OLD.until)
    OR NEW.stopped NOT IN (OLD.stopped, OLD.stopped + 1)
BEGIN
    SELECT RAISE(ABORT, 'a hold keeps its terms and counts one by one');
END;
CREATE TRIGGER holds_undeleted BEFORE DELETE ON holds
BEGIN
    SELECT RAISE(ABORT, 'a hold is ended, never deleted');
END;
CREATE TRIGGER holds_begun_once BEFORE INSERT ON holds
WHEN EXISTS (SELECT 1 FROM holds WHERE proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'a hold begins once');
END;
CREATE TRIGGER holds_of_refused BEFORE INSERT ON holds
WHEN NOT EXISTS (SELECT 1 FROM proposals WHERE id = NEW.proposal_id AND status IN ('rejected', 'revoked'))
BEGIN
    SELECT RAISE(ABORT, 'only what was rejected or revoked is held');
END;
CREATE UNIQUE INDEX questions_one_open ON questions (proposal_id) WHERE reply IS NULL;
CREATE TRIGGER questions_answered_once BEFORE UPDATE ON questions
WHEN OLD.reply IS NOT NULL
    OR (NEW.proposal_id, NEW.number, NEW.text, NEW.asked_by, NEW.asked_at)
        IS NOT (OLD.proposal_id, OLD.number, OLD.text, OLD.asked_by, OLD.asked_at)
BEGIN
    SELECT RAISE(ABORT, 'a question stays as it was asked, and is answered once');
END;
CREATE TRIGGER questions_stay BEFORE DELETE ON questions
BEGIN
    SELECT RAISE(ABORT, 'a question stays');
END;
CREATE TRIGGER proposals_claimable_stays BEFORE UPDATE ON proposals
WHEN NEW.claimable_at IS NOT OLD.claimable_at
    AND NOT (OLD.status = 'pending' AND NEW.status = 'approved')
    AND NOT (OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NEW.claimable_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'an approval settles once, until the moment that was set when it was given');
END;
CREATE TRIGGER proposals_born_unsettled BEFORE INSERT ON proposals
WHEN NEW.claimable_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'only what people approve after it was proposed has to settle');
END;
CREATE TRIGGER proposals_taken_back BEFORE UPDATE ON proposals
WHEN OLD.status = 'approved' AND NEW.status IN ('pending', 'rejected') AND NOT EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = OLD.id AND d.round = OLD.round AND d.taken_back_from = OLD.version
        AND d.taken_back_at < OLD.claimable_at
)
BEGIN
    SELECT RAISE(ABORT, 'what is approved waits again only when somebody takes their approval back while it settles');
END;
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
WHEN OLD.taken_back_at IS NOT NULL OR NEW.taken_back_at IS NULL
    OR (
        NEW.proposal_id, NEW.number, NEW.reviewer, NEW.verdict, NEW.revision, NEW.round, NEW.at, NEW.roles, NEW.reason,
        NEW.stands_in_for, NEW.hasty, NEW.seen_at
    ) IS NOT (
        OLD.proposal_id, OLD.number, OLD.reviewer, OLD.verdict, OLD.revision, OLD.round, OLD.at, OLD.roles, OLD.reason,
        OLD.stands_in_for, OLD.hasty, OLD.seen_at
    )
    OR NOT EXISTS (
        SELECT 1 FROM proposals AS p
        WHERE p.id = OLD.proposal_id AND p.status = 'approved' AND p.round = OLD.round
            AND p.version = NEW.taken_back_from AND p.claimable_at > NEW.taken_back_at
    )
BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed; an approval is taken back once, while it settles');
END;
CREATE UNIQUE INDEX decisions_one_approval ON decisions (proposal_id, round, reviewer)
WHERE verdict = 'approve' AND taken_back_at IS NULL;
CREATE UNIQUE INDEX decisions_one_for ON decisions (proposal_id, round, stands_in_for)
WHERE verdict = 'approve' AND stands_in_for IS NOT NULL AND taken_back_at IS NULL;
CREATE TRIGGER decisions_place_once BEFORE INSERT ON decisions
WHEN NEW.verdict = 'approve' AND EXISTS (
    SELECT 1 FROM decisions AS d
    WHERE d.proposal_id = NEW.proposal_id AND d.round = NEW.round AND d.verdict = 'approve' AND d.taken_back_at IS NULL
        AND (d.reviewer = NEW.stands_in_for OR d.stands_in_for = NEW.reviewer)
)
BEGIN
    SELECT RAISE(ABORT, 'this place counts already');
END;
CREATE INDEX settling_due ON settling (due_at);
CREATE TRIGGER stopped_agents_stay BEFORE UPDATE ON stopped_agents
BEGIN
    SELECT RAISE(ABORT, 'who stopped an agent stays as it was, until it is resumed');
END;
CREATE TRIGGER proposals_of_stopped BEFORE INSERT ON proposals
WHEN EXISTS (SELECT 1 FROM stopped_agents WHERE agent = NEW.agent)
BEGIN
    SELECT RAISE(ABORT, 'a stopped agent proposes nothing');
END;
CREATE TRIGGER proposals_stopped_unclaimed BEFORE UPDATE ON proposals
WHEN OLD.claimed_at IS NULL AND NEW.claimed_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM stopped_agents WHERE agent = NEW.agent)
BEGIN
    SELECT RAISE(ABORT, 'a stopped agent claims nothing');
END;
CREATE INDEX proposals_open_of ON proposals (agent, created_at, id) WHERE status IN ('pending', 'approved');
CREATE INDEX direct_messages_open ON direct_messages (person, about, stage);
CREATE INDEX direct_messages_sent ON direct_messages (person, at);
CREATE INDEX proposals_claimed ON proposals (report_by, id) WHERE status = 'claimed';
CREATE INDEX proposals_undone ON proposals (id) WHERE undo IS NOT NULL;
CREATE INDEX forms_in_view ON forms (view_id, reviewer, opened_at) WHERE kind = 'review';
CREATE INDEX samples_drawn ON samples (drawn_at);
CREATE INDEX callbacks_due ON callbacks (due_at, number, lane, ready_at) WHERE state = 'waiting';
CREATE INDEX callbacks_ready ON callbacks (ready_at, lane) WHERE state = 'waiting';
CREATE INDEX callbacks_undone ON callbacks (state, number) WHERE state IN ('parked', 'stopped');
CREATE INDEX callbacks_of_proposal ON callbacks (proposal_id, state);
CREATE TRIGGER callbacks_told_once BEFORE UPDATE ON callbacks
WHEN OLD.state = 'told' AND NEW.state <> 'told'
BEGIN
    SELECT RAISE(ABORT, 'what an agent took is not told again');
END;
COMMIT;
