/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_data_records.c - a dataset signed by its records: sign, verify, prove. */
#include "base/fd.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/bundles.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/last.h"
#include "cli/revocations.h"
#include "cli/trusts.h"
#include "codec/jot.h"
#include "report/words.h"
#include "scan/leaves.h"
#include "sign/records.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define RECORD_MAX ((size_t)256 << 20)
#define PROOF_MAX  (1u << 20)

struct dataset { /* a data file and what is signed of it */
    struct cli *cli;
    struct slice path;
    struct leaves leaves;
    struct merkle_hash *sorted;
    struct records_tree tree;
};

static struct leaves_options leaves_how(struct cli *c)
{
    return (struct leaves_options){.timeout_ns = c->settings.of[OPT_TIMEOUT].number * 1000000000ull,
                                   .spool_dir = cache_folder(c),
                                   .arena = &c->arena};
}

static bool dataset_read(struct dataset *d, struct cli *c, struct slice path)
{
    struct slice why = S("out of memory");
    struct leaves_options o = leaves_how(c);
    size_t slash = slice_rfind_byte(path, '/');
    *d = (struct dataset){.cli = c, .path = path};
    if (leaves_read(cli_cstr(c, path), &o, &d->leaves, &why) != ST_OK)
        return cli_fail(c, "%.*s", SLICE_ARG(why)), false;
    d->sorted = malloc((size_t)d->leaves.count * sizeof *d->sorted);
    if (!d->sorted) return cli_fail(c, "out of memory"), false;
    records_make(d->leaves.hashes, d->sorted, d->leaves.count, &d->tree);
    d->tree.name = slash == SIZE_MAX ? path : slice_sub(path, slash + 1, SIZE_MAX);
    d->tree.file = d->leaves.file;
    d->tree.columns = d->leaves.columns;
    d->tree.column_count = d->leaves.column_count;
    return true;
}

static void dataset_done(struct dataset *d)
{
    free(d->sorted);
    leaves_done(&d->leaves);
}

static struct slice signature_of(struct cli *c, struct slice data)
{
    struct slice given = setting_text(&c->settings, OPT_RECORDS_SIGNATURE);
    struct slice place =
        given.n ? given : arena_printf(&c->arena, "%.*s.records.sig", SLICE_ARG(data));
    return place.p ? place : S("");
}

static void say_tree(struct buf *b, const struct records_tree *t)
{
    say_many(b, t->size, "record");
    if (t->column_count) buf_str(b, " of ");
    if (t->column_count) say_many(b, t->column_count, "column");
    buf_str(b, "   root ");
    buf_hex(b, slice_of(t->root.bytes, MERKLE_BYTES));
}

static bool say(struct cli *c, struct buf *b)
{
    bool quiet = setting_on(&c->settings, OPT_QUIET) || setting_on(&c->settings, OPT_SILENT);
    bool ok = buf_ok(b) && (quiet || cli_out(buf_slice(b)));
    buf_done(b);
    return ok;
}

/* ---- a signed tree ---- */

struct signed_tree {
    struct cli *cli;
    struct trusts trusts;
    struct bundles bundles;
    struct signer signer;
    struct records_tree tree;
};

static bool signed_start(struct signed_tree *s, struct cli *c)
{
    *s = (struct signed_tree){.cli = c};
    return bundles_start(&s->bundles, c) && trusts_read(&s->trusts, c) &&
           revocations_read(c, &s->bundles, &s->trusts.trust.revoked);
}

static void signed_done(struct signed_tree *s)
{
    trusts_done(&s->trusts);
    bundles_done(&s->bundles);
}

/* EXIT_GATE_PASSED: the signature holds, and this is its tree. */
static int signed_read(struct signed_tree *s, struct slice file)
{
    struct cli *c = s->cli;
    struct bundle b;
    struct slice why = S("out of memory");
    enum bundles_end end = bundles_load(&s->bundles, file, &b, &why);
    if (end == BUNDLES_TROUBLE) return EXIT_CANNOT;
    enum st st = end == BUNDLES_OK ? ST_OK : ST_MALFORMED;
    if (st == ST_OK) st = verify_signer(&b, &s->trusts.trust, &c->arena, &s->signer, &why);
    const struct revoked *r = s->trusts.trust.revoked;
    const struct revoked_item *it = st == ST_OK && r ? revoked_signer(r, &b, s->signer.id) : NULL;
    if (it) st = ST_MALFORMED, why = S("its key or certificate was revoked");
    if (st == ST_OK) st = records_read(b.payload, &c->arena, &s->tree, &why);
    if (st == ST_OK) return EXIT_GATE_PASSED;
    cli_fail(c, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why));
    return st == ST_NOMEM ? EXIT_CANNOT : EXIT_GATE_FAILED;
}

