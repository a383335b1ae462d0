-- What the dashboard shows of a session's work (snapshots, comments, checks, landing, pull request), as JSON. It is folded
-- from events like the rest of the row; all there is to know of it stays in the ledger.
ALTER TABLE sessions ADD COLUMN work TEXT NOT NULL DEFAULT '{}';
