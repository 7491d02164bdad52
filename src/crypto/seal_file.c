/* seal_file: the master key's file (see seal.h).  It is put in its place
 * whole, so that nobody ever reads half a key. */
#include "crypto/seal.h"

#include "base/arena.h"
#include "base/secret.h"
#include "crypto/place.h"
#include "crypto/random.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum found { FOUND, MISSING, TROUBLE };

static bool
trouble(struct fault *f, const char *path, const char *what)
{
	return fault_set(f, FAULT_KEY_FILE, "%s: %s", path, what);
}

static bool
file_check(int fd, const char *path, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return trouble(f, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return trouble(f, path, "is no regular file");
	if ((st.st_mode & 0077) != 0)
		return trouble(f, path, "others may use it; chmod 600 it");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return trouble(f, path, "belongs to somebody else");
	if (st.st_size != SEAL_KEY_BYTES)
		return trouble(f, path, "does not have 32 bytes");
	return true;
}

static bool
read_whole(int fd, unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static bool
write_whole(int fd, const unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static enum found
load(const char *path, unsigned char key[SEAL_KEY_BYTES], struct fault *f)
{
	/* O_NONBLOCK: a pipe of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	enum found found = FOUND;

	if (fd < 0 && errno == ENOENT)
		return MISSING;
	if (fd < 0) {
		trouble(f, path,
			errno == ELOOP ? "is a symbolic link"
				       : strerror(errno));
		return TROUBLE;
	}
	if (!file_check(fd, path, f))
		found = TROUBLE;
	else if (!read_whole(fd, key, SEAL_KEY_BYTES)) {
		trouble(f, path, "can't be read");
		found = TROUBLE;
	}
	close(fd);
	return found;
}

/* fchmod: whatever the umask says. */
static bool
write_key(const char *name)
{
	unsigned char key[SEAL_KEY_BYTES];
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool whole;
	int why;

	if (fd < 0)
		return false;
	random_bytes(key, sizeof(key));
	whole = fchmod(fd, 0600) == 0 && write_whole(fd, key, sizeof(key)) &&
		fsync(fd) == 0;
	why = errno;
	secret_wipe(key, sizeof(key));
	close(fd);
	if (!whole)
		unlink(name);
	errno = why;
	return whole;
}

/* True also when somebody else was faster. */
static bool
make(const char *path, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str name = place_name(a, path);
	bool made = !str_is_none(name) && write_key(name.p) &&
		place_file(name, path);

	if (!made)
		fault_set(f, FAULT_KEY_FILE, "%s can't be made: %s", path,
			strerror(errno));
	arena_free(&a);
	return made;
}

bool
seal_key_find(const char *path, struct seal_key **k, struct fault *f)
{
	unsigned char bytes[SEAL_KEY_BYTES];
	enum found found = load(path, bytes, f);

	*k = found == FOUND ? seal_key_new(bytes) : NULL;
	secret_wipe(bytes, sizeof(bytes));
	return found != TROUBLE;
}

struct seal_key *
seal_key_load(const char *path, struct fault *f)
{
	struct seal_key *k;

	if (!seal_key_find(path, &k, f) || k != NULL)
		return k;
	if (make(path, f) && seal_key_find(path, &k, f) && k == NULL)
		trouble(f, path, "vanished");
	return k;
}
