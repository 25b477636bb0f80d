/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures, as Pillow writes them (tests/makers/make_images.py). */
#include "golden_file.h"
#include "port/deflate/crc.h"
#include "told.h"

static struct buf picture(const char *name)
{
    return golden_file("image", name);
}

static void read_picture(struct told *t, const char *name)
{
    struct buf b = picture(name);
    assert_int_equal(told_run(t, name, buf_slice(&b)), ST_OK);
    buf_done(&b);
}

static void honest_ones_are_quiet(void **state)
{
    (void)state;
    static const char *const names[] = {
        "honest-camera.jpg", "honest-progressive.jpg", "honest-padded.jpg",
        "honest-place.jpg",  "honest-comment.jpg",     "honest-motion-photo.jpg",
        "honest-texts.png",  "honest-palette.png",     "honest-frames.gif",
        "honest.webp",       "honest-lossless.webp",   "honest.bmp",
        "honest.tif",        "honest-packed.tif",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct told t;
        read_picture(&t, names[i]);
        assert_quiet(&t);
        assert_told(&t, " FORMAT image ");
        told_done(&t);
    }
}

/* What stands in the file, and the words in which it is told. */
static void texts_are_told(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"honest-place.jpg", "VALUE -1 EXIF GPS=GPS location: 52.520008, 13.404953"},
        {"honest.webp", "VALUE -1 EXIF GPS=GPS location: 52.520008, 13.404953"},
        {"honest-comment.jpg", "VALUE -1 EXIF UserComment=a day at the sea"},
        {"honest-owner.jpg", "VALUE -1 EXIF CameraOwnerName=Erika Muster"},
        {"honest-texts.png", "VALUE -1 PNG Comment=made for a test"},
        {"honest-texts.png", "VALUE -1 PNG Description=f\xc3\xbcr einen Test"},
        {"honest-texts.png", "!zTXt Software FORMAT"},
        {"honest-frames.gif", "VALUE -1 GIF comment=three frames"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_picture(&t, cases[i][0]);
        assert_told(&t, cases[i][1]);
        told_done(&t);
    }
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum anomaly what;
    } cases[] = {
        {"malformed-bomb.png", ANOMALY_IMAGE_BOMB},
        {"malformed-crc.png", ANOMALY_MALFORMED},
        {"malformed-cut.png", ANOMALY_TRUNCATED},
        {"malformed-cut.jpg", ANOMALY_TRUNCATED},
        {"malformed-cut.gif", ANOMALY_TRUNCATED},
        {"malformed-cut.bmp", ANOMALY_TRUNCATED},
        {"malformed-cut.tif", ANOMALY_TRUNCATED},
        {"malformed-bytes-behind.jpg", ANOMALY_TRAILING},
        {"malformed-bytes-behind.gif", ANOMALY_TRAILING},
        {"malicious-zip-behind.webp", ANOMALY_TRAILING},
        {"malicious-zip-behind.png", ANOMALY_TRAILING},
        {"malicious-zip-behind.bmp", ANOMALY_TRAILING},
        {"honest-owner.jpg", ANOMALY_IMAGE_OWNER},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_picture(&t, cases[i].name);
        assert_anomaly(&t, cases[i].what);
        told_done(&t);
    }
}

/* Whatever lies where viewers do not look is read as a file of its own. */
static void hidden_bytes_are_opened(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"malicious-pickle-behind.jpg", "!(trailing bytes) FORMAT pickle"},
        {"malicious-pickle-in-chunk.png", "!chunk piCk FORMAT pickle"},
        {"malicious-pickle-in-ztxt.png", "!zTXt weights FORMAT pickle"},
        {"malicious-zip-behind.bmp", "!(trailing bytes) FORMAT zip"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_picture(&t, cases[i][0]);
        assert_told(&t, cases[i][1]);
        told_done(&t);
    }
}

