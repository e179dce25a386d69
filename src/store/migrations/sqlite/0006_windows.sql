-- From when until when a user and an assignment count, and which project's calls go first.

ALTER TABLE users ADD COLUMN active_from INTEGER;

ALTER TABLE users ADD COLUMN active_until INTEGER;

ALTER TABLE assignments ADD COLUMN active_from INTEGER;

ALTER TABLE assignments ADD COLUMN active_until INTEGER;

ALTER TABLE projects ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 100);

-- Partial: few ever have an end.
CREATE INDEX users_by_end ON users (active_until) WHERE active_until IS NOT NULL;

-- With the edges, so that who is in a project is still read from the index alone.
DROP INDEX assignments_by_project;

CREATE INDEX assignments_by_project
    ON assignments (project_id, user_id, weight, active_from, active_until);
