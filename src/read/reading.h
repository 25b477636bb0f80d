/* SPDX-License-Identifier: Apache-2.0 */
/* reading.h - one subject being read: the stack of layers, the purse, the sink.
 * Why: containers nest without recursion. A container's reader pushes its members; when it returns,
 * the reading opens the newest pending member, sniffs it, and calls the readers of every format
 * that fits. A polyglot is read once per format.
 * Owns: its stack and the layers that it unpacked; budget and spool are borrowed. While it runs,
 * `arena` is one of its own with the cap of the caller's: it is taken back layer by layer, so a
 * sink keeps what it wants to keep elsewhere.
 * Threads: one owner (one worker).
 * Fails: readers return ST_OK also for bad input, after telling about it; anything else ends the
 * subject: ST_NOMEM and ST_LIMIT become EV_UNREAD, the rest travels up. */
#pragma once
#include "base/arena.h"
#include "base/budget.h"
#include "base/st.h"
#include "read/event.h"
#include "read/layer.h"

struct reading;
struct spool;
struct pending;

typedef void event_fn(void *ctx, const struct reading *r, const struct event *ev);

struct reading {
    struct arena *arena; /* the readers' own: taken back layer by layer, so the sink keeps its
                            things elsewhere */
    struct budget *budget;
    struct spool *spool; /* where unpacked bytes go; NULL: memory only (tests, fuzzing) */
    event_fn *emit;
    void *emit_ctx;
    bool content;         /* look at weights too, not only at the structure */
    bool rows;            /* records as such, not as text to be searched: blocks keep their
                             escapes, columnar files tell rows (data/rows.h) */
    const uint32_t *pick; /* only of these columns, counted from 0; NULL: of all */
    size_t pick_count;
    const int *file;           /* what the bytes are mapped from; NULL: nothing can be peeked at */
    enum format hint;          /* read the file as this; FMT_UNKNOWN: its bytes decide */
    const struct layer *layer; /* the layer being read */
    enum format format;        /* as which format */
    struct pending *stack;     /* what is still to be opened, newest first */
    uint64_t unpacked;         /* bytes made so far, by all members */
    uint64_t unopened;         /* members left alone because the budget was used up */
};

/* Read bytes as the file `name` and everything inside it. */
MUST_USE enum st reading_run(struct reading *r, struct slice name, struct slice bytes, bool mapped);

/* A member to be opened after the current reader returns. `bytes` is the packed form and lies in
 * the current layer. Unpacking is bounded by the budget; `unpacked` is what the container claims
 * (UINT64_MAX: it does not say). */
struct member {
    struct slice name, packed;
    uint64_t offset; /* of packed in the current layer */
    enum codec codec;
    uint64_t unpacked;
    uint32_t crc;
    bool check_crc;
    enum format hint;         /* FMT_UNKNOWN: decide by content */
    struct slice codec_props; /* LZMA properties and the like */
};
MUST_USE enum st reading_push(struct reading *r, const struct member *m);

/* Bytes of the current layer that its format does not account for: read like a member. */
MUST_USE enum st reading_push_stray(struct reading *r, const char *name, struct slice bytes,
                                    uint64_t offset);

/* Unpack a member now, for a container whose layout reader needs it at once (freed with the layer).
 * What is odd about it is told. *ret must live in r->arena when members of it will be pushed. */
MUST_USE enum st reading_open(struct reading *r, const struct member *m, struct layer *ret);

/* Telling. `detail` and friends are formatted into memory that lives until the sink returns. */
void tell(const struct reading *r, const struct event *ev);
void tell_format(struct reading *r, enum format f, const char *variant);
void tell_anomaly(const struct reading *r, enum anomaly what, uint64_t offset, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void tell_unread(const struct reading *r, enum unread why, uint64_t offset, uint64_t bytes,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void tell_text(const struct reading *r, enum text_role role, struct slice name, struct slice text,
               uint64_t offset, uint64_t line);
void tell_card(const struct reading *r, enum card key, struct slice text);
/* CARD_LICENCE, with its place. */
void tell_licence(const struct reading *r, struct slice text, uint64_t offset, uint64_t line);
void tell_card_number(const struct reading *r, enum card key, uint64_t number);
void tell_ref(const struct reading *r, struct slice key, struct slice target, bool remote,
              uint64_t line);
void tell_tensor(const struct reading *r, const struct tensor *t, uint64_t offset);
void tell_blob(const struct reading *r, struct slice blob, uint64_t offset);
