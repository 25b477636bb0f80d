/* SPDX-License-Identifier: Apache-2.0 */
/* notebook.c - Jupyter notebooks: a JSON document whose strings are the lines of cells and outputs.
 *
 * The text of a block is the file with its escapes resolved and without its pictures: a string
 * behind a key such as "image/png" is an escape that says nothing. Places are those of the file. */
#include "base/ascii.h"
#include "read/code/cells.h"
#include "read/text/bits.h"
#include "read/text/faults.h"
#include "read/text/json_scan.h"
#include "read/text/json_text.h"
#include "read/text/text.h"
#include <stdio.h>

#define PICTURE_KEY  ((size_t)64)  /* the longest key of one */
#define PICTURE_REST ((size_t)512) /* so much base64 at the begin of a part is one going on */

struct notebook_text {
    struct source source;
    struct blocks blocks;
    struct json_walk walk;
    struct faults faults;
    char field[JSON_PATH_MAX + 64];
};

/* ---- what is left out ---- */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The opening quote of the value of the key whose text begins at `at`; raw.n: it has none. */
static size_t value_of(struct slice raw, size_t at)
{
    size_t n = slice_find_byte(slice_sub(raw, at, PICTURE_KEY), '"');
    if (n == SIZE_MAX) return raw.n;
    for (at += n + 1; at < raw.n && is_blank(raw.p[at]); at++) continue;
    if (at >= raw.n || raw.p[at] != ':') return raw.n;
    for (at++; at < raw.n && is_blank(raw.p[at]); at++) continue;
    return at < raw.n && raw.p[at] == '"' ? at : raw.n;
}

static bool is_drawing(struct slice key)
{
    return slice_starts(key, S("image/svg"));
}

/* The next string behind the key of a picture: the index behind its opening quote, or raw.n. */
static size_t next_picture(struct slice raw, size_t at)
{
    static const char *const keys[] = {"\"image/", "\"audio/", "\"video/", "\"application/pdf"};
    size_t best = raw.n;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        for (size_t from = at; from < raw.n;) {
            size_t n = slice_find(slice_sub(raw, from, best - from), slice_str(keys[i]));
            if (n == SIZE_MAX) break;
            from += n + 1;
            size_t quote = is_drawing(slice_sub(raw, from, raw.n)) ? raw.n : value_of(raw, from);
            if (quote < raw.n && quote + 1 < best) best = quote + 1;
            if (quote < raw.n) break;
        }
    }
    return best;
}

static bool is_base64(uint8_t c)
{
    return ascii_alnum(c) || c == '+' || c == '/' || c == '=' || c == '\\';
}

/* Base64, and the line ends in it, from `at` on. */
static size_t base64_run(struct slice raw, size_t at)
{
    while (at < raw.n && is_base64(raw.p[at])) at++;
    return at;
}

/* *state: the next picture, and 1. */
static size_t escape(void *ctx, struct slice raw, size_t at, size_t *state)
{
    struct notebook_text *n = ctx;
    if (at == 0 && n->blocks.part && base64_run(raw, 0) >= PICTURE_REST) return 0;
    if (!*state || *state - 1 < at) *state = next_picture(raw, at) + 1;
    size_t slash = json_escape(NULL, raw, at, NULL);
    return slash < *state - 1 ? slash : *state - 1;
}

static size_t resolve(void *ctx, struct slice raw, size_t at, uint8_t out[4], size_t *ret_n)
{
    (void)ctx;
    bool opens = at && raw.p[at - 1] == '"' && raw.p[at] != '\\';
    if (!opens && at) return json_resolve(NULL, raw, at, out, ret_n);
    size_t end = base64_run(raw, at);
    *ret_n = 0;
    if (end > at) return end - at;
    out[0] = raw.p[at]; /* no base64 after all */
    *ret_n = 1;
    return 1;
}

/* ---- places ---- */

static struct slice key_at(const struct json_walk *w, size_t level)
{
    if (level >= w->depth || level >= JSON_PATH_LEVELS) return (struct slice){0};
    return slice_sub(w->source->text, w->levels[level].key, w->levels[level].key_n);
}

/* "cell 14, output", or the path of what stands in no cell. */
static struct slice name_place(struct notebook_text *n)
{
    const struct json_walk *w = &n->walk;
    bool cell = w->depth > 2 && slice_eq(key_at(w, 0), S("cells"));
    struct slice part = key_at(w, 2);
    if (!cell) return json_walk_path(&n->walk);
    const char *what = slice_eq(part, S("outputs"))    ? ", output"
                       : slice_eq(part, S("metadata")) ? ", metadata"
                                                       : "";
    int made = snprintf(n->field, sizeof n->field, "cell %llu%s",
                        (unsigned long long)w->levels[1].index + 1, what);
    return slice_of(n->field, made > 0 ? (size_t)made : 0);
}

static void place(void *ctx, const struct blocks_at *where, struct block_place *ret, size_t *from,
                  size_t *to)
{
    struct notebook_text *n = ctx;
    json_walk_to(&n->walk, 0, where->at, where->limit);
    ret->field = name_place(n);
    ret->row = -1;
    if (!n->walk.valued || where->at + 1 < n->walk.token) return;
    *from = n->walk.token;
    *to = n->walk.token_end;
}

static const struct blocks_shape shape = {
    .kind = BLOCK_TEXT, .place = place, .escape = escape, .resolve = resolve};

/* ---- reading ---- */

static bool on_record(void *ctx, size_t from, size_t to)
{
    (void)ctx;
    (void)from;
    (void)to;
    return true;
}

static bool on_fault(void *ctx, size_t at, const char *why)
{
    struct notebook_text *n = ctx;
    faults_tell(&n->faults, at, 0, "%s", why);
    return true;
}

static bool on_passed(void *ctx, size_t upto, size_t record, size_t escaped)
{
    struct notebook_text *n = ctx;
    (void)record;
    (void)escaped;
    n->blocks.escaped = upto;
    return upto - n->blocks.from < BLOCK_WANTED || blocks_passed(&n->blocks, upto, 0);
}

static enum st read_cells(struct notebook_text *n)
{
    struct json_sink sink = {on_record, on_fault, on_passed, n};
    enum st st = json_walk_init(&n->walk, &n->source);
    if (st != ST_OK) return st;
    blocks_init(&n->blocks, &n->source, &shape, n);
    faults_init(&n->faults, &n->source);
    st = json_scan(&n->source, false, &sink, NULL);
    enum st done = blocks_done(&n->blocks);
    return st == ST_OK ? done : st;
}

enum st notebook_read(struct reading *r)
{
    struct notebook_text *n = ARENA_NEW(r->arena, struct notebook_text);
    tell_format(r, FMT_NOTEBOOK, NULL);
    if (!n) return ST_NOMEM;
    enum st st = source_open(&n->source, r, SOURCE_JSON);
    if (st == ST_OK) st = read_cells(n);
    return st == ST_OK ? code_cells_read(r, n->source.text) : st;
}
