-- SQLite uses a partial index only for a question in the index's own words, and NOT is the word
-- that PostgreSQL knows too.

DROP INDEX target_unfinished;
CREATE INDEX target_unfinished ON target (rollout) WHERE NOT finished;
DROP INDEX order_to_hear;
