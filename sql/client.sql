-- name: client_load
SELECT id, origin, auth, secret_digest, name, uri, redirects, may_refresh,
	scope, application_type, registration_digest, created, last_used,
	network
FROM client WHERE id = $1;

-- name: client_list
SELECT id, origin, auth, secret_digest, name, uri, redirects, may_refresh,
	scope, application_type, registration_digest, created, last_used,
	network
FROM client ORDER BY created DESC, id;

-- name: client_save
INSERT INTO client (id, origin, auth, secret_digest, name, uri, redirects,
	may_refresh, scope, application_type, registration_digest, created,
	last_used, network)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET
	origin = excluded.origin,
	auth = excluded.auth,
	secret_digest = excluded.secret_digest,
	name = excluded.name,
	uri = excluded.uri,
	redirects = excluded.redirects,
	may_refresh = excluded.may_refresh,
	scope = excluded.scope,
	application_type = excluded.application_type,
	registration_digest = excluded.registration_digest,
	created = excluded.created,
	last_used = excluded.last_used,
	network = excluded.network;

-- name: client_remove
DELETE FROM client WHERE id = $1;

-- name: client_remove_grants
DELETE FROM grants WHERE client_id = $1;

-- name: client_used
UPDATE client SET last_used = $1 WHERE id = $2 AND last_used < $1;

-- name: client_reap_grants
DELETE FROM grants WHERE client_id IN (
	SELECT id FROM client
	WHERE origin = 'registered' AND created < $1 AND last_used < $1);

-- name: client_reap
DELETE FROM client
WHERE origin = 'registered' AND created < $1 AND last_used < $1;

-- name: client_reap_unused
DELETE FROM client
WHERE origin = 'registered' AND last_used = 0 AND created < $1;

-- name: client_count_unused
SELECT COUNT(*) FROM client WHERE origin = 'registered' AND last_used = 0;

-- name: client_remove_unused
DELETE FROM client WHERE id IN (
	SELECT id FROM client WHERE origin = 'registered' AND last_used = 0
	ORDER BY created, id LIMIT $1);

-- name: client_count_since
SELECT COUNT(*) FROM client WHERE network = $1 AND created >= $2;
