/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verdicts.h"
#include "base/host.h"
#include "base/utf8.h"
#include "codec/jot.h"
#include "report/words.h"
#include <inttypes.h>

static const char *const methods[] = {"key", "certificate", "keyless"};
static const char *const faults[] = {"changed", "missing", "unsigned", "unreadable", "refused"};

/* ---- for programs ---- */

static void tell_time(struct jot *j, const char *key, int64_t at)
{
    char text[21];
    if (!at) return;
    host_rfc3339(at, text);
    jot_pair_str(j, key, text);
}

/* What proves when it was signed; all of them hold. */
static void tell_proofs(struct jot *j, const struct keyless_signer *k)
{
    tell_time(j, "certificate_logged", k->sct_at);
    jot_key_open(j, "times", '[');
    for (size_t i = 0; i < k->time_count; i++) {
        jot_open(j, '{');
        tell_time(j, "at", k->times[i].at);
        jot_pair_str(j, "by", k->times[i].clock == KEYLESS_BY_LOG ? "log" : "timestamp");
        jot_pair(j, "url", k->times[i].url);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void tell_claims(struct jot *j, const struct keyless_signer *k)
{
    jot_pair(j, "log", k->log_url);
    jot_pair_num(j, "log_index", k->log_index);
    tell_proofs(j, k);
    jot_key_open(j, "claims", '{');
    for (size_t i = 0; i < k->claims.count; i++)
        jot_pair(j, k->claims.list[i].name, k->claims.list[i].text);
    jot_close(j, '}');
}

static void tell_signer(struct jot *j, const struct signer *s)
{
    jot_open(j, '{');
    jot_pair_str(j, "method", methods[s->method]);
    jot_pair(j, s->method == SIGNER_KEYLESS ? "identity" : "name", s->name);
    if (s->issuer.n) jot_pair(j, "issuer", s->issuer);
    jot_pair(j, "algorithm", s->algorithm);
    if (s->method != SIGNER_KEYLESS) jot_pair(j, "key", s->id);
    tell_time(j, "at", s->at);
    if (s->keyless) tell_claims(j, s->keyless);
    if (s->note) jot_pair_str(j, "note", s->note);
    jot_close(j, '}');
}

static void tell_gaps(struct jot *j, const struct verify_model *m)
{
    jot_key_open(j, "not_covered", '[');
    for (size_t i = 0; i < m->gap_count; i++) {
        jot_open(j, '{');
        jot_pair(j, "path", m->gaps[i].path);
        jot_pair(j, "why", m->gaps[i].text);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void tell_problems(struct jot *j, const struct verify_model *m)
{
    jot_key_open(j, "problems", '[');
    for (size_t i = 0; i < m->problem_count; i++) {
        jot_open(j, '{');
        jot_pair_str(j, "fault", faults[m->problems[i].fault]);
        jot_pair(j, "path", m->problems[i].path);
        jot_pair(j, "why", m->problems[i].text);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void tell_each(struct jot *j, const struct verdict *v)
{
    jot_key_open(j, "signers", '[');
    for (size_t i = 0; i < v->count; i++)
        if (v->each[i].holds) tell_signer(j, &v->each[i].signer);
    jot_close(j, ']');
}

static void tell_json(const struct verdict *v, struct slice model, struct buf *b)
{
    static const struct verify_model none = {.files = 0};
    const struct verify_one *one = v->shown;
    const struct verify_model *m = one && one->has_statement ? &one->model : &none;
    struct jot j;
    jot_init(&j, b, 2);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.verify/1");
    jot_pair(&j, "target", model);
    jot_pair_bool(&j, "verified", v->verified);
    jot_pair(&j, "reason", v->reason);
    jot_key(&j, "signer");
    if (one && one->has_signer)
        tell_signer(&j, &one->signer);
    else
        jot_raw(&j, S("null"));
    tell_each(&j, v);
    jot_pair_num(&j, "covered", m->files);
    jot_pair_num(&j, "bytes", m->bytes);
    jot_pair_num(&j, "remembered", m->remembered);
    tell_gaps(&j, m);
    tell_problems(&j, m);
    jot_close(&j, '}');
    buf_byte(b, '\n');
}

/* ---- for people ---- */

static void say_log(struct buf *b, const struct keyless_signer *k)
{
    buf_str(b, "logged:  ");
    esc_tty(b, k->log_url);
    buf_printf(b, ", entry %" PRIu64 "; %zu proof%s of time\n", k->log_index, k->time_count,
               k->time_count == 1 ? "" : "s");
}

static void say_signer(struct buf *b, const struct signer *s)
{
    char at[21];
    esc_tty(b, s->name);
    if (s->issuer.n) buf_str(b, ", issued by "), esc_tty(b, s->issuer);
    buf_str(b, "   ");
    esc_tty(b, s->algorithm);
    if (s->method != SIGNER_KEYLESS) buf_printf(b, ", key %.16s", (const char *)s->id.p);
    if (s->at) host_rfc3339(s->at, at), buf_printf(b, ", certificate judged at %s", at);
    buf_byte(b, '\n');
    if (s->keyless) say_log(b, s->keyless);
    if (s->note) buf_printf(b, "note: %s\n", s->note);
}

static void say_signers(struct buf *b, const struct verdict *v)
{
    for (size_t i = 0; i < v->count; i++) {
        if (!v->each[i].has_signer) continue;
        buf_printf(b, "%s  ", v->each[i].holds ? "signer:" : "signed by, but not this:");
        say_signer(b, &v->each[i].signer);
    }
}

static void say_list(struct buf *b, const struct verify_model *m)
{
    for (size_t i = 0; i < m->problem_count; i++) {
        buf_printf(b, "%-10s  ", faults[m->problems[i].fault]);
        esc_tty(b, m->problems[i].path);
        buf_str(b, "   ");
        esc_tty(b, m->problems[i].text);
        buf_byte(b, '\n');
    }
    for (size_t i = 0; i < m->gap_count; i++) {
        buf_str(b, "not covered  ");
        esc_tty(b, m->gaps[i].path);
        buf_str(b, "   ");
        esc_tty(b, m->gaps[i].text);
        buf_byte(b, '\n');
    }
}

static void tell_text(const struct cli *c, const struct verdict *v, struct slice model,
                      struct buf *b)
{
    bool colour = cli_colour(c, 1), quiet = setting_on(&c->settings, OPT_QUIET);
    if (quiet && v->verified) return;
    buf_str(b, !colour ? "" : v->verified ? "\x1b[32m" : "\x1b[1;31m");
    buf_str(b, v->verified ? "verified" : "NOT VERIFIED");
    buf_str(b, colour ? "\x1b[0m" : "");
    buf_str(b, "   ");
    esc_tty(b, model);
    buf_str(b, ": ");
    esc_tty(b, v->reason);
    buf_byte(b, '\n');
    if (!quiet) say_signers(b, v);
    if (!v->shown || !v->shown->has_statement) return;
    say_list(b, &v->shown->model);
    if (quiet || !v->shown->model.remembered) return;
    say_many(b, v->shown->model.remembered, "file");
    buf_str(b, " not read again: unchanged since the last time (--paranoid reads all)\n");
}

bool verdict_tell(struct cli *c, const struct verdict *v, struct slice model)
{
    struct buf b;
    if (setting_on(&c->settings, OPT_SILENT)) return true;
    buf_init(&b, (size_t)1 << 30);
    if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json")))
        tell_json(v, model, &b);
    else
        tell_text(c, v, model, &b);
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok;
}
