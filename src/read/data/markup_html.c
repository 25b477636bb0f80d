/* SPDX-License-Identifier: Apache-2.0 */
/* markup_html.c - HTML as browsers cut it into tags: forgiving, one pass, no tree.
 *
 * Text between block tags is one run, however many inline tags and comments lie in it. Elements
 * that nobody sees (display:none, hidden, size 0, white on white) are followed to their end tag;
 * their text is told with the reason as its field. */
#include "base/ascii.h"
#include "read/data/markup.h"
#include "read/text/text.h"

struct attributes {
    struct slice style, type;
    bool hidden, handler, script_link, refresh;
};

struct page {
    struct reading *r;
    struct slice s;
    size_t at;
    size_t line_at; /* line is that of s.p[line_at] */
    uint64_t line;
    struct markup_run run;
    struct markup_active active;
    char hidden[16]; /* name of the hidden element; empty: none */
    unsigned depth;  /* of elements of this name in it */
};

static uint64_t line_of(struct page *p, size_t at)
{
    while (p->line_at < at) {
        size_t nl = slice_find_byte(slice_sub(p->s, p->line_at, at - p->line_at), '\n');
        if (nl == SIZE_MAX) break;
        p->line_at += nl + 1;
        p->line++;
    }
    if (p->line_at < at) p->line_at = at;
    return p->line;
}

static bool name_is(struct slice name, const char *list)
{
    struct slice rest = slice_str(list), part;
    while (slice_split(&rest, ' ', &part))
        if (slice_eq_nocase(name, part)) return true;
    return false;
}

static bool is_inline(struct slice name)
{
    return name_is(name,
                   "a b i em strong span font u s small big sub sup code mark abbr wbr tt ins "
                   "del q cite kbd var bdo bdi label img acronym strike ruby rt");
}

static bool is_void(struct slice name)
{
    return name_is(name, "area base br col embed hr img input link meta source track wbr");
}

/* ---- attributes ---- */

static bool space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* name = "value" | 'value' | value; false at the end of the tag. */
static bool next_attribute(struct slice tag, size_t *at, struct slice *name, struct slice *value)
{
    size_t i = *at;
    while (i < tag.n && (space(tag.p[i]) || tag.p[i] == '/')) i++;
    size_t from = i;
    while (i < tag.n && !space(tag.p[i]) && tag.p[i] != '=' && tag.p[i] != '/') i++;
    *name = slice_sub(tag, from, i - from);
    *value = (struct slice){0};
    while (i < tag.n && space(tag.p[i])) i++;
    if (i < tag.n && tag.p[i] == '=') {
        for (i++; i < tag.n && space(tag.p[i]);) i++;
        uint8_t quote = i < tag.n && (tag.p[i] == '"' || tag.p[i] == '\'') ? tag.p[i] : 0;
        from = quote ? ++i : i;
        while (i < tag.n && (quote ? tag.p[i] != quote : !space(tag.p[i]))) i++;
        *value = slice_sub(tag, from, i - from);
        if (quote && i < tag.n) i++;
    }
    if (i == *at) i++; /* a lone '=' */
    *at = i;
    return name->n || value->n || i < tag.n;
}

static void attribute(struct attributes *a, struct slice name, struct slice value)
{
    if (name_is(name, "style")) a->style = value;
    if (name_is(name, "type")) a->type = value;
    if (name_is(name, "hidden")) a->hidden = true;
    if (markup_is_handler(name) && value.n) a->handler = true;
    if (name_is(name, "href src action formaction") && markup_is_script_link(value))
        a->script_link = true;
    if (name_is(name, "http-equiv") && name_is(value, "refresh")) a->refresh = true;
}

/* ---- hiding ---- */

static const struct {
    const char *property, *values; /* separated by '|' */
    const char *field;
} hiding[] = {
    {"display", "none", "hidden text (display: none)"},
    {"visibility", "hidden|collapse", "hidden text (visibility)"},
    {"font-size", "0|0px|0pt|0em|0%|1px", "hidden text (font size)"},
    {"opacity", "0|0.0|0%", "hidden text (opacity)"},
    {"color", "#fff|#ffffff|white|transparent|rgba(0,0,0,0)", "hidden text (colour)"},
    {"left", "-9999px|-10000px|-999px", "hidden text (off the page)"},
    {"text-indent", "-9999px|-10000px|-999px|-999em", "hidden text (off the page)"},
};

static const char *hides(struct slice style)
{
    struct slice rule, part;
    while (slice_split(&style, ';', &rule)) {
        size_t colon = slice_find_byte(rule, ':');
        if (colon == SIZE_MAX) continue;
        struct slice property = slice_trim(slice_sub(rule, 0, colon));
        struct slice value = slice_trim(slice_sub(rule, colon + 1, SIZE_MAX));
        size_t important = slice_find_byte(value, '!');
        value = slice_trim(slice_sub(value, 0, important));
        for (size_t i = 0; i < COUNT_OF(hiding); i++) {
            struct slice rest = slice_str(hiding[i].values);
            if (!slice_eq_nocase(property, slice_str(hiding[i].property))) continue;
            while (slice_split(&rest, '|', &part))
                if (slice_eq_nocase(value, part)) return hiding[i].field;
        }
    }
    return NULL;
}

static void hide(struct page *p, struct slice name, const char *field)
{
    size_t n = name.n < sizeof p->hidden - 1 ? name.n : sizeof p->hidden - 1;
    memcpy(p->hidden, name.p, n);
    p->hidden[n] = 0;
    p->depth = 1;
    p->run.field = slice_str(field);
    p->run.unseen = true;
}

