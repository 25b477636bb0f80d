/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine/engine.h"
