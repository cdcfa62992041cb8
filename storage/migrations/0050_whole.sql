-- Whether the words of a card show all that would run, so that a click on it need not be answered by rendering it again.
-- Where they do, a seal over them, for whoever can write here must not make a card that leaves something out count; where
-- they do not, empty; nothing where nobody noted it. One for the words, one for the words before them.
ALTER TABLE cards ADD COLUMN whole TEXT;
ALTER TABLE cards ADD COLUMN previous_whole TEXT;
