-- name: grant_load
SELECT id, person_id, client_id, resource, scope, created, last_used, revoked
FROM grants WHERE id = $1;

-- name: grant_list
SELECT id, person_id, client_id, resource, scope, created, last_used, revoked
FROM grants WHERE person_id = $1 ORDER BY created DESC, id;

-- name: grant_list_all
SELECT id, person_id, client_id, resource, scope, created, last_used, revoked
FROM grants ORDER BY created DESC, id;

-- name: grant_save
INSERT INTO grants (id, person_id, client_id, resource, scope, created,
	last_used, revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET
	person_id = excluded.person_id,
	client_id = excluded.client_id,
	resource = excluded.resource,
	scope = excluded.scope,
	created = excluded.created,
	last_used = excluded.last_used,
	revoked = excluded.revoked;

-- name: grant_revoke
UPDATE grants SET revoked = $1 WHERE id = $2 AND revoked = 0;

-- name: grant_revoke_person
UPDATE grants SET revoked = $1 WHERE person_id = $2 AND revoked = 0;

-- name: grant_sweep
DELETE FROM grants WHERE last_used < $1
	AND NOT EXISTS (SELECT 1 FROM auth_code
		WHERE auth_code.grant_id = grants.id)
	AND NOT EXISTS (SELECT 1 FROM access_token
		WHERE access_token.grant_id = grants.id)
	AND NOT EXISTS (SELECT 1 FROM refresh_token
		WHERE refresh_token.grant_id = grants.id);

-- name: answered_add
INSERT INTO answered (digest, expires) VALUES ($1, $2)
ON CONFLICT (digest) DO NOTHING;

-- name: answered_sweep
DELETE FROM answered WHERE expires < $1;
