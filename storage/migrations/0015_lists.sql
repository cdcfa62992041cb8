-- What people look at in lists: what nobody reported, what is to be undone, and which review stands in a view.
CREATE INDEX proposals_claimed ON proposals (report_by, id) WHERE status = 'claimed';
CREATE INDEX proposals_undone ON proposals (id) WHERE undo IS NOT NULL;
CREATE INDEX forms_in_view ON forms (view_id, reviewer, opened_at) WHERE kind = 'review';
CREATE INDEX samples_drawn ON samples (drawn_at);
