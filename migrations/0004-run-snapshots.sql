-- Where the machine of a long run stood, now and then, so that a step far into it is found without folding all before
-- it. Derived from the log, like the projections, and checked against it by `verify`; without a row it is folded.
CREATE TABLE run_snapshots (
  run_key  INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  -- JSON, see actors/session/run-snapshot.ts.
  snapshot TEXT    NOT NULL,
  PRIMARY KEY (run_key, seq)
) STRICT, WITHOUT ROWID;
