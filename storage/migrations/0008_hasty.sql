-- Whether a decision came sooner than its reviewer can have read what there was to read.
ALTER TABLE decisions ADD COLUMN hasty INTEGER NOT NULL DEFAULT 0 CHECK (hasty IN (0, 1));

-- When whoever decided first saw it, where we know it.
ALTER TABLE decisions ADD COLUMN seen_at INTEGER;
