-- What was applied last of each thing that a source asks for. A counter that is missing: devices got different releases.

CREATE TABLE source_applied (
  source      TEXT   NOT NULL,
  unit        TEXT   NOT NULL,
  fingerprint TEXT   NOT NULL,
  revision    TEXT   NOT NULL,
  app         TEXT   NOT NULL,
  counter     BIGINT,
  applied_at  BIGINT NOT NULL,
  PRIMARY KEY (source, unit)
);
