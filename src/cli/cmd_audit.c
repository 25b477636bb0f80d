/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_audit.c - is the log as it was written? */
#include "cli/cmd_audit.h"
#include "base/fd.h"
#include "base/utf8.h"
#include "cli/files.h"
#include "cli/recording.h"
#include "codec/jot.h"
#include "log/audit.h"
#include "log/place.h"
#include "log/stamp.h"
#include "report/words.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_MOST  4096u
#define TOLD_MOST 100u /* problems in lines for people; the rest is counted */

const char *audit_folder(struct cli *c, size_t i)
{
    struct stat sb;
    bool given = c->arg_count > i;
    const char *folder = given ? cli_cstr(c, c->args[i]) : recording_folder(c);
    if (stat(folder, &sb) == 0 && S_ISDIR(sb.st_mode)) return folder;
    if (given)
        cli_note(c, "%s is no folder of a log", folder);
    else
        cli_note(c, "this project keeps no log\n  merlon init --log begins one");
    return NULL;
}

bool audit_file(struct cli *c, struct slice path, size_t most, struct slice *ret)
{
    struct buf b;
    buf_init(&b, most + 1);
    bool in = slice_eq(path, S("-"));
    bool ok = in ? fd_read(STDIN_FILENO, most, &b) : file_read(cli_cstr(c, path), most, &b);
    if (!ok) cli_fail(c, "%.*s: %s", SLICE_ARG(path), strerror(errno));
    *ret = ok ? arena_copy(&c->arena, buf_slice(&b)) : S("");
    buf_done(&b);
    return ok && ret->p;
}

bool audit_key(struct cli *c, const char *folder, struct note_public *ret, bool *ret_own)
{
    struct slice given = setting_text(&c->settings, OPT_AUDIT_KEY), text;
    struct buf why;
    *ret_own = !given.n;
    if (given.n) {
        if (!audit_file(c, given, KEY_MOST, &text)) return false;
        if (notekey_read_public(text, ret)) return true;
        return cli_fail(c, "%.*s holds no public key of a log (NAME+HINT+BASE64)",
                        SLICE_ARG(given)),
               false;
    }
    buf_init(&why, 4096);
    enum st st = place_public(folder, ret, &why);
    if (st != ST_OK)
        cli_fail(c, "%s\n  --public-key FILE names the key that you trust", buf_text(&why));
    buf_done(&why);
    return st == ST_OK;
}

/* ---- merlon audit verify ---- */

struct auditing {
    struct cli *cli;
    const char *folder;
    bool json, own_key;
    struct buf out;
    struct jot jot;
    size_t told;
    struct audit_result result;
};

static void problem_json(struct jot *j, const struct audit_problem *p)
{
    jot_open(j, '{');
    jot_pair_str(j, "fault", audit_fault_name(p->fault));
    jot_key(j, "segment");
    jot_num_or_null(j, p->segment ? (int64_t)p->segment : -1);
    bool records = p->first <= p->last;
    jot_key(j, "first");
    jot_num_or_null(j, records ? (int64_t)p->first : -1);
    jot_key(j, "last");
    jot_num_or_null(j, records ? (int64_t)p->last : -1);
    jot_pair_num(j, "at", p->at);
    jot_pair(j, "message", p->text);
    jot_close(j, '}');
}

/* "CHANGED     segment 2, record 17: its checksum does not hold" */
static void problem_text(struct buf *b, const struct audit_problem *p)
{
    static const char *const words[] = {"CHANGED", "MISSING",    "ORDER",
                                        "ADDED",   "CHECKPOINT", "CUT BACK"};
    size_t from = b->n;
    buf_str(b, words[p->fault]);
    buf_fill(b, ' ', 12 - (b->n - from));
    if (p->segment) buf_printf(b, "segment %llu", (unsigned long long)p->segment);
    if (p->segment && p->first <= p->last) buf_str(b, ", ");
    if (p->first < p->last)
        buf_printf(b, "records %llu to %llu", (unsigned long long)p->first,
                   (unsigned long long)p->last);
    if (p->first == p->last) buf_printf(b, "record %llu", (unsigned long long)p->first);
    if (p->segment || p->first <= p->last) buf_str(b, ": ");
    esc_tty(b, p->text);
    buf_byte(b, '\n');
}

static void on_problem(void *ctx, const struct audit_problem *p)
{
    struct auditing *a = ctx;
    if (a->json)
        problem_json(&a->jot, p);
    else if (a->told++ < TOLD_MOST)
        problem_text(&a->out, p);
}

static void head_json(struct jot *j, const struct head *h)
{
    struct buf time;
    buf_init(&time, 64);
    stamp_write(h->time_ms, &time);
    jot_open(j, '{');
    jot_pair_num(j, "records", h->tree.size);
    jot_key(j, "root");
    jot_hex(j, slice_of(h->root.bytes, MERKLE_BYTES));
    jot_pair(j, "time", buf_slice(&time));
    jot_close(j, '}');
    buf_done(&time);
}

