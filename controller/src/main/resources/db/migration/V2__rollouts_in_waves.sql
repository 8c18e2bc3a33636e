-- A rollout without a state goes to everybody at once.

ALTER TABLE rollout ADD COLUMN name       TEXT;
ALTER TABLE rollout ADD COLUMN manifest   TEXT;
ALTER TABLE rollout ADD COLUMN state      TEXT;
ALTER TABLE rollout ADD COLUMN reason     TEXT;
ALTER TABLE rollout ADD COLUMN wave       BIGINT;
ALTER TABLE rollout ADD COLUMN settled_at BIGINT;
CREATE INDEX rollout_of_name ON rollout (name, number);
CREATE INDEX rollout_in_waves ON rollout (state) WHERE state IS NOT NULL;

ALTER TABLE target ADD COLUMN wave      BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE target ADD COLUMN site      TEXT;
ALTER TABLE target ADD COLUMN issued_at BIGINT;
ALTER TABLE target ADD COLUMN reason    TEXT;
ALTER TABLE target ADD COLUMN excused   BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE device_order ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE;
