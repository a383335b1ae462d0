-- Damage is seen: every event carries a hash over itself and the hash of the event before it (actors/writer/event-hash.ts).
-- The runner computes the hashes of what is there already in this step's transaction.

-- NULL stands for an event that a repair put where one had been lost: what follows it cannot be traced to before it.
ALTER TABLE session_events ADD COLUMN hash BLOB;

-- Positions that hold no event any more, as spans that never touch: what one deletion leaves grows together with what
-- the next one leaves beside it, so there are never more of them than events.
CREATE TABLE log_gaps (
  first_position INTEGER PRIMARY KEY,
  last_position  INTEGER NOT NULL,
  -- 'removed' with a session, whose tombstone says how many; 'lost' to damage, as a repair found it.
  reason         TEXT    NOT NULL,
  -- What the event after the span is chained to; NULL where that was lost as well.
  hash           BLOB
) STRICT;

-- A new span looks for the one that ends just before it.
CREATE UNIQUE INDEX log_gaps_by_end ON log_gaps (last_position);

-- Which database this is: a mark outside of it remembers the id, so that another one in its place is noticed.
CREATE TABLE store (
  id         BLOB    NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO store VALUES (randomblob(16), CAST(unixepoch('subsec') * 1000 AS INTEGER));
