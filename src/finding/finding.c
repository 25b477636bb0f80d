/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/finding.h"
#include "base/map.h"
#include "base/utf8.h"
#include "finding/rules.h"
#include <stdio.h>

struct finding finding_of(const struct rule *rule)
{
    return (struct finding){.rule = rule,
                            .severity = rule->severity,
                            .line = -1,
                            .column = -1,
                            .offset = -1,
                            .row = -1};
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int inner_cmp(const struct finding *x, const struct finding *y)
{
    for (size_t i = 0; i < x->inner_count && i < y->inner_count; i++) {
        int c = slice_cmp(x->inner[i], y->inner[i]);
        if (c) return c;
    }
    return order((int64_t)x->inner_count, (int64_t)y->inner_count);
}

int finding_cmp(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int c = order((int64_t)y->severity, (int64_t)x->severity);
    if (!c) c = slice_cmp(x->path, y->path);
    if (!c) c = inner_cmp(x, y);
    if (!c) c = order(x->row, y->row);
    if (!c) c = order(x->line, y->line);
    if (!c) c = order(x->offset, y->offset);
    if (!c) c = slice_cmp(slice_str(x->rule->id), slice_str(y->rule->id));
    return c ? c : slice_cmp(x->message, y->message);
}

void finding_fingerprint(struct finding *f, unsigned ordinal)
{
    uint64_t half[2];
    for (unsigned i = 0; i < 2; i++) {
        uint64_t h = hash_bytes(slice_str(f->rule->id), 0x6d65726c6f6eu + i);
        for (size_t k = 0; k < f->inner_count; k++) h = hash_bytes(f->inner[k], h);
        h = hash_bytes(f->field, h);
        if (f->anchor)
            h = hash_bytes(slice_of(&f->anchor, sizeof f->anchor), h);
        else
            h = hash_bytes(f->evidence, hash_bytes(f->message, h));
        half[i] = hash_bytes(slice_of(&ordinal, sizeof ordinal), h);
    }
    snprintf(f->fingerprint, sizeof f->fingerprint, "%016llx%016llx", (unsigned long long)half[0],
             (unsigned long long)half[1]);
}

/* A new row? It must be safe at every place that a judge may name. */
static const char *const edits[] = {
    "True",          ", weights_only=True", "weights_only=True", "safe_load",
    "safe_load_all", "SafeLoader",          "CSafeLoader",
};

#define EDIT_MAX 200u

bool finding_edit_known(const struct finding_edit *e)
{
    if (e->from > e->to || e->to - e->from > EDIT_MAX) return false;
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        if (slice_eq(e->text, slice_str(edits[i]))) return true;
    return false;
}
