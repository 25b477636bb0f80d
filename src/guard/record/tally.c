/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/record/tally.h"
#include <stdlib.h>

#define FIRST_US 16u /* the first bucket */

static const char *const verdicts[TALLY_VERDICTS] = {"allow", "flag", "redact", "block"};
static const char *const sides[RECORD_SIDES] = {"request", "answer"};

bool tally_init(struct tally *t)
{
    *t = (struct tally){.rules = calloc(rule_count() + 1, sizeof(uint64_t))};
    return t->rules;
}

void tally_done(struct tally *t)
{
    free(t->rules);
    t->rules = NULL;
}

/* ---- counting ---- */

static void add_bits(uint64_t *counts, unsigned bits)
{
    for (unsigned i = 0; bits && i < TALLY_REASONS; i++, bits >>= 1) counts[i] += bits & 1;
}

static void add_time(struct tally_side *t, uint64_t us)
{
    unsigned i = 0;
    while (i + 1 < TALLY_BUCKETS && us > (uint64_t)FIRST_US << i) i++;
    t->times[i]++;
    t->time_sum_us += us;
}

static void add_side(struct tally_side *t, const struct guard_record *r, enum record_side side)
{
    const struct record_side_of *s = &r->side[side];
    const char *verdict = record_side_verdict(r, side);
    unsigned v = 0, unscanned = 0;
    while (v + 1 < TALLY_VERDICTS && strcmp(verdicts[v], verdict) != 0) v++;
    t->verdicts[v]++;
    for (unsigned c = 0; c < CHECKS; c++) unscanned |= s->unscanned[c];
    add_bits(t->unscanned, unscanned);
    add_bits(t->unread, s->unread);
    add_time(t, (s->read_ns + s->inspect_ns + s->decide_ns) / 1000);
}

static size_t place_of(const struct rule *rule)
{
    uintptr_t at = (uintptr_t)rule, table = (uintptr_t)rule_at(0);
    size_t i = at < table ? SIZE_MAX : (at - table) / sizeof *rule;
    return i < rule_count() ? i : rule_count();
}

void tally_add(struct tally *t, const struct guard_record *r)
{
    size_t kept = r->match_count < RECORD_MATCHES ? r->match_count : RECORD_MATCHES;
    add_side(&t->side[RECORD_REQUEST], r, RECORD_REQUEST);
    if (record_was_seen(r, RECORD_ANSWER)) add_side(&t->side[RECORD_ANSWER], r, RECORD_ANSWER);
    for (size_t i = 0; i < kept; i++) t->rules[place_of(r->matches[i].rule)]++;
    t->rules[rule_count()] += r->match_count - kept;
}

/* ---- saying ---- */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP merlon_guard_%s %s\n# TYPE merlon_guard_%s %s\n", name, help, name,
               type);
}

static void line(struct buf *out, const char *name, const char *side, const char *label,
                 const char *value, uint64_t n)
{
    buf_printf(out, "merlon_guard_%s{side=\"%s\",%s=\"%s\"} %llu\n", name, side, label, value,
               (unsigned long long)n);
}

static void say_verdicts(const struct tally *t, struct buf *out)
{
    head(out, "verdicts_total", "counter", "What was judged, by side and verdict.");
    for (unsigned s = 0; s < RECORD_SIDES; s++)
        for (unsigned v = 0; v < TALLY_VERDICTS; v++)
            line(out, "verdicts_total", sides[s], "verdict", verdicts[v], t->side[s].verdicts[v]);
}

static void say_unscanned(const struct tally *t, struct buf *out)
{
    head(out, "unscanned_total", "counter", "What was not looked at as a whole, by reason.");
    for (unsigned s = 0; s < RECORD_SIDES; s++) {
        for (unsigned i = 0; unscanned_name(1u << i); i++)
            line(out, "unscanned_total", sides[s], "reason", unscanned_name(1u << i),
                 t->side[s].unscanned[i]);
        for (unsigned i = 0; record_unread_name(1u << i); i++)
            line(out, "unscanned_total", sides[s], "reason", record_unread_name(1u << i),
                 t->side[s].unread[i]);
    }
}

static void say_rules(const struct tally *t, struct buf *out)
{
    head(out, "matches_total", "counter", "Matches by rule; those that never came are left out.");
    for (size_t i = 0; i <= rule_count(); i++)
        if (t->rules[i])
            buf_printf(out, "merlon_guard_matches_total{rule=\"%s\"} %llu\n",
                       i < rule_count() ? rule_at(i)->id : "other",
                       (unsigned long long)t->rules[i]);
}

static void say_times(const struct tally *t, struct buf *out)
{
    head(out, "inspect_seconds", "histogram", "Reading, inspecting and deciding, of each side.");
    for (unsigned s = 0; s < RECORD_SIDES; s++) {
        uint64_t n = 0;
        for (unsigned i = 0; i < TALLY_BUCKETS; i++) {
            n += t->side[s].times[i];
            buf_printf(out, "merlon_guard_inspect_seconds_bucket{side=\"%s\",le=\"", sides[s]);
            if (i + 1 < TALLY_BUCKETS)
                buf_printf(out, "%.6f\"} %llu\n", (double)((uint64_t)FIRST_US << i) / 1e6,
                           (unsigned long long)n);
            else
                buf_printf(out, "+Inf\"} %llu\n", (unsigned long long)n);
        }
        buf_printf(out,
                   "merlon_guard_inspect_seconds_sum{side=\"%s\"} %.6f\n"
                   "merlon_guard_inspect_seconds_count{side=\"%s\"} %llu\n",
                   sides[s], (double)t->side[s].time_sum_us / 1e6, sides[s], (unsigned long long)n);
    }
}

void tally_say(const struct tally *t, struct buf *out)
{
    say_verdicts(t, out);
    say_unscanned(t, out);
    say_rules(t, out);
    say_times(t, out);
}
