/* SPDX-License-Identifier: Apache-2.0 */
#include "log/folder.h"
#include "base/num.h"
#include "base/sort.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

void folder_name(uint64_t number, const char *suffix, char ret[SEGMENT_NAME])
{
    (void)snprintf(ret, SEGMENT_NAME, "%08llu.%s", (unsigned long long)(number % 1000000000000ull),
                   suffix);
}

/* "00000031.log" exactly as folder_name() writes it; a number from 1. */
static bool parse(const char *name, uint64_t *ret, bool *ret_log)
{
    char again[SEGMENT_NAME];
    struct slice text = slice_str(name);
    bool log = slice_ends(text, S(".log")), sig = slice_ends(text, S(".sig"));
    if ((!log && !sig) || text.n >= SEGMENT_NAME) return false;
    if (!num_u64(slice_sub(text, 0, text.n - 4), ret) || !*ret) return false;
    folder_name(*ret, log ? "log" : "sig", again);
    *ret_log = log;
    return strcmp(again, name) == 0;
}

static int by_number(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static void merge(struct folder *f)
{
    size_t to = 0;
    sort_items(f->segments, f->count, sizeof *f->segments, by_number);
    for (size_t i = 0; i < f->count; i++) {
        struct segment *last = to ? &f->segments[to - 1] : NULL;
        if (last && last->number == f->segments[i].number) {
            last->log |= f->segments[i].log;
            last->sig |= f->segments[i].sig;
        } else {
            f->segments[to++] = f->segments[i];
        }
    }
    f->count = to;
}

static bool add(struct folder *f, uint64_t number, bool log)
{
    if (f->count == f->room) {
        size_t room = f->room ? f->room * 2 : 64;
        struct segment *more = realloc(f->segments, room * sizeof *more);
        if (!more || room > 2 * SEGMENTS_MAX) return false;
        f->segments = more;
        f->room = room;
    }
    f->segments[f->count++] = (struct segment){number, log, !log};
    return true;
}

bool folder_list(struct folder *f)
{
    int copy = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *e;
    uint64_t number;
    bool log, ok = dir != NULL;
    f->count = 0;
    if (!dir && copy >= 0) close(copy);
    while (ok && (errno = 0, e = readdir(dir)))
        if (parse(e->d_name, &number, &log)) ok = add(f, number, log);
    ok = ok && errno == 0;
    if (dir) (void)closedir(dir);
    if (ok) merge(f);
    return ok;
}

bool folder_open(struct folder *f, const char *path, const struct log_io *io)
{
    *f = (struct folder){.io = io ? io : &log_io_system, .fd = log_folder_open(path)};
    if (f->fd >= 0 && folder_list(f)) return true;
    int why = errno ? errno : ENOMEM;
    folder_done(f);
    errno = why;
    return false;
}

void folder_done(struct folder *f)
{
    if (f->fd >= 0) close(f->fd);
    free(f->segments);
    *f = (struct folder){.fd = -1};
}

const struct segment *folder_find(const struct folder *f, uint64_t number)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->segments[i].number == number) return &f->segments[i];
    return NULL;
}
