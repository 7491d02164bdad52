-- name: schema_version
SELECT COALESCE(MAX(version), 0) FROM schema_version;

-- name: schema_version_add
INSERT INTO schema_version (version) VALUES ($1);