/* XMP in a JPEG: place, names, and no identifiers. */
static void xmp_is_understood(void **state)
{
    (void)state;
    static const char xmp[] =
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description "
        "exif:GPSLatitude=\"52,31.2N\" exif:GPSLongitude=\"13,24,18W\" xmpMM:DocumentID=\"x1\" "
        "xmp:Label=\"red\"><dc:creator><rdf:Seq><rdf:li>Erika Muster</rdf:li></rdf:Seq>"
        "</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>";
    static const char key[] = "http://ns.adobe.com/xap/1.0/";
    struct buf whole = picture("honest-camera.jpg"), b;
    struct told t;
    size_t n = sizeof key + sizeof xmp - 1 + 2;
    buf_init(&b, 1u << 16);
    buf_add(&b, S("\xff\xd8\xff\xe1"));
    buf_byte(&b, (uint8_t)(n >> 8));
    buf_byte(&b, (uint8_t)n);
    buf_add(&b, slice_of(key, sizeof key));
    buf_str(&b, xmp);
    buf_add(&b, slice_sub(buf_slice(&whole), 2, SIZE_MAX));
    assert_int_equal(told_run(&t, "a.jpg", buf_slice(&b)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, "VALUE -1 EXIF GPS=GPS location: 52.520000, -13.405000");
    assert_told(&t, "VALUE -1 XMP dc:creator=Erika Muster");
    assert_told(&t, "VALUE -1 XMP xmp:Label=red");
    assert_false(told_has(&t, "DocumentID"));
    told_done(&t);
    buf_done(&b);
    buf_done(&whole);
}

static void put_chunk(struct buf *b, const char *type, struct slice data)
{
    size_t at = b->n + 4;
    for (int shift = 24; shift >= 0; shift -= 8) buf_byte(b, (uint8_t)(data.n >> shift));
    buf_str(b, type);
    buf_add(b, data);
    uint32_t crc = crc32_add(0, slice_sub(buf_slice(b), at, SIZE_MAX));
    for (int shift = 24; shift >= 0; shift -= 8) buf_byte(b, (uint8_t)(crc >> shift));
}

/* What goes over a limit is said to be so. */
static void limits_are_told(void **state)
{
    (void)state;
    struct buf b, text;
    buf_init(&text, 2u << 20);
    buf_add(&text, S("Comment\0"));
    for (int more = 0; more < 2; more++) {
        struct told t;
        buf_fill(&text, 'x', more ? 1 : (1u << 20));
        buf_init(&b, 4u << 20);
        buf_add(&b, S("\x89PNG\r\n\x1a\n"));
        put_chunk(&b, "IHDR", S("\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"));
        put_chunk(&b, "tEXt", buf_slice(&text));
        put_chunk(&b, "IDAT", S(""));
        put_chunk(&b, "IEND", S(""));
        assert_int_equal(told_run(&t, "a.png", buf_slice(&b)), ST_OK);
        assert_int_equal(t.anomalies, 0);
        assert_int_equal(t.unread, more);
        told_done(&t);
        buf_done(&b);
    }
    buf_done(&text);
}

/* The purse also ends walks that return nothing. */
static void a_spent_purse_is_told(void **state)
{
    (void)state;
    static const char *const names[] = {"honest-texts.png", "honest-packed.tif", "honest.webp"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf b = picture(names[i]);
        for (uint64_t work = 1; work < 200; work++) {
            struct told t;
            struct budget budget;
            budget_defaults(&budget);
            budget.work = work;
            assert_int_equal(told_run_in(&t, "a", buf_slice(&b), &budget, NULL, 64u << 20, 65536),
                             ST_OK);
            assert_true(t.unread > 0 || !budget.spent);
            told_done(&t);
        }
        buf_done(&b);
    }
}

static void sweeps(void **state)
{
    (void)state;
    static const char *const flipped[] = {"honest-place.jpg", "honest-packed.tif", "honest.webp",
                                          "honest-texts.png", "malicious-pickle-in-ztxt.png"};
    for (size_t i = 0; i < COUNT_OF(flipped); i++) {
        struct buf b = picture(flipped[i]);
        sweep_flips("x.png", buf_slice(&b));
        buf_done(&b);
    }
    struct buf b = picture("honest-texts.png");
    sweep_memory("x.png", buf_slice(&b));
    buf_done(&b);
}

/* Cut anywhere behind its first bytes, a picture has lost its end mark or does not fill its size.
 */
static void cuts(void **state)
{
    (void)state;
    static const char *const names[] = {"honest-camera.jpg", "honest-frames.gif",
                                        "honest-texts.png", "honest.webp", "honest-lossless.webp"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf b = picture(names[i]);
        for (size_t n = 16; n < b.n; n++) {
            struct told t;
            uint8_t *p = told_exact(slice_sub(buf_slice(&b), 0, n));
            assert_int_equal(told_run(&t, "x", slice_of(p, n)), ST_OK);
            assert_true(t.anomalies > 0);
            told_done(&t);
            free(p);
        }
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_ones_are_quiet),
        cmocka_unit_test(texts_are_told),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(hidden_bytes_are_opened),
        cmocka_unit_test(xmp_is_understood),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(a_spent_purse_is_told),
        cmocka_unit_test(sweeps),
        cmocka_unit_test(cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
