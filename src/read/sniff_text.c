/* SPDX-License-Identifier: Apache-2.0 */
/* sniff_text.c - text, and which sort. The name decides among sorts that share their letters. */
#include "base/utf8.h"
#include "codec/charset.h"
#include "codec/json.h"
#include "read/format.h"
#include "read/sniff_shapes.h"

/* UTF-8 (a character may be cut at the end of the head) without control characters. */
static bool utf8_text(struct slice s, bool cut)
{
    size_t at = 0;
    while (at < s.n) {
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        if (!n) return cut && s.n - at < 4;
        bool control = code < 0x20 && !(code >= '\t' && code <= '\r') && code != 0x1b;
        if (control || code == 0x7f) return false;
        at += n;
    }
    return true;
}

/* Names under which text is expected, and no model that would be missed. */
static bool promises_text(struct slice name)
{
    const struct suffix_rule *rule = suffix_find(name);
    return rule &&
           (suffix_allows(rule, FMT_TEXT) || suffix_allows(rule, FMT_JSON) ||
            suffix_allows(rule, FMT_CSV) || suffix_allows(rule, FMT_JSONL)) &&
           rule->formats[0] != FMT_UNKNOWN;
}

static bool promises_model(struct slice name)
{
    const struct suffix_rule *rule = suffix_find(name);
    return rule && (rule->family == FAM_MODEL || rule->family == FAM_CONTAINER);
}

/* A few control characters are a fault in text; many are no text. */
static bool faulty_text(struct slice s)
{
    size_t control = 0, high = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        control += (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1b) || c == 0x7f;
        high += c >= 0x80;
    }
    return control <= 1 + s.n / 100 && high * 100 <= s.n * 97;
}

/* No control characters at all, and letters where a legacy character set has its letters. */
static bool legacy_text(struct slice s)
{
    bool sure = false;
    size_t high = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if ((c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1b) || c == 0x7f) return false;
        high += c >= 0x80;
    }
    return s.n >= 16 && high * 4 <= s.n * 3 && charset_guess(s, &sure) && sure;
}

bool shape_is_text(const struct shape_input *in)
{
    if (!in->head.n) return false;
    if (utf8_text(in->head, in->bytes.n > in->head.n)) return true;
    if (shape_charset(in)) return true;
    if (promises_text(in->name)) return faulty_text(in->head);
    return !promises_model(in->name) && legacy_text(in->head);
}

const struct charset *shape_charset(const struct shape_input *in)
{
    size_t mark;
    const struct charset *c = charset_by_mark(in->head, &mark);
    if (!c) return charset_wide(slice_sub(in->head, 0, in->head.n & ~(size_t)3));
    if (charset_is_utf8(c)) return NULL;
    return charset_writes(c, slice_sub(in->head, mark, in->head.n)) ? c : NULL;
}

bool shape_any_text(const struct shape_input *in)
{
    (void)in;
    return true;
}

bool shape_script(const struct shape_input *in)
{
    return slice_starts(in->head, S("#!/")) || slice_starts(in->head, S("#! /"));
}

bool shape_jinja(const struct shape_input *in)
{
    return slice_ends_nocase(in->name, S(".jinja")) || slice_ends_nocase(in->name, S(".jinja2")) ||
           slice_ends_nocase(in->name, S(".j2"));
}

static struct slice first_line(struct slice s)
{
    return slice_sub(s, 0, slice_find_byte(s, '\n'));
}

static struct slice begin(const struct shape_input *in)
{
    struct slice s = in->head;
    if (slice_starts(s, S("\xef\xbb\xbf"))) s = slice_sub(s, 3, s.n);
    return slice_trim(s);
}

#define CUT 8u /* a token that the end of the head cuts may look wrong so near to it */

/* A list, or several values of which it is the first: no fault but at the end. The lines of a log
 * and of a list of references begin with brackets, too. */
static bool is_list(struct slice s, bool cut)
{
    struct json j;
    for (;;) {
        json_init(&j, s);
        j.python = true;
        while (json_next(&j) != JSON_END && j.token != JSON_BAD) continue;
        size_t left = s.n - j.at;
        if (j.token == JSON_END || left == 0 || (cut && left <= CUT)) return true;
        if (j.depth) return j.depth == JSON_DEPTH_MAX;
        if (!j.at || (s.p[j.at] != '[' && s.p[j.at] != '{')) return false;
        s = slice_sub(s, j.at, s.n);
    }
}

static bool looks_json(const struct shape_input *in)
{
    struct slice s = begin(in);
    if (slice_starts(s, S("["))) return is_list(s, in->bytes.n > in->head.n);
    if (!slice_starts(s, S("{"))) return false;
    struct slice next = slice_trim(slice_sub(s, 1, s.n));
    return next.n && (next.p[0] == '"' || next.p[0] == '}');
}

bool shape_json(const struct shape_input *in)
{
    return slice_ends_nocase(in->name, S(".json")) || looks_json(in);
}

bool shape_notebook(const struct shape_input *in)
{
    if (!looks_json(in)) return false;
    if (slice_ends_nocase(in->name, S(".ipynb"))) return true;
    return slice_has(in->head, S("\"cells\"")) && slice_has(in->head, S("\"cell_type\""));
}

bool shape_jsonl(const struct shape_input *in)
{
    if (slice_ends_nocase(in->name, S(".jsonl")) || slice_ends_nocase(in->name, S(".ndjson")))
        return true;
    if (!looks_json(in) || slice_ends_nocase(in->name, S(".json"))) return false;
    struct slice line = slice_trim(first_line(begin(in)));
    struct slice rest = slice_trim(slice_sub(begin(in), line.n, SIZE_MAX));
    return slice_ends(line, S("}")) && slice_starts(rest, S("{\""));
}

bool shape_markdown(const struct shape_input *in)
{
    return slice_ends_nocase(in->name, S(".md")) || slice_ends_nocase(in->name, S(".markdown"));
}

static bool begins(struct slice s, const char *word)
{
    return slice_eq_nocase(slice_sub(s, 0, strlen(word)), slice_str(word));
}

/* Markup says itself what it is, in whatever letters the rest is written. */
bool shape_markup(const struct shape_input *in)
{
    struct slice s = begin(in);
    return begins(s, "<?xml ") || begins(s, "<!doctype html") || begins(s, "<html");
}

bool shape_html(const struct shape_input *in)
{
    struct slice s = begin(in);
    bool named = slice_ends_nocase(in->name, S(".html")) ||
                 slice_ends_nocase(in->name, S(".htm")) || slice_ends_nocase(in->name, S(".xhtml"));
    return named || begins(s, "<!doctype html") || begins(s, "<html");
}

bool shape_svg(const struct shape_input *in)
{
    struct slice s = begin(in);
    if (!begins(s, "<")) return false;
    bool named = slice_ends_nocase(in->name, S(".svg"));
    return named || begins(s, "<svg") || (begins(s, "<?xml") && slice_has(s, S("<svg")));
}

bool shape_xml(const struct shape_input *in)
{
    struct slice s = begin(in);
    return begins(s, "<?xml ") || (slice_ends_nocase(in->name, S(".xml")) && begins(s, "<"));
}

bool shape_csv(const struct shape_input *in)
{
    return slice_ends_nocase(in->name, S(".csv")) || slice_ends_nocase(in->name, S(".tsv")) ||
           slice_ends_nocase(in->name, S(".tab")) || slice_ends_nocase(in->name, S(".psv"));
}
