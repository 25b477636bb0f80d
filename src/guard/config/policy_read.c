/* SPDX-License-Identifier: Apache-2.0 */
/* policy_read.c - see the header. First all tables are read as they stand, then scopes and rows
 * are made of them (policy_make.c), then policy_check.c says what cannot be meant. */
#include "guard/config/policy_read.h"
#include "base/fd.h"
#include "base/st.h"
#include "guard/config/policy_said.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_MOST   (1u << 20)
#define FILES_DEEP  2 /* guard.toml names a policy, and that names none */
#define LEVELS_MOST 40

void making_no_memory(struct making *m)
{
    reader_fault(&m->r, NULL, "out of memory");
}

/* ---- files ---- */

static bool read_here(void *ctx, const char *path, struct buf *out)
{
    (void)ctx;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is empty, not waited for */
    bool ok = fd >= 0 && fd_read(fd, FILE_MOST, out);
    int why = errno;
    if (fd >= 0) close(fd);
    errno = why;
    return ok;
}

const struct policy_files policy_files_here = {read_here, NULL};

/* A name that stands in a file means a file beside it. */
static const char *path_beside(const struct reader *r, struct slice name)
{
    struct slice file = slice_str(r->file);
    size_t slash = slice_rfind_byte(file, '/');
    struct slice folder = slice_sub(file, 0, slash == SIZE_MAX ? 0 : slash + 1);
    if (slice_starts(name, S("/"))) folder.n = 0;
    struct slice path = arena_printf(r->arena, "%.*s%.*s", SLICE_ARG(folder), SLICE_ARG(name));
    return (const char *)path.p;
}

/* Its text in the arena; p == NULL: told. */
static struct slice read_text(struct reader *r, const struct policy_in *in,
                              const struct toml_node *at, const char *path)
{
    const struct policy_files *files = in->files ? in->files : &policy_files_here;
    struct slice ret = {0};
    struct buf text;
    buf_init(&text, FILE_MOST + 1);
    if (!path)
        reader_fault(r, at, "out of memory");
    else if (!files->read(files->ctx, path, &text) || !buf_ok(&text))
        reader_fault(r, at, "%s: %s", path, strerror(buf_ok(&text) ? errno : EFBIG));
    else if (!(ret = arena_copy(r->arena, buf_slice(&text))).p)
        reader_fault(r, at, "out of memory");
    buf_done(&text);
    return ret;
}

struct slice making_text(struct making *m, const struct toml_node *at, struct slice name)
{
    struct slice text = read_text(&m->r, m->in, at, path_beside(&m->r, name));
    uint64_t size = text.n;
    digest_add(&m->digest, slice_of(&size, sizeof size));
    digest_add(&m->digest, text);
    return text;
}

/* ---- tables ---- */

static void read_scopes(struct making *m, const struct toml_node *table)
{
    struct policy_said *s = &m->said;
    section_read(&m->r, SECTION_POLICY, table, &s->all);
    s->all.at = table;
    const struct toml_node *n =
        section_tables(&m->r, table, "policy.scope", SCOPES_MOST, &s->scope_count);
    s->scopes = ARENA_ARRAY(m->r.arena, struct scope_said, s->scope_count + 1);
    for (size_t i = 0; s->scopes && i < s->scope_count; i++, n = n->next) {
        section_read(&m->r, SECTION_SCOPE, n, &s->scopes[i]);
        s->scopes[i].at = n;
        if (!s->scopes[i].route.n && !s->scopes[i].tenant.n)
            reader_fault(&m->r, n,
                         "a scope is for some: give route or tenant; what holds for all "
                         "stands in [policy]");
    }
}

static void read_rows(struct making *m, const struct toml_node *table)
{
    struct policy_said *s = &m->said;
    const struct toml_node *n =
        section_tables(&m->r, table, "policy.row", ROWS_MOST, &s->row_count);
    s->rows = ARENA_ARRAY(m->r.arena, struct row_said, s->row_count + 1);
    for (size_t i = 0; s->rows && i < s->row_count; i++, n = n->next) {
        section_read(&m->r, SECTION_ROW, n, &s->rows[i]);
        s->rows[i].at = n;
        if (!s->rows[i].action.n)
            reader_fault(&m->r, n,
                         "a row says what is done: action = \"block\" (allow, shadow, "
                         "flag, anonymise, redact, block)");
    }
}

static void read_tenants(struct making *m, const struct toml_node *table)
{
    struct policy_said *s = &m->said;
    const struct toml_node *n =
        section_tables(&m->r, table, "policy.tenant", TENANTS_MOST, &s->tenant_count);
    s->tenants = ARENA_ARRAY(m->r.arena, struct tenant_said, s->tenant_count + 1);
    for (size_t i = 0; s->tenants && i < s->tenant_count; i++, n = n->next) {
        section_read(&m->r, SECTION_TENANT, n, &s->tenants[i]);
        s->tenants[i].at = n;
        if (!s->tenants[i].name.n || !s->tenants[i].keys.count)
            reader_fault(&m->r, n, "a tenant has a name, and keys = [\"sha256:...\"]");
    }
}

