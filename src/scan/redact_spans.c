/* SPDX-License-Identifier: Apache-2.0 */
/* redact_spans.c - millions of spans pass through a file, not through memory. */
#include "base/sort.h"
#include "scan/redact_part.h"
#include <sys/mman.h>
#include <unistd.h>

void redact_spans_start(struct redact_spans *s, int fd)
{
    redact_spans_done(s);
    s->fd = fd;
    s->count = s->file_at = s->waiting_n = 0;
    s->bad = false;
}

static void flush(struct redact_spans *s)
{
    size_t n = s->waiting_n * sizeof s->waiting[0], at = 0;
    while (at < n && !s->bad) {
        ssize_t k =
            pwrite(s->fd, (const uint8_t *)s->waiting + at, n - at, (off_t)(s->file_at + at));
        if (k <= 0) s->bad = true;
        at += k > 0 ? (size_t)k : 0;
    }
    s->file_at += n;
    s->count += s->waiting_n;
    s->waiting_n = 0;
}

/* Rule ids are constants of the detectors' table, so the pointer is the rule. */
static bool rule_index(struct redact_spans *s, struct slice rule, uint16_t *ret)
{
    for (size_t i = s->rule_count; i-- > 0;)
        if (slice_eq(slice_str(s->rules[i]), rule)) return *ret = (uint16_t)i, true;
    if (s->rule_count == REDACT_RULES_MAX) return false;
    s->rules[s->rule_count] = (const char *)rule.p;
    *ret = (uint16_t)s->rule_count++;
    return true;
}

void redact_spans_add(struct redact_spans *s, const struct span *span)
{
    struct redact_span r = {.from = span->from,
                            .to = span->to,
                            .column = span->column,
                            .value = span->value,
                            .kind = (uint8_t)span->kind,
                            .where = (uint8_t)span->where};
    if (span->where != SPAN_BYTES && span->kind != SPAN_VOTE) {
        r.from = span->value; /* all of that value, as far as the writer sees it reach */
        r.to = span->value + 1;
    }
    if (s->bad || !rule_index(s, span->rule, &r.rule)) {
        s->bad = true;
        return;
    }
    s->waiting[s->waiting_n++] = r;
    if (s->waiting_n == sizeof s->waiting / sizeof s->waiting[0]) flush(s);
}

/* ---- settling ---- */

/* Votes first, by column and rule; then spans by place, the longer of two first. */
static int in_order(const void *a, const void *b)
{
    const struct redact_span *x = a, *y = b;
    bool vx = x->kind == SPAN_VOTE, vy = y->kind == SPAN_VOTE;
    if (vx != vy) return vx ? -1 : 1;
    if (vx && x->column != y->column) return x->column < y->column ? -1 : 1;
    if (vx) return x->rule < y->rule ? -1 : x->rule > y->rule;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to;
}

static bool voted(const struct redact_spans *s, size_t votes, const struct redact_span *span)
{
    size_t low = 0, high = votes;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct redact_span *v = &s->list[mid];
        bool less = v->column != span->column ? v->column < span->column : v->rule < span->rule;
        if (less)
            low = mid + 1;
        else
            high = mid;
    }
    return low < votes && s->list[low].column == span->column && s->list[low].rule == span->rule;
}

/* Drop what was not voted for and join what overlaps; the votes' places are reused from the front
 * only after they were needed for the last time. */
static void sift(struct redact_spans *s, size_t votes)
{
    size_t kept = votes;
    for (size_t i = votes; i < s->count; i++) {
        struct redact_span span = s->list[i];
        if (span.kind == SPAN_BARE && !voted(s, votes, &span)) continue;
        if (span.to <= span.from) continue;
        struct redact_span *last = kept > votes ? &s->list[kept - 1] : NULL;
        if (last && span.from < last->to) {
            if (span.to > last->to) last->to = span.to;
        } else {
            s->list[kept++] = span;
        }
    }
    memmove(s->list, s->list + votes, (kept - votes) * sizeof *s->list);
    s->count = kept - votes;
}

bool redact_spans_settle(struct redact_spans *s)
{
    size_t votes = 0;
    flush(s);
    if (s->bad) return false;
    if (!s->count) return true;
    s->mapped = s->count * sizeof *s->list;
    void *p = mmap(NULL, s->mapped, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
    if (p == MAP_FAILED) return false;
    s->list = p;
    sort_items(s->list, s->count, sizeof *s->list, in_order);
    while (votes < s->count && s->list[votes].kind == SPAN_VOTE) votes++;
    sift(s, votes);
    return true;
}

void redact_spans_done(struct redact_spans *s)
{
    if (s->list) munmap(s->list, s->mapped);
    s->list = NULL;
}
