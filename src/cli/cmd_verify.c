/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"
#include "cli/verifying.h"

int cmd_verify(struct cli *c)
{
    struct verifying v;
    config_load(c);
    int code = config_verdict(c);
    if (code) return code;
    bool ready = verifying_start(&v, c, OPT_SIGNATURE, c->args[0]);
    code = ready && verifying_check(&v) == ST_OK ? verifying_tell(&v) : EXIT_CANNOT;
    verifying_done(&v);
    return code;
}
