/* master: see master.h. */
#include "app/master.h"

#include "base/arena.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "store/store.h"

static struct str
check_of(struct arena *a, const struct seal_key *key)
{
	struct seal_key *own = seal_key_derive(key, STR("database check"));
	struct digest mac;

	seal_mac(own, STR("ostiary.db"), &mac);
	seal_key_free(&own);
	return digest_hex(a, &mac);
}

/* Where the database knows a key, a new one would only hide the loss. */
static bool
make_key(struct master *m, const char *key_path, const struct store_plan *plan,
	struct fault *f)
{
	struct store_plan any = *plan;

	any.key_check = STR("");
	if (store_look(&any, f))
		m->key = seal_key_load(key_path, f);
	else if (f->id == FAULT_KEY_OTHER)
		fault_set(f, FAULT_KEY_OTHER,
			"%s is missing, and %s was made with it", key_path,
			plan->path);
	return m->key != NULL;
}

static bool
open_store(struct master *m, const char *key_path,
	const struct store_plan *given, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct store_plan plan = *given;
	bool fine;

	plan.key_check = check_of(a, m->key);
	fine = store_open(&m->store, &plan, f);
	if (!fine && f->id == FAULT_KEY_OTHER)
		fault_set(f, FAULT_KEY_OTHER,
			"%s does not fit %s, which was made with another key",
			key_path, plan.path);
	arena_free(&a);
	return fine;
}

bool
master_open(struct master *m, const char *key_path,
	const struct store_plan *plan, struct fault *f)
{
	*m = (struct master){ 0 };
	if (!seal_key_find(key_path, &m->key, f))
		return false;
	if (m->key == NULL && !make_key(m, key_path, plan, f))
		return false;
	return open_store(m, key_path, plan, f);
}
