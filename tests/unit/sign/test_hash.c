/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of files and of parts of them; what cannot be hashed; what is remembered; memory and
 * threads that run out. */
#include "folder.h"
#include "heap.h"
#include "sign/hash.h"
#include <pthread.h>
#include <stdatomic.h>

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *ctx);

static bool no_threads;

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *ctx)
{
    return no_threads ? EAGAIN : __real_pthread_create(t, a, run, ctx);
}

#define MANY 200u

static int dir;

static int start(void **state)
{
    if (folder_start(state)) return -1;
    folder_put("abc", S("abc"));
    folder_put("long", S("0123456789"));
    folder_put("none", S(""));
    for (size_t i = 0; i < MANY; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "many-%zu", i);
        folder_put(name, slice_str(name));
    }
    assert_false(mkdir(folder_path("in"), 0700) || symlink("abc", folder_path("link")));
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dir >= 0 ? 0 : -1;
}

static int finish(void **state)
{
    close(dir);
    return folder_finish(state);
}

static struct hash_job whole(const char *path)
{
    return (struct hash_job){.path = path, .to = HASH_WHOLE, .error = 99};
}

static bool is_hex(const struct hash_job *j, enum hash_kind k, const char *begin)
{
    char hex[2 * HASH_MAX + 1];
    for (size_t i = 0; i < hash_size(k); i++) (void)snprintf(hex + 2 * i, 3, "%02x", j->digest[i]);
    return strncmp(hex, begin, strlen(begin)) == 0;
}

static void known_answers(void **state)
{
    (void)state;
    static const char *const expect[] = {[HASH_SHA256] = "ba7816bf8f01cfea", /* FIPS 180-4, "abc" */
                                         [HASH_BLAKE2B] = "ba80a53f981c4d0d", /* RFC 7693 */
                                         [HASH_BLAKE3] = "6437b3ac38465133"};
    for (enum hash_kind k = 0; k < HASH_KINDS; k++) {
        const struct hash_options o = {.folder = dir, .kind = k};
        struct hash_job jobs[] = {whole("abc"), {.path = "long", .from = 3, .to = 6}};
        struct hash_job same[] = {{.path = "link", .link = true, .to = HASH_WHOLE}};
        assert_int_equal(hash_files(&o, jobs, 2), ST_OK);
        assert_int_equal(hash_files(&o, same, 1), ST_OK);
        assert_true(!jobs[0].error && jobs[0].bytes == 3 && is_hex(&jobs[0], k, expect[k]));
        assert_true(!jobs[1].error && jobs[1].bytes == 3);
        assert_memory_equal(same[0].digest, jobs[0].digest, hash_size(k));
        enum hash_kind again;
        assert_true(hash_of_name(slice_str(hash_name(k)), &again) && again == k);
    }
    enum hash_kind k;
    assert_true(hash_of_name(S("blake2"), &k) && k == HASH_BLAKE2B);
    assert_false(hash_of_name(S("md5"), &k));
}

static void what_cannot_be_hashed(void **state)
{
    (void)state;
    const struct hash_options o = {.folder = dir};
    struct hash_job jobs[] = {whole("nowhere"),   whole("in"),
                              whole("link"),      {.path = "long", .from = 4, .to = 11},
                              whole("in/../abc"), whole("none")};
    static const int expect[] = {ENOENT, HASH_NO_FILE, ELOOP, HASH_TOO_FEW, -99, 0};
    assert_int_equal(hash_files(&o, jobs, 6), ST_OK);
    for (size_t i = 0; i < 6; i++)
        if (expect[i] != -99) assert_int_equal(jobs[i].error, expect[i]);
    assert_string_equal(hash_error_text(HASH_NO_FILE), "it is no file");
    assert_string_equal(hash_error_text(HASH_TOO_FEW), "it is shorter than what was signed");
    assert_string_equal(hash_error_text(HASH_CHANGED), "it was written to while it was read");
    assert_string_equal(hash_error_text(ENOENT), "No such file or directory");
}

static void plan_many(struct hash_job jobs[MANY], char names[MANY][32])
{
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(names[i], sizeof names[i], "many-%zu", i);
        jobs[i] = whole(names[i]);
    }
}

