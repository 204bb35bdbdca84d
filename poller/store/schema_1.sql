-- Schema version 1. Ids are text made of origin, time and random; epoch fences writers of a later cluster.
-- Times are nanoseconds since 1970 UTC.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE node (
    name TEXT PRIMARY KEY, state TEXT NOT NULL, since INTEGER NOT NULL,
    reason TEXT, behind TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
    id TEXT PRIMARY KEY, epoch INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL,
    opened INTEGER NOT NULL, resolved INTEGER, acknowledged INTEGER, acknowledged_by TEXT,
    severity TEXT NOT NULL, cause TEXT NOT NULL, confidence TEXT NOT NULL,
    sentence TEXT NOT NULL, check_first TEXT NOT NULL,
    node TEXT, port TEXT, link TEXT, network TEXT, site TEXT,
    packed BLOB NOT NULL -- the whole incident_record, for a restart
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_opened ON incident (opened);
CREATE INDEX incident_open ON incident (opened) WHERE resolved IS NULL;

CREATE TABLE incident_argument (incident TEXT NOT NULL, name TEXT NOT NULL, value TEXT,
    PRIMARY KEY (incident, name)) STRICT, WITHOUT ROWID;
CREATE TABLE incident_affected (incident TEXT NOT NULL, node TEXT NOT NULL,
    PRIMARY KEY (incident, node)) STRICT, WITHOUT ROWID;
CREATE TABLE incident_evidence (incident TEXT NOT NULL, position INTEGER NOT NULL, fact TEXT NOT NULL,
    source TEXT, at INTEGER NOT NULL, PRIMARY KEY (incident, position)) STRICT, WITHOUT ROWID;
CREATE TABLE incident_timeline (incident TEXT NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (incident, position)) STRICT, WITHOUT ROWID;
CREATE TABLE incident_other (incident TEXT NOT NULL, position INTEGER NOT NULL, cause TEXT NOT NULL,
    sentence TEXT NOT NULL, PRIMARY KEY (incident, position)) STRICT, WITHOUT ROWID;

-- Every committed transition of a node and every plain event, in order.
CREATE TABLE event (
    id TEXT PRIMARY KEY, epoch INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL,
    kind TEXT NOT NULL, -- 'state' or a plain event's kind
    node TEXT, from_state TEXT, to_state TEXT, reason TEXT, behind TEXT, incident TEXT, text TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX event_at ON event (at);
CREATE INDEX event_node ON event (node, at);

CREATE TABLE outbox (
    position INTEGER PRIMARY KEY, -- order of leaving, per incident and receiver
    key TEXT NOT NULL UNIQUE, incident TEXT, receiver TEXT NOT NULL, kind TEXT NOT NULL,
    created INTEGER NOT NULL, text TEXT,
    state TEXT NOT NULL DEFAULT 'waiting', -- waiting sent refused withdrawn
    attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL DEFAULT 0,
    sent INTEGER, error TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_try) WHERE state = 'waiting';
CREATE INDEX outbox_incident ON outbox (incident);

CREATE TABLE kept (node TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (node, key)) STRICT, WITHOUT ROWID;

CREATE TABLE series (
    vantage TEXT NOT NULL, node TEXT NOT NULL, object TEXT NOT NULL, layout TEXT NOT NULL,
    step INTEGER NOT NULL, sources TEXT NOT NULL, -- names with spaces between
    units TEXT NOT NULL, first INTEGER NOT NULL,
    PRIMARY KEY (vantage, node, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (name TEXT PRIMARY KEY, hash TEXT NOT NULL, changed INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE session (hash TEXT PRIMARY KEY, user TEXT NOT NULL, csrf TEXT NOT NULL,
    created INTEGER NOT NULL, used INTEGER NOT NULL) STRICT, WITHOUT ROWID;
