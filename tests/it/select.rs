//! Which cases are asked, and shares of them joined again.

use std::fs;

use crate::support::routes::{Answer, Reply};
use crate::support::trace::{SUITE, Trace, candidate_trace};

/// A rule that no case needs.
const IDLE: &str = "\n[[translation]]\nrule = 'list'\nfrom = '/trace/nothing'\nwhy = 'one of these days'\n";

fn listed(trace: &Trace, arguments: &[&str]) -> Vec<String> {
    let done = trace.check(&[&["--list", "--format", "json"], arguments].concat()).exits(0).json();
    let cases = done["cases"].as_array().unwrap().iter();
    cases.map(|case| case["case"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn cases_are_chosen_by_name_and_listed_without_asking_anybody() {
    let trace = Trace::approved();
    let asked = trace.legacy.requests().len();
    assert_eq!(listed(&trace, &[]), ["trace/run_id=24", "trace/run_id=34", "trace/run_id=999"]);
    assert_eq!(listed(&trace, &["--case", "*=9*"]), ["trace/run_id=999"]);
    assert_eq!(
        listed(&trace, &["--case", "run_id=24", "--case", "trace/run_id=34"]),
        ["trace/run_id=24", "trace/run_id=34"]
    );
    trace.check(&["--list"]).exits(0).says("trace/run_id=34  a trace\n");
    trace
        .check(&["--list", "--format", "junit"])
        .exits(2)
        .warns("`--list` prints cases as `terminal` or `json`");
    assert_eq!(trace.legacy.requests().len(), asked);
    trace.check(&["--case", "run_id=34"]).exits(0).says("1 case in");
}

#[test]
fn cases_are_chosen_by_their_tags() {
    let trace = Trace::approved();
    let suite = trace.project.read("suites/trace.toml");
    let values = "run_id = [{ value = 24, is = \"no trace\", tag = [\"quick\", \"empty\"] }, { value = 34, is = \"a trace\" }, { value = 999, is = \"no such run\", tag = \"quick\" }]";
    let from = suite.find("run_id = [").unwrap();
    let to = from + suite[from..].find('\n').unwrap();
    trace
        .project
        .write("suites/trace.toml", format!("{}{values}{}", &suite[..from], &suite[to..]));
    assert_eq!(listed(&trace, &["--tag", "quick"]), ["trace/run_id=24", "trace/run_id=999"]);
    assert_eq!(listed(&trace, &["--tag", "empty", "--tag", "quick"]).len(), 2);
    assert_eq!(listed(&trace, &["--tag", "quick", "--case", "*=9*"]), ["trace/run_id=999"]);
    trace
        .check(&["--tag", "empty", "--list"])
        .exits(0)
        .says("trace/run_id=24  no trace  [empty, quick]\n");
    trace.check(&["--tag", "quick"]).exits(0).says("2 cases in");
    // A tag that is misspelt must not leave a gate with less than was meant.
    trace
        .check(&["--tag", "quick", "--tag", "emtpy"])
        .exits(2)
        .warns("no selected case has the tag `emtpy`: did you mean `empty`?");
    trace
        .check(&["--tag", "nightly"])
        .exits(2)
        .warns("no selected case has the tag `nightly`: there is `empty`, `quick`");
    trace
        .check(&["--tag", "empty", "--case", "run_id=34"])
        .exits(4)
        .warns("none of those that `--case` names has the tag `empty`");
    let untagged = Trace::unapproved();
    untagged
        .check(&["--tag", "quick"])
        .exits(2)
        .warns("no selected case has the tag `quick`: there are none");
}

#[test]
fn what_selects_nothing_says_what_is_nearest() {
    let trace = Trace::approved();
    trace
        .check(&["--case", "run_id=43"])
        .exits(4)
        .warns("no case matches `--case run_id=43`: a case is called like `trace/run_id=24`");
    trace
        .check(&["--case", "trace/run_id=99"])
        .exits(4)
        .warns("did you mean `trace/run_id=999`?");
    trace.check(&[]).exits(0);
    trace
        .check(&["--failed"])
        .exits(4)
        .warns("no case is selected: nothing failed in the latest record");
}

#[test]
fn what_failed_is_asked_again_alone() {
    let trace = Trace::approved();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "false")));
    trace.check(&[]).exits(1);
    assert_eq!(listed(&trace, &["--failed"]), ["trace/run_id=34"]);
    let suite = trace.project.read("suites/trace.toml");
    let tagged = suite.replace(
        "{ value = 24, is = \"no trace\" }",
        "{ value = 24, is = \"no trace\", tag = \"quick\" }",
    );
    trace.project.write("suites/trace.toml", tagged);
    for (arguments, why) in [
        (
            &["--tag", "quick"][..],
            "none of those that failed in the latest record has the tag `quick`",
        ),
        (
            &["--case", "run_id=24"],
            "none of those that `--case` names failed in the latest record",
        ),
        (
            &["--param", "run_id=35"],
            "none of those that are asked for here failed in the latest record",
        ),
        (
            &["--case", "*4", "--tag", "quick"],
            "none of those that `--case` names and that failed in the latest record has the tag `quick`",
        ),
    ] {
        let done = trace.check(&[&["--failed"], arguments].concat()).exits(4);
        done.warns(&format!("no case is selected: {why}\n"));
    }
    trace.answer_well(34);
    trace.check(&["--failed"]).exits(0).says("1 case in");
    let fresh = Trace::unapproved();
    fresh.check(&["--failed"]).exits(2).warns("no run of this project is recorded yet");
}

