/* SPDX-License-Identifier: Apache-2.0 */
/* report_sample SAMPLE FORMAT [WIDTH] [colour] [all] [quiet] [suppressed] [why]: writes a made-up
 * result in a format, to look at the report and to check it with other tools. */
#include "base/st.h"
#include "report/report.h"
#include "sample.h"
#include <stdio.h>

static int usage(void)
{
    fputs("report_sample SAMPLE FORMAT [WIDTH] [colour] [all] [quiet] [suppressed] [why]\n",
          stderr);
    return 2;
}

static void option(struct report_style *style, const char *word)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"colour", &style->colour},
                 {"all", &style->all},
                 {"quiet", &style->quiet},
                 {"suppressed", &style->show_suppressed},
                 {"why", &style->why_skipped}};
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (strcmp(word, flags[i].name) == 0) *flags[i].flag = true;
    if (word[0] >= '0' && word[0] <= '9') style->width = (unsigned)strtoul(word, NULL, 10);
}

int main(int argc, char **argv)
{
    if (argc < 3) return usage();
    const struct report_format *format = report_find(slice_str(argv[2]));
    unsigned which = 0;
    while (which < SAMPLE_COUNT && strcmp(sample_name((enum sample)which), argv[1]) != 0) which++;
    if (!format || which == SAMPLE_COUNT) return usage();
    struct report_style style = {.width = 100};
    for (int i = 3; i < argc; i++) option(&style, argv[i]);
    struct arena arena;
    struct result result;
    struct buf out;
    arena_init(&arena, 256u << 20, 1u << 16);
    buf_init(&out, 256u << 20);
    sample_make((enum sample)which, &arena, &result);
    format->write(&out, &result, &style);
    bool ok = buf_ok(&out) && fwrite(buf_text(&out), 1, out.n, stdout) == out.n;
    buf_done(&out);
    arena_done(&arena);
    return ok ? 0 : 2;
}