static void end_json(struct auditing *a, const struct note_public *key)
{
    struct jot *j = &a->jot;
    const struct audit_result *r = &a->result;
    jot_close(j, ']');
    jot_pair_bool(j, "verified", !r->problems);
    jot_pair_str(j, "key", key->name);
    jot_pair_bool(j, "own_key", a->own_key);
    jot_pair_num(j, "first", r->first);
    jot_pair_num(j, "records", r->records);
    jot_pair_num(j, "bytes", r->bytes);
    jot_pair_num(j, "segments", r->segments);
    jot_pair_num(j, "dropped_segments", r->dropped);
    jot_pair_num(j, "checkpoints", r->checkpoints);
    jot_pair_num(j, "unsigned", r->unsigned_yet);
    jot_pair_num(j, "unproven", r->unproven);
    jot_pair_num(j, "torn_bytes", r->torn);
    jot_key(j, "head");
    if (r->has_head)
        head_json(j, &r->head);
    else
        jot_raw(j, S("null"));
    jot_close(j, '}');
    buf_byte(&a->out, '\n');
}

static void say_head(struct buf *b, const struct head *h)
{
    struct buf time;
    buf_init(&time, 64);
    stamp_write(h->time_ms, &time);
    buf_str(b, ", head ");
    buf_hex(b, slice_of(h->root.bytes, 4));
    buf_printf(b, "... (%llu records, signed %.10s %.8s)", (unsigned long long)h->tree.size,
               buf_text(&time), buf_text(&time) + 11);
    buf_done(&time);
}

static void end_text(struct auditing *a, const struct note_public *key)
{
    const struct audit_result *r = &a->result;
    struct buf *b = &a->out;
    if (a->told > TOLD_MOST) buf_printf(b, "and %zu more\n", a->told - TOLD_MOST);
    buf_str(b, r->problems ? "BROKEN  " : "ok  ");
    say_many(b, r->records, "record");
    buf_str(b, r->problems ? ", " : ", chain unbroken");
    if (r->problems) say_many(b, r->problems, "problem");
    if (r->has_head) say_head(b, &r->head);
    buf_printf(b, "\nkey %s%s\n", key->name,
               a->own_key ? "  (the log's own: --public-key FILE trusts yours)" : "");
    if (r->dropped) {
        say_many(b, r->dropped, "segment");
        buf_printf(b, " dropped by retention: the first record is %llu\n",
                   (unsigned long long)r->first);
    }
    if (r->unproven) {
        say_many(b, r->unproven, "record");
        buf_str(b, " under the same checkpoints as what is wrong: nothing proves them\n");
    }
    if (r->unsigned_yet) {
        say_many(b, r->unsigned_yet, "record");
        buf_str(b, " not signed yet\n");
    }
    if (r->torn)
        buf_printf(b,
                   "%llu bytes of a record that is being written, or was when its writer was "
                   "stopped\n",
                   (unsigned long long)r->torn);
}

static int run(struct auditing *a, const struct audit_options *o)
{
    struct buf why;
    buf_init(&why, 4096);
    enum st st = audit_run(a->folder, o, &a->result, &why);
    if (st == ST_MALFORMED || st == ST_IO)
        cli_fail(a->cli, "%s", buf_text(&why));
    else if (st != ST_OK)
        cli_fail(a->cli, "%s", st_text(st));
    buf_done(&why);
    if (st != ST_OK) return EXIT_CANNOT;
    return a->result.problems ? EXIT_GATE_FAILED : EXIT_GATE_PASSED;
}

static int tell(struct auditing *a, const struct note_public *key, int code)
{
    const struct settings *s = &a->cli->settings;
    bool quiet = setting_on(s, OPT_QUIET) && !a->json && code == EXIT_GATE_PASSED;
    if (code == EXIT_CANNOT || setting_on(s, OPT_SILENT) || quiet) return code;
    if (a->json)
        end_json(a, key);
    else
        end_text(a, key);
    if (!buf_ok(&a->out)) return cli_fail(a->cli, "out of memory");
    return cli_out(buf_slice(&a->out)) ? code : EXIT_CANNOT;
}

int cmd_audit_verify(struct cli *c)
{
    struct note_public key;
    struct slice held = setting_text(&c->settings, OPT_CHECKPOINT);
    struct auditing a = {.cli = c, .folder = audit_folder(c, 0)};
    struct audit_options o = {.key = &key, .tell = on_problem, .ctx = &a};
    if (!a.folder) return EXIT_NOTHING;
    if (!audit_key(c, a.folder, &key, &a.own_key)) return EXIT_CANNOT;
    if (held.n && !audit_file(c, held, HEAD_MAX, &o.held)) return EXIT_CANNOT;
    if (held.n && !o.held.n) return cli_fail(c, "%.*s is empty", SLICE_ARG(held));
    a.json = slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json"));
    buf_init(&a.out, 1u << 28);
    jot_init(&a.jot, &a.out, 2);
    if (a.json) {
        jot_open(&a.jot, '{');
        jot_pair_str(&a.jot, "schema", "merlon.audit/1");
        jot_pair_str(&a.jot, "log", a.folder);
        jot_key_open(&a.jot, "problems", '[');
    }
    int code = tell(&a, &key, run(&a, &o));
    buf_done(&a.out);
    return code;
}
