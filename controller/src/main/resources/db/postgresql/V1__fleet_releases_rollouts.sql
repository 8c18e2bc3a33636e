-- Instants are milliseconds since 1970 in UTC. JSON is the wire format of protocol.MessageCodec.
-- Names sort as in SQLite, byte by byte, whatever the database's locale is: COLLATE "C".

CREATE TABLE device (
  id            TEXT    COLLATE "C" PRIMARY KEY,
  boot          TEXT,
  online        BOOLEAN NOT NULL DEFAULT FALSE,
  last_seen     BIGINT,
  report        TEXT,
  last_sequence BIGINT  NOT NULL DEFAULT 0
);

CREATE TABLE device_label (
  device TEXT COLLATE "C" NOT NULL REFERENCES device (id) ON DELETE CASCADE,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (device, key)
);

CREATE TABLE app (
  name         TEXT   COLLATE "C" PRIMARY KEY,
  last_counter BIGINT NOT NULL
);

CREATE TABLE app_release (
  app            TEXT   COLLATE "C" NOT NULL,
  counter        BIGINT NOT NULL,
  payload        TEXT   NOT NULL,
  envelope       TEXT   NOT NULL,
  payload_sha256 TEXT   NOT NULL,
  manifest       TEXT   NOT NULL,
  cause          TEXT   NOT NULL,
  created_at     BIGINT NOT NULL,
  PRIMARY KEY (app, counter)
);

CREATE TABLE rollout (
  number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         TEXT   NOT NULL UNIQUE,
  app        TEXT   COLLATE "C" NOT NULL,
  command    TEXT   NOT NULL,
  cause      TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX rollout_of_app ON rollout (app, number);

CREATE TABLE target (
  rollout    BIGINT  NOT NULL REFERENCES rollout (number) ON DELETE CASCADE,
  device     TEXT    COLLATE "C" NOT NULL,
  action     TEXT    NOT NULL,
  counter    BIGINT,
  attempt    INTEGER,
  payload_sha256 TEXT,
  issued     BOOLEAN NOT NULL,
  report     TEXT,
  verdict    TEXT,
  finished   BOOLEAN NOT NULL,
  updated_at BIGINT  NOT NULL,
  PRIMARY KEY (rollout, device)
);
CREATE INDEX target_of_device ON target (device, rollout);
CREATE INDEX target_unfinished ON target (rollout) WHERE NOT finished;

CREATE TABLE device_order (
  device   TEXT    COLLATE "C" NOT NULL,
  app      TEXT    COLLATE "C" NOT NULL,
  sequence BIGINT  NOT NULL,
  payload  TEXT    NOT NULL,
  envelope TEXT    NOT NULL,
  accepted BOOLEAN NOT NULL,
  PRIMARY KEY (device, app)
);
CREATE INDEX order_of_app ON device_order (app);
