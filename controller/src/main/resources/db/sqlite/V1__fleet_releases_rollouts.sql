-- Instants are milliseconds since 1970 in UTC. JSON is the wire format of protocol.MessageCodec.

CREATE TABLE device (
  id            TEXT    PRIMARY KEY,
  boot          TEXT,
  online        INTEGER NOT NULL DEFAULT 0,
  last_seen     INTEGER,
  report        TEXT,
  last_sequence INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE device_label (
  device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (device, key)
);

CREATE TABLE app (
  name         TEXT    PRIMARY KEY,
  last_counter INTEGER NOT NULL
);

CREATE TABLE app_release (
  app            TEXT    NOT NULL,
  counter        INTEGER NOT NULL,
  payload        TEXT    NOT NULL,
  envelope       TEXT    NOT NULL,
  payload_sha256 TEXT    NOT NULL,
  manifest       TEXT    NOT NULL,
  cause          TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (app, counter)
);

CREATE TABLE rollout (
  number     INTEGER PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  app        TEXT    NOT NULL,
  command    TEXT    NOT NULL,
  cause      TEXT    NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX rollout_of_app ON rollout (app, number);

CREATE TABLE target (
  rollout    INTEGER NOT NULL REFERENCES rollout (number) ON DELETE CASCADE,
  device     TEXT    NOT NULL,
  action     TEXT    NOT NULL,
  counter    INTEGER,
  attempt    INTEGER,
  payload_sha256 TEXT,
  issued     INTEGER NOT NULL,
  report     TEXT,
  verdict    TEXT,
  finished   INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (rollout, device)
);
CREATE INDEX target_of_device ON target (device, rollout);
CREATE INDEX target_unfinished ON target (rollout) WHERE finished = 0;

CREATE TABLE device_order (
  device   TEXT    NOT NULL,
  app      TEXT    NOT NULL,
  sequence INTEGER NOT NULL,
  payload  TEXT    NOT NULL,
  envelope TEXT    NOT NULL,
  accepted INTEGER NOT NULL,
  PRIMARY KEY (device, app)
);
CREATE INDEX order_to_hear ON device_order (device) WHERE accepted = 0;
CREATE INDEX order_of_app ON device_order (app);

CREATE TABLE audit (
  number  INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  actor   TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  object  TEXT    NOT NULL,
  outcome TEXT    NOT NULL
);
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
