-- What a person is about to send off says what that decides, so nobody but us may have written it. Forms from before are
-- opened anew.
ALTER TABLE forms ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE modals ADD COLUMN seal TEXT NOT NULL DEFAULT '';
