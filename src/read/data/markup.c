/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/markup.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/utf8.h"
#include <stdio.h>

#define ENTITY_MAX 12u

static const struct {
    const char *name;
    uint32_t code;
} entities[] = {
    {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"nbsp", ' '},     {"commat", '@'},    {"period", '.'},   {"colon", ':'},    {"sol", '/'},
    {"lowbar", '_'},   {"hyphen", '-'},    {"dash", '-'},     {"equals", '='},   {"plus", '+'},
    {"num", '#'},      {"comma", ','},     {"semi", ';'},     {"excl", '!'},     {"quest", '?'},
    {"dollar", '$'},   {"percnt", '%'},    {"lpar", '('},     {"rpar", ')'},     {"lsqb", '['},
    {"rsqb", ']'},     {"lcub", '{'},      {"rcub", '}'},     {"ast", '*'},      {"Tab", '\t'},
    {"NewLine", '\n'}, {"zwnj", 0x200c},   {"zwj", 0x200d},   {"shy", 0xad},     {"ndash", 0x2013},
    {"mdash", 0x2014}, {"hellip", 0x2026}, {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201c},
    {"rdquo", 0x201d}, {"laquo", 0xab},    {"raquo", 0xbb},   {"copy", 0xa9},    {"reg", 0xae},
    {"euro", 0x20ac},  {"auml", 0xe4},     {"ouml", 0xf6},    {"uuml", 0xfc},    {"szlig", 0xdf},
    {"Auml", 0xc4},    {"Ouml", 0xd6},     {"Uuml", 0xdc},    {"eacute", 0xe9},  {"egrave", 0xe8},
    {"agrave", 0xe0},  {"ccedil", 0xe7},   {"ntilde", 0xf1},  {"deg", 0xb0},     {"middot", 0xb7},
};

/* The character that "&...;" stands for, and how long it is; 0: it is no reference. */
static uint32_t reference(struct slice s, size_t *ret_n)
{
    size_t end = slice_find_byte(slice_sub(s, 0, ENTITY_MAX), ';');
    struct slice name = slice_sub(s, 1, end == SIZE_MAX ? 0 : end - 1);
    uint64_t code = 0;
    if (!name.n) return 0;
    *ret_n = end + 1;
    if (name.p[0] != '#') {
        for (size_t i = 0; i < COUNT_OF(entities); i++)
            if (slice_eq(name, slice_str(entities[i].name))) return entities[i].code;
        return 0;
    }
    bool hex = name.n > 1 && (name.p[1] | 0x20) == 'x';
    struct slice digits = slice_sub(name, hex ? 2 : 1, SIZE_MAX);
    bool good = hex ? num_hex(digits, &code) : num_u64(digits, &code);
    return good && code < 0x110000 && !(code >= 0xd800 && code < 0xe000) ? (uint32_t)code : 0;
}

/* ---- runs ---- */

#define PIECES     4096u
#define FIELD_MAX  48u
#define HIDDEN_MAX 2000u /* told one by one */

struct markup_piece {
    uint32_t from, n; /* in the text */
    uint32_t raw;     /* its length in the layer: other than n for a reference */
    uint64_t at, line;
    char field[FIELD_MAX];
    uint8_t field_n;
};

enum st markup_run_init(struct markup_run *run, struct reading *r)
{
    *run = (struct markup_run){.r = r};
    run->text = ARENA_ROOM(r->arena, uint8_t, MARKUP_RUN);
    run->pieces = ARENA_ROOM(r->arena, struct markup_piece, PIECES);
    return run->text && run->pieces ? ST_OK : ST_NOMEM;
}

static uint64_t lines_in(struct slice s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n;
}

static void locate(void *ctx, size_t at, struct block_place *ret)
{
    struct markup_run *run = ctx;
    *ret = (struct block_place){.row = -1, .line = -1, .column = -1, .column_index = -1};
    while (run->seen + 1 < run->begin_piece && run->pieces[run->seen + 1].from <= at) run->seen++;
    if (!run->begin_piece) return;
    const struct markup_piece *p = &run->pieces[run->seen];
    size_t in = at > p->from ? at - p->from : 0;
    if (in > p->n || p->raw != p->n) in = in >= p->n ? p->raw : 0;
    ret->offset = p->at + in;
    ret->line = (int64_t)(p->line + lines_in(slice_sub(run->r->layer->bytes, (size_t)p->at, in)));
    ret->field = slice_of(p->field, p->field_n);
}

/* The runs before the one in hand. */
static void tell_block(struct markup_run *run)
{
    struct block b = {.kind = BLOCK_TEXT,
                      .text = slice_of(run->text, run->begin),
                      .rendered = true,
                      .locate = locate,
                      .ctx = run};
    run->seen = 0;
    if (run->begin) tell(run->r, &(struct event){.kind = EV_BLOCK, .block = &b});
    memmove(run->text, &run->text[run->begin], run->n - run->begin);
    for (size_t i = run->begin_piece; i < run->count; i++) {
        run->pieces[i - run->begin_piece] = run->pieces[i];
        run->pieces[i - run->begin_piece].from -= (uint32_t)run->begin;
    }
    run->n -= run->begin;
    run->count -= run->begin_piece;
    run->begin = run->begin_piece = 0;
}

