/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/data/items.h"
#include "base/cpu.h"

#define EVIDENCE_MAX 200u
#define PLAIN_MAX    (1u << 20) /* hits of one text; more are counted */
#define EXTRA_MAX    (16u << 10)
#define DECODED_MAX  (256u << 10)

/* ---- gathering ---- */

/* Room for one more of `size` bytes; NULL when there are too many or memory is out. */
static void *new_item(struct judge_data *d, struct items *list, size_t size, size_t max)
{
    if (list->n == list->room) {
        size_t room = list->room ? list->room * 4 : 256;
        uint8_t *p = list->room < max ? arena_alloc(d->arena, room, size) : NULL;
        if (!p) {
            d->overflow++;
            return NULL;
        }
        if (list->n) memcpy(p, list->p, list->n * size);
        list->p = p;
        list->room = room;
    }
    return (uint8_t *)list->p + list->n++ * size;
}

/* A small number for a detector that was seen. */
static bool number_of(struct judge_data *d, const struct detector *detector, uint16_t *ret)
{
    size_t i = ((uintptr_t)detector >> 4) % DETECTORS_SEEN;
    for (size_t tries = 0; tries < DETECTORS_SEEN; tries++, i = (i + 1) % DETECTORS_SEEN) {
        if (!d->seen[i]) d->seen[i] = detector;
        if (d->seen[i] != detector) continue;
        *ret = (uint16_t)i;
        return true;
    }
    return false;
}

static void keep_plain(struct judge_data *d, const struct hit *hit)
{
    uint16_t number;
    if (hit->to - hit->from > UINT16_MAX || !number_of(d, hit->detector, &number)) {
        d->overflow++;
        return;
    }
    struct plain *p = new_item(d, &d->plain, sizeof *p, PLAIN_MAX);
    if (!p) return;
    *p = (struct plain){.from = (uint32_t)(hit->from + d->shift),
                        .n = (uint16_t)(hit->to - hit->from),
                        .detector = number,
                        .sureness = (uint8_t)hit->sureness,
                        .severity = (uint8_t)hit->severity};
}

static void keep_text(struct judge_data *d, struct item *it, struct slice s, size_t most)
{
    if (!d->decoded) d->decoded = ARENA_ROOM(d->arena, uint8_t, DECODED_MAX);
    s = slice_sub(s, 0, most);
    if (!d->decoded || s.n > DECODED_MAX - d->decoded_n) return;
    it->text = (uint32_t)d->decoded_n;
    it->text_n = (uint32_t)s.n;
    if (s.n) memcpy(d->decoded + d->decoded_n, s.p, s.n);
    d->decoded_n += s.n;
}

void items_hit(void *ctx, const struct look_hit *h)
{
    struct judge_data *d = ctx;
    if (h->hit->sureness == HIT_WEAK) return; /* an example, a placeholder */
    if (!h->via) {
        keep_plain(d, h->hit);
        return;
    }
    struct item *it = new_item(d, &d->extra, sizeof *it, EXTRA_MAX);
    if (!it) return;
    *it = (struct item){.kind = ITEM_HIT,
                        .from = (uint32_t)(h->hit->from + d->shift),
                        .to = (uint32_t)(h->hit->to + d->shift),
                        .detector = h->hit->detector,
                        .sureness = (uint8_t)h->hit->sureness,
                        .severity = (uint8_t)h->hit->severity,
                        .via = h->via};
    keep_text(d, it, h->value, 1000);
}

void items_note(void *ctx, const struct look_note *n)
{
    struct judge_data *d = ctx;
    struct item *it = new_item(d, &d->extra, sizeof *it, EXTRA_MAX);
    if (!it) return;
    *it = (struct item){.kind = ITEM_NOTE,
                        .from = (uint32_t)(n->from + d->shift),
                        .to = (uint32_t)(n->to + d->shift),
                        .rule = n->rule,
                        .severity = (uint8_t)n->severity,
                        .unless_format = n->unless_format,
                        .via = n->message};
    keep_text(d, it, n->evidence, EVIDENCE_MAX);
}

/* ---- cells that begin like formulas ---- */

#define BLANKS_MAX 8u /* in front of a sign */

static bool is_delimiter(int c)
{
    return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' || c == '\r';
}

/* Behind a delimiter, quotes, and blanks that spreadsheets take away. */
static bool begins_cell(struct slice s, size_t i)
{
    for (size_t n = 0; n < BLANKS_MAX; n++, i--) {
        if (!i || is_delimiter(s.p[i - 1])) return true;
        if (s.p[i - 1] != '"' && s.p[i - 1] != '\'' && s.p[i - 1] != ' ') return false;
    }
    return false;
}

/* Or the first byte of one in full width. */
static bool is_sign(uint8_t c)
{
    return c == '=' || c == '@' || c == '+' || c == '-' || c == 0xef;
}

static void note_cell(struct judge_data *d, struct slice s, size_t i)
{
    uint8_t sign;
    int next = i + 1 < s.n ? s.p[i + 1] : ' ';
    bool sum = s.p[i] == '-' || s.p[i] == '+';
    if (sum && ((next >= '0' && next <= '9') || next == '.' || next == ',' || next == '\n')) return;
    if (!begins_cell(s, i) || !formula_sign(slice_sub(s, i, s.n), &sign)) return;
    struct item *it = new_item(d, &d->extra, sizeof *it, EXTRA_MAX);
    if (it) *it = (struct item){.kind = ITEM_CELL, .from = (uint32_t)i, .to = (uint32_t)i + 1};
}

#define SOME 64u /* bytes that are looked at together */

/* Where vectors of 32 bytes are, the compiler takes them for this. */
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#else
#define WIDE
#endif
typedef uint8_t bytes32 __attribute__((vector_size(32)));

/* May one of the signs be the first of a cell, by the byte before it? All that may stand in front
 * of a cell is below '0', or one of ; and |. */
static inline __attribute__((always_inline)) bool may_begin(const uint8_t *p)
{
    bytes32 some = {0};
    for (size_t i = 0; i < SOME; i += sizeof some) {
        bytes32 v, b;
        memcpy(&v, p + i, sizeof v);
        memcpy(&b, p + i - 1, sizeof b);
        bytes32 sign = (bytes32)((v == '=') | (v == '@') | (v == '+') | (v == '-') | (v == 0xef));
        some |= sign & (bytes32)((b < '0') | (b == ';') | (b == '|'));
    }
    uint64_t quarter[4];
    memcpy(quarter, &some, sizeof quarter);
    return quarter[0] | quarter[1] | quarter[2] | quarter[3];
}

static bool may_begin_plain(const uint8_t *p)
{
    return may_begin(p);
}

WIDE static bool may_begin_wide(const uint8_t *p)
{
    return may_begin(p);
}

void items_cells(struct judge_data *d, struct slice s, size_t from, size_t to)
{
    bool (*sieve)(const uint8_t *) = cpu_avx2() ? may_begin_wide : may_begin_plain;
    for (size_t at = from; at < to; at += SOME) {
        size_t end = at + SOME < to ? at + SOME : to;
        if (at && end - at == SOME && !sieve(s.p + at)) continue;
        for (size_t i = at; i < end; i++)
            if (is_sign(s.p[i])) note_cell(d, s, i);
    }
}
