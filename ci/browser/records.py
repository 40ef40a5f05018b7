"""Writes two run records to look at: one case of every kind, and 5,000 cases of which every tenth differs.

    records.py FOLDER
"""

import json
import pathlib
import sys

SUITE = """suite = "run-trace"
title = "Trace of a run"

[parameters]
run_id = [%s]

[legacy]
get = "/api/v1/json/run/trace/{run_id}"
error_code = "/error/code"
error_message = "/error/message"

[candidate]
get = "/run/trace/{run_id}"

[[translation]]
rule = "unwrap"
from = "/trace"
why = "the legacy answers inside its XML root element"

[[translation]]
rule = "rename"
from = "/trace/trace_iteration"
to = "trace"
why = "a list carries the name of what it lists"

[[translation]]
rule = "list"
from = "/trace/trace_iteration"
why = "the legacy's XML-to-JSON step turns a list of one into the element itself"

[[translation]]
rule = "integer"
at = ["/run_id", "/trace/*/repeat", "/trace/*/fold", "/trace/*/iteration"]
why = "the legacy has only text; the new API is typed"

[[translation]]
rule = "number"
at = "/trace/*/evaluation"
empty = "null"
why = "the legacy has only text, and [] for an empty one; the new API has a number or null"

[[translation]]
rule = "boolean"
at = "/trace/*/selected"
why = "the legacy has only text; the new API is typed"

[[comparison]]
rule = "rows"
at = "/trace"
key = ["repeat", "fold", "iteration"]
why = "a row is known by these three; the order still counts"

[[comparison]]
rule = "tolerance"
at = "/trace/*/evaluation"
absolute = "0.001"
why = "the two round at different places"

[[error]]
legacy = { status = 412, code = "571", message = "Run not found." }
candidate = { status = 412, type = "https://example.org/problems/run-not-found", title = "Run Not Found", detail = "Run {run_id} not found.", code = "571" }
why = "errors are problem details (RFC 9457) in the new API"
"""

EXPECTED = """
[[expected]]
case = "run_id=36"
verdict = "legacy-broken"
why = "the legacy pastes unescaped text into its XML and answers 500"
"""

# Breaks out of anything that is made carelessly.
NASTY = "</script><script>document.title='out'</script><!-- \u2028 \u202e \u0007 <img src=x onerror=alert(1)> ]]>"


def rows(number):
    for row in range(number):
        yield (
            row // 6,
            row % 6 // 3,
            row % 3,
            json.dumps({"C": row, "kernel": "rbf"}),
            None if row % 5 == 4 else f"0.{930 + row}0",
            row % 3 == 2,
        )


def legacy(run, number):
    return {
        "trace": {
            "run_id": str(run),
            "trace_iteration": [
                {
                    "repeat": str(repeat),
                    "fold": str(fold),
                    "iteration": str(iteration),
                    "setup_string": setup,
                    "evaluation": [] if value is None else value,
                    "selected": "true" if selected else "false",
                }
                for repeat, fold, iteration, setup, value, selected in rows(number)
            ],
        }
    }


def candidate(run, number):
    return {
        "run_id": run,
        "trace": [
            {
                "repeat": repeat,
                "fold": fold,
                "iteration": iteration,
                "setup_string": setup,
                "evaluation": None if value is None else float(value),
                "selected": selected,
            }
            for repeat, fold, iteration, setup, value, selected in rows(number)
        ],
    }


def answer(body, status=200, media_type="application/json", elapsed=12_000):
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "status": status,
        "headers": [["content-type", media_type], ["server", "a server"]],
        "body": {"text": text},
        "elapsed_us": elapsed,
    }


