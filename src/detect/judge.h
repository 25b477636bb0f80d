/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h - events in, findings out.
 * Why: all knowledge of danger is here and in rules/; pure, so that the same judges can serve a
 * file, a dataset row and a stream.
 * Owns: nothing but what lies in its arena.   Threads: one owner.
 * Fails: when memory is out, `nomem` is set and the caller reports the subject as not inspected. */
#pragma once
#include "base/arena.h"
#include "detect/span.h"
#include "finding/finding.h"
#include "read/reading.h"

typedef void finding_fn(void *ctx, const struct finding *f);
typedef void requirement_fn(void *ctx, const struct requirement *q);
typedef void claim_fn(void *ctx, const struct file_claim *claim);

struct judge_seen;     /* one finding per rule and place: see judge.c */
struct judge_notebook; /* code/notebook.c */
struct judge_data;     /* tables and text being judged: see data/data_part.h */
struct look;           /* data/look.h */
struct advisories;     /* package/advisories.h */

struct judge {
    struct arena *arena;
    finding_fn *emit;
    void *emit_ctx;
    bool nomem;
    bool not_inspected; /* something was EV_UNREAD */
    uint64_t unread;    /* bytes of it */
    enum format format; /* of the outermost layer, for the subject */
    const char *variant;
    struct slice card[CARD_COUNT]; /* the model card's texts; numbers are formatted */
    uint64_t numbers[CARD_COUNT];
    size_t findings;
    struct judge_seen *seen;
    struct judge_data *data;
    struct judge_notebook *notebook; /* NULL: the subject is none */
    struct look *look; /* the worker's, set after judge_init; NULL: texts are not searched */
    bool reveal;       /* show values in full (--reveal); set after judge_init */
    bool has_rows;     /* a table was read to its end: `rows` is known, also when it is 0 */
    uint64_t rows;     /* of all tables */
    span_fn *on_span;  /* NULL: nobody asks; set after judge_init */
    void *span_ctx;
    struct slice
        advisories; /* an image that stands for the one compiled in; set after judge_init */
    struct advisories *packages;    /* package/package.c: opened when it is needed */
    requirement_fn *on_requirement; /* NULL: nobody asks; called with emit_ctx */
    claim_fn *on_claim;             /* the same */
};

void judge_init(struct judge *j, struct arena *arena, finding_fn *emit, void *ctx);
/* An event_fn: ctx is the struct judge. */
void judge_event(void *ctx, const struct reading *r, const struct event *ev);
/* After the last event: findings that need the whole subject. */
void judge_finish(struct judge *j);

/* For the judges: a finding at this place of the current layer, with inner names filled in. */
struct finding judge_finding(const struct judge *j, const struct reading *r, const char *rule_id,
                             uint64_t offset);
/* So many more of this rule and severity are not sent one by one: said at the end. */
void judge_more(struct judge *j, const struct rule *rule, enum severity s, uint64_t more);
/* Are there so many of this rule and severity already that one more would only be counted? Then its
 * texts need not be made: judge_more() does. */
bool judge_full(struct judge *j, const struct rule *rule, enum severity s, bool row);
/* Something at this place could not be looked at: the layer's own rule for that. `message` lives
 * on.
 */
void judge_missed(struct judge *j, const struct reading *r, uint64_t offset, const char *message,
                  struct slice evidence);
/* Send it. message/evidence are formatted in j->arena by the caller. Repeats are dropped. */
void judge_emit(struct judge *j, const struct finding *f);

/* The project asks for this package: of interest to findings about other files. */
void judge_requirement(struct judge *j, const struct reading *r, const struct requirement *q);

/* One per file in detect/. */
void judge_anomaly(struct judge *j, const struct reading *r, const struct event *ev);
void judge_unread(struct judge *j, const struct reading *r, const struct event *ev);
void judge_call(struct judge *j, const struct reading *r, const struct event *ev); /* pickle.c */
void judge_text(struct judge *j, const struct reading *r,
                const struct event *ev); /* text.c, template.c */
void judge_tensor(struct judge *j, const struct reading *r, const struct event *ev); /* weights.c */
void judge_blob(struct judge *j, const struct reading *r, const struct event *ev);   /* blob.c */
/* data/rows.c: tables, blocks of text, values */
void judge_data(struct judge *j, const struct reading *r, const struct event *ev);
void judge_ref(struct judge *j, const struct reading *r, const struct event *ev); /* reference.c */
/* code/module.c, code/settings.c, code/command.c, package/package.c */
void judge_module(struct judge *j, const struct reading *r, const struct event *ev);
void judge_notebook(struct judge *j, const struct reading *r, const struct event *ev);
void judge_settings(struct judge *j, const struct reading *r, const struct event *ev);
void judge_command(struct judge *j, const struct reading *r, const struct event *ev);
void judge_package(struct judge *j, const struct reading *r, const struct event *ev);
