/* settings_watch: see settings_watch.h. */
#include "app/settings_watch.h"

#define LOOK_MS 1000

static void
look_at(const char *path, struct stat *st)
{
	if (path == NULL || stat(path, st) != 0)
		*st = (struct stat){ 0 };
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
		a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
look(void *with)
{
	struct settings_watch *w = with;
	struct stat now;

	look_at(w->path, &now);
	if (is_same(&now, &w->seen) && !is_same(&now, &w->told)) {
		w->told = now;
		/* A file that is gone changes nothing. */
		if (now.st_ino != 0)
			w->changed(w->with);
	}
	w->seen = now;
	loop_timer_set(&w->timer, LOOK_MS);
}

void
settings_watch_start(struct settings_watch *w, struct loop *l, const char *path,
	void (*changed)(void *with), void *with)
{
	*w = (struct settings_watch){
		.path = path, .changed = changed, .with = with
	};
	look_at(path, &w->told);
	w->seen = w->told;
	loop_timer_init(&w->timer, l, look, w);
	loop_timer_set(&w->timer, LOOK_MS);
}

void
settings_watch_stop(struct settings_watch *w)
{
	loop_timer_stop(&w->timer);
}