/* ---- all of it ---- */

static void digest_node(struct digest *d, const struct toml_node *n, size_t depth)
{
    const uint64_t numbers[] = {depth, n->kind, n->key.n, n->text.n};
    digest_add(d, slice_of(numbers, sizeof numbers));
    digest_add(d, n->key);
    digest_add(d, n->text);
}

/* What the table says, whatever blanks and comments stand around it. */
static void digest_table(struct digest *d, const struct toml_node *table)
{
    const struct toml_node *next[LEVELS_MOST] = {table->first};
    for (size_t depth = 0;;) {
        const struct toml_node *n = next[depth];
        if (!n && !depth) return;
        if (!n) {
            depth--;
            continue;
        }
        next[depth] = n->next;
        digest_node(d, n, depth);
        if (n->first && depth + 1 < LEVELS_MOST) next[++depth] = n->first;
    }
}

static const struct guard_policy *make(struct making *m, const struct toml_node *table)
{
    struct policy rows;
    uint8_t sum[SHA256_BYTES], enforce = m->in->enforce;
    digest_start(&m->digest);
    digest_add(&m->digest, slice_of(&enforce, 1));
    digest_table(&m->digest, table);
    read_scopes(m, table);
    read_rows(m, table);
    read_tenants(m, table);
    m->policy = ARENA_NEW(m->r.arena, struct guard_policy);
    if (!m->said.scopes || !m->said.rows || !m->said.tenants || !m->policy) making_no_memory(m);
    if (m->r.faults || !making_rows(m, &rows)) return NULL;
    making_scopes(m, &rows);
    making_tenants(m);
    if (m->r.faults) return NULL;
    m->policy->file = slice_str(m->r.file);
    m->policy->tenant_header = m->said.all.tenant_header;
    digest_finish(&m->digest, sum);
    digest_hex(sum, m->policy->digest);
    policy_check(&m->r, &m->said, m->policy);
    return m->r.faults ? NULL : m->policy;
}

static const struct toml_node *parse(struct reader *r, const struct policy_in *in,
                                     const struct toml_node *at, const char *path)
{
    struct toml_error error;
    struct slice text = read_text(r, in, at, path);
    if (!text.p) return NULL;
    const struct toml_node *root = toml_parse(text, r->arena, &error);
    if (!root)
        buf_printf(r->why, "%s:%zu:%zu: %s\n  %s\n", path, error.line, error.column, error.what,
                   error.fix ? error.fix : "");
    r->file = path;
    return root;
}

/* A file that is nothing but a policy says nothing else; a whole guard.toml does as well. */
static void check_others(struct reader *r, const struct toml_node *root)
{
    for (const struct toml_node *n = toml_get(root, S("listen")) ? NULL : root->first; n;
         n = n->next)
        if (!slice_eq(n->key, S("policy")))
            reader_fault(r, n,
                         "%.*s does not belong here: a policy is [policy], [[policy.scope]], "
                         "[[policy.row]] and [[policy.tenant]]",
                         SLICE_ARG(n->key));
    if (!toml_get(root, S("policy"))) reader_fault(r, NULL, "there is no [policy] in it");
}

const struct guard_policy *policy_read(const struct policy_in *in, const char *file,
                                       const struct toml_node *root, struct arena *arena,
                                       struct buf *why)
{
    struct making *m = ARENA_NEW(arena, struct making);
    if (!m) return buf_str(why, "out of memory\n"), NULL;
    *m = (struct making){.r = {.file = file, .arena = arena, .why = why, .notes = in->notes},
                         .in = in};
    const struct toml_node *n = root ? toml_get(root, S("policy")) : NULL;
    if (!n) return guard_policy_usual(in->enforce);
    for (int deep = 0; n && n->kind == TOML_STRING && deep < FILES_DEEP - 1; deep++) {
        root = parse(&m->r, in, n, path_beside(&m->r, n->text));
        if (root) check_others(&m->r, root);
        n = root && !m->r.faults ? toml_get(root, S("policy")) : NULL;
    }
    if (n && n->kind != TOML_TABLE)
        reader_fault(&m->r, n, "policy is the name of a file with a [policy], or that table");
    return n && n->kind == TOML_TABLE ? make(m, n) : NULL;
}

const struct guard_policy *policy_read_file(const struct policy_in *in, const char *file,
                                            struct arena *arena, struct buf *why)
{
    struct reader r = {.file = file, .arena = arena, .why = why};
    const char *path = arena_cstr(arena, slice_str(file));
    const struct toml_node *root = parse(&r, in, NULL, path);
    if (root) check_others(&r, root);
    return root && !r.faults ? policy_read(in, path, root, arena, why) : NULL;
}
