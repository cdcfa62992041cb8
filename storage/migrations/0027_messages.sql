-- Where Slack opened a direct message is asked of Slack: a channel that a hand put here would have read what waits.
ALTER TABLE notified_people DROP COLUMN channel;

-- What the operators are told is told in our name, so nobody but us may have written it.
ALTER TABLE notices ADD COLUMN seal TEXT NOT NULL DEFAULT '';
