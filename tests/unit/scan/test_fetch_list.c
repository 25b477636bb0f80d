/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "port/curl/http.h"
#include "scan/fetch_list.h"
#include <arpa/inet.h>

#define SHA "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define MD5 "098f6bcd4621d373cade4e832627b4f6"

static struct arena arena;

static struct fetch_list read_list(struct slice text)
{
    struct fetch_list l = {0};
    arena_done(&arena);
    arena_init(&arena, 16u << 20, 4096);
    assert_int_equal(fetch_list_read(text, &arena, &l), ST_OK);
    return l;
}

static void lines_in_any_order(void **state)
{
    (void)state;
    struct fetch_list l =
        read_list(S("# list\r\n\nhttps://h.org/a.csv " SHA "\r\n" SHA
                    " *http://h.org/b/c.bin?x=1\n" MD5 "\thttps://h.org/d sub/d e.txt\n"
                    "https://h.org/%C3%A4%20b.csv sha256:" SHA));
    assert_int_equal(l.count, 4);
    assert_slice(l.rows[0].name, "a.csv");
    assert_slice(l.rows[0].hash, SHA);
    assert_slice(l.rows[1].url, "http://h.org/b/c.bin?x=1");
    assert_slice(l.rows[1].name, "c.bin");
    assert_slice(l.rows[2].name, "sub/d e.txt");
    assert_int_equal(l.rows[2].kind, DIGEST_MD5);
    assert_slice(l.rows[3].name, "\xc3\xa4 b.csv");
    for (size_t i = 0; i < l.count; i++) assert_null(l.rows[i].wrong);
    assert_int_equal(l.rows[1].line, 4);
}

static void what_is_no_hash_is_no_name(void **state)
{
    (void)state;
    struct fetch_list l = read_list(S("https://h.org/a 9f86d081884c7d659a2feaa0c55ad015\n"
                                      "https://h.org/b 9f86d081884c7d659a2feaa0c55ad015a\n"
                                      "https://h.org/c sha256:12\nftp://h.org/d " SHA
                                      "\nnothing here\nhttps://h.org " SHA "\n"));
    assert_int_equal(l.count, 6);
    assert_null(l.rows[0].wrong);
    for (size_t i = 1; i < 6; i++) assert_non_null(l.rows[i].wrong);
}

static void tables_and_json(void **state)
{
    (void)state;
    struct fetch_list l = read_list(S("\xef\xbb\xbfMD5;URL;SHA-256;n\n" MD5
                                      ";\"https://h.org/a;b\"\"c.csv\";" SHA ";\n\n;;;\n"));
    assert_int_equal(l.count, 1);
    assert_slice(l.rows[0].url, "https://h.org/a;b\"c.csv");
    assert_int_equal(l.rows[0].kind, DIGEST_SHA256);
    l = read_list(S("[{\"url\": \"https://h.org/a\", \"checksum\": \"" MD5 "\"},"
                    " {\"meta\": {\"uri\": \"https://h.org/b\"}, \"x\": [1, \"url\"]}]"));
    assert_int_equal(l.count, 2);
    assert_int_equal(l.rows[0].kind, DIGEST_MD5);
    assert_int_equal(l.rows[1].hash.n, 0);
    l = read_list(S("{\"url\": \"https://h.org/a\"}\n{\"url\": \"https://h.org/b\"}\n{\"url\": "));
    assert_int_equal(l.count, 3);
    assert_non_null(l.rows[2].wrong);
}

static void names_stay_in_the_folder(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     "/a",   "../a", "a/../b", "a//b",   "./a",  ".a",          "a/.b",
        "a\\b", "a\nb", "a/",   "..",     "x.part", "\xff", "a.PART.INFO", "merlon-fetch.lock"};
    static const char *const good[] = {"a", "a/b/c.csv", "a..b", "\xc3\xa4", "part", "a b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(fetch_name_wrong(slice_str(bad[i])));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(fetch_name_wrong(slice_str(good[i])));
    struct fetch_list l =
        read_list(S("https://h.org/..%2f..%2fx " SHA "\nhttps://h.org/%2e%2e " SHA));
    assert_non_null(l.rows[0].wrong);
    assert_non_null(l.rows[1].wrong);
}

static void one_name_has_one_row(void **state)
{
    (void)state;
    struct fetch_list l =
        read_list(S("https://h.org/a " SHA "\nhttps://h.org/a " SHA "\nhttps://i.org/a " SHA "\n"));
    assert_int_equal(l.count, 2);
    assert_int_equal(l.repeated, 1);
    assert_slice(l.rows[1].name, "9f86d081884c7d65-a");
    l = read_list(S("https://h.org/a " SHA "\nhttps://i.org/a " SHA " a\nhttps://k.org/a\n"));
    assert_int_equal(l.count, 3);
    assert_non_null(l.rows[1].wrong);
    assert_non_null(l.rows[2].wrong);
}

static void every_truncation_ends(void **state)
{
    (void)state;
    struct slice texts[] = {
        S("{\"@context\": 1, \"distribution\": [{\"contentUrl\": \"https://h.org/a\"}]}"),
        S("url,sha256\nhttps://h.org/\"a\"," SHA "\n"), S(SHA "  https://h.org/%41%")};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t n = 0; n <= texts[t].n; n++) (void)read_list(slice_sub(texts[t], 0, n));
}

static bool is_private(const char *text)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    struct sockaddr_in6 b = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &a.sin_addr) == 1)
        return http_is_private((const struct sockaddr *)&a);
    assert_int_equal(inet_pton(AF_INET6, text, &b.sin6_addr), 1);
    return http_is_private((const struct sockaddr *)&b);
}

static void private_addresses_are_known(void **state)
{
    (void)state;
    static const char *const inside[] = {"127.0.0.1",       "10.1.2.3",     "172.16.0.1",
                                         "172.31.9.9",      "192.168.1.1",  "169.254.169.254",
                                         "100.64.0.1",      "0.0.0.0",      "224.0.0.1",
                                         "255.255.255.255", "::1",          "::",
                                         "fe80::1",         "fd00::1",      "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1", "2002:7f00:1::"};
    static const char *const outside[] = {"8.8.8.8",      "172.32.0.1",     "100.128.0.1",
                                          "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) assert_true(is_private(inside[i]));
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        assert_false(is_private(outside[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_any_order),
        cmocka_unit_test(what_is_no_hash_is_no_name),
        cmocka_unit_test(tables_and_json),
        cmocka_unit_test(names_stay_in_the_folder),
        cmocka_unit_test(one_name_has_one_row),
        cmocka_unit_test(every_truncation_ends),
        cmocka_unit_test(private_addresses_are_known),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
