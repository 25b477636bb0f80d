/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_tour.c - a guided tour: each step is a short text, a real command, and what to look for.
 * The example project is copied to a temporary folder, which is also the cache and the home of
 * every command, so nothing outside of it is touched; it is removed at the end. */
#include "base/fd.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "scan/walk.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

struct step {
    const char *title, *text;
    const char *line; /* the words after "merlon", separated by one space; ' for spaces inside */
    const char *look;
};

static const struct step steps[] = {
    {"A model file is a program",
     "Most models are saved as pickles. A pickle is a list of instructions that the loading "
     "program\n"
     "follows, and one of them is: call this function. So whoever makes the file decides what "
     "runs\n"
     "on your machine. This one came as fraud_score.pkl:",
     "scan booby-trapped/fraud_score.pkl",
     "The call is named, with its argument and its place in the file. Nothing was loaded to find "
     "it."},
    {"What does that mean?",
     "Every rule can be explained: how it is attacked, what to do, and where it stands in the\n"
     "catalogues that auditors ask for (MITRE ATLAS, OWASP, NIST, EU AI Act).",
     "explain model.pickle-exec",
     "'Seen in' is the file from the step before. Read the line 'Fix'."},
    {"An honest project",
     "Most files are fine, and a scanner that cries wolf is switched off. This is a small fraud\n"
     "scoring project: training code, data, a scikit-learn model, a network in safetensors.",
     "scan fraud",
     "The last line is the gate: passed, exit code 0. Loading a joblib file runs what is in it, so "
     "the\n"
     "line that does it is named; but that very file was inspected, so it weighs little."},
    {"Code, and the file that it loads",
     "A line of code is as dangerous as what reaches it. This service loads a file, unpickles "
     "requests\n"
     "and runs the answers of a model; its requirements name packages that nobody should install:",
     "scan booby-trapped/serve.py booby-trapped/net.pt booby-trapped/requirements.txt",
     "The load call names the file, and what is in it. Requests and answers are followed to where "
     "they\n"
     "do harm. Versions are compared with advisories that came with the program: no network."},
    {"Templates are programs, too",
     "A chat model carries a template that turns messages into a prompt. Servers run it for each\n"
     "request. This one reaches for Python's internals:",
     "scan booby-trapped/assistant-mini.gguf",
     "The name it builds from pieces is put together before it is judged."},
    {"Names prove nothing",
     "safetensors cannot run code; that is why people trust the suffix. This file only bears it.\n"
     "And the next one is a real one, with something between its weights.",
     "scan booby-trapped/net.safetensors booby-trapped/adapter.safetensors",
     "Content decides what a file is. A program hidden among weights is found by its header."},
    {"Data is learnt by heart",
     "What a model is trained on, it may repeat to anyone, and what stands in a text may talk to "
     "it.\n"
     "A table of customers, conversations for fine-tuning, and a notebook that was shared:",
     "scan booby-trapped/customers.csv booby-trapped/support.jsonl booby-trapped/explore.ipynb",
     "Values are masked. The column 'number' has no telling name: its values all pass one check.\n"
     "One token lies in base64, one instruction in characters that no font shows."},
    {"Old findings, new findings",
     "A team rarely starts clean. Keep what is known today as the baseline ...",
     "scan . -s --fail-on none -o json=main.json",
     "Nothing is printed with -s; main.json holds the result."},
    {"Only what is new fails", "... and let only new findings stop the pipeline.",
     "scan . --baseline main.json -q",
     "Nothing new, and exit code 0, although the old ones are still there: see -o "
     "html=report.html."},
    {"Accept a risk, with a name and a date",
     "Some findings are acceptable for a while. Say why, and until when: after that day it is "
     "open\n"
     "again, and the lapsed entry is a finding itself.",
     "ignore add model.pickle-exec --path booby-trapped/fraud_score.pkl --reason 'kept for "
     "training' "
     "--until 2099-12-31",
     "The entry stands in .merlonignore.toml, to be reviewed like code."},
    {"In the pipeline",
     "One scan writes all the reports that your tools read: SARIF for the code host, JUnit for "
     "the\n"
     "test panel, a page for people.",
     "scan . -o sarif=merlon.sarif -o junit=merlon.xml -o markdown=comment.md --fail-on critical "
     "-s",
     "The exit code stops the job: 0 below the gate, 1 gate failed, 2 could not do it, 3 nothing "
     "found "
     "to scan."},
    {"Settings that travel with the project",
     "merlon init writes a merlon.toml with every setting explained.", "init",
     "It never overwrites a file. What is commented out is the default."},
    {"Which value holds, and why?",
     "Options win over MERLON_ variables, then come the project's file, yours, and the machine's.",
     "config show --origin",
     "Only your own project's file counts. A merlon.toml inside of something that you downloaded "
     "is\n"
     "itself a finding: what is scanned never configures the scanner."},
};

