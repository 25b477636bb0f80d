/* SPDX-License-Identifier: Apache-2.0 */
/* ini.h - settings line by line: .ini, .cfg, .conf, .env, .properties; TOML; protobuf in text.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/code/settings_make.h"
#include "read/readers.h"

reader_fn ini_read;  /* FMT_INI, by name also pbtxt */
reader_fn toml_read; /* FMT_TOML */

/* Lines of key and value below [sections]; a line that is indented more adds a value to its key. */
void ini_settings(struct settings_maker *m, struct slice text);
/* key: value, key { ... }, key [ ... ] */
void pbtxt_settings(struct settings_maker *m, struct slice text);
