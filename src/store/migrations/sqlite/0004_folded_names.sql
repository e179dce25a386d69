-- Names that differ in nothing but case: a supervisor's rights end at the namesake of an admin, and
-- that look-up has to be exact.

CREATE INDEX users_by_folded_name ON users (lower(username));