static void say_signer(struct buf *b, const struct signed_tree *s)
{
    buf_str(b, "signed by:  ");
    esc_tty(b, s->signer.name);
    buf_printf(b, "   %.*s\n", SLICE_ARG(s->signer.algorithm));
}

/* ---- data sign ---- */

/* The version before: its own signature is not judged here, its tree must be our beginning. */
static bool grow(struct dataset *d, struct bundles *bundles)
{
    struct cli *c = d->cli;
    struct slice file = setting_text(&c->settings, OPT_PREVIOUS), why = S("out of memory");
    struct bundle b;
    struct records_tree old;
    if (!file.n) return true;
    enum bundles_end end = bundles_load(bundles, file, &b, &why);
    if (end == BUNDLES_TROUBLE) return false;
    if (end == BUNDLES_BAD || records_read(b.payload, &c->arena, &old, &why) != ST_OK)
        return cli_fail(c, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why)), false;
    if (records_grow(d->leaves.hashes, &old, &d->tree)) return true;
    return cli_fail(c,
                    "%.*s: the %llu records that it signs are not the first of this file\n  sign "
                    "without --previous: it is another dataset, and merlon diff says what changed",
                    SLICE_ARG(file), (unsigned long long)old.size),
           false;
}

static bool write_signature(struct dataset *d, const struct keys *k, struct slice file)
{
    struct cli *c = d->cli;
    struct slice why = S("out of memory");
    struct sign_signer signer = keys_signer(k);
    struct buf payload, b;
    buf_init(&payload, 8u << 20);
    buf_init(&b, 16u << 20);
    records_statement(&d->tree, &payload);
    enum st st = buf_ok(&payload) ? sign_payload(buf_slice(&payload), &signer, &b, &why) : ST_NOMEM;
    bool ok = st == ST_OK && file_write(cli_cstr(c, file), buf_slice(&b));
    if (st != ST_OK)
        cli_fail(c, "%.*s", SLICE_ARG(why));
    else if (!ok)
        cli_fail(c, "%.*s: %s", SLICE_ARG(file), strerror(errno));
    buf_done(&payload);
    buf_done(&b);
    return ok;
}

static bool tell_signed(struct dataset *d, struct slice file)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_str(&b, "signed ");
    say_tree(&b, &d->tree);
    buf_str(&b, "\nbundle: ");
    esc_tty(&b, file);
    if (d->tree.old_size) {
        buf_str(&b, "   grown from ");
        say_many(&b, d->tree.old_size, "record");
    }
    buf_byte(&b, '\n');
    return say(d->cli, &b);
}

int cmd_data_sign(struct cli *c)
{
    struct dataset d = {.cli = c};
    struct keys keys = {.cli = c};
    struct bundles bundles;
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    struct slice file = signature_of(c, c->args[0]);
    bool ok = bundles_start(&bundles, c) && keys_read(&keys, c, OPT_SIGN_KEY) &&
              keys_may_replace(c, file) && dataset_read(&d, c, c->args[0]) && grow(&d, &bundles) &&
              write_signature(&d, &keys, file) && tell_signed(&d, file);
    dataset_done(&d);
    keys_done(&keys);
    bundles_done(&bundles);
    return ok ? EXIT_GATE_PASSED : EXIT_CANNOT;
}

/* ---- columns ---- */

#define COLUMNS_SAID 12u

static void say_column(struct buf *b, const char *sign, const struct records_column *c,
                       const struct records_column *was)
{
    buf_printf(b, "  %s ", sign);
    esc_tty(b, c->name);
    buf_str(b, "   ");
    if (was) esc_tty(b, was->type), buf_str(b, " -> ");
    esc_tty(b, c->type);
    buf_byte(b, '\n');
}

static void say_columns(struct buf *b, const struct records_tree *old,
                        const struct records_tree *new)
{
    struct columns_change change;
    unsigned said = 0;
    for (size_t i = 0; columns_change(old, new, &i, &change);) {
        if (++said > COLUMNS_SAID) continue;
        if (!change.old)
            say_column(b, "+", change.new, NULL);
        else if (!change.new)
            say_column(b, "-", change.old, NULL);
        else
            say_column(b, "~", change.new, change.old);
    }
    if (said > COLUMNS_SAID) buf_printf(b, "  and %u more\n", said - COLUMNS_SAID);
    if (!said) buf_str(b, "  they stand in another order\n");
}

/* ---- data verify ---- */

