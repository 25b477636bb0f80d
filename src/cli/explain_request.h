/* SPDX-License-Identifier: Apache-2.0 */
/* explain_request.h - merlon explain --request ID: one decision of the gateway, stage by stage.
 * From the project's log, from a log's folder, or from a gateway that runs (--from).
 * Owns: nothing.   Threads: one owner.   Fails: says it on stderr; an exit code. */
#pragma once

struct cli;

int explain_request(struct cli *c);
