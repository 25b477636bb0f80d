/* SPDX-License-Identifier: Apache-2.0 */
/* Commands as bash would see them, printed one per line:
 *    line:column how *program,word ... {redirects}
 * how: - first, ; next, & and, / or, | pipe; then the parent's index with $ < or ! for what it is.
 */
#include "../test.h"
#include "base/buf.h"
#include "codec/shell.h"

static void print_command(struct buf *b, const struct shell_command *c)
{
    static const char joins[] = "-;&/|", vias[] = " $<!";
    buf_printf(b, "%u:%u %c", c->line, c->column, joins[c->join]);
    if (c->parent != SHELL_NONE) buf_printf(b, "%u%c", c->parent, vias[c->via]);
    for (size_t i = 0; i < c->count; i++) {
        buf_str(b, i == 0 ? " " : ",");
        if (i == c->program) buf_byte(b, '*');
        if (c->words[i].assignment) buf_byte(b, '=');
        buf_add(b, c->words[i].text);
    }
    for (size_t i = 0; i < c->redirect_count; i++) {
        buf_printf(b, " {%u%c", c->redirects[i].fd, c->redirects[i].kind);
        buf_add(b, c->redirects[i].target);
        buf_byte(b, '}');
    }
    buf_byte(b, '\n');
}

static void check_text(struct slice text, const char *want)
{
    struct arena arena;
    struct shell shell;
    struct buf b;
    arena_init(&arena, 16u << 20, 4096);
    buf_init(&b, 1u << 20);
    assert_int_equal(shell_parse(&arena, text, &shell), ST_OK);
    for (size_t i = 0; i < shell.count; i++) print_command(&b, &shell.commands[i]);
    assert_string_equal(buf_text(&b), want);
    buf_done(&b);
    arena_done(&arena);
}

#define CHECK(text, want) check_text(S(text), want)

static void words(void **state)
{
    (void)state;
    CHECK("", "");
    CHECK("# nothing\n\n", "");
    CHECK("pip install \"a b\" 'c d'e\\ f # note", "1:1 - *pip,install,a b,c de f\n");
    CHECK("echo a#b \"#c\" '' $'x\\ty\\x41'", "1:1 - *echo,a#b,#c,,x\ty"
                                              "A\n");
    CHECK("echo \"$A ${B:-c d} \\$X \\\"q\\\"\" '$Y'", "1:1 - *echo,$A ${B:-c d} $X \"q\",$Y\n");
    CHECK("pip install a \\\n  b \\\r\n  c\r\nls\r\n", "1:1 - *pip,install,a,b,c\n4:1 ; *ls\n");
    CHECK("echo it's", "1:1 - *echo,it's\n");
    CHECK("echo \"open", "1:1 - *echo,open\n");
    CHECK("a=(b c) x=@(d|e)", "1:1 - =a=(b c),=x=@(d|e)\n");
}

static void templates(void **state)
{
    (void)state;
    CHECK("echo ${{ github.event.issue.title }} {{ .Values.x }}",
          "1:1 - *echo,${{ github.event.issue.title }},{{ .Values.x }}\n");
    CHECK("echo \"${{ a['b'] }}\"; ls", "1:1 - *echo,${{ a['b'] }}\n1:23 ; *ls\n");
}

static void joins(void **state)
{
    (void)state;
    CHECK("a && b || c; d & e | f |& g", "1:1 - *a\n1:6 & *b\n1:11 / *c\n1:14 ; *d\n1:18 ; *e\n"
                                         "1:22 | *f\n1:27 | *g\n");
    CHECK("curl x |\n  sh\n", "1:1 - *curl,x\n2:3 | *sh\n");
    CHECK("a &&\n# why\n\n b", "1:1 - *a\n4:2 & *b\n");
    CHECK("(a; b) | c", "1:2 - *a\n1:5 ; *b\n1:10 | *c\n");
    CHECK("for x in 1 2; do a; done | b", "1:18 - *a\n1:28 | *b\n");
}

static void structure(void **state)
{
    (void)state;
    CHECK("if a; then b; elif c; then d; else e; fi; f",
          "1:4 - *a\n1:12 ; *b\n1:20 ; *c\n1:28 ; *d\n1:36 ; *e\n1:43 ; *f\n");
    CHECK("while read x; do a $x; done", "1:7 - *read,x\n1:18 ; *a,$x\n");
    CHECK("case $1 in\n jupyter) a;;\n b|c) d ;;\n (e) f\nesac\ng",
          "2:11 - *a\n3:7 ; *d\n4:6 ; *f\n6:1 ; *g\n");
    CHECK("f() {\n a b\n}\nfunction g { c; }", "2:2 - *a,b\n4:14 ; *c\n");
    CHECK("[[ $a && $b < c ]] && d", "1:1 - *[[,$a,$b,]] {0<c}\n1:23 & *d\n");
    CHECK("! a", "1:3 - *a\n");
}

static void redirects(void **state)
{
    (void)state;
    CHECK("a > b 2>&1 < c >> d", "1:1 - *a {1>b} {2&1} {0<c} {1ad}\n");
    CHECK("a &> b", "1:1 - *a {1>b}\n");
    CHECK("cat <<EOF > x\nl1 $(b)\n  EOF\nls", "1:1 - *cat {0hl1 $(b)\n} {1>x}\n4:1 ; *ls\n");
    CHECK("bash <<-'EOF'\n\tpip install x\n\tEOF\nls",
          "1:1 - *bash {0h\tpip install x\n}\n4:1 ; *ls\n2:2 -0! *pip,install,x\n");
    CHECK("python - <<EOF\nimport os\nEOF\n", "1:1 - *python,- {0himport os\n}\n");
    CHECK("cat <<< word", "1:1 - *cat {0hword}\n");
    CHECK("a <\nb", "1:1 - *a\n2:1 ; *b\n");
}

