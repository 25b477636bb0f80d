/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/result.h"
#include "base/st.h"
#include "finding/rules.h"
#include <stdlib.h>

const char *subject_kind_name(enum subject_kind kind)
{
    static const char *const names[SUBJECT_KINDS] = {"model",        "dataset", "notebook",
                                                     "code",         "config",  "settings",
                                                     "dependencies", "archive", "other"};
    return kind < SUBJECT_KINDS ? names[kind] : "other";
}

const char *claim_store_name(enum claim_store store)
{
    static const char *const names[CLAIM_STORES] = {"git-lfs", "dvc", "huggingface", "oci",
                                                    "mlflow"};
    return store < CLAIM_STORES ? names[store] : "";
}

void result_init(struct result *r, struct arena *arena)
{
    *r = (struct result){.arena = arena,
                         .rules = slice_str(rules_version),
                         .gate = {.enabled = true, .fail_on = SEV_HIGH}};
}

/* Room for one more item of `size` bytes; old arrays stay in the arena until the result is done. */
static void *room_for_one(struct arena *a, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room) return items;
    size_t bigger = *room ? *room * 2 : 64;
    void *p = arena_alloc(a, bigger, size);
    if (!p) return NULL;
    if (count) memcpy(p, items, count * size);
    *room = bigger;
    return p;
}

struct finding *result_add_finding(struct result *r, const struct finding *f)
{
    void *p = room_for_one(r->arena, r->findings, r->finding_count, &r->finding_room, sizeof *f);
    if (!p) return NULL;
    r->findings = p;
    r->findings[r->finding_count] = *f;
    return &r->findings[r->finding_count++];
}

bool result_add_gap(struct result *r, const struct store_gap *g)
{
    void *p = room_for_one(r->arena, r->gaps, r->gap_count, &r->gap_room, sizeof *g);
    if (!p) return false;
    r->gaps = p;
    r->gaps[r->gap_count++] = *g;
    return true;
}

struct subject *result_add_subject(struct result *r, const struct subject *s)
{
    void *p = room_for_one(r->arena, r->subjects, r->subject_count, &r->subject_room, sizeof *s);
    if (!p) return NULL;
    r->subjects = p;
    r->subjects[r->subject_count] = *s;
    return &r->subjects[r->subject_count++];
}

void result_note(struct result *r, struct slice text)
{
    if (text.p && r->note_count < COUNT_OF(r->notes)) r->notes[r->note_count++] = text;
}

static int subject_cmp(const void *a, const void *b)
{
    return slice_cmp(((const struct subject *)a)->path, ((const struct subject *)b)->path);
}

static void count_findings(struct result *r)
{
    memset(r->by_severity, 0, sizeof r->by_severity);
    r->suppressed = r->known = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->findings[i];
        if (f->state == FINDING_SUPPRESSED)
            r->suppressed++;
        else if (f->state == FINDING_KNOWN)
            r->known++;
        if (f->state != FINDING_SUPPRESSED) r->by_severity[f->severity]++;
    }
}

void result_finish(struct result *r)
{
    if (r->finding_count) qsort(r->findings, r->finding_count, sizeof *r->findings, finding_cmp);
    if (r->subject_count) qsort(r->subjects, r->subject_count, sizeof *r->subjects, subject_cmp);
    count_findings(r);
    r->not_inspected = 0;
    r->not_inspected_bytes = 0;
    memset(r->by_kind, 0, sizeof r->by_kind);
    for (size_t i = 0; i < r->subject_count; i++) {
        const struct subject *s = &r->subjects[i];
        r->by_kind[s->kind]++;
        r->not_inspected += s->not_inspected;
        r->not_inspected_bytes += s->unread;
    }
}
