-- +goose Up

-- A server's secret turns the ids of its people into what is kept of them; without it nothing here can be linked to anybody.
CREATE TABLE servers (
  server  TEXT PRIMARY KEY,
  secret  TEXT NOT NULL,
  left_ms BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE events (
  id    TEXT PRIMARY KEY,
  at_ms BIGINT NOT NULL
);
CREATE INDEX events_at ON events (at_ms);

CREATE TABLE receipts (
  id       TEXT PRIMARY KEY,
  server   TEXT NOT NULL,
  channel  TEXT NOT NULL,
  person   TEXT NOT NULL,
  at_ms    BIGINT NOT NULL,
  day      TEXT NOT NULL,
  question TEXT NOT NULL,
  kind     TEXT NOT NULL,
  topic    TEXT NOT NULL,
  revision TEXT NOT NULL,
  detail   TEXT NOT NULL
);
CREATE INDEX receipts_person ON receipts (person);
CREATE INDEX receipts_revision ON receipts (revision);
-- All that statistics count, in the order in which they count it.
CREATE INDEX receipts_counted ON receipts (server, day, kind, topic, at_ms);

CREATE TABLE shown (
  receipt TEXT NOT NULL REFERENCES receipts (id) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  message TEXT NOT NULL,
  at_ms   BIGINT NOT NULL,
  PRIMARY KEY (receipt, channel, message)
);
CREATE INDEX shown_at ON shown (at_ms);

-- A verdict counts on the day of the answer that it is about.
CREATE TABLE verdicts (
  receipt  TEXT NOT NULL REFERENCES receipts (id) ON DELETE CASCADE,
  person   TEXT NOT NULL,
  server   TEXT NOT NULL,
  given_ms BIGINT NOT NULL,
  day      TEXT NOT NULL,
  verdict  TEXT NOT NULL,
  at_ms    BIGINT NOT NULL,
  PRIMARY KEY (receipt, person)
);
CREATE INDEX verdicts_person ON verdicts (person);
CREATE INDEX verdicts_counted ON verdicts (server, day, verdict, given_ms);

CREATE TABLE questions (
  id           TEXT PRIMARY KEY,
  server       TEXT NOT NULL,
  person       TEXT NOT NULL, -- whose words it is in
  text         TEXT NOT NULL,
  receipt      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  state        TEXT NOT NULL,
  round        INTEGER NOT NULL DEFAULT 0,
  count        INTEGER NOT NULL DEFAULT 0,
  asked_ms     BIGINT NOT NULL,
  last_ms      BIGINT NOT NULL,
  closed_ms    BIGINT NOT NULL DEFAULT 0,
  by_user      TEXT NOT NULL DEFAULT '',
  by_name      TEXT NOT NULL DEFAULT '',
  remark       TEXT NOT NULL DEFAULT '',
  post_channel TEXT NOT NULL DEFAULT '',
  post_message TEXT NOT NULL DEFAULT ''
);
CREATE INDEX questions_state ON questions (state, asked_ms, id);
CREATE INDEX questions_server ON questions (server, state, asked_ms, id);
CREATE INDEX questions_closed ON questions (server, state, closed_ms);
CREATE INDEX questions_person ON questions (person);

CREATE TABLE askings (
  id       TEXT PRIMARY KEY,
  question TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
  server   TEXT NOT NULL,
  user_id  TEXT NOT NULL,
  person   TEXT NOT NULL,
  receipt  TEXT NOT NULL,
  text     TEXT NOT NULL,
  at_ms    BIGINT NOT NULL,
  channel  TEXT NOT NULL,
  message  TEXT NOT NULL,
  openly   BOOLEAN NOT NULL,
  told     BOOLEAN NOT NULL
);
CREATE INDEX askings_question ON askings (question, at_ms);
CREATE INDEX askings_person ON askings (person);
CREATE INDEX askings_user ON askings (at_ms) WHERE user_id <> '';
CREATE UNIQUE INDEX askings_waiting ON askings (question, person) WHERE NOT told;

CREATE TABLE answers (
  id        TEXT PRIMARY KEY,
  server    TEXT NOT NULL,
  question  TEXT NOT NULL,
  text      TEXT NOT NULL,
  source    TEXT NOT NULL,
  passage   TEXT NOT NULL,
  by_user   TEXT NOT NULL,
  by_name   TEXT NOT NULL,
  at_ms     BIGINT NOT NULL,
  edited_ms BIGINT NOT NULL,
  until_ms  BIGINT NOT NULL,
  version   INTEGER NOT NULL,
  withdrawn BOOLEAN NOT NULL
);
CREATE INDEX answers_server ON answers (server, at_ms);
CREATE INDEX answers_by ON answers (by_user) WHERE by_user <> '';

-- A post is next looked at when it is due, or when the lease of who holds it ends.
CREATE TABLE posts (
  key          TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  subject      TEXT NOT NULL,
  asking       TEXT NOT NULL,
  number       INTEGER NOT NULL,
  server       TEXT NOT NULL,
  channel      TEXT NOT NULL,
  user_id      TEXT NOT NULL,
  reply_to     TEXT NOT NULL,
  edit         TEXT NOT NULL,
  revision     TEXT NOT NULL DEFAULT '', -- of the texts that it tells of; '' for any
  state        TEXT NOT NULL CHECK (state IN ('due', 'taken', 'held', 'sent', 'dropped')),
  due_ms       BIGINT NOT NULL,
  next_ms      BIGINT NOT NULL,
  attempt      INTEGER NOT NULL DEFAULT 0,
  since_ms     BIGINT NOT NULL,
  ended_ms     BIGINT NOT NULL DEFAULT 0,
  sent_channel TEXT NOT NULL DEFAULT '',
  sent_message TEXT NOT NULL DEFAULT '',
  trouble      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX posts_next ON posts (next_ms) WHERE state IN ('due', 'taken');
CREATE INDEX posts_server ON posts (server, state);
CREATE INDEX posts_subject ON posts (subject);
CREATE INDEX posts_asking ON posts (asking) WHERE asking <> '';
CREATE INDEX posts_user ON posts (user_id) WHERE user_id <> '';

CREATE TABLE setups (
  server      TEXT PRIMARY KEY,
  role        TEXT NOT NULL,
  channel     TEXT NOT NULL,
  mentions    TEXT NOT NULL,
  corrections BOOLEAN NOT NULL,
  by_user     TEXT NOT NULL
);

CREATE TABLE faults (
  server   TEXT NOT NULL,
  subject  TEXT NOT NULL,
  text     TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  PRIMARY KEY (server, subject)
);

CREATE TABLE mutes (
  server TEXT NOT NULL,
  person TEXT NOT NULL,
  at_ms  BIGINT NOT NULL,
  PRIMARY KEY (server, person)
);

CREATE TABLE acts (
  id      TEXT PRIMARY KEY,
  server  TEXT NOT NULL,
  at_ms   BIGINT NOT NULL,
  serial  BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  by_name TEXT NOT NULL,
  what    TEXT NOT NULL,
  subject TEXT NOT NULL
);
CREATE INDEX acts_server ON acts (server, at_ms, serial);
CREATE INDEX acts_by ON acts (by_user) WHERE by_user <> '';

-- A folder changes in few passages at a time: each text is kept once, under its hash, and a revision lists them.
CREATE TABLE bodies (
  hash TEXT PRIMARY KEY,
  body TEXT NOT NULL
);
CREATE TABLE snapshots (
  revision TEXT PRIMARY KEY,
  manifest TEXT NOT NULL
);
CREATE TABLE readings (
  number   BIGINT PRIMARY KEY,
  revision TEXT NOT NULL REFERENCES snapshots (revision),
  at_ms    BIGINT NOT NULL
);
CREATE INDEX readings_at ON readings (at_ms);
CREATE INDEX readings_revision ON readings (revision);
