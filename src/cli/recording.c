/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recording.h"
#include "base/host.h"
#include "cli/files.h"
#include "cli/project.h"
#include "cli/verifying.h"
#include "finding/result.h"
#include "finding/rules.h"
#include "log/place.h"
#include "log/writer.h"
#include <errno.h>
#include <sys/stat.h>

#define LOCK_MS 10000u /* another merlon is done by then; a gateway never is */
#define DAY_MS  86400000ull

const char *recording_folder(struct cli *c)
{
    project_find(c);
    return cli_cstr(c, cli_join(c, c->project.root, S(".merlon/log")));
}

static bool is_there(const char *folder)
{
    struct stat sb;
    return lstat(folder, &sb) == 0 && S_ISDIR(sb.st_mode);
}

bool recording_on(struct cli *c)
{
    const struct setting *s = &c->settings.of[OPT_AUDIT_LOG];
    return s->origin == ORIGIN_NONE ? is_there(recording_folder(c)) : s->on;
}

/* The key must not end up in a repository. */
static bool shield(struct cli *c, const char *folder)
{
    const char *path = cli_cstr(c, cli_join(c, slice_str(folder), S(".gitignore")));
    return file_create(path, S("*\n"), 0644) || errno == EEXIST;
}

bool recording_begin_in(struct cli *c, const char *folder, const char *given, struct note_key *ret)
{
    struct buf why, text;
    bool made = false;
    buf_init(&why, 4096);
    buf_init(&text, 4096);
    enum st st = ST_IO;
    if (!folder_make(folder) || !shield(c, folder))
        cli_fail(c, "%s: %s", folder, strerror(errno));
    else if ((st = place_key(folder, given, ret, &made, &why)) != ST_OK)
        cli_fail(c, "%s", buf_text(&why));
    notekey_write_public(&ret->public, &text);
    if (st == ST_OK && made)
        cli_note(c,
                 "a log begins in %s\n  public key: %s  keep a copy elsewhere: merlon audit verify "
                 "--public-key FILE trusts it alone",
                 folder, buf_text(&text));
    buf_done(&text);
    buf_done(&why);
    return st == ST_OK;
}

bool recording_begin(struct cli *c, struct note_key *ret)
{
    return recording_begin_in(c, recording_folder(c), NULL, ret);
}

/* ---- one event ---- */

static void on_trouble(void *ctx, const char *text)
{
    cli_note(ctx, "log: %s", text);
}

static enum st append(struct cli *c, const struct event *e, const struct note_key *key,
                      struct buf *why)
{
    struct writer *w = NULL;
    const struct settings *s = &c->settings;
    const struct writer_options o = {.path = recording_folder(c),
                                     .key = key,
                                     .lock_ms = LOCK_MS,
                                     .keep_ms = s->of[OPT_AUDIT_KEEP_DAYS].number * DAY_MS,
                                     .keep_bytes = s->of[OPT_AUDIT_KEEP_SIZE].number,
                                     .trouble = on_trouble,
                                     .ctx = c};
    struct buf note;
    buf_init(&note, 4096);
    enum st st = writer_open(&o, &w, &note, why);
    if (note.n) cli_note(c, "log: %swhoever wrote it before was stopped", buf_text(&note));
    buf_done(&note);
    if (st != ST_OK) return st;
    bool taken = writer_add(w, e, NULL) == WRITER_TAKEN;
    st = writer_close(w, NULL);
    return taken ? st : ST_NOMEM;
}

bool record_event(struct cli *c, const struct event *e)
{
    struct note_key key = {0};
    struct buf why;
    if (!recording_on(c)) return true;
    bool go_on = slice_eq(setting_text(&c->settings, OPT_AUDIT_FULL), S("continue"));
    if (!recording_begin(c, &key)) return go_on;
    buf_init(&why, 8192);
    enum st st = append(c, e, &key, &why);
    notekey_forget(&key);
    if (st != ST_OK)
        cli_note(c, "not recorded: %s%s", why.n ? buf_text(&why) : st_text(st),
                 go_on ? "" : "\n  [audit] full = \"continue\" would let it pass");
    buf_done(&why);
    return st == ST_OK || go_on;
}

/* ---- what is told ---- */

