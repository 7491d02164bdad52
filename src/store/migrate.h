/*
 * migrate: from the version that the database has to the one that sql/ is
 * written for.
 *
 * The version is read again within each step's transaction, so two processes
 * that start at once take turns.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stdbool.h>

struct fault;
struct store_txn;

/* Brings the schema to SQL_VERSION, one transaction a step.  FAULT_STORE_NEWER
 * and what SQLite answers. */
bool migrate(struct store_txn *t, struct fault *f);

#endif
