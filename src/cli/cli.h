/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what one run of the program carries: the command, its settings, the project.
 * Owns: the arena; everything else lives in it.   Threads: one owner (see scan callbacks).
 * Fails: commands print what went wrong on stderr and return an exit code. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/st.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/settings.h"

struct project {       /* the invoker's */
    struct slice root; /* absolute: of the version-control tree, else the current folder */
    struct slice cwd;  /* absolute */
    struct slice here; /* cwd seen from root: "" or "sub/folder" */
    bool versioned;
};

struct cli {
    struct arena arena;
    const struct command *command;
    struct settings settings;
    struct slice *args;
    size_t arg_count;
    struct project project;
    const char *config; /* the project's file in use, as people name it; NULL: none */
    struct buf trouble; /* what is wrong with the configuration: whole lines */
    size_t trouble_count;
    bool json_notes; /* a program reads what is said on stderr */
};

/* ---- say.c: to people and pipes ---- */

/* "merlon scan: ..." on stderr; always returns EXIT_CANNOT. */
int cli_fail(const struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
void cli_note(const struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* All of it to standard output; a reader that went away is no error. False: the disk is full. */
bool cli_out(struct slice text);
/* Colour for this stream (1 or 2), by --color, NO_COLOR, FORCE_COLOR, TERM and terminal. */
bool cli_colour(const struct cli *c, int fd);
/* Columns of the terminal on stdout, within 80..200. */
unsigned cli_width(const struct cli *c);
/* A C string in the run's arena; "" when memory is out. */
const char *cli_cstr(struct cli *c, struct slice s);
/* dir + "/" + name */
struct slice cli_join(struct cli *c, struct slice dir, struct slice name);

/* ---- parse.c ---- */

enum parse_end { PARSE_RUN, PARSE_HELP, PARSE_BAD };
/* argv after the command's words. Says itself what is wrong. */
enum parse_end cli_parse(struct cli *c, int argc, char **argv);
