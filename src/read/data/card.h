/* SPDX-License-Identifier: Apache-2.0 */
/* card.h - the papers of a dataset: card, loading script, manifests.
 * Why: what data may be used for, where it lies and whether somebody would notice an exchanged file
 * stands beside it, in files that other readers open.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/reading.h"

/* A Markdown file with this front matter (empty: none): told when it is a dataset's. */
void dataset_card(const struct reading *r, struct slice front);
/* Python: does a dataset library run it to load the rows beside it? */
void dataset_script(const struct reading *r);
/* DVC's files, by name: *.dvc, dvc.lock, .dvc/config. */
MUST_USE enum st dvc_file(const struct reading *r);
/* JSON: Croissant and dataset_infos.json, by what they say they are. */
MUST_USE enum st dataset_manifest(const struct reading *r);

/* An anomaly of a file in text, with its line. */
void card_tell(const struct reading *r, enum anomaly what, uint64_t at, uint64_t line,
               struct slice detail);
