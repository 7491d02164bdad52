-- name: auth_code_load
SELECT digest, grant_id, client_id, redirect_uri, challenge, expires, spent
FROM auth_code WHERE digest = $1;

-- name: auth_code_save
INSERT INTO auth_code (digest, grant_id, client_id, redirect_uri, challenge,
	expires, spent)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (digest) DO UPDATE SET
	grant_id = excluded.grant_id,
	client_id = excluded.client_id,
	redirect_uri = excluded.redirect_uri,
	challenge = excluded.challenge,
	expires = excluded.expires,
	spent = excluded.spent;

-- name: auth_code_remove_all
DELETE FROM auth_code WHERE grant_id = $1;

-- name: auth_code_remove_person
DELETE FROM auth_code WHERE grant_id IN (
	SELECT id FROM grants WHERE person_id = $1);

-- name: auth_code_sweep
DELETE FROM auth_code WHERE expires < $1;

-- name: access_token_load
SELECT digest, grant_id, scope, expires FROM access_token WHERE digest = $1;

-- name: access_token_save
INSERT INTO access_token (digest, grant_id, scope, expires)
VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET
	grant_id = excluded.grant_id,
	scope = excluded.scope,
	expires = excluded.expires;

-- name: access_token_remove
DELETE FROM access_token WHERE digest = $1;

-- name: access_token_remove_all
DELETE FROM access_token WHERE grant_id = $1;

-- name: access_token_remove_person
DELETE FROM access_token WHERE grant_id IN (
	SELECT id FROM grants WHERE person_id = $1);

-- name: access_token_sweep
DELETE FROM access_token WHERE expires < $1;

-- name: refresh_token_load
SELECT digest, grant_id, expires, retired
FROM refresh_token WHERE digest = $1;

-- name: refresh_token_save
INSERT INTO refresh_token (digest, grant_id, expires, retired)
VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET
	grant_id = excluded.grant_id,
	expires = excluded.expires,
	retired = excluded.retired;

-- name: refresh_token_remove_all
DELETE FROM refresh_token WHERE grant_id = $1;

-- name: refresh_token_remove_person
DELETE FROM refresh_token WHERE grant_id IN (
	SELECT id FROM grants WHERE person_id = $1);

-- name: refresh_token_sweep
DELETE FROM refresh_token WHERE expires < $1;
