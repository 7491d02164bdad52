-- What the master key makes of a fixed text, 64 hexadecimal digits: tells
-- whether the key file is the one that this database was made with.  One row.

CREATE TABLE key_check (
	id BIGINT PRIMARY KEY,
	mac TEXT NOT NULL
);
