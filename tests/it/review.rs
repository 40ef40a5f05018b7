//! What a run leaves to be decided: snapshots that wait, and signatures that are open.

use std::fmt::Write as _;

use crate::support::project::Project;
use crate::support::routes::Answer;
use crate::support::terminal::Terminal;
use crate::support::trace::{Trace, candidate_trace};

/// The latest record, by its own name.
fn latest(project: &Project) -> String {
    let records = project.files(".parity/records");
    records.into_iter().filter(|name| !name.ends_with("latest.jsonl")).max().unwrap()
}

#[test]
fn snapshots_are_accepted_and_rejected_by_name() {
    let trace = Trace::unapproved();
    trace.check(&[]).exits(1);
    let project = &trace.project;
    let done = project.run(&["review"]).exits(1);
    done.warns("pending   trace/run_id=24 (missing)")
        .warns("pending   trace/run_id=999 (missing)");
    project
        .run(&["review", "--accept", "trace/run_id=25"])
        .exits(2)
        .warns("no pending snapshot is called");
    let both = ["review", "--accept", "trace/run_id=2*", "--reject", "trace/run_id=24"];
    project.run(&both).exits(2).warns("is to be accepted and rejected");
    assert_eq!(
        project.files("snapshots").iter().filter(|name| name.contains(".snap.new")).count(),
        3
    );

    project
        .run(&["review", "--accept", "trace/run_id=24", "--reject", "trace/run_id=34"])
        .exits(1);
    assert_eq!(
        project.files("snapshots"),
        ["snapshots/trace/run_id=24.snap", "snapshots/trace/run_id=999.snap.new"]
    );
    project.run(&["review", "--accept", "*"]).exits(0);
    trace.check(&[]).exits(0);
    assert_eq!(project.files("snapshots").len(), 3);
}

#[test]
fn an_uploaded_record_is_enough() {
    let trace = Trace::unapproved();
    // Under CI nothing is written but the record.
    trace.command(&[]).env("CI", "true").run().exits(1);
    let project = &trace.project;
    assert_eq!(project.files("snapshots"), [""; 0]);
    std::fs::rename(project.path(&latest(project)), project.path("uploaded.jsonl")).unwrap();
    project.run(&["review", "--from", "uploaded.jsonl", "--accept", "*"]).exits(0);
    trace.check(&[]).exits(0).says("3 approved");
}

#[test]
fn a_mismatch_is_never_accepted() {
    let trace = Trace::unapproved();
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.check(&[]).exits(1);
    let project = &trace.project;
    project
        .run(&["review", "--accept", "trace/run_id=34"])
        .exits(2)
        .warns("no pending snapshot is called");
    let done = project.run(&["review", "--accept", "*"]).exits(1);
    done.warns("trace: /run_id: other value (integer /run_id), 1 case, trace/run_id=34");
    assert_eq!(project.files("snapshots").len(), 2);
}

#[test]
fn what_no_case_refers_to_is_removed() {
    let trace = Trace::approved();
    trace.project.write("snapshots/trace/run_id=1.snap", "---\n---\nx\n");
    trace.check(&[]).exits(1).says("Snapshots that no case refers to");
    trace
        .project
        .run(&["review"])
        .exits(1)
        .warns("no case   snapshots/trace/run_id=1.snap: `parity review --prune` removes it");
    trace
        .project
        .run(&["review", "--prune"])
        .exits(0)
        .warns("removed   snapshots/trace/run_id=1.snap");
    assert_eq!(trace.project.files("snapshots").len(), 3);
    trace.check(&[]).exits(0);
}

#[test]
fn snapshots_of_secret_parameters_are_referred_to() {
    let trace = Trace::unapproved();
    let suite = "suite = 'user'\nsecret_parameters = ['token']\n[parameters]\ntoken = ['first-secret', 'second-secret']\n\
                 [legacy]\nget = '/a?token={token}'\n[candidate]\nget = '/b?token={token}'\n";
    trace.project.write("suites/trace.toml", suite);
    for token in ["first-secret", "second-secret"] {
        trace.legacy.on(format!("/a?token={token}"), Answer::json("{}"));
        trace.candidate.on(format!("/b?token={token}"), Answer::json("{}"));
    }
    trace.check(&[]).exits(1);
    assert_eq!(trace.project.accept(), 2);
    trace.check(&[]).exits(0);
    let kept = trace.project.files("snapshots");
    trace.project.run(&["review", "--prune"]).exits(0);
    assert_eq!(trace.project.files("snapshots"), kept);
    trace.check(&[]).exits(0);
}

