/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"
#include "base/st.h"
#include "report/writers.h"

static const struct report_format formats[] = {
    {"table", "for people, in a terminal (default)", report_table},
    {"json", "everything, for programs (merlon.result/1)", report_json},
    {"jsonl", "one finding a line", report_jsonl},
    {"sarif", "SARIF 2.1.0, for code hosts", report_sarif},
    {"junit", "JUnit XML, for test panels", report_junit},
    {"github", "annotations in GitHub Actions", report_github},
    {"gitlab", "GitLab Code Quality", report_gitlab},
    {"markdown", "a comment on a merge request", report_markdown},
    {"csv", "one finding a row, for spreadsheets", report_csv},
    {"html", "one page for people, complete in itself", report_html},
};

size_t report_count(void)
{
    return COUNT_OF(formats);
}

const struct report_format *report_at(size_t i)
{
    return i < COUNT_OF(formats) ? &formats[i] : NULL;
}

const struct report_format *report_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (slice_eq(name, slice_str(formats[i].name))) return &formats[i];
    return NULL;
}
