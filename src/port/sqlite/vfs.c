/* SPDX-License-Identifier: Apache-2.0 */
#include "port/sqlite/vfs.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct bytes_vfs {
    sqlite3_vfs vfs; /* first: the library hands it back */
    char name[40];
    struct slice bytes;
    uint64_t last;
};

struct bytes_file {
    sqlite3_file file; /* first */
    struct bytes_vfs *owner;
};

static int file_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

/* Bytes 18 and 19 say "2" for a database that was last written through a write-ahead log. It is
 * read as it lies, without the log, so it is shown as an ordinary one. */
static void show_plain(uint8_t *p, size_t n, uint64_t at)
{
    for (uint64_t i = 18; i < 20; i++)
        if (at <= i && i - at < n && p[i - at] == 2) p[i - at] = 1;
}

static int file_read(sqlite3_file *f, void *out, int amount, sqlite3_int64 at)
{
    struct bytes_vfs *v = ((struct bytes_file *)f)->owner;
    if (amount < 0 || at < 0) return SQLITE_IOERR_READ;
    size_t want = (size_t)amount;
    struct slice got = slice_sub(v->bytes, (size_t)at, want);
    if (got.n) memcpy(out, got.p, got.n);
    if (at < 20) show_plain(out, got.n, (uint64_t)at);
    if (want >= 512) v->last = (uint64_t)at;
    if (got.n == want) return SQLITE_OK;
    memset((uint8_t *)out + got.n, 0, want - got.n);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    (void)f, (void)p, (void)n, (void)at;
    return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    (void)f, (void)n;
    return SQLITE_READONLY;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((struct bytes_file *)f)->owner->bytes.n;
    return SQLITE_OK;
}

static int file_flag(sqlite3_file *f, int flag)
{
    (void)f, (void)flag;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static int file_traits(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_flag,
    .xFileSize = file_size,
    .xLock = file_flag,
    .xUnlock = file_flag,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    f->pMethods = NULL;
    if (!name || !(flags & SQLITE_OPEN_MAIN_DB)) return SQLITE_CANTOPEN;
    ((struct bytes_file *)f)->owner = (struct bytes_vfs *)v;
    f->pMethods = &methods;
    if (ret_flags) *ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v, (void)name, (void)sync;
    return SQLITE_IOERR_DELETE;
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *ret)
{
    (void)v, (void)name, (void)flags;
    *ret = 0;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *v, const char *name, int room, char *ret)
{
    (void)v;
    return snprintf(ret, (size_t)room, "%s", name) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* Always the same: nothing here may differ between two runs. */
static int vfs_random(sqlite3_vfs *v, int n, char *ret)
{
    (void)v;
    memset(ret, 7, (size_t)n);
    return n;
}

static int vfs_sleep(sqlite3_vfs *v, int us)
{
    (void)v;
    return us;
}

static int vfs_now(sqlite3_vfs *v, double *ret)
{
    (void)v;
    *ret = 2460000.5;
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *v, int n, char *ret)
{
    (void)v, (void)n, (void)ret;
    return 0;
}

struct bytes_vfs *bytes_vfs_new(struct slice bytes)
{
    struct bytes_vfs *v = calloc(1, sizeof *v);
    if (!v) return NULL;
    v->bytes = bytes;
    (void)snprintf(v->name, sizeof v->name, "bytes-%p", (void *)v);
    v->vfs = (sqlite3_vfs){.iVersion = 1,
                           .szOsFile = sizeof(struct bytes_file),
                           .mxPathname = 64,
                           .zName = v->name,
                           .xOpen = vfs_open,
                           .xDelete = vfs_delete,
                           .xAccess = vfs_access,
                           .xFullPathname = vfs_path,
                           .xRandomness = vfs_random,
                           .xSleep = vfs_sleep,
                           .xCurrentTime = vfs_now,
                           .xGetLastError = vfs_error};
    if (sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK) return v;
    free(v);
    return NULL;
}

void bytes_vfs_free(struct bytes_vfs *v)
{
    if (!v) return;
    (void)sqlite3_vfs_unregister(&v->vfs);
    free(v);
}

const char *bytes_vfs_name(const struct bytes_vfs *v)
{
    return v->name;
}

uint64_t bytes_vfs_last(const struct bytes_vfs *v)
{
    return v->last;
}
