"""Writes what was found: a table to read, `results.json` and `RESULTS.md`."""

import itertools
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import JAM_TARGETS, TARGETS, Findings, Row, Target
from bench.processes import ROOT

BENCH = ROOT / "bench"
JSON, MARKDOWN = BENCH / "results.json", BENCH / "RESULTS.md"


def circumstances(**asked: Any) -> dict[str, Any]:
    """Where, when and how it was measured. The load is of the last minute before."""
    return {
        "at": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "commit": _commit(),
        "cpus": os.cpu_count(),
        "cpu": _cpu_model(),
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
        **asked,
    }


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def keep(part: str, findings: Findings, about: dict[str, Any]) -> None:
    """Put the findings of a part ("bench" or "jam") in place of what was found before, and write both files.

    A measure that was not taken this time keeps its older figures, which are listed with their own circumstances.
    """
    kept = json.loads(JSON.read_text()) if JSON.exists() else {"values": {}, "rows": [], "about": {}}
    cases = {row.case for row in findings.rows}
    values = kept["values"] | findings.values
    rows = [row for row in kept["rows"] if row["case"] not in cases] + [asdict(row) for row in findings.rows]
    failures = [failure for failure in kept.get("failures", []) if not failure.startswith(f"{part}:")]
    failures += [f"{part}: {failure}" for failure in findings.failures]
    whole = {"values": values, "rows": rows, "failures": failures, "about": {**kept["about"], part: about}}
    JSON.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    MARKDOWN.write_text("\n".join(markdown(whole)) + "\n")


def markdown(whole: dict[str, Any]) -> Iterator[str]:
    """The report of `results.json` as Markdown."""
    yield "# What was measured"
    yield ""
    yield "Written by `make bench` and `make bench-jam`; [README.md](README.md) says what each figure means."
    for part, about in whole["about"].items():
        yield ""
        yield f"**{part}**: " + ", ".join(f"{name} {value}" for name, value in about.items())
    if whole["failures"]:
        yield ""
        yield from (f"- not measured: {failure}" for failure in whole["failures"])
    yield ""
    yield from _target_lines(whole["values"])
    yield from _row_lines([Row(**row) for row in whole["rows"]])
    yield from _other_lines(whole["values"])


def _target_lines(values: dict[str, float]) -> Iterator[str]:
    yield "| measure | key | found | wanted | |"
    yield "|---|---|---:|---:|---|"
    for target in (*TARGETS, *JAM_TARGETS):
        value = values.get(target.key)
        found = "not measured" if value is None else number(value)
        yield f"| {target.text} | `{target.key}` | {found} | {target.wanted} | {verdict(target, value)} |"


def verdict(target: Target, value: float | None) -> str:
    if value is None:
        return ""
    return "reached" if target.is_met(value) else "**missed**"


def _row_lines(rows: Sequence[Row]) -> Iterator[str]:
    for case, group in itertools.groupby(rows, key=lambda row: row.case):
        together = list(group)
        names = list(together[0].figures)
        yield ""
        yield f"## {case}"
        yield ""
        yield f"| | {' | '.join(names)} |"
        yield f"|---|{'---:|' * len(names)}"
        for row in together:
            yield f"| {row.server} | {' | '.join(number(row.figures[name]) for name in names)} |"


def _other_lines(values: dict[str, float]) -> Iterator[str]:
    targeted = {target.key for target in (*TARGETS, *JAM_TARGETS)}
    others = {key: value for key, value in values.items() if key not in targeted}
    if others:
        yield ""
        yield "## Other figures"
        yield ""
        yield "| key | |"
        yield "|---|---:|"
        yield from (f"| `{key}` | {number(value)} |" for key, value in sorted(others.items()))


def number(value: float) -> str:
    """Three digits that count."""
    if value == int(value) or abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:,.3g}"


def table(findings: Findings, targets: Sequence[Target]) -> Iterator[str]:
    """What was found against what was wanted, for a terminal."""
    for target in targets:
        if target.key in findings.values:
            value = findings.values[target.key]
            mark = "ok" if target.is_met(value) else "MISSED"
            yield f"{target.key:32}{number(value):>10}  {target.wanted:>10}  {mark:7}{target.text}"
    named = {target.key for target in targets}
    yield from (f"{key:32}{number(value):>10}" for key, value in findings.values.items() if key not in named)
    yield from (f"not measured: {failure}" for failure in findings.failures)
