/* Timers, wake-ups, slow sums, signals and the two clocks of net/loop. */
#include "net/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define MANY 500

struct world {
	struct loop *loop;
	struct loop_timer end;
	unsigned count;
	int64_t last;
};

static void
stop_it(void *with)
{
	loop_stop(((struct world *)with)->loop);
}

static struct world
world_new(void)
{
	return (struct world){ .loop = loop_new() };
}

static void
run_for(struct world *w, int64_t ms)
{
	loop_timer_init(&w->end, w->loop, stop_it, w);
	loop_timer_set(&w->end, ms);
	loop_run(w->loop);
}

struct timed {
	struct loop_timer timer;
	struct world *world;
	int64_t due;
};

static void
fired_in_order(void *with)
{
	struct timed *t = with;

	assert_true(t->due >= t->world->last);
	assert_int_equal(t->timer.due, 0);
	t->world->last = t->due;
	t->world->count++;
}

static void
timers_fire_in_order(void **state)
{
	struct world w = world_new();
	struct timed *all = calloc(MANY, sizeof(*all));
	unsigned seed = 7;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		seed = seed * 1103515245u + 12345u;
		all[i].world = &w;
		loop_timer_init(&all[i].timer, w.loop, fired_in_order, &all[i]);
		loop_timer_set(&all[i].timer, 200);
		/* Moved, most of them forward in the heap. */
		loop_timer_set(&all[i].timer, (seed >> 16) % 20);
		all[i].due = all[i].timer.due;
	}
	for (unsigned i = 0; i < MANY; i += 5)
		loop_timer_stop(&all[i].timer);
	run_for(&w, 30);
	assert_int_equal(w.count, MANY - MANY / 5);
	loop_free(&w.loop);
	free(all);
}

static void
again(void *with)
{
	struct timed *t = with;

	if (++t->world->count < 3)
		loop_timer_set(&t->timer, 0);
	else
		loop_stop(t->world->loop);
}

static void
timer_sets_itself_again(void **state)
{
	struct world w = world_new();
	struct timed t = { .world = &w };

	(void)state;
	loop_timer_init(&t.timer, w.loop, again, &t);
	loop_timer_set(&t.timer, 0);
	loop_run(w.loop);
	assert_int_equal(w.count, 3);
	loop_free(&w.loop);
}

static void
stop_other(void *with)
{
	struct timed *t = with;

	t->world->count++;
	loop_timer_stop(&t[t->due == 0 ? 1 : -1].timer);
}

static void
timer_stopped_by_another_of_the_same_moment(void **state)
{
	struct world w = world_new();
	struct timed two[2] = { { .world = &w }, { .world = &w, .due = 1 } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		loop_timer_init(&two[i].timer, w.loop, stop_other, &two[i]);
		loop_timer_set(&two[i].timer, 1);
	}
	run_for(&w, 5);
	assert_int_equal(w.count, 1);
	loop_timer_stop(&two[0].timer);
	loop_free(&w.loop);
}

static void
loop_freed_with_timers_set(void **state)
{
	struct world w = world_new();
	struct timed t = { .world = &w };

	(void)state;
	loop_timer_init(&t.timer, w.loop, fired_in_order, &t);
	loop_timer_set(&t.timer, 0);
	loop_free(&w.loop);
	assert_null(w.loop);
	assert_int_equal(w.count, 0);
	loop_free(&w.loop);
}

static void *
wake_from_afar(void *with)
{
	for (int i = 0; i < 100; i++)
		loop_wake(with);
	return NULL;
}

static void
heard(void *with)
{
	struct world *w = with;

	w->count++;
	loop_stop(w->loop);
}

static void
wake_is_heard_on_the_loop(void **state)
{
	struct world w = world_new();
	struct loop_wake *wake = loop_wake_new(w.loop, heard, &w);
	pthread_t thread;

	(void)state;
	assert_int_equal(
		pthread_create(&thread, NULL, wake_from_afar, wake), 0);
	loop_run(w.loop);
	pthread_join(thread, NULL);
	assert_true(w.count >= 1 && w.count <= 100);
	loop_wake_free(&wake);
	assert_null(wake);
	loop_wake_free(&wake);
	loop_free(&w.loop);
}

static void
stop_before_run_ends_that_run(void **state)
{
	struct world w = world_new();

	(void)state;
	loop_stop(w.loop);
	loop_run(w.loop);
	loop_free(&w.loop);
}

struct sums {
	struct world *world;
	pthread_mutex_t lock;
	pthread_cond_t open;
	bool gate;
	unsigned now;
	unsigned most;
	unsigned done;
	unsigned all;
};

static void
slow_work(void *with)
{
	struct sums *s = with;

	pthread_mutex_lock(&s->lock);
	if (++s->now > s->most)
		s->most = s->now;
	while (!s->gate)
		pthread_cond_wait(&s->open, &s->lock);
	s->now--;
	pthread_mutex_unlock(&s->lock);
}

static void
slow_was_done(void *with)
{
	struct sums *s = with;

	if (++s->done == s->all)
		loop_stop(s->world->loop);
}

