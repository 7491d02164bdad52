-- Consent pages that were answered, by the digest of their sealed request, for
-- as long as such a page may be answered at all.
CREATE TABLE answered (
	digest TEXT PRIMARY KEY,
	expires BIGINT NOT NULL
);
CREATE INDEX answered_expires ON answered (expires);
