/* SPDX-License-Identifier: Apache-2.0 */
/* shell_wrap.c - programs that start the program in their arguments. */
#include "codec/shell_part.h"
#include "base/ascii.h"

/* Adding one? Say which of its options take the next word, and how many words stand in front of
 * the program that are no options. */
static const struct wrapper {
    const char *name, *verb; /* verb: a subcommand that must follow */
    const char *options;     /* with a value, blanks around each */
    unsigned positional;
} wrappers[] = {
    {"sudo", NULL, " -u -g -h -p -C -r -t -U -D -R -T ", 0},
    {"doas", NULL, " -u -C ", 0},
    {"env", NULL, " -u -C --unset --chdir ", 0},
    {"time", NULL, " -f -o ", 0},
    {"exec", NULL, " -a ", 0},
    {"nohup", NULL, "", 0},
    {"command", NULL, "", 0},
    {"builtin", NULL, "", 0},
    {"setsid", NULL, "", 0},
    {"nice", NULL, " -n ", 0},
    {"ionice", NULL, " -c -n ", 0},
    {"stdbuf", NULL, " -i -o -e ", 0},
    {"timeout", NULL, " -s -k --signal --kill-after ", 1},
    {"xargs", NULL, " -n -I -P -d -L -a -E -s --max-args --max-procs --delimiter ", 0},
    {"gosu", NULL, "", 1},
    {"su-exec", NULL, "", 1},
    {"tini", NULL, " -e -p ", 0},
    {"dumb-init", NULL, " -r ", 0},
    {"catchsegv", NULL, "", 0},
    {"chronic", NULL, "", 0},
    {"unbuffer", NULL, "", 0},
    {"watch", NULL, " -n ", 0},
    {"numactl", NULL, " -N -m -C -i -p ", 0},
    {"taskset", NULL, "", 1},
    {"flock", NULL, " -w -E ", 1},
    {"poetry", "run", "", 0},
    {"pipenv", "run", "", 0},
    {"pdm", "run", "", 0},
    {"rye", "run", "", 0},
    {"hatch", "run", "", 0},
    {"uv", "run",
     " --with --python -p --extra --group --directory --project --env-file --index-url --index "
     "--extra-index-url --with-requirements --with-editable --package ",
     0},
    {"conda", "run", " -n --name -p --prefix --cwd ", 0},
    {"mamba", "run", " -n --name -p --prefix --cwd ", 0},
    {"micromamba", "run", " -n --name -p --prefix --cwd ", 0},
};

static const struct wrapper *wrapper_of(const struct shell_word *words, size_t i, size_t count)
{
    struct slice name = shell_base(words[i].text);
    for (size_t k = 0; k < COUNT_OF(wrappers); k++) {
        const struct wrapper *w = &wrappers[k];
        if (!slice_eq(name, slice_str(w->name))) continue;
        if (!w->verb) return w;
        if (i + 1 < count && slice_eq(words[i + 1].text, slice_str(w->verb))) return w;
    }
    return NULL;
}

static bool takes_value(const struct wrapper *w, struct slice option)
{
    size_t at = slice_find(slice_str(w->options), option);
    return at != SIZE_MAX && option.n > 1 && at && w->options[at - 1] == ' ' &&
           w->options[at + option.n] == ' ';
}

/* NAME=value or NAME+=value */
static bool is_assignment(struct slice text)
{
    size_t i = 0;
    if (!text.n || ascii_digit(text.p[0])) return false;
    while (i < text.n && (ascii_alnum(text.p[i]) || text.p[i] == '_')) i++;
    if (i && i + 1 < text.n && text.p[i] == '+') i++;
    return i && i < text.n && text.p[i] == '=';
}

size_t shell_program(struct shell_word *words, size_t count)
{
    size_t i = 0;
    for (;;) {
        while (i < count && is_assignment(words[i].raw)) words[i++].assignment = true;
        const struct wrapper *w = i < count ? wrapper_of(words, i, count) : NULL;
        if (!w) return i;
        size_t self = i++;
        if (w->verb) i++;
        unsigned left = w->positional;
        while (i < count) {
            struct slice text = words[i].text;
            bool option = text.n > 1 && text.p[0] == '-';
            if (!option && !left) break;
            if (!option) left--;
            i += option && takes_value(w, text) ? 2 : 1;
        }
        if (i >= count) return self; /* `env`, `exec -l`: it is itself the program */
    }
}

struct slice shell_base(struct slice word)
{
    size_t slash = slice_rfind_byte(word, '/');
    return slash == SIZE_MAX ? word : slice_sub(word, slash + 1, word.n);
}

bool shell_is_shell(struct slice program)
{
    static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ksh", "ash"};
    for (size_t i = 0; i < COUNT_OF(shells); i++)
        if (slice_eq(program, slice_str(shells[i]))) return true;
    return false;
}
