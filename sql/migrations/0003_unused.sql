-- For counting the clients that nobody has used, and finding the oldest.
CREATE INDEX client_unused ON client (last_used, origin, created, id);
