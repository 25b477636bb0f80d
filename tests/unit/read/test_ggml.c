/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "base/st.h"

/* n numbers in a row */
static void put(struct buf *b, size_t n, const uint32_t *v)
{
    for (size_t i = 0; i < n; i++) buf_u32le(b, v[i]);
}

#define PUT(b, ...) put(b, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (const uint32_t[]){__VA_ARGS__})

/* 2 x 3 floats named "w" */
static void put_tensor(struct buf *b, unsigned alignment)
{
    PUT(b, 2, 1, 0, 2, 3);
    buf_str(b, "w");
    while (b->n % alignment) buf_byte(b, 0);
    buf_fill(b, 0, 24);
}

static void ggjt(struct buf *b)
{
    buf_str(b, "tjgg");
    PUT(b, 3, 2, 8, 1, 1, 1, 8, 2);
    for (int i = 0; i < 2; i++) {
        PUT(b, 1);
        buf_str(b, "x");
        PUT(b, 0);
    }
    put_tensor(b, 32);
}

static void whisper(struct buf *b)
{
    buf_str(b, "lmgg");
    PUT(b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1);
    PUT(b, 2, 1, 0, 0, 1, 2);
    buf_str(b, "hi");
    put_tensor(b, 1);
}

static void layouts_are_told_apart(void **state)
{
    (void)state;
    struct buf b;
    struct told t;
    buf_init(&b, 4096);
    ggjt(&b);
    assert_int_equal(told_run(&t, "m.bin", buf_slice(&b)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, " FORMAT ggml GGJT");
    assert_told(&t, " TENSOR w");
    assert_told(&t, " CARD 10 Q4_0");
    told_done(&t);
    buf_reset(&b);
    whisper(&b);
    assert_int_equal(told_run(&t, "m.bin", buf_slice(&b)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, " FORMAT ggml GGML (Whisper)");
    assert_told(&t, " CARD 7  6");
    told_done(&t);
    buf_done(&b);
}

static void others_are_not_clean(void **state)
{
    (void)state;
    struct told t;
    assert_int_equal(told_run(&t, "m.bin", S("lmgg and then something else")), ST_OK);
    assert_told(&t, " UNREAD 1 ");
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    ggjt(&b);
    sweep_truncation("m.ggml", buf_slice(&b));
    sweep_flips("m.ggml", buf_slice(&b));
    sweep_memory("m.ggml", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_are_told_apart),
        cmocka_unit_test(others_are_not_clean),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