static void
slow_sums_are_few_and_bounded(void **state)
{
	struct world w = world_new();
	struct sums s = { .world = &w };
	struct fault f = { 0 };

	(void)state;
	pthread_mutex_init(&s.lock, NULL);
	pthread_cond_init(&s.open, NULL);
	while (loop_slow(w.loop, slow_work, slow_was_done, &s, &f))
		s.all++;
	assert_int_equal(s.all, LOOP_SLOW_MAX + LOOP_SLOW_QUEUE);
	assert_int_equal(f.id, FAULT_TOO_MANY);
	pthread_mutex_lock(&s.lock);
	s.gate = true;
	pthread_cond_broadcast(&s.open);
	pthread_mutex_unlock(&s.lock);
	loop_run(w.loop);
	assert_int_equal(s.done, s.all);
	assert_true(s.most <= LOOP_SLOW_MAX);
	assert_true(loop_slow(w.loop, slow_work, slow_was_done, &s, &f));
	/* It runs still or not yet; nobody is told. */
	loop_free(&w.loop);
	assert_int_equal(s.done, s.all);
}

static void
hear_signal(void *with, int signum)
{
	struct world *w = with;

	assert_int_equal(signum, SIGUSR1);
	w->count++;
	loop_stop(w->loop);
}

static void
signal_is_heard(void **state)
{
	struct world w = world_new();

	(void)state;
	loop_signal(w.loop, SIGUSR1, hear_signal, &w);
	kill(getpid(), SIGUSR1);
	loop_run(w.loop);
	assert_int_equal(w.count, 1);
	loop_free(&w.loop);
}

static void
wall_clock_can_be_shifted(void **state)
{
	struct world w = world_new();
	int64_t before = loop_wall(w.loop);

	(void)state;
	assert_true(before > 1700000000);
	loop_set_clock(w.loop, 3600);
	assert_true(loop_wall(w.loop) >= before + 3600);
	assert_true(loop_wall(w.loop) <= before + 3660);
	loop_free(&w.loop);
}

/* ---- turns ---- */

#define STAGES_MAX 64

struct stages {
	struct loop *loop;
	struct loop_timer begin;
	char said[STAGES_MAX + 1]; /* 'w' for work, 's' for sending */
	size_t n;
	struct staged {
		struct stages *all;
		struct loop_turn work;
		struct loop_turn send;
	} each[STAGES_MAX / 2];
	size_t count;
};

static void
say(struct stages *s, char what)
{
	assert_true(s->n < STAGES_MAX);
	s->said[s->n++] = what;
}

static void
work_one(void *with)
{
	struct staged *one = with;

	say(one->all, 'w');
	loop_turn_set(&one->send, LOOP_SEND);
	loop_turn_set(&one->send, LOOP_SEND);
}

static void
send_one(void *with)
{
	struct staged *one = with;

	say(one->all, 's');
	if (one->all->n == 2 * one->all->count)
		loop_stop(one->all->loop);
}

static void
begin_all(void *with)
{
	struct stages *s = with;

	for (size_t i = 0; i < s->count; i++)
		loop_turn_set(&s->each[i].work, LOOP_WORK);
}

static void
stages_init(struct stages *s, size_t count)
{
	*s = (struct stages){ .loop = loop_new(), .count = count };
	for (size_t i = 0; i < count; i++) {
		s->each[i].all = s;
		loop_turn_init(
			&s->each[i].work, s->loop, work_one, &s->each[i]);
		loop_turn_init(
			&s->each[i].send, s->loop, send_one, &s->each[i]);
	}
	loop_timer_init(&s->begin, s->loop, begin_all, s);
	loop_timer_set(&s->begin, 0);
}

static void
sending_follows_all_work(void **state)
{
	struct stages s;

	(void)state;
	stages_init(&s, 3);
	loop_run(s.loop);
	assert_string_equal(s.said, "wwwsss");
	loop_free(&s.loop);
}

/* Who came first does not wait for all who came after. */
static void
much_work_is_sent_in_batches(void **state)
{
	struct stages s;

	(void)state;
	stages_init(&s, 20);
	loop_run(s.loop);
	assert_string_equal(s.said, "wwwwwwwwwwwwwwwwsssssssssssssssswwwwssss");
	loop_free(&s.loop);
}

static void
stopped_turn_does_not_come(void **state)
{
	struct stages s;

	(void)state;
	stages_init(&s, 2);
	loop_turn_set(&s.each[1].work, LOOP_WORK);
	loop_turn_stop(&s.each[1].work);
	s.count = 1;
	loop_run(s.loop);
	assert_string_equal(s.said, "ws");
	loop_free(&s.loop);
}

static void
loop_freed_with_turns_set(void **state)
{
	struct stages s;

	(void)state;
	stages_init(&s, 1);
	loop_turn_set(&s.each[0].work, LOOP_WORK);
	loop_free(&s.loop);
	assert_string_equal(s.said, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order),
		cmocka_unit_test(timer_sets_itself_again),
		cmocka_unit_test(timer_stopped_by_another_of_the_same_moment),
		cmocka_unit_test(loop_freed_with_timers_set),
		cmocka_unit_test(wake_is_heard_on_the_loop),
		cmocka_unit_test(stop_before_run_ends_that_run),
		cmocka_unit_test(slow_sums_are_few_and_bounded),
		cmocka_unit_test(signal_is_heard),
		cmocka_unit_test(wall_clock_can_be_shifted),
		cmocka_unit_test(sending_follows_all_work),
		cmocka_unit_test(much_work_is_sent_in_batches),
		cmocka_unit_test(stopped_turn_does_not_come),
		cmocka_unit_test(loop_freed_with_turns_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
