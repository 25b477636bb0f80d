/* SPDX-License-Identifier: Apache-2.0 */
/* gitlab.c - GitLab Code Quality. GitLab shows one finding for each fingerprint and drops the
 * others without a word, so equal ones are told apart here. */
#include "base/map.h"
#include "codec/jot.h"
#include "report/words.h"
#include "report/writers.h"

#define GITLAB_MEMORY (256u << 20)

static const char *word(enum severity s)
{
    static const char *const words[SEV_COUNT] = {"info", "minor", "major", "critical", "blocker"};
    return s < SEV_COUNT ? words[s] : "info";
}

/* The fingerprint, or the fingerprint and a number when it was there already. */
static struct slice unique(struct arena *a, struct map *seen, const struct finding *f)
{
    struct slice text = slice_str(f->fingerprint);
    bool existed = true;
    for (unsigned n = 2; existed; n++) {
        if (!map_put(seen, text, (union map_value){.num = 1}, &existed)) return (struct slice){0};
        if (existed) text = arena_printf(a, "%s-%u", f->fingerprint, n);
        if (!text.p) return text;
    }
    return text;
}

static void description(struct jot *j, const struct finding *f)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    buf_add(&b, finding_message(f));
    if (f->evidence.n) buf_str(&b, ": ");
    buf_add(&b, cut_text(f->evidence, 400));
    if (f->inner_count) buf_str(&b, " (in ");
    say_inner(&b, f);
    if (f->inner_count) buf_byte(&b, ')');
    struct buf safe = visible(buf_slice(&b));
    jot_pair(j, "description", buf_slice(&safe));
    if (b.bad || safe.bad) j->out->bad = true;
    buf_done(&safe);
    buf_done(&b);
}

static void issue(struct jot *j, const struct result *r, const struct finding *f,
                  struct slice fingerprint)
{
    struct buf path;
    buf_init(&path, 1u << 20);
    say_from_here(&path, r, f->path);
    jot_open(j, '{');
    jot_pair_str(j, "type", "issue");
    jot_pair_str(j, "check_name", f->rule->id);
    description(j, f);
    jot_key_open(j, "categories", '[');
    jot_text(j, S("Security"));
    jot_close(j, ']');
    jot_pair_str(j, "severity", word(f->severity));
    jot_pair(j, "fingerprint", fingerprint);
    jot_key_open(j, "location", '{');
    jot_pair(j, "path", buf_slice(&path));
    jot_key_open(j, "lines", '{');
    jot_pair_num(j, "begin", f->line > 0 ? (uint64_t)f->line : 1);
    jot_close(j, '}');
    jot_close(j, '}');
    jot_close(j, '}');
    if (path.bad) j->out->bad = true;
    buf_done(&path);
}

void report_gitlab(struct buf *out, const struct result *r, const struct report_style *style)
{
    (void)style;
    struct arena arena;
    struct map seen;
    struct jot j;
    arena_init(&arena, GITLAB_MEMORY, 1u << 16);
    map_init(&seen, &arena, 0);
    jot_init(&j, out, 1);
    jot_open(&j, '[');
    for (size_t i = 0; i < r->finding_count; i++) {
        if (!finding_shown(&r->findings[i])) continue;
        struct slice fingerprint = unique(&arena, &seen, &r->findings[i]);
        if (!fingerprint.p) out->bad = true;
        issue(&j, r, &r->findings[i], fingerprint);
    }
    jot_close(&j, ']');
    buf_byte(out, '\n');
    arena_done(&arena);
}
