/* SPDX-License-Identifier: Apache-2.0 */
#include "make_zip.h"
#include "told.h"
#include "base/st.h"

#define STORAGE(class, key, n) "(X\7\0\0\0storagec" class "\nX\1\0\0\0" key "X\3\0\0\0cpuK" n "tQ"

/* {'w': torch._utils._rebuild_tensor_v2(storage '0' of 4 floats, 0, (2, 2), (2, 1), False, {})} */
#define TENSOR(size)                                                           \
    "ctorch._utils\n_rebuild_tensor_v2\n(" STORAGE("torch\nFloatStorage", "0", \
                                                   "\4") "K\0K" size "K\2\x86K\2K\1\x86\x89}tR"
#define DICT(size) "\x80\2}X\1\0\0\0w" TENSOR(size) "s."

static void read_parts(struct told *t, struct zip_part *parts, size_t n)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    zip_put(&b, parts, n, 0);
    assert_int_equal(told_run(t, "m.pt", buf_slice(&b)), ST_OK);
    buf_done(&b);
}

static void honest_parts(struct zip_part p[4])
{
    p[0] = zip_stored("m/data.pkl", S(DICT("\2")));
    p[1] = zip_stored("m/byteorder", S("little"));
    p[2] = zip_stored("m/data/0", S("0123456789abcdef"));
    p[3] = zip_stored("m/version", S("3\n"));
}

static void an_honest_archive_is_quiet(void **state)
{
    (void)state;
    struct zip_part p[4];
    struct told t;
    honest_parts(p);
    read_parts(&t, p, 4);
    assert_quiet(&t);
    assert_told(&t, " FORMAT pytorch");
    assert_told(&t, " TENSOR w\n");
    assert_told(&t, " CARD 6  1");
    assert_told(&t, " CARD 7  4");
    assert_told(&t, " CARD 13 safe");
    told_done(&t);
}

static void storages_are_checked(void **state)
{
    (void)state;
    struct zip_part p[4];
    struct told t;
    honest_parts(p);
    p[2] = zip_stored("m/data/0", S("0123456789abcde"));
    read_parts(&t, p, 4);
    assert_anomaly(&t, ANOMALY_MALFORMED);
    told_done(&t);
    honest_parts(p);
    p[2] = zip_stored("m/data/1", S("0123456789abcdef"));
    read_parts(&t, p, 4);
    assert_told(&t, "storage 0 is missing");
    told_done(&t);
    honest_parts(p);
    p[0] = zip_stored("m/data.pkl", S(DICT("\3"))); /* 3 x 2 of 4 elements */
    read_parts(&t, p, 4);
    assert_told(&t, "reaches outside of storage 0");
    told_done(&t);
    honest_parts(p);
    p[1] = zip_stored("m/byteorder", S("middle"));
    read_parts(&t, p, 4);
    assert_anomaly(&t, ANOMALY_MALFORMED);
    told_done(&t);
}

static void foreign_ids_are_told(void **state)
{
    (void)state;
    struct zip_part p[4];
    struct told t;
    honest_parts(p);
    p[0] = zip_stored("m/data.pkl", S("\x80\2" STORAGE("os\nsystem", "0", "\4") "."));
    read_parts(&t, p, 4);
    assert_anomaly(&t, ANOMALY_PICKLE_PERSISTENT_ID);
    told_done(&t);
}

static void second_streams_are_read(void **state)
{
    (void)state;
    struct zip_part p[4];
    struct told t;
    honest_parts(p);
    p[0] = zip_stored("m/data.pkl", S("\x80\2}.\x80\2cos\nsystem\n."));
    read_parts(&t, p, 4);
    assert_anomaly(&t, ANOMALY_PICKLE_TRAILING);
    assert_told(&t, "!m/data.pkl!(behind the pickle) FORMAT pickle");
    told_done(&t);
}

static void weights_only_is_judged(void **state)
{
    (void)state;
    struct zip_part p[4];
    struct told t;
    honest_parts(p);
    p[0] = zip_stored("m/data.pkl", S("\x80\2cmy.net\nNet\n)\x81."));
    read_parts(&t, p, 4);
    assert_told(&t, " CARD 13 refused: needs my.net.Net");
    told_done(&t);
}