#[test]
fn the_first_failure_ends_the_run_where_that_is_asked() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/24", Answer::json("{}"));
    let done = trace.check(&["--fail-fast", "--jobs", "1"]).exits(1);
    done.says("1 case in")
        .warns("stopped at the first case that fails (`--fail-fast`): 2 more cases were not asked");
    // A run that was cut short says nothing of rules and snapshots.
    let report = trace.check(&["--fail-fast", "--jobs", "1", "--format", "json"]).json();
    assert_eq!(
        (report["full"].as_bool(), report["rules"].as_array().unwrap().len()),
        (Some(false), 0)
    );
    trace.check(&["--fail-fast", "--case", "run_id=34"]).exits(0);
}

#[test]
fn a_side_may_have_a_time_of_its_own() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Reply::Hang);
    trace
        .check(&["--case", "run_id=34", "--candidate-timeout", "200ms", "--timeout", "1m"])
        .exits(3)
        .says("unreachable");
}

/// Runs every share, and gives the files of their records.
fn shares(trace: &Trace, of: u32, arguments: &[&str]) -> Vec<String> {
    let run = |index: u32| {
        let share = format!("{index}/{of}");
        let done = trace.check(&[&["--shard", &share], arguments].concat());
        assert!(matches!(done.code, Some(0 | 1)), "{}", done.shown());
        let name = format!("share-{index}.jsonl");
        fs::copy(trace.project.path(".parity/records/latest.jsonl"), trace.project.path(&name)).unwrap();
        name
    };
    (1..=of).map(run).collect()
}

fn merge(trace: &Trace, files: &[String], arguments: &[&str]) -> crate::support::project::Done {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    trace.project.run(&[&["merge"], files.as_slice(), arguments].concat())
}

#[test]
fn shares_are_joined_to_one_full_run() {
    let trace = Trace::approved();
    let shares = shares(&trace, 2, &[]);
    let asked = trace.legacy.requests().len();
    merge(&trace, &shares, &["-o", "whole.jsonl"])
        .exits(0)
        .says("3 cases in")
        .says("3 approved");
    let report = merge(&trace, &shares, &["-o", "whole.jsonl", "--format", "json"]).exits(0).json();
    assert_eq!(report["full"], true);
    assert_eq!(report["totals"]["cases"], 3);
    assert_eq!(trace.legacy.requests().len(), asked, "nobody is asked again");
    // The whole is a record like any other.
    trace
        .project
        .run(&["explain", "trace/run_id=34", "--record", "whole.jsonl"])
        .exits(0);
    let last: serde_json::Value = serde_json::from_str(trace.project.read("whole.jsonl").lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["totals"]["passed"]), (&"end".into(), &3.into()));
    // Each server has its own port, and a link to it is no difference.
    merge(&trace, &shares, &[]).exits(0).says("-merged.jsonl");
}

