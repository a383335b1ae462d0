-- What a session carries from a restart until its first new event.
ALTER TABLE sessions ADD COLUMN restored      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN restored_at   INTEGER;
ALTER TABLE sessions ADD COLUMN recovery_hint TEXT;
