-- Sessions whose removal was begun and is not finished (see the column in actors/store/rows.ts), so that a start finds
-- them without looking at every session.
CREATE INDEX sessions_being_removed ON sessions (session_key) WHERE removed IN (2, 3);
