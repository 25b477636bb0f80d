/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "finding/rules.h"
#include "policy/policy.h"
#include "report/report.h"
#include "scan/scan.h"
#include <stdio.h>
#include <stdlib.h>

static int show(const struct result *r, const char *format)
{
    const struct report_format *f = report_find(slice_str(format));
    struct report_style style = {.width = 120};
    struct buf out;
    if (!f) return 2;
    buf_init(&out, 1u << 30);
    f->write(&out, r, &style);
    fwrite(out.p, 1, out.n, stdout);
    buf_done(&out);
    return r->gate.passed ? 0 : 1;
}

static int scan(char **argv, int argc)
{
    struct slice paths[64], error = S("");
    struct arena arena;
    struct result r;
    const char *format = "table";
    struct scan_options o = {.paths = paths, .hash = true};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
            format = argv[++i];
        else if (strcmp(argv[i], "-s") == 0)
            format = "";
        else if (strcmp(argv[i], "--no-hash") == 0)
            o.hash = false;
        else if (argv[i][0] != '-' && o.path_count < 64)
            paths[o.path_count++] = slice_str(argv[i]);
    }
    arena_init(&arena, 1u << 30, 1u << 16);
    result_init(&r, &arena);
    if (scan_run(&o, &r, &error) != ST_OK) {
        fprintf(stderr, "merlon: %.*s\n", SLICE_ARG(error));
        return 2;
    }
    policy_gate(&r);
    int code = *format ? show(&r, format) : r.gate.passed ? 0 : 1;
    arena_done(&arena);
    return code;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "scan") == 0) return scan(argv + 2, argc - 2);
    printf("merlon 1.0.0  rules %s (%zu rules)\n", rules_version, rule_count());
    return 0;
}
