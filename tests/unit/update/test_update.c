/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of tests/golden/rules: what is sound is used, whatever was changed is refused. */
#include "../test.h"
#include "base/fd.h"
#include "base/st.h"
#include "detect/package/advisories.h"
#include "update/rulebook.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define CAP ((size_t)64 << 20)

static struct rules_key key;

static struct buf load(const char *name)
{
    char path[500];
    struct buf b;
    const char *golden = getenv("GOLDEN");
    assert_non_null(golden);
    (void)snprintf(path, sizeof path, "%s/rules/%s", golden, name);
    buf_init(&b, UPDATE_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail_msg("%s is missing", path);
    assert_true(fd_read(fd, UPDATE_MAX, &b));
    close(fd);
    return b;
}

static int read_test_key(void **state)
{
    (void)state;
    struct buf pem = load("test-key.pem");
    bool ok = key_read(buf_slice(&pem), &key);
    buf_done(&pem);
    return ok ? 0 : -1;
}

static enum update_fault open_one(struct slice bytes, struct update *ret)
{
    const struct rules_key *by = NULL;
    return update_open(bytes, &key, 1, ret, &by);
}

/* As `merlon rules update` looks at it. */
static enum update_fault prove(struct slice bytes)
{
    struct update b;
    struct arena a;
    arena_init(&a, CAP, 1u << 16);
    enum update_fault fault = open_one(bytes, &b);
    if (!fault) fault = rulebook_prove(&b, &a);
    arena_done(&a);
    return fault;
}

static void each_golden_has_its_verdict(void **state)
{
    static const struct {
        const char *name;
        enum update_fault want;
    } cases[] = {
        {"sound", UPDATE_OK},
        {"older", UPDATE_OK},
        {"old-rules", UPDATE_OK},
        {"future", UPDATE_OK},
        {"unknown-part", UPDATE_OK},
        {"of-other-key", UPDATE_UNKNOWN_KEY},
        {"bad-format", UPDATE_OTHER_FORMAT},
        {"bad-zero-sequence", UPDATE_MALFORMED},
        {"bad-date", UPDATE_MALFORMED},
        {"bad-version", UPDATE_MALFORMED},
        {"bad-version-tail", UPDATE_MALFORMED},
        {"bad-reserved", UPDATE_MALFORMED},
        {"bad-gap", UPDATE_MALFORMED},
        {"bad-length", UPDATE_MALFORMED},
        {"bad-short-part", UPDATE_MALFORMED},
        {"bad-name", UPDATE_MALFORMED},
        {"bad-twice", UPDATE_MALFORMED},
        {"bad-no-part", UPDATE_MALFORMED},
        {"bad-digest", UPDATE_DAMAGED},
        {"unsound-image-unsorted", UPDATE_UNSOUND},
        {"unsound-image-count", UPDATE_UNSOUND},
        {"unsound-image-reach", UPDATE_UNSOUND},
        {"unsound-image-line", UPDATE_UNSOUND},
        {"unsound-image-flag", UPDATE_UNSOUND},
        {"unsound-image-day", UPDATE_UNSOUND},
        {"unsound-image-block", UPDATE_UNSOUND},
        {"unsound-image-bomb", UPDATE_UNSOUND},
        {"unsound-image-other", UPDATE_UNSOUND},
        {"unsound-rules-promise", UPDATE_UNSOUND},
        {"unsound-rules-lowered", UPDATE_UNSOUND},
        {"unsound-rules-control", UPDATE_UNSOUND},
        {"unsound-rules-long", UPDATE_UNSOUND},
        {"unsound-rules-twice", UPDATE_UNSOUND},
        {"unsound-rules-fields", UPDATE_UNSOUND},
        {"unsound-rules-severity", UPDATE_UNSOUND},
        {"unsound-rules-unended", UPDATE_UNSOUND},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char name[80];
        (void)snprintf(name, sizeof name, "%s.bundle", cases[i].name);
        struct buf b = load(name);
        enum update_fault got = prove(buf_slice(&b));
        if (got != cases[i].want)
            fail_msg("%s: %s, not %s", name, update_fault_text(got),
                     update_fault_text(cases[i].want));
        buf_done(&b);
    }
}

static void the_head_is_read(void **state)
{
    struct update b;
    struct buf bytes = load("sound.bundle");
    (void)state;
    assert_int_equal(open_one(buf_slice(&bytes), &b), UPDATE_OK);
    assert_int_equal(b.sequence, 7);
    assert_int_equal(b.made, 1790000000);
    assert_slice(b.version, "2099.1.1");
    assert_int_equal(b.part_count, 2);
    assert_int_equal(b.unknown_parts, 0);
    assert_true(b.advisories.n > 0 && b.rules.n > 0);
    buf_done(&bytes);
    bytes = load("unknown-part.bundle");
    assert_int_equal(open_one(buf_slice(&bytes), &b), UPDATE_OK);
    assert_int_equal(b.unknown_parts, 1);
    buf_done(&bytes);
}

/* Every prefix, in memory of exactly its size. */
static void cut_ones_say_that_they_are_cut(void **state)
{
    struct buf b = load("sound.bundle");
    struct update out;
    (void)state;
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *exact = malloc(n + !n);
        assert_non_null(exact);
        if (n) memcpy(exact, b.p, n);
        enum update_fault fault = open_one(slice_of(exact, n), &out);
        assert_int_equal(fault, n ? UPDATE_TRUNCATED : UPDATE_NO_BUNDLE);
        free(exact);
    }
    buf_byte(&b, 0);
    assert_int_equal(open_one(buf_slice(&b), &out), UPDATE_MALFORMED);
    buf_done(&b);
}

