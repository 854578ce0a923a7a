#!/usr/bin/env python3
"""Tells from the results of the conformance suites whether the targets are met: prints one table, then
each check that failed with its message. Run by run.sh.

Of each pass there is a folder: scenarios/*/checks.json as the suite wrote them, list (the scenarios that it
should have run), code (its exit code) and log.
"""
import argparse
import json
import pathlib
import re
import sys

STAMP = re.compile(r"-\d{4}-\d{2}-\d{2}T[\d-]+Z$")
# 0.1.16 asks for the stream of 2025-11-25 while its header claims 2025-03-26, where a priming event would be
# wrong: it warns at a server without fault. alpha.12 asks properly.
SELF_CONTRADICTING = ("0.1.16", "server-sse-polling")
# Scenarios of which no check may pass: skipped by the suite always, or where the extension is not offered.
SILENT = {"tasks-status-notifications", "sep-2640-skills-directory", "sep-2640-skills-enumeration",
          "sep-2640-skills-manifest"}


class Pass:
    def __init__(self, name, folder, least):
        self.name, self.least = name, int(least)
        folder = pathlib.Path(folder)
        self.checks = {}
        for file in sorted(folder.glob("scenarios/*/checks.json")):
            scenario = STAMP.sub("", file.parent.name).removeprefix("server-")
            self.checks.setdefault(scenario, []).extend(json.loads(file.read_text()))
        listed = re.findall(r"^  - (\S+)", (folder / "list").read_text().split("\nClient scenarios")[0], re.M)
        # Without --requirements the list is of all scenarios; with it, of those that count.
        self.wanted = set(listed)
        self.code = int((folder / "code").read_text())
        self.log = (folder / "log").read_text(errors="replace")

    def count(self, state):
        return sum(check["status"] == state for checks in self.checks.values() for check in checks)

    def is_self_contradicting(self, scenario):
        return (self.name.split()[0], scenario) == SELF_CONTRADICTING

    def failed(self, scenario):
        bad = {"FAILURE"} if self.is_self_contradicting(scenario) else {"FAILURE", "WARNING"}
        return [check for check in self.checks.get(scenario, []) if check["status"] in bad]

    def all_failed(self):
        return [(scenario, check) for scenario in sorted(self.checks) for check in self.failed(scenario)]

    def is_silent(self, scenario):
        return not any(check["status"] == "SUCCESS" for check in self.checks[scenario])

    def passes(self, scenario):
        if scenario not in self.checks or self.failed(scenario):
            return False
        return not self.is_silent(scenario) or scenario in SILENT or self.is_self_contradicting(scenario)

    def told(self, scenario):
        """What the suite's log says of a scenario that ended in an exception."""
        line = re.search(rf"^Failed to run scenario {re.escape(scenario)}: (.*)", self.log, re.M)
        return line[1] if line else "it was not run"

    def problems(self):
        """What is wrong beyond checks that failed."""
        for scenario in sorted(self.wanted - self.checks.keys()):
            yield f"{scenario} has no results: {self.told(scenario)}"
        for scenario, checks in sorted(self.checks.items()):
            if not self.passes(scenario) and not self.failed(scenario):
                yield f"{scenario}: no check passed: {', '.join(sorted({c['id'] + ' ' + c['status'] for c in checks})) or 'there is none'}"
        if self.count("SUCCESS") < self.least:
            yield f"{self.count('SUCCESS')} checks passed, {self.least} are expected at least"
        if self.code == 124:
            yield "the suite ran out of time"
        elif self.code and not self.count("FAILURE") and not self.count("WARNING"):
            yield f"the suite ended with exit code {self.code}; the end of its log:\n" + "\n".join(self.log.splitlines()[-15:])

    def failures(self):
        for scenario, check in self.all_failed():
            details = " " + json.dumps(check["details"], ensure_ascii=False)[:600] if check.get("details") else ""
            yield f"{scenario} {check['id']} ({check['status']}): {check.get('errorMessage') or check.get('description', '')}{details}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pass", dest="passes", nargs=3, action="append", required=True, metavar=("NAME", "FOLDER", "LEAST"))
    runs = [Pass(*given) for given in parser.parse_args().passes]
    wrong = {run.name: [*run.problems(), *run.failures()] for run in runs}
    print("| suite | scenarios that count | all scenarios | checks passed | failed | skipped | verdict |")
    print("|---|---|---|---|---|---|---|")
    for run in runs:
        everything = run.checks.keys() | run.wanted
        print(f"| {run.name} | {sum(map(run.passes, run.wanted))}/{len(run.wanted)} | {sum(map(run.passes, everything))}/{len(everything)} "
              f"| {run.count('SUCCESS')} | {len(run.all_failed())} | {run.count('SKIPPED')} | {'FAILED' if wrong[run.name] else 'ok'} |")
    silent = sorted({scenario for run in runs for scenario in run.checks if run.passes(scenario) and run.is_silent(scenario)})
    if silent:
        print(f"\nRun, but without a check that passed or failed: {', '.join(silent)}")
    for name, lines in wrong.items():
        for line in lines:
            print(f"\n{name}: {line}")
    sys.exit(any(wrong.values()))


if __name__ == "__main__":
    main()
