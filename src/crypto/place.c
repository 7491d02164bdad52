/* place: see place.h. */
#include "crypto/place.h"

#include "base/arena.h"
#include "crypto/random.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct str
place_name(struct arena *a, const char *path)
{
	struct str tail = random_text(a, 9);

	if (str_is_none(tail))
		return STR_NONE;
	return str_join(a, str_from(path), STR(".new-"), tail);
}

/* A folder's new entries last only when it is synced itself. */
static bool
sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = slash == NULL ? strdup(".")
				   : strndup(path, (size_t)(slash - path) + 1);
	bool synced = false;
	int fd = -1;

	if (name != NULL)
		fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		synced = fsync(fd) == 0;
		close(fd);
	}
	free(name);
	return synced;
}

bool
place_file(struct str name, const char *path)
{
	bool placed = link(name.p, path) == 0 || errno == EEXIST;
	int why = errno;

	unlink(name.p);
	errno = why;
	return placed && sync_folder_of(path);
}
