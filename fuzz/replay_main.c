/*
 * replay_main: runs a target on each file of a corpus, without a fuzzer.
 *
 *	replay_NAME DIRECTORY...
 *
 * Every build replays the corpora, so that what a fuzzer once found stays
 * found.  A folder that is missing or empty is an error.
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)8 << 20)

/* A copy of exactly that size, so that a sanitizer sees a step too far. */
static void
run(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n == 0 ? 1 : n);

	if (copy == NULL)
		die("out of memory");
	if (n > 0)
		memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static bool
replay_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	uint8_t *bytes = malloc(INPUT_MAX);
	size_t n = 0;
	ssize_t got = -1;

	if (bytes == NULL)
		die("out of memory");
	while (fd >= 0 && n < INPUT_MAX &&
		(got = read(fd, bytes + n, INPUT_MAX - n)) > 0)
		n += (size_t)got;
	if (fd >= 0)
		close(fd);
	if (got == 0)
		run(bytes, n);
	else
		fprintf(stderr, "%s: cannot be read\n", name);
	free(bytes);
	return got == 0;
}

/* How many files were replayed; -1 when one could not be. */
static int
replay_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int n = 0;

	if (dir == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	while (n >= 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		n = replay_file(dirfd(dir), entry->d_name) ? n + 1 : -1;
	}
	closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	bool good = argc > 1;

	run(NULL, 0);
	for (int i = 1; i < argc; i++) {
		int n = replay_folder(argv[i]);

		printf("%s: %d inputs\n", argv[i], n);
		good = good && n > 0;
	}
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
