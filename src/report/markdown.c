/* SPDX-License-Identifier: Apache-2.0 */
/* markdown.c - a comment on a merge request: the verdict, the worst findings in a table, the rest
 * folded. Text from the input goes into <code> with every mark of Markdown as a character
 * reference, so that it can neither format, link, mention nor refer. Hosts take 65,536 characters.
 */
#include "base/ascii.h"
#include "report/blocks.h"
#include "report/words.h"
#include "report/writers.h"

#define OPEN_ROWS       8
#define PLACES_MAX      3
#define FOLDED_ROWS     60
#define CELL_MAX        300
#define BYTES_MAX       55000
#define MARKDOWN_MEMORY (256u << 20)

/* Letters, digits and what no dialect of Markdown gives a meaning to inside a line. */
static bool is_harmless(uint8_t c)
{
    return c >= 0x80 || ascii_alnum(c) || slice_find_byte(S(" ,;/'()=-."), c) != SIZE_MAX;
}

static void plain(struct buf *out, struct slice text)
{
    struct buf safe = visible(cut_text(text, CELL_MAX));
    for (size_t i = 0; i < safe.n; i++) {
        uint8_t c = safe.p[i];
        bool www = c == '.' && i && (safe.p[i - 1] | 0x20) == 'w'; /* would become a link */
        if (is_harmless(c) && !www)
            buf_byte(out, c);
        else
            buf_printf(out, "&#%u;", c);
        if (c == '@' || c == '#') buf_str(out, "&#8203;"); /* neither mention nor reference */
    }
    if (text.n > CELL_MAX) buf_str(out, " \u2026");
    if (safe.bad) out->bad = true;
    buf_done(&safe);
}

static void code(struct buf *out, struct slice text)
{
    if (!text.n) return;
    buf_str(out, "<code>");
    plain(out, text);
    buf_str(out, "</code>");
}

static void place(struct buf *out, const struct finding *f, size_t rows)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    say_path(&b, f);
    code(out, buf_slice(&b));
    buf_reset(&b);
    if (rows > 1)
        say_rows(&b, f, rows);
    else
        say_spot(&b, f);
    if (b.n) buf_byte(out, ' ');
    plain(out, buf_slice(&b));
    if (b.bad) out->bad = true;
    buf_done(&b);
}

static void places(struct buf *out, const struct result *r, const struct block *b)
{
    size_t n = b->place_count, shown = n > PLACES_MAX + 1 ? PLACES_MAX : n;
    for (size_t i = 0; i < shown; i++) {
        if (i) buf_str(out, "<br>");
        place(out, &r->findings[b->places[i].member], b->places[i].rows);
    }
    if (shown == n) return;
    buf_str(out, "<br>and ");
    say_count(out, n - shown);
    buf_str(out, " more places");
}

static void row(struct buf *out, const struct result *r, const struct block *b)
{
    const struct finding *f = b->first;
    buf_printf(out, "| %s%s%s | ", f->severity >= SEV_HIGH ? "**" : "", severity_name(f->severity),
               f->severity >= SEV_HIGH ? "**" : "");
    places(out, r, b);
    buf_str(out, " | ");
    plain(out, finding_message(f));
    if (f->evidence.n) buf_str(out, b->same_evidence ? "<br>" : "<br>first: ");
    code(out, f->evidence);
    buf_str(out, "<br>Fix: ");
    plain(out, finding_fix(f));
    buf_printf(out, " | `%s` |\n", f->rule->id);
}

static const char heading[] = "| severity | place | what | rule |\n|---|---|---|---|\n";

static bool is_open(const struct finding *f, const void *ctx)
{
    (void)ctx;
    return f->state == FINDING_OPEN;
}

/* Up to `max` rows from the i-th block on, as long as they fit; returns where it stopped. */
static size_t rows(struct buf *out, const struct result *r, const struct blocks *all, size_t i,
                   size_t max)
{
    struct buf one;
    buf_init(&one, BYTES_MAX);
    for (; i < all->count && max; i++, max--) {
        buf_reset(&one);
        row(&one, r, &all->items[i]);
        if (one.bad || one.n + out->n > BYTES_MAX) break;
        buf_add(out, buf_slice(&one));
    }
    buf_done(&one);
    return i;
}

static void fold(struct buf *out, size_t count, const char *what)
{
    buf_str(out, "\n<details><summary>");
    say_count(out, count);
    buf_printf(out, " %s</summary>\n\n", what);
}

static void unfold(struct buf *out)
{
    buf_str(out, "\n</details>\n");
}

static size_t findings_from(const struct blocks *all, size_t i)
{
    size_t n = 0;
    for (; i < all->count; i++) n += all->items[i].count;
    return n;
}

