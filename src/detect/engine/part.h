/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - what the engine's own files share.
 * How it works: the text goes through in steps. Each step tells literals (literals.c) and runs
 * (classes.c), merged by place; every one of them is looked at in a view that begins BACK bytes
 * before it and ends AHEAD bytes behind it (find.c), or AHEAD_PEM bytes. So what is found depends
 * on the text alone and not on how it was cut. Hits wait in hits.c until nothing can overlap them
 * any more. Owns: nothing. */
#pragma once
#include "base/ascii.h"
#include "detect/check/check.h"
#include "detect/engine/classes.h"
#include "detect/engine/doubt.h"
#include "detect/engine/hits.h"
#include "detect/engine/pattern.h"
#include "detect/engine/pending.h"
#include "detect/engine/tables.h"

#define BACK      640u   /* bytes before a candidate that may matter */
#define AHEAD     3072u  /* bytes behind it */
#define AHEAD_PEM 15360u /* behind the first line of a private key: RSA of 16384 bits fits */
#define STEP      256u   /* of a stream */
#define BLOCK     16384u
_Static_assert(BACK + AHEAD_PEM + STEP <= ENGINE_WINDOW, "what engine.h promises");

/* ---- gate.c ---- */

#define WORD_BACK  200u /* how far from a key word its value may be */
#define WORD_AHEAD 240u

struct quiet { /* a stretch of the text without a run that is long enough */
    uint64_t from, to;
};
struct gate { /* what is known of one text: each search has its own */
    uint8_t kinds[256];
    struct quiet quiet[2];
    uint64_t user_from, user_to;   /* a stretch of a line without "-u" */
    uint64_t part_from, part_to;   /* a run of base64url */
    uint64_t small_from, small_to; /* a run of small letters and blanks */
};
void gate_init(struct gate *g);
void gate_reset(struct gate *g);
/* Is there a run of letters and digits in t.p[from, to) or so near it that a vendor's name in there
 * could have it for a key? */
bool gate_keys_near(struct gate *g, struct slice t, uint64_t base, size_t from, size_t to);
/* Can the literal at t.p[start] lead to anything? t.p[0] is at `base`. */
bool gate_passes(struct gate *g, const struct literal *l, struct slice t, uint64_t base,
                 size_t start);

/* Is what must follow the literal cut off by the end of the text, at t.p[at] or behind it? */
bool gate_waits(const struct literal *l, struct slice t, size_t at);
/* Where the value begins of the name that ends at `end`, when it reaches the end of the text, or
 * SIZE_MAX. */
size_t gate_value(const struct gate *g, struct slice t, size_t end);

/* ---- literals.c ---- */

struct literal_hit {
    uint64_t end;
    uint32_t id;
};
struct literals;
struct literals *literals_new(void);
void literals_free(struct literals *l);
/* All literals that end in text.p[from, to) and that the gate lets pass; `out` has room for
 * LITERAL_HITS(to - from). That is enough: at most so many literals end alike, or they are not
 * compiled (tools/gen_detectors.py). */
#define LITERALS_ALIKE  4u
#define LITERAL_HITS(n) (LITERALS_ALIKE * (n))
size_t literals_scan(struct literals *l, struct gate *gate, struct slice text, uint64_t base,
                     size_t from, size_t to, struct literal_hit *out, struct pending *pending);

/* ---- context.c ---- */

/* The detectors that words of this text speak of. */
void context_of(struct slice words, struct detector_set *ret);
/* The detectors that the key or the surroundings of text.p[from, to) speak of. */
void context_near(struct slice text, size_t from, size_t to, struct detector_set *ret);
/* How far words may be from a value. */
#define CONTEXT_BACK  96u
#define CONTEXT_AHEAD 40u
static inline bool is_empty(const struct detector_set *s)
{
    uint64_t all = 0;
    for (size_t i = 0; i < DETECTORS_MAX / 64; i++) all |= s->bits[i];
    return !all;
}
/* Does the key of text.p[from] speak of any detector? *ret is the key, if it is one that decides.
 */
bool key_speaks(struct slice text, size_t from, struct slice *ret, struct detector_set *set);
/* The key directly before a value ("key": value, key=value), or the empty slice. */
struct slice key_before(struct slice text, size_t from);
static inline bool sets_meet(const struct detector_set *a, const struct detector_set *b)
{
    uint64_t both = 0;
    for (size_t i = 0; i < DETECTORS_MAX / 64; i++) both |= a->bits[i] & b->bits[i];
    return both;
}
static inline bool set_has(const struct detector_set *s, unsigned d)
{
    return s->bits[d / 64] >> (d % 64) & 1;
}