struct tour {
    struct cli *cli;
    char *folder;        /* removed at the end */
    const char *project; /* in it; the cache and the home lie beside it, as they do in life */
    bool colour, wait;
};

/* ---- the example project ---- */

struct copy {
    int to;
    bool ok;
};

static bool copy_one(void *ctx, const struct walk_file *f)
{
    struct copy *c = ctx;
    char path[1024];
    int n = snprintf(path, sizeof path, "%.*s", SLICE_ARG(f->path));
    c->ok = c->ok && n > 0 && (size_t)n < sizeof path;
    for (char *slash = c->ok ? strchr(path, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdirat(c->to, path, 0700) && errno != EEXIST) c->ok = false;
        *slash = '/';
    }
    int out = c->ok ? openat(c->to, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    c->ok = out >= 0 && fd_copy(f->fd, out);
    if (out >= 0) close(out);
    close(f->fd);
    return c->ok;
}

static void no_oddity(void *ctx, enum walk_oddity what, struct slice path, struct slice detail)
{
    (void)ctx, (void)what, (void)path, (void)detail;
}

static bool no_exclude(void *ctx, struct slice path, bool is_dir)
{
    (void)ctx, (void)path, (void)is_dir;
    return false;
}

static void no_skipped(void *ctx, struct slice path)
{
    (void)ctx, (void)path;
}

static bool copy_all(const char *from, const char *to)
{
    struct copy c = {.to = open(to, O_PATH | O_DIRECTORY | O_CLOEXEC), .ok = true};
    const struct walk_visitor v = {.ctx = &c,
                                   .file = copy_one,
                                   .oddity = no_oddity,
                                   .exclude = no_exclude,
                                   .skipped_dir = no_skipped};
    bool ok = c.to >= 0 && walk(from, &v) == ST_OK && c.ok;
    if (c.to >= 0) close(c.to);
    return ok;
}

/* --examples, else the installed ones, else those of the source tree around the program. */
static struct slice find_examples(struct cli *c)
{
    static const char *const places[] = {"../share/merlon/examples", "../examples",
                                         "../../examples"};
    struct slice given = setting_text(&c->settings, OPT_EXAMPLES_DIR);
    char self[4096];
    if (given.n) return given;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    struct slice dir = slice_of(self, n > 0 ? (size_t)n : 0);
    size_t slash = slice_rfind_byte(dir, '/');
    dir = slash == SIZE_MAX ? S(".") : slice_sub(dir, 0, slash);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct slice at = cli_join(c, dir, slice_str(places[i]));
        struct slice probe = cli_join(c, at, S("booby-trapped/fraud_score.pkl"));
        if (access(cli_cstr(c, probe), R_OK) == 0) return at;
    }
    return S("");
}

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *where)
{
    (void)sb, (void)type, (void)where;
    return remove(path);
}

/* ---- showing and running ---- */

static void ink(const struct tour *t, const char *code, const char *text)
{
    printf("%s%s%s", t->colour ? code : "", text, t->colour ? "\x1b[0m" : "");
}

/* A command line into words; quotes as in the steps above. Words live in the run's arena. */
static size_t split(struct cli *c, const char *line, char **ret, size_t most)
{
    struct slice rest = slice_str(line), word;
    size_t n = 0;
    while (n + 1 < most && slice_split(&rest, ' ', &word)) {
        size_t end = slice_find_byte(rest, '\'');
        if (slice_starts(word, S("'")) && end != SIZE_MAX) {
            /* the quoted text goes on behind the space */
            word = slice_of(word.p + 1, word.n + end);
            rest = slice_sub(rest, end + 2, rest.n);
        }
        ret[n++] = arena_cstr(&c->arena, word);
    }
    ret[n] = NULL;
    return n;
}

