-- name: schema_version
SELECT COALESCE(MAX(version), 0) FROM schema_version;

-- name: schema_version_add
INSERT INTO schema_version (version) VALUES ($1);

-- name: key_check_load
SELECT mac FROM key_check;

-- name: key_check_save
INSERT INTO key_check (id, mac) VALUES (1, $1);
