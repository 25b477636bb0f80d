/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_seal.c - verify, seal each file, and verify again: what was changed between the first look
 * and the seal is found, and after it nothing can be changed. */
#include "base/fd.h"
#include "cli/config.h"
#include "cli/verifying.h"
#include "report/words.h"
#include "sign/seal.h"
#include "sign/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct sealing {
    struct verifying v;
    uint64_t files, bytes, before; /* before: of these, how many were sealed already */
};

static bool refused(struct sealing *s, const char *path, enum seal_verity how)
{
    struct cli *c = s->v.cli;
    if (how == SEAL_IMPOSSIBLE)
        cli_fail(c,
                 "%s: this kernel or file system cannot seal files (fs-verity; ext4 needs tune2fs "
                 "-O verity, too)\n  merlon run --verify serves a verified copy in memory instead",
                 path);
    else
        cli_fail(c, "%s: %s%s", path, strerror(errno),
                 errno == ETXTBSY ? " (it is open for writing)" : "");
    return false;
}

static bool seal_one(struct sealing *s, int folder, const char *path)
{
    struct stat sb;
    int fd = fd_open_below(folder, path, false);
    if (fd < 0) return refused(s, path, SEAL_REFUSED);
    enum seal_verity how = seal_file(fd);
    bool ok = (how == SEAL_DONE || how == SEAL_ALREADY) || refused(s, path, how);
    if (ok && fstat(fd, &sb) == 0) s->bytes += (uint64_t)sb.st_size;
    close(fd);
    s->files += ok;
    s->before += how == SEAL_ALREADY;
    return ok;
}

/* All of the model and nothing else: the signatures themselves may be renewed later. */
static bool seal_all(struct sealing *s)
{
    struct cli *c = s->v.cli;
    const struct verify_options *o = &s->v.options;
    struct tree_options how = {.own = o->own, .own_count = o->own_count};
    struct tree tree;
    struct slice why = S("out of memory");
    if (tree_read(o->path, &how, &c->arena, &tree, &why) != ST_OK)
        return cli_fail(c, "%s: %.*s", o->path, SLICE_ARG(why)), false;
    bool ok = true;
    for (size_t i = 0; i < tree.count && ok; i++) ok = seal_one(s, tree.folder, tree.files[i].path);
    tree_done(&tree);
    return ok;
}

static bool say_sealed(struct sealing *s)
{
    struct buf b;
    if (setting_on(&s->v.cli->settings, OPT_QUIET) || setting_on(&s->v.cli->settings, OPT_SILENT))
        return true;
    buf_init(&b, 4096);
    buf_str(&b, "sealed ");
    say_many(&b, s->files, "file");
    buf_str(&b, ", ");
    say_size(&b, s->bytes);
    if (s->before) buf_printf(&b, " (%llu were sealed before)", (unsigned long long)s->before);
    buf_str(&b, ": they can be read and deleted, never changed\n");
    bool ok = cli_out(buf_slice(&b));
    buf_done(&b);
    return ok;
}

static int seal(struct sealing *s)
{
    if (verifying_check(&s->v) != ST_OK) return EXIT_CANNOT;
    if (!s->v.verdict.verified) return verifying_tell(&s->v);
    if (!seal_all(s) || verifying_check(&s->v) != ST_OK) return EXIT_CANNOT;
    int code = verifying_tell(&s->v);
    return code || say_sealed(s) ? code : EXIT_CANNOT;
}

int cmd_seal(struct cli *c)
{
    struct sealing s = {.files = 0};
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    code = verifying_start(&s.v, c, OPT_SIGNATURE, c->args[0]) ? seal(&s) : EXIT_CANNOT;
    verifying_done(&s.v);
    return code;
}
