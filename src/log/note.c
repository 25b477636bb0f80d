/* SPDX-License-Identifier: Apache-2.0 */
#include "log/note.h"
#include "base/num.h"
#include "base/utf8.h"
#include "codec/base64.h"

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

/* Behind the last empty line; SIZE_MAX when there is none. */
static size_t end_of_text(struct slice s)
{
    for (size_t i = s.n; i >= 2; i--)
        if (s.p[i - 1] == '\n' && s.p[i - 2] == '\n') return i;
    return SIZE_MAX;
}

static bool is_printable(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7f) return false;
    return utf8_valid(s);
}

static bool is_name(struct slice name)
{
    return name.n && slice_find_byte(name, ' ') == SIZE_MAX &&
           slice_find_byte(name, '+') == SIZE_MAX;
}

/* Without memory of its own: that could run out, and a sound note would seem to be another. */
bool note_canonical(struct slice text, struct slice bytes)
{
    static const uint8_t unused[] = {0, 3, 15}; /* bits of the last digit, by padding */
    size_t padding = (3 - bytes.n % 3) % 3;
    if (text.n != (bytes.n + 2) / 3 * 4 || !text.n) return !text.n && !bytes.n;
    for (size_t i = 0; i < text.n; i++) {
        bool digit = base64_digit(text.p[i]) >= 0 && text.p[i] != '-' && text.p[i] != '_';
        if (i < text.n - padding ? !digit : text.p[i] != '=') return false;
    }
    return !(base64_digit(text.p[text.n - padding - 1]) & unused[padding]);
}

static enum st decode(struct slice text, struct arena *arena, struct slice *ret,
                      struct slice *ret_why)
{
    if (!base64_decode(text, arena, ret))
        return ret->p ? wrong("a signature of the note is not Base64", ret_why) : ST_NOMEM;
    if (note_canonical(text, *ret)) return ST_OK;
    return wrong("a signature of the note is not Base64 in its usual form", ret_why);
}

/* "— name base64" */
static enum st read_signature(struct slice line, struct arena *arena, struct note_signature *ret,
                              struct slice *ret_why)
{
    static const char dash[] = "\xe2\x80\x94 ";
    struct slice bytes, start = slice_of(dash, sizeof dash - 1);
    if (!slice_starts(line, start)) return wrong("a signature line of the note is broken", ret_why);
    struct slice rest = slice_sub(line, start.n, line.n);
    size_t space = slice_rfind_byte(rest, ' ');
    struct slice name = slice_sub(rest, 0, space == SIZE_MAX ? 0 : space);
    if (!is_name(name)) return wrong("a signature of the note has no proper name", ret_why);
    enum st st = decode(slice_sub(rest, space + 1, rest.n), arena, &bytes, ret_why);
    if (st != ST_OK) return st;
    if (bytes.n <= sizeof ret->hint) return wrong("a signature of the note is too short", ret_why);
    memcpy(ret->hint, bytes.p, sizeof ret->hint);
    ret->name = name;
    ret->bytes = slice_sub(bytes, sizeof ret->hint, bytes.n);
    return ST_OK;
}

static enum st read_signatures(struct slice lines, struct arena *arena, struct note *ret,
                               struct slice *ret_why)
{
    struct slice line;
    ret->signatures = ARENA_ARRAY(arena, struct note_signature, NOTE_SIGNATURES_MAX);
    if (!ret->signatures) return ST_NOMEM;
    for (struct slice rest = slice_sub(lines, 0, lines.n - 1); rest.p;) {
        if (!slice_split(&rest, '\n', &line)) break;
        if (ret->signature_count == NOTE_SIGNATURES_MAX)
            return wrong("the note has more than 32 signatures", ret_why);
        enum st st = read_signature(line, arena, &ret->signatures[ret->signature_count++], ret_why);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

enum st note_read(struct slice text, struct arena *arena, struct note *ret, struct slice *ret_why)
{
    struct note note = {0};
    size_t end = end_of_text(text);
    if (text.n > NOTE_MAX) return wrong("the note is larger than 64 KiB", ret_why);
    if (!is_printable(text)) return wrong("the note is not plain text", ret_why);
    if (end == SIZE_MAX || end == text.n || text.p[text.n - 1] != '\n')
        return wrong("the note has no signatures below an empty line", ret_why);
    note.text = slice_sub(text, 0, end - 1);
    enum st st = read_signatures(slice_sub(text, end, text.n), arena, &note, ret_why);
    if (st == ST_OK) *ret = note;
    return st;
}

static bool is_number(struct slice s)
{
    return s.n && (s.p[0] != '0' || s.n == 1) && s.p[0] != '+';
}

enum st checkpoint_read(struct slice text, struct arena *arena, struct checkpoint *ret,
                        struct slice *ret_why)
{
    struct checkpoint c = {0};
    struct slice origin = {0}, size = {0}, root = {0}, bytes;
    enum st st = note_read(text, arena, &c.note, ret_why);
    if (st != ST_OK) return st;
    struct slice rest = c.note.text;
    if (!slice_split(&rest, '\n', &origin) || !slice_split(&rest, '\n', &size) ||
        !slice_split(&rest, '\n', &root) || !rest.p || !origin.n)
        return wrong("the checkpoint lacks origin, size or root", ret_why);
    if (!is_number(size) || !num_u64(size, &c.size))
        return wrong("the checkpoint's tree size is not a number", ret_why);
    if (!base64_decode(root, arena, &bytes))
        return bytes.p ? wrong("the checkpoint's root is not Base64", ret_why) : ST_NOMEM;
    if (bytes.n != MERKLE_BYTES) return wrong("the checkpoint's root has not 32 bytes", ret_why);
    memcpy(c.root.bytes, bytes.p, MERKLE_BYTES);
    c.origin = origin;
    *ret = c;
    return ST_OK;
}
