/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_data_redact.c - IN, OUT, and what was replaced. */
#include "base/utf8.h"
#include "cli/cmd_data.h"
#include "cli/files.h"
#include "cli/last.h"
#include "base/near.h"
#include "finding/rules.h"
#include "report/words.h"
#include "scan/redact.h"
#include <errno.h>

#define KEY_MAX 4096u

struct redacting {
    struct data_run run;
    struct redact_options options;
    struct redact_result result;
    struct buf key;
};

/* ---- what is asked for ---- */

static bool is_detector(const char *id)
{
    return strncmp(id, "pii.", 4) == 0 || strncmp(id, "secret.", 7) == 0;
}

static bool names_one(struct slice pattern)
{
    for (size_t i = 0; i < rule_count(); i++)
        if (is_detector(rule_at(i)->id) && redact_names(pattern, slice_str(rule_at(i)->id)))
            return true;
    return false;
}

static const char *near_rule(struct slice pattern)
{
    struct near near = near_to(pattern);
    for (size_t i = 0; i < rule_count(); i++)
        if (is_detector(rule_at(i)->id)) near_try(&near, rule_at(i)->id);
    return near.best;
}

/* All patterns given, with commas; each must mean something. */
static bool read_patterns(struct redacting *d, enum opt o, struct slice *ret)
{
    struct cli *c = d->run.cli;
    const struct setting *v = &c->settings.of[o];
    struct buf b;
    bool ok = true;
    buf_init(&b, 32768);
    for (size_t i = 0; i < v->count && ok; i++) {
        struct slice rest = v->text[i], one;
        while (ok && slice_split(&rest, ',', &one)) {
            const char *near = NULL;
            one = slice_trim(one);
            ok = !one.n || names_one(one);
            if (!ok) near = near_rule(one);
            if (!ok)
                cli_fail(c, "--%s: no rule is called '%.*s'%s%s%s\n  see: merlon rules",
                         option_at(o)->name, SLICE_ARG(one), near ? "; did you mean " : "",
                         near ? near : "", near ? "?" : "");
            buf_printf(&b, "%s%.*s", b.n ? "," : "", SLICE_ARG(one));
        }
    }
    *ret = arena_copy(&d->run.arena, buf_slice(&b));
    if (ok && !buf_ok(&b)) ok = (cli_fail(c, "too many patterns"), false);
    buf_done(&b);
    return ok;
}

static bool read_key(struct redacting *d)
{
    struct cli *c = d->run.cli;
    struct slice file = setting_text(&c->settings, OPT_KEY);
    bool token = d->options.mode == REDACT_TOKEN;
    if (token && !file.n)
        return cli_fail(c, "--mode token needs --key FILE\n  make one: head -c 32 /dev/urandom > "
                           "redact.key"),
               false;
    if (!token && file.n) return cli_fail(c, "--key is for --mode token"), false;
    if (!token) return true;
    if (!file_read(cli_cstr(c, file), KEY_MAX, &d->key))
        return cli_fail(c, "--key %.*s: %s", SLICE_ARG(file), strerror(errno)), false;
    d->options.key = buf_slice(&d->key);
    if (d->key.n < REDACT_KEY_MIN)
        return cli_fail(c, "--key %.*s: %zu bytes are too few; at least %u", SLICE_ARG(file),
                        d->key.n, REDACT_KEY_MIN),
               false;
    return true;
}

static bool read_options(struct redacting *d)
{
    struct cli *c = d->run.cli;
    const struct settings *s = &c->settings;
    struct slice mode = setting_text(s, OPT_MODE);
    bool dry = setting_on(s, OPT_DRY_RUN);
    struct redact_options *o = &d->options;
    if (!dry && c->arg_count < 2)
        return cli_fail(c, "to which file? name OUT, or count only with --dry-run"), false;
    o->in = cli_cstr(c, c->args[0]);
    o->out = dry ? NULL : cli_cstr(c, c->args[1]);
    o->mode = slice_eq(mode, S("token"))  ? REDACT_TOKEN
              : slice_eq(mode, S("drop")) ? REDACT_DROP
                                          : REDACT_MASK;
    o->force = setting_on(s, OPT_FORCE);
    o->timeout_ns = s->of[OPT_TIMEOUT].number * 1000000000ull;
    o->spool_dir = cache_folder(c);
    o->arena = &d->run.arena;
    return read_patterns(d, OPT_ONLY, &o->only) && read_patterns(d, OPT_EXCEPT, &o->except) &&
           read_key(d);
}

/* ---- what became of it ---- */

static void say_counts(struct redacting *d)
{
    struct buf *b = &d->run.text;
    const struct redact_result *r = &d->result;
    for (size_t i = 0; i < r->count; i++) {
        buf_printf(b, "%12llu  ", (unsigned long long)r->counts[i].values);
        esc_tty(b, r->counts[i].rule);
        buf_byte(b, '\n');
    }
}

