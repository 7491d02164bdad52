-- Who may log in, which programs ask, what was allowed, and what flows from
-- it.  Times are seconds since 1970; digests are 64 hexadecimal digits; flags
-- are 0 or 1.

CREATE TABLE schema_version (
	version BIGINT PRIMARY KEY
);

CREATE TABLE person (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	password_hash TEXT,
	owner BIGINT NOT NULL,
	created BIGINT NOT NULL,
	disabled BIGINT NOT NULL
);

CREATE TABLE web_session (
	digest TEXT PRIMARY KEY,
	person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX web_session_person ON web_session (person_id);
CREATE INDEX web_session_expires ON web_session (expires);

-- redirects: one a line.
CREATE TABLE client (
	id TEXT PRIMARY KEY,
	origin TEXT NOT NULL,
	auth TEXT NOT NULL,
	secret_digest TEXT,
	name TEXT,
	uri TEXT,
	redirects TEXT NOT NULL,
	may_refresh BIGINT NOT NULL,
	scope TEXT,
	application_type TEXT,
	registration_digest TEXT,
	created BIGINT NOT NULL,
	last_used BIGINT NOT NULL,
	network TEXT
);
CREATE INDEX client_network ON client (network, created);

-- client_id names no row of client when the settings name the client.
CREATE TABLE grants (
	id TEXT PRIMARY KEY,
	person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
	client_id TEXT NOT NULL,
	resource TEXT NOT NULL,
	scope TEXT NOT NULL,
	created BIGINT NOT NULL,
	last_used BIGINT NOT NULL,
	revoked BIGINT NOT NULL
);
CREATE INDEX grants_person ON grants (person_id);
CREATE INDEX grants_client ON grants (client_id);

CREATE TABLE auth_code (
	digest TEXT PRIMARY KEY,
	grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
	client_id TEXT NOT NULL,
	redirect_uri TEXT NOT NULL,
	challenge TEXT NOT NULL,
	expires BIGINT NOT NULL,
	spent BIGINT NOT NULL
);
CREATE INDEX auth_code_grant ON auth_code (grant_id);
CREATE INDEX auth_code_expires ON auth_code (expires);

CREATE TABLE access_token (
	digest TEXT PRIMARY KEY,
	grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
	scope TEXT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX access_token_grant ON access_token (grant_id);
CREATE INDEX access_token_expires ON access_token (expires);

CREATE TABLE refresh_token (
	digest TEXT PRIMARY KEY,
	grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
	expires BIGINT NOT NULL,
	retired BIGINT NOT NULL
);
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);
CREATE INDEX refresh_token_expires ON refresh_token (expires);