static void say_other(struct buf *b, const struct signed_tree *s, const struct dataset *d)
{
    struct records_tree grown = d->tree;
    bool columns = records_same_columns(&s->tree, &d->tree);
    buf_str(b, "NOT VERIFIED   ");
    esc_tty(b, d->path);
    buf_printf(b, ": its %s are not those that were signed\n", columns ? "records" : "columns");
    if (!columns) {
        say_columns(b, &s->tree, &d->tree);
        return;
    }
    buf_printf(b, "signed %llu, there are %llu", (unsigned long long)s->tree.size,
               (unsigned long long)d->tree.size);
    buf_str(b, records_grow(d->leaves.hashes, &s->tree, &grown)
                   ? "; the signed ones come first, unchanged\n"
                   : "\n");
}

static void say_same(struct buf *b, const struct signed_tree *s, const struct dataset *d)
{
    bool bytes = merkle_equal(&d->tree.file, &s->tree.file);
    buf_str(b, "verified   ");
    say_tree(b, &d->tree);
    buf_byte(b, '\n');
    if (!bytes)
        buf_printf(b, "the file around the records differs from the one that was signed: %s\n",
                   d->tree.column_count ? "packing, metadata" : "heading, blank lines, line ends");
    say_signer(b, s);
    if (!s->tree.old_size) return;
    buf_str(b, "grown from: ");
    say_many(b, s->tree.old_size, "record");
    buf_str(b, ", proved\n");
}

static int tell_verified(struct signed_tree *s, const struct dataset *d)
{
    struct buf b;
    bool same = merkle_equal(&d->tree.root, &s->tree.root) && d->tree.size == s->tree.size &&
                records_same_columns(&s->tree, &d->tree);
    buf_init(&b, 1u << 18);
    if (same)
        say_same(&b, s, d);
    else
        say_other(&b, s, d);
    bool said = say(s->cli, &b);
    return !said ? EXIT_CANNOT : same ? EXIT_GATE_PASSED : EXIT_GATE_FAILED;
}

int cmd_data_verify(struct cli *c)
{
    struct dataset d = {.cli = c};
    struct signed_tree s;
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    code = signed_start(&s, c) ? signed_read(&s, signature_of(c, c->args[0])) : EXIT_CANNOT;
    if (code == EXIT_GATE_PASSED)
        code = dataset_read(&d, c, c->args[0]) ? tell_verified(&s, &d) : EXIT_CANNOT;
    dataset_done(&d);
    signed_done(&s);
    return code;
}

/* ---- data prove ---- */

/* A record as text, from a file or standard input, as the leaf that it would be. */
static bool read_text(struct cli *c, struct slice from, struct merkle_hash *ret)
{
    struct buf b;
    buf_init(&b, RECORD_MAX);
    bool in = slice_eq(from, S("-"));
    bool ok =
        in ? fd_read(STDIN_FILENO, RECORD_MAX, &b) : file_read(cli_cstr(c, from), RECORD_MAX, &b);
    if (!ok) cli_fail(c, "%.*s: %s", SLICE_ARG(from), strerror(errno));
    struct slice text = buf_slice(&b);
    while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r')) text.n--;
    merkle_leaf(text, ret);
    buf_done(&b);
    return ok;
}

/* A row: a table of its own, by any writer, with the same columns. */
static bool read_row(struct cli *c, struct slice from, const struct records_tree *of,
                     struct merkle_hash *ret)
{
    struct slice why = S("out of memory");
    struct leaves_options o = leaves_how(c);
    struct leaves one;
    struct buf b;
    if (leaves_read(cli_cstr(c, from), &o, &one, &why) != ST_OK)
        return cli_fail(c, "%.*s", SLICE_ARG(why)), false;
    struct records_tree t = {.columns = one.columns, .column_count = one.column_count};
    bool same = records_same_columns(of, &t), single = one.count == 1;
    *ret = one.hashes[0];
    leaves_done(&one);
    if (same && single) return true;
    buf_init(&b, 1u << 16);
    buf_str(&b, same ? "a record of a table is a table of one row, and this one has more\n"
                     : "its columns are not those of the dataset\n");
    if (!same) say_columns(&b, of, &t);
    buf_trim(&b, b.n - 1);
    cli_fail(c, "%.*s: %s", SLICE_ARG(from), buf_text(&b));
    buf_done(&b);
    return false;
}

static bool read_record(struct cli *c, struct slice from, const struct records_tree *of,
                        struct merkle_hash *ret)
{
    return of->column_count ? read_row(c, from, of, ret) : read_text(c, from, ret);
}

