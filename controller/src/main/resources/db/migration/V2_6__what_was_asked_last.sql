-- Which of two orders of a device is the later one, their sequences tell; clocks can be set back.
ALTER TABLE target ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