static void wrappers(void **state)
{
    (void)state;
    CHECK("A=1 sudo -u x B=2 env -i C=\"3 4\" nohup pip x",
          "1:1 - =A=1,sudo,-u,x,=B=2,env,-i,=C=3 4,nohup,*pip,x\n");
    CHECK("timeout -k 5 10 uv run --with z python x.py", "1:1 - timeout,-k,5,10,uv,run,--with,z,"
                                                         "*python,x.py\n");
    CHECK("env", "1:1 - *env\n");
    CHECK("uv pip install x", "1:1 - *uv,pip,install,x\n");
    CHECK("A=1", "1:1 - =A=1\n");
    CHECK("x | xargs -n 1 rm", "1:1 - *x\n1:5 | xargs,-n,1,*rm\n");
}

static void inner(void **state)
{
    (void)state;
    CHECK("a $(b \"$(c)\" ')') d",
          "1:1 - *a,$(b \"$(c)\" ')'),d\n1:5 -0$ *b,$(c),)\n1:10 -1$ *c\n");
    CHECK("a `b \\`c\\``", "1:1 - *a,`b \\`c\\``\n1:4 -0$ *b,`c`\n1:7 -1$ *c\n");
    CHECK("bash <(curl u)", "1:1 - *bash,<(curl u)\n1:8 -0< *curl,u\n");
    CHECK("bash -lc 'a | b'", "1:1 - *bash,-lc,a | b\n1:11 -0! *a\n1:15 |0! *b\n");
    CHECK("sh -c \"$(curl u)\"", "1:1 - *sh,-c,$(curl u)\n1:10 -0$ *curl,u\n1:8 -0! *$(curl u)\n");
    CHECK("docker exec x sh -c 'a'", "1:1 - *docker,exec,x,sh,-c,a\n1:22 -0! *a\n");
    CHECK("eval \"a b\"", "1:1 - *eval,a b\n1:7 -0! *a,b\n");
    CHECK("x=$((1 + 2)) a", "1:1 - =x=$((1 + 2)),*a\n");
    CHECK("a \"\n$(b)\"", "1:1 - *a,\n$(b)\n2:3 -0$ *b\n");
    CHECK("x=${y:-$(b)}", "1:1 - =x=${y:-$(b)}\n1:10 -0$ *b\n");
    CHECK("a $(b # don't )\n c)", "1:1 - *a,$(b # don't )\n c)\n1:5 -0$ *b\n2:2 ;0$ *c\n");
    CHECK("a $(cat <<E\nit's )\nE\n) b", "1:1 - *a,$(cat <<E\nit's )\nE\n),b\n"
                                         "1:5 -0$ *cat {0hit's )\n}\n");
    CHECK("for i in $(a); do b; done", "1:19 - *b\n1:12 - *a\n");
}

/* Neither depth nor length may cost more than in proportion. */
static void hostile(void **state)
{
    (void)state;
    static const char *const pieces[] = {"$(",      "`",  "\"$(",        "${x:-",      "<<E\n",
                                         "sh -c '", "a|", "'",           "case x in ", "a=(",
                                         "\\\n",    "(",  "eval \"$(a) "};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct arena arena;
        struct shell shell;
        struct buf b;
        arena_init(&arena, 256u << 20, 65536);
        buf_init(&b, 4u << 20);
        while (b.n < 400000) buf_str(&b, pieces[i]);
        enum st st = shell_parse(&arena, buf_slice(&b), &shell);
        assert_true(st == ST_OK || st == ST_LIMIT);
        buf_done(&b);
        arena_done(&arena);
    }
}

static const char long_text[] =
    "A=1 sudo bash -c \"pip install 'x y' $(curl -s u | tail `z`)\" <<E "
    "> o && case a in b) c;; esac | { d; e\\ f; }\nbody\nE\n[[ a ]]\n";

static void truncated_and_flipped(void **state)
{
    (void)state;
    char text[sizeof long_text];
    for (size_t n = 0; n < sizeof long_text; n++)
        for (unsigned bit = 0; bit < 9; bit++) {
            struct arena arena;
            struct shell shell;
            arena_init(&arena, 1u << 20, 4096);
            memcpy(text, long_text, sizeof text);
            if (bit < 8) text[n] = (char)(text[n] ^ 1 << bit);
            size_t len = bit < 8 ? sizeof text - 1 : n;
            assert_int_equal(shell_parse(&arena, slice_of(text, len), &shell), ST_OK);
            for (size_t i = 0; i < shell.count; i++)
                assert_true(shell.commands[i].program <= shell.commands[i].count);
            arena_done(&arena);
        }
}

static void memory(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t cap = 0; cap < 60000; cap += 61) {
        struct arena arena;
        struct shell shell;
        arena_init(&arena, cap, 0);
        enum st st = shell_parse(&arena, slice_str(long_text), &shell);
        assert_true(st == ST_OK || (st == ST_NOMEM && !shell.count));
        refused += st == ST_NOMEM;
        arena_done(&arena);
    }
    assert_true(refused > 10 && refused < 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),     cmocka_unit_test(templates),
        cmocka_unit_test(joins),     cmocka_unit_test(structure),
        cmocka_unit_test(redirects), cmocka_unit_test(wrappers),
        cmocka_unit_test(inner),     cmocka_unit_test(hostile),
        cmocka_unit_test(memory),    cmocka_unit_test(truncated_and_flipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
