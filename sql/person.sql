-- name: person_load
SELECT id, name, password_hash, owner, created, disabled
FROM person WHERE id = $1;

-- name: person_load_named
SELECT id, name, password_hash, owner, created, disabled
FROM person WHERE name = $1;

-- name: person_save
INSERT INTO person (id, name, password_hash, owner, created, disabled)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET
	name = excluded.name,
	password_hash = excluded.password_hash,
	owner = excluded.owner,
	created = excluded.created,
	disabled = excluded.disabled;

-- name: person_count
SELECT COUNT(*) FROM person;

-- name: person_list
SELECT id, name, password_hash, owner, created, disabled
FROM person ORDER BY name;

-- name: person_remove
DELETE FROM person WHERE id = $1;

-- name: web_session_load
SELECT digest, person_id, created, expires
FROM web_session WHERE digest = $1;

-- name: web_session_save
INSERT INTO web_session (digest, person_id, created, expires)
VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET
	person_id = excluded.person_id,
	created = excluded.created,
	expires = excluded.expires;

-- name: web_session_remove
DELETE FROM web_session WHERE digest = $1;

-- name: web_session_remove_all
DELETE FROM web_session WHERE person_id = $1;

-- name: web_session_sweep
DELETE FROM web_session WHERE expires < $1;