class Record:
    def __init__(self, path, parameters, expected=""):
        self.file = path.open("w", encoding="utf-8")
        self.cases = 0
        self.write(
            {
                "type": "run",
                "version": 1,
                "tool": "parity 0.1.0",
                "started": "2026-11-24T09:30:00Z",
                "oracle": {"kind": "stand-in", "source": "php -S 127.0.0.1:8081 fixtures/legacy"},
                "services": [
                    {"name": "legacy", "base": "http://127.0.0.1:8081", "shown": "php -S 127.0.0.1:8081 fixtures/legacy"},
                    {"name": "candidate", "base": "http://127.0.0.1:8082", "shown": "target/release/openml-api"},
                ],
                "suites": [
                    {
                        "name": "run-trace",
                        "file": "suites/run-trace.toml",
                        "digest": "0" * 64,
                        "text": SUITE % parameters + expected,
                        "services": {"legacy": "legacy", "candidate": "candidate"},
                    }
                ],
            }
        )

    def write(self, line):
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def case(self, run, one, other, what=None, attempts=1):
        self.cases += 1
        side = lambda target, answer: {
            "request": {"method": "GET", "target": target},
            **({"response": answer} if "status" in answer else {"unreachable": answer}),
        }
        candidate_side = side(f"/run/trace/{run}", other)
        if attempts > 1:
            candidate_side["attempts"] = attempts
        self.write(
            {
                "type": "exchange",
                "suite": "run-trace",
                "case": [["run_id", str(run), what]],
                "at_us": self.cases * 1500,
                "legacy": side(f"/api/v1/json/run/trace/{run}", one),
                "candidate": candidate_side,
            }
        )

    def end(self):
        totals = {"cases": self.cases, "passed": 0, "failed": 0, "expected": 0, "verdicts": {}, "snapshots": {}}
        self.write({"type": "end", "totals": totals, "exit": 1})
        self.file.close()


def kinds(path):
    said = {
        24: "no such run", 33: "a trace", 34: "a boolean as text", 35: "a row is missing", 36: "text that is not well-formed XML",
        37: "texts of any kind", 38: "nobody answers", 39: "a page of HTML", 40: "on the second attempt", 1000: "a trace of 1,000 rows",
    }
    record = Record(path, ", ".join(f'{{ value = {run}, is = "{what}" }}' for run, what in said.items()), EXPECTED)
    add = lambda run, one, other, **more: record.case(run, one, other, said[run], **more)
    problem = {"type": "https://example.org/problems/run-not-found", "title": "Run Not Found", "status": 412, "detail": "Run 24 not found.", "code": "571"}
    add(24, answer({"error": {"code": "571", "message": "Run not found."}}, 412), answer(problem, 412, "application/problem+json", 2_500))
    close = candidate(33, 6)
    close["trace"][2]["evaluation"] += 0.0004
    add(33, answer(legacy(33, 6)), answer(close, elapsed=3_100))
    wrong = candidate(34, 6)
    for row in wrong["trace"]:
        row["selected"] = json.dumps(row["selected"])
    add(34, answer(legacy(34, 6)), answer(wrong, elapsed=2_900))
    wrong = candidate(35, 6)
    del wrong["trace"][3]
    wrong["note"] = {"added": [1, 2]}
    add(35, answer(legacy(35, 6)), answer(wrong, elapsed=3_300))
    add(36, answer("", 500, "text/html"), answer(candidate(36, 1), elapsed=2_000))
    one, other = legacy(37, 2), candidate(37, 2)
    one["trace"]["trace_iteration"][0]["setup_string"] = NASTY
    other["trace"][0]["setup_string"] = NASTY + "!"
    add(37, answer(one), answer(other, elapsed=2_200))
    add(38, answer(legacy(38, 1)), {"kind": "refused", "reason": "connection refused"}, attempts=3)
    add(39, answer("<br />\n<b>Fatal error</b>: Uncaught Error in /var/www/html/index.php:12\n" + NASTY, 200, "text/html"), answer(candidate(39, 1)))
    add(40, answer(legacy(40, 3)), answer(candidate(40, 3), elapsed=41_000), attempts=2)
    wrong = candidate(1000, 1000)
    wrong["trace"][500]["evaluation"] = 0.5
    add(1000, answer(legacy(1000, 1000), elapsed=96_000), answer(wrong, elapsed=18_000))
    record.end()


def many(path):
    record = Record(path, "{ from = 1001, to = 6000 }")
    for run in range(1001, 6001):
        other = candidate(run, 12)
        if run % 10 == 0:
            other["trace"][run // 10 % 12]["selected"] = "true"
        record.case(run, answer(legacy(run, 12), elapsed=8_000 + run % 900), answer(other, elapsed=2_000 + run % 700))
    record.end()


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    kinds(folder / "kinds.jsonl")
    many(folder / "many.jsonl")
