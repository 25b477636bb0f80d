/* SPDX-License-Identifier: Apache-2.0 */
/* command_options.h - which options each command takes, in the order of its help. Only commands.c
 * includes this. */
#pragma once
#include "cli/options.h"

static const enum opt scan_options[] = {
    OPT_OUTPUT, OPT_FAIL_ON,   OPT_BASELINE, OPT_SINCE, OPT_STAGED,      OPT_GIT,
    OPT_FIX,    OPT_DIFF,      OPT_EXCLUDE,  OPT_ALL,   OPT_WHY_SKIPPED, OPT_SHOW_SUPPRESSED,
    OPT_REVEAL, OPT_NO_HASH,   OPT_NO_CACHE, OPT_JOBS,  OPT_TIMEOUT,     OPT_MAX_UNPACKED,
    OPT_VERIFY, OPT_TRUST_KEY, OPT_SIGN,     OPT_WIDTH, OPT_COLOR,       OPT_CONFIG,
    OPT_QUIET,  OPT_VERBOSE,   OPT_SILENT,   OPT_COUNT,
};
static const enum opt report_options[] = {OPT_OUTPUT,          OPT_ALL,   OPT_WHY_SKIPPED,
                                          OPT_SHOW_SUPPRESSED, OPT_WIDTH, OPT_COLOR,
                                          OPT_QUIET,           OPT_COUNT};
static const enum opt diff_options[] = {OPT_FORMAT,  OPT_ALL_CHANGES, OPT_EXIT_CODE, OPT_EXCLUDE,
                                        OPT_TIMEOUT, OPT_WIDTH,       OPT_COLOR,     OPT_CONFIG,
                                        OPT_SILENT,  OPT_COUNT};
static const enum opt guard_options[] = {
    OPT_GUARD_CONFIG, OPT_LISTEN,     OPT_UPSTREAM,   OPT_GUARD_MODE, OPT_POLICY, OPT_GUARD_LOG,
    OPT_LOG_KEY,      OPT_LOG_FORMAT, OPT_AUDIT_FULL, OPT_LOOPS,      OPT_COUNT};
static const enum opt guard_check_options[] = {
    OPT_GUARD_CONFIG, OPT_LISTEN, OPT_UPSTREAM, OPT_GUARD_MODE, OPT_POLICY, OPT_COLOR, OPT_COUNT};
static const enum opt explain_options[] = {OPT_FORMAT,  OPT_ALL_RULES,    OPT_SHOW_EXAMPLES,
                                           OPT_REQUEST, OPT_REQUEST_FROM, OPT_COLOR,
                                           OPT_COUNT};
static const enum opt guard_try_options[] = {OPT_ROLE,   OPT_POLICY, OPT_ROUTE, OPT_TENANT,
                                             OPT_FORMAT, OPT_COLOR,  OPT_COUNT};
static const enum opt rules_options[] = {OPT_FORMAT, OPT_QUIET, OPT_COLOR, OPT_COUNT};
static const enum opt update_options[] = {OPT_PUBLIC_KEY, OPT_ALLOW_OLDER, OPT_CONFIG, OPT_QUIET,
                                          OPT_COUNT};
static const enum opt verify_options[] = {OPT_PUBLIC_KEY, OPT_CONFIG, OPT_COUNT};
static const enum opt ignore_add_options[] = {OPT_PATH,  OPT_FINGERPRINT, OPT_REASON,
                                              OPT_UNTIL, OPT_BY,          OPT_COUNT};
