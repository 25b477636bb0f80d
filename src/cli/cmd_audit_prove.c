/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_audit_prove.c - one record of the log, for somebody who has only the log's public key. */
#include "base/num.h"
#include "base/utf8.h"
#include "cli/cmd_audit.h"
#include "log/prove.h"

#define PROOF_MOST ((size_t)1 << 20)

int cmd_audit_prove(struct cli *c)
{
    struct note_public key;
    struct buf out, why;
    uint64_t n;
    bool own;
    const char *folder = audit_folder(c, 1);
    if (!folder) return EXIT_NOTHING;
    if (!num_u64(c->args[0], &n))
        return cli_fail(c, "RECORD is a number, not '%.*s'", SLICE_ARG(c->args[0]));
    if (!audit_key(c, folder, &key, &own)) return EXIT_CANNOT;
    buf_init(&out, PROOF_MOST);
    buf_init(&why, 4096);
    enum st st = prove_record(folder, NULL, &key, n, &out, &why);
    int code = st == ST_OK && cli_out(buf_slice(&out)) ? EXIT_GATE_PASSED : EXIT_CANNOT;
    if (st == ST_MALFORMED) code = EXIT_GATE_FAILED;
    if (st != ST_OK)
        cli_fail(c, "record %llu: %s", (unsigned long long)n, why.n ? buf_text(&why) : st_text(st));
    buf_done(&out);
    buf_done(&why);
    return code;
}

static bool say(struct cli *c, const struct proven *p, const struct note_public *key)
{
    struct buf b;
    const struct settings *s = &c->settings;
    if (setting_on(s, OPT_SILENT)) return true;
    buf_init(&b, 1u << 20);
    if (!setting_on(s, OPT_QUIET))
        cli_note(c, "record %llu of %llu in %s, proved", (unsigned long long)p->index,
                 (unsigned long long)p->head.tree.size, key->name);
    esc_tty(&b, p->line);
    buf_byte(&b, '\n');
    bool ok = buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    return ok;
}

/* The key must be the reader's own: a proof cannot vouch for itself. */
int cmd_audit_check(struct cli *c)
{
    struct note_public key;
    struct proven p;
    struct slice proof, why = S("out of memory");
    bool own;
    if (!setting_text(&c->settings, OPT_AUDIT_KEY).n)
        return cli_fail(c, "whose log? --public-key FILE");
    if (!audit_key(c, "", &key, &own) || !audit_file(c, c->args[0], PROOF_MOST, &proof))
        return EXIT_CANNOT;
    enum st st = prove_check(proof, &key, &c->arena, &p, &why);
    if (st == ST_NOMEM) return cli_fail(c, "%s", st_text(st));
    if (st == ST_OK) return say(c, &p, &key) ? EXIT_GATE_PASSED : EXIT_CANNOT;
    cli_note(c, "%.*s: not proved: %.*s", SLICE_ARG(c->args[0]), SLICE_ARG(why));
    return EXIT_GATE_FAILED;
}
