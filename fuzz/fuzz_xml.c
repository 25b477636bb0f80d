/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_xml.c - annotations and drawings. */
#include "fuzz.h"

FUZZ_READER(FMT_XML, "page.xml")
