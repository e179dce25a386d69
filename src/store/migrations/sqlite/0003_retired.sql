-- Where the store has moved to: while there is a row, nothing else is written.

CREATE TABLE retired (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL,
    moved_to TEXT
) STRICT;
