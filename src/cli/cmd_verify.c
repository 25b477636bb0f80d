/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host.h"
#include "cli/config.h"
#include "cli/last.h"
#include "cli/recording.h"
#include "cli/layouts.h"
#include "cli/verifying.h"
#include "scan/digests.h"

static int verify(struct verifying *v)
{
    uint64_t started_ns = host_now_ns();
    if (verifying_check(v) != ST_OK) return EXIT_CANNOT;
    int code = verifying_tell(v);
    bool recorded = record_verdict(v->cli, v, (host_now_ns() - started_ns) / 1000);
    return recorded ? code : EXIT_CANNOT;
}

int cmd_verify(struct cli *c)
{
    struct verifying v;
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    if (setting_on(&c->settings, OPT_LAYOUT)) return layouts_verify(c, c->args[0]);
    bool ready = verifying_start(&v, c, OPT_SIGNATURE, c->args[0]);
    struct digests *d =
        setting_on(&c->settings, OPT_PARANOID) ? NULL : digests_open(cache_folder(c));
    v.options.memory = digests_memory(d);
    code = ready ? verify(&v) : EXIT_CANNOT;
    verifying_done(&v);
    digests_done(d);
    return code;
}