/* ---- engine.c ---- */

struct engine;
struct engine_sink;
struct search *engine_search_new(struct engine *e); /* NULL: memory is out */
void engine_begin(struct engine *e, struct search *s, const struct engine_sink *sink);
/* Candidates in text.p[from, to), in the order in which they become known. */
void engine_look_at(struct engine *e, struct search *s, struct slice text, uint64_t base,
                    size_t from, size_t to);
void engine_end(struct search *s, struct slice text, uint64_t base);

/* ---- find.c ---- */

struct search {
    struct pending *pending; /* NULL: the text is whole, or what is looked at is settled */
    const struct engine_sink *sink;
    check_fn **checks;
    struct class_state classes;
    struct gate gate;
    struct hits hits;
    uint64_t word_done[DETECTORS_MAX]; /* tokens before this were tried for that detector */
    uint64_t bare_window, colon_done, assign_done, phrase_done, pem_done;
    unsigned bare_left, other_left; /* what fits without a word */
    unsigned bare_tries, other_tries;
    uint64_t line_from, line_to; /* the line whose words were looked up last */
    uint64_t bare_from, bare_to; /* a stretch without letters */
    struct detector_set line;
    uint8_t expected[SHAPES]; /* by shape, whether the sink expects one of it: 0: not asked yet */
};

/* A part of the text around a candidate; places in it are local. */
struct view {
    struct slice text;
    uint64_t base;
};

/* Of a text that goes on (s->pending). The candidate in hand is not decided: its value may begin at
 * t.p[from]; with from == t.n nothing of it has come. Where the view ends before the text there is
 * nothing to wait for. */
void find_wait(struct search *s, const struct view *v, size_t from);
/* Can words that are still to come, at most `reach` bytes behind t.p[to], speak of it? */
bool find_hears(const struct search *s, const struct view *v, size_t to, size_t reach);
void find_reset(struct search *s); /* another text begins */
void find_class(struct search *s, const struct view *v, const struct class_event *ev);
/* Does it begin a private key, of which more has to be seen than of other things? */
bool find_is_pem(const struct literal_hit *hit);
void find_literal(struct search *s, const struct view *v, const struct literal_hit *hit);
/* Tries the pattern of detector d at v->text.p[at]. */
bool find_try(struct search *s, const struct view *v, unsigned d, size_t at, unsigned how);
/* A match of detector d that has to pass its check, doubts and context. */
enum {
    FOUND_WORDED = 1,
    FOUND_GENERIC = 2, /* and neither a placeholder nor repetitive */
    FOUND_EDGES = 4,
    FOUND_PREFIX = 8
};
void find_consider(struct search *s, const struct view *v, unsigned d, const struct match *m,
                   unsigned how);

/* Is the match only a part of a longer number, date, version or fraction? */
bool find_is_part(struct slice t, size_t from, size_t to);
unsigned find_score(const struct waiting *w, bool good); /* of a hit among those that overlap it */

/* ---- mail.c ---- */

/* The address around the @ at v->text.p[at], with something like a host behind it. */
void find_email(struct search *s, const struct view *v, size_t at);
/* As the pattern of pii.email at t.p[from]: up to the @ at t.p[sign] stand 1 to 64 characters that
 * it allows there. */
bool mail_match(struct slice t, size_t from, size_t sign, struct match *ret);

/* ---- numbers.c ---- */

/* Numbers in v->text.p[from, to), a run of capitals, digits and single separators. */
void find_numbers(struct search *s, const struct view *v, size_t from, size_t to);

/* ---- code_*.c: detectors with a function; `end` is behind the literal ---- */

void code_run(struct search *s, const struct view *v, unsigned code, size_t end);
void code_uri(struct search *s, const struct view *v, size_t end);
void code_assign(struct search *s, const struct view *v, size_t end);
void code_pem(struct search *s, const struct view *v, size_t end);
void code_text_others(struct search *s, const struct view *v, unsigned code, size_t end);

static inline bool is_quote(uint8_t c)
{
    return c == '"' || c == '\'' || c == '`';
}