/* As seen from the project's root, where it lies in the project. */
struct slice record_place(struct cli *c, struct slice path)
{
    struct slice place;
    if (!project_place(c, cli_cstr(c, path), &place)) return path;
    return place.n ? place : S(".");
}

static bool has_word(struct slice words, struct slice word)
{
    struct slice rest = words, one;
    while (slice_split(&rest, ' ', &one))
        if (slice_eq(one, word)) return true;
    return false;
}

/* Each rule once, the worst first: findings are sorted. */
static void say_rules(const struct result *r, struct buf *out)
{
    for (size_t i = 0; i < r->finding_count && out->n < EVENT_TEXT_MAX; i++) {
        const struct finding *f = &r->findings[i];
        struct slice id = slice_str(f->rule->id);
        if (f->state != FINDING_OPEN || has_word(buf_slice(out), id)) continue;
        if (out->n + id.n + 1 > EVENT_TEXT_MAX) break; /* no half names */
        if (out->n) buf_byte(out, ' ');
        buf_add(out, id);
    }
}

static uint64_t open_findings(const struct result *r, struct slice *ret_worst)
{
    uint64_t sum = 0;
    *ret_worst = S("");
    for (int s = SEV_INFO; s <= SEV_CRITICAL; s++) {
        sum += r->by_severity[s];
        if (r->by_severity[s]) *ret_worst = slice_str(severity_name((enum severity)s));
    }
    return sum;
}

bool record_scan(struct cli *c, const struct result *r)
{
    struct event e;
    struct buf rules;
    struct slice worst;
    if (!recording_on(c)) return true;
    buf_init(&rules, EVENT_TEXT_MAX + 1);
    say_rules(r, &rules);
    event_start(&e, EVENT_SCAN, host_wall_ms());
    event_number(&e, EVENT_FINDINGS, open_findings(r, &worst));
    event_text(&e, EVENT_VERDICT, r->gate.passed ? S("pass") : S("fail"));
    event_text(&e, EVENT_SEVERITY, worst);
    event_text(&e, EVENT_RULES, buf_slice(&rules));
    event_text(&e, EVENT_POLICY, r->rules);
    event_text(&e, EVENT_SUBJECT, record_place(c, r->target));
    if (r->gate.reason_count) event_text(&e, EVENT_RESULT, r->gate.reasons[0]);
    event_number(&e, EVENT_FILES, r->files);
    event_number(&e, EVENT_BYTES, r->bytes);
    event_number(&e, EVENT_MICROS, (uint64_t)(r->seconds * 1e6));
    event_text(&e, EVENT_VERSION, S(MERLON_VERSION));
    bool ok = record_event(c, &e);
    buf_done(&rules);
    return ok;
}

static void tell_shown(struct event *e, const struct verify_one *shown, char hex[65])
{
    struct buf b;
    if (shown->has_signer) event_text(e, EVENT_KEY, shown->signer.name);
    event_number(e, EVENT_FILES, shown->model.files);
    event_number(e, EVENT_BYTES, shown->model.bytes);
    if (!shown->has_statement) return;
    buf_init(&b, 64);
    buf_hex(&b, slice_of(shown->statement.manifest.root, 32));
    if (buf_ok(&b)) {
        memcpy(hex, b.p, 64);
        event_text(e, EVENT_SHA256, slice_of(hex, 64));
    }
    buf_done(&b);
}

bool record_verdict(struct cli *c, const struct verifying *v, uint64_t micros)
{
    struct event e;
    char hex[65];
    const struct verdict *verdict = &v->verdict;
    if (!recording_on(c)) return true;
    event_start(&e, EVENT_VERIFY, host_wall_ms());
    event_text(&e, EVENT_VERDICT, verdict->verified ? S("pass") : S("fail"));
    event_text(&e, EVENT_SEVERITY, verdict->verified ? S("") : S("high"));
    event_text(&e, EVENT_SUBJECT, record_place(c, v->model));
    event_text(&e, EVENT_RESULT, verdict->reason);
    event_number(&e, EVENT_MICROS, micros);
    event_text(&e, EVENT_VERSION, S(MERLON_VERSION));
    if (verdict->shown) tell_shown(&e, verdict->shown, hex);
    return record_event(c, &e);
}
