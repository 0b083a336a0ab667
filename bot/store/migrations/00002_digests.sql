-- +goose Up

-- next_ms is when the next digest is due; 0: never.
CREATE TABLE digests (
  server  TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  role    TEXT NOT NULL,
  zone    TEXT NOT NULL,
  minute  INTEGER NOT NULL,
  days    TEXT NOT NULL,
  quiet   BOOLEAN NOT NULL,
  paused  BOOLEAN NOT NULL,
  by_user TEXT NOT NULL,
  next_ms BIGINT NOT NULL
);
CREATE INDEX digests_next ON digests (next_ms) WHERE NOT paused AND next_ms > 0;

-- One row for each local date of a server, there before anything is sent. from_ms and until_ms are the time that it tells of.
CREATE TABLE deliveries (
  server   TEXT NOT NULL,
  date     TEXT NOT NULL,
  state    TEXT NOT NULL,
  reason   TEXT NOT NULL,
  due_ms   BIGINT NOT NULL,
  late     BOOLEAN NOT NULL,
  from_ms  BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  since    TEXT NOT NULL, -- the revision that the texts had at from_ms; '' for what was kept last then
  revision TEXT NOT NULL, -- and at until_ms
  passage  TEXT NOT NULL,
  channel  TEXT NOT NULL,
  message  TEXT NOT NULL,
  sent_ms  BIGINT NOT NULL,
  PRIMARY KEY (server, date)
);
CREATE INDEX deliveries_open ON deliveries (server) WHERE state = 'planned';
CREATE INDEX deliveries_due ON deliveries (server, due_ms);
CREATE INDEX deliveries_revision ON deliveries (revision) WHERE revision <> '';