/* As many threads as one likes, and none when the system gives none: the same digests. */
static void threads(void **state)
{
    (void)state;
    static struct hash_job one[MANY], jobs[MANY];
    char names[MANY][32];
    struct hash_options o = {.folder = dir, .threads = 1};
    plan_many(one, names);
    assert_int_equal(hash_files(&o, one, MANY), ST_OK);
    for (o.threads = 0; o.threads < 100; o.threads = o.threads * 3 + 2) {
        for (unsigned without = 0; without < 2; without++) {
            no_threads = without;
            plan_many(jobs, names);
            assert_int_equal(hash_files(&o, jobs, MANY), ST_OK);
            for (size_t i = 0; i < MANY; i++) {
                assert_int_equal(jobs[i].error, 0);
                assert_memory_equal(jobs[i].digest, one[i].digest, 32);
            }
        }
    }
    no_threads = false;
    assert_int_equal(hash_files(&o, jobs, 0), ST_OK);
}

/* ---- what is remembered ---- */

struct memory {
    bool worth, knows;
    uint64_t files, bytes;
    atomic_uint asked, told;
};

static bool is_worth(void *ctx, uint64_t files, uint64_t bytes)
{
    struct memory *m = ctx;
    m->files = files, m->bytes = bytes;
    return m->worth;
}

static bool get(void *ctx, const struct identity *id, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    struct memory *m = ctx;
    (void)k, (void)id;
    m->asked++;
    if (m->knows) memset(ret, 7, 32);
    return m->knows;
}

static void put(void *ctx, const struct identity *id, enum hash_kind k, const uint8_t raw[HASH_MAX])
{
    struct memory *m = ctx;
    (void)k, (void)id, (void)raw;
    m->told++;
}

static void remembered(void **state)
{
    (void)state;
    struct memory m = {.worth = true};
    const struct hash_memory memory = {&m, is_worth, get, put};
    const struct hash_options o = {.folder = dir, .memory = &memory};
    struct stat sb;
    assert_false(stat(folder_path("abc"), &sb));
    struct identity id = identity_of(&sb);
    struct hash_job gone = {.path = "nowhere", .id = &id, .to = HASH_WHOLE};
    struct hash_job jobs[] = {whole("abc"), {.path = "long", .from = 3, .to = 6}};
    jobs[0].id = jobs[1].id = &id;
    assert_int_equal(hash_files(&o, jobs, 2), ST_OK); /* not known: hashed, and told */
    assert_true(m.files == 2 && m.bytes == 6 && m.told == 1 && !jobs[0].remembered);
    m.knows = true;
    assert_int_equal(hash_files(&o, &gone, 1), ST_OK); /* known: not even opened */
    assert_true(gone.remembered && !gone.error && gone.bytes == 3 && gone.digest[31] == 7);
    jobs[0].id = NULL;
    assert_int_equal(hash_files(&o, jobs, 2),
                     ST_OK); /* known after it was opened; parts never are */
    assert_true(jobs[0].remembered && jobs[0].bytes == 3 && !jobs[1].remembered);
    m = (struct memory){.knows = true};
    assert_int_equal(hash_files(&o, jobs, 2), ST_OK); /* not worth it */
    assert_true(!jobs[0].remembered && !m.asked && !m.told);
    assert_true(is_hex(&jobs[0], HASH_SHA256, "ba7816bf8f01cfea"));
}

/* The k-th buffer is missing: fewer threads, or ST_NOMEM when there is none at all. */
static void heap_runs_out(void **state)
{
    (void)state;
    static struct hash_job jobs[MANY];
    char names[MANY][32];
    unsigned before = open_descriptors(), failed = 0;
    for (unsigned threads = 1; threads < 4; threads++) {
        const struct hash_options o = {.folder = dir, .threads = threads};
        for (size_t k = 0; k < 4; k++) {
            plan_many(jobs, names);
            heap_refuse(k);
            enum st st = hash_files(&o, jobs, MANY);
            heap_refuse(SIZE_MAX);
            for (size_t i = 0; st == ST_OK && i < MANY; i++) assert_int_equal(jobs[i].error, 0);
            if (st != ST_OK) assert_int_equal(st, ST_NOMEM);
            failed += st != ST_OK;
            assert_int_equal(open_descriptors(), before);
        }
    }
    assert_true(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers), cmocka_unit_test(what_cannot_be_hashed),
        cmocka_unit_test(threads),       cmocka_unit_test(remembered),
        cmocka_unit_test(heap_runs_out),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
