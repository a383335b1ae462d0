-- What agents told of tokens and money is read by itself: few of a log's events, found without reading the rest. Only
-- these are in the index, so the others cost nothing more to append.
CREATE INDEX usage_events ON session_events (position) WHERE type IN ('usage', 'conversation', 'options');
