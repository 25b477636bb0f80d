/* SPDX-License-Identifier: Apache-2.0 */
/* packages.h - lists of dependencies: requirements, manifests and locks.
 * Why: a dozen formats say the same: a name, what versions it may have, where it comes from. Each
 * reader collects struct package; all are told at the end of the file, because some of what is
 * wrong with one (no hashes, no lock) is a question of the whole.
 *
 *    requirements_read   pip's files, the lists that conda writes         FMT_REQUIREMENTS
 *    lock_read           uv.lock poetry.lock pdm.lock Pipfile.lock conda-lock.yml
 *                        package-lock.json, explicit lists of conda       FMT_LOCK
 *    manifest_read       pyproject.toml Pipfile setup.cfg setup.py environment.yml package.json
 *                        pip.conf,
 *                        which are also read as what they are: told besides, by name
 *
 * Owns: nothing that the reading does not give back.   Threads: one owner.
 * Fails: ST_NOMEM; ST_LIMIT when the purse is empty. What makes no sense is passed over. */
#pragma once
#include "read/code/code.h"
#include "read/readers.h"
#include "read/text/source.h"

reader_fn requirements_read, lock_read;
MUST_USE enum st manifest_read(struct reading *r);

/* For sniffing: by name, and lists under other names by what the head holds. */
bool packages_named_requirements(struct slice base);
bool packages_look_like_requirements(struct slice head, bool cut);
bool packages_named_lock(struct slice base);

#define PACKAGES_MAX 50000u

struct packages {
    struct reading *r;
    struct source source;
    struct package *list;
    size_t count, room;
    struct package_file file;
    enum package_source as; /* of what is added */
    bool more;              /* than PACKAGES_MAX */
    enum st st;
};

MUST_USE enum st packages_open(struct packages *p, struct reading *r, enum package_source as);
/* Adds it with `as`; its file is filled in. */
void packages_add(struct packages *p, const struct package *one);
/* Counts, and tells them all. */
MUST_USE enum st packages_done(struct packages *p);
/* "torch[x]>=2,<3 ; python_version > '3.8'", "name @ url" (PEP 508), and what pip takes besides: a
 * URL or path. False: none of these. */
bool packages_pep508(struct slice text, struct package *ret);
/* Add one as of this place; text is as in PEP 508. */
void packages_add_text(struct packages *p, struct slice text, struct package like);

/* One line after another, with its number from 1; false at the end. */
struct packages_lines {
    struct slice rest, line;
    uint32_t number;
};
bool packages_line(struct packages *p, struct packages_lines *l);
/* "key = value" of a machine's TOML: the key, and the value without quotes; false: another line. */
bool packages_pair(struct slice line, struct slice *ret_key, struct slice *ret_value);
/* Text between quotes, or up to a blank or comment. */
struct slice packages_unquote(struct slice s);
struct slice packages_base(struct slice name); /* without folders */

/* One per format; `p` is open. */
void packages_pyproject(struct packages *p);
void packages_pipfile(struct packages *p);
void packages_setup_cfg(struct packages *p);
void packages_setup_py(struct packages *p);
void packages_conda_env(struct packages *p);
void packages_pip_conf(struct packages *p);
void packages_json(struct packages *p, struct slice base);
void packages_metadata(struct packages *p);
void packages_installed_json(struct packages *p);
void packages_toml_lock(struct packages *p);
void packages_conda_lock(struct packages *p);
void packages_requirements(struct packages *p);
