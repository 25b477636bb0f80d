/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of the certificate-transparency project, and every proof of every small tree. */
#include "../test.h"
#include "log/merkle.h"
#include <stdio.h>

#define SMALL 40

static void assert_hash(const struct merkle_hash *h, const char *hex)
{
    char text[65] = "";
    for (size_t i = 0; i < 32; i++) (void)snprintf(text + 2 * i, 3, "%02x", h->bytes[i]);
    assert_string_equal(text, hex);
}

static const struct slice inputs[] = {
    {(const uint8_t *)"", 0},
    {(const uint8_t *)"\x00", 1},
    {(const uint8_t *)"\x10", 1},
    {(const uint8_t *)"\x20\x21", 2},
    {(const uint8_t *)"\x30\x31", 2},
    {(const uint8_t *)"\x40\x41\x42\x43", 4},
    {(const uint8_t *)"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {(const uint8_t *)"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
static const char *const roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void known_roots(void **state)
{
    struct merkle m = {0};
    struct merkle_hash root, leaf;
    (void)state;
    for (size_t n = 0; n < 8; n++) {
        merkle_root(&m, &root);
        assert_hash(&root, roots[n]);
        merkle_leaf(inputs[n], &leaf);
        merkle_add(&m, &leaf);
    }
    merkle_root(&m, &root);
    assert_hash(&root, roots[8]);
}

/* RFC 6962, 2.1.3: the proofs of the tree of seven leaves that is drawn there. */
static void drawn_tree(void **state)
{
    struct merkle_hash d[7], g, h, i, j, k, l;
    struct merkle_proof p;
    (void)state;
    for (size_t n = 0; n < 7; n++) merkle_leaf(inputs[n], &d[n]);
    merkle_node(&d[0], &d[1], &g);
    merkle_node(&d[2], &d[3], &h);
    merkle_node(&d[4], &d[5], &i);
    j = d[6];
    merkle_node(&g, &h, &k);
    merkle_node(&i, &j, &l);
    merkle_prove(d, 7, 0, &p);
    assert_int_equal(p.count, 3);
    assert_true(merkle_equal(&p.hashes[0], &d[1]) && merkle_equal(&p.hashes[1], &h) &&
                merkle_equal(&p.hashes[2], &l));
    merkle_prove(d, 7, 6, &p);
    assert_int_equal(p.count, 2);
    assert_true(merkle_equal(&p.hashes[0], &i) && merkle_equal(&p.hashes[1], &k));
    merkle_prove_growth(d, 3, 7, &p);
    assert_int_equal(p.count, 4);
    assert_true(merkle_equal(&p.hashes[0], &d[2]) && merkle_equal(&p.hashes[1], &d[3]));
    assert_true(merkle_equal(&p.hashes[2], &g) && merkle_equal(&p.hashes[3], &l));
    merkle_prove_growth(d, 4, 7, &p);
    assert_int_equal(p.count, 1);
    assert_true(merkle_equal(&p.hashes[0], &l));
    merkle_prove_growth(d, 6, 7, &p);
    assert_int_equal(p.count, 3);
    assert_true(merkle_equal(&p.hashes[0], &i) && merkle_equal(&p.hashes[1], &j) &&
                merkle_equal(&p.hashes[2], &k));
}

static struct merkle_hash leaves[SMALL + 1], tops[SMALL + 1];

static void grow(void)
{
    struct merkle m = {0};
    for (size_t n = 0; n <= SMALL; n++) {
        uint8_t byte = (uint8_t)n;
        merkle_root(&m, &tops[n]);
        merkle_leaf(slice_of(&byte, 1), &leaves[n]);
        merkle_add(&m, &leaves[n]);
    }
}

/* Any change to a proof that holds makes it fail. */
static void assert_tight(bool (*holds)(const struct merkle_proof *, const void *),
                         struct merkle_proof *p, const void *ctx)
{
    for (size_t i = 0; i < p->count; i++) {
        p->hashes[i].bytes[i % 32] ^= 1;
        assert_false(holds(p, ctx));
        p->hashes[i].bytes[i % 32] ^= 1;
    }
    p->hashes[p->count] = leaves[0];
    p->count++;
    assert_false(holds(p, ctx));
    p->count--;
    if (!p->count) return;
    p->count--;
    assert_false(holds(p, ctx));
    p->count++;
}

struct place {
    uint64_t index, size;
};

static bool holds_inside(const struct merkle_proof *p, const void *ctx)
{
    const struct place *at = ctx;
    return merkle_included(at->index, at->size, &leaves[at->index], p, &tops[at->size]);
}

static void every_inclusion(void **state)
{
    (void)state;
    grow();
    for (uint64_t size = 1; size <= SMALL; size++)
        for (uint64_t index = 0; index < size; index++) {
            struct merkle_proof p;
            struct place place = {index, size};
            merkle_prove(leaves, size, index, &p);
            assert_true(holds_inside(&p, &place));
            for (uint64_t other = 0; other <= size; other++)
                assert_int_equal(merkle_included(other, size, &leaves[index], &p, &tops[size]),
                                 other == index);
            for (uint64_t other = 0; other <= SMALL; other++)
                if (other != size)
                    assert_false(merkle_included(index, other, &leaves[index], &p, &tops[other]));
            assert_false(
                merkle_included(index, size, &leaves[(index + 1) % SMALL], &p, &tops[size]));
            assert_tight(holds_inside, &p, &place);
        }
}

static bool holds_grown(const struct merkle_proof *p, const void *ctx)
{
    const struct place *at = ctx;
    return merkle_consistent(at->index, &tops[at->index], at->size, &tops[at->size], p);
}

static void every_growth(void **state)
{
    (void)state;
    grow();
    for (uint64_t size = 1; size <= SMALL; size++)
        for (uint64_t old = 1; old <= size; old++) {
            struct merkle_proof p;
            struct place place = {old, size};
            merkle_prove_growth(leaves, old, size, &p);
            assert_true(holds_grown(&p, &place));
            for (uint64_t other = 0; other <= size; other++)
                if (other != old)
                    assert_false(merkle_consistent(old, &tops[other], size, &tops[size], &p));
            if (old < size) assert_false(merkle_consistent(old, &tops[old], size, &tops[old], &p));
            assert_tight(holds_grown, &p, &place);
        }
}

static void edges(void **state)
{
    struct merkle_proof none = {0}, many = {.count = MERKLE_PROOF_MAX + 1};
    (void)state;
    grow();
    assert_true(merkle_included(0, 1, &leaves[0], &none, &leaves[0]));
    assert_false(merkle_included(0, 0, &leaves[0], &none, &leaves[0]));
    assert_false(merkle_included(UINT64_MAX, UINT64_MAX, &leaves[0], &none, &leaves[0]));
    assert_false(merkle_included(0, UINT64_MAX, &leaves[0], &many, &leaves[0]));
    assert_false(merkle_consistent(0, &tops[0], 3, &tops[3], &none));
    assert_false(merkle_consistent(3, &tops[3], 2, &tops[2], &none));
    assert_false(merkle_consistent(1, &tops[1], UINT64_MAX, &tops[2], &many));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_roots),     cmocka_unit_test(drawn_tree),   cmocka_unit_test(edges),
        cmocka_unit_test(every_inclusion), cmocka_unit_test(every_growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
