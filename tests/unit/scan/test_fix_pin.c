/* SPDX-License-Identifier: Apache-2.0 */
/* A commit for a call to the hub: which calls get one, which caches are believed, and that hostile
 * programs and notebooks do no harm to the process that reads them. */
#include "../test.h"
#include "base/buf.h"
#include "base/st.h"
#include "scan/fix_part.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define PIN    ", revision=\"" COMMIT "\""

static char cache[] = "/tmp/merlon-pin-XXXXXX";
static const char *const caches[] = {cache};
static char said[4096];

static void known(const char *folder, const char *commit)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", cache, folder);
    (void)mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/refs", cache, folder);
    (void)mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/refs/main", cache, folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, commit, strlen(commit)), strlen(commit));
    close(fd);
}

static int clean(void **state)
{
    static const char *const folders[] = {"models--org--m", "datasets--org--d",
                                          "models--org--short", "models--org--words",
                                          "models--org--long"};
    static const char *const parts[] = {"/refs/main", "/refs", ""};
    char path[300];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        for (size_t k = 0; k < COUNT_OF(parts); k++) {
            snprintf(path, sizeof path, "%s/%s%s", cache, folders[i], parts[k]);
            (void)remove(path);
        }
    return rmdir(cache);
}

static int prepare(void **state)
{
    (void)state;
    if (!mkdtemp(cache)) return -1;
    known("models--org--m", COMMIT);
    known("datasets--org--d", COMMIT "\n");
    known("models--org--short", "0123456789abcdef");
    known("models--org--words", "the commit of main is not written here..");
    known("models--org--long", COMMIT "0123456789abcdef0123456789");
    return 0;
}

/* Every line is told; what the text becomes. */
static const char *pinned(struct slice text, bool notebook, size_t *ret_unpinned)
{
    struct arena a;
    struct buf b;
    struct result none = {0};
    struct finding_edit list[16];
    int64_t told[16];
    arena_init(&a, 8u << 20, 4096);
    buf_init(&b, sizeof said - 1);
    struct fix f = {.arena = &a, .result = &none, .caches = caches, .cache_count = 1};
    struct pins p = {.fix = &f, .file = text, .list = list, .most = 16, .told = told};
    for (; p.told_count < 16; p.told_count++) told[p.told_count] = (int64_t)p.told_count + 1;
    fix_pins(&p, notebook);
    for (size_t i = 0; i < p.count; i++) assert_true(list[i].from <= text.n);
    fix_render(text, (struct fix_edits){list, p.count}, 0, text.n, &b);
    if (ret_unpinned) *ret_unpinned = f.unpinned;
    memcpy(said, buf_text(&b), b.n + 1);
    buf_done(&b);
    arena_done(&a);
    return said;
}

static void is(const char *before, const char *after)
{
    assert_string_equal(pinned(slice_str(before), false, NULL), after);
}

static void stays(const char *text)
{
    is(text, text);
}

static void plain_calls(void **state)
{
    (void)state;
    is("m = A.from_pretrained(\"org/m\")\n", "m = A.from_pretrained(\"org/m\"" PIN ")\n");
    is("A.from_pretrained(\n  'org/m',\n  x=1,\n)\n",
       "A.from_pretrained(\n  'org/m',\n  x=1" PIN ",\n)\n");
    is("M = 'org/m'\nA.from_pretrained(M)\n", "M = 'org/m'\nA.from_pretrained(M" PIN ")\n");
    is("P.from_pretrained(base, 'org/m')\n", "P.from_pretrained(base, 'org/m'" PIN ")\n");
    is("load_dataset('org/d')\n", "load_dataset('org/d'" PIN ")\n");
    is("snapshot_download(repo_id='org/d', repo_type='dataset')\n",
       "snapshot_download(repo_id='org/d', repo_type='dataset'" PIN ")\n");
    is("pipeline('t', model='org/m')\n", "pipeline('t', model='org/m'" PIN ")\n");
}

