/* file: see file.h. */
#include "app/file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
read_all(int fd, char *to, size_t size, size_t *n)
{
	*n = 0;
	while (*n < size) {
		ssize_t got = read(fd, to + *n, size - *n);

		if (got == 0)
			return NULL;
		if (got < 0 && errno != EINTR)
			return strerror(errno);
		*n += got < 0 ? 0 : (size_t)got;
	}
	return NULL;
}

const char *
file_read(struct arena *a, const char *path, size_t max, struct str *text)
{
	const char *why = NULL;
	struct stat st;
	char *to = NULL;
	size_t n = 0;
	int fd;

	/* O_NONBLOCK: a pipe must not make us wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) != 0)
		why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		why = "is a folder; name the file in it";
	else if (!S_ISREG(st.st_mode))
		why = "is no regular file";
	else if ((size_t)st.st_size > max)
		why = FILE_TOO_LARGE;
	/* Files of /proc and /sys tell no size. */
	else if ((to = arena_bytes(a,
			  st.st_size > 0 ? (size_t)st.st_size : 4096)) == NULL)
		why = FILE_TOO_LARGE;
	else
		why = read_all(
			fd, to, st.st_size > 0 ? (size_t)st.st_size : 4096, &n);
	close(fd);
	*text = str_of(to, n);
	return why;
}
