-- When a card was posted, where we know it: one that was found standing may have stood for long.
ALTER TABLE cards ADD COLUMN posted_at INTEGER;

-- Since when the person of a form had before them what they decide on, and how many words that was.
ALTER TABLE forms ADD COLUMN seen_at INTEGER;
ALTER TABLE forms ADD COLUMN seen_words INTEGER CHECK ((seen_at IS NULL) = (seen_words IS NULL));