static void follow_hidden(struct page *p, struct slice name, bool end)
{
    if (!p->hidden[0] || !slice_eq_nocase(name, slice_str(p->hidden))) return;
    p->depth += end ? 0 : 1;
    if (end && --p->depth == 0) {
        markup_end(&p->run);
        p->hidden[0] = 0;
        p->run.field = (struct slice){0};
        p->run.unseen = false;
    }
}

/* ---- tags ---- */

/* Behind the '>' that is in no quotes; the end when there is none. */
static size_t tag_end(struct slice s, size_t at)
{
    uint8_t quote = 0;
    for (size_t i = at; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if ((c == '"' || c == '\'') && i > at && s.p[i - 1] == '=') {
            quote = c;
        } else if (c == '>') {
            return i + 1;
        }
    }
    return s.n;
}

/* Over the text of a script, style or other element whose content is no markup. */
static void over_raw(struct page *p, struct slice name)
{
    while (p->at < p->s.n) {
        size_t lt = slice_find(slice_sub(p->s, p->at, SIZE_MAX), S("</"));
        if (lt == SIZE_MAX) break;
        p->at += lt + 2;
        if (slice_eq_nocase(slice_sub(p->s, p->at, name.n), name)) {
            p->at = tag_end(p->s, p->at);
            return;
        }
    }
    p->at = p->s.n;
}

static bool is_program(struct slice type)
{
    return !type.n || slice_has_nocase(type, S("javascript")) ||
           slice_has_nocase(type, S("module")) || slice_has_nocase(type, S("vbscript"));
}

/* A run goes on over inline tags, and ends at others. */
static void over_tag(struct page *p, struct slice name)
{
    if (is_inline(name))
        p->run.differs |= p->run.open;
    else
        markup_end(&p->run);
}

static void begin_tag(struct page *p, struct slice name, struct slice rest, size_t at)
{
    struct attributes a = {0};
    struct slice key, value;
    bool closed = slice_ends(rest, S("/"));
    for (size_t i = 0; i < rest.n && next_attribute(rest, &i, &key, &value);)
        attribute(&a, key, value);
    if (name_is(name, "script") && is_program(a.type))
        markup_note(&p->active, &p->active.scripts, at, line_of(p, at));
    if (a.handler || a.script_link)
        markup_note(&p->active, &p->active.handlers, at, line_of(p, at));
    if (a.refresh || name_is(name, "iframe object embed frame applet"))
        markup_note(&p->active, &p->active.frames, at, line_of(p, at));
    over_tag(p, name);
    if (name_is(name, "script style xmp noembed")) {
        over_raw(p, name);
        return;
    }
    follow_hidden(p, name, false);
    const char *field = a.hidden ? "hidden text (hidden)" : hides(a.style);
    if (!field || p->hidden[0] || closed || is_void(name)) return;
    markup_end(&p->run);
    hide(p, name, field);
}

static void comment(struct page *p)
{
    size_t end = slice_find(slice_sub(p->s, p->at, SIZE_MAX), S("-->"));
    p->at = end == SIZE_MAX ? p->s.n : p->at + end + 3;
}

static bool letter(struct slice s, size_t i)
{
    uint8_t c = i < s.n ? s.p[i] | 0x20 : 0;
    return ascii_lower(c);
}

/* At a '<'. */
static void markup(struct page *p)
{
    size_t at = p->at;
    struct slice s = p->s;
    bool end = at + 1 < s.n && s.p[at + 1] == '/';
    size_t name_at = at + (end ? 2 : 1);
    if (slice_starts(slice_sub(s, at, 4), S("<!--"))) {
        comment(p);
        p->run.differs |= p->run.open;
    } else if (letter(s, name_at)) {
        p->at = tag_end(s, name_at);
        struct slice tag = slice_sub(s, name_at, p->at - name_at);
        if (slice_ends(tag, S(">"))) tag.n--;
        size_t n = 0;
        while (n < tag.n && !space(tag.p[n]) && tag.p[n] != '/') n++;
        struct slice name = slice_sub(tag, 0, n);
        if (!end) {
            begin_tag(p, name, slice_sub(tag, n, SIZE_MAX), at);
            return;
        }
        over_tag(p, name);
        follow_hidden(p, name, true);
    } else if (at + 1 < s.n && (s.p[at + 1] == '!' || s.p[at + 1] == '?')) {
        p->at = tag_end(s, name_at);
    } else {
        markup_add(&p->run, slice_sub(s, at, 1), at, line_of(p, at), false);
        p->at = at + 1;
    }
}

static enum st walk(struct page *p)
{
    while (p->at < p->s.n) {
        size_t lt = slice_find_byte(slice_sub(p->s, p->at, SIZE_MAX), '<');
        struct slice text = slice_sub(p->s, p->at, lt);
        if (!budget_work(p->r->budget, 2 + text.n / 32)) return ST_LIMIT;
        bool blank = !slice_trim(text).n;
        if (text.n && (!blank || p->run.open)) {
            if (p->hidden[0]) p->run.differs = true; /* told with the reason, in any case */
            markup_add(&p->run, text, p->at, line_of(p, p->at), true);
        }
        p->at += text.n;
        if (lt != SIZE_MAX) markup(p);
    }
    markup_flush(&p->run);
    return ST_OK;
}

enum st html_read(struct reading *r)
{
    struct page *p = ARENA_NEW(r->arena, struct page);
    if (!p) return ST_NOMEM;
    p->r = r;
    p->s = r->layer->bytes;
    p->line = 1;
    tell_format(r, FMT_HTML, NULL);
    enum st st = markup_run_init(&p->run, r);
    if (st == ST_OK) st = walk(p);
    markup_tell_active(r, &p->active);
    return st == ST_OK ? lines_read(r) : st;
}
