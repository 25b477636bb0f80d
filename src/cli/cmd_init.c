/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_init.c - a merlon.toml with every setting, its meaning and its default. */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/project.h"
#include "cli/recording.h"
#include <errno.h>
#include <sys/stat.h>

static void setting(struct cli *c, struct buf *b, enum opt o)
{
    const struct option *row = option_at(o);
    if (row->negated)
        buf_printf(b, "\n# false (--%s): %s", row->name, row->help);
    else
        buf_printf(b, "\n# %s", row->help);
    if (row->choices) buf_printf(b, "; %s", row->choices);
    struct buf value;
    buf_init(&value, 4096);
    setting_say(&c->settings, o, &value);
    const char *text = buf_text(&value);
    /* what has no default gets an example */
    static const struct {
        enum opt o;
        const char *text;
    } samples[] = {{OPT_BASELINE, "\"main.json\""},
                   {OPT_EXCLUDE, "[\"tests/fixtures/\", \"*.bak\"]"},
                   {OPT_JOBS, "2"},
                   {OPT_WIDTH, "100"},
                   {OPT_AUDIT_KEEP_DAYS, "90"},
                   {OPT_AUDIT_KEEP_SIZE, "\"4GiB\""},
                   {OPT_PUBLIC_KEY, "\"keys/our-rules.pem\""}};
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        if (samples[i].o == o) text = samples[i].text;
    buf_printf(b, "\n%s%s = %s\n", o == OPT_FAIL_ON ? "" : "# ", row->key, text);
    buf_done(&value);
}

/* Also where there is a merlon.toml already. */
static int begin_log(struct cli *c)
{
    struct note_key key;
    struct stat sb;
    const char *folder = recording_folder(c);
    bool there = lstat(cli_cstr(c, cli_join(c, slice_str(folder), S("key"))), &sb) == 0;
    if (!recording_begin(c, &key)) return EXIT_CANNOT;
    notekey_forget(&key);
    if (there) printf("a log is kept in %s already\n", folder);
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}

int cmd_init(struct cli *c)
{
    if (setting_on(&c->settings, OPT_AUDIT_LOG)) return begin_log(c);
    struct buf b;
    struct settings defaults;
    project_find(c);
    settings_init(&defaults, &c->arena);
    c->settings = defaults;
    buf_init(&b, 1u << 16);
    buf_str(&b,
            "# Settings of merlon for this project. Options and MERLON_ variables win over them;\n"
            "# merlon config show --origin tells where each value comes from.\n"
            "# What is scanned never configures the scanner: only the file at the root of your\n"
            "# own project counts.\n");
    for (enum opt o = 0; o < OPT_COUNT; o++)
        if (option_at(o)->key) setting(c, &b, o);
    struct slice path = cli_join(c, c->project.root, S("merlon.toml"));
    bool ok = file_create(cli_cstr(c, path), buf_slice(&b), 0666);
    buf_done(&b);
    if (!ok && errno == EEXIST)
        return cli_fail(
            c, "%.*s is there already, and was left alone\n  see: merlon config show --origin",
            SLICE_ARG(path));
    if (!ok) return cli_fail(c, "%.*s: %s", SLICE_ARG(path), strerror(errno));
    printf("wrote %.*s\n", SLICE_ARG(path));
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}
