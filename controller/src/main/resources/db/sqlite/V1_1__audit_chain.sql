-- The chain begins here. Rows of before stay in table audit, where nothing is added any more.

CREATE TABLE audit_record (
  number   INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  actor    TEXT    NOT NULL,
  origin   TEXT    NOT NULL,
  action   TEXT    NOT NULL,
  object   TEXT    NOT NULL,
  outcome  TEXT    NOT NULL,
  previous TEXT    NOT NULL,
  hash     TEXT    NOT NULL
);
CREATE TRIGGER audit_record_is_never_changed BEFORE UPDATE ON audit_record
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_record_is_never_removed BEFORE DELETE ON audit_record
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;

-- One row: the end of the chain.
CREATE TABLE audit_head (
  number INTEGER NOT NULL,
  hash   TEXT    NOT NULL
);
INSERT INTO audit_head (number, hash)
VALUES (0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TRIGGER audit_head_is_one_row BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the head of the audit is never removed'); END;
