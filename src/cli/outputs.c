/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/outputs.h"
#include "cli/files.h"
#include "base/near.h"
#include <errno.h>
#include <sys/stat.h>

#define REPORT_MAX ((size_t)1 << 30)

static bool unknown(struct cli *c, struct slice name)
{
    struct near near = near_to(name);
    struct buf all;
    buf_init(&all, 4096);
    for (size_t i = 0; i < report_count(); i++) {
        near_try(&near, report_at(i)->name);
        buf_printf(&all, " %s", report_at(i)->name);
    }
    cli_fail(c, "no report '%.*s'%s%s%s\n  there are:%s", SLICE_ARG(name),
             near.best ? "; did you mean " : "", near.best ? near.best : "", near.best ? "?" : "",
             buf_text(&all));
    buf_done(&all);
    return false;
}

/* Where it will go must be a place for a file now, not after an hour of scanning. */
static bool check_place(struct cli *c, const char *file)
{
    struct stat sb;
    const char *slash = strrchr(file, '/');
    struct slice dir = slash ? slice_of(file, (size_t)(slash - file) + (slash == file)) : S(".");
    if (stat(file, &sb) == 0 && S_ISDIR(sb.st_mode))
        return cli_fail(c, "%s is a folder; name a file", file), false;
    if (access(cli_cstr(c, dir), W_OK) == 0 || access(file, W_OK) == 0) return true;
    return cli_fail(c, "cannot write %s: %s", file, strerror(errno)), false;
}

static bool read_one(struct cli *c, struct slice text, struct outputs *o)
{
    size_t eq = slice_find_byte(text, '=');
    struct slice name = eq == SIZE_MAX ? text : slice_sub(text, 0, eq);
    struct slice file = eq == SIZE_MAX ? S("") : slice_sub(text, eq + 1, text.n);
    const struct report_format *f = report_find(name);
    if (!f) return unknown(c, name);
    if (eq != SIZE_MAX && !file.n) return cli_fail(c, "-o %s= names no file", f->name), false;
    bool to_stdout = !file.n || slice_eq(file, S("-"));
    if (to_stdout && outputs_stdout(o))
        return cli_fail(c, "%s and %s cannot both go to standard output; write -o %s=FILE",
                        outputs_stdout(o)->name, f->name, f->name),
               false;
    if (o->count == OUTPUTS_MAX) return cli_fail(c, "more than %d reports", OUTPUTS_MAX), false;
    struct output *out = &o->list[o->count++];
    *out = (struct output){.format = f, .file = to_stdout ? NULL : cli_cstr(c, file)};
    return to_stdout || check_place(c, out->file);
}

bool outputs_read(struct cli *c, struct outputs *ret)
{
    const struct setting *v = &c->settings.of[OPT_OUTPUT];
    *ret = (struct outputs){0};
    for (size_t i = 0; i < v->count; i++)
        if (!read_one(c, v->text[i], ret)) return false;
    /* files only: people in a terminal still want to see what was found */
    if (!outputs_stdout(ret) && ret->count < OUTPUTS_MAX)
        ret->list[ret->count++] = (struct output){.format = report_find(S("table"))};
    return true;
}

const struct report_format *outputs_stdout(const struct outputs *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (!o->list[i].file) return o->list[i].format;
    return NULL;
}

static bool write_one(struct cli *c, const struct output *out, const struct outputs *o,
                      const struct result *r, const struct report_style *style)
{
    struct buf b;
    struct report_style look = *style;
    if (out->file) look.colour = false; /* a terminal's colours are none of a file's */
    buf_init(&b, REPORT_MAX);
    if (o->table.p && strcmp(out->format->name, "table") == 0)
        buf_add(&b, o->table);
    else
        out->format->write(&b, r, &look);
    bool ok = buf_ok(&b);
    if (!ok)
        cli_fail(c, "the %s report is too large", out->format->name);
    else if (!out->file)
        ok = cli_out(buf_slice(&b));
    else if (!file_write(out->file, buf_slice(&b)))
        ok = (cli_fail(c, "%s: %s", out->file, strerror(errno)), false);
    buf_done(&b);
    return ok;
}

bool outputs_write(struct cli *c, const struct outputs *o, const struct result *r,
                   const struct report_style *style)
{
    bool ok = true;
    bool silent = setting_on(&c->settings, OPT_SILENT);
    struct report_style look = *style;
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].file && strcmp(o->list[i].format->name, "html") == 0)
            look.html_file = o->list[i].file;
    for (size_t i = 0; i < o->count; i++) {
        bool skip = !o->list[i].file && (silent || o->streamed);
        if (!skip) ok = write_one(c, &o->list[i], o, r, &look) && ok;
    }
    return ok;
}
