/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_sign.c - whose key, what is signed, where the bundle goes. */
#include "base/host.h"
#include "base/utf8.h"
#include "cli/bundles.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/last.h"
#include "cli/keys.h"
#include "cli/recording.h"
#include "cli/signing.h"
#include "codec/jot.h"
#include "port/openssl/digest.h"
#include "report/words.h"
#include "scan/digests.h"
#include "sign/sign.h"
#include <errno.h>

struct signing {
    struct cli *cli;
    struct slice model, file; /* what is signed, where the bundle goes */
    struct keys keys;
    struct sign_options options;
    struct sign_result result;
    uint64_t started_ns;
};

static void read_options(struct signing *s)
{
    const struct settings *v = &s->cli->settings;
    struct sign_options *o = &s->options;
    struct slice hash = setting_text(v, OPT_HASH), compat = setting_text(v, OPT_COMPAT);
    s->file = setting_text(v, OPT_SIGNATURE);
    if (!s->file.n) s->file = bundle_place(s->cli, s->model);
    o->path = cli_cstr(s->cli, s->model);
    o->own = s->file;
    o->ignored = v->of[OPT_IGNORE_PATHS].text;
    o->ignored_count = v->of[OPT_IGNORE_PATHS].count;
    o->links = setting_on(v, OPT_ALLOW_SYMLINKS);
    o->shard_size = v->of[OPT_SHARDS].number;
    o->threads = (unsigned)v->of[OPT_JOBS].number;
    o->form = slice_eq(compat, S("spec"))        ? SIGN_SPEC
              : slice_eq(compat, S("reference")) ? SIGN_REFERENCE
                                                 : SIGN_WIDELY;
    if (hash.n) (void)hash_of_name(hash, &o->hash);
}

/* ---- what was done ---- */

static void tell_json(const struct signing *s, struct buf *b)
{
    const struct manifest *m = &s->result.manifest;
    struct jot j;
    jot_init(&j, b, 2);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", "merlon.sign/1");
    jot_pair(&j, "target", s->model);
    jot_pair(&j, "bundle", s->file);
    jot_pair_num(&j, "files", s->result.files);
    jot_pair_num(&j, "bytes", s->result.bytes);
    jot_key(&j, "sha256");
    jot_hex(&j, slice_of(m->root, sizeof m->root));
    jot_pair_num(&j, "remembered", s->result.remembered);
    jot_pair_str(&j, "hash", hash_name(m->hash));
    jot_pair_str(&j, "method", m->method == MANIFEST_SHARDS ? "shards" : "files");
    jot_pair_str(&j, "key", s->keys.signer.hint);
    jot_key_open(&j, "not_covered", '[');
    for (size_t i = 0; i < s->result.note_count; i++) {
        jot_open(&j, '{');
        jot_pair(&j, "path", s->result.notes[i].path);
        jot_pair_str(&j, "why", tree_why_text(s->result.notes[i].why));
        jot_close(&j, '}');
    }
    jot_close(&j, ']');
    jot_close(&j, '}');
    buf_byte(b, '\n');
}

static void tell_text(const struct signing *s, struct buf *b)
{
    buf_str(b, "signed ");
    say_many(b, s->result.files, "file");
    buf_str(b, ", ");
    say_size(b, s->result.bytes);
    buf_str(b, "   bundle: ");
    esc_tty(b, s->file);
    buf_str(b, "   manifest sha256 ");
    buf_hex(b, slice_of(s->result.manifest.root, 32));
    buf_byte(b, '\n');
    for (size_t i = 0; i < s->result.note_count; i++) {
        buf_str(b, "not covered: ");
        esc_tty(b, s->result.notes[i].path);
        buf_printf(b, "   %s\n", tree_why_text(s->result.notes[i].why));
    }
}

static bool tell(const struct signing *s)
{
    const struct settings *v = &s->cli->settings;
    struct buf b;
    if (setting_on(v, OPT_SILENT)) return true;
    buf_init(&b, 1u << 28);
    if (slice_eq(setting_text(v, OPT_FORMAT), S("json")))
        tell_json(s, &b);
    else if (!setting_on(v, OPT_QUIET))
        tell_text(s, &b);
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok;
}

static bool record(const struct signing *s)
{
    struct event e;
    char hex[65];
    if (!recording_on(s->cli)) return true;
    digest_hex(s->result.manifest.root, hex);
    event_start(&e, EVENT_SIGN, host_wall_ms());
    event_text(&e, EVENT_SUBJECT, record_place(s->cli, s->model));
    event_text(&e, EVENT_SHA256, slice_str(hex));
    event_text(&e, EVENT_KEY, slice_str(s->keys.signer.hint));
    event_number(&e, EVENT_FILES, s->result.files);
    event_number(&e, EVENT_BYTES, s->result.bytes);
    event_number(&e, EVENT_MICROS, (host_now_ns() - s->started_ns) / 1000);
    event_text(&e, EVENT_VERSION, S(MERLON_VERSION));
    return record_event(s->cli, &e);
}

/* ---- the run ---- */

static bool write_bundle(struct signing *s)
{
    struct slice why = S("out of memory");
    struct buf b;
    const struct sign_signer signer = keys_signer(&s->keys);
    buf_init(&b, BUNDLE_MAX);
    enum st st = sign_bundle(&s->result.manifest, s->options.form, &signer, &b, &why);
    bool written = st == ST_OK && file_write(cli_cstr(s->cli, s->file), buf_slice(&b));
    if (st != ST_OK)
        cli_fail(s->cli, "%.*s", SLICE_ARG(why));
    else if (!written)
        cli_fail(s->cli, "%.*s: %s", SLICE_ARG(s->file), strerror(errno));
    buf_done(&b);
    return written;
}

static int run(struct signing *s, enum opt key, const struct hash_memory *memory, bool loud)
{
    struct slice why = S("out of memory");
    read_options(s);
    if (!keys_read(&s->keys, s->cli, key) || !keys_may_replace(s->cli, s->file)) return EXIT_CANNOT;
    s->options.memory = memory;
    enum st st = sign_manifest(&s->options, &s->cli->arena, &s->result, &why);
    if (st != ST_OK) return cli_fail(s->cli, "%.*s: %.*s", SLICE_ARG(s->model), SLICE_ARG(why));
    return write_bundle(s) && (!loud || tell(s)) && record(s) ? EXIT_GATE_PASSED : EXIT_CANNOT;
}

int signing_run(struct cli *c, enum opt key, struct slice model, const struct hash_memory *memory,
                bool loud)
{
    struct signing s = {.cli = c, .model = model, .started_ns = host_now_ns()};
    int code = run(&s, key, memory, loud);
    keys_done(&s.keys);
    return code;
}

int cmd_sign(struct cli *c)
{
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    struct digests *d =
        setting_on(&c->settings, OPT_PARANOID) ? NULL : digests_open(cache_folder(c));
    code = signing_run(c, OPT_SIGN_KEY, c->args[0], digests_memory(d), true);
    digests_done(d);
    return code;
}