static void say_summary(struct redacting *d)
{
    struct buf *b = &d->run.text;
    const struct redact_result *r = &d->result;
    if (!data_loud(&d->run)) return;
    if (r->records) say_many(b, r->records, "record"), buf_str(b, ", ");
    say_many(b, r->values, "value");
    buf_str(b, d->options.out ? " replaced; " : " would be replaced; ");
    esc_tty(b, r->format);
    if (r->encoding.n) buf_byte(b, ' '), esc_tty(b, r->encoding);
    if (d->options.out && strcmp(d->options.out, "-") != 0) {
        buf_str(b, ", ");
        say_size(b, r->bytes_out);
        buf_str(b, " in ");
        esc_tty(b, slice_str(d->options.out));
    }
    buf_byte(b, '\n');
    if (r->keys_left)
        buf_printf(b, "%llu stand in names of fields, which stay as they are\n",
                   (unsigned long long)r->keys_left);
}

static void tell_statistics(struct redacting *d)
{
    static const char *const modes[] = {"mask", "token", "drop"};
    const struct redact_result *r = &d->result;
    struct jot *j = &d->run.jot;
    jot_open(j, '{');
    jot_pair_str(j, "mode", modes[d->options.mode]);
    jot_pair_bool(j, "written", d->options.out != NULL && r->end == REDACT_DONE);
    jot_pair_num(j, "records", r->records);
    jot_pair_num(j, "values", r->values);
    jot_key_open(j, "by_rule", '{');
    for (size_t i = 0; i < r->count; i++)
        jot_pair_num(j, cli_cstr(d->run.cli, r->counts[i].rule), r->counts[i].values);
    jot_close(j, '}');
    jot_pair_num(j, "in_field_names", r->keys_left);
    jot_pair_num(j, "bytes_in", r->bytes_in);
    jot_pair_num(j, "bytes_out", d->options.out ? r->bytes_out : 0);
    jot_key(j, "encoding");
    jot_text_or_null(j, r->encoding);
    jot_close(j, '}');
}

static void add_subjects(struct redacting *d)
{
    const struct redact_result *r = &d->result;
    struct subject in = {
        .path = slice_str(d->options.in),
        .kind = SUBJECT_DATASET,
        .format = r->format,
        .bytes = r->bytes_in,
        .not_inspected = r->end != REDACT_DONE,
        .detail = arena_printf(&d->run.arena, "{\"rows\":%llu}", (unsigned long long)r->records)};
    struct subject out = in;
    (void)result_add_subject(&d->run.result, &in);
    d->run.result.files = 1;
    d->run.result.bytes = r->bytes_in;
    if (!d->options.out || r->end != REDACT_DONE) return;
    out.path = slice_str(d->options.out);
    out.bytes = r->bytes_out;
    memcpy(out.sha256, r->sha256, sizeof out.sha256);
    (void)result_add_subject(&d->run.result, &out);
}

/* Nothing was written; -1: it was. */
static int refused(struct redacting *d)
{
    struct cli *c = d->run.cli;
    const struct redact_result *r = &d->result;
    switch (r->end) {
    case REDACT_DONE: return -1;
    case REDACT_TROUBLE: return cli_fail(c, "%.*s", SLICE_ARG(r->why));
    case REDACT_BINARY:
        return cli_fail(c,
                        "%s is %.*s: only text can be redacted in place\n  convert it to CSV or "
                        "JSON lines first",
                        d->options.in, SLICE_ARG(r->format));
    case REDACT_UNKNOWN:
        cli_note(c, "%s is of no kind that is recognised", d->options.in);
        return EXIT_NOTHING;
    case REDACT_UNREAD: break;
    }
    cli_note(c, "%s could not be looked at completely, so nothing was written", d->options.in);
    return EXIT_GATE_FAILED;
}

static int run(struct redacting *d)
{
    if (!read_options(d)) return EXIT_CANNOT;
    redact_run(&d->options, &d->result, &d->run.result);
    int code = refused(d);
    if (code >= 0 && d->result.end != REDACT_UNREAD) return code;
    add_subjects(d);
    say_counts(d);
    say_summary(d);
    tell_statistics(d);
    if (d->options.out && strcmp(d->options.out, "-") == 0) { /* standard output is the copy's */
        d->run.outputs.streamed = true;
        if (data_loud(&d->run)) fputs(buf_text(&d->run.text), stderr);
    }
    int finished = data_finish(&d->run, EXIT_GATE_PASSED);
    return code >= 0 && finished == EXIT_GATE_PASSED ? code : finished;
}

int cmd_data_redact(struct cli *c)
{
    struct redacting d = {0};
    buf_init(&d.key, KEY_MAX + 1);
    int code = data_start(&d.run, c, c->args[0]) ? run(&d) : EXIT_CANNOT;
    buf_done(&d.key);
    data_done(&d.run);
    return code;
}
