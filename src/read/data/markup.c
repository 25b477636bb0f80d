/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/markup.h"
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

enum st markup_run_init(struct markup_run *run, struct reading *r)
{
    *run = (struct markup_run){.r = r};
    run->text = ARENA_ARRAY(r->arena, uint8_t, MARKUP_RUN);
    return run->text ? ST_OK : ST_NOMEM;
}

void markup_end(struct markup_run *run)
{
    struct slice text = slice_trim(slice_of(run->text, run->n));
    bool tell_it = run->open && text.n && run->differs;
    run->open = false;
    run->n = 0;
    run->differs = false;
    if (!tell_it) return;
    struct block_value v = {.place = {.offset = run->from,
                                      .row = -1,
                                      .line = (int64_t)run->line,
                                      .column = -1,
                                      .column_index = -1,
                                      .field = run->field,
                                      .value = text},
                            .text = text};
    tell(run->r, &(struct event){.kind = EV_VALUE, .offset = run->from, .value = &v});
}

static void put(struct markup_run *run, struct slice s)
{
    for (size_t i = 0; i < s.n && run->n < MARKUP_RUN; i++) {
        uint8_t c = s.p[i] < ' ' && s.p[i] ? ' ' : s.p[i];
        if (c == ' ' && run->n && run->text[run->n - 1] == ' ') continue;
        run->text[run->n++] = c;
    }
}

static void put_code(struct markup_run *run, uint32_t code)
{
    struct buf b;
    buf_init(&b, 16);
    utf8_put(&b, code);
    put(run, buf_slice(&b));
    buf_done(&b);
}

void markup_add(struct markup_run *run, struct slice raw, uint64_t at, uint64_t line, bool decode)
{
    if (run->n + raw.n > MARKUP_RUN) {
        bool differs = run->differs;
        markup_end(run);
        run->differs = differs;
    }
    if (!run->open) {
        run->from = at;
        run->line = line;
        run->open = true;
    }
    while (raw.n) {
        size_t amp = decode ? slice_find_byte(raw, '&') : SIZE_MAX, n = 1;
        put(run, slice_sub(raw, 0, amp));
        if (amp == SIZE_MAX) return;
        raw = slice_sub(raw, amp, SIZE_MAX);
        uint32_t code = reference(raw, &n);
        if (code)
            put_code(run, code);
        else
            put(run, slice_sub(raw, 0, n = 1));
        run->differs |= code != 0;
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
        if ((name.p[i] | 0x20) < 'a' || (name.p[i] | 0x20) > 'z') return false;
    return true;
}

bool markup_is_script_link(struct slice value)
{
    value = slice_trim(value);
    return slice_eq_nocase(slice_sub(value, 0, 11), S("javascript:")) ||
           slice_eq_nocase(slice_sub(value, 0, 9), S("vbscript:")) ||
           slice_eq_nocase(slice_sub(value, 0, 14), S("data:text/html"));
}
