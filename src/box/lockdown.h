/* SPDX-License-Identifier: Apache-2.0 */
/* lockdown.h - what a worker gives up before it reads its first hostile byte. */
#pragma once
#include "base/aside.h"
#include "box/box.h"

/* Called in the worker. Never fails: what the kernel lacks is left out and said in the state.
 * *ret_aside is the second thread (NULL: none), which has given up the same: no other can be had
 * afterwards. */
struct box_state lockdown(const struct box_options *o, struct aside **ret_aside);
