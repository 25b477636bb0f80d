/* SPDX-License-Identifier: Apache-2.0 */
/* part.c - from decoded text back to the bytes that write it. */
#include "guard/surface/part.h"
#include "codec/json.h"

#define ESCAPE_MAX 12u /* a pair of surrogates: two escapes of six characters */

/* One character that was escaped twice: so much is decoded once that the escape of the inner string
 * is whole, and then one character of that. */
static size_t take_twice(struct slice raw, size_t *at)
{
    uint8_t once[ESCAPE_MAX + 4] = {0}, bytes[4];
    size_t ends[ESCAPE_MAX + 4] = {0}, n = 0, inner = 0;
    for (size_t pos = *at; n < ESCAPE_MAX && pos < raw.n;) {
        size_t count = json_char(raw, &pos, bytes);
        for (size_t i = 0; i < count; i++, n++) {
            once[n] = bytes[i];
            ends[n] = pos;
        }
    }
    size_t count = json_char(slice_of(once, n), &inner, bytes);
    *at = ends[inner - 1];
    return count;
}

/* One character of a coding that writes characters one after the other: how many bytes of text. */
static size_t take(enum part_coding coding, struct slice raw, size_t *at)
{
    uint8_t bytes[4];
    if (coding == PART_ESCAPED) return json_char(raw, at, bytes);
    if (coding == PART_TWICE) return take_twice(raw, at);
    *at += slice_starts(slice_sub(raw, *at, 2), S("\"\"")) ? 2 : 1;
    return 1;
}

void part_raw_next(struct slice body, const struct part *part, struct part_place *place,
                   size_t from, size_t to, size_t *ret_from, size_t *ret_to)
{
    struct slice raw = slice_sub(body, part->from, part->to - part->from);
    size_t first = raw.n, last = raw.n;
    if (part->coding == PART_BASE64 || part->coding == PART_PERCENT) {
        first = 0;
    } else if (raw.n == part->text.n) { /* nothing is written as anything else */
        first = from, last = to;
    } else {
        if (from < place->text) *place = (struct part_place){0};
        while (place->raw < raw.n && place->text < to) {
            size_t begin = place->raw, n = take(part->coding, raw, &place->raw);
            if (place->text <= from && from < place->text + n) first = begin;
            place->text += n;
        }
        last = place->raw;
    }
    *ret_from = part->from + (first < last ? first : last);
    *ret_to = part->from + last;
}

void part_raw_range(struct slice body, const struct part *part, size_t from, size_t to,
                    size_t *ret_from, size_t *ret_to)
{
    part_raw_next(body, part, &(struct part_place){0}, from, to, ret_from, ret_to);
}

const char *part_role_name(enum part_role role)
{
    static const char *const names[PART_ROLES] = {"system", "user", "assistant", "tool"};
    return role < PART_ROLES ? names[role] : "";
}

const char *part_channel_name(enum part_channel channel)
{
    static const char *const names[PART_CHANNELS] = {"text",        "tool_definition", "tool_call",
                                                     "tool_result", "document",        "data_uri",
                                                     "input",       "thinking",        "other"};
    return channel < PART_CHANNELS ? names[channel] : "";
}
