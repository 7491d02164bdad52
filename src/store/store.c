/* store: see store.h. */
#include "store/store.h"

#include "base/die.h"
#include "base/event.h"
#include "store/key_check.h"
#include "store/sqlite.h"
#include "store/sqlite_open.h"

#include <pthread.h>
#include <signal.h>

struct line {
	struct store_job *first;
	struct store_job **end; /* where the next one goes */
	size_t n;
};

/* What the lock guards is shared; txn is the thread's alone. */
struct store {
	struct store_plan plan;
	struct store_txn *txn;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;     /* jobs wait, or the end */
	pthread_cond_t progress; /* a batch is through */
	struct line waiting;
	struct line finished;
	struct store_counts counts;
	bool is_running; /* the thread has a batch in its hands */
	bool is_closing;
	bool is_over;
};

static void
line_init(struct line *l)
{
	*l = (struct line){ .end = &l->first };
}

static void
line_add(struct line *l, struct store_job *job)
{
	job->next = NULL;
	*l->end = job;
	l->end = &job->next;
	l->n++;
}

static struct store_job *
line_take_all(struct line *l)
{
	struct store_job *first = l->first;

	line_init(l);
	return first;
}

/* Stands in a job's done while store_run() waits for it. */
static void
waited_for(struct store_job *job)
{
	(void)job;
}

static bool
run_within_savepoint(
	struct store_txn *t, struct store_job *job, struct fault *broken)
{
	if (!sqlite_job_begin(t, broken))
		return false;
	if (job->run(t, job, &job->fault)) {
		fault_clear(&job->fault);
		return sqlite_job_keep(t, broken);
	}
	if (!fault_is_set(&job->fault))
		fault_set(&job->fault, FAULT_INTERNAL, "no reason given");
	if (!sqlite_is_in_transaction(t))
		return fault_set(
			broken, job->fault.id, "%s", job->fault.detail);
	return sqlite_job_undo(t, broken);
}

/* Either all is on the disk or nothing is, and *broken says why. */
static bool
run_together(struct store_txn *t, struct store_job *first, struct fault *broken)
{
	bool fine = sqlite_begin(t, broken);

	for (struct store_job *j = first; fine && j != NULL; j = j->next)
		fine = run_within_savepoint(t, j, broken);
	if (fine)
		fine = sqlite_commit(t, broken);
	sqlite_rollback(t);
	return fine;
}

static bool
run_batch(struct store *s, struct store_job *first)
{
	struct fault broken = { 0 };

	for (struct store_job *job = first; job != NULL; job = job->next)
		fault_clear(&job->fault);
	if (run_together(s->txn, first, &broken))
		return true;
	event_log(NULL, EVENT_STORE_FAILED,
		EF_TEXT("fault", fault_name(broken.id)),
		EF_TEXT("detail", broken.detail));
	for (struct store_job *job = first; job != NULL; job = job->next)
		job->fault = broken;
	return false;
}

/* With the lock held.  Whether the loop has to be woken. */
static bool
hand_back(struct store *s, struct store_job *first)
{
	bool wake = false;

	for (struct store_job *job = first, *next; job != NULL; job = next) {
		next = job->next;
		if (job->done == waited_for) {
			job->done = NULL;
			continue;
		}
		line_add(&s->finished, job);
		wake = true;
	}
	pthread_cond_broadcast(&s->progress);
	return wake && s->plan.wake != NULL;
}

static void *
work(void *with)
{
	struct store *s = with;
	struct store_job *first;
	bool committed, wake;
	size_t n;

	pthread_mutex_lock(&s->lock);
	while (s->waiting.n > 0 || !s->is_over) {
		if (s->waiting.n == 0) {
			pthread_cond_wait(&s->work, &s->lock);
			continue;
		}
		n = s->waiting.n;
		first = line_take_all(&s->waiting);
		s->is_running = true;
		pthread_mutex_unlock(&s->lock);
		committed = run_batch(s, first);
		pthread_mutex_lock(&s->lock);
		s->is_running = false;
		s->counts.jobs += n;
		s->counts.commits += committed;
		s->counts.failed += !committed;
		wake = hand_back(s, first);
		pthread_mutex_unlock(&s->lock);
		if (wake)
			s->plan.wake(s->plan.with);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Signals are the loop's. */
static void
start_thread(struct store *s)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&s->thread, NULL, work, s) != 0)
		die("the store's thread can't be started");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_setname_np(s->thread, "store");
}

