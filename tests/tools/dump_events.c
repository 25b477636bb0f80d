/* SPDX-License-Identifier: Apache-2.0 */
/* dump_events.c FILE...: what the readers tell about each file, as in told.h. For makers of golden
 * files and for looking at one by hand. */
#include "../unit/read/told.h"
#include "load.h"

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct told t;
        struct slice bytes = load(argv[i]);
        const char *slash = strrchr(argv[i], '/');
        enum st st = told_run(&t, slash ? slash + 1 : argv[i], bytes);
        printf("%s: %s\n%s", argv[i], st_text(st), buf_text(&t.text));
        told_done(&t);
    }
    return 0;
}
