-- Schema version 2: a vantage and its house (poller/message/vantage.h).
-- At the vantage: what was decided and the house has not acknowledged, in the order it goes.
CREATE TABLE spool (
    position INTEGER PRIMARY KEY, boot TEXT NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL,
    kind INTEGER NOT NULL, packed BLOB NOT NULL, -- a piece of a report
    UNIQUE (boot, sequence, place)
) STRICT;

-- At the house: what vantages reported. A run is a start of a vantage's engine; sequence and place tell how far
-- what it decided was taken.
CREATE TABLE vantage (name TEXT PRIMARY KEY, heard INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE vantage_run (
    vantage TEXT NOT NULL, boot TEXT NOT NULL, silent INTEGER, started INTEGER, machine_started INTEGER,
    sequence INTEGER NOT NULL DEFAULT 0, place INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (vantage, boot)
) STRICT, WITHOUT ROWID;
CREATE TABLE vantage_event (
    vantage TEXT NOT NULL, boot TEXT NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL,
    at INTEGER NOT NULL, kind TEXT NOT NULL, -- 'state' or a plain event's kind
    node TEXT, from_state TEXT, to_state TEXT, reason TEXT, behind TEXT, text TEXT,
    PRIMARY KEY (vantage, boot, sequence, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX vantage_event_at ON vantage_event (vantage, at);
CREATE TABLE vantage_incident (
    vantage TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, opened INTEGER NOT NULL, resolved INTEGER,
    severity TEXT NOT NULL, cause TEXT NOT NULL, sentence TEXT NOT NULL, node TEXT, site TEXT,
    PRIMARY KEY (vantage, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE vantage_lost (
    vantage TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER NOT NULL,
    PRIMARY KEY (vantage, from_at)
) STRICT, WITHOUT ROWID;