static bool find_record(const struct dataset *d, const struct merkle_hash *leaf, uint64_t *ret_row)
{
    for (*ret_row = 0; *ret_row < d->leaves.count; ++*ret_row)
        if (merkle_equal(&d->leaves.hashes[*ret_row], leaf)) return true;
    return false;
}

static bool prove(struct dataset *d, struct records_proof *ret)
{
    struct cli *c = d->cli;
    struct slice row = setting_text(&c->settings, OPT_ROW);
    struct slice record = setting_text(&c->settings, OPT_RECORD);
    struct merkle_hash leaf;
    uint64_t at = 0;
    if (!record.n && !num_u64(row, &at))
        return cli_fail(c, "which record? --row N, counted from 0, or --record FILE"), false;
    if (record.n && !read_record(c, record, &d->tree, &leaf)) return false;
    if (record.n && !find_record(d, &leaf, &at))
        return records_prove_absent(d->sorted, d->leaves.count, &leaf, ret);
    if (at >= d->leaves.count)
        return cli_fail(c, "there is no row %llu: the file has %llu records, the first is row 0",
                        (unsigned long long)at, (unsigned long long)d->leaves.count),
               false;
    records_prove(d->leaves.hashes, d->leaves.count, at, ret);
    return true;
}

int cmd_data_prove(struct cli *c)
{
    struct dataset d = {.cli = c};
    struct records_proof proof;
    struct buf b;
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    buf_init(&b, PROOF_MAX);
    bool ok = dataset_read(&d, c, c->args[0]) && prove(&d, &proof);
    if (ok) records_proof_write(&proof, &b);
    ok = ok && buf_ok(&b) && cli_out(buf_slice(&b));
    buf_done(&b);
    dataset_done(&d);
    return ok ? EXIT_GATE_PASSED : EXIT_CANNOT;
}

/* ---- data check-proof ---- */

static bool read_proof(struct cli *c, struct slice file, struct records_proof *ret)
{
    struct buf b;
    struct slice why = S("out of memory");
    buf_init(&b, PROOF_MAX);
    bool ok = file_read(cli_cstr(c, file), PROOF_MAX, &b);
    if (!ok)
        cli_fail(c, "%.*s: %s", SLICE_ARG(file), strerror(errno));
    else if (records_proof_read(buf_slice(&b), &c->arena, ret, &why) != ST_OK)
        ok = (cli_fail(c, "%.*s: %.*s", SLICE_ARG(file), SLICE_ARG(why)), false);
    buf_done(&b);
    return ok;
}

static int tell_proof(struct signed_tree *s, const struct records_proof *p, const char *trouble)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    if (trouble)
        buf_printf(&b, "NOT PROVED   %s\n", trouble);
    else if (p->absent)
        buf_str(&b, "proved   the record is not in the dataset\n");
    else
        buf_printf(&b, "proved   the record is in the dataset, as row %llu\n",
                   (unsigned long long)p->in.index);
    buf_str(&b, "dataset:    ");
    esc_tty(&b, s->tree.name);
    buf_str(&b, ", ");
    say_tree(&b, &s->tree);
    buf_byte(&b, '\n');
    say_signer(&b, s);
    bool said = say(s->cli, &b);
    return !said ? EXIT_CANNOT : trouble ? EXIT_GATE_FAILED : EXIT_GATE_PASSED;
}

static int check_proof(struct signed_tree *s)
{
    struct cli *c = s->cli;
    struct slice record = setting_text(&c->settings, OPT_RECORD);
    struct records_proof p;
    struct merkle_hash leaf;
    if (!read_proof(c, c->args[0], &p)) return EXIT_CANNOT;
    if (!record.n)
        return cli_fail(c, "of which record? --record FILE, or - for standard input: a proof holds "
                           "only its hash");
    if (!read_record(c, record, &s->tree, &leaf)) return EXIT_CANNOT;
    const char *trouble = !merkle_equal(&leaf, &p.record) ? "the proof is about another record"
                          : !records_proof_holds(&p, &s->tree)
                              ? "the proof does not lead to the root that was signed"
                              : NULL;
    return tell_proof(s, &p, trouble);
}

int cmd_data_check(struct cli *c)
{
    struct signed_tree s;
    struct slice file = setting_text(&c->settings, OPT_RECORDS_SIGNATURE);
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    if (!file.n) return cli_fail(c, "signed where? --signature FILE");
    code = signed_start(&s, c) ? signed_read(&s, file) : EXIT_CANNOT;
    if (code == EXIT_GATE_PASSED) code = check_proof(&s);
    signed_done(&s);
    return code;
}
