/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"
#include "cli/last.h"
#include "cli/verifying.h"
#include "scan/digests.h"

int cmd_verify(struct cli *c)
{
    struct verifying v;
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    bool ready = verifying_start(&v, c, OPT_SIGNATURE, c->args[0]);
    struct digests *d =
        setting_on(&c->settings, OPT_PARANOID) ? NULL : digests_open(cache_folder(c));
    v.options.memory = digests_memory(d);
    code = ready && verifying_check(&v) == ST_OK ? verifying_tell(&v) : EXIT_CANNOT;
    verifying_done(&v);
    digests_done(d);
    return code;
}
