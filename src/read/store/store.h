/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - records of stores: files that say what other files are (finding/claim.h).
 *
 *    pointer.c  git-lfs pointers, Hugging Face's download records and refs
 *    dvc.c      *.dvc, dvc.lock and the lists of files in DVC's cache
 *    oci.c      indexes and manifests of OCI image layouts (ModelPack, KitOps) and of Ollama
 *    mlmodel.c  MLflow's MLmodel and the meta.yaml of its registry
 *
 * Each looks only at files whose name and shape fit, and only at the file itself, not at members of
 * archives: what lies beside those cannot be held against them. Most of these files have readers of
 * their own sort besides (YAML, JSON), which judge their texts.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "finding/claim.h"
#include "read/reading.h"

/* Bytes of claims that one record may make: the parent keeps 8 MiB of answers. */
#define CLAIM_BYTES_MAX (5u << 20)

struct store_record {
    struct reading *r;
    size_t bytes;
    uint64_t more; /* that were left out */
};

/* What every record has to say, after the file was read as what it is. */
MUST_USE enum st store_read(struct reading *r);
void store_tell(struct store_record *c, const struct file_claim *claim);
/* `hex` (lower case, of the kind's length) as the claim's digest. False: it is none. */
bool store_digest(struct file_claim *claim, enum claim_digest kind, struct slice hex);

/* A git-lfs pointer: told as what it is, and nothing else reads it. */
bool pointer_read(struct reading *r);

/* The readers: each says whether the file is one of theirs. */
typedef bool store_fit_fn(const struct reading *r);
typedef enum st store_fn(struct store_record *c);
store_fit_fn hub_record_fits, hub_ref_fits, dvc_fits, dvc_list_fits, oci_fits, mlmodel_fits,
    mlflow_meta_fits;
store_fn hub_record_claims, hub_ref_claims, dvc_claims, dvc_list_claims, oci_claims, mlmodel_claims,
    mlflow_meta_claims;
