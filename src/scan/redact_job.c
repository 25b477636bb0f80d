/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/redact_job.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS_MAX 4u

struct redaction {
    struct box_job *job;
    struct redact_request request;
    struct redact_spans spans;
    struct redact_found found;
    struct redact_copy copy;
    int out, spool;
};

static void reply(void *ctx, struct slice record)
{
    (void)box_reply(ctx, record);
}

static void put_text(struct buf *b, const char *text)
{
    buf_u16le(b, (uint16_t)strlen(text));
    buf_str(b, text);
}

static void answer_counts(struct redaction *d)
{
    struct buf b;
    for (size_t i = 0; i < d->spans.rule_count; i++) {
        if (!d->spans.values[i]) continue;
        buf_init(&b, 4096);
        buf_byte(&b, 'C');
        buf_u64le(&b, d->spans.values[i]);
        put_text(&b, d->spans.rules[i]);
        (void)box_reply(d->job, buf_slice(&b));
        buf_done(&b);
    }
}

static void answer_end(struct redaction *d)
{
    struct buf b;
    uint64_t values = 0;
    for (size_t i = 0; i < d->spans.rule_count; i++) values += d->spans.values[i];
    buf_init(&b, 4096);
    buf_byte(&b, 'E');
    buf_byte(&b, (uint8_t)d->found.end);
    buf_u16le(&b, (uint16_t)d->found.format);
    buf_u64le(&b, d->found.records);
    buf_u64le(&b, values);
    buf_u64le(&b, d->copy.keys_left);
    buf_u64le(&b, d->copy.written);
    put_text(&b, d->found.encoding);
    put_text(&b, d->found.why);
    (void)box_reply(d->job, buf_slice(&b));
    buf_done(&b);
}

static void trouble(struct redaction *d, const char *why)
{
    d->found.end = REDACT_TROUBLE;
    d->found.why = why;
}

static struct slice map(int fd, uint64_t from, uint64_t n)
{
    void *p = n ? mmap(NULL, n, PROT_READ, MAP_SHARED, fd, (off_t)from) : NULL;
    return p == MAP_FAILED ? slice_of(NULL, 0) : slice_of(p, n);
}

static void unmap(struct slice s)
{
    if (s.n) munmap((void *)(uintptr_t)s.p, s.n);
}

static bool copy_back(struct redaction *d, uint64_t from, uint64_t n)
{
    struct slice all = map(d->spool, from, n), rest = all;
    uint64_t at = 0;
    if (ftruncate(d->out, (off_t)n)) return false;
    while (rest.n) {
        ssize_t k = pwrite(d->out, rest.p, rest.n < (1u << 20) ? rest.n : (1u << 20), (off_t)at);
        if (k <= 0) break;
        at += (uint64_t)k;
        rest = slice_sub(rest, (size_t)k, rest.n);
    }
    unmap(all);
    return at == n;
}

/* Judge the copy. What is still recognised is blanked, through the spool; *ret_left says how much
 * that was. */
static bool polish(struct redaction *d, size_t *ret_left)
{
    static const uint64_t page = 4096;
    struct slice made = map(d->out, 0, d->copy.written);
    struct redact_spans left = {.fd = d->spool};
    struct redact_found again;
    redact_spans_start(&left, d->spool);
    redact_find(&d->request, made, &left, NULL, NULL, &again);
    bool ok = again.end != REDACT_TROUBLE && redact_spans_settle(&left);
    *ret_left = left.count;
    if (ok && left.count) {
        uint64_t behind = (left.count * sizeof *left.list + left.file_at + page) & ~(page - 1);
        struct redact_copy c = {.request = &d->request,
                                .found = &d->found,
                                .spans = &left,
                                .in = made,
                                .fd = d->spool,
                                .fd_at = behind,
                                .blank = true};
        uint64_t keys = d->copy.keys_left;
        ok = redact_copy_run(&c) && copy_back(d, behind, c.written);
        /* keys are left on purpose, again and again */
        if (c.keys_left == left.count) *ret_left = 0;
        d->copy.written = c.written;
        d->copy.keys_left = keys;
    }
    redact_spans_done(&left);
    unmap(made);
    return ok;
}

static void write_copy(struct redaction *d, struct slice bytes)
{
    size_t left = 1;
    d->copy = (struct redact_copy){
        .request = &d->request, .found = &d->found, .spans = &d->spans, .in = bytes, .fd = d->out};
    if (!redact_copy_run(&d->copy)) {
        trouble(d, "the copy could not be written");
        return;
    }
    if (!d->request.write) return;
    for (unsigned round = 0; round < ROUNDS_MAX && left; round++)
        if (!polish(d, &left)) {
            trouble(d, "the copy could not be checked");
            return;
        }
    if (left) trouble(d, "some values are recognised whatever stands in their place");
}

static void redact(struct redaction *d, struct slice bytes)
{
    redact_spans_start(&d->spans, d->spool);
    redact_find(&d->request, bytes, &d->spans, reply, d->job, &d->found);
    if (d->found.end == REDACT_DONE) {
        if (redact_spans_settle(&d->spans))
            write_copy(d, bytes);
        else
            trouble(d, "there is no room for the places of what was found");
        redact_spans_done(&d->spans);
        if (d->found.end == REDACT_DONE) answer_counts(d);
    }
    answer_end(d);
}

void redact_job(struct box_job *job, int fd, int spool_fd, struct slice raw)
{
    struct redaction *d = calloc(1, sizeof *d);
    struct stat sb;
    if (d && redact_decode(raw, &d->request) && fstat(fd, &sb) == 0 && sb.st_size >= 0) {
        d->job = job;
        d->out = box_out(job);
        d->spool = spool_fd;
        struct slice bytes = map(fd, 0, (uint64_t)sb.st_size);
        if (bytes.n == (size_t)sb.st_size) redact(d, bytes);
        unmap(bytes);
    }
    free(d);
}
