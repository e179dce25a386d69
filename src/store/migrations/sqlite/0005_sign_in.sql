-- Signing in: tries that are counted and not yet in the log, and what is counted for a caller alone.
-- In sign_in_failures, user_id below 0 now stands for names that nobody has, user_id 0 for nothing;
-- tries is no longer counted.

-- Set in the transaction that counts a try, and gone with its entry. The next process writes the
-- entry of one whose process ended before.
CREATE TABLE sign_in_attempts (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    os_uid INTEGER NOT NULL,
    login TEXT NOT NULL,
    user_id INTEGER
) STRICT;

-- A table of its own: beside the failures of users, whose page is written would tell who exists.
CREATE TABLE sign_in_callers (
    os_uid INTEGER PRIMARY KEY CHECK (os_uid >= 0),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    last_at INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    successes INTEGER NOT NULL DEFAULT 0 CHECK (successes >= 0),
    successes_since INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO sign_in_callers (os_uid, failures, last_at, not_before)
SELECT os_uid, failures, last_at, not_before FROM sign_in_failures WHERE user_id = 0;

DELETE FROM sign_in_failures WHERE user_id = 0;

-- An entry about nobody writes as many pages as one about a user, who has audit_by_subject.
CREATE INDEX audit_without_subject ON audit (at) WHERE subject_id IS NULL;
