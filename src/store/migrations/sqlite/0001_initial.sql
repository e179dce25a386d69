-- The first layout. Times are seconds since 1970-01-01T00:00:00Z, booleans are 0 and 1.

CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    store_id TEXT NOT NULL CHECK (length(store_id) = 32),
    created_at INTEGER NOT NULL,
    -- No id below this one is given again, even where the user with the highest one was deleted.
    next_user_id INTEGER NOT NULL CHECK (next_user_id >= 1)
) STRICT;

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 64),
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    email TEXT CHECK (length(email) <= 254),
    phone TEXT CHECK (length(phone) <= 16),
    state INTEGER NOT NULL CHECK (state IN (0, 1)),
    roles INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 31),
    language TEXT CHECK (length(language) <= 64),
    project_selection INTEGER NOT NULL CHECK (project_selection IN (0, 1)),
    -- What a search compares: username, name, e-mail and phone without case and accents.
    search TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_sign_in_at INTEGER,
    password_hash TEXT,
    password_origin INTEGER CHECK (password_origin IN (0, 1)),
    password_kind INTEGER CHECK (password_kind IN (0, 1)),
    password_set_by TEXT,
    password_changed_at INTEGER,
    password_expires_at INTEGER,
    CHECK ((password_hash IS NULL) = (password_origin IS NULL)),
    CHECK ((password_hash IS NULL) = (password_kind IS NULL)),
    CHECK ((password_hash IS NULL) = (password_set_by IS NULL)),
    CHECK ((password_hash IS NULL) = (password_changed_at IS NULL)),
    CHECK (password_hash IS NOT NULL OR password_expires_at IS NULL)
) STRICT;

CREATE INDEX users_by_name ON users (full_name);

-- Partial, so that creating a user does not pay for it.
CREATE INDEX users_by_last_sign_in ON users (last_sign_in_at) WHERE last_sign_in_at IS NOT NULL;

CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    language TEXT,
    description TEXT,
    state INTEGER NOT NULL CHECK (state IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE assignments (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    weight INTEGER NOT NULL CHECK (weight >= 1),
    PRIMARY KEY (user_id, project_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX assignments_by_project ON assignments (project_id, user_id, weight);

CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64)
) STRICT;

CREATE TABLE user_teams (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    team_id INTEGER NOT NULL REFERENCES teams (id),
    PRIMARY KEY (user_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_teams_by_team ON user_teams (team_id, user_id);

CREATE TABLE skills (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64)
) STRICT;

CREATE TABLE user_skills (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    skill_id INTEGER NOT NULL REFERENCES skills (id),
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (user_id, skill_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_skills_by_skill ON user_skills (skill_id, user_id, level);

-- A session of a user, bound to the account of the operating system that opened it.
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    os_uid INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);

-- Failed sign-ins in a row. user_id 0 stands for all accounts, os_uid -1 for all callers.
CREATE TABLE sign_in_failures (
    user_id INTEGER NOT NULL,
    os_uid INTEGER NOT NULL CHECK (os_uid >= -1),
    failures INTEGER NOT NULL CHECK (failures >= 0),
    last_at INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, os_uid)
) STRICT, WITHOUT ROWID;

-- hash is SHA-256 over the entry and the hash of the one before it; see store/audit.rs.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY CHECK (seq >= 1),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_id INTEGER,
    os_uid INTEGER NOT NULL,
    action TEXT NOT NULL,
    subject TEXT,
    subject_id INTEGER,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
    before TEXT,
    after TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_by_subject ON audit (subject_id) WHERE subject_id IS NOT NULL;

CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never cut'); END;
