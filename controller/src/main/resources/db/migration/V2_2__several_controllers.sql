-- Who of several controllers works on what. Instants are milliseconds of the database's clock.

CREATE TABLE lease (
  name  TEXT   PRIMARY KEY,
  owner TEXT   NOT NULL,
  term  BIGINT NOT NULL,
  until BIGINT NOT NULL
);

-- Orders that one controller made and another has to send.
CREATE INDEX order_to_hear ON device_order (device) WHERE NOT accepted AND NOT withdrawn;
