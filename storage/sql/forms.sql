-- name: open
-- A form that was opened for a person.
INSERT INTO forms (
    id, proposal_id, revision, nonce, reviewer, kind, typed, page, view_id, opened_at, first_seen_at, seen_words, seen_text, seal
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: get
-- A form.
SELECT * FROM forms WHERE id = $1

-- name: save
-- What can change in a form, sealed anew.
UPDATE forms SET typed = $2, page = $3, view_id = $4, first_seen_at = $5, seen_words = $6, seen_text = $7, seal = $8
WHERE id = $1
RETURNING id

-- name: typed_before
-- What a person last typed into a form of this kind for an earlier revision, and for which.
SELECT * FROM forms
WHERE proposal_id = $1 AND reviewer = $2 AND kind = $3 AND revision < $4 AND typed <> '{}'
ORDER BY revision DESC, opened_at DESC, number DESC
LIMIT 1

-- name: typed_for
-- What a person last typed into a form of this kind for this revision.
SELECT * FROM forms
WHERE proposal_id = $1 AND reviewer = $2 AND kind = $3 AND revision = $4 AND typed <> '{}'
ORDER BY opened_at DESC, number DESC
LIMIT 1

-- name: first_opened
-- When a person first opened what shows a revision whole.
SELECT min(opened_at) AS opened_at FROM forms
WHERE proposal_id = $1 AND reviewer = $2 AND kind IN ('details', 'review') AND revision = $3

-- name: review_in
-- The review that a person was last shown in a view.
SELECT * FROM forms WHERE view_id = $1 AND reviewer = $2 AND kind = 'review' ORDER BY opened_at DESC, number DESC LIMIT 1
