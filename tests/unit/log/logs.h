/* SPDX-License-Identifier: Apache-2.0 */
/* logs.h - logs in temporary folders, for the tests of this room. */
#pragma once
#include "../test.h"
#include "base/fd.h"
#include "log/audit.h"
#include "log/writer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct note_key test_key;

static inline void folder_new(char path[64])
{
    (void)snprintf(path, 64, "/tmp/merlon-log-XXXXXX");
    assert_non_null(mkdtemp(path));
    if (!test_key.public.name[0]) assert_true(notekey_make(&test_key));
}

static inline void folder_gone(const char *path)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal((system)(command), 0);
}

static inline void file_path(char out[128], const char *folder, const char *name)
{
    snprintf(out, 128, "%s/%s", folder, name);
}

/* The whole file into `out`; an absent one is empty. */
static inline void file_get(const char *folder, const char *name, struct buf *out)
{
    char path[128];
    file_path(path, folder, name);
    int fd = open(path, O_RDONLY);
    buf_reset(out);
    if (fd < 0) return;
    assert_true(fd_read(fd, 64u << 20, out));
    close(fd);
}

static inline void file_put(const char *folder, const char *name, struct slice bytes)
{
    char path[128];
    file_path(path, folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && fd_write(fd, bytes));
    close(fd);
}

static inline int64_t test_clock(void *ctx)
{
    (void)ctx;
    return 1796040000250; /* 2026-11-30T12:00:00.250Z */
}

static inline struct writer *open_log(const char *folder, struct writer_options o)
{
    struct writer *w = NULL;
    struct buf note, why;
    o.path = folder;
    if (!o.key) o.key = &test_key;
    if (!o.now_ms) o.now_ms = test_clock;
    if (!o.io) o.no_sync = true; /* no test pulls the plug; test_disk.c counts what is synced */
    buf_init(&note, 4096);
    buf_init(&why, 4096);
    enum st st = writer_open(&o, &w, &note, &why);
    if (st != ST_OK) print_message("%s\n", buf_text(&why));
    buf_done(&note);
    buf_done(&why);
    return st == ST_OK ? w : NULL;
}

static inline uint64_t add(struct writer *w, unsigned i)
{
    struct event e;
    uint64_t ticket = 0;
    char path[64];
    snprintf(path, sizeof path, "models/net-%u.pt", i);
    event_start(&e, EVENT_SCAN, test_clock(NULL));
    event_text(&e, EVENT_SUBJECT, slice_str(path));
    event_text(&e, EVENT_VERDICT, S("pass"));
    event_number(&e, EVENT_FILES, i);
    assert_int_equal(writer_add(w, &e, &ticket), WRITER_TAKEN);
    return ticket;
}

/* A log of so many records (and the one that it begins with), closed and signed. */
static inline void make_log(const char *folder, unsigned records, uint64_t segment_bytes)
{
    struct writer *w = open_log(folder, (struct writer_options){.segment_bytes = segment_bytes});
    assert_non_null(w);
    for (unsigned i = 0; i < records; i++) add(w, i);
    assert_int_equal(writer_close(w, NULL), ST_OK);
}

/* What an audit says, a line per problem: "changed 2 17-17 its checksum does not hold". */
struct said {
    struct buf text;
    struct audit_result r;
    enum st st;
};

static inline void say_problem(void *ctx, const struct audit_problem *p)
{
    struct said *s = ctx;
    buf_printf(&s->text, "%s %llu ", audit_fault_name(p->fault), (unsigned long long)p->segment);
    if (p->first <= p->last)
        buf_printf(&s->text, "%llu-%llu ", (unsigned long long)p->first,
                   (unsigned long long)p->last);
    buf_add(&s->text, p->text);
    buf_byte(&s->text, '\n');
}

static inline void audit(const char *folder, struct slice held, struct said *s)
{
    struct buf why;
    struct audit_options o = {.key = &test_key.public, .held = held, .tell = say_problem, .ctx = s};
    buf_init(&s->text, 1u << 20);
    buf_init(&why, 4096);
    s->st = audit_run(folder, &o, &s->r, &why);
    if (s->st != ST_OK) buf_add(&s->text, buf_slice(&why));
    buf_done(&why);
}

#define assert_said(s, want)                                                                \
    do {                                                                                    \
        if (!strstr(buf_text(&(s)->text), want)) print_message("%s", buf_text(&(s)->text)); \
        assert_non_null(strstr(buf_text(&(s)->text), want));                                \
    } while (0)