void markup_flush(struct markup_run *run)
{
    markup_end(run);
    tell_block(run);
}

static void tell_hidden(struct markup_run *run, struct slice text)
{
    const struct markup_piece *p = &run->pieces[run->begin_piece];
    struct block_value v = {.place = {.offset = p->at,
                                      .row = -1,
                                      .line = (int64_t)p->line,
                                      .column = -1,
                                      .column_index = -1,
                                      .field = run->field,
                                      .value = text},
                            .text = text};
    tell(run->r, &(struct event){.kind = EV_VALUE, .offset = p->at, .value = &v});
}

void markup_end(struct markup_run *run)
{
    struct slice text = slice_trim(slice_of(&run->text[run->begin], run->n - run->begin));
    bool keep = run->open && text.n && run->differs;
    if (keep && run->unseen && run->hidden++ < HIDDEN_MAX) {
        tell_hidden(run, text);
        keep = false;
    }
    if (!keep) {
        run->n = run->begin;
        run->count = run->begin_piece;
    } else if (run->n < MARKUP_RUN) {
        run->text[run->n++] = '\n';
    }
    run->begin = run->n;
    run->begin_piece = run->count;
    run->open = run->differs = false;
}

/* Room for a piece of so many bytes: told runs go first, then the one in hand is cut. */
static void make_room(struct markup_run *run, size_t need)
{
    bool fits = run->n + need < MARKUP_RUN && run->count < PIECES;
    if (!fits) tell_block(run);
    if (run->n + need < MARKUP_RUN && run->count < PIECES) return;
    bool differs = run->differs;
    markup_end(run);
    tell_block(run);
    run->differs = differs;
    run->open = true;
}

static void put(struct markup_run *run, struct slice s, size_t raw, uint64_t at, uint64_t line)
{
    s = slice_sub(s, 0, MARKUP_RUN / 2);
    if (!s.n) return;
    make_room(run, s.n);
    struct markup_piece *p = &run->pieces[run->count++];
    *p = (struct markup_piece){
        .from = (uint32_t)run->n, .n = (uint32_t)s.n, .raw = (uint32_t)raw, .at = at, .line = line};
    p->field_n = (uint8_t)(run->field.n < FIELD_MAX ? run->field.n : FIELD_MAX);
    if (p->field_n) memcpy(p->field, run->field.p, p->field_n);
    for (size_t i = 0; i < s.n; i++) run->text[run->n++] = s.p[i] < ' ' && s.p[i] ? ' ' : s.p[i];
    run->open = true;
}

static void put_code(struct markup_run *run, uint32_t code, size_t raw, uint64_t at, uint64_t line)
{
    struct buf b;
    buf_init(&b, 16);
    utf8_put(&b, code);
    put(run, buf_slice(&b), raw, at, line);
    buf_done(&b);
}

void markup_add(struct markup_run *run, struct slice raw, uint64_t at, uint64_t line, bool decode)
{
    while (raw.n) {
        size_t amp = decode ? slice_find_byte(raw, '&') : SIZE_MAX, n = 1;
        struct slice plain = slice_sub(slice_sub(raw, 0, amp), 0, MARKUP_RUN / 4);
        put(run, plain, plain.n, at, line);
        line += lines_in(plain);
        at += plain.n;
        raw = slice_sub(raw, plain.n, SIZE_MAX);
        if (!raw.n || raw.p[0] != '&' || !decode) continue;
        uint32_t code = reference(raw, &n);
        if (code)
            put_code(run, code, n, at, line);
        else
            put(run, slice_sub(raw, 0, 1), n = 1, at, line);
        run->differs |= code != 0;
        at += n;
        raw = slice_sub(raw, n, SIZE_MAX);
    }
}

/* ---- what acts ---- */

void markup_note(struct markup_active *a, uint64_t *which, uint64_t at, uint64_t line)
{
    if (!a->scripts && !a->handlers && !a->frames) {
        a->at = at;
        a->line = line;
    }
    ++*which;
}

void markup_tell_active(const struct reading *r, const struct markup_active *a)
{
    char text[120];
    if (!a->scripts && !a->handlers && !a->frames) return;
    int n = snprintf(text, sizeof text, "%llu scripts, %llu handlers, %llu frames",
                     (unsigned long long)a->scripts, (unsigned long long)a->handlers,
                     (unsigned long long)a->frames);
    struct event ev = {.kind = EV_ANOMALY,
                       .offset = a->at,
                       .line = a->line,
                       .anomaly = {ANOMALY_ACTIVE_CONTENT, slice_of(text, n > 0 ? (size_t)n : 0)}};
    tell(r, &ev);
}

bool markup_is_handler(struct slice name)
{
    if (name.n < 5 || name.n > 24 || !slice_eq_nocase(slice_sub(name, 0, 2), S("on"))) return false;
    for (size_t i = 2; i < name.n; i++)
        if (!ascii_letter(name.p[i])) return false;
    return true;
}

bool markup_is_script_link(struct slice value)
{
    value = slice_trim(value);
    return slice_eq_nocase(slice_sub(value, 0, 11), S("javascript:")) ||
           slice_eq_nocase(slice_sub(value, 0, 9), S("vbscript:")) ||
           slice_eq_nocase(slice_sub(value, 0, 14), S("data:text/html"));
}
