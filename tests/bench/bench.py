"""How long an officer waits: whole processes on a generated newsroom, medians of five, with the peak of memory.

``make bench`` prints the table; nothing here asserts a time.
"""

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
INCIDENTS = 1000
REPEATS = 5
AT = "2026-11-24T10:00+08:00"

INCIDENT = """---
title: 第{number}号路段积水
category: emergency
class: {level}
casualties: {casualties}
occurred_at: 2026-11-{day:02}T08:12+08:00
detected_at: 2026-11-{day:02}T08:20+08:00
claimed_at: 2026-11-{day:02}T08:31+08:00
lead: emergency_office
cc: [openness_office, info_office, cyberspace_office]
---

第{number}号路段因降雨积水，市应急办已组织抽排。
"""
FACT = """---
title: 关于第{number}号路段积水的情况通报
type: fact
incident: 2026/jishui-{number}
department: emergency_office
summary: 积水正在排除。
author: he-zhaonan
late_reason: 通信中断，恢复后即行发布。
---

## 基本情况

积水深度约20厘米，影响车辆通行，暂无人员伤亡。

## 处置进展

{text}
"""
LEVELS = ("particularly_serious", "serious", "major", "ordinary", "ungraded")


def newsroom(home: Path, incidents: int) -> None:
    """The sample's registry and templates, and so many open incidents with a draft each; nothing is published."""
    shutil.copytree(REPOSITORY / "content/registry", home / "content/registry")
    shutil.copytree(REPOSITORY / "content/pages", home / "content/pages")
    shutil.copytree(REPOSITORY / "templates", home / "templates")
    shutil.copy(REPOSITORY / "mkdocs.yml", home)
    for number in range(incidents):
        folder = home / f"content/incidents/2026/jishui-{number}"
        folder.mkdir(parents=True)
        level, casualties = LEVELS[number % 5], "yes" if number % 7 == 0 else "no"
        facts = INCIDENT.format(number=number, level=level, casualties=casualties, day=1 + number % 23)
        (folder / "incident.md").write_text(facts, "utf-8")
        text = "已出动抽排车辆，设置警示标志，安排专人值守。" * 8
        (folder / "fact-1.md").write_text(FACT.format(number=number, text=text), "utf-8")


def measured(home: Path, *command: str) -> tuple[float, float]:
    """Median seconds, and the peak of the children's memory so far in MB."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run = [sys.executable, "-m", "greenchannel", "--home", str(home), *command]
        done = subprocess.run(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True)
        times.append(time.perf_counter() - start)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return statistics.median(times), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; medians of {REPEATS}")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        newsroom(home, INCIDENTS)
        one = home / "content/incidents/2026/jishui-1/fact-1.md"
        for name, command in (
            ("--help", ("--help",)),
            (f"check of one file among {INCIDENTS} incidents", ("check", str(one), "--at", AT)),
            (f"check, {INCIDENTS} open incidents", ("check", "--at", AT)),
            (f"due, {INCIDENTS} open incidents", ("due", "--at", AT)),
            (f"due --format json, {INCIDENTS} open incidents", ("due", "--at", AT, "--format", "json")),
        ):
            seconds, peak = measured(home, *command)
            print(f"{seconds:7.2f} s  {peak:6.0f} MB  {name}", flush=True)


if __name__ == "__main__":
    main()