static const enum opt ignore_remove_options[] = {OPT_PATH, OPT_FINGERPRINT, OPT_COUNT};
static const enum opt list_options[] = {OPT_FORMAT, OPT_COLOR, OPT_COUNT};
static const enum opt show_options[] = {OPT_ORIGIN, OPT_FORMAT, OPT_CONFIG, OPT_COUNT};
static const enum opt check_options[] = {OPT_CONFIG, OPT_COUNT};
static const enum opt redact_options[] = {
    OPT_OUTPUT,  OPT_FAIL_ON, OPT_MODE,  OPT_KEY,   OPT_ONLY,    OPT_EXCEPT, OPT_DRY_RUN, OPT_FORCE,
    OPT_TIMEOUT, OPT_CONFIG,  OPT_COLOR, OPT_QUIET, OPT_VERBOSE, OPT_SILENT, OPT_COUNT,
};
static const enum opt fetch_options[] = {
    OPT_OUTPUT,   OPT_FAIL_ON,        OPT_DOWNLOADS,     OPT_RETRIES, OPT_SILENCE,
    OPT_MAX_SIZE, OPT_ALLOW_UNHASHED, OPT_ALLOW_PRIVATE, OPT_FORCE,   OPT_CONFIG,
    OPT_COLOR,    OPT_QUIET,          OPT_VERBOSE,       OPT_SILENT,  OPT_COUNT,
};
static const enum opt sign_options[] = {
    OPT_SIGN_KEY,     OPT_CERTIFICATE_CHAIN,
    OPT_SIGNATURE,    OPT_PASSWORD_FILE,
    OPT_HASH,         OPT_SHARDS,
    OPT_IGNORE_PATHS, OPT_ALLOW_SYMLINKS,
    OPT_COMPAT,       OPT_PARANOID,
    OPT_FORCE,        OPT_FORMAT,
    OPT_JOBS,         OPT_CONFIG,
    OPT_QUIET,        OPT_SILENT,
    OPT_COUNT,
};
static const enum opt model_verify_options[] = {
    OPT_LAYOUT,
    OPT_SIGNATURE,
    OPT_TRUST_KEY,
    OPT_CERTIFICATE_CHAIN,
    OPT_TRUSTED_ROOT,
    OPT_IDENTITY,
    OPT_ISSUER,
    OPT_THRESHOLD,
    OPT_CRL,
    OPT_REVOKED,
    OPT_REVOKED_BY,
    OPT_AT,
    OPT_IGNORE_PATHS,
    OPT_IGNORE_UNSIGNED,
    OPT_ALLOW_SYMLINKS,
    OPT_PARANOID,
    OPT_FORMAT,
    OPT_JOBS,
    OPT_COLOR,
    OPT_CONFIG,
    OPT_QUIET,
    OPT_SILENT,
    OPT_COUNT,
};
static const enum opt seal_options[] = {
    OPT_SIGNATURE,       OPT_TRUST_KEY, OPT_CERTIFICATE_CHAIN,
    OPT_TRUSTED_ROOT,    OPT_IDENTITY,  OPT_ISSUER,
    OPT_THRESHOLD,       OPT_CRL,       OPT_REVOKED,
    OPT_REVOKED_BY,      OPT_AT,        OPT_IGNORE_PATHS,
    OPT_IGNORE_UNSIGNED, OPT_JOBS,      OPT_COLOR,
    OPT_CONFIG,          OPT_QUIET,     OPT_SILENT,
    OPT_COUNT,
};
static const enum opt run_options[] = {
    OPT_VERIFY,       OPT_MODEL,           OPT_TRUST_KEY,      OPT_CERTIFICATE_CHAIN,
    OPT_TRUSTED_ROOT, OPT_IDENTITY,        OPT_ISSUER,         OPT_THRESHOLD,
    OPT_CRL,          OPT_REVOKED,         OPT_REVOKED_BY,     OPT_AT,
    OPT_IGNORE_PATHS, OPT_IGNORE_UNSIGNED, OPT_ALLOW_SYMLINKS, OPT_JOBS,
    OPT_COLOR,        OPT_CONFIG,          OPT_QUIET,          OPT_SILENT,
    OPT_COUNT,
};
static const enum opt data_sign_options[] = {
    OPT_SIGN_KEY,      OPT_CERTIFICATE_CHAIN,
    OPT_PASSWORD_FILE, OPT_RECORDS_SIGNATURE,
    OPT_PREVIOUS,      OPT_FORCE,
    OPT_TIMEOUT,       OPT_CONFIG,
    OPT_QUIET,         OPT_SILENT,
    OPT_COUNT,
};
static const enum opt data_verify_options[] = {
    OPT_RECORDS_SIGNATURE,
    OPT_TRUST_KEY,
    OPT_CERTIFICATE_CHAIN,
    OPT_TRUSTED_ROOT,
    OPT_IDENTITY,
    OPT_ISSUER,
    OPT_CRL,
    OPT_REVOKED,
    OPT_REVOKED_BY,
    OPT_AT,
    OPT_TIMEOUT,
    OPT_CONFIG,
    OPT_QUIET,
    OPT_SILENT,
    OPT_COUNT,
};
static const enum opt data_prove_options[] = {OPT_ROW, OPT_RECORD, OPT_TIMEOUT, OPT_CONFIG,
                                              OPT_COUNT};
static const enum opt data_check_options[] = {
    OPT_RECORD,       OPT_RECORDS_SIGNATURE,
    OPT_TRUST_KEY,    OPT_CERTIFICATE_CHAIN,
    OPT_TRUSTED_ROOT, OPT_IDENTITY,
    OPT_ISSUER,       OPT_CRL,
    OPT_REVOKED,      OPT_REVOKED_BY,
    OPT_AT,           OPT_CONFIG,
    OPT_QUIET,        OPT_SILENT,
    OPT_COUNT,
};
static const enum opt init_options[] = {OPT_AUDIT_LOG, OPT_COUNT};
static const enum opt audit_verify_options[] = {OPT_AUDIT_KEY, OPT_CHECKPOINT, OPT_FORMAT,
                                                OPT_QUIET,     OPT_SILENT,     OPT_COUNT};
static const enum opt audit_tail_options[] = {OPT_FOLLOW, OPT_LINES, OPT_FORMAT, OPT_COUNT};
static const enum opt audit_export_options[] = {
    OPT_EVENTS_AS, OPT_SINCE_TIME, OPT_UNTIL_TIME, OPT_KIND, OPT_VERDICT, OPT_CALLER, OPT_COUNT};
static const enum opt audit_prove_options[] = {OPT_AUDIT_KEY, OPT_COUNT};
static const enum opt audit_check_options[] = {OPT_AUDIT_KEY, OPT_QUIET, OPT_SILENT, OPT_COUNT};
static const enum opt tour_options[] = {OPT_YES, OPT_EXAMPLES_DIR, OPT_COLOR, OPT_COUNT};
static const enum opt version_options[] = {OPT_VERBOSE, OPT_FORMAT, OPT_COUNT};
static const enum opt help_options[] = {OPT_MAN, OPT_COUNT};
static const enum opt no_options[] = {OPT_COUNT};
