/* SPDX-License-Identifier: Apache-2.0 */
/* surface_data.c - pictures are most of what comes as Base64, and they are big: the first bytes say
 * whether the rest is worth decoding. */
#include "guard/surface/surface_data.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "codec/base64.h"

#define SAMPLE 64u /* characters, a multiple of four */

static bool plain(uint32_t code)
{
    return code >= 0x20 ? code != 0x7f
                        : code == '\t' || code == '\n' || code == '\r' || code == '\f';
}

/* Bytes of `bytes` that are text, from the front. */
static size_t text_prefix(struct slice bytes)
{
    size_t at = 0;
    while (at < bytes.n) {
        uint32_t code;
        size_t n = utf8_next(bytes, at, &code);
        if (!n || !plain(code)) break;
        at += n;
    }
    return at;
}

bool data_is_text(struct slice bytes)
{
    return text_prefix(bytes) == bytes.n;
}

/* Could this Base64 be text, by its first characters? One of them may be cut in two. */
static bool begins_as_text(struct slice base64)
{
    uint8_t bytes[SAMPLE];
    if (base64.n <= SAMPLE) return true;
    size_t n = base64_into(slice_sub(base64, 0, SAMPLE), bytes, sizeof bytes);
    return n == SIZE_MAX || text_prefix(slice_of(bytes, n)) + 4 > n;
}

static void opaque(struct part *p, bool quiet)
{
    p->text = S("");
    p->coding = PART_BASE64;
    if (!quiet) p->flags |= PART_OPAQUE;
}

/* p->text is Base64, as far as anybody knows. */
static bool decode(struct part *p, struct arena *arena, bool quiet)
{
    struct slice bytes = {0};
    p->channel = PART_DATA_URI;
    if (!p->text.n) return true;
    if (!begins_as_text(p->text)) {
        opaque(p, quiet);
        return true;
    }
    struct arena_mark mark = arena_mark(arena);
    if (!base64_decode(p->text, arena, &bytes)) {
        if (!bytes.p) return false;
        arena_rewind(arena, mark); /* what is no Base64 is told as it stands */
        return true;
    }
    if (data_is_text(bytes)) {
        p->text = bytes;
        p->coding = PART_BASE64;
        return true;
    }
    arena_rewind(arena, mark);
    opaque(p, quiet);
    return true;
}

/* %41 becomes A; what is no escape stays. */
static bool percent(struct part *p, struct arena *arena)
{
    size_t n = 0;
    uint8_t *out = arena_room(arena, p->text.n + 1, 1);
    if (!out) return false;
    for (size_t at = 0; at < p->text.n;) {
        struct slice three = slice_sub(p->text, at, 3);
        bool escape = three.n == 3 && three.p[0] == '%' && ascii_is_hex(three.p[1]) &&
                      ascii_is_hex(three.p[2]);
        out[n++] =
            escape ? (uint8_t)(ascii_hex(three.p[1]) << 4 | ascii_hex(three.p[2])) : three.p[0];
        at += escape ? 3 : 1;
    }
    p->text = slice_of(out, n);
    p->coding = PART_PERCENT;
    if (data_is_text(p->text)) return true;
    p->text = S("");
    p->flags |= PART_OPAQUE;
    return true;
}

/* data:[type][;parameters][;base64],bytes */
static bool uri(struct part *p, struct slice body, struct arena *arena, bool quiet)
{
    size_t comma = slice_find_byte(p->text, ','), to;
    if (comma == SIZE_MAX) return true;
    bool base64 = slice_ends_nocase(slice_sub(p->text, 0, comma), S(";base64"));
    part_raw_range(body, p, comma + 1, p->text.n, &p->from, &to);
    p->text = slice_sub(p->text, comma + 1, p->text.n);
    p->channel = PART_DATA_URI;
    return base64 ? decode(p, arena, quiet) : percent(p, arena);
}

static bool is_uri(struct slice text)
{
    return slice_eq_nocase(slice_sub(slice_trim(text), 0, 5), S("data:"));
}

bool data_base64(struct part *p, struct slice body, struct arena *arena, bool quiet)
{
    return is_uri(p->text) ? uri(p, body, arena, quiet) : decode(p, arena, quiet);
}

bool data_uri(struct part *p, struct slice body, struct arena *arena)
{
    p->channel = PART_DOCUMENT;
    return !is_uri(p->text) || uri(p, body, arena, false);
}
