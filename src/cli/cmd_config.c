/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "codec/jot.h"

static const char *origin_name(const struct setting *v)
{
    switch (v->origin) {
    case ORIGIN_NONE: return "default";
    case ORIGIN_OPTION: return " (option)";
    case ORIGIN_ENVIRONMENT: return " (environment)";
    case ORIGIN_USER: return " (user)";
    case ORIGIN_SYSTEM: return " (system)";
    case ORIGIN_PROJECT: break;
    }
    return "";
}

static void row(struct cli *c, struct buf *b, enum opt o)
{
    const struct setting *v = &c->settings.of[o];
    size_t from = b->n;
    buf_str(b, option_at(o)->key);
    buf_fill(b, ' ', 17 - (b->n - from));
    setting_say(&c->settings, o, b);
    if (setting_on(&c->settings, OPT_ORIGIN)) {
        size_t used = b->n - from;
        buf_fill(b, ' ', used < 42 ? 42 - used : 2);
        if (v->origin != ORIGIN_NONE) esc_tty(b, v->where);
        buf_str(b, origin_name(v));
    }
    buf_byte(b, '\n');
}

static void one_json(struct cli *c, struct jot *j, enum opt o)
{
    const struct option *opt = option_at(o);
    const struct setting *v = &c->settings.of[o];
    struct buf value, origin;
    buf_init(&value, 1u << 16);
    buf_init(&origin, 1u << 16);
    setting_say(&c->settings, o, &value);
    if (v->origin != ORIGIN_NONE) esc_tty(&origin, v->where);
    buf_str(&origin, origin_name(v));
    jot_key_open(j, opt->key, '{');
    jot_key(j, "value");
    if (buf_text(&value)[0] == '(')
        jot_raw(j, S("null"));
    else
        jot_raw(j, buf_slice(&value));
    jot_pair(j, "origin", buf_slice(&origin));
    jot_close(j, '}');
    buf_done(&value);
    buf_done(&origin);
}

static void as_json(struct cli *c, struct buf *b)
{
    struct jot j;
    jot_init(&j, b, 1);
    jot_open(&j, '{');
    for (enum opt o = 0; o < OPT_COUNT; o++)
        if (option_at(o)->key) one_json(c, &j, o);
    jot_close(&j, '}');
    buf_byte(b, '\n');
}

/* A value alone, for scripts: text without quotes. */
static int one_value(struct cli *c, struct buf *b)
{
    enum opt o = option_of_key(c->args[0]);
    if (o == OPT_COUNT) {
        const char *near = key_nearest(c->args[0]);
        return cli_fail(c, "no setting '%.*s'%s%s%s", SLICE_ARG(c->args[0]),
                        near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    if (setting_on(&c->settings, OPT_ORIGIN)) {
        row(c, b, o);
        return 0;
    }
    if (option_at(o)->kind != OPT_KIND_LIST && c->settings.of[o].count)
        esc_tty(b, setting_text(&c->settings, o));
    else
        setting_say(&c->settings, o, b);
    buf_byte(b, '\n');
    return 0;
}

int cmd_config_show(struct cli *c)
{
    struct buf b;
    int code = 0;
    config_load(c);
    buf_init(&b, 1u << 20);
    if (c->arg_count)
        code = one_value(c, &b);
    else if (slice_eq(setting_text(&c->settings, OPT_FORMAT), S("json")))
        as_json(c, &b);
    else
        for (enum opt o = 0; o < OPT_COUNT; o++)
            if (option_at(o)->key) row(c, &b, o);
    if (!cli_out(buf_slice(&b))) code = EXIT_CANNOT;
    buf_done(&b);
    if (c->trouble_count) {
        fputs(buf_text(&c->trouble), stderr);
        cli_note(c, "what is named above has no effect; a scan will not start");
    }
    return code;
}

int cmd_config_check(struct cli *c)
{
    config_load(c);
    if (c->trouble_count) return config_verdict(c);
    if (c->config)
        printf("%s is sound\n", c->config);
    else
        puts("no merlon.toml in this project; defaults hold (merlon init writes one)");
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}
