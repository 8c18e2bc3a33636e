CREATE TABLE audit_record (
  number   BIGINT PRIMARY KEY,
  at       BIGINT NOT NULL,
  actor    TEXT   NOT NULL,
  origin   TEXT   NOT NULL,
  action   TEXT   NOT NULL,
  object   TEXT   NOT NULL,
  outcome  TEXT   NOT NULL,
  previous TEXT   NOT NULL,
  hash     TEXT   NOT NULL
);

-- One row: the end of the chain.
CREATE TABLE audit_head (
  number BIGINT NOT NULL,
  hash   TEXT   NOT NULL
);
INSERT INTO audit_head (number, hash)
VALUES (0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;

CREATE TRIGGER audit_record_is_never_changed BEFORE UPDATE ON audit_record
FOR EACH STATEMENT EXECUTE FUNCTION refuse('audit records are never changed');
CREATE TRIGGER audit_record_is_never_removed BEFORE DELETE OR TRUNCATE ON audit_record
FOR EACH STATEMENT EXECUTE FUNCTION refuse('audit records are never removed');
CREATE TRIGGER audit_head_is_one_row BEFORE DELETE OR TRUNCATE ON audit_head
FOR EACH STATEMENT EXECUTE FUNCTION refuse('the head of the audit is never removed');
