/* SPDX-License-Identifier: Apache-2.0 */
/* dump_rows.c FILE...: columns, rows and root of tables, as in told_rows.h. For makers of golden
 * files and for looking at one by hand. */
#include "../unit/read/told_rows.h"
#include "load.h"

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct told_rows t;
        const char *slash = strrchr(argv[i], '/');
        enum st st = told_rows_run(&t, slash ? slash + 1 : argv[i], load(argv[i]));
        printf("%s %s %llu %s\n%s", argv[i], st_text(st), (unsigned long long)t.rows, t.root,
               buf_text(&t.text));
        told_rows_done(&t);
    }
    return 0;
}
