/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered from run to run, of whom, and what happens to a file that somebody changed. */
#include "../test.h"
#include "base/fd.h"
#include "base/host.h"
#include "scan/digests.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define ENOUGH (1u << 20) /* bytes: worth opening the file */
#define FILES  5u

static char place[] = "/tmp/merlon-digests-XXXXXX", file[64];

static struct identity identity(uint64_t inode)
{
    return (struct identity){
        .inode = inode, .size = 7, .mtime = 1, .ctime = 2, .owner = geteuid(), .mode = 0100644};
}

static void digest_for(uint64_t inode, uint8_t ret[HASH_MAX])
{
    for (size_t i = 0; i < HASH_MAX; i++) ret[i] = (uint8_t)(inode * 31 + i);
}

static void put(struct digests *d, const struct identity *id, enum hash_kind k)
{
    const struct hash_memory *m = digests_memory(d);
    uint8_t raw[HASH_MAX];
    digest_for(id->inode, raw);
    m->put(m->ctx, id, k, raw);
}

/* A wrong digest is the one thing that must never happen. */
static bool known(struct digests *d, const struct identity *id, enum hash_kind k)
{
    const struct hash_memory *m = digests_memory(d);
    uint8_t raw[HASH_MAX] = {0}, expect[HASH_MAX];
    if (!m->get(m->ctx, id, k, raw)) return false;
    digest_for(id->inode, expect);
    assert_memory_equal(raw, expect, hash_size(k));
    return true;
}

static struct digests *open_for(uint64_t bytes)
{
    struct digests *d = digests_open(place);
    const struct hash_memory *m = digests_memory(d);
    assert_non_null(d);
    (void)m->worth(m->ctx, 1, bytes);
    return d;
}

static unsigned count_known(void)
{
    struct digests *d = open_for(ENOUGH);
    unsigned n = 0;
    for (uint64_t i = 1; i <= FILES; i++) {
        struct identity id = identity(i);
        n += known(d, &id, i % 2 ? HASH_SHA256 : HASH_BLAKE2B);
    }
    digests_done(d);
    return n;
}

/* In two runs, so that there are several segments. */
static void fill(void)
{
    (void)unlink(file);
    for (uint64_t from = 1; from <= FILES; from += 3) {
        struct digests *d = open_for(ENOUGH);
        for (uint64_t i = from; i < from + 3 && i <= FILES; i++) {
            struct identity id = identity(i);
            put(d, &id, i % 2 ? HASH_SHA256 : HASH_BLAKE2B);
        }
        digests_done(d);
    }
}

static void read_file(struct buf *ret)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    buf_init(ret, 1u << 20);
    assert_true(fd >= 0 && fd_read(fd, 1u << 20, ret));
    close(fd);
}

static void write_bytes(struct slice bytes)
{
    int fd = open(file, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && fd_write(fd, bytes));
    close(fd);
}

static void from_run_to_run(void **state)
{
    (void)state;
    fill();
    assert_int_equal(count_known(), FILES);
    struct digests *d = open_for(ENOUGH);
    struct identity id = identity(1);
    assert_false(known(d, &id, HASH_BLAKE3));
    struct identity other[] = {id, id, id, id, id, id};
    other[0].device++, other[1].size++, other[2].mtime_ns++, other[3].ctime_ns++,
        other[4].mode ^= 1, other[5].owner++;
    for (size_t i = 0; i < COUNT_OF(other); i++) assert_false(known(d, &other[i], HASH_SHA256));
    digests_done(d);
    digests_done(NULL);
    assert_null(digests_memory(NULL));
    assert_null(digests_open(NULL));
}

/* Others could have written them, or they may still be written to in the same tick. */
static void not_of_everybody(void **state)
{
    (void)state;
    (void)unlink(file);
    struct identity bad[4] = {identity(1), identity(1), identity(1), identity(1)};
    bad[0].owner = geteuid() + 1, bad[1].mode |= 020, bad[2].mode |= 02;
    bad[3].mtime = (uint64_t)host_wall_s();
    struct digests *d = open_for(ENOUGH);
    for (size_t i = 0; i < 4; i++) put(d, &bad[i], HASH_SHA256);
    for (size_t i = 0; i < 4; i++) assert_false(known(d, &bad[i], HASH_SHA256));
    digests_done(d);
    assert_int_equal(access(file, F_OK), -1);
}

/* A program that checks three small files need not read what it knows of a million. */
static void only_where_it_pays(void **state)
{
    (void)state;
    struct digests *d = digests_open(place);
    const struct hash_memory *m = digests_memory(d);
    fill();
    assert_false(m->worth(m->ctx, 3, 5000));
    assert_true(m->worth(m->ctx, 3, 1u << 20));
    assert_true(m->worth(m->ctx, 3, 5000)); /* it is open now */
    digests_done(d);
    struct buf b;
    read_file(&b);
    buf_fill(&b, 0, 900000);
    write_bytes(buf_slice(&b));
    buf_done(&b);
    d = digests_open(place);
    m = digests_memory(d);
    assert_false(m->worth(m->ctx, 3, 3u << 20));
    assert_true(m->worth(m->ctx, 3, 4u << 20));
    digests_done(d);
}

/* Whatever is changed or cut off: what stands behind it is not believed, and it is mended. */
static void damaged(void **state)
{
    struct buf whole;
    (void)state;
    fill();
    read_file(&whole);
    uint8_t *bytes = (uint8_t *)(uintptr_t)buf_slice(&whole).p;
    for (size_t i = 0; i < whole.n; i++) {
        bytes[i] ^= (uint8_t)(1u << i % 8);
        write_bytes(buf_slice(&whole));
        assert_true(count_known() < FILES);
        bytes[i] ^= (uint8_t)(1u << i % 8);
        write_bytes(slice_sub(buf_slice(&whole), 0, i));
        assert_true(count_known() < FILES);
        if (i % 16) continue;
        struct digests *d = open_for(ENOUGH);
        for (uint64_t k = 1; k <= FILES; k++) {
            struct identity id = identity(k);
            put(d, &id, k % 2 ? HASH_SHA256 : HASH_BLAKE2B);
        }
        digests_done(d);
        assert_int_equal(count_known(), FILES);
    }
    buf_done(&whole);
}

static int start(void **state)
{
    (void)state;
    if (!mkdtemp(place)) return -1;
    (void)snprintf(file, sizeof file, "%s/digests.cache", place);
    return 0;
}

static int finish(void **state)
{
    char key[64];
    (void)state;
    (void)snprintf(key, sizeof key, "%s/key", place);
    (void)unlink(file);
    (void)unlink(key);
    return rmdir(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_run_to_run),
        cmocka_unit_test(not_of_everybody),
        cmocka_unit_test(only_where_it_pays),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
