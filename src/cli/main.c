/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include "finding/rules.h"

int main(void)
{
    printf("merlon 1.0.0  rules %s (%zu rules)\n", rules_version, rule_count());
    return 0;
}
