/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - one function per command, each in cmd_NAME.c; the result is the exit code. */
#pragma once

struct cli;

enum exit_code { EXIT_GATE_PASSED = 0, EXIT_GATE_FAILED = 1, EXIT_CANNOT = 2, EXIT_NOTHING = 3 };

int cmd_scan(struct cli *c);
int cmd_report(struct cli *c);
int cmd_diff(struct cli *c);
int cmd_sign(struct cli *c);
int cmd_verify(struct cli *c);
int cmd_seal(struct cli *c);
int cmd_run(struct cli *c);
int cmd_data_redact(struct cli *c);
int cmd_data_fetch(struct cli *c);
int cmd_data_sign(struct cli *c);
int cmd_data_verify(struct cli *c);
int cmd_data_prove(struct cli *c);
int cmd_data_check(struct cli *c);
int cmd_guard(struct cli *c);
int cmd_guard_check(struct cli *c);
int cmd_guard_try(struct cli *c);
int cmd_explain(struct cli *c);
int cmd_rules(struct cli *c);
int cmd_rules_update(struct cli *c);
int cmd_rules_verify(struct cli *c);
int cmd_ignore_add(struct cli *c);
int cmd_ignore_list(struct cli *c);
int cmd_ignore_remove(struct cli *c);
int cmd_ignore_prune(struct cli *c);
int cmd_init(struct cli *c);
int cmd_audit_verify(struct cli *c);
int cmd_audit_tail(struct cli *c);
int cmd_audit_export(struct cli *c);
int cmd_audit_prove(struct cli *c);
int cmd_audit_check(struct cli *c);
int cmd_config_show(struct cli *c);
int cmd_config_check(struct cli *c);
int cmd_hook_install(struct cli *c);
int cmd_hook_uninstall(struct cli *c);
int cmd_tour(struct cli *c);
int cmd_completion(struct cli *c);
int cmd_version(struct cli *c);
int cmd_help(struct cli *c);
