/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - settings from the environment and from files.
 * Why: options > environment > project > user > system. What is scanned is never asked.
 * Owns: nothing; see struct cli.   Threads: one owner.   Fails: into c->trouble, a line each. */
#pragma once
#include "cli/cli.h"

/* Everything below the options into c->settings. What is wrong is left out and told in
 * c->trouble; a command that depends on its settings ends with EXIT_CANNOT then. */
void config_load(struct cli *c);
/* Prints c->trouble; EXIT_CANNOT when there is any, else 0. */
int config_verdict(struct cli *c);