static void show(struct buf *out, const struct result *r, const struct blocks *all)
{
    if (!all->count) return;
    buf_printf(out, "\n%s", heading);
    size_t at = rows(out, r, all, 0, OPEN_ROWS), left = findings_from(all, at);
    if (!left) return;
    fold(out, left, left == 1 ? "more finding" : "more findings");
    buf_str(out, heading);
    left = findings_from(all, rows(out, r, all, at, FOLDED_ROWS));
    if (left) {
        buf_str(out, "\nand ");
        say_count(out, left);
        buf_str(out, " more, none of them worse: see the full report.\n");
    }
    unfold(out);
}

static void findings(struct buf *out, const struct result *r)
{
    struct arena arena;
    struct blocks all;
    arena_init(&arena, MARKDOWN_MEMORY, 1u << 16);
    if (blocks_make(&arena, r, is_open, NULL, &all))
        show(out, r, &all);
    else
        out->bad = true;
    arena_done(&arena);
}

static void not_inspected(struct buf *out, const struct result *r)
{
    if (!r->not_inspected) return;
    buf_str(out, "\n<details><summary>Not inspected: ");
    say_many(out, r->not_inspected, "file");
    buf_str(out, ", ");
    say_size(out, r->not_inspected_bytes);
    buf_str(out, "</summary>\n\n");
    size_t shown = 0;
    for (size_t i = 0; i < r->subject_count && shown < FOLDED_ROWS && out->n < BYTES_MAX - 8000;
         i++) {
        if (!r->subjects[i].not_inspected) continue;
        buf_str(out, "- ");
        code(out, r->subjects[i].path);
        buf_str(out, " ");
        say_size(out, r->subjects[i].unread);
        buf_byte(out, '\n');
        shown++;
    }
    unfold(out);
}

static void suppressed(struct buf *out, const struct result *r)
{
    size_t shown = 0;
    if (!r->suppressed || out->n > BYTES_MAX - 8000) return;
    fold(out, r->suppressed, "suppressed");
    for (size_t i = 0; i < r->finding_count && shown < OPEN_ROWS && out->n < BYTES_MAX - 8000;
         i++) {
        const struct finding *f = &r->findings[i];
        if (f->state != FINDING_SUPPRESSED) continue;
        shown++;
        buf_printf(out, "- `%s` ", f->rule->id);
        code(out, f->path);
        buf_str(out, " ");
        plain(out, f->waived_reason);
        if (f->waived_by.n) buf_str(out, ", by ");
        plain(out, f->waived_by);
        if (f->waived_until.n) buf_str(out, ", until ");
        plain(out, f->waived_until);
        buf_byte(out, '\n');
    }
    unfold(out);
}

static void verdict(struct buf *out, const struct result *r)
{
    if (!r->gate.enabled) {
        buf_str(out, "### merlon: gate off\n");
    } else if (r->gate.passed) {
        buf_printf(out, "### \u2705 merlon: gate passed%s\n\nNothing %sat or above %s.",
                   r->baseline ? " on new findings" : "", r->baseline ? "new " : "",
                   severity_name(r->gate.fail_on));
    } else {
        buf_str(out, "### \u274c merlon: gate failed\n\n");
        say_many(out, r->gate.at_or_above, "finding");
        buf_printf(out, " at or above %s.", severity_name(r->gate.fail_on));
    }
}

static void counts(struct buf *out, const struct result *r)
{
    if (r->statistics.n) buf_str(out, " Note: " NO_SCAN ".");
    buf_str(out, r->statistics.n ? " Read " : " Scanned ");
    say_many(out, r->files, "file");
    buf_str(out, ", ");
    say_size(out, r->bytes);
    buf_str(out, " in ");
    say_seconds(out, r->seconds);
    buf_str(out, ".");
    if (r->baseline) buf_printf(out, " Fixed %zu, unchanged %zu.", r->fixed, r->known);
    const char *gap = " ";
    for (int s = SEV_CRITICAL; s >= SEV_INFO; s--) {
        if (!r->by_severity[s]) continue;
        buf_str(out, gap);
        say_count(out, r->by_severity[s]);
        buf_printf(out, " %s", severity_name((enum severity)s));
        gap = " \u00b7 ";
    }
    buf_byte(out, '\n');
}

void report_markdown(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    verdict(out, r);
    counts(out, r);
    findings(out, r);
    not_inspected(out, r);
    suppressed(out, r);
    buf_printf(out, "\n<sub>merlon %s, rules %.*s. `merlon explain RULE` tells more.</sub>\n",
               MERLON_VERSION, SLICE_ARG(r->rules));
}
