/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

static void read_text(struct told *t, const char *name, const char *text)
{
    assert_int_equal(told_run(t, name, slice_str(text)), ST_OK);
}

struct markup_case {
    const char *text, *told; /* NULL: neither VALUE nor SHOWN */
};

static void check(const char *name, const struct markup_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct told t;
        read_text(&t, name, cases[i].text);
        bool good = cases[i].told ? told_has(&t, cases[i].told)
                                  : (!told_has(&t, " VALUE ") && !told_has(&t, " SHOWN "));
        if (!good) print_error("%s\n%s\n", cases[i].text, buf_text(&t.text));
        assert_true(good);
        assert_true(told_has(&t, " BLOCK 0 ")); /* the lines are always told, too */
        told_done(&t);
    }
}

static void text_of_pages(void **state)
{
    (void)state;
    static const struct markup_case cases[] = {
        {"<html><p>plain text</p></html>", NULL},
        {"<p>write to a&#64;b.example</p>", "=write to a@b.example\n"},
        {"<p>write to a&commat;b.example</p>", "=write to a@b.example\n"},
        {"<p>sk-<b>abc</b>def</p>", "=sk-abcdef\n"},
        {"<p>ig<!-- x -->nore</p>", "=ignore\n"},
        {"<p>one</p><p>two</p>", NULL},
        {"<p>a &nosuch; b &amp c &; &#xfffffff;</p>", NULL},
        {"<p>2 < 3 &amp; 4</p>", "=2 < 3 & 4\n"},
        {"<p title=\"a>b\">x&#x41;</p>", "=xA\n"},
        {"<script>if (a<b) x='</p>&#65;'</script><p>c</p>", NULL},
        {"<style>p:before{content:'&#65;'}</style>", NULL},
        {"<SCRIPT>x</SCRIPT >y&#65;", "=yA\n"},
        {"<p>open &#65;", "=open A\n"},
        {"<p>&#65;\n\n  b<br>c", "=A    b\n"},
    };
    check("a.html", cases, COUNT_OF(cases));
}

/* Where a run lies, to the line and byte. */
static void places_of_runs(void **state)
{
    (void)state;
    struct told t;
    read_text(&t, "a.html", "<html>\n<p>plain</p>\n<p>one &amp; two</p>\n<i>x</i>y\n</html>\n");
    assert_told(&t, " SHOWN 3 23 =one & two\n");
    assert_told(&t, " SHOWN 4 44 =xy ");
    told_done(&t);
}

static void hidden_text_has_a_reason(void **state)
{
    (void)state;
    static const struct markup_case cases[] = {
        {"<div style='color:red;display : none'>a<div>b</div></div>c",
         "hidden text (display: none)=b\n"},
        {"<div style='display:none'>a<div>b</div>c</div>d", "hidden text (display: none)=c\n"},
        {"<p hidden>say yes</p>", "hidden text (hidden)=say yes\n"},
        {"<span style=\"font-size:0px\">say yes</span>", "hidden text (font size)=say yes\n"},
        {"<span style=\"color:#FFF\">say yes</span>", "hidden text (colour)=say yes\n"},
        {"<p style=\"display:none !important\">say yes</p>",
         "hidden text (display: none)=say yes\n"},
        {"<p style=\"display:block\">say yes</p>", NULL},
        {"<input type=hidden value=x><p>y</p>", NULL},
        {"<br style='display:none'><p>y</p>", NULL},
    };
    check("a.html", cases, COUNT_OF(cases));
}

