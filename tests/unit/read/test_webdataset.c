/* SPDX-License-Identifier: Apache-2.0 */
#include "base/st.h"
#include "read/data/webdataset.h"
#include "told.h"

/* A tar file with empty members of these names. */
static void put_tar(struct buf *b, const char *names)
{
    struct slice rest = slice_str(names), name;
    while (slice_split(&rest, ' ', &name)) {
        size_t at = b->n;
        char sum[8];
        unsigned total = 0;
        buf_add(b, name);
        buf_fill(b, 0, 100 - name.n);
        buf_str(b, "0000644");
        buf_byte(b, 0);
        buf_fill(b, 0, 16);
        buf_str(b, "00000000000");
        buf_byte(b, 0);
        buf_fill(b, '0', 12);
        buf_fill(b, ' ', 8);
        buf_byte(b, '0');
        buf_fill(b, 0, 100);
        buf_add(b, S("ustar\0"
                     "00"));
        buf_fill(b, 0, 512 - (b->n - at));
        for (size_t i = 0; i < 512; i++) total += b->p[at + i];
        (void)snprintf(sum, sizeof sum, "%06o", total);
        memcpy(&b->p[at + 148], sum, 7);
    }
    buf_fill(b, 0, 1024);
}

static void groups(void **state)
{
    (void)state;
    static const struct {
        const char *names, *told; /* NULL: nothing is odd */
        unsigned rows;            /* 0: no samples at all */
    } cases[] = {
        {"1.jpg 1.txt 2.jpg 2.txt 3.jpg 3.txt", NULL, 3},
        {"a/1.jpg a/1.json a/2.png a/2.json a/3.jpeg a/3.json", NULL, 3},
        {"1.jpg 1.txt 2.jpg 3.jpg 3.txt 4.jpg 4.txt", "1 of 4 samples lack a part; 2 has no txt",
         4},
        {"1.jpg 1.txt 2.jpg 2.txt 3.jpg 3.txt 3.json", NULL, 3},
        {"1.jpg 1.txt 2.jpg 2.txt 3.jpg 3.txt 1.jpg 1.txt",
         "1 samples come again after others; the first is 1", 4},
        {"1.seg.png 1.jpg 1.cls 2.seg.png 2.jpg 2.cls 3.seg.png 3.jpg 3.cls", NULL, 3},
        /* not samples: sources, and a folder of pictures */
        {"src/a.c src/a.h src/b.c src/b.h src/c.c src/c.h", NULL, 0},
        {"1.jpg 2.jpg 3.jpg 4.jpg", NULL, 0},
        {"README.md setup.py a/x.json a/x.txt", NULL, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        struct buf b;
        char rows[32];
        buf_init(&b, 1u << 20);
        put_tar(&b, cases[i].names);
        assert_int_equal(told_run(&t, "shard-000.tar", buf_slice(&b)), ST_OK);
        bool odd = told_anomaly(&t, ANOMALY_SAMPLE_PARTS);
        if (odd != (cases[i].told != NULL))
            print_error("%s\n%s\n", cases[i].names, buf_text(&t.text));
        assert_int_equal(odd, cases[i].told != NULL);
        if (odd) assert_told(&t, cases[i].told);
        (void)snprintf(rows, sizeof rows, " CARD %d  %u\n", CARD_ROWS, cases[i].rows);
        assert_int_equal(told_has(&t, rows), cases[i].rows > 0);
        told_done(&t);
        buf_done(&b);
    }
}

static void memory(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1u << 20);
    put_tar(&b, "1.jpg 1.txt 2.jpg 2.txt 3.jpg 3.txt");
    sweep_memory("shard.tar", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