static void script_code_is_searched(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        bool acts;
    } cases[] = {
        {"def forward(self, input: Tensor) -> Tensor:\n  return torch.add(input, input)\n", false},
        {"  x = (self.store).load(input)\n", false},
        {"  x = getattr(self, \"0\")\n  # os.system(1)\n  y = \"os.system(1)\"\n", false},
        {"def open(self: int) -> int:\n  return ops.prim.NumToTensor(1)\n", false},
        {"import __torch__.torch.nn\n", false},
        {"  x = torch.from_file(\"/etc/passwd\", False, 9)\n", true},
        {"  x = ops.aten.save(input, \"/tmp/x\")\n", true},
        {"  os.system(\"id\")\n", true},
        {"  eval(\"1\")\n", true},
        {"import os\n", true},
        {"  x = ^PyFn()(input)\n", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zip_part p[3] = {zip_stored("m/data.pkl", S("\x80\2}.")),
                                zip_stored("m/code/__torch__/a.py", slice_str(cases[i].code)),
                                zip_stored("m/constants.pkl", S("\x80\2)."))};
        struct told t;
        read_parts(&t, p, 3);
        if (told_anomaly(&t, ANOMALY_TORCHSCRIPT_OP) != cases[i].acts)
            fail_msg("case %zu: %s", i, cases[i].code);
        assert_told(&t, " FORMAT torchscript");
        told_done(&t);
    }
}

/* magic, protocol, system, object, keys, storage */
static void put_legacy(struct buf *b)
{
    buf_add(b, S("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."));
    buf_add(b, S("\x80\2M\xe9\3."));
    buf_add(b, S("\x80\2}X\x0d\0\0\0little_endian\x88s."));
    buf_add(b, S("\x80\2}X\1\0\0\0wctorch._utils\n_rebuild_tensor_v2\n("
                 "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
                 "0X\3\0\0\0cpuK\4NtQK\0K\2K\2\x86K\2K\1\x86\x89}tRs."));
    buf_add(b, S("\x80\2]X\1\0\0\0"
                 "0a."));
    buf_u64le(b, 4);
    buf_add(b, S("0123456789abcdef"));
}

static void the_older_form_is_read_to_its_end(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    buf_init(&b, 4096);
    put_legacy(&b);
    assert_int_equal(told_run(&t, "m.pth", buf_slice(&b)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, " FORMAT pytorch-legacy");
    assert_told(&t, " TENSOR w\n");
    told_done(&t);
    buf_add(&b, S("\x80\2cos\nsystem\nX\1\0\0\0x\x85R."));
    assert_int_equal(told_run(&t, "m.pth", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_TRAILING);
    assert_told(&t, "!bytes behind the last storage FORMAT pickle");
    told_done(&t);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    struct buf b;
    struct zip_part p[4];
    buf_init(&b, 1u << 20);
    put_legacy(&b);
    for (size_t n = 16; n < b.n; n++) { /* before that it is any pickle */
        struct told t;
        uint8_t *bytes = told_exact(slice_sub(buf_slice(&b), 0, n));
        assert_int_equal(told_run(&t, "m.pth", slice_of(bytes, n)), ST_OK);
        if (!t.anomalies && !t.unread)
            print_error("silent at %zu of %zu: %s\n", n, b.n, buf_text(&t.text));
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
        free(bytes);
    }
    sweep_flips("m.pth", buf_slice(&b));
    sweep_memory("m.pth", buf_slice(&b));
    buf_reset(&b);
    honest_parts(p);
    zip_put(&b, p, 4, 0);
    sweep_truncation("m.pt", buf_slice(&b));
    sweep_flips("m.pt", buf_slice(&b));
    sweep_memory("m.pt", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_archive_is_quiet),
        cmocka_unit_test(storages_are_checked),
        cmocka_unit_test(foreign_ids_are_told),
        cmocka_unit_test(second_streams_are_read),
        cmocka_unit_test(weights_only_is_judged),
        cmocka_unit_test(script_code_is_searched),
        cmocka_unit_test(the_older_form_is_read_to_its_end),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
