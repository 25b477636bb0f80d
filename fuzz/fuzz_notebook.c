/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_notebook.c - notebooks: cells, outputs, pictures that are left out. */
#include "fuzz.h"

FUZZ_READER(FMT_NOTEBOOK, "a.ipynb")
