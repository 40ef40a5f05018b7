//! What the gate makes of rules, drafts and baselines.

use crate::support::project::PARITY_TOML;
use crate::support::routes::{Answer, Reply};
use crate::support::trace::{SUITE, Trace, candidate_trace, legacy_trace};

/// A rule that no case needs.
const IDLE: &str = "\n[[translation]]\nrule = 'list'\nfrom = '/trace/nothing'\nwhy = 'one of these days'\n";

/// Everything approved, then the suite changed.
fn trace(change: impl Fn(&str) -> String) -> Trace {
    let trace = Trace::approved();
    trace.project.write("suites/trace.toml", change(SUITE));
    trace
}

/// The rules that are not as they should be: state, rule, whether the gate fails.
fn rules(trace: &Trace, arguments: &[&str], code: i32) -> Vec<(String, String, bool)> {
    let report = trace.check(&[&["--format", "json"], arguments].concat()).exits(code).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let rules = report["rules"].as_array().unwrap().iter();
    rules
        .map(|rule| (text(&rule["state"]), text(&rule["rule"]), rule["fails"].as_bool().unwrap()))
        .collect()
}

fn one(state: &str, rule: &str, fails: bool) -> Vec<(String, String, bool)> {
    vec![(state.to_owned(), rule.to_owned(), fails)]
}

#[test]
fn a_rule_that_never_acts_fails_a_full_run_and_no_other() {
    let trace = trace(|suite| format!("{suite}{IDLE}"));
    assert_eq!(rules(&trace, &[], 1), one("stale", "list /trace/nothing", true));
    trace
        .check(&[])
        .exits(1)
        .says("a rule is not as it should be")
        .says("suites/trace.toml:73");
    assert_eq!(rules(&trace, &["--param", "run_id=34"], 0), []);
    trace.legacy.on("/api/trace/24", Reply::Endless);
    let unreachable = rules(&trace, &["--max-body", "1MiB"], 3);
    assert_eq!(unreachable, [], "a case of the suite cannot be reached");
}

/// Two declarations may read alike and say two things; each is counted for itself.
#[test]
fn a_stale_rule_is_not_hidden_by_one_of_the_same_name() {
    let known = |signature: &str| {
        format!("\n[[expected]]\ncase = 'run_id=34'\nverdict = 'mismatch'\nsignatures = ['{signature}']\nwhy = 'known'\n")
    };
    let seen = "/run_id: integer became string (integer /run_id)";
    let trace = trace(|suite| format!("{suite}{}{}", known(seen), known("/run_id: missing (integer /run_id)")));
    let wrong = candidate_trace(34).replace("\"run_id\":34", "\"run_id\":\"34\"");
    trace.candidate.on("/trace/34", Answer::json(wrong));
    let twin = "expected mismatch run_id=34 #2";
    assert_eq!(rules(&trace, &[], 1), one("stale", twin, true));
    trace.check(&[]).exits(1).says(twin).says("suites/trace.toml:79");
    let listed = trace.project.run(&["rules"]).exits(0);
    listed.says(twin).says("expected mismatch run_id=34  ");
    trace.project.run(&["judge"]).exits(1).says(twin);
}

/// Which paths of a preset act differs from case to case: it is one promise, held to account as one.
#[test]
fn a_preset_is_stale_only_as_a_whole() {
    let preset = |lists: &str| {
        format!(
            "\n[[preset]]\nuse = 'php-xml-json@1'\nlists = {lists}\nempty_null = '/nothing'\nwhy = 'the legacy makes its JSON of XML'\n"
        )
    };
    let trace = trace(|suite| format!("{suite}{}", preset("['/trace/tag', '/trace/more']")));
    assert_eq!(rules(&trace, &[], 1), one("stale", "php-xml-json@1", true));
    // One of its three paths acts.
    let tagged = |answer: String, from: &str, to: &str| Answer::json(answer.replacen(from, to, 1));
    trace.legacy.on(
        "/api/trace/34",
        tagged(legacy_trace(34), "{\"run_id\"", "{\"tag\":\"a\",\"run_id\""),
    );
    trace.candidate.on(
        "/trace/34",
        tagged(candidate_trace(34), "{\"run_id\"", "{\"tag\":[\"a\"],\"run_id\""),
    );
    assert_eq!(rules(&trace, &[], 1), [], "only the snapshot is not as it was");
}

#[test]
fn a_share_of_a_run_calls_no_rule_stale() {
    let trace = trace(|suite| format!("{suite}{IDLE}"));
    for share in ["1/2", "2/2"] {
        assert_eq!(rules(&trace, &["--shard", share], 0), [], "{share}");
    }
}

#[test]
fn each_path_of_a_rule_has_to_act() {
    let trace = trace(|suite| suite.replace("[\"/run_id\",", "[\"/run_id\", \"/run_ids\","));
    assert_eq!(rules(&trace, &[], 1), one("stale", "integer /run_ids", true));
}

#[test]
fn the_project_may_say_that_it_only_wants_to_know() {
    let trace = trace(|suite| format!("{suite}{IDLE}expires = 2026-01-31\n"));
    let both = |stale, expired| {
        vec![
            ("expired".to_owned(), "list /trace/nothing".to_owned(), expired),
            ("stale".to_owned(), "list /trace/nothing".to_owned(), stale),
        ]
    };
    assert_eq!(rules(&trace, &["--today", "2026-02-01"], 1), both(true, true));
    for (gate, stale, expired, code) in [
        ("stale = 'warn'", false, true, 1),
        ("expired = 'warn'", true, false, 1),
        ("stale = 'warn'\nexpired = 'warn'", false, false, 0),
    ] {
        trace.project.write("parity.toml", format!("{PARITY_TOML}\n[gate]\n{gate}\n"));
        assert_eq!(rules(&trace, &["--today", "2026-02-01"], code), both(stale, expired), "{gate}");
    }
    trace
        .project
        .write("parity.toml", format!("{PARITY_TOML}\n[gate]\nstale = 'never'\n"));
    trace.check(&[]).exits(2).warns("expected one of `fail`, `warn`, found `never`");
}

