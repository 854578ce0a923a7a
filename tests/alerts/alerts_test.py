#!/usr/bin/env python3
"""The rules for Prometheus: valid, each fires when it must and not before, each has a runbook.

promtool (Debian package prometheus) judges them. A rule without a case that fires and one that does not is a fault here.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

JOB = 'job="govhost",instance="a:9464"'
HOUR = 3600
problems = []


def check(good, what):
    if not good:
        problems.append(what)


def duration(labels, per_minute, bucket=None):
    """A counter of the histogram of durations that grows by so much in each minute."""
    name = "mcp_server_operation_duration_seconds" + ("_bucket" if bucket else "_count")
    more = f',le="{bucket}"' if bucket else ""
    return f"{name}{{{JOB}{labels}{more}}}", f"0+{per_minute}x60"


def constant(series, value):
    return series, f"{value}+0x60"


UP = constant(f"up{{{JOB}}}", 1)
FAST, SLOW = [duration("", n, b) for b, n in (("0.1", 100), ("1", 100), ("+Inf", 100))], \
             [duration("", n, b) for b, n in (("0.1", 10), ("1", 100), ("+Inf", 100))]
# name: (minutes until it is looked at, series that fire, series that do not, labels beside severity of the alert)
CASES = {
    "GovhostDown": (5, [constant(f"up{{{JOB}}}", 0)], [UP], JOB),
    "GovhostAuditFailing": (1, [constant(f"govhost_audit_accepts{{{JOB}}}", 0)], [constant(f"govhost_audit_accepts{{{JOB}}}", 1)], JOB),
    "GovhostNoDocuments": (10, [UP], [UP, constant(f'govhost_content_documents{{{JOB},kind="risk"}}', 14)], ""),
    "GovhostFailing": (15, [duration(',error_type="-32603"', 2), duration("", 98)],
                       [duration(',error_type="-32602"', 50), duration("", 50)], 'instance="a:9464"'),
    "GovhostSlow": (30, SLOW, FAST, 'instance="a:9464"'),
    "GovhostFilesExhausted": (15, [constant(f"process_open_fds{{{JOB}}}", 900), constant(f"process_max_fds{{{JOB}}}", 1024)],
                              [constant(f"process_open_fds{{{JOB}}}", 100), constant(f"process_max_fds{{{JOB}}}", 1024)], JOB),
    "GovhostRestarting": (30, [(f"process_start_time_seconds{{{JOB}}}", "1 1 1 60 60 60 120 120 120 180+0x50")],
                          [(f"process_start_time_seconds{{{JOB}}}", "1 1 1 60+0x50")], JOB),
    "GovhostReloadFailed": (1, [constant(f"govhost_config_last_reload_successful{{{JOB}}}", 0)],
                            [constant(f"govhost_config_last_reload_successful{{{JOB}}}", 1)], JOB),
    "GovhostConfigSkew": (20, [constant('govhost_config_info{job="govhost",instance="a:9464",hash="0123456789ab"}', 1),
                               constant('govhost_config_info{job="govhost",instance="b:9464",hash="ba9876543210"}', 1)],
                          [constant('govhost_config_info{job="govhost",instance="a:9464",hash="0123456789ab"}', 1),
                           constant('govhost_config_info{job="govhost",instance="b:9464",hash="0123456789ab"}', 1)], ""),
    "GovhostContentStale": (40, [constant(f'govhost_content_stale{{{JOB},source="aigf"}}', 1)],
                            [constant(f'govhost_content_stale{{{JOB},source="aigf"}}', 0)], JOB + ',source="aigf"'),
    "GovhostContentOld": (10, [constant(f'govhost_content_last_verified_timestamp_seconds{{{JOB},source="aigf"}}', -25 * HOUR)],
                          [constant(f'govhost_content_last_verified_timestamp_seconds{{{JOB},source="aigf"}}', -HOUR)], JOB + ',source="aigf"'),
    "GovhostSourceUnreachable": (20, [constant(f'govhost_source_breaker_state{{{JOB},source="aigf",state="open"}}', 1)],
                                 [constant(f'govhost_source_breaker_state{{{JOB},source="aigf",state="closed"}}', 1),
                                  constant(f'govhost_source_breaker_state{{{JOB},source="aigf",state="open"}}', 0)],
                                 JOB + ',source="aigf",state="open"'),
    "GovhostAuditSinkBehind": (15, [constant(f'govhost_audit_sink_lag_records{{{JOB},sink="siem"}}', 10001)],
                               [constant(f'govhost_audit_sink_lag_records{{{JOB},sink="siem"}}', 10000)], JOB + ',sink="siem"'),
    "GovhostSecretStale": (10, [constant(f'govhost_secret_last_refresh_timestamp_seconds{{{JOB},secret="vault:kv/a#b"}}', -2 * HOUR)],
                           [constant(f'govhost_secret_last_refresh_timestamp_seconds{{{JOB},secret="vault:kv/a#b"}}', -600)],
                           JOB + ',secret="vault:kv/a#b"'),
    "GovhostBackupOld": (10, [constant(f"govhost_backup_last_success_timestamp_seconds{{{JOB}}}", -26 * HOUR)],
                         [constant(f"govhost_backup_last_success_timestamp_seconds{{{JOB}}}", -25 * HOUR)], JOB),
    "GovhostCallersLimited": (30, [(f'govhost_rate_limit_total{{{JOB},limit="principal",outcome="deny"}}', "0+120x60")],
                              [(f'govhost_rate_limit_total{{{JOB},limit="principal",outcome="allow"}}', "0+120x60"),
                               (f'govhost_rate_limit_total{{{JOB},limit="principal",outcome="deny"}}', "0+6x60")],
                              'instance="a:9464",limit="principal"'),
    "GovhostCallersForgotten": (30, [(f'govhost_rate_limit_evictions_total{{{JOB},limit="address"}}', "0+1200x60")],
                                [(f'govhost_rate_limit_evictions_total{{{JOB},limit="address"}}', "0+60x60")], JOB + ',limit="address"'),
    "GovhostCredentialsRefused": (30, [duration(',error_type="invalid_token"', 120)], [duration(',error_type="invalid_token"', 6)],
                                  'instance="a:9464"'),
}


def yaml_string(text):
    return "'" + text.replace("'", "''") + "'"


def unit_tests(rules_file, rules):
    """A file for `promtool test rules`."""
    out = [f"rule_files: [{rules_file}]", "evaluation_interval: 1m", "tests:"]
    for name, (minutes, fires, clear, labels) in CASES.items():
        for series, expected in ((fires, True), (clear, False)):
            out += ["  - interval: 1m", "    input_series:"]
            for selector, values in series:
                out += [f"      - series: {yaml_string(selector)}", f"        values: {yaml_string(values)}"]
            out += ["    alert_rule_test:", f"      - eval_time: {minutes}m", f"        alertname: {name}"]
            if not expected:
                out.append("        exp_alerts: []")
                continue
            pairs = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            summary = re.sub(r"{{ \$labels\.(\w+) }}", lambda m: pairs.get(m[1], ""), rules[name]["summary"])
            out += ["        exp_alerts:", "          - exp_labels:", f"              severity: {rules[name]['severity']}"]
            out += [f"              {key}: {yaml_string(value)}" for key, value in pairs.items()]
            out += ["            exp_annotations:", f"              summary: {yaml_string(summary)}",
                    f"              runbook_url: {yaml_string(rules[name]['runbook'])}"]
    return "\n".join(out) + "\n"


def parse(text):
    rules = {}
    for block in text.split("      - alert: ")[1:]:
        unquoted = {key: re.sub(r"\\(.)", r"\1", value) for key, value in re.findall(r'(\w+): "((?:[^"\\]|\\.)*)"', block)}
        rules[block.split("\n", 1)[0]] = {"severity": re.search(r"severity: (\w+)", block)[1], "expr": unquoted["expr"],
                                         "summary": unquoted["summary"], "runbook": unquoted["runbook_url"]}
    return rules


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    check(done.returncode == 0, f"{' '.join(command[:3])}: exit code {done.returncode}\n{done.stdout}{done.stderr}")


def check_runbooks(docs, rules):
    index = (docs / "runbooks/README.md").read_text()
    named = {pathlib.PurePath(rule["runbook"]).name for rule in rules.values()}
    present = {path.name for path in (docs / "runbooks").glob("*.md")} - {"README.md"}
    check(named == present, f"runbooks: without a page {sorted(named - present)}, without an alert {sorted(present - named)}")
    for name, rule in rules.items():
        page = pathlib.PurePath(rule["runbook"]).name
        row = f"| `{name}` | {rule['severity']} | [{page[:-3]}]({page}) |"
        check(row in index, f"runbooks/README.md lacks: {row}")
        text = (docs / "runbooks" / page).read_text() if page in present else ""
        check(f"`{name}`" in text, f"{page} does not name {name}")
        for heading in ("## What it means", "## What to look at", "## What to do"):
            check(heading in text, f"{page} lacks: {heading}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--govhost", required=True)
    parser.add_argument("--docs", type=pathlib.Path, required=True)
    options = parser.parse_args()
    text = subprocess.run([options.govhost, "alerts", "rules"], capture_output=True, text=True, check=True).stdout
    rules = parse(text)
    check(len(rules) >= 10, "the rules are not found")
    check(set(rules) == set(CASES), f"without a case {sorted(set(rules) - set(CASES))}, without a rule {sorted(set(CASES) - set(rules))}")
    documented = set(re.findall(r"^\| `(\w+)` \|", (options.docs / "metrics.md").read_text(), re.M)) | {"up"}
    for name, rule in rules.items():
        for metric in re.findall(r"\b((?:govhost|mcp|process)_\w+|up)\b", rule["expr"]):
            check(re.sub(r"_(bucket|count|sum)$", "", metric) in documented, f"{name}: {metric} is no metric that is documented")
    check_runbooks(options.docs, rules)
    if not problems and shutil.which("promtool") is None:
        print("SKIPPED: no rule was tried: promtool is not here; packaging/test.sh fetches it, or install the package prometheus")
        sys.exit(77)
    if not problems:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "rules.yml").write_text(text)
            (folder / "tests.yml").write_text(unit_tests("rules.yml", rules))
            run("promtool", "check", "rules", str(folder / "rules.yml"))
            run("promtool", "test", "rules", str(folder / "tests.yml"))
    print(f"{len(rules)} rules, {2 * len(CASES)} cases")
    if problems:
        sys.exit("FAILED:\n" + "\n".join(problems))


if __name__ == "__main__":
    main()
