/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"
#include "base/ascii.h"
#include "base/num.h"
#include "base/st.h"
#include "base/utf8.h"

#define NAME_MAX_SHOWN 1024

void say_count(struct buf *b, uint64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0) buf_byte(b, ',');
        buf_byte(b, (uint8_t)digits[i]);
    }
}

/* One decimal below 100, none above: 3.1, 44.2, 812. */
static void say_scaled(struct buf *b, double v, const char *unit)
{
    buf_printf(b, v < 99.95 ? "%.1f%s" : "%.0f%s", v, unit);
}

void say_short(struct buf *b, uint64_t n)
{
    if (n < 100000)
        say_count(b, n);
    else if (n < 999500)
        say_scaled(b, (double)n / 1e3, " thousand");
    else if (n < 999500000)
        say_scaled(b, (double)n / 1e6, " million");
    else if (n < 999500000000)
        say_scaled(b, (double)n / 1e9, " billion");
    else
        say_scaled(b, (double)n / 1e12, " trillion");
}

void say_size(struct buf *b, uint64_t bytes)
{
    static const char *const units[] = {" kB", " MB", " GB", " TB", " PB", " EB"};
    if (bytes < 1000) {
        buf_printf(b, "%llu byte%s", (unsigned long long)bytes, bytes == 1 ? "" : "s");
        return;
    }
    double v = (double)bytes / 1e3;
    size_t u = 0;
    for (; v >= 999.5 && u + 1 < COUNT_OF(units); u++) v /= 1e3;
    say_scaled(b, v, units[u]);
}

void say_seconds(struct buf *b, double seconds)
{
    if (seconds < 0.01)
        buf_printf(b, "%.0f ms", seconds > 0 ? seconds * 1e3 : 0.0);
    else if (seconds < 0.995)
        buf_printf(b, "%.2f s", seconds);
    else if (seconds < 119.5)
        buf_printf(b, "%.1f s", seconds);
    else
        buf_printf(b, "%llu min %llu s", (unsigned long long)(seconds + 0.5) / 60,
                   (unsigned long long)(seconds + 0.5) % 60);
}

void say_many(struct buf *b, uint64_t n, const char *one)
{
    say_count(b, n);
    buf_printf(b, " %s%s", one, n == 1 ? "" : "s");
}

void say_kind(struct buf *b, uint64_t n, enum subject_kind k)
{
    static const char *const one[SUBJECT_KINDS] = {
        "model",         "dataset",         "notebook", "code file", "configuration",
        "settings file", "dependency list", "archive",  "other file"};
    say_many(b, n, k < SUBJECT_KINDS ? one[k] : "file");
}

/* Names of members come from archives and may be 64 KiB long each. */
static void say_name(struct buf *b, struct slice name)
{
    buf_add(b, cut_text(name, NAME_MAX_SHOWN));
    if (name.n > NAME_MAX_SHOWN) buf_str(b, "\u2026");
}

/* "field age"; "cell 2, output" of a notebook says it itself. */
static void say_field(struct buf *b, struct slice field)
{
    if (!slice_starts(field, S("cell "))) buf_str(b, "field ");
    say_name(b, field);
}

void say_inner(struct buf *b, const struct finding *f)
{
    for (size_t i = 0; i < f->inner_count; i++) {
        buf_str(b, i ? " \u203a " : "");
        say_name(b, f->inner[i]);
    }
}

void say_path(struct buf *b, const struct finding *f)
{
    buf_add(b, f->path);
    if (f->inner_count) buf_str(b, " \u203a ");
    say_inner(b, f);
    if (f->line > 0) buf_printf(b, ":%lld", (long long)f->line);
    if (f->line > 0 && f->column > 0) buf_printf(b, ":%lld", (long long)f->column);
}

void say_spot(struct buf *b, const struct finding *f)
{
    const char *gap = "";
    if (f->row >= 0) {
        buf_str(b, "row ");
        say_count(b, (uint64_t)f->row);
        gap = ", ";
    }
    if (f->field.n) {
        buf_str(b, gap);
        say_field(b, f->field);
        gap = ", ";
    }
    if (f->offset >= 0 && f->line <= 0) {
        buf_printf(b, "%sbyte ", gap);
        say_count(b, (uint64_t)f->offset);
    }
}

void say_rows(struct buf *b, const struct finding *first, size_t rows)
{
    if (first->field.n) {
        say_field(b, first->field);
        buf_str(b, ", ");
    }
    say_many(b, rows, "row");
    buf_str(b, ", first row ");
    say_count(b, (uint64_t)first->row);
}

void say_from_here(struct buf *b, const struct result *r, struct slice path)
{
    buf_add(b, r->base);
    if (r->base.n && !slice_ends(r->base, S("/"))) buf_byte(b, '/');
    buf_add(b, path);
}

static void say_encoded(struct buf *b, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool letter = ascii_alnum(c);
        if (letter || (c && strchr("-._~/", c)))
            buf_byte(b, c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

void say_uri(struct buf *b, const struct result *r, struct slice path)
{
    say_encoded(b, r->base);
    if (r->base.n && !slice_ends(r->base, S("/"))) buf_byte(b, '/');
    say_encoded(b, path);
}

struct slice cut_text(struct slice text, size_t max)
{
    if (text.n <= max) return text;
    while (max && (text.p[max] & 0xc0) == 0x80) max--;
    return slice_sub(text, 0, max);
}

struct buf visible(struct slice text)
{
    struct buf b;
    buf_init(&b, 8 * text.n + 8);
    esc_tty(&b, text);
    return b;
}

struct slice finding_message(const struct finding *f)
{
    if (f->message.n) return f->message;
    if (f->rule->why && *f->rule->why) return slice_str(f->rule->why);
    return slice_str(f->rule->title);
}

struct slice finding_fix(const struct finding *f)
{
    return f->fix.n ? f->fix : slice_str(f->rule->fix);
}

bool rule_is(const struct rule *rule, const char *ending)
{
    return slice_ends(slice_str(rule->id), slice_str(ending));
}

const struct subject *subject_of(const struct result *r, struct slice path)
{
    size_t low = 0, high = r->subject_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = slice_cmp(path, r->subjects[mid].path);
        if (!c) return &r->subjects[mid];
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

/* Days since 1970-01-01 of "YYYY-MM-DD..." (the proleptic Gregorian calendar, years from March). */
static bool day_number(struct slice text, int64_t *ret)
{
    uint64_t y, m, d;
    if (text.n < 10 || text.p[4] != '-' || text.p[7] != '-') return false;
    if (!num_u64(slice_sub(text, 0, 4), &y) || !num_u64(slice_sub(text, 5, 2), &m) ||
        !num_u64(slice_sub(text, 8, 2), &d) || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    int64_t year = (int64_t)y - (m <= 2);
    int64_t era = year / 400, yoe = year - era * 400;
    int64_t doy = (153 * ((int64_t)m + (m > 2 ? -3 : 9)) + 2) / 5 + (int64_t)d - 1;
    *ret = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
    return true;
}

bool days_until(const struct result *r, struct slice date, int64_t *ret_days)
{
    int64_t from, to;
    if (!day_number(slice_str(r->started), &from) || !day_number(date, &to)) return false;
    *ret_days = to - from;
    return true;
}

size_t lapsing(const struct result *r, int64_t *ret_days)
{
    size_t dated = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        int64_t days;
        if (finding_shown(&r->findings[i]) || !days_until(r, r->findings[i].waived_until, &days))
            continue;
        if (!dated++ || days < *ret_days) *ret_days = days;
    }
    return dated;
}
