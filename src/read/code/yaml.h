/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.h - YAML files: settings, and the commands in them.
 * Why: pipelines, clusters and serving are configured in it. What a template engine would fill in
 * is read around, a document that is broken is read up to the fault and from the next key at the
 * margin on. Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/code/settings_make.h"
#include "read/readers.h"

reader_fn yaml_read; /* FMT_YAML */

/* The documents in `text`; the settings end up in *m. */
MUST_USE enum st yaml_settings(struct reading *r, struct slice text, struct settings_maker *m);
/* What a shell would run of it: run:, script:, command: ... */
MUST_USE enum st yaml_scripts(struct reading *r, const struct settings_maker *m);