static int
busy_ms(const struct store_plan *plan)
{
	return (int)(plan->busy_ms > 0 ? plan->busy_ms : STORE_BUSY_MS);
}

bool
store_look(const struct store_plan *plan, struct fault *f)
{
	return str_is_none(plan->key_check) ||
		key_check_look(plan->path, busy_ms(plan), plan->key_check, f);
}

/* The database, with the key that it was made with. */
static bool
open_txn(struct store_txn **t, const struct store_plan *plan, struct fault *f)
{
	if (!store_look(plan, f) ||
		!sqlite_open(t, plan->path, busy_ms(plan), f))
		return false;
	if (str_is_none(plan->key_check) ||
		key_check_keep(*t, plan->key_check, f))
		return true;
	sqlite_close(t);
	return fault_within(f, "%s", plan->path);
}

bool
store_open(struct store **out, const struct store_plan *plan, struct fault *f)
{
	struct store_txn *txn;
	struct fault why = { 0 };
	struct store *s;

	*out = NULL;
	if (!open_txn(&txn, plan, &why))
		return fault_set(f, why.id, "%s", why.detail);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		die("out of memory");
	s->plan = *plan;
	s->plan.key_check = STR_NONE; /* the caller's */
	s->txn = txn;
	line_init(&s->waiting);
	line_init(&s->finished);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, NULL);
	pthread_cond_init(&s->progress, NULL);
	event_log(NULL, EVENT_STORE_OPENED, EF_TEXT("path", plan->path),
		EF_U64("version", SQL_VERSION));
	start_thread(s);
	*out = s;
	return true;
}

void
store_submit(struct store *s, struct store_job *job)
{
	const char *why = NULL;

	insist(job->run != NULL && job->done != NULL);
	pthread_mutex_lock(&s->lock);
	if (s->is_closing)
		why = "the store is closing";
	else if (s->waiting.n >= STORE_WAITING_MAX)
		why = "too many jobs wait for the store";
	if (why == NULL) {
		line_add(&s->waiting, job);
		pthread_cond_signal(&s->work);
	} else {
		fault_set(&job->fault, FAULT_UNAVAILABLE, "%s", why);
		line_add(&s->finished, job);
	}
	pthread_mutex_unlock(&s->lock);
	if (why != NULL && s->plan.wake != NULL)
		s->plan.wake(s->plan.with);
}

void
store_collect(struct store *s)
{
	struct store_job *first;

	pthread_mutex_lock(&s->lock);
	first = line_take_all(&s->finished);
	pthread_mutex_unlock(&s->lock);
	for (struct store_job *job = first, *next; job != NULL; job = next) {
		next = job->next;
		job->done(job);
	}
}

bool
store_run(struct store *s, struct store_job *job)
{
	void (*done)(struct store_job *) = job->done;

	job->done = waited_for;
	pthread_mutex_lock(&s->lock);
	insist(!s->is_closing);
	line_add(&s->waiting, job);
	pthread_cond_signal(&s->work);
	while (job->done == waited_for)
		pthread_cond_wait(&s->progress, &s->lock);
	pthread_mutex_unlock(&s->lock);
	job->done = done;
	return !fault_is_set(&job->fault);
}

struct store_counts
store_counts(struct store *s)
{
	struct store_counts counts;

	pthread_mutex_lock(&s->lock);
	counts = s->counts;
	counts.waiting = s->waiting.n;
	pthread_mutex_unlock(&s->lock);
	return counts;
}

/* With the lock held. */
static void
wait_until_idle(struct store *s)
{
	while (s->waiting.n > 0 || s->is_running)
		pthread_cond_wait(&s->progress, &s->lock);
	s->is_over = true;
	pthread_cond_signal(&s->work);
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;

	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->is_closing = true;
	wait_until_idle(s);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	while (s->finished.n > 0)
		store_collect(s);
	*sp = NULL;
	sqlite_close(&s->txn);
	pthread_cond_destroy(&s->work);
	pthread_cond_destroy(&s->progress);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