static int run_step(const struct tour *t, const char *line)
{
    char *argv[24], self[] = "/proc/self/exe";
    pid_t child;
    int status = 0;
    posix_spawn_file_actions_t actions;
    argv[0] = self;
    (void)split(t->cli, line, argv + 1, COUNT_OF(argv) - 1);
    (void)fflush(stdout);
    if (posix_spawn_file_actions_init(&actions)) return -1;
    bool ok = posix_spawn_file_actions_addchdir_np(&actions, t->project) == 0 &&
              posix_spawn(&child, self, &actions, NULL, argv, environ) == 0;
    (void)posix_spawn_file_actions_destroy(&actions);
    if (!ok) return -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* False when the reader has had enough. */
static bool wait_for_enter(const struct tour *t)
{
    int c;
    if (!t->wait) return true;
    ink(t, "\x1b[2m", "   Enter goes on, q ends the tour ");
    (void)fflush(stdout);
    c = getchar();
    bool on = c == '\n' || (c != EOF && c != 'q');
    while (c != '\n' && c != EOF) c = getchar();
    return on;
}

static bool show_step(const struct tour *t, size_t i)
{
    const struct step *s = &steps[i];
    printf("\n");
    printf("%zu/%zu  ", i + 1, COUNT_OF(steps));
    ink(t, "\x1b[1m", s->title);
    printf("\n%s\n\n", s->text);
    ink(t, "\x1b[36m", "$ merlon ");
    ink(t, "\x1b[36m", s->line);
    printf("\n");
    if (!wait_for_enter(t)) return false;
    int code = run_step(t, s->line);
    if (code < 0 || code == EXIT_CANNOT) return false;
    ink(t, "\x1b[2m", "exit code ");
    printf("%d\n\n%s\n", code, s->look);
    return true;
}

static bool prepare(struct tour *t, const char *examples)
{
    static const char *const ours[] = {"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"};
    char name[] = "/tmp/merlon-tour-XXXXXX";
    if (!mkdtemp(name)) return cli_fail(t->cli, "/tmp: %s", strerror(errno)), false;
    t->folder = cli_cstr(t->cli, slice_str(name))[0] ? strdup(name) : NULL;
    if (t->folder)
        t->project = cli_cstr(t->cli, cli_join(t->cli, slice_str(t->folder), S("project")));
    if (!t->folder || mkdir(t->project, 0700) || !copy_all(examples, t->project))
        return cli_fail(t->cli, "%s: the example project is not complete (%s)", examples,
                        strerror(errno)),
               false;
    struct slice home = cli_join(t->cli, slice_str(t->folder), S("home"));
    for (size_t i = 0; i < COUNT_OF(ours); i++) (void)setenv(ours[i], cli_cstr(t->cli, home), 1);
    return true;
}

static void farewell(const struct tour *t)
{
    printf("\n");
    ink(t, "\x1b[1m", "That was the tour.");
    printf("\nNext, in your own project:\n"
           "  merlon scan .              look\n"
           "  merlon init                pin the settings\n"
           "  merlon hook install        look before each commit\n"
           "  merlon help                everything else\n");
}

int cmd_tour(struct cli *c)
{
    struct tour t = {.cli = c, .colour = cli_colour(c, 1)};
    struct slice examples = find_examples(c);
    int code = EXIT_CANNOT;
    t.wait = !setting_on(&c->settings, OPT_YES) && isatty(STDIN_FILENO);
    if (!examples.n)
        return cli_fail(c, "the example project was not found; name it: --examples DIR");
    if (prepare(&t, cli_cstr(c, examples))) {
        size_t i = 0;
        printf("Five minutes, %zu steps, real commands on a copy of a small project.\n"
               "The payloads in it would only print a line, and nothing here loads them.\n",
               COUNT_OF(steps));
        while (i < COUNT_OF(steps) && show_step(&t, i)) i++;
        bool left = i < COUNT_OF(steps) && t.wait;
        if (i == COUNT_OF(steps)) farewell(&t);
        if (i == COUNT_OF(steps) || left) code = 0;
        if (code) cli_fail(c, "step %zu did not work", i + 1);
    }
    if (t.folder) (void)nftw(t.folder, remove_one, 32, FTW_DEPTH | FTW_PHYS);
    free(t.folder);
    return cli_out(S("")) ? code : EXIT_CANNOT;
}
