/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "sign/named.h"

/* of "hello\n" */
#define SHA256_ "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define SHA512_                                                        \
    "e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931" \
    "f94aae41edda2c2b207a36e10f8bcb8d45223e54878f5b316e7ce3b6bc019629"
#define GIT_  "ce013625030ba8dba906f756967f9e9ca394464a"
#define MD5_A "b1"
#define MD5_B "946ac92492d2347c6235b4d2611184"

static bool holds(const char *path, struct slice content)
{
    struct named n;
    struct digest d;
    uint8_t raw[DIGEST_MAX];
    if (!named_by_digest(slice_str(path), &n)) fail_msg("%s lies in no store", path);
    named_start(&n, content.n, &d);
    digest_add(&d, content);
    digest_finish(&d, raw);
    return named_holds(&n, raw);
}

static void content_and_name_agree(void **state)
{
    (void)state;
    static const char *const paths[] = {"hub/models--org--m/blobs/" SHA256_,
                                        "models--org--m/blobs/" GIT_,
                                        "datasets--org--d/blobs/" SHA256_,
                                        "m/blobs/sha256/" SHA256_,
                                        "blobs/sha512/" SHA512_,
                                        "models/blobs/sha256-" SHA256_,
                                        ".git/lfs/objects/58/91/" SHA256_,
                                        ".dvc/cache/files/md5/" MD5_A "/" MD5_B,
                                        ".dvc/cache/" MD5_A "/" MD5_B,
                                        "files/md5/" MD5_A "/" MD5_B ".dir"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_true(named_may_be(slice_str(paths[i])));
        assert_true(holds(paths[i], S("hello\n")));
        assert_false(holds(paths[i], S("hellO\n")));
    }
}

static void other_paths_promise_nothing(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/",
        SHA256_,
        "blobs/" SHA256_,
        "models--a/blobs/" SHA256_ ".incomplete",
        "models--a/snapshots/" GIT_ "/config.json",
        "models--a/refs/main",
        "models--a/blobs/" SHA512_,
        "blobs/sha256/5891B5B522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "lfs/objects/58/" SHA256_,
        "files/md5/b1/946ac92492d2347c6235b4d26111849"};
    struct named n;
    assert_false(named_may_be(S("models--a/blobs/readme")));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (named_by_digest(slice_str(paths[i]), &n)) fail_msg("%s: %s", paths[i], n.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_and_name_agree),
        cmocka_unit_test(other_paths_promise_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
