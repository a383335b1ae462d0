-- What is known of a session's agent beside its conversation. All of it is folded from events, like the rest of the row;
-- what is long (options, commands) stays in the log, and the row says where.
ALTER TABLE sessions ADD COLUMN conversation           TEXT;
ALTER TABLE sessions ADD COLUMN asks                   INTEGER;
ALTER TABLE sessions ADD COLUMN stop_reason            TEXT;
ALTER TABLE sessions ADD COLUMN failure_kind           TEXT;
ALTER TABLE sessions ADD COLUMN agent_title            TEXT;
ALTER TABLE sessions ADD COLUMN options_position       INTEGER;
ALTER TABLE sessions ADD COLUMN commands_position      INTEGER;
-- JSON: the chosen values by the options' ids; MCP servers; folders.
ALTER TABLE sessions ADD COLUMN choices                TEXT    NOT NULL DEFAULT '{}';
ALTER TABLE sessions ADD COLUMN mcp_servers            TEXT    NOT NULL DEFAULT '[]';
ALTER TABLE sessions ADD COLUMN additional_directories TEXT    NOT NULL DEFAULT '[]';
ALTER TABLE sessions ADD COLUMN left_running           INTEGER NOT NULL DEFAULT 0;