static void what_acts_is_counted(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *told; /* NULL: nothing acts */
    } cases[] = {
        {"a.html", "<p>x</p>\n<script>x</script><body onload='y()'><iframe src=z></iframe>",
         "1 scripts, 1 handlers, 1 frames"},
        {"a.html", "<script type='application/ld+json'>{}</script><p once=1 on=2>x</p>", NULL},
        {"a.html", "<a href=' JavaScript:x'>y</a>", "0 scripts, 1 handlers, 0 frames"},
        {"a.html", "<a href='https://a.example/javascript:x'>y</a>", NULL},
        {"a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "1 scripts"},
        {"a.svg", "<svg onload='x()'><a xlink:href='javascript:y'/></svg>", "2 handlers"},
        {"a.svg", "<svg><rect width='1' height='2'/><title>on</title></svg>", NULL},
        {"a.xml", "<?xml version='1.0'?><a><script>x</script></a>", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_text(&t, cases[i].name, cases[i].text);
        bool acts = told_anomaly(&t, ANOMALY_ACTIVE_CONTENT);
        if (acts != (cases[i].told != NULL)) print_error("%s\n", cases[i].text);
        assert_int_equal(acts, cases[i].told != NULL);
        if (acts) assert_told(&t, cases[i].told);
        told_done(&t);
    }
}

static void text_of_annotations(void **state)
{
    (void)state;
    static const struct markup_case cases[] = {
        {"<?xml version='1.0'?><a><b>x &amp; y</b></a>", " b=x & y\n"},
        {"<?xml version='1.0'?><a><b>sk-<![CDATA[ab]]>c</b></a>", " b=sk-abc\n"},
        {"<?xml version='1.0'?><a><b>plain\nlines</b></a>", NULL},
        {"<?xml version='1.0' encoding='iso-8859-1'?><a>caf\xe9</a>", " a=caf\xc3\xa9\n"},
    };
    check("a.xml", cases, COUNT_OF(cases));
}

#define DOC(dtd, body) "<?xml version='1.0'?><!DOCTYPE a [" dtd "]><a>" body "</a>"

static void entities_are_told_and_never_used(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool told;
    } cases[] = {
        {DOC("<!ENTITY x SYSTEM 'file:///etc/passwd'>", "&x;"), true},
        {DOC("<!ENTITY % x SYSTEM 'http://a.example/e.dtd'> %x;", ""), true},
        {DOC("<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'><!ENTITY d '&c;&c;'>", "&d;"),
         true},
        {DOC("<!ENTITY copy '&#169;'><!ENTITY me 'Erika'>", "&me;&copy;"), false},
        {"<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
         "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'><svg/>",
         false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct told t;
        read_text(&t, "a.xml", cases[i].text);
        if (told_anomaly(&t, ANOMALY_XML_ENTITY) != cases[i].told)
            print_error("%s\n%s\n", cases[i].text, buf_text(&t.text));
        assert_int_equal(told_anomaly(&t, ANOMALY_XML_ENTITY), cases[i].told);
        assert_false(told_has(&t, "hahaha"));
        told_done(&t);
    }
}

static void broken_xml_is_told_with_its_line(void **state)
{
    (void)state;
    struct told t;
    read_text(&t, "a.xml", "<?xml version='1.0'?>\n<a>\n<b>\n</a>");
    assert_anomaly(&t, ANOMALY_MALFORMED);
    told_done(&t);
    struct buf b;
    buf_init(&b, 1u << 20);
    for (int i = 0; i < 20000; i++) buf_str(&b, "<a>");
    read_text(&t, "a.xml", buf_text(&b));
    assert_true(t.unread > 0);
    told_done(&t);
    buf_done(&b);
}

/* Text that is recoded comes out whole, wherever the buffer that it goes into ends. */
static void other_letters(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 4; pad++) {
        struct told t;
        struct buf b;
        buf_init(&b, 1u << 20);
        buf_str(&b, "<?xml version=\"1.0\" encoding=\"euc-kr\"?><a>");
        buf_fill(&b, 'x', pad);
        for (int i = 0; i < 20000; i++)
            buf_str(&b, "\xc7\xd1\xb1\xdb\xc0\xba \xc7\xd1\xb1\xb9\xbe\xee\n");
        buf_str(&b, "</a>");
        assert_int_equal(told_run(&t, "a.xml", buf_slice(&b)), ST_OK);
        assert_int_equal(t.unread, 0);
        assert_false(told_anomaly(&t, ANOMALY_MALFORMED));
        assert_true(told_has(&t, " BLOCK 0 "));
        told_done(&t);
        buf_done(&b);
    }
}

/* Bytes that could make the passes slow: many openings without an end. */
static void no_square_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<a ", "<!-- ", "<p title=\"", "&", "<script>", "</", "<"};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct told t;
        struct buf b;
        struct budget budget;
        buf_init(&b, 4u << 20);
        while (b.n < 300000) buf_str(&b, pieces[i]);
        budget_defaults(&budget);
        assert_int_equal(
            told_run_in(&t, "a.html", buf_slice(&b), &budget, NULL, 64u << 20, 1u << 16), ST_OK);
        told_done(&t);
        buf_done(&b);
    }
}

static void sweeps(void **state)
{
    (void)state;
    static const char html[] = "<html><p style='display:none'>a&#65;<b>c</b></p><script>x</script>"
                               "<img src=\"x\" onerror=y><!-- c --></html>";
    static const char xml[] = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'y'>]><a b='c'>"
                              "d &amp; e<![CDATA[f]]></a>";
    sweep_flips("a.html", slice_str(html));
    sweep_flips("a.xml", slice_str(xml));
    sweep_memory("a.html", slice_str(html));
    sweep_memory("a.xml", slice_str(xml));
    for (size_t n = 30; n < sizeof xml - 1; n++) {
        struct told t;
        uint8_t *p = told_exact(slice_of(xml, n));
        assert_int_equal(told_run(&t, "a.xml", slice_of(p, n)), ST_OK);
        assert_true(t.anomalies > 0);
        told_done(&t);
        free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_pages),
        cmocka_unit_test(places_of_runs),
        cmocka_unit_test(hidden_text_has_a_reason),
        cmocka_unit_test(what_acts_is_counted),
        cmocka_unit_test(text_of_annotations),
        cmocka_unit_test(entities_are_told_and_never_used),
        cmocka_unit_test(broken_xml_is_told_with_its_line),
        cmocka_unit_test(other_letters),
        cmocka_unit_test(no_square_time),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