#[test]
fn no_share_says_a_secret_of_another() {
    const SECRET: &str = "hunter2000";
    let trace = Trace::unapproved();
    let suite = |name: &str, parameter: &str, more: &str| {
        format!(
            "suite = '{name}'\nsnapshots = 'none'\n[parameters]\nname = ['{parameter}']\n\
             [legacy]\nget = '/{name}/{{name}}'\n{more}\n[candidate]\nget = '/{name}/{{name}}'\n"
        )
    };
    let credential = "headers = { Authorization = 'Bearer {env.TOKEN}' }";
    trace.project.write("suites/trace.toml", suite("login", "nobody", credential));
    trace.project.write("suites/users.toml", suite("users", SECRET, ""));
    for server in [&trace.legacy, &trace.candidate] {
        for target in ["/login/nobody".to_owned(), format!("/users/{SECRET}")] {
            server.on(target, Answer::json("{}"));
        }
    }
    let shares: Vec<String> = (1..=3)
        .map(|index| {
            let share = format!("{index}/3");
            let done = trace.command(&["--shard", &share]).env("TOKEN", SECRET).run();
            assert_eq!(done.code, Some(0), "{}", done.shown());
            let record = trace.project.read(".parity/records/latest.jsonl");
            assert!(!record.contains(SECRET) && record.contains("users/name=masked"), "{record}");
            let name = format!("share-{index}.jsonl");
            trace.project.write(&name, record);
            name
        })
        .collect();
    // And each case is found again by its masked name.
    merge(&trace, &shares, &["-o", "whole.jsonl"]).exits(0).says("2 cases in");
}

#[test]
fn only_the_whole_says_what_never_acted() {
    let trace = Trace::approved();
    trace.project.write("suites/trace.toml", format!("{SUITE}{IDLE}"));
    let shares = shares(&trace, 3, &[]);
    merge(&trace, &shares, &["-o", "whole.jsonl"])
        .exits(1)
        .says("stale")
        .says("list /trace/nothing");
}

#[test]
fn what_is_missing_or_doubled_is_named() {
    let trace = Trace::approved();
    let shares = shares(&trace, 3, &[]);
    let place = shares.iter().position(|name| !cases(&trace, name).is_empty()).unwrap();
    let lost = match cases(&trace, &shares[place]).as_slice() {
        [only] => format!("the case `{only}` is"),
        several => format!("the cases `{}` are", several.join("`, `")),
    };
    let mut others = shares.clone();
    others.remove(place);
    merge(&trace, &others, &["-o", "whole.jsonl"])
        .exits(2)
        .warns(&format!("share {}/3 is missing", place + 1))
        .warns(&format!("{lost} in none of the records\n"));
    let twice = [&shares[..], &shares[..1]].concat();
    merge(&trace, &twice, &["-o", "whole.jsonl"])
        .exits(2)
        .warns("share 1/3 is there 2 times: `share-1.jsonl`, `share-1.jsonl`");
    // A share that was killed has no last line.
    let text = trace.project.read(&shares[1]);
    let cut: Vec<&str> = text.lines().collect();
    trace.project.write("cut.jsonl", cut[..cut.len() - 1].join("\n") + "\n");
    let killed = [shares[0].clone(), "cut.jsonl".to_owned(), shares[2].clone()];
    merge(&trace, &killed, &[]).exits(2).warns("`cut.jsonl` has no end");
    // A share of another plan.
    trace.check(&["--shard", "1/3", "--param", "run_id=24,34"]);
    fs::copy(
        trace.project.path(".parity/records/latest.jsonl"),
        trace.project.path("other.jsonl"),
    )
    .unwrap();
    let other = ["other.jsonl".to_owned(), shares[1].clone(), shares[2].clone()];
    merge(&trace, &other, &[]).exits(2).warns("is a share of another plan");
    // A case that a share lost.
    let text = trace.project.read(&shares[place]);
    let left: Vec<&str> = text.lines().filter(|line| !line.contains("\"type\":\"exchange\"")).collect();
    trace.project.write(&shares[place], left.join("\n") + "\n");
    merge(&trace, &shares, &[]).exits(2).warns(&format!(
        "{lost} in none of the records, though every share is there: were they made equally long by the same record (`--shard-by`)?"
    ));
    assert!(!trace.project.path("whole.jsonl").exists(), "nothing is written of what is no run");
    merge(&trace, &["nowhere.jsonl".to_owned()], &[]).exits(2).warns("nowhere.jsonl");
}

