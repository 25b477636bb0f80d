/* SPDX-License-Identifier: Apache-2.0 */
/* junit.c - for the test panels of CI systems. A finding is a test case: failed when it counts
 * against the gate, skipped when suppressed, passed with its text otherwise. A file without any
 * finding is a passed case, up to a number that panels still open. */
#include "base/map.h"
#include "base/utf8.h"
#include "report/words.h"
#include "report/writers.h"

#define CLEAN_MAX    5000
#define JUNIT_MEMORY (256u << 20)

struct junit {
    struct buf *out;
    const struct result *r;
    struct map named; /* paths that have a finding */
    struct buf place;
    size_t clean; /* subjects without a finding */
};

/* Panels show this to people: hidden characters first become visible ones. */
static void text(struct buf *out, struct slice raw)
{
    struct buf safe = visible(raw);
    esc_xml(out, buf_slice(&safe));
    if (safe.bad) out->bad = true;
    buf_done(&safe);
}

static void attribute(struct buf *out, const char *name, struct slice value)
{
    buf_printf(out, " %s=\"", name);
    text(out, value);
    buf_byte(out, '"');
}

static bool fails(const struct result *r, const struct finding *f)
{
    return r->gate.enabled && f->state == FINDING_OPEN && f->severity >= r->gate.fail_on;
}

static bool is_named(const struct junit *j, struct slice path)
{
    union map_value unused;
    return map_get(&j->named, path, &unused);
}

static bool count(struct junit *j)
{
    for (size_t i = 0; i < j->r->finding_count; i++)
        if (!map_put(&j->named, j->r->findings[i].path, (union map_value){.num = 1}, NULL))
            return false;
    for (size_t i = 0; i < j->r->subject_count; i++)
        j->clean += !is_named(j, j->r->subjects[i].path);
    return true;
}

static void case_open(struct junit *j, struct slice class, struct slice name)
{
    buf_str(j->out, "    <testcase");
    attribute(j->out, "classname", class);
    attribute(j->out, "name", name);
    buf_str(j->out, " time=\"0\"");
}

static void body(struct junit *j, const struct finding *f)
{
    struct buf *out = j->out;
    text(out, buf_slice(&j->place));
    buf_str(out, "\nWhat: ");
    text(out, finding_message(f));
    if (f->evidence.n) buf_str(out, "\nSeen: ");
    text(out, f->evidence);
    buf_str(out, "\nFix: ");
    text(out, finding_fix(f));
    buf_printf(out, "\nmerlon explain %s", f->rule->id);
}

static void finding(struct junit *j, const struct finding *f)
{
    struct buf *out = j->out;
    buf_reset(&j->place);
    say_path(&j->place, f);
    buf_byte(&j->place, ' ');
    say_spot(&j->place, f);
    struct buf name;
    buf_init(&name, 1u << 20);
    buf_printf(&name, "%s ", f->rule->id);
    buf_add(&name, slice_trim(buf_slice(&j->place)));
    case_open(j, f->path, buf_slice(&name));
    if (name.bad) out->bad = true;
    buf_done(&name);
    if (f->state == FINDING_SUPPRESSED) {
        buf_str(out, "><skipped");
        attribute(out, "message", f->waived_reason);
        buf_str(out, "/></testcase>\n");
        return;
    }
    const char *tag = fails(j->r, f) ? "failure" : "system-out";
    buf_printf(out, "><%s", tag);
    if (fails(j->r, f)) {
        attribute(out, "type", slice_str(severity_name(f->severity)));
        attribute(out, "message", finding_message(f));
    }
    buf_byte(out, '>');
    body(j, f);
    buf_printf(out, "</%s></testcase>\n", tag);
}

static void clean_files(struct junit *j)
{
    size_t shown = 0;
    for (size_t i = 0; i < j->r->subject_count && shown < CLEAN_MAX; i++) {
        const struct subject *s = &j->r->subjects[i];
        if (is_named(j, s->path)) continue;
        case_open(j, s->path, S("no findings"));
        buf_str(j->out, "/>\n");
        shown++;
    }
}

static void system_out(struct junit *j)
{
    struct buf *out = j->out;
    const struct result *r = j->r;
    buf_printf(out, "    <system-out>gate: %s\n",
               !r->gate.enabled ? "off"
               : r->gate.passed ? "passed"
                                : "FAILED");
    buf_str(out, "not inspected: ");
    say_many(out, r->not_inspected, "file");
    if (j->clean > CLEAN_MAX) {
        buf_byte(out, '\n');
        say_count(out, j->clean - CLEAN_MAX);
        buf_str(out, " more files without findings are not listed");
    }
    buf_str(out, "</system-out>\n");
}

static void counts(struct junit *j)
{
    const struct result *r = j->r;
    size_t clean = j->clean > CLEAN_MAX ? CLEAN_MAX : j->clean, failures = 0;
    for (size_t i = 0; i < r->finding_count; i++) failures += fails(r, &r->findings[i]);
    buf_printf(j->out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\"",
               r->finding_count + clean, failures, r->suppressed, r->seconds);
}

static void document(struct junit *j)
{
    struct buf *out = j->out;
    buf_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"merlon\"");
    counts(j);
    buf_str(out, ">\n  <testsuite");
    attribute(out, "name", j->r->target);
    attribute(out, "timestamp", cut_text(slice_str(j->r->started), 19));
    counts(j);
    buf_str(out, ">\n");
    for (size_t i = 0; i < j->r->finding_count; i++) finding(j, &j->r->findings[i]);
    clean_files(j);
    system_out(j);
    buf_str(out, "  </testsuite>\n</testsuites>\n");
}

void report_junit(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    struct arena arena;
    struct junit j = {.out = out, .r = r};
    arena_init(&arena, JUNIT_MEMORY, 1u << 16);
    map_init(&j.named, &arena, 0);
    buf_init(&j.place, 1u << 20);
    if (count(&j))
        document(&j);
    else
        out->bad = true;
    if (j.place.bad) out->bad = true;
    buf_done(&j.place);
    arena_done(&arena);
}
