-- +goose Up

ALTER TABLE setups ADD COLUMN model_off TEXT NOT NULL DEFAULT '[]';
ALTER TABLE deliveries ADD COLUMN opening TEXT NOT NULL DEFAULT '';

-- What one UTC day's calls of the model cost: of a person of a server, of the server (person is ''), and of all together
-- (server is '' too). micros are millionths of a unit of money.
CREATE TABLE spending (
  server TEXT NOT NULL,
  scope  TEXT NOT NULL CHECK (scope IN ('person', 'server', 'day')),
  person TEXT NOT NULL,
  day_ms BIGINT NOT NULL, -- when it began
  tokens BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  calls  BIGINT NOT NULL,
  saved  BIGINT NOT NULL,
  PRIMARY KEY (server, scope, person, day_ms)
);
CREATE INDEX spending_day ON spending (day_ms);
CREATE INDEX spending_person ON spending (person) WHERE person <> '';

-- What is counted in advance of a call that is under way. Its row goes when the call is charged.
CREATE TABLE reservations (
  id     TEXT PRIMARY KEY,
  server TEXT NOT NULL,
  person TEXT NOT NULL,
  at_ms  BIGINT NOT NULL,
  tokens BIGINT NOT NULL,
  micros BIGINT NOT NULL
);
CREATE INDEX reservations_at ON reservations (at_ms);
