/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/jot.h"
#include "base/utf8.h"
#include "codec/base64.h"

void jot_init(struct jot *j, struct buf *out, unsigned broken_to)
{
    *j = (struct jot){.out = out, .broken_to = broken_to};
}

static void line(struct jot *j)
{
    if (j->depth == 0 || j->depth > j->broken_to) return;
    buf_byte(j->out, '\n');
    buf_fill(j->out, ' ', 2 * (size_t)j->depth);
}

/* What stands before an item: a comma after a sibling, a line of its own. */
static void item(struct jot *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->filled[j->depth]) buf_byte(j->out, ',');
    j->filled[j->depth] = true;
    line(j);
}

void jot_open(struct jot *j, char bracket)
{
    item(j);
    buf_byte(j->out, (uint8_t)bracket);
    if (j->depth + 1 >= JOT_DEPTH) {
        j->out->bad = true; /* our own bug: no report nests that deep */
        return;
    }
    j->filled[++j->depth] = false;
}

void jot_close(struct jot *j, char bracket)
{
    bool filled = j->filled[j->depth];
    bool broken = j->depth <= j->broken_to;
    if (j->depth) j->depth--;
    if (filled && broken) {
        buf_byte(j->out, '\n');
        buf_fill(j->out, ' ', 2 * (size_t)j->depth);
    }
    buf_byte(j->out, (uint8_t)bracket);
}

static void quoted(struct jot *j, struct slice text)
{
    buf_byte(j->out, '"');
    esc_json(j->out, text);
    buf_byte(j->out, '"');
}

void jot_key(struct jot *j, const char *key)
{
    item(j);
    quoted(j, slice_str(key));
    buf_str(j->out, j->depth <= j->broken_to ? ": " : ":");
    j->after_key = true;
}

void jot_text(struct jot *j, struct slice text)
{
    item(j);
    quoted(j, text);
}

void jot_base64(struct jot *j, struct slice bytes)
{
    item(j);
    buf_byte(j->out, '"');
    base64_write(bytes, j->out);
    buf_byte(j->out, '"');
}

void jot_hex(struct jot *j, struct slice bytes)
{
    item(j);
    buf_byte(j->out, '"');
    buf_hex(j->out, bytes);
    buf_byte(j->out, '"');
}

void jot_text_or_null(struct jot *j, struct slice text)
{
    if (text.n)
        jot_text(j, text);
    else
        jot_raw(j, S("null"));
}

void jot_num(struct jot *j, uint64_t n)
{
    item(j);
    buf_u64(j->out, n);
}

void jot_num_or_null(struct jot *j, int64_t n)
{
    if (n < 0)
        jot_raw(j, S("null"));
    else
        jot_num(j, (uint64_t)n);
}

void jot_bool(struct jot *j, bool yes)
{
    jot_raw(j, yes ? S("true") : S("false"));
}

void jot_raw(struct jot *j, struct slice json)
{
    item(j);
    buf_add(j->out, json);
}

void jot_pair(struct jot *j, const char *key, struct slice text)
{
    jot_key(j, key);
    jot_text(j, text);
}

void jot_pair_str(struct jot *j, const char *key, const char *text)
{
    jot_pair(j, key, slice_str(text));
}

void jot_pair_num(struct jot *j, const char *key, uint64_t n)
{
    jot_key(j, key);
    jot_num(j, n);
}

void jot_pair_bool(struct jot *j, const char *key, bool yes)
{
    jot_key(j, key);
    jot_bool(j, yes);
}

void jot_key_open(struct jot *j, const char *key, char bracket)
{
    jot_key(j, key);
    jot_open(j, bracket);
}
