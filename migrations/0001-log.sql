-- The log, and what is projected from it in the same transaction.
-- Keys are small integers: run ids are interned, because a text key in the log's index halves the append speed.

-- One life of the runtime: opened at start, closed at a clean stop.
CREATE TABLE epochs (
  epoch_key       INTEGER PRIMARY KEY,
  start_position  INTEGER NOT NULL,
  started_at      INTEGER NOT NULL,
  ended_at        INTEGER,
  clean           INTEGER NOT NULL DEFAULT 0,
  program_version TEXT    NOT NULL,
  pid             INTEGER NOT NULL
) STRICT;

-- A session and its dashboard row. Every column but the keys is a fold of events and epochs.
CREATE TABLE sessions (
  session_key       INTEGER PRIMARY KEY,
  session_id        TEXT    NOT NULL UNIQUE,
  name              TEXT    NOT NULL,
  agent             TEXT    NOT NULL,
  repository        TEXT    NOT NULL,
  approval_policy   TEXT    NOT NULL,
  uses_worktree     INTEGER NOT NULL,
  mode              TEXT,
  agent_session_id  TEXT,
  worktree_path     TEXT,
  branch            TEXT,
  base              TEXT,
  base_commit       TEXT,
  status            TEXT    NOT NULL,
  activity          TEXT,
  failure_reason    TEXT,
  created_at        INTEGER NOT NULL,
  last_activity_at  INTEGER NOT NULL,
  run_count         INTEGER NOT NULL,
  resume_count      INTEGER NOT NULL,
  active_run_key    INTEGER,
  approvals         TEXT    NOT NULL,
  pending_approvals INTEGER NOT NULL,
  usage_used        INTEGER,
  usage_size        INTEGER,
  cost_amount       REAL,
  cost_currency     TEXT,
  removed           INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Restoring looks only at what is under way, however long the list of the rest has grown.
CREATE INDEX sessions_in_flight ON sessions (session_key)
  WHERE status NOT IN ('completed', 'interrupted', 'failed');

CREATE TABLE runs (
  run_key          INTEGER PRIMARY KEY,
  run_id           TEXT    NOT NULL UNIQUE,
  session_key      INTEGER NOT NULL REFERENCES sessions (session_key),
  ordinal          INTEGER NOT NULL,
  last_seq         INTEGER NOT NULL,
  outcome          TEXT,
  agent_pid        INTEGER,
  agent_started_at TEXT,
  epoch_key        INTEGER NOT NULL REFERENCES epochs (epoch_key),
  UNIQUE (session_key, ordinal)
) STRICT;

-- After a crash the agents of the epoch that ended are looked for.
CREATE INDEX runs_by_epoch ON runs (epoch_key) WHERE agent_pid IS NOT NULL;

CREATE TABLE session_events (
  position    INTEGER PRIMARY KEY,
  run_key     INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  type        TEXT    NOT NULL,
  version     INTEGER NOT NULL,
  payload     TEXT    NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (run_key, seq)
) STRICT;
