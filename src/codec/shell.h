/* SPDX-License-Identifier: Apache-2.0 */
/* shell.h - text for a shell as a flat list of commands.
 * Why: a command is judged from its words, wherever it stands: a script, a Dockerfile, a CI job, a
 * notebook, a string that Python hands to os.system. Nothing is executed or expanded.
 *
 *    A=1 sudo pip install "x y" | tee log     words   A=1 sudo pip install, x y   program: pip
 *                                             words   tee log                     join: SHELL_PIPE
 *    sh -c "$(curl -s https://...)"           words   sh -c $(curl ...)
 *                                             words   curl -s https://...         parent: the sh
 *
 * What a command holds in itself ($(...), `...`, <(...), sh -c "...", eval, a here-document for a
 * shell) follows as commands of its own, behind everything that stands beside its parent, so that
 * the commands of one pipe are neighbours.
 *
 * Reads: the grammar of POSIX and most of bash. Where a shell would refuse the text, more is
 * accepted. GitHub's ${{ ... }} and {{ ... }} of templates are parts of words. Owns: nothing
 * outside the arena; texts without quotes are slices of the input.   Threads: one owner. Fails:
 * ST_NOMEM; ST_LIMIT (too many commands) with what was read so far. Linear in the text. */
#pragma once
#include "base/arena.h"
#include "base/st.h"

#define SHELL_COMMAND_MAX 50000u /* in one text */
#define SHELL_DEPTH_MAX   5u     /* commands within commands that are looked at */
#define SHELL_NONE        UINT32_MAX

enum shell_join {
    SHELL_FIRST, /* of its text */
    SHELL_NEXT,  /* ; & or a line end */
    SHELL_AND,
    SHELL_OR,
    SHELL_PIPE, /* reads what the command before it in the list wrote */
};

enum shell_via {
    SHELL_WRITTEN,
    SHELL_SUBSTITUTED, /* $(...) and `...`: its output becomes part of the parent's words */
    SHELL_PROCESS,     /* <(...) and >(...) */
    SHELL_INNER,       /* sh -c "...", eval "...", sh <<EOF: the parent runs it */
};

struct shell_word {
    struct slice text; /* quotes and escapes resolved; $NAME, ${...}, $(...) and `...` as written */
    struct slice raw;
    uint32_t line, column; /* from 1; of inner texts as near as the quotes allow */
    bool quoted;           /* some of it was */
    bool live;             /* something in it would be expanded */
    bool assignment;       /* NAME=value in front of the program, or for env */
};

struct shell_redirect {
    struct slice target; /* of a here-document: its body */
    char kind;           /* '<', '>', 'a' (>>), 'h' (<< and <<<), '&' (>&2) */
    uint8_t fd;
};

struct shell_command {
    const struct shell_word *words; /* all of them, in order, as written */
    size_t count;
    size_t program; /* the word that names the program, behind assignments and wrappers (sudo, env,
                       nohup, poetry run ...); count: there is none */
    const struct shell_redirect *redirects;
    size_t redirect_count;
    struct slice text;
    uint32_t line, column;
    uint32_t parent; /* index of the command that this is a part of; SHELL_NONE: of none */
    enum shell_join join;
    enum shell_via via;
};

struct shell {
    const struct shell_command *commands;
    size_t count;
};

MUST_USE enum st shell_parse(struct arena *arena, struct slice text, struct shell *ret);

/* The last part of a path: "/usr/bin/python3" is "python3". */
struct slice shell_base(struct slice word);
/* sh, bash, dash, zsh, ksh, ash */
bool shell_is_shell(struct slice program);
