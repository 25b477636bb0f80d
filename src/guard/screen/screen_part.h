/* SPDX-License-Identifier: Apache-2.0 */
/* screen_part.h - one exchange, as the files of screen.h share it. */
#pragma once
#include "guard/screen/content.h"
#include "guard/judge/edits.h"
#include "guard/screen/screen.h"
#include "guard/screen/stream.h"

/* Of one thread: nothing of it outlives a call. */
struct screen_thread {
    const struct screen *screen;
    struct inspect *inspect;
    struct inspect_out found;
    struct decision decision;
    struct buf scratch;
};

/* One body on its way: as it came, and as it is read. */
struct screen_body {
    struct slice type, coding, json_length; /* fields */
    bool foreign;                           /* a charset that is not read */
    struct content *unpack;                 /* NULL: it is not packed, or nobody reads it */
    struct buf raw;                         /* of a packed one: as it came */
    struct buf text;
    struct surface_doc doc;
    bool as_it_came; /* it went on like that: its Content-Encoding still holds */
};

struct screen_state {
    struct screen_thread *thread;
    const struct guard_scope *scope;
    const struct surface *surface; /* NULL: none is known */
    bool passes;                   /* nobody reads this exchange */
    bool asked;                    /* LiteLLM asks: litellm.h */
    bool answer_passes;
    bool unrecorded; /* refused because nothing more can be recorded */
    unsigned status;
    uint64_t begun_ns;
    struct arena arena;
    struct screen_body request, answer;
    const struct leak_index *prompt;
    struct names *names;
    struct guard_stream *stream;
    struct buf reply;
    unsigned reply_status;
    struct guard_record record;
};

/* ---- screen_body.c ---- */

void body_init(struct screen_state *s, struct screen_body *b, const struct http1_head *h,
               uint64_t most, enum record_side side);
void body_done(struct screen_body *b);
/* Takes a piece; false: it cannot be read to its end, the record says why, and that piece was not
 * kept. */
bool body_take(struct screen_state *s, struct screen_body *b, enum record_side side,
               struct slice in, bool end);
/* The bytes that were kept, as they came. */
struct slice body_raw(const struct screen_body *b);
/* Its parts are judged; what goes on is added to `out`. False: refused, see screen_refuse(). */
bool body_judge(struct screen_state *s, struct screen_body *b, enum record_side side,
                enum surface_result read, struct buf *out);

/* ---- screen.c ---- */

/* The client is told no, in the words of its protocol. Always EXCHANGE_REPLY. */
enum exchange_step screen_refuse(struct screen_state *s, enum record_side side,
                                 const struct rule *rule, const char *why);
/* Something was not read; where the policy enforces and is closed, that is a refusal (true). */
bool screen_unread(struct screen_state *s, enum record_side side, enum record_unread why);

/* ---- screen_answer.c ---- */

enum exchange_step screen_answer_head(void *state, const struct http1_head *answer);
enum exchange_step screen_answer(void *state, struct slice in, bool end, struct buf *out);
