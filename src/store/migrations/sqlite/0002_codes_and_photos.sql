-- Two-factor sign-in and photos.

-- The code that was last sent to a user, until it is used. hash is SHA-256 over salt and code.
CREATE TABLE codes (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE photos (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- 0 PNG, 1 JPEG
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    content BLOB NOT NULL CHECK (length(content) BETWEEN 1 AND 1048576)
) STRICT;
