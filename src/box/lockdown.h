/* SPDX-License-Identifier: Apache-2.0 */
/* lockdown.h - what a worker gives up before it reads its first hostile byte. */
#pragma once
#include "box/box.h"

/* Called in the worker. Never fails: what the kernel lacks is left out and said in the state. */
struct box_state lockdown(const struct box_options *o);