static void calls_that_are_not_plain(void **state)
{
    (void)state;
    stays("A.from_pretrained('org/m', **kw)\n");
    stays("A.from_pretrained('org/m', *more)\n");
    stays("A.from_pretrained('org/m', revision=x)\n");
    stays("A.from_pretrained(('org/m'))\n");
    stays("A.from_pretrained(f'org/{m}')\n");
    stays("A.from_pretrained(M)\n");
    stays("M = 'org/m'\nM = input()\nA.from_pretrained(M)\n");
    stays("M = 'org/m'\n\ndef f(M):\n    A.from_pretrained(M)\n");
    stays("M = 'org/m'\nfor M, n in x:\n    A.from_pretrained(M)\n");
    stays("M = 'org/m'\n[A.from_pretrained(M) for M in x]\n");
    stays("M, n = 'org/m', 1\nA.from_pretrained(M)\n");
    stays("if x:\n    M = 'org/m'\nA.from_pretrained(M)\n");
    stays("M = 'org/m'\nfrom other import *\nA.from_pretrained(M)\n");
    stays("somebody('org/m')\n");
    stays("snapshot_download('org/m', repo_type=kind)\n");
    stays("\xef\xbb\xbf"
          "A.from_pretrained('org/m')\n");
}

static void commits_that_are_not_known(void **state)
{
    (void)state;
    stays("load_dataset('org/m')\n"); /* of a model */
    stays("A.from_pretrained('org/none')\n");
    stays("A.from_pretrained('org/short')\n");
    stays("A.from_pretrained('org/words')\n");
    stays("A.from_pretrained('org/long')\n");
    stays("A.from_pretrained('../models--org--m')\n");
    stays("A.from_pretrained('org/m/../m')\n");
    stays("A.from_pretrained('org--m')\n");
    stays("A.from_pretrained('/etc')\n");
}

static const char notebook[] =
    "{\"cells\": [{\"source\": [\"# caf\\u00e9 \\\"x\\\"\\n\",\n\"M = 'org/m'\\n\",\n\"%time "
    "x\"],\n"
    "\"cell_type\": \"code\", \"outputs\": []},\n"
    "{\"cell_type\": \"markdown\", \"source\": \"A.from_pretrained('org/m')\"},\n"
    "{\"cell_type\": \"code\", \"source\": [\"a = A.from_pretrained(M)\\n\",\n"
    "\"b = A.from_pretrained(\\n\",\n\"  \\\"org/m\\\"\\n\", \")\"]}], \"nbformat\": 4}\n";

static void notebooks(void **state)
{
    (void)state;
    const char *now = pinned(slice_str(notebook), true, NULL);
    assert_non_null(strstr(now, "a = A.from_pretrained(M, revision=\\\"" COMMIT "\\\")\\n\""));
    assert_non_null(strstr(now, "  \\\"org/m\\\", revision=\\\"" COMMIT "\\\"\\n\""));
    assert_non_null(strstr(now, "\"source\": \"A.from_pretrained('org/m')\"}"));
}

static void hostile(void **state)
{
    (void)state;
    static const char program[] =
        "M = 'org/m'\nA.from_pretrained(M, x=[1, 2])\nload_dataset('org/d')\n";
    static const struct {
        const char *text;
        size_t n;
        bool notebook;
    } rows[] = {{program, sizeof program - 1, false}, {notebook, sizeof notebook - 1, true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t n = 0; n < rows[i].n; n++)
            for (unsigned bit = 0; bit < 9; bit++) {
                size_t size = bit < 8 ? rows[i].n : n;
                char *text = malloc(size + !size);
                assert_non_null(text);
                memcpy(text, rows[i].text, size);
                if (bit < 8) text[n] = (char)(text[n] ^ 1 << bit);
                (void)pinned(slice_of(text, size), rows[i].notebook, NULL);
                free(text);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_calls),
        cmocka_unit_test(calls_that_are_not_plain),
        cmocka_unit_test(commits_that_are_not_known),
        cmocka_unit_test(notebooks),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