static void any_flipped_bit_is_refused(void **state)
{
    struct buf b = load("sound.bundle");
    struct update out;
    (void)state;
    for (size_t i = 0; i < b.n * 8; i++) {
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
        if (open_one(buf_slice(&b), &out) == UPDATE_OK) fail_msg("bit %zu may be flipped", i);
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    assert_int_equal(open_one(buf_slice(&b), &out), UPDATE_OK);
    buf_done(&b);
}

/* Too little memory is said, and nothing of the bundle is used. */
static void memory_sweep(void **state)
{
    struct buf b = load("sound.bundle");
    struct update bundle;
    struct rulebook book;
    bool proved = false, used = false;
    (void)state;
    assert_int_equal(open_one(buf_slice(&b), &bundle), UPDATE_OK);
    for (size_t cap = 0; !proved || !used; cap += 64) {
        struct arena a;
        arena_init(&a, cap, 0);
        enum update_fault fault = rulebook_prove(&bundle, &a);
        assert_true(fault == UPDATE_OK || fault == UPDATE_NO_MEMORY);
        proved = fault == UPDATE_OK;
        arena_done(&a);
        arena_init(&a, cap, 0);
        rulebook_of(buf_slice(&b), &key, 1, &a, &book);
        assert_int_equal(book.fault, book.updated ? UPDATE_OK : UPDATE_NO_MEMORY);
        assert_true(book.updated || (!book.advisories.p && !book.overlay.of));
        used = book.updated;
        arena_done(&a);
        assert_true(cap < 1u << 20);
    }
    buf_done(&b);
}

/* ---- in use ---- */

static void book_of(const char *name, struct arena *a, struct buf *bytes, struct rulebook *ret)
{
    arena_init(a, CAP, 1u << 16);
    *bytes = load(name);
    rulebook_of(buf_slice(bytes), &key, 1, a, ret);
}

static void newer_ones_are_used(void **state)
{
    struct rulebook book;
    struct arena a;
    struct buf bytes;
    struct advisories image;
    struct slice all;
    (void)state;
    book_of("sound.bundle", &a, &bytes, &book);
    assert_true(book.updated);
    assert_int_equal(book.fault, UPDATE_OK);
    assert_slice(book.version, "2099.1.1");
    assert_int_equal(rulebook_snapshot(&book), 20990101);
    assert_true(advisories_open(&image, book.advisories, &a));
    assert_true(advisories_find(&image, S("alpha"), &all));
    assert_true(advisories_find_harmful(&image, S("beta"), &all));
    assert_false(advisories_find(&image, S("torch"), &all));
    buf_done(&bytes);
    arena_done(&a);
}

static void others_leave_everything_as_it_is(void **state)
{
    static const struct {
        const char *name;
        enum update_fault fault;
    } cases[] = {{"old-rules.bundle", UPDATE_OK},
                 {"of-other-key.bundle", UPDATE_UNKNOWN_KEY},
                 {"unsound-rules-promise.bundle", UPDATE_UNSOUND},
                 {"unsound-image-other.bundle", UPDATE_UNSOUND},
                 {"bad-digest.bundle", UPDATE_DAMAGED}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rulebook book;
        struct arena a;
        struct buf bytes;
        book_of(cases[i].name, &a, &bytes, &book);
        assert_false(book.updated);
        assert_int_equal(book.fault, cases[i].fault);
        assert_true(slice_eq(book.version, slice_str(rules_version)));
        assert_true(!book.advisories.p && !book.overlay.of && !book.name[0]);
        buf_done(&bytes);
        arena_done(&a);
    }
}

static void findings_move_with_their_rule(void **state)
{
    struct rulebook book;
    struct arena a;
    struct buf bytes;
    const struct rule *unpinned = rule_find(S("dep.unpinned"));
    (void)state;
    book_of("sound.bundle", &a, &bytes, &book);
    assert_int_equal(book.overlay.count, 2);
    assert_int_equal(book.overlay.unknown, 2);
    struct finding f = finding_of(unpinned);
    assert_int_equal(f.severity, SEV_LOW);
    assert_true(overlay_finding(&book.overlay, &f));
    assert_int_equal(f.severity, SEV_HIGH);
    assert_string_equal(f.rule->title, "No version is fixed");
    assert_string_equal(f.rule->fix, unpinned->fix);
    f = finding_of(unpinned); /* what circumstances made of it counts as before */
    f.severity = SEV_INFO;
    assert_true(overlay_finding(&book.overlay, &f));
    assert_int_equal(f.severity, SEV_MEDIUM);
    f = finding_of(unpinned);
    f.severity = SEV_CRITICAL;
    assert_true(overlay_finding(&book.overlay, &f));
    assert_int_equal(f.severity, SEV_CRITICAL);
    f = finding_of(rule_find(S("model.pickle-exec")));
    assert_false(overlay_finding(&book.overlay, &f));
    f = finding_of(rule_find(S("dep.vulnerable")));
    assert_true(overlay_finding(&book.overlay, &f));
    assert_ptr_equal(f.rule, rule_find(S("dep.vulnerable")));
    buf_done(&bytes);
    arena_done(&a);
}

static void what_is_compiled_in_proves_itself(void **state)
{
    struct arena a;
    (void)state;
    arena_init(&a, CAP, 1u << 16);
    assert_int_equal(advisories_prove(slice_of(advisories_image, advisories_image_size), &a),
                     ST_OK);
    arena_done(&a);
}

static void versions_have_an_order(void **state)
{
    (void)state;
    assert_true(version_order(S("2026.11.1"), S("2026.2.9")) > 0);
    assert_true(version_order(S("2026.2.9"), S("2026.11.1")) < 0);
    assert_int_equal(version_order(S("2026.11.1"), S("2026.11.1")), 0);
    assert_true(version_order(S("2026.11"), S("2026.11.1")) < 0);
}

static void keys_are_read(void **state)
{
    struct rules_key k, again;
    char hex[65];
    (void)state;
    assert_true(key_release(&k));
    assert_false(key_same(&k, &key));
    key_hex(&k, hex);
    assert_true(key_read(slice_str(hex), &again) && key_same(&k, &again));
    assert_memory_equal(k.id, again.id, KEY_ID_BYTES);
    hex[63] = 'g';
    assert_false(key_read(slice_str(hex), &again));
    assert_false(key_read(slice_sub(slice_str(hex), 0, 62), &again));
    static const char *const no_keys[] = {
        "", "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY----------BEGIN PUBLIC KEY-----",
        /* of X25519 */
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VuAyEAtExeO2ml3UsLxeJfTKOsVQsMk0HEUZvAXvJcJtrYqhE=\n"
        "-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n"};
    for (size_t i = 0; i < COUNT_OF(no_keys); i++)
        assert_false(key_read(slice_str(no_keys[i]), &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_golden_has_its_verdict),
        cmocka_unit_test(the_head_is_read),
        cmocka_unit_test(cut_ones_say_that_they_are_cut),
        cmocka_unit_test(any_flipped_bit_is_refused),
        cmocka_unit_test(memory_sweep),
        cmocka_unit_test(newer_ones_are_used),
        cmocka_unit_test(others_leave_everything_as_it_is),
        cmocka_unit_test(findings_move_with_their_rule),
        cmocka_unit_test(what_is_compiled_in_proves_itself),
        cmocka_unit_test(versions_have_an_order),
        cmocka_unit_test(keys_are_read),
    };
    return cmocka_run_group_tests(tests, read_test_key, NULL);
}
