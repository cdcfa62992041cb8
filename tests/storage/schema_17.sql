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
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_00000000000000000000000000000005',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_00000000000000000000000000000006',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_00000000000000000000000000000007',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_00000000000000000000000000000008',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_00000000000000000000000000000009',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_0000000000000000000000000000000a',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_0000000000000000000000000000000b',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_0000000000000000000000000000000c',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_0000000000000000000000000000000d',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_0000000000000000000000000000000e',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_0000000000000000000000000000000f',300.0);
INSERT INTO "approved_numbers" VALUES('support-bot','refund.create','amount',1795169700000,'prp_00000000000000000000000000000010',300.0);
CREATE TABLE approved_values (
    agent TEXT NOT NULL,
    action TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (agent, action, field, value)
) STRICT, WITHOUT ROWID;
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','3635a91e3da857f7847f68185a116a5260d2593f3913f6b1b66cc2d75b0d6ec0',1);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5',1);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','4fc82b26aecb47d2868c4efbe3581732a3e7cbcc6c2efb32062c08170a05eeb8',1);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','7f0a22117f8fe0172cf9209ff622b64a51aaeda21d58b5b62685a93dbe2dad25',1);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','983bd614bb5afece5ab3b6023f71147cd7b6bc2314f9d27af7422541c6558389',12);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','amount','deeeb5df3f2cee6bf4e597a8a3a878a6ce49b932b9e90b416922d4499f54fae6',2);
INSERT INTO "approved_values" VALUES('support-bot','refund.create','order','a0064c86a582fa64f14c66f6b43708d60e1bdb791ac2acfa332d059895c265f9',18);
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
INSERT INTO "callbacks" VALUES(1,'ent_c49ba90ef6e0cae9245afc8e485e6b8e','prp_00000000000000000000000000000004','support-bot','https://agents.example/hook','support-bot https://agents.example 1','approved',1795169700000,'waiting',0,1795169700000,NULL,NULL,NULL);
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
INSERT INTO "cards" VALUES('prp_00000000000000000000000000000001','C0SUPPORT','1.1',1,'sha256:0','words','',NULL,'standing',1795169700000);
INSERT INTO "cards" VALUES('prp_00000000000000000000000000000004','C0SUPPORT','2.2',1,'sha256:0','words','',NULL,'standing',1795169700000);
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
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000003',1,'U0ALICE','approve',2,2,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000004',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000005',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000006',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000007',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000008',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000009',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_0000000000000000000000000000000a',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_0000000000000000000000000000000b',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_0000000000000000000000000000000c',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_0000000000000000000000000000000d',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_0000000000000000000000000000000e',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_0000000000000000000000000000000f',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000010',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000011',1,'U0ALICE','reject',1,1,1795169700000,'["support"]','Never.',NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000012',1,'U0ALICE','reject',1,1,1795169700000,'["support"]','Not this.',NULL,0,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES('prp_00000000000000000000000000000015',1,'U0ALICE','approve',1,1,1795169700000,'["support"]',NULL,NULL,0,NULL,NULL,NULL);
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
INSERT INTO "delegations" VALUES('dlg_0000000000000000000001','U0BOB','U0DAVE',1795169700000,1795173300000,NULL,NULL);
INSERT INTO "delegations" VALUES('dlg_0000000000000000000002','U0CAROL','U0DAVE',1795169700000,1795173300000,1795169700000,'U0CAROL');
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
INSERT INTO "entries" VALUES(1,'ent_66965ac16665229ac7aaff69b97d827c',1795169700000,'proposal:submitted','prp_00000000000000000000000000000001',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000001","action":{"name":"refund.create","payload":{"amount":250,"order":"1001"},"digest":"sha256:f6e55eab0918b5e48d0862a2fac0e96c58256ab06dfca0692c30e9a85b03d7d3"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":"https://agents.example/hook"},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:257e41a2e64e5964f483a3743de8546b57eea2ed42f0a22c5e84b82d83e0f37a","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":"order-1","fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','0000000000000000000000000000000000000000000000000000000000000000','62990f7331b2c7108c00ba6fa3aa7bd7a2f0fee8f85e74ece7a6211b19174a5c','cebf60f6143fe4ab0ccfc2bed74649e1b34bb7ab772a50ac5cdf0d4940851701');
INSERT INTO "entries" VALUES(2,'ent_fffc8458197b9a1af5b06431a7e89b4c',1795169700000,'proposal:submitted','prp_00000000000000000000000000000002',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000002","action":{"name":"refund.create","payload":{"amount":260,"order":"1001"},"digest":"sha256:2e9edd9cac8dd06610a2f84509e9ede8beb18731a0cf5d260867080619fab694"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:9f53cca0ed8ab27e027f4bcc01b76a1d6bb3dcd45dc6bd6ddfd1fdcc2ea2ec39","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','62990f7331b2c7108c00ba6fa3aa7bd7a2f0fee8f85e74ece7a6211b19174a5c','676789da878fe85cebe1741daf3ac619484511514000f12b1e19c4d3a1f6f8cd','b55730d6ffb36e03a01d7ece9dd06a1b32ab63076d37d8f49a5a70c9256d758c');
INSERT INTO "entries" VALUES(3,'ent_b18ba2ec622934d0ff2b3f9d0ad599f4',1795169700000,'proposal:asked','prp_00000000000000000000000000000002',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"question":{"number":1,"text":"Which order?","asked_by":"U0ALICE","asked_at":"2026-11-20T10:15:00.000Z","reply":null,"replied_at":null,"digest":null}}','676789da878fe85cebe1741daf3ac619484511514000f12b1e19c4d3a1f6f8cd','6bdd065ce1c3a10d44153c4925b529ba0b85d52bc151b39c1586ff03e0c2ec42','d5e73f6ecd61a454208743d75b022840b4d2ac62870718b83ab371ce5601b139');
INSERT INTO "entries" VALUES(4,'ent_7fb62034e28a7104eb30bf97f6df4281',1795169700000,'proposal:replied','prp_00000000000000000000000000000002',1,'agent','support-bot',NULL,'[]','{"question":{"number":1,"text":"Which order?","asked_by":"U0ALICE","asked_at":"2026-11-20T10:15:00.000Z","reply":"The first.","replied_at":"2026-11-20T10:15:00.000Z","digest":null}}','6bdd065ce1c3a10d44153c4925b529ba0b85d52bc151b39c1586ff03e0c2ec42','e054c436cab3f342195ce1c4cc33360eb6a22d6d764616baaefa98a7cc50f4c8','0f15ae84c3c6c458bcd2ad824da7dad621e2291d59cd1347cae569e6a3e97dc5');
INSERT INTO "entries" VALUES(5,'ent_8a2b84e407237ed7598a7e3659c2a0fc',1795169700000,'proposal:submitted','prp_00000000000000000000000000000003',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000003","action":{"name":"refund.create","payload":{"amount":270,"order":"1001"},"digest":"sha256:82bfc5278570e352b43fd92acccd38d94f6b0a115dac23b6fbdb006f58dd4b11"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:fb7e149677cf78de5871b3af36f700c5bbaf59a55a4e732fba2c352962a5d8f1","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','e054c436cab3f342195ce1c4cc33360eb6a22d6d764616baaefa98a7cc50f4c8','e4e431910606370991c861c93f8d659e6373851011274bcece806318de5c71bd','1c29db535ee6193dc0ade4a78a0f51d207b90b7eed3a3e721e0d6e8ea5d4fdf1');
INSERT INTO "entries" VALUES(6,'ent_aa3f014fda3fd6e50742724c559c5e09',1795169700000,'proposal:edited','prp_00000000000000000000000000000003',2,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"revision":{"number":2,"action":{"name":"refund.create","payload":{"amount":271,"order":"1001"},"digest":"sha256:b7d95db880e773fa8801663ba0fae53cb969ef9f2710498b55ffd2ee9e527f92"},"at":"2026-11-20T10:15:00.000Z","editor":"U0ALICE","patch":[{"op":"replace","path":"/amount","value":271}]},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:c967953788fcfc2d7fcc3345760106670b52c52dac7bc41b9e16c4c221987735"}','e4e431910606370991c861c93f8d659e6373851011274bcece806318de5c71bd','c71d3b6cabf9d48b66fbee7f25fff4bd65001f49fcc592ab486566c01daf6f20','75618d99c2aebefb98675a457f1b4cd873ca4f78db260021eb2cdabd3d68ebab');
INSERT INTO "entries" VALUES(7,'ent_d346c4029a632b6ae04655e8162a75a9',1795169700000,'proposal:decided','prp_00000000000000000000000000000003',2,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":2,"round":2,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','c71d3b6cabf9d48b66fbee7f25fff4bd65001f49fcc592ab486566c01daf6f20','a8802b699a460e095114a1a467372a4db9ad720dd0f79323aba9b2e9a7f4daa4','8e69ec608564f0fa707d912ca30eec05164fb319106a67b62ec686b43f044124');
INSERT INTO "entries" VALUES(8,'ent_2b4b8164c5a9467f99ce52b766a5e9b3',1795169700000,'proposal:approved','prp_00000000000000000000000000000003',2,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','a8802b699a460e095114a1a467372a4db9ad720dd0f79323aba9b2e9a7f4daa4','a120454374c167b6e5164e3ae03461ec775f3222b5cfc463c673a1afcc437e68','0e871351cd1e5ac6941b53e8c6977c15e618f56b5696b321f27564a275477982');
INSERT INTO "entries" VALUES(9,'ent_2bd4fb7a03904b6a88c740ea125d3d04',1795169700000,'proposal:submitted','prp_00000000000000000000000000000004',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000004","action":{"name":"refund.create","payload":{"amount":280,"order":"1001"},"digest":"sha256:c04e68c118a16d50b4d5405c1ac62045b75195fc6948f74c11632d1edac4a738"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":"https://agents.example/hook"},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:696ea5094175f075438ea21c26537ec70a54b5d40b77f44a5f385a12e445cfc1","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','a120454374c167b6e5164e3ae03461ec775f3222b5cfc463c673a1afcc437e68','0a2bd655aad5d9dc07e241b12405315854f3148eb570bd52c994d402dece56c0','d8add5e82c0cc569d6194fe99f38d838d989207dac653c3dda8545dba2d2dd93');
INSERT INTO "entries" VALUES(10,'ent_c4c79d9e3168d218fa4b92669aec09cf',1795169700000,'proposal:decided','prp_00000000000000000000000000000004',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','0a2bd655aad5d9dc07e241b12405315854f3148eb570bd52c994d402dece56c0','1aa694dfa6adbee22f69eb6500dcdb60a69542a7007a8064da7c7f7f214b44db','28ff5965e4ab0c9f7e34a37ba7c234ddff1a6cf79c870e4e8081892a38d162ee');
INSERT INTO "entries" VALUES(11,'ent_c49ba90ef6e0cae9245afc8e485e6b8e',1795169700000,'proposal:approved','prp_00000000000000000000000000000004',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','1aa694dfa6adbee22f69eb6500dcdb60a69542a7007a8064da7c7f7f214b44db','388ecc1087fa08ad057e0fabe69b6ff7d2a9164086a1b7a58934280b71fb97b7','7758a7953bf52cadfb7b16c319db45d800eeda3f3806b174ea29d683aa0ba349');
INSERT INTO "entries" VALUES(12,'ent_0b6a6f00cbfc28519b174c1c78f8b415',1795169700000,'proposal:submitted','prp_00000000000000000000000000000005',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000005","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:dc3e22e7d402c5c5d97188508ced8c5a10c1c4333dfbdd06da5597d581395b8c","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','388ecc1087fa08ad057e0fabe69b6ff7d2a9164086a1b7a58934280b71fb97b7','779bda9ccd861c20cd975ac1754cd8d17c3dc16f4a20d71dc37edda091d7c3c6','1652c1e5e2ac3d79c5915c3736eea050839ce310fdeb1dd1098678ff75de4ec8');
INSERT INTO "entries" VALUES(13,'ent_4173ace13addf117c7647b63a67b1be2',1795169700000,'proposal:decided','prp_00000000000000000000000000000005',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','779bda9ccd861c20cd975ac1754cd8d17c3dc16f4a20d71dc37edda091d7c3c6','e6574c792e47a632fac7b9e444f51987da0e6b52cbe6c723d95ffc4855464b33','4de4187c4c987725857de345c1d7658f65c2c00a08f30e5f10a1ec791fc1284e');
INSERT INTO "entries" VALUES(14,'ent_48cb34946c6763195494da4dbf8f0375',1795169700000,'proposal:approved','prp_00000000000000000000000000000005',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','e6574c792e47a632fac7b9e444f51987da0e6b52cbe6c723d95ffc4855464b33','efa280644d628c707a20dc4b3b6e65edf3ec722b1dd4d1325e8aca96a160b698','b9f10623955afb93ae4501e9b9f46f5b365ffbc699da72dbaa53cfa349bb6659');
INSERT INTO "entries" VALUES(15,'ent_c77469e5f0a4cfb99c511d5630432770',1795169700000,'proposal:claimed','prp_00000000000000000000000000000005',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','efa280644d628c707a20dc4b3b6e65edf3ec722b1dd4d1325e8aca96a160b698','ed5582c75aa6f0e33678e0ea20f69a3b653fcdee93e4e0f65f9e327fe851e4a0','4bbc37bee232151c6a74cc58959c166b84891b49670cfb50ef7b0b50e1313582');
INSERT INTO "entries" VALUES(16,'ent_d48bb26d765b5af02e98b19305cc20c9',1795169700000,'proposal:succeeded','prp_00000000000000000000000000000005',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','ed5582c75aa6f0e33678e0ea20f69a3b653fcdee93e4e0f65f9e327fe851e4a0','8d239c88dee6617b4072468041395e6581a8713187a0cf46140ff8bde43a7aa8','665284f155693293c908e690880af72b295ece062489830369e438788e9d4ab3');
INSERT INTO "entries" VALUES(17,'ent_052e7982f9079a9e1955fa33f0c4c9b8',1795169700000,'proposal:submitted','prp_00000000000000000000000000000006',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000006","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:9e9443ba7dd6aebe8b2351abd43040035156b7e9f3dc6e751f85242ed426ccb4","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','8d239c88dee6617b4072468041395e6581a8713187a0cf46140ff8bde43a7aa8','0bd1c6573f842af265fbef627ea1101ca173b87fdb1f53ce0187d27ab342578e','ef9c58a785ea294af74a912fd7858eae2a5c6a500059552a18b3de03b9565b80');
INSERT INTO "entries" VALUES(18,'ent_1a48b0c2b44e8d0655f211fac86a4bd4',1795169700000,'proposal:decided','prp_00000000000000000000000000000006',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','0bd1c6573f842af265fbef627ea1101ca173b87fdb1f53ce0187d27ab342578e','64c8cdb8aa7d40ab9bc30d2f62bf21c001fe6c734e3c5a62313544c327dec8a9','788a44ede12044fe889b98a9922a33b09ba176e1c236cf8f16014fc5cf65feea');
INSERT INTO "entries" VALUES(19,'ent_86cf034f1eccac399645cd250659bc76',1795169700000,'proposal:approved','prp_00000000000000000000000000000006',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','64c8cdb8aa7d40ab9bc30d2f62bf21c001fe6c734e3c5a62313544c327dec8a9','20749e0eec3898b19cb35f344295da8ff8e377a3e98c4123c825a4cf916741ba','07d1eead93ef54206f9372802b432b9b131c6e5d3fd38e2d78cbcc012a41ccd1');
INSERT INTO "entries" VALUES(20,'ent_831ca996eed84132affcef95185785b0',1795169700000,'proposal:claimed','prp_00000000000000000000000000000006',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','20749e0eec3898b19cb35f344295da8ff8e377a3e98c4123c825a4cf916741ba','b6c719c27871124d9f9d7eed8713004a36f708a6078430cd7d7ba0282a3db389','f8f2973d20cf889756b8efc63256cf4495b06d2bbced2afe571b19851e14b3a9');
INSERT INTO "entries" VALUES(21,'ent_40f4167d4cf49a5b9e88e18148357555',1795169700000,'proposal:succeeded','prp_00000000000000000000000000000006',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','b6c719c27871124d9f9d7eed8713004a36f708a6078430cd7d7ba0282a3db389','d0373842c65c73b85361f0f7daf45ab9b79e23430d6be1c6335e703298664ed9','69755858ac231dccddb3be31f272d80fa72a750531544eb01a85ae2c37957f58');
INSERT INTO "entries" VALUES(22,'ent_84046c5d583ae1e85d9940da0115392e',1795169700000,'proposal:submitted','prp_00000000000000000000000000000007',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000007","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:e13c51b9828c1709dd7a4776ed2cc506c7cea699b17c614f3d4aefe8e69f4fed","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','d0373842c65c73b85361f0f7daf45ab9b79e23430d6be1c6335e703298664ed9','82902ee2bb94628b7560055b28b6e9f2de9fe94dbd8822639c14a6102f53f18b','84526b87f032171778c5221aff22cf2c918edeef3f27463bc953485094d85b62');
INSERT INTO "entries" VALUES(23,'ent_5e6142db14a9e9e56660ab35fade8760',1795169700000,'proposal:decided','prp_00000000000000000000000000000007',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','82902ee2bb94628b7560055b28b6e9f2de9fe94dbd8822639c14a6102f53f18b','f2a0329981acbfb189abe5ecf11c4429c226ef515cce7517a1b2a82da2a80601','ed6bdbf7587ac7e0e9a1081988a5167bfe819f2d98debbc3902153560c60f0df');
INSERT INTO "entries" VALUES(24,'ent_ee92495a8cd701f3e1c6802302adc775',1795169700000,'proposal:approved','prp_00000000000000000000000000000007',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','f2a0329981acbfb189abe5ecf11c4429c226ef515cce7517a1b2a82da2a80601','a0936d1203e6afa5bafb54bc946be34cd26894c02655afd2be55ec296c6a52d5','463f19f95786f520a3e4f35d7b15811114515fde43496e4d5f079c5221307581');
INSERT INTO "entries" VALUES(25,'ent_63220be5473c39fbec592aeda177ffea',1795169700000,'proposal:claimed','prp_00000000000000000000000000000007',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','a0936d1203e6afa5bafb54bc946be34cd26894c02655afd2be55ec296c6a52d5','15987ba6d4ad4a44257477424bd7a675010923900a57ab17ac8d96fced04f180','86f1871d091987c9b95d5b03c94cfe5d12d3f36192f2fe54a402fc4df27d1e1f');
INSERT INTO "entries" VALUES(26,'ent_7edb872438fe46d566bff0b2177d4ed6',1795169700000,'proposal:succeeded','prp_00000000000000000000000000000007',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','15987ba6d4ad4a44257477424bd7a675010923900a57ab17ac8d96fced04f180','cd0b44f4624739f4f933397f22fbeae43ef9a50477512fd6c15192b812608397','2127630e29fea9a2d4b9289d8500b8658c78c8a54b920aa580faa458a2318b85');
INSERT INTO "entries" VALUES(27,'ent_1bef9051f65e92df3044933c7ddeccba',1795169700000,'proposal:submitted','prp_00000000000000000000000000000008',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000008","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:a10773c06006867f1f053e46f08505bfb2530403e38c9f31be4f44fb88859c3c","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','cd0b44f4624739f4f933397f22fbeae43ef9a50477512fd6c15192b812608397','6c177201e3f4c54f8ec3ced1531c1a6be4b8dbf1cf249a720ddeaeea9a9b5315','3acc4a8f7b5da7c5755fcea056081b7db813fa5e7122bf3ee8f019ffd83d1feb');
INSERT INTO "entries" VALUES(28,'ent_d0b804665464f1a22e3f76941272181a',1795169700000,'proposal:decided','prp_00000000000000000000000000000008',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','6c177201e3f4c54f8ec3ced1531c1a6be4b8dbf1cf249a720ddeaeea9a9b5315','3aca3ca1610a2db9fe4549cc61fd4e426cb0ec418240b63334cd2ff1a4211490','72d902c0a0491b06651d8f06b2f85dee48c1216e80cd2b19ea1db018bbaa1bf6');
INSERT INTO "entries" VALUES(29,'ent_a6d67aba01e2a1593a4858ef01b6d4fb',1795169700000,'proposal:approved','prp_00000000000000000000000000000008',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','3aca3ca1610a2db9fe4549cc61fd4e426cb0ec418240b63334cd2ff1a4211490','e994c5f227aaf59f13b8aea7693b6b46ef85e6cac71ff10b381f8a01a37c4885','ddd7913c06f1b19630c32c5dfce2ae7e3507cf5ba790f576ec787fd1a527c0f5');
INSERT INTO "entries" VALUES(30,'ent_7075a22e5a5d8fc6eb2c457cb0878cc2',1795169700000,'proposal:claimed','prp_00000000000000000000000000000008',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','e994c5f227aaf59f13b8aea7693b6b46ef85e6cac71ff10b381f8a01a37c4885','cab422bb3798a694fcff77d0bcf6a6e6f2305a9bfece9079f9e173fc0019ed45','deb9d13752fef2dbff50a70edab99348f3a1f2de296e90ba782572efa98ed0ca');
INSERT INTO "entries" VALUES(31,'ent_36feaff5b0b680deeb4caf97b2288556',1795169700000,'proposal:succeeded','prp_00000000000000000000000000000008',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','cab422bb3798a694fcff77d0bcf6a6e6f2305a9bfece9079f9e173fc0019ed45','73b3f5a187347d04118ad4031c4298b552caf9552bff95b1347f2c70f843810e','af4980d3165514631bafcb379fd666a2f3ff13b11e4eb189f4cca54a1dff9fb6');
INSERT INTO "entries" VALUES(32,'ent_3fb24ef67b505e2c66df82de3847322e',1795169700000,'proposal:submitted','prp_00000000000000000000000000000009',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000009","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:a62bb365db1da288adadd18373bb2f97a8340f4a25dfdc6a1cf03f62b544e76d","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','73b3f5a187347d04118ad4031c4298b552caf9552bff95b1347f2c70f843810e','62484577043d68b6d4f97c63da887a5517a58d5ffb7a5c20d61f73dcc43ba617','36fe4545ebe1e5ea816b903f1b5a99af8e9d8394f346f789a3c24b264f1c835e');
INSERT INTO "entries" VALUES(33,'ent_64563bb35ffa3f9043c8ba1d94bca001',1795169700000,'proposal:decided','prp_00000000000000000000000000000009',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','62484577043d68b6d4f97c63da887a5517a58d5ffb7a5c20d61f73dcc43ba617','a69d718dcb69538f6090c859c37bf261048d22060de6cf75cbf8060d99735776','e63d1c50513f9aa642ac7b5f9a231d6219a5685bc7a7ead0c259bdc2cef9d697');
INSERT INTO "entries" VALUES(34,'ent_2a67300208e3fab916fe31bd96c814d7',1795169700000,'proposal:approved','prp_00000000000000000000000000000009',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','a69d718dcb69538f6090c859c37bf261048d22060de6cf75cbf8060d99735776','a04fa88083bb1db5cc9b68bdff41b2b3cef156a2548d8130ccaaac31f1033885','4c29c0d1bd583d2be708ac64792d2d3120217405e7eb27fe983e98f2b9e2c22a');
INSERT INTO "entries" VALUES(35,'ent_7031f8e2c042aaf0c72150f6451b5bd5',1795169700000,'proposal:claimed','prp_00000000000000000000000000000009',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','a04fa88083bb1db5cc9b68bdff41b2b3cef156a2548d8130ccaaac31f1033885','b6df64c1cde9436f11d21d4e3374314f1e41d79fce111e35a1170c0206071c13','ddea384a2d6b49e886f0e348882d0709518df0b34470892082976ecda2ea6e3c');
INSERT INTO "entries" VALUES(36,'ent_a706c1a19d1c17465e628600fe40b9d4',1795169700000,'proposal:succeeded','prp_00000000000000000000000000000009',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','b6df64c1cde9436f11d21d4e3374314f1e41d79fce111e35a1170c0206071c13','b47fec9751dceebc22cc2e8392d550aa153ca11c38abd78c66e5cc24b8f4efaa','e08072597acd0e343a2e11aa88d9b11a4b3718feb99e4df57383a4d7858d3843');
INSERT INTO "entries" VALUES(37,'ent_5521e7241bafcfcc2c4d80aa9e371c37',1795169700000,'proposal:submitted','prp_0000000000000000000000000000000a',1,'agent','support-bot',NULL,'[]','{"id":"prp_0000000000000000000000000000000a","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:34502b96c7a13d70eb803dab1df3fed403e99cc75ee92dab3d5fe823440afc70","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','b47fec9751dceebc22cc2e8392d550aa153ca11c38abd78c66e5cc24b8f4efaa','1eec7cf554256e64cc06c434b7308bd2133bb0631267a5958f41337387dd1a71','aee36707814d414f1afa9ab6cff29174abf3e11304db972cb63ba6f348a177fd');
INSERT INTO "entries" VALUES(38,'ent_b4240ef228a38634001a98a0c53adb96',1795169700000,'proposal:decided','prp_0000000000000000000000000000000a',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','1eec7cf554256e64cc06c434b7308bd2133bb0631267a5958f41337387dd1a71','30b7dd8fbdfaea4d294f6fa7bf1f6b41d8f5226281b2921fa690ac8e6a3ad93a','78b529e46db7076ac2aa4908c3848fc77de643f3897ad054588f6d423f49c712');
INSERT INTO "entries" VALUES(39,'ent_c2de2ac140eb602dea374e96d979746c',1795169700000,'proposal:approved','prp_0000000000000000000000000000000a',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','30b7dd8fbdfaea4d294f6fa7bf1f6b41d8f5226281b2921fa690ac8e6a3ad93a','dcff5b01b4855ddb44895bdd4b06e7ddd03e85850c1f42c829ed15c06158b5f1','8b11067af5989fda8ad0dbd4a57a44320c2a6e33067bd602a8fa67f3256b09b5');
INSERT INTO "entries" VALUES(40,'ent_2645c4b107fa22c65ba7131214230cd2',1795169700000,'proposal:claimed','prp_0000000000000000000000000000000a',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','dcff5b01b4855ddb44895bdd4b06e7ddd03e85850c1f42c829ed15c06158b5f1','a56097509a56e4b54cef586d3d6d58163030ddd259ad2ac7e7846cfa76bddbfa','1304f914b0e69ba20d108aa741f47a1761e405fe94594999339117921a79e9d6');
INSERT INTO "entries" VALUES(41,'ent_2638296331f22bd0e93968036fc59cfe',1795169700000,'proposal:succeeded','prp_0000000000000000000000000000000a',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','a56097509a56e4b54cef586d3d6d58163030ddd259ad2ac7e7846cfa76bddbfa','a2cb9dcbe61a395eb33f966b95a32e8a25ad0e2eb269f38c6c08e0bf4c6d5704','bb8acfe7a3500f341c258e3d7db83e150b5b7158a602b3f7d4228358a56939eb');
INSERT INTO "entries" VALUES(42,'ent_4ff6f0296b472441d3f9a4eb61476e95',1795169700000,'proposal:submitted','prp_0000000000000000000000000000000b',1,'agent','support-bot',NULL,'[]','{"id":"prp_0000000000000000000000000000000b","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:a38f8cef49ed0d2c1d1d3fe96a2a1aa7d8e1e7b32ae5eeff67d31bc1030e46be","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','a2cb9dcbe61a395eb33f966b95a32e8a25ad0e2eb269f38c6c08e0bf4c6d5704','bfb9a0a31361f24c0315b7f1e5ff0054933ef2082aae25d552d0c103f9a52dcd','7f405a750c7cfa45899ef0488ef8515f2425374a436964663ae72fa9d9523549');
INSERT INTO "entries" VALUES(43,'ent_68fcf5333b7d262a39935697b3bf7fcd',1795169700000,'proposal:decided','prp_0000000000000000000000000000000b',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','bfb9a0a31361f24c0315b7f1e5ff0054933ef2082aae25d552d0c103f9a52dcd','8c324c6723c6433b5a2c306dbd17b7ae96eedb6d019434a2a8baf006a207c130','80a17dd4aa7dea992314e8179a12f8d1f953cfddaed1d6fe94e5d110a68e40cf');
INSERT INTO "entries" VALUES(44,'ent_f4ad4e13418ad1e0ad601e2da601820a',1795169700000,'proposal:approved','prp_0000000000000000000000000000000b',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','8c324c6723c6433b5a2c306dbd17b7ae96eedb6d019434a2a8baf006a207c130','2e54692437025d70384cdae2360d707917be1a85a919a4f8143336d90070bdf1','cff796a37369f63a7eb243e33164364d32d1f60d9f9173adf9fecce4395be751');
INSERT INTO "entries" VALUES(45,'ent_4680194eaa31eb69ab60592b82dcea27',1795169700000,'proposal:claimed','prp_0000000000000000000000000000000b',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','2e54692437025d70384cdae2360d707917be1a85a919a4f8143336d90070bdf1','b31b4c357701ccc9f1d5efb0953db07a79042f3f9231184e2477b9966c367c4c','8dc741f91c0d5f8ec91de8cf335489559ad07c277c065781121cbc0446fce5fa');
INSERT INTO "entries" VALUES(46,'ent_c83604af5b8800a0fe613359c5df0ac0',1795169700000,'proposal:succeeded','prp_0000000000000000000000000000000b',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','b31b4c357701ccc9f1d5efb0953db07a79042f3f9231184e2477b9966c367c4c','a043ccdcf1228a2927b576824c9503334476227e61d6724d5c51aeb156b8fafe','53d36d98ca91a942c9cc73e8cb2fe79f8a316e5920d86fa99ffdb068df582911');
INSERT INTO "entries" VALUES(47,'ent_38c5c2275a425a066f23135084d2a174',1795169700000,'proposal:submitted','prp_0000000000000000000000000000000c',1,'agent','support-bot',NULL,'[]','{"id":"prp_0000000000000000000000000000000c","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:b4bcb6d4ad11f6654132c8b3de37895768f2f4de02eb1dab0a52506f01a36c89","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','a043ccdcf1228a2927b576824c9503334476227e61d6724d5c51aeb156b8fafe','0cfa30362e49ad8699b09cc518124d102410707b7b31bafceba7c6eb69ed1dcc','fc30026d2358d1679d8b82b9db49c1320ef1e80a7f8be5d6842a60615b5d5d9b');
INSERT INTO "entries" VALUES(48,'ent_68154825cffd06454a1cb80e6068e569',1795169700000,'proposal:decided','prp_0000000000000000000000000000000c',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','0cfa30362e49ad8699b09cc518124d102410707b7b31bafceba7c6eb69ed1dcc','f6563cbe7e275f25117300f2e535aadadde3c3748b96822a26241a3cc1bd6f3f','c261dbae36a6ceaa222cef13047de6c8db72d717452c27f5ce9ebebc9fb0b2ef');
INSERT INTO "entries" VALUES(49,'ent_e7eb4ca1ceaa44d66767526d9714fb5e',1795169700000,'proposal:approved','prp_0000000000000000000000000000000c',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','f6563cbe7e275f25117300f2e535aadadde3c3748b96822a26241a3cc1bd6f3f','c90b05f4f203cb3bbf5750130d739b777999afd4dda12502cfde879b2707692c','b092d6dae5d43381e86f3e427f58b5107df93ad9004bd6f51e9bd02eb374c7fe');
INSERT INTO "entries" VALUES(50,'ent_de55133cbdc66bd6d7f2c691c5283fc8',1795169700000,'proposal:claimed','prp_0000000000000000000000000000000c',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','c90b05f4f203cb3bbf5750130d739b777999afd4dda12502cfde879b2707692c','efac64c16f4eaf299d4a10650bf40f16a751afbce51cd9ce79d1a40522c61894','43889d6c7f8ab7099daf9620f30e0e762d69b784250b018f59da95e375d53e59');
INSERT INTO "entries" VALUES(51,'ent_056e12245f56745af475bca698e3d6c7',1795169700000,'proposal:succeeded','prp_0000000000000000000000000000000c',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','efac64c16f4eaf299d4a10650bf40f16a751afbce51cd9ce79d1a40522c61894','eb520b68d86209c483f6913c954d3f5e43e2ae6b5cc9c738fc4c9e45902b650a','3adb9e46665ee41e3e6884747e215ede4ce1fe0aaad31d355fcd81f7055a632f');
INSERT INTO "entries" VALUES(52,'ent_1decab66df3404c1d50b037abc57a702',1795169700000,'proposal:submitted','prp_0000000000000000000000000000000d',1,'agent','support-bot',NULL,'[]','{"id":"prp_0000000000000000000000000000000d","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:74b1fa2aec750ddf428b01c8f6bbc9dec2c585ddd7af6b04b2d70a8d554a9e61","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','eb520b68d86209c483f6913c954d3f5e43e2ae6b5cc9c738fc4c9e45902b650a','9b5d8e74dfdb9bb605fe5967f475f972a68464ae5b8967b817737afff01d5036','97337e843ddd4cf8882e4cd64a2cf39fffbc28d03b75c890bae346719242893d');
INSERT INTO "entries" VALUES(53,'ent_52f01755cea51aca0dbb3ae8cfe68269',1795169700000,'proposal:decided','prp_0000000000000000000000000000000d',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','9b5d8e74dfdb9bb605fe5967f475f972a68464ae5b8967b817737afff01d5036','4e73dad3f62ffccb275bf0234d193196ab09a34caca01fa19c951165d39d42ba','789b7b939e1ee17a9e035980d74786ffc85b15f3bf71d8446b6894be4725b49c');
INSERT INTO "entries" VALUES(54,'ent_54fd3c772764999f00f4d03db1793dbf',1795169700000,'proposal:approved','prp_0000000000000000000000000000000d',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','4e73dad3f62ffccb275bf0234d193196ab09a34caca01fa19c951165d39d42ba','7695195b6fca2d95a20762a1592daa9cbd9c90d268b752d532b32a815ec69aae','627dd92e890da08e0266ff5d94360d4784263af2039b826cc0391cfb62d99e3b');
INSERT INTO "entries" VALUES(55,'ent_0bbdf589cbd873484f0051f3d2330271',1795169700000,'proposal:claimed','prp_0000000000000000000000000000000d',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','7695195b6fca2d95a20762a1592daa9cbd9c90d268b752d532b32a815ec69aae','9555d3a0959170b6ebc3098fecbd67b2b9abe7bd016f37f12f6abdd6b7e3af2d','58b5fbac02ae1bda2b5ca11fdd489747a04f3ad35afebed91d179f64eb1809e1');
INSERT INTO "entries" VALUES(56,'ent_4edd3461a951dd649ac0793c3b56fb92',1795169700000,'proposal:succeeded','prp_0000000000000000000000000000000d',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','9555d3a0959170b6ebc3098fecbd67b2b9abe7bd016f37f12f6abdd6b7e3af2d','5a710a4727f80e634de5d564fa7ec33f4206d45f1fce92c98146f1fd563da5ab','32d40478607dbf183d6d8e7fad2112c894a685d95a1cff44efee944228989e8c');
INSERT INTO "entries" VALUES(57,'ent_e99ba36565ef51691a42e35d0086e07d',1795169700000,'proposal:submitted','prp_0000000000000000000000000000000e',1,'agent','support-bot',NULL,'[]','{"id":"prp_0000000000000000000000000000000e","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:7ef29931b8bae235693c23f0ab04d85a8ff961fe40b11957654d2b4526d2cb2a","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','5a710a4727f80e634de5d564fa7ec33f4206d45f1fce92c98146f1fd563da5ab','1b2c33a060876f0a3552bd89792513f484c21b54341813b2cb95f0b2ba31753f','a96c1cc758bf819eb2ace923e50a97467145cd3f69b263ddc678e64e08ffd1ec');
INSERT INTO "entries" VALUES(58,'ent_1194968454daaecd185eb23ecb80c01b',1795169700000,'proposal:decided','prp_0000000000000000000000000000000e',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','1b2c33a060876f0a3552bd89792513f484c21b54341813b2cb95f0b2ba31753f','71a1bc8082dc13e9c4db31e2ae354fba572d9c723038015412b3eb75ec8d155e','20124c50ceea861b5421e864cecd0f5265d6ed4114363ac62beab250b9e3394f');
INSERT INTO "entries" VALUES(59,'ent_ffd178cfdfff50d4e1d9bbcd3f2118c9',1795169700000,'proposal:approved','prp_0000000000000000000000000000000e',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','71a1bc8082dc13e9c4db31e2ae354fba572d9c723038015412b3eb75ec8d155e','929577ce5130e3a26fffe71297c465329a7bdf5a35c329bb2f38d9ee93a608d7','92402fe71e2fc1f09e34f56b0a0ee063177f4469a1d16dcf13aa77bd4e583da7');
INSERT INTO "entries" VALUES(60,'ent_43cb7d7acc6073dcd9cf19da42e84da6',1795169700000,'proposal:claimed','prp_0000000000000000000000000000000e',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','929577ce5130e3a26fffe71297c465329a7bdf5a35c329bb2f38d9ee93a608d7','17cc0d460ed86a72725a5b301d5b68bd35a527fef9b18524a7ca4f0d8776fde9','2bcba5991bf8c26221cee055985e318566feb5e71e874015692baf0e77b2890e');
INSERT INTO "entries" VALUES(61,'ent_30f4c4bdb3979dd9f69440b6db413811',1795169700000,'proposal:succeeded','prp_0000000000000000000000000000000e',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','17cc0d460ed86a72725a5b301d5b68bd35a527fef9b18524a7ca4f0d8776fde9','e39cb8f84279664d09f737e55413f80313fdabcabe698a8fd6466a8979faebb7','71d51f250a0c51c8f4f2fb9531c3a1035f02529f734998f7cb9cea6e761ea761');
INSERT INTO "entries" VALUES(62,'ent_951a5c1490612d9c4b4cc8d1c4e69887',1795169700000,'proposal:submitted','prp_0000000000000000000000000000000f',1,'agent','support-bot',NULL,'[]','{"id":"prp_0000000000000000000000000000000f","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:9602a22af732bc92fb5d4e7ebe67e7100328eb4b7cdded2f3bbdcec6bba90129","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','e39cb8f84279664d09f737e55413f80313fdabcabe698a8fd6466a8979faebb7','f3fd9c27cc7fede15182536ef574a311502cb492b227218e4d271cefe67f8d88','bf39c21820cf058aab8c5081dac945b3857237eedd72eafe35246208016263c0');
INSERT INTO "entries" VALUES(63,'ent_1a1d9d50bab6c7a90b928ab3c8ed39e7',1795169700000,'proposal:decided','prp_0000000000000000000000000000000f',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','f3fd9c27cc7fede15182536ef574a311502cb492b227218e4d271cefe67f8d88','de91bdc5259921ed680399fad6f17c9035ec852db437787fd9e069c76b307764','2c9bdeca509e072793d0794b5c4967ac23ff0cb355df89139da8800514398e27');
INSERT INTO "entries" VALUES(64,'ent_f3ed9ff07ab2de6f626c8f83dcfc7adf',1795169700000,'proposal:approved','prp_0000000000000000000000000000000f',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','de91bdc5259921ed680399fad6f17c9035ec852db437787fd9e069c76b307764','dd895241f22ac531eac3c6ddd3fdb5d6316e61f2e04eab435f8ff180184213d5','a2cb58703ac58336b4a5d555eafcbfb9201317d46701dd3ebd68e1594b9a05e6');
INSERT INTO "entries" VALUES(65,'ent_2aadd1ded90b095d8b26208d24fdd730',1795169700000,'proposal:claimed','prp_0000000000000000000000000000000f',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','dd895241f22ac531eac3c6ddd3fdb5d6316e61f2e04eab435f8ff180184213d5','98160e503a3ab89b46c3721ee56edadb8d35fd7dc43d39d8cbf796218d521f4b','22eb6375b84567b923022f3797dbdb0ec98ec551a6120f87cf805d483028a634');
INSERT INTO "entries" VALUES(66,'ent_ca51a29644f9e54dc15a052f82dc9dfb',1795169700000,'proposal:succeeded','prp_0000000000000000000000000000000f',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','98160e503a3ab89b46c3721ee56edadb8d35fd7dc43d39d8cbf796218d521f4b','a7d97b0d975b2418888b98cba19006ec368a6786a1f39d506104cc8ded9181a0','50ecb802a6dd3f347c813415e2f14b5766b9d87f2f997c83a72138f80bbb2372');
INSERT INTO "entries" VALUES(67,'ent_7da5df0b82270b9924ecc60d0e3318bb',1795169700000,'proposal:submitted','prp_00000000000000000000000000000010',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000010","action":{"name":"refund.create","payload":{"amount":300,"order":"1001"},"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:988c572b5910a26a91410cda8f008b855026cea3be66fc216ab77084a650b9ff","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','a7d97b0d975b2418888b98cba19006ec368a6786a1f39d506104cc8ded9181a0','8b12733f09e32dc5dfb8a7ad2b1022caebd4d889ee51f89b6c7dae94836cc6d2','26b06c9ef2a564980fefa1b4ac2dfa285af0d60ec89f53b0eee3ad5ae1d30783');
INSERT INTO "entries" VALUES(68,'ent_d5401f7b9245aea54bde896a52fda948',1795169700000,'proposal:decided','prp_00000000000000000000000000000010',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','8b12733f09e32dc5dfb8a7ad2b1022caebd4d889ee51f89b6c7dae94836cc6d2','7b29dd84bb306fbde6abc1b35b17f5222ec2315f8c50dce44c52aca7f62fa5fc','de054e8e751769233d32a8787387f594b9d726b2c28e6feb8975093a89e19b3c');
INSERT INTO "entries" VALUES(69,'ent_124969f0cc061924763289511a30c23f',1795169700000,'proposal:approved','prp_00000000000000000000000000000010',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','7b29dd84bb306fbde6abc1b35b17f5222ec2315f8c50dce44c52aca7f62fa5fc','cccb9a09f70e63d5b079748d94e79bed609f646c4e3929a3374ba6e2f20da437','8125ee5fb9019478f898b5401a3148cd45c2f6e66c23f9fac8eab1b9badef750');
INSERT INTO "entries" VALUES(70,'ent_b5fd7181581271119e22bb98b08d7c9c',1795169700000,'proposal:claimed','prp_00000000000000000000000000000010',1,'agent','support-bot',NULL,'[]','{"digest":"sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d","claimant":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","report_by":"2026-11-20T11:15:00.000Z"}','cccb9a09f70e63d5b079748d94e79bed609f646c4e3929a3374ba6e2f20da437','063157a28ae1f978242a293db4f6cf78d8780743cbbb9ae242686f8284c45d49','af1587af784028f5c4fea97fe9810ac89f11bf05db49458f8ebc48636a698ed2');
INSERT INTO "entries" VALUES(71,'ent_2ea3e7695b53ca8f89b008a9c0401fe8',1795169700000,'proposal:succeeded','prp_00000000000000000000000000000010',1,'agent','support-bot',NULL,'[]','{"outcome":{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}}','063157a28ae1f978242a293db4f6cf78d8780743cbbb9ae242686f8284c45d49','723176df4b19b8643de81dd8e26cd1baf66b7bdd87097aca19d0febb72b77a8e','e8171426c74cdfbea52335668d73e255a1a867c86831defcb5ddc950dd0c78b0');
INSERT INTO "entries" VALUES(72,'ent_f2c0215b921881c4de587885b7f9c5e1',1795169700000,'proposal:submitted','prp_00000000000000000000000000000011',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000011","action":{"name":"refund.create","payload":{"amount":290,"order":"1001"},"digest":"sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:01969e00c87937ce231470be052fd126f42fea579f79fe78f999bd445a8e06aa","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','723176df4b19b8643de81dd8e26cd1baf66b7bdd87097aca19d0febb72b77a8e','c54efee676e79d02694c48f674ea43a21d323bf005d9aaf595bef5e2ef071ab9','2d77a2d8d4cb2f4ecea02a22e1e6f296c96a21646d2204c797b734d33a8ab54f');
INSERT INTO "entries" VALUES(73,'ent_a3bddb4eaffdc04137a938232f137ac9',1795169700000,'proposal:decided','prp_00000000000000000000000000000011',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"reject","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":"Never.","stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','c54efee676e79d02694c48f674ea43a21d323bf005d9aaf595bef5e2ef071ab9','51d939752917831f7527f0e017e5dde6133a0b0caea9da1473332c91065d4ed2','248e62f9e62dcf3e69cd6523585a6dec62bbf169fe7e91dab115a3a35ff2e009');
INSERT INTO "entries" VALUES(74,'ent_a71de64357ad502ac8bc01094d0b63be',1795169700000,'proposal:rejected','prp_00000000000000000000000000000011',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","reason":"Never."}','51d939752917831f7527f0e017e5dde6133a0b0caea9da1473332c91065d4ed2','c541ab2a662726a164b293ef73b439392c74bb6de1276d7d143dfed623d8d928','eccc02d1d6a891fe641585a1cbf89b84a38bf4515db04f1012e094711c1b9f94');
INSERT INTO "entries" VALUES(75,'ent_ee8c880c3cc312d2ceb52c5618b9e5a3',1795169700000,'hold:begun','prp_00000000000000000000000000000011',NULL,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"hold":{"id":"prp_00000000000000000000000000000011","agent":"support-bot","action":"refund.create","proposed":"sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37","digest":"sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37","roles":["support"],"by":"U0ALICE","reason":"Never.","at":"2026-11-20T10:15:00.000Z","until":"2026-11-21T10:15:00.000Z","stopped":0,"ended":null,"ended_by":null,"ended_at":null}}','c541ab2a662726a164b293ef73b439392c74bb6de1276d7d143dfed623d8d928','965a3793c61020ad7e05084ec0c62dd9e599f4d039e9d09386a71ad342fb8286','1170d557f0334679ca35b3fe0f1459ae8e47cabb59c1cabaf6b75a766d917e7e');
INSERT INTO "entries" VALUES(76,'ent_408ecffcccc27d38877f61c5142b93a5',1795169700000,'proposal:submitted','prp_00000000000000000000000000000012',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000012","action":{"name":"refund.create","payload":{"amount":295,"order":"1001"},"digest":"sha256:00491dea42302b84f5597dc878fa28fa5efaa573a7194ca91d1ac39a1418c044"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:591c7662894e452390ca50e280fbecbc54c533a2366f55687ca7a9075ffb6568","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','965a3793c61020ad7e05084ec0c62dd9e599f4d039e9d09386a71ad342fb8286','226493d74b7d630c5f8cf0ab319ba24018955881b0dab1d505de865acc5e6097','c522fd981980292aaffb7b097638202f985843721fbf6d34c57828b9a2a397e4');
INSERT INTO "entries" VALUES(77,'ent_8fa83bb5f44a695afb7d21c5efa8a922',1795169700000,'proposal:decided','prp_00000000000000000000000000000012',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"reject","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":"Not this.","stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','226493d74b7d630c5f8cf0ab319ba24018955881b0dab1d505de865acc5e6097','7b996d705439bc807e2d4a25e3dd264c288b4fcbe24f2d89247737b48f79337a','313b1daf49dff26b076f333143285e9a10a854cff6b906c2a12dc257f287b265');
INSERT INTO "entries" VALUES(78,'ent_41edf553210f2dc5abb5ef563b29eabd',1795169700000,'proposal:rejected','prp_00000000000000000000000000000012',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","reason":"Not this."}','7b996d705439bc807e2d4a25e3dd264c288b4fcbe24f2d89247737b48f79337a','44d2cb4cfd67197f245fdc96caf1a2df8388d428035f5535551bb1237f7a4895','3c21509abd7077c3506222f55c8b3dd53078b4e36b3beaef6e3890f9bdb59aae');
INSERT INTO "entries" VALUES(79,'ent_eaf5d6497f44282ae41152135d42dbd4',1795169700000,'proposal:submitted','prp_00000000000000000000000000000013',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000013","action":{"name":"refund.create","payload":{"amount":10,"order":"1001"},"digest":"sha256:9b2a17321efe1f2f1cb30a409bb7e121abf4e2beb47a83e03a65778bd854eaf1"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"auto","roles":[],"approvals":1,"channels":[],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":{"share":0.5,"roles":["support"],"channels":["C0SUPPORT"]},"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:16fb8656057e170e0100abe59119437ea72fa82a320670b4b9cf077f3804be48","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','44d2cb4cfd67197f245fdc96caf1a2df8388d428035f5535551bb1237f7a4895','b7048747d0f2c4d5214e75d8397e2b8b7b94e6a1fb70da84e25faf497602c92f','7ee5bc28d4abbca3b6fd8da5a8381e6e90af4b963359ed7c457e4dda4e592889');
INSERT INTO "entries" VALUES(80,'ent_7d08cba517cf72202ed262b8583d0884',1795169700000,'proposal:approved','prp_00000000000000000000000000000013',1,'agent','support-bot',NULL,'[]','{"cause":"auto","by":null,"execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','b7048747d0f2c4d5214e75d8397e2b8b7b94e6a1fb70da84e25faf497602c92f','d14d0f22084c0c5554891fee2949757292ab39e5413fa1f272d49f23035ffb2b','1f85d2017f9c9351422dfcce1ad711cb08bd3f02e4d61af6521eef9d4178988a');
INSERT INTO "entries" VALUES(81,'ent_536f6ce994169cf82c6fffe9a3db23c9',1795169700000,'sample:drawn',NULL,NULL,'system','signoff',NULL,'[]','{"proposal":"prp_00000000000000000000000000000013","share":0.5,"roles":["support"],"channels":["C0SUPPORT"],"nonce":"sha256:71c6940dc5a1a145fd3847a880c6d45b9485ddc4f68a7a6dfd2a9d84375b8b6e"}','d14d0f22084c0c5554891fee2949757292ab39e5413fa1f272d49f23035ffb2b','610653255b027a94d78682dc4ff1a763fda4fb3c11135d41362dbcdcf642a8a0','1557d58e553bd424a1e378f2dc2ef89bf05d00f2059ffa718c05c89dd0434de7');
INSERT INTO "entries" VALUES(82,'ent_d440c6de44e8677b1ef454573750ca79',1795169700000,'proposal:submitted','prp_00000000000000000000000000000014',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000014","action":{"name":"refund.create","payload":{"amount":11,"order":"1001"},"digest":"sha256:7257a5984644a2f05e75fc765236601f31e1ba698c0bdd3ff84c90521dd243f2"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"auto","roles":[],"approvals":1,"channels":[],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":{"share":0.5,"roles":["support"],"channels":["C0SUPPORT"]},"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:9255c325c283fee6d85a3f28dd9371cc749defdca11403b9f1f8731b17290340","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','610653255b027a94d78682dc4ff1a763fda4fb3c11135d41362dbcdcf642a8a0','4ebf0e8c9e1fca1c984cffa852b55f94b6c14d7d04b2b932884612fef605f685','82a0bb3e2ff54dc9650e9ce53b53e668e347ff423b600338d0079c6ff59ab0e6');
INSERT INTO "entries" VALUES(83,'ent_206568cd5059b781d60d48f4ac0da684',1795169700000,'proposal:approved','prp_00000000000000000000000000000014',1,'agent','support-bot',NULL,'[]','{"cause":"auto","by":null,"execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','4ebf0e8c9e1fca1c984cffa852b55f94b6c14d7d04b2b932884612fef605f685','cbfe5253b9a7a96c71d50c7ea6a7bd8f7f4b85e5b0a34e336a371941142a9f73','2faea8107d06f6563d23a56d67575f66c88ebe6d1f5120c474f0085920834b93');
INSERT INTO "entries" VALUES(84,'ent_b0e4025ce97bbca9a05b27fd9de1c1e2',1795169700000,'sample:drawn',NULL,NULL,'system','signoff',NULL,'[]','{"proposal":"prp_00000000000000000000000000000014","share":0.5,"roles":["support"],"channels":["C0SUPPORT"],"nonce":"sha256:710f4ae3668b390499c42f1923565e6f8be3d4f6615eefe1ba573ae6f358e74f"}','cbfe5253b9a7a96c71d50c7ea6a7bd8f7f4b85e5b0a34e336a371941142a9f73','7569e4f4102167b1c9888168eace5453fd437888137f050fbb51dbc983222a28','f6d1a99f95a6694c5374037f26797643a2920166fa01035ecffb4d00d17d6330');
INSERT INTO "entries" VALUES(85,'ent_3df81556eb6b3c4583f6e81a64159edf',1795169700000,'sample:judged',NULL,NULL,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"proposal":"prp_00000000000000000000000000000014","judgement":"fine","by":"U0ALICE","reason":null}','7569e4f4102167b1c9888168eace5453fd437888137f050fbb51dbc983222a28','88f6be9b57e11c291eb738d57f89264a223dedbf27d99054d001558d2780d766','5103fb4b40c9eb44379fba0ab827c3b97940622102c70055a4a3bf7b04592b9e');
INSERT INTO "entries" VALUES(86,'ent_04899c408da8ade6b5865a4fa6dcc12c',1795169700000,'sample:posted',NULL,NULL,'system','signoff',NULL,'[]','{"proposal":"prp_00000000000000000000000000000013","channel":"C0SUPPORT","ts":"3.3","digest":"sha256:0"}','88f6be9b57e11c291eb738d57f89264a223dedbf27d99054d001558d2780d766','6a866793b8018e9a8f78e82e1dacc49321f1dd6c73bbdadbb7d36fd196d319f3','1480c538d0fb38a8af4b2faf98c030685f057b306e0b5a15efaf3ab2fd1d6cfb');
INSERT INTO "entries" VALUES(87,'ent_4eecc002cc17b1f445606e65e2b18297',1795169700000,'proposal:submitted','prp_00000000000000000000000000000015',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000015","action":{"name":"refund.create","payload":{"amount":350,"order":"1001"},"digest":"sha256:5a5161a394e2fa2b2cf560b49e448c5d16df4101dd8d38e893033bd32dbd4c6e"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":{"may_differ":["payload.order"],"lasts":3600,"most":3},"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:ab2fb111487ce00f2394956ffc5e5838f03636661804a1da3e73a9cbd90bd95f","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','6a866793b8018e9a8f78e82e1dacc49321f1dd6c73bbdadbb7d36fd196d319f3','925eb0f0b2c42fd698e7dce4d51755496277b5acdeca8dbf10a44396879b2bdb','1cbba2547218f8c46bb6934d36321733dc248f9c184a3a7d0a3d955f30b34c25');
INSERT INTO "entries" VALUES(88,'ent_09cab31d45b8618bc2c58933fc87036f',1795169700000,'proposal:decided','prp_00000000000000000000000000000015',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"decision":{"reviewer":"U0ALICE","verdict":"approve","revision":1,"round":1,"at":"2026-11-20T10:15:00.000Z","roles":["support"],"reason":null,"stands_in_for":null,"hasty":false,"taken_back_at":null,"seen_at":null}}','925eb0f0b2c42fd698e7dce4d51755496277b5acdeca8dbf10a44396879b2bdb','b2ec1d5a1609929f15950450c177c788b37137b278cda422491f40a406a28ccd','be4d9967de7cdb7de20fc9fcf6ba290ba6c1887a4c3035ee9099c9c39401aa60');
INSERT INTO "entries" VALUES(89,'ent_5792bbb926675c0f4ea29318950b5595',1795169700000,'proposal:approved','prp_00000000000000000000000000000015',1,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"cause":"reviewer","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','b2ec1d5a1609929f15950450c177c788b37137b278cda422491f40a406a28ccd','bc1a66f4e6a56594553629acfdd361f015b266f1317f83b084e914e1efe93630','4bee9848809eee9f373c1f565ccbaac45c557c2c32c3d75e4a5aface6bae3baf');
INSERT INTO "entries" VALUES(90,'ent_2e947ac08f282137c6015504065e1993',1795169700000,'standing:allowed','prp_00000000000000000000000000000015',NULL,'reviewer','U0ALICE','T0TEAM','["support: member"]','{"approval":{"id":"prp_00000000000000000000000000000015","agent":"support-bot","action":"refund.create","alike":"sha256:ace5ffd2dc28df32da6a665262086079e64ed0465ca1b196b4c1a4a4b65424d2","on_behalf_of":null,"source":"trusted","by":"U0ALICE","gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":{"may_differ":["payload.order"],"lasts":3600,"most":3},"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"may_differ":["payload.order"],"at":"2026-11-20T10:15:00.000Z","until":"2026-11-20T11:15:00.000Z","most":3,"used":0,"ended":null,"ended_by":null,"ended_at":null}}','bc1a66f4e6a56594553629acfdd361f015b266f1317f83b084e914e1efe93630','f0b9d4b1bfd31a2f2e63098e03758aea2f31e907e9e5f8f2bd6c23b08c6b3f1f','14768544fa7cace9ce78d29cf53ae5a315c944fa81c66c20384c3a7c46dd86c3');
INSERT INTO "entries" VALUES(91,'ent_24667364939d9eed57e0a6b50e60b2e5',1795169700000,'standing:used','prp_00000000000000000000000000000015',NULL,'agent','support-bot',NULL,'[]','{"proposal":"prp_00000000000000000000000000000016","by":"U0ALICE","left":2}','f0b9d4b1bfd31a2f2e63098e03758aea2f31e907e9e5f8f2bd6c23b08c6b3f1f','b16a0ff99d4de923c2d41b7dc31a4abc518e60d7510e2cb514717290ba39b96a','38ed2408c6c35671ae67bf9c9d3392681df03d5e3460b93aad1ba4f2c35c228a');
INSERT INTO "entries" VALUES(92,'ent_3a094bb9c1f6ac03c68060b56585a001',1795169700000,'proposal:submitted','prp_00000000000000000000000000000016',1,'agent','support-bot',NULL,'[]','{"id":"prp_00000000000000000000000000000016","action":{"name":"refund.create","payload":{"amount":350,"order":"1001"},"digest":"sha256:5a5161a394e2fa2b2cf560b49e448c5d16df4101dd8d38e893033bd32dbd4c6e"},"ask":{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null},"gate":{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[{"rule":"standing","name":"standing prp_00000000000000000000000000000015","value":"U0ALICE approved prp_00000000000000000000000000000015 and the next like it; this is 1 of 3."}],"sampling":null,"standing":{"may_differ":["payload.order"],"lasts":3600,"most":3},"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null},"nonce":"sha256:11a4b5a151977550b565e6b350894953bdbaf1cb7025b4f66f0d4a3e8007c851","expires_at":"2026-11-20T11:15:00.000Z","idempotency_key":null,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}','b16a0ff99d4de923c2d41b7dc31a4abc518e60d7510e2cb514717290ba39b96a','301335583b3b8700800563d5c7401b3220e8dc460ae3cce77a3aa065393ee099','eedb10b83b9fb948418e4dd21954e3914d4f7f8c9917d37c625f6725489af0cd');
INSERT INTO "entries" VALUES(93,'ent_0de4ce10a0a49fbdb3cc1d0034f9d57d',1795169700000,'proposal:approved','prp_00000000000000000000000000000016',1,'agent','support-bot',NULL,'[]','{"cause":"standing","by":"U0ALICE","execute_by":"2026-11-20T11:15:00.000Z","claimable_at":null}','301335583b3b8700800563d5c7401b3220e8dc460ae3cce77a3aa065393ee099','9a27089dbd9758affaba65138bd1e04498ca50f561e5a7dd8a065b9d9b52b90f','886ba4bae1ec89344c8aaa12b0a9d2ff9953719816b7d793978baa05a2996041');
INSERT INTO "entries" VALUES(94,'ent_23ba440ab59cc17bd31a847b5e25a7f3',1795169700000,'card:posted','prp_00000000000000000000000000000001',1,'system','signoff',NULL,'[]','{"channel":"C0SUPPORT","ts":"1.1","digest":"sha256:0","revision":1,"adopted":false}','9a27089dbd9758affaba65138bd1e04498ca50f561e5a7dd8a065b9d9b52b90f','06c0e28e59cadd53daceaee270c009e8214b26cc9af42ba7739dce8b46f8d595','ee773f28c28df1899df0cf103c460382f4b142856d4e04be6da733f2c4aae5fb');
INSERT INTO "entries" VALUES(95,'ent_9bd119eea2b9bd27a6bbfbe1f8d1183f',1795169700000,'card:posted','prp_00000000000000000000000000000004',1,'system','signoff',NULL,'[]','{"channel":"C0SUPPORT","ts":"2.2","digest":"sha256:0","revision":1,"adopted":false}','06c0e28e59cadd53daceaee270c009e8214b26cc9af42ba7739dce8b46f8d595','2b829edc583ccf17dd886023d6ee86d2ababeaed71d14100a6adf351e9874f50','d3f0a203f01778ed3ec59c8f4ff8e3d5967b7181dbd2aea1c7640e548ce973de');
INSERT INTO "entries" VALUES(96,'ent_563572ae8ec5ea71a8153a04223da55b',1795169700000,'delegation:begun',NULL,NULL,'reviewer','U0BOB','T0TEAM','["support: member"]','{"id":"dlg_0000000000000000000001","delegator":"U0BOB","delegate":"U0DAVE","until":"2026-11-20T11:15:00.000Z","roles":["finance","support"]}','2b829edc583ccf17dd886023d6ee86d2ababeaed71d14100a6adf351e9874f50','31e3eea58222508d1d888b6f73382d42a79136c9df298ce29a707401bbb80d10','b0240fd26b96c7077100d2df83e3716a6e4915b879a93a007fe00374d310e121');
INSERT INTO "entries" VALUES(97,'ent_a75932052d2ac86b14c991518e327604',1795169700000,'delegation:begun',NULL,NULL,'reviewer','U0CAROL','T0TEAM','["support: member"]','{"id":"dlg_0000000000000000000002","delegator":"U0CAROL","delegate":"U0DAVE","until":"2026-11-20T11:15:00.000Z","roles":["finance"]}','31e3eea58222508d1d888b6f73382d42a79136c9df298ce29a707401bbb80d10','ebdb1367cbf470deb5e000290b060600f059223f119daa0d1ad24d2d21c22c30','048321aef3aa3680fa0d099eaf4b3aed75b53a65c52e6bd6c0feca47c3f1066d');
INSERT INTO "entries" VALUES(98,'ent_bf41c78f2f5c0e0d948a4cd4352448ef',1795169700000,'delegation:ended',NULL,NULL,'reviewer','U0CAROL','T0TEAM','[]','{"id":"dlg_0000000000000000000002","delegator":"U0CAROL","delegate":"U0DAVE","by":"U0CAROL","cause":"taken_back"}','ebdb1367cbf470deb5e000290b060600f059223f119daa0d1ad24d2d21c22c30','088c30462e2876021c0b841a9968079161e77d4069380fa3af74d910303982bc','64b490b5ec3c2d8191fbb7b1ca3f5448f6de1a7332e18db2e51a1244c090d591');
INSERT INTO "entries" VALUES(99,'ent_24616a1c5a44a9113839f5d3e36bb6bf',1795169700000,'agent:stopped',NULL,NULL,'reviewer','U0OWNER','T0TEAM','[]','{"agent":"other-bot","by":"U0OWNER","reason":"It is mad."}','088c30462e2876021c0b841a9968079161e77d4069380fa3af74d910303982bc','7d749a16ecd33b9614d5eab44c1e9b959c0d7e9ae2677fbcf249ebf2f8751e36','0a7b5e062134be6249728e38418715d4e8c7091ab2060134d1eaf6a1f6e79d47');
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
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000005','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000006','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000007','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000008','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000009','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_0000000000000000000000000000000a','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_0000000000000000000000000000000b','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_0000000000000000000000000000000c','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_0000000000000000000000000000000d','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_0000000000000000000000000000000e','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_0000000000000000000000000000000f','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000010','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000011','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000012','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000013','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000014','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000015','U0OWNER',1);
INSERT INTO "exclusions" VALUES('prp_00000000000000000000000000000016','U0OWNER',1);
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
INSERT INTO "forms" VALUES('frm_1','prp_00000000000000000000000000000001',1,'nonce00000000000000001','U0ALICE','review','{"amount":240}',0,'V1',1795169700000,NULL,NULL);
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
INSERT INTO "holds" VALUES('prp_00000000000000000000000000000011','support-bot','refund.create','sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37','sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37','["support"]','U0ALICE','Never.',1795169700000,1795256100000,0,NULL,NULL,NULL);
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
INSERT INTO "noes" VALUES('prp_00000000000000000000000000000011','support-bot','refund.create','sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37','{"amount":"09895de0407bcb0386733daa14bdb5dfa544505530c634334a05a60f161b71fc","order":"a0064c86a582fa64f14c66f6b43708d60e1bdb791ac2acfa332d059895c265f9"}','U0ALICE',1795169700000,'Never.');
INSERT INTO "noes" VALUES('prp_00000000000000000000000000000012','support-bot','refund.create','sha256:00491dea42302b84f5597dc878fa28fa5efaa573a7194ca91d1ac39a1418c044','{"amount":"9cfd3c755be26b4e1645918e2a64a26e3d851ede421e0b257f783b443bc443d1","order":"a0064c86a582fa64f14c66f6b43708d60e1bdb791ac2acfa332d059895c265f9"}','U0ALICE',1795169700000,'Not this.');
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
INSERT INTO "outbox" VALUES(1,'prp_00000000000000000000000000000001','C0SUPPORT','card',1,0,0,0,1795169700000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(2,'prp_00000000000000000000000000000002','C0SUPPORT','card',3,0,0,0,1795169700000,0,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(3,'prp_00000000000000000000000000000002','C0SUPPORT','thread',4,0,0,0,1795169700000,1,1795173300000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(4,'prp_00000000000000000000000000000003','C0SUPPORT','card',2,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(5,'prp_00000000000000000000000000000003','C0SUPPORT','thread',8,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(6,'prp_00000000000000000000000000000004','C0SUPPORT','card',2,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(7,'prp_00000000000000000000000000000004','C0SUPPORT','thread',11,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(8,'prp_00000000000000000000000000000005','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(9,'prp_00000000000000000000000000000005','C0SUPPORT','thread',16,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(10,'prp_00000000000000000000000000000006','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(11,'prp_00000000000000000000000000000006','C0SUPPORT','thread',21,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(12,'prp_00000000000000000000000000000007','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(13,'prp_00000000000000000000000000000007','C0SUPPORT','thread',26,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(14,'prp_00000000000000000000000000000008','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(15,'prp_00000000000000000000000000000008','C0SUPPORT','thread',31,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(16,'prp_00000000000000000000000000000009','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(17,'prp_00000000000000000000000000000009','C0SUPPORT','thread',36,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(18,'prp_0000000000000000000000000000000a','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(19,'prp_0000000000000000000000000000000a','C0SUPPORT','thread',41,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(20,'prp_0000000000000000000000000000000b','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(21,'prp_0000000000000000000000000000000b','C0SUPPORT','thread',46,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(22,'prp_0000000000000000000000000000000c','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(23,'prp_0000000000000000000000000000000c','C0SUPPORT','thread',51,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(24,'prp_0000000000000000000000000000000d','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(25,'prp_0000000000000000000000000000000d','C0SUPPORT','thread',56,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(26,'prp_0000000000000000000000000000000e','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(27,'prp_0000000000000000000000000000000e','C0SUPPORT','thread',61,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(28,'prp_0000000000000000000000000000000f','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(29,'prp_0000000000000000000000000000000f','C0SUPPORT','thread',66,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(30,'prp_00000000000000000000000000000010','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(31,'prp_00000000000000000000000000000010','C0SUPPORT','thread',71,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(32,'prp_00000000000000000000000000000011','C0SUPPORT','card',3,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(33,'prp_00000000000000000000000000000011','C0SUPPORT','thread',75,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(34,'prp_00000000000000000000000000000012','C0SUPPORT','card',2,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(35,'prp_00000000000000000000000000000012','C0SUPPORT','thread',78,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(36,'prp_00000000000000000000000000000013','C0SUPPORT','sample',1,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(37,'prp_00000000000000000000000000000014','C0SUPPORT','sample',2,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(38,'prp_00000000000000000000000000000015','C0SUPPORT','card',4,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(39,'prp_00000000000000000000000000000015','C0SUPPORT','thread',91,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(40,'prp_00000000000000000000000000000016','C0SUPPORT','card',1,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(41,'prp_00000000000000000000000000000016','C0SUPPORT','thread',93,0,0,0,1795169700000,1,1795169700000,NULL,NULL,NULL);
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
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000001',1,'pending',NULL,NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":"https://agents.example/hook"}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:f6e55eab0918b5e48d0862a2fac0e96c58256ab06dfca0692c30e9a85b03d7d3',1,'nonce00000000000000001',1795169700000,1795173300000,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]','order-1','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000002',3,'pending',NULL,NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:2e9edd9cac8dd06610a2f84509e9ede8beb18731a0cf5d260867080619fab694',1,'nonce00000000000000002',1795169700000,1795173300000,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000003',4,'approved','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',2,'sha256:b7d95db880e773fa8801663ba0fae53cb969ef9f2710498b55ffd2ee9e527f92',2,'nonce00000000000000004',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000004',3,'approved','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":"https://agents.example/hook"}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:c04e68c118a16d50b4d5405c1ac62045b75195fc6948f74c11632d1edac4a738',1,'nonce00000000000000005',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000005',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000006',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000006',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000007',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000007',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000008',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000008',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000009',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000009',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000010',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_0000000000000000000000000000000a',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000011',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_0000000000000000000000000000000b',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000012',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_0000000000000000000000000000000c',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000013',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_0000000000000000000000000000000d',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000014',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_0000000000000000000000000000000e',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000015',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_0000000000000000000000000000000f',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000016',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000010',5,'succeeded','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1,'nonce00000000000000017',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,1795169700000,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1795173300000,0,'{"status":"succeeded","at":"2026-11-20T10:15:00.000Z","detail":null,"verification":null}',NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000011',3,'rejected','reviewer','Never.','support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37',1,'nonce00000000000000018',1795169700000,1795173300000,1795169700000,'U0ALICE',NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000012',3,'rejected','reviewer','Not this.','support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:00491dea42302b84f5597dc878fa28fa5efaa573a7194ca91d1ac39a1418c044',1,'nonce00000000000000019',1795169700000,1795173300000,1795169700000,'U0ALICE',NULL,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',NULL,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000013',2,'approved','auto',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"auto","roles":[],"approvals":1,"channels":[],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":{"share":0.5,"roles":["support"],"channels":["C0SUPPORT"]},"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','[]',1,'sha256:9b2a17321efe1f2f1cb30a409bb7e121abf4e2beb47a83e03a65778bd854eaf1',1,'nonce00000000000000020',1795169700000,1795173300000,1795169700000,NULL,1795173300000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000014',2,'approved','auto',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"auto","roles":[],"approvals":1,"channels":[],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":{"share":0.5,"roles":["support"],"channels":["C0SUPPORT"]},"standing":null,"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','[]',1,'sha256:7257a5984644a2f05e75fc765236601f31e1ba698c0bdd3ff84c90521dd243f2',1,'nonce00000000000000022',1795169700000,1795173300000,1795169700000,NULL,1795173300000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000015',3,'approved','reviewer',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[],"sampling":null,"standing":{"may_differ":["payload.order"],"lasts":3600,"most":3},"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:5a5161a394e2fa2b2cf560b49e448c5d16df4101dd8d38e893033bd32dbd4c6e',1,'nonce00000000000000024',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
INSERT INTO "proposals" VALUES('prp_00000000000000000000000000000016',2,'approved','standing',NULL,'support-bot','refund.create','run-1','{"agent":"support-bot","reasoning":"The parcel is lost, the carrier has confirmed it.","summary":"Refund for order 1001","confidence":null,"signals":{},"source":"trusted","context":[],"preview":null,"rollback":null,"preconditions":[],"payload_schema":null,"on_behalf_of":null,"run_id":"run-1","tool_call_id":null,"traceparent":null,"expires_in":null,"callback_url":null}','{"tier":"approve","roles":["support"],"approvals":1,"channels":["C0SUPPORT"],"expires_in":3600,"execute_within":3600,"report_within":3600,"edit":null,"excluded":["U0OWNER"],"self_review":[],"risk":[{"rule":"refund-large","reason":"Refund above 100"}],"rules":["refund-large"],"policy_version":"policy-1","unfillable":null,"second_person":false,"stand_ins":[],"undo_within":null,"remind":[],"escalate":[],"hours":[],"max_expires_in":null,"facts":[{"rule":"standing","name":"standing prp_00000000000000000000000000000015","value":"U0ALICE approved prp_00000000000000000000000000000015 and the next like it; this is 1 of 3."}],"sampling":null,"standing":{"may_differ":["payload.order"],"lasts":3600,"most":3},"title":null,"show":[],"redact":[],"batch":null,"settle":null,"friction":null,"reject_reasons":[],"hold":86400,"held":null}','["C0SUPPORT"]',1,'sha256:5a5161a394e2fa2b2cf560b49e448c5d16df4101dd8d38e893033bd32dbd4c6e',1,'nonce00000000000000025',1795169700000,1795173300000,1795169700000,'U0ALICE',1795173300000,NULL,NULL,NULL,0,NULL,NULL,0,'[]',0,'[]',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','policy-1',1795173300000,NULL);
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
INSERT INTO "questions" VALUES('prp_00000000000000000000000000000002',1,'Which order?','U0ALICE',1795169700000,'The first.',1795169700000,NULL);
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
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000001',1,'refund.create','{"amount":250,"order":"1001"}','sha256:f6e55eab0918b5e48d0862a2fac0e96c58256ab06dfca0692c30e9a85b03d7d3',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000002',1,'refund.create','{"amount":260,"order":"1001"}','sha256:2e9edd9cac8dd06610a2f84509e9ede8beb18731a0cf5d260867080619fab694',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000003',1,'refund.create','{"amount":270,"order":"1001"}','sha256:82bfc5278570e352b43fd92acccd38d94f6b0a115dac23b6fbdb006f58dd4b11',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000003',2,'refund.create','{"amount":271,"order":"1001"}','sha256:b7d95db880e773fa8801663ba0fae53cb969ef9f2710498b55ffd2ee9e527f92',1795169700000,'U0ALICE','[{"op":"replace","path":"/amount","value":271}]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000004',1,'refund.create','{"amount":280,"order":"1001"}','sha256:c04e68c118a16d50b4d5405c1ac62045b75195fc6948f74c11632d1edac4a738',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000005',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000006',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000007',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000008',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000009',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_0000000000000000000000000000000a',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_0000000000000000000000000000000b',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_0000000000000000000000000000000c',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_0000000000000000000000000000000d',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_0000000000000000000000000000000e',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_0000000000000000000000000000000f',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000010',1,'refund.create','{"amount":300,"order":"1001"}','sha256:bfb6fda6789b5d6363799659ffc37676828368f1ae917ad15023a40730d9597d',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000011',1,'refund.create','{"amount":290,"order":"1001"}','sha256:445aedb61323ac274349c9a8e2b563fb9ef55880e8db38abeb8ac9d69f119b37',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000012',1,'refund.create','{"amount":295,"order":"1001"}','sha256:00491dea42302b84f5597dc878fa28fa5efaa573a7194ca91d1ac39a1418c044',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000013',1,'refund.create','{"amount":10,"order":"1001"}','sha256:9b2a17321efe1f2f1cb30a409bb7e121abf4e2beb47a83e03a65778bd854eaf1',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000014',1,'refund.create','{"amount":11,"order":"1001"}','sha256:7257a5984644a2f05e75fc765236601f31e1ba698c0bdd3ff84c90521dd243f2',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000015',1,'refund.create','{"amount":350,"order":"1001"}','sha256:5a5161a394e2fa2b2cf560b49e448c5d16df4101dd8d38e893033bd32dbd4c6e',1795169700000,NULL,'[]');
INSERT INTO "revisions" VALUES('prp_00000000000000000000000000000016',1,'refund.create','{"amount":350,"order":"1001"}','sha256:5a5161a394e2fa2b2cf560b49e448c5d16df4101dd8d38e893033bd32dbd4c6e',1795169700000,NULL,'[]');
CREATE TABLE sample_cards (
    proposal_id TEXT NOT NULL REFERENCES samples (proposal_id),
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    words TEXT NOT NULL,
    previous_words TEXT NOT NULL,
    PRIMARY KEY (proposal_id, channel),
    UNIQUE (channel, ts)
) STRICT;
INSERT INTO "sample_cards" VALUES('prp_00000000000000000000000000000013','C0SUPPORT','3.3','words','');
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
INSERT INTO "samples" VALUES('prp_00000000000000000000000000000013','refund.create','["support"]','["C0SUPPORT"]','nonce00000000000000021',1795169700000,NULL,NULL,NULL,NULL);
INSERT INTO "samples" VALUES('prp_00000000000000000000000000000014','refund.create','["support"]','["C0SUPPORT"]','nonce00000000000000023',1795169700000,'fine','U0ALICE',1795169700000,NULL);
CREATE TABLE seats (
    proposal_id TEXT NOT NULL REFERENCES proposals (id),
    role TEXT NOT NULL,
    self_review INTEGER NOT NULL CHECK (self_review IN (0, 1)),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (proposal_id, role)
) STRICT, WITHOUT ROWID;
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000001','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000002','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000003','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000004','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000005','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000006','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000007','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000008','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000009','support',0,1);
INSERT INTO "seats" VALUES('prp_0000000000000000000000000000000a','support',0,1);
INSERT INTO "seats" VALUES('prp_0000000000000000000000000000000b','support',0,1);
INSERT INTO "seats" VALUES('prp_0000000000000000000000000000000c','support',0,1);
INSERT INTO "seats" VALUES('prp_0000000000000000000000000000000d','support',0,1);
INSERT INTO "seats" VALUES('prp_0000000000000000000000000000000e','support',0,1);
INSERT INTO "seats" VALUES('prp_0000000000000000000000000000000f','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000010','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000011','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000012','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000015','support',0,1);
INSERT INTO "seats" VALUES('prp_00000000000000000000000000000016','support',0,1);
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
INSERT INTO "standing_approvals" VALUES('prp_00000000000000000000000000000015','support-bot','refund.create','U0ALICE',1795169700000,1795173300000,3,1,NULL,NULL,NULL);
CREATE TABLE standing_uses (
    proposal_id TEXT PRIMARY KEY NOT NULL REFERENCES proposals (id) DEFERRABLE INITIALLY DEFERRED,
    standing_id TEXT NOT NULL REFERENCES standing_approvals (proposal_id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "standing_uses" VALUES('prp_00000000000000000000000000000016','prp_00000000000000000000000000000015',1795169700000);
CREATE TABLE stopped_agents (
    agent TEXT PRIMARY KEY NOT NULL,
    person TEXT NOT NULL,
    team TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "stopped_agents" VALUES('other-bot','U0OWNER','T0TEAM',1795169700000,'It is mad.');
CREATE TABLE stream (
    agent TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    PRIMARY KEY (agent, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "stream" VALUES('support-bot',3);
INSERT INTO "stream" VALUES('support-bot',8);
INSERT INTO "stream" VALUES('support-bot',11);
INSERT INTO "stream" VALUES('support-bot',14);
INSERT INTO "stream" VALUES('support-bot',19);
INSERT INTO "stream" VALUES('support-bot',24);
INSERT INTO "stream" VALUES('support-bot',29);
INSERT INTO "stream" VALUES('support-bot',34);
INSERT INTO "stream" VALUES('support-bot',39);
INSERT INTO "stream" VALUES('support-bot',44);
INSERT INTO "stream" VALUES('support-bot',49);
INSERT INTO "stream" VALUES('support-bot',54);
INSERT INTO "stream" VALUES('support-bot',59);
INSERT INTO "stream" VALUES('support-bot',64);
INSERT INTO "stream" VALUES('support-bot',69);
INSERT INTO "stream" VALUES('support-bot',74);
INSERT INTO "stream" VALUES('support-bot',78);
INSERT INTO "stream" VALUES('support-bot',80);
INSERT INTO "stream" VALUES('support-bot',83);
INSERT INTO "stream" VALUES('support-bot',89);
INSERT INTO "stream" VALUES('support-bot',93);
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
