/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_log.c - a segment and its checkpoints from somebody else: the first byte says where the one
 * ends and the other begins. Whatever stands there, an audit ends, names places that are there, and
 * finds nothing good that our key has not signed. */
#include "base/fd.h"
#include "fuzz.h"
#include "log/audit.h"
#include "log/event.h"
#include "log/prove.h"
#include "log/reader.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char vkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

static char folder[64];

static void gone(void)
{
    static const char *const names[] = {"/00000001.log", "/00000001.sig", "/00000002.log", ""};
    for (size_t i = 0; i < 4; i++) {
        char path[96];
        (void)snprintf(path, sizeof path, "%s%s", folder, names[i]);
        (void)(*names[i] ? unlink(path) : rmdir(path));
    }
}

static void put(const char *name, struct slice bytes)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || !fd_write(fd, bytes)) abort();
    close(fd);
}

static void on_problem(void *ctx, const struct audit_problem *p)
{
    (void)ctx;
    if (!p->text.n || p->segment > 2) abort();
}

static void read_all(void)
{
    struct reader r;
    struct record record;
    struct arena arena;
    enum reader_end end;
    arena_init(&arena, 1u << 20, 1u << 14);
    if (!reader_open(&r, folder, NULL)) abort();
    while ((end = reader_next(&r, &record)) == READER_OK || end == READER_BAD) {
        struct event e;
        struct slice why = S("");
        if (end == READER_OK && event_read(record.text, &arena, &e, &why) == ST_MALFORMED && !why.n)
            abort();
        arena_reset(&arena);
    }
    if (end != READER_END) abort();
    reader_done(&r);
    arena_done(&arena);
}

static void prove(const struct note_public *key, struct slice in)
{
    struct buf out, why;
    struct arena arena;
    struct proven p;
    struct slice text = S("");
    buf_init(&out, 1u << 20);
    buf_init(&why, 4096);
    arena_init(&arena, 1u << 22, 1u << 14);
    if (prove_record(folder, NULL, key, 0, &out, &why) == ST_OK) abort();
    if (prove_check(in, key, &arena, &p, &text) != ST_MALFORMED || !text.n) abort();
    arena_done(&arena);
    buf_done(&out);
    buf_done(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct note_public key;
    struct audit_result r;
    struct buf why;
    if (!size || !notekey_read_public(slice_str(vkey), &key)) return 0;
    if (!*folder) {
        /* in memory, where there is such a place */
        (void)snprintf(folder, sizeof folder, "%s/merlon-fuzz-XXXXXX",
                       access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
        if (!mkdtemp(folder)) abort();
        (void)atexit(gone);
    }
    struct slice in = slice_sub(slice_of(data, size), 1, size);
    size_t cut = data[0] * in.n / 255;
    put("00000001.log", slice_sub(in, 0, cut));
    put("00000001.sig", slice_sub(in, cut, in.n));
    put("00000002.log", data[0] & 1 ? slice_sub(in, 0, cut / 2) : S(""));
    buf_init(&why, 4096);
    struct audit_options o = {.key = &key, .tell = on_problem};
    if (audit_run(folder, &o, &r, &why) != ST_OK || r.has_head || r.checkpoints) abort();
    if (!r.problems) abort(); /* the first segment cannot be sealed */
    buf_done(&why);
    read_all();
    prove(&key, in);
    return 0;
}
