/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/settings.h"
#include "base/num.h"
#include "base/utf8.h"

void settings_init(struct settings *s, struct arena *arena)
{
    *s = (struct settings){.arena = arena};
}

static bool read_flag(struct slice text, bool *ret)
{
    static const char *const yes[] = {"true", "1", "yes", "on"};
    static const char *const no[] = {"false", "0", "no", "off", ""};
    for (size_t i = 0; i < 4; i++)
        if (slice_eq_nocase(text, slice_str(yes[i]))) return *ret = true, true;
    for (size_t i = 0; i < 5; i++)
        if (slice_eq_nocase(text, slice_str(no[i]))) return *ret = false, true;
    return false;
}

static bool read_seconds(struct slice text, uint64_t *ret)
{
    uint64_t unit = 1;
    if (slice_ends(text, S("h"))) unit = 3600;
    if (slice_ends(text, S("m"))) unit = 60;
    if (unit > 1 || slice_ends(text, S("s"))) text.n--;
    uint64_t n;
    if (!num_u64(text, &n) || n == 0 || n > 1000000) return false;
    *ret = n * unit;
    return true;
}

static bool is_choice(const char *choices, struct slice text)
{
    struct slice rest = slice_str(choices), one;
    while (slice_split(&rest, '|', &one))
        if (slice_eq(one, text)) return true;
    return false;
}

static void refuse(struct buf *why, const char *takes, struct slice text)
{
    buf_printf(why, "takes %s, not '", takes);
    esc_tty(why, slice_sub(text, 0, 80));
    buf_byte(why, '\'');
}

static void refuse_choice(struct buf *why, const char *choices, struct slice text)
{
    buf_str(why, "takes ");
    for (; *choices; choices++) {
        if (*choices == '|')
            buf_str(why, ", ");
        else
            buf_byte(why, (uint8_t)*choices);
    }
    buf_str(why, ", not '");
    esc_tty(why, slice_sub(text, 0, 80));
    buf_byte(why, '\'');
}

static bool add_text(struct settings *s, struct setting *v, struct slice text)
{
    if (v->count == v->room) {
        size_t bigger = v->room ? v->room * 2 : 4;
        struct slice *p = ARENA_ARRAY(s->arena, struct slice, bigger);
        if (!p) return false;
        if (v->count) memcpy(p, v->text, v->count * sizeof *p);
        v->text = p;
        v->room = bigger;
    }
    v->text[v->count] = arena_copy(s->arena, text);
    return v->text[v->count++].p != NULL;
}

static bool check(enum opt o, struct slice text, struct setting *v, struct buf *why)
{
    const struct option *row = option_at(o);
    switch (row->kind) {
    case OPT_KIND_FLAG:
        if (!read_flag(text, &v->on)) return refuse(why, "true or false", text), false;
        return true;
    case OPT_KIND_NUMBER:
        if (!num_u64(text, &v->number) || v->number == 0 || v->number > 4096)
            return refuse(why, "a number from 1 to 4096", text), false;
        return true;
    case OPT_KIND_SIZE:
        if (!num_size(text, &v->number) || v->number == 0)
            return refuse(why, "a size like 20GB or 512MiB", text), false;
        return true;
    case OPT_KIND_SECONDS:
        if (!read_seconds(text, &v->number))
            return refuse(why, "a time like 30s or 5m", text), false;
        return true;
    case OPT_KIND_CHOICE:
        if (!is_choice(row->choices, text)) return refuse_choice(why, row->choices, text), false;
        return true;
    case OPT_KIND_TEXT:
    case OPT_KIND_LIST:
        if (!text.n) return buf_str(why, "needs a value"), false;
        return true;
    }
    return false;
}

bool settings_put(struct settings *s, enum opt o, struct slice text, enum origin origin,
                  struct slice where, struct buf *why)
{
    struct setting *v = &s->of[o], fresh = {.origin = origin};
    if (!check(o, text, &fresh, why)) return false;
    if (v->origin != ORIGIN_NONE && v->origin < origin) return true;
    bool more = option_at(o)->kind == OPT_KIND_LIST && v->origin == origin;
    if (!more) *v = fresh;
    /* in a file the key says what is on; the option is what turns it off */
    if (option_at(o)->negated && origin != ORIGIN_OPTION) v->on = !v->on;
    v->where = arena_copy(s->arena, where);
    if (option_at(o)->kind == OPT_KIND_FLAG) return true;
    if (add_text(s, v, text)) return true;
    buf_str(why, "needs more memory than there is");
    return false;
}

bool setting_on(const struct settings *s, enum opt o)
{
    return s->of[o].on;
}

struct slice setting_text(const struct settings *s, enum opt o)
{
    return s->of[o].count ? s->of[o].text[s->of[o].count - 1] : S("");
}

static void say_quoted(struct buf *out, struct slice text)
{
    buf_byte(out, '"');
    esc_json(out, text);
    buf_byte(out, '"');
}

static void say_texts(const struct setting *v, bool list, struct buf *out)
{
    if (list) buf_byte(out, '[');
    for (size_t i = 0; i < v->count; i++) {
        if (i) buf_str(out, ", ");
        say_quoted(out, v->text[i]);
    }
    if (list) buf_byte(out, ']');
}

void setting_say(const struct settings *s, enum opt o, struct buf *out)
{
    const struct option *row = option_at(o);
    const struct setting *v = &s->of[o];
    bool list = row->kind == OPT_KIND_LIST;
    if (row->kind == OPT_KIND_FLAG)
        buf_str(out, v->on != row->negated ? "true" : "false");
    else if (row->kind == OPT_KIND_NUMBER && v->origin != ORIGIN_NONE)
        buf_printf(out, "%llu", (unsigned long long)v->number);
    else if (v->origin != ORIGIN_NONE)
        say_texts(v, list, out);
    else if (list && row->fallback)
        buf_printf(out, "[\"%s\"]", row->fallback);
    else if (list)
        buf_str(out, "[]");
    else if (row->fallback && !strchr(row->fallback, ' '))
        buf_printf(out, "\"%s\"", row->fallback);
    else
        buf_printf(out, "(%s)", row->fallback ? row->fallback : "none");
}