/// The names of the cases in a record, as their suite declares them.
fn cases(trace: &Trace, record: &str) -> Vec<String> {
    let text = trace.project.read(record);
    let declared = listed(trace, &[]).into_iter();
    declared
        .filter(|name| {
            let id = name.split_once('=').unwrap().1;
            text.lines()
                .any(|line| line.contains("\"type\":\"exchange\"") && line.contains(&format!("[\"run_id\",\"{id}\",")))
        })
        .collect()
}

#[test]
fn runs_that_have_every_case_together_are_a_full_one() {
    let trace = Trace::approved();
    trace.project.write("suites/trace.toml", format!("{SUITE}{IDLE}"));
    for (case, name) in [("run_id=24", "a.jsonl"), ("run_id=34", "b.jsonl"), ("run_id=999", "c.jsonl")] {
        trace.check(&["--case", case]).exits(0);
        fs::copy(trace.project.path(".parity/records/latest.jsonl"), trace.project.path(name)).unwrap();
    }
    let files = ["a.jsonl", "b.jsonl", "c.jsonl"].map(str::to_owned);
    merge(&trace, &files[..2], &["-o", "part.jsonl"]).exits(0);
    merge(&trace, &files, &["-o", "whole.jsonl"]).exits(1).says("list /trace/nothing");
    // And so its own record tells.
    let told = trace.project.run(&["report", "whole.jsonl", "--format", "json"]).exits(0).json();
    assert_eq!((&told["full"], &told["exit_code"]), (&true.into(), &1.into()));
}

#[test]
fn whole_runs_are_joined_too_when_no_case_is_in_both() {
    let trace = Trace::approved();
    for (case, name) in [("run_id=24", "a.jsonl"), ("run_id=*4", "b.jsonl")] {
        trace.check(&["--case", case]).exits(0);
        fs::copy(trace.project.path(".parity/records/latest.jsonl"), trace.project.path(name)).unwrap();
    }
    let files = ["a.jsonl".to_owned(), "b.jsonl".to_owned()];
    merge(&trace, &files, &[])
        .exits(2)
        .warns("the case `trace/run_id=24` is in `a.jsonl` and in `b.jsonl`");
}

#[test]
fn a_share_without_cases_passes_and_is_no_gap() {
    let trace = Trace::approved();
    let shares = shares(&trace, 7, &[]);
    let empty = trace
        .check(&["--shard", "7/7", "--format", "json"])
        .exits(0)
        .warns("share 7/7 is empty");
    assert_eq!(empty.json()["exit_code"], 0);
    let told = trace.project.run(&["report", "--format", "json"]).exits(0);
    assert_eq!(told.json()["exit_code"], 0, "and so does its record");
    merge(&trace, &shares, &["-o", "whole.jsonl"]).exits(0).says("3 cases in");
    for wrong in ["0/3", "4/3", "1", "a/b"] {
        trace.check(&["--shard", wrong]).exits(2);
    }
}