#[test]
fn one_key_each_at_a_terminal() {
    let trace = Trace::unapproved();
    trace.check(&[]).exits(1);
    let project = &trace.project;
    // Raw answers, then reject the first, skip the second, quit.
    let done = Terminal::run(project, "review")
        .types("1 of 3: [a]ccept", "w")
        .types("1 of 3: [a]ccept", "r")
        .types("2 of 3:", "s")
        .types("3 of 3:", "q")
        .ends();
    done.says("legacy: GET /api/trace/24");
    assert_eq!(
        project.files("snapshots"),
        ["snapshots/trace/run_id=34.snap.new", "snapshots/trace/run_id=999.snap.new"]
    );
    // Accept one, then all that are left.
    Terminal::run(project, "review")
        .types("1 of 3:", "a")
        .types("2 of 3:", "l")
        .ends()
        .exits(0);
    assert_eq!(project.files("snapshots").len(), 3);
    trace.check(&[]).exits(0);
}

/// Four users: text where the candidate has integers, and one name that is another.
const USERS: &str = "# users, as somebody wrote them\nsuite = 'user'\n[parameters]\nid = [1, 2, 3, 4]\n\
                     [legacy]\nget = '/a/{id}'\n[candidate]\nget = '/b/{id}'\n";

fn users(suite: &str) -> Trace {
    let trace = Trace::unapproved();
    trace.project.write("suites/trace.toml", suite);
    for id in 1..=4 {
        trace.legacy.on(
            format!("/a/{id}"),
            Answer::json(format!(r#"{{"id":"{id}","age":"3{id}","name":"x"}}"#)),
        );
        let name = if id == 3 { "y" } else { "x" };
        trace.candidate.on(
            format!("/b/{id}"),
            Answer::json(format!(r#"{{"id":{id},"age":3{id},"name":"{name}"}}"#)),
        );
    }
    trace.check(&[]).exits(1);
    trace
}

/// The name under which a signature is listed.
#[track_caller]
fn id(project: &Project, signature: &str) -> String {
    let done = project.run(&["review"]).exits(1);
    let line = done
        .stderr
        .lines()
        .find(|line| line.starts_with("open ") && line.contains(signature));
    let line = line.unwrap_or_else(|| panic!("no {signature}: {}", done.stderr));
    line.split_whitespace().nth(1).unwrap().to_owned()
}

#[test]
fn an_open_signature_is_declared_by_its_name() {
    let trace = users(USERS);
    let project = &trace.project;
    let done = project.run(&["review"]).exits(1);
    done.warns("user: /id: string became integer, 4 cases, first user/id=1")
        .warns("user: /name: other value, 1 case, user/id=3")
        .warns("a mismatch is never accepted here");
    let (rule, defect) = (id(project, "/id:"), id(project, "/name:"));
    assert_eq!(rule.len(), 6, "{rule}");

    // What would be added is shown first, and nothing is written.
    project
        .run(&["review", "--declare", &rule])
        .exits(1)
        .says("# suites/trace.toml\n# explains /age: string became integer")
        .says("# tolerates nothing\n[[translation]]\nrule = \"integer\"\nat   = [\"/age\", \"/id\"]\nwhy  = \"\"\n")
        .warns("nothing was written: add `--why TEXT`");
    project
        .run(&["review", "--declare", &rule, "--as", "expected"])
        .exits(1)
        .says("[[expected]]\n");
    project
        .run(&["review", "--declare", &rule, "--why", " "])
        .exits(2)
        .warns("`--why` is empty");
    project.run(&["review", "--why", "because"]).exits(2).warns("--declare");
    let slip = format!("{}{}", &rule[..5], if rule.ends_with('0') { '1' } else { '0' });
    project
        .run(&["review", "--declare", &slip, "--why", "because"])
        .exits(2)
        .warns(&format!("no open signature is called `{slip}`: did you mean `{rule}`?"));
    project
        .run(&["review", "--declare", &defect, "--why", "because"])
        .exits(2)
        .warns("no rule is proposed for")
        .warns("it looks like a real difference")
        .warns("`--as expected` declares it as a known defect");
    project
        .run(&["review", "--accept", "user/id=3"])
        .exits(2)
        .warns("no pending snapshot is called `user/id=3`")
        .warns("which no snapshot excuses");
    assert_eq!(project.read("suites/trace.toml"), USERS);

    // One rule explains two signatures, so that the second is not open any more when it is its turn.
    let age = id(project, "/age:");
    project
        .run(&["review", "--declare", &rule, &age, "--why", "the \"new\" API is typed"])
        .exits(1)
        .warns(&format!("declared  {rule}  suites/trace.toml: integer"))
        .warns(&format!(
            "explained {age}  user: /age: string became integer, by what was declared before"
        ));
    let written = project.read("suites/trace.toml");
    assert!(written.starts_with(USERS), "every byte before stays: {written}");
    assert!(written.ends_with("\nwhy  = \"the \\\"new\\\" API is typed\"\n"), "{written}");
    assert_eq!(id(project, "/name:"), defect, "a name stays while others go");

    project
        .run(&["review", "--declare", &defect, "--as", "expected", "--why", "issue 12"])
        .exits(1)
        .warns(&format!("declared  {defect}  suites/trace.toml: expected"))
        .warns("pending   user/id=3 (missing)");
    project.run(&["review", "--accept", "*"]).exits(0);
    trace.check(&[]).exits(0).says("1 mismatch (expected)");
}

#[test]
fn the_shape_comes_before_what_stands_on_it() {
    let trace = Trace::unapproved();
    let project = &trace.project;
    project.write("suites/trace.toml", USERS);
    for id in 1..=4 {
        let one = if id == 3 { r#"["x","y"]"# } else { r#""x""# };
        let list = if id == 3 { one } else { r#"["x"]"# };
        trace
            .legacy
            .on(format!("/a/{id}"), Answer::json(format!(r#"{{"id":"{id}","tag":{one}}}"#)));
        trace
            .candidate
            .on(format!("/b/{id}"), Answer::json(format!(r#"{{"id":{id},"tag":{list}}}"#)));
    }
    trace.check(&[]).exits(1);
    let (value, shape) = (id(project, "/id: string became integer"), id(project, "/tag: string became array"));
    project
        .run(&["review", "--declare", &value, "--why", "because"])
        .exits(2)
        .warns(&format!("may stand: `parity review --declare {shape}`, /tag: string became array"));
    assert_eq!(project.read("suites/trace.toml"), USERS);
    // At a terminal it is offered at once, and the other one after it.
    Terminal::run(project, "review")
        .types("1 of 2 open: declare", "r")
        .types("why: ", "one tag is no list in the legacy\n")
        .types("1 of 1 open: declare", "r")
        .types("why: ", "the new API is typed\n")
        .types("accept a[l]l", "l")
        .ends()
        .exits(0)
        .says("the shape comes first, on which a rule for this may stand: /tag: string became array")
        .says("declared  suites/trace.toml: list")
        .says("declared  suites/trace.toml: integer");
    trace.check(&[]).exits(0);
}

#[test]
fn what_a_rule_would_tolerate_stands_above_it() {
    let trace = Trace::unapproved();
    let suite = trace.project.read("suites/trace.toml");
    let (before, after) = suite.split_once("[[comparison]]").unwrap();
    let (_, after) = after.split_once("\n[[error]]").unwrap();
    trace.project.write("suites/trace.toml", format!("{before}[[error]]{after}"));
    let reversed = r#"{"run_id":34,"trace":[{"iteration":2,"evaluation":1,"selected":false},{"iteration":1,"evaluation":0.9300000001,"selected":true},{"iteration":0,"evaluation":0.93,"selected":false}]}"#;
    trace.candidate.on("/trace/34", Answer::json(reversed));
    trace.check(&[]).exits(1);
    let open = id(&trace.project, "/trace/*/iteration");
    trace
        .project
        .run(&["review", "--declare", &open])
        .exits(1)
        .says("# tolerates row-swapped at /trace")
        .says("rule = \"unordered\"\nat   = \"/trace\"\nkey  = [\"iteration\"]\nwhy  = \"\"\n");
}

#[test]
fn an_expected_verdict_that_is_not_seen_is_changed_by_hand() {
    let expected = "[[expected]]\ncase = 'id=1'\nverdict = 'legacy-broken'\nwhy = 'it was'\n";
    let integers = "[[translation]]\nrule = 'integer'\nat = ['/id', '/age']\nwhy = 'typed'\n";
    let trace = users(&format!("{USERS}{integers}{expected}"));
    let done = trace.project.run(&["review"]).exits(1);
    done.warns("by hand   suites/trace.toml:13: ").warns("user/id=1");
}

#[test]
fn of_private_values_only_the_verdict_is_declared() {
    let private = format!("redact = ['/age']\n{USERS}");
    let trace = users(&private);
    let project = &trace.project;
    let age = id(project, "/age:");
    project
        .run(&["review", "--declare", &age, "--why", "because"])
        .exits(2)
        .warns("recorded as digests, of which no rule can be made");
    Terminal::run(project, "review")
        .types("1 of 3 open: [e]xpect it", "q")
        .ends()
        .exits(1);
    project
        .run(&["review", "--declare", &age, "--as", "expected", "--why", "because"])
        .exits(1)
        .warns("declared")
        .warns("pending   user/id=1 (missing)");
    assert_eq!(project.read("suites/trace.toml").matches("[[expected]]").count(), 2);
}

const ASKED: &str = "[s]kip  [q]uit";

#[test]
fn signatures_are_declared_at_a_terminal() {
    let trace = users(USERS);
    let project = &trace.project;
    // Nothing, Escape and Ctrl-C leave it.
    let left = Terminal::run(project, "review")
        .types("1 of 3 open: declare a [r]ule  [e]xpect it", "r")
        .types("why: ", "\n")
        .types(ASKED, "r")
        .types("why: ", "no\u{1b}")
        .types(ASKED, "e")
        .types("why: ", "no\u{3}")
        .types(ASKED, "sq")
        .ends()
        .exits(1);
    left.clone()
        .says("# tolerates nothing")
        .says("into suites/trace.toml; why is it so?")
        .says("2 of 3 open:");
    assert_eq!(left.stdout.matches("nothing was declared").count(), 3, "{}", left.stdout);
    assert_eq!(project.read("suites/trace.toml"), USERS);

    // The raw answers; then a rule, with which the record is judged again: only the name stays open, and is expected.
    Terminal::run(project, "review")
        .types(ASKED, "w")
        .types(ASKED, "r")
        .types("why: ", "wrong\u{15}typéx\u{7f}\u{1b}[Dd\n")
        .types("1 of 3: [a]ccept", "l")
        .types("1 of 1 open:", "r")
        .types("no rule is proposed: ", "e")
        .types("why: ", "\u{1b}[200~known,\nissue 12\u{1b}[201~\n")
        .types("accept a[l]l", "l")
        .ends()
        .exits(0)
        .says("legacy: GET /a/1")
        .says("declared  suites/trace.toml: integer")
        .says("declared  suites/trace.toml: expected");
    let written = project.read("suites/trace.toml");
    assert!(written.starts_with(USERS), "{written}");
    assert!(written.contains("why  = \"typéd\"\n"), "{written}");
    assert!(written.contains("case       = \"id=3\"\n"), "{written}");
    assert!(written.ends_with("why        = \"known, issue 12\"\n"), "{written}");
    trace.check(&[]).exits(0).says("4 approved");
}

#[test]
fn ctrl_c_ends_a_review_and_leaves_the_terminal_as_it_was() {
    let trace = users(USERS);
    let state = "review; echo code $?; stty -a";
    let done = Terminal::run(&trace.project, state).types(ASKED, "\u{3}").ends();
    done.clone().says("error: interrupted").says("code 130");
    for mode in ["icanon", "echo", "isig"] {
        assert!(
            done.stdout.contains(&format!(" {mode} ")) || done.stdout.contains(&format!("\n{mode} ")),
            "{}",
            done.stdout
        );
    }
}

#[test]
fn a_reason_that_says_todo_is_refused() {
    let trace = users(USERS);
    Terminal::run(&trace.project, "review")
        .types(ASKED, "r")
        .types("why: ", "TODO: later\n")
        .types("it is still to be written", "q")
        .ends()
        .exits(1);
    assert_eq!(trace.project.read("suites/trace.toml"), USERS);
}

#[test]
fn snapshots_that_changed_alike_are_accepted_at_once() {
    let trace = Trace::unapproved();
    let mut suite = "suite = 'user'\n[parameters]\nid = [1, 2, 3, 4, 5]\n".to_owned();
    suite.push_str("[legacy]\nget = '/a/{id}'\n[candidate]\nget = '/a/{id}'\n");
    trace.project.write("suites/trace.toml", suite);
    let answer = |change: &dyn Fn(u32) -> String| {
        for id in 1..=5 {
            let mut body = format!(r#"{{"id":{id}"#);
            write!(body, "{}}}", change(id)).unwrap();
            for side in [&trace.legacy, &trace.candidate] {
                side.on(format!("/a/{id}"), Answer::json(body.clone()));
            }
        }
    };
    answer(&|_| r#","score":0.5,"name":"x""#.to_owned());
    trace.check(&[]).exits(1);
    trace.project.accept();
    // Another number in four of them, another member in the fifth.
    answer(&|id| match id {
        3 => r#","score":0.5,"title":"x""#.to_owned(),
        id => format!(r#","score":{id}.25,"name":"x""#),
    });
    trace.check(&[]).exits(1);
    let done = Terminal::run(&trace.project, "review")
        .types("1 of 5: [a]ccept  [r]eject  [s]kip  ra[w] answers  accept 4 ali[k]e", "k")
        .types("5 of 5: ", "q")
        .ends()
        .exits(1);
    done.clone()
        .says("changed alike in 4 cases:")
        .says("  \"score\": another number")
        .says("pending   user/id=3 (changed)");
    assert_eq!(
        trace
            .project
            .files("snapshots")
            .into_iter()
            .filter(|name| name.contains(".snap.new"))
            .collect::<Vec<_>>(),
        ["snapshots/user/id=3.snap.new"]
    );
}
