/* SPDX-License-Identifier: Apache-2.0 */
/* writers.h - one writer per format; report.c holds the table of them. */
#pragma once
#include "report/report.h"

report_fn report_table, report_json, report_jsonl, report_sarif, report_junit, report_github,
    report_gitlab, report_markdown, report_csv, report_html;