#[test]
fn what_no_case_can_show_is_listed_and_exempt() {
    let because = "unproven = 'the legacy does it at midnight only'\n";
    let trace = trace(|suite| format!("{suite}{IDLE}{because}"));
    assert_eq!(rules(&trace, &[], 0), one("unproven", "list /trace/nothing", false));
    trace
        .check(&[])
        .exits(0)
        .says("no case shows it: the legacy does it at midnight only");
    // It is listed as well when it is not true.
    let suite = SUITE.replace("at = \"/trace/*/selected\"\n", &format!("at = \"/trace/*/selected\"\n{because}"));
    trace.project.write("suites/trace.toml", suite);
    trace.check(&[]).exits(0).says("acted 3 times although it is said to be unproven");
}

#[test]
fn a_rule_expires_and_says_so_two_weeks_ahead() {
    let dated = "why = \"a row is known by its iteration; the order still counts\"\nowner = \"ada\"\nexpires = 2027-01-31\n";
    let trace = trace(|suite| suite.replace("why = \"a row is known by its iteration; the order still counts\"\n", dated));
    let rule = "rows /trace by iteration";
    for (today, expected) in [
        ("2027-01-16", vec![]),
        ("2027-01-17", one("expires-soon", rule, false)),
        ("2027-01-31", one("expires-soon", rule, false)),
        ("2027-02-01", one("expired", rule, true)),
    ] {
        let code = i32::from(expected.iter().any(|rule| rule.2));
        assert_eq!(rules(&trace, &["--today", today], code), expected, "{today}");
    }
    trace
        .check(&["--today", "2027-01-20"])
        .exits(0)
        .says("expires in 11 days, after 2027-01-31; ada answers for it");
    // Dates are judged in every run, also in one that asks a single case.
    trace.check(&["--today", "2027-02-01", "--param", "run_id=34"]).exits(1);
    assert_eq!(trace.project.record()[0]["today"], "2027-02-01");
    trace
        .check(&["--today", "31.1.2027"])
        .exits(2)
        .warns("expected a date such as 2027-01-31");
}

#[test]
fn a_draft_is_reported_and_gates_nothing() {
    let trace = trace(|suite| format!("state = \"draft\"\n{suite}{IDLE}"));
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.legacy.on("/api/trace/24", Answer::json("").status(500));
    let report = trace.check(&["--format", "json"]).exits(0).json();
    assert_eq!((&report["totals"]["failed"], &report["totals"]["pardoned"]), (&2.into(), &2.into()));
    assert_eq!(report["cases"][1]["pardon"], "draft");
    trace
        .check(&[])
        .exits(0)
        .says("2 failing cases of drafts")
        .says("a draft, not gated");
}

#[test]
fn a_baseline_pardons_what_it_had_and_nothing_else() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.check(&[]).exits(1);
    let baseline = trace
        .project
        .files(".parity/records")
        .into_iter()
        .filter(|name| !name.ends_with("latest.jsonl"))
        .max()
        .unwrap();
    let again = |trace: &Trace, code| trace.check(&["--baseline", &baseline]).exits(code);
    again(&trace, 0)
        .says("1 failing case known from the baseline")
        .says("known from the baseline, not gated");

    // The same place differs in another way.
    trace.candidate.on(
        "/trace/34",
        Answer::json(candidate_trace(34).replace("\"run_id\":34", "\"run_id\":\"34\"")),
    );
    again(&trace, 1).says("failed: 1 of 3 cases do not pass");
    // A known signature and a new one.
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(35).replace("true", "\"true\"")));
    again(&trace, 1);
    // A case that passed then.
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.legacy.on("/api/trace/24", Answer::json(legacy_trace(24)));
    trace.candidate.on("/trace/24", Answer::json(candidate_trace(25)));
    again(&trace, 1);
    // A case that was not there then, with the known signature.
    let trace = trace_with_35(trace);
    again(&trace, 0);
    // What cannot be reached is never known.
    drop(trace.candidate);
    let gone = [
        "check",
        "--legacy-url",
        &trace.legacy.url(),
        "--candidate-url",
        "http://127.0.0.1:1",
    ];
    trace.project.run(&gone).exits(3);
    let newest = trace
        .project
        .files(".parity/records")
        .into_iter()
        .filter(|name| !name.ends_with("latest.jsonl"))
        .max()
        .unwrap();
    trace.project.run(&[&gone[..], &["--baseline", &newest]].concat()).exits(3);
    trace
        .project
        .run(&[&gone[..], &["--baseline", "no.jsonl"]].concat())
        .exits(2)
        .warns("`--baseline`: cannot read");
}

/// Another case, and the known signature in it and in the one that had it.
fn trace_with_35(trace: Trace) -> Trace {
    trace
        .project
        .write("suites/trace.toml", SUITE.replace("run_id = [", "run_id = [35, "));
    let healthy = Trace::unapproved();
    for run_id in [34, 35] {
        healthy
            .legacy
            .on(format!("/api/trace/{run_id}"), Answer::json(legacy_trace(run_id)));
        healthy.candidate.on(format!("/trace/{run_id}"), Answer::json(candidate_trace(36)));
    }
    Trace {
        project: trace.project,
        ..healthy
    }
}
