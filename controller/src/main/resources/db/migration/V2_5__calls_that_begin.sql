-- Number of the record that told of the begin of what this one tells the end of.
ALTER TABLE audit_record ADD COLUMN begun BIGINT;
