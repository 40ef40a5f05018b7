//! What `ci/action.yml` and `ci/recipes` say is run here, step by step, over small projects.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::project::{Command, Done, Project};
use crate::support::routes::Answer;
use crate::support::skip::is_skipped;
use crate::support::trace::{Trace, candidate_trace};
use crate::support::workflow::{Job, document, documents};

const PARITY: &str = env!("CARGO_BIN_EXE_parity");

/// Neither release nor token is at hand: a parity that is there, and a repository that is nobody's.
const SURROUNDINGS: [(&str, &str); 4] = [
    ("github.action_repository", "somebody/parity"),
    ("github.repository", "somebody/api"),
    ("github.server_url", "https://example.org"),
    ("github.token", "a token"),
];

/// A project whose services are the two of this trace.
fn project(trace: &Trace) -> &Project {
    let urls = |text: &str| {
        let text = text.replace("${LEGACY_URL:-}", &trace.legacy.url());
        text.replace("${CANDIDATE_URL:-}", &trace.candidate.url())
    };
    trace.project.write("parity.toml", urls(crate::support::project::PARITY_TOML));
    &trace.project
}

/// All is well, and approved.
fn green() -> Trace {
    let trace = Trace::approved();
    project(&trace);
    trace
}

/// One of three cases differs.
fn red() -> Trace {
    let trace = green();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    trace
}

fn job(trace: &Trace) -> Job<'_> {
    Job::new(&trace.project, &SURROUNDINGS)
}

/// Inputs of the action, with the parity of this test.
fn with(inputs: Value) -> Value {
    let mut inputs = inputs;
    inputs["program"] = json!(PARITY);
    inputs
}

/// Why `jq` cannot be used, when it cannot.
fn no_jq() -> Option<String> {
    let found = std::process::Command::new("jq").arg("--version").output();
    found.is_err().then(|| "`jq` is not installed".to_owned())
}

fn exchanges(record: &Path) -> usize {
    fs::read_to_string(record).unwrap().matches("{\"type\":\"exchange\"").count()
}

#[test]
fn the_action_passes_and_leaves_everything() {
    let trace = green();
    let mut job = job(&trace);
    job.action(&with(
        json!({ "arguments": "--environment urls\n\n  --param run_id=34,999  \n trace\n" }),
    ))
    .exits(0)
    .says("passed");
    assert_eq!(job.output("run", "status").unwrap().to_str(), Some("0"));
    let folder = job.output("run", "folder").unwrap();
    for (name, file) in [
        ("markdown", "comment.md"),
        ("junit", "junit.xml"),
        ("html", "report.html"),
        ("record", "record.jsonl"),
    ] {
        let path = job.output("run", name).unwrap_or_else(|| panic!("no `{name}`"));
        assert_eq!(path, folder.join(file));
        assert!(path.metadata().unwrap().len() > 0, "{name}");
    }
    assert_eq!(exchanges(&job.output("run", "record").unwrap()), 2);
    assert!(job.summary().contains("## ✓ parity · passed"), "{}", job.summary());
    assert!(!job.summary().contains("parity review"), "{}", job.summary());
}

#[test]
fn the_action_fails_as_parity_does() {
    let trace = red();
    let mut job = job(&trace);
    let done = job.action(&with(json!({ "arguments": "--environment urls" }))).exits(1);
    assert!(done.stdout.contains("::error file=suites/trace.toml,line="), "{}", done.stdout);
    assert_eq!(job.output("run", "status").unwrap().to_str(), Some("1"));
    let (record, markdown) = (job.output("run", "record").unwrap(), job.output("run", "markdown").unwrap());
    assert_eq!(exchanges(&record), 3);
    assert!(fs::read_to_string(markdown).unwrap().starts_with("<!-- parity -->\n## ✗ parity"));
    let summary = job.summary();
    assert!(summary.contains("/trace/*/selected"), "{summary}");
    assert!(summary.contains("The artifact `parity` holds the run record"), "{summary}");

    // Nothing was run: there is no record, and the one of before does not pass for one.
    let done = job.action(&with(json!({ "arguments": "--environment urls\ntrac" }))).exits(2);
    done.warns("did you mean `trace`?");
    assert_eq!(job.output("run", "status").unwrap().to_str(), Some("2"));
    assert_eq!(job.output("run", "record"), None);
    assert_eq!(job.output("run", "markdown"), None);
    // Nor does a share that was not recorded.
    job.action(&with(json!({ "arguments": "--shard 4/3", "gate": "false" }))).exits(2);
}

#[test]
fn the_action_keeps_pending_snapshots_with_their_folders() {
    let trace = green();
    trace.check(&[]).exits(0);
    trace.project.write("snapshots/trace/run_id=34.snap.new", "pending");
    trace.project.write(".hidden/a.snap.new", "none of this project");
    let mut job = job(&trace);
    let inputs = with(json!({ "command": "audit", "arguments": "--budget 10" }));
    let done = job.action(&inputs);
    assert!(matches!(done.code, Some(0 | 1)), "{done:?}");
    let folder = job.output("run", "folder").unwrap();
    assert_eq!(
        fs::read_to_string(folder.join("pending/snapshots/trace/run_id=34.snap.new")).unwrap(),
        "pending"
    );
    assert!(!folder.join("pending/.hidden").exists());
}

/// A folder of releases with one program that calls itself parity; its address, and the archive.
fn released(project: &Project) -> (String, String) {
    let folder = "releases/somebody/parity/releases/download/v0.1.0";
    let name = format!("parity-0.1.0-{}-unknown-linux-musl", std::env::consts::ARCH);
    project.script(&format!("made/{name}/parity"), "echo \"parity 0.1.0 $*\"\n");
    fs::create_dir_all(project.path(folder)).unwrap();
    let script = format!("tar -czf {folder}/{name}.tar.gz -C made {name} && cd {folder} && sha256sum {name}.tar.gz > {name}.tar.gz.sha256");
    project.wrapped("sh", &["-c", &script]).run().exits(0);
    let at = project.path("releases").canonicalize().unwrap();
    (format!("file://{}", at.display()), format!("{folder}/{name}.tar.gz"))
}

#[test]
fn a_release_is_fetched_and_held_to_its_checksum() {
    let trace = green();
    let (server, archive) = released(&trace.project);
    let mut known = SURROUNDINGS;
    known[2].1 = &server;
    let mut job = Job::new(&trace.project, &known);
    job.action(&json!({ "command": "explain", "arguments": "a case" }))
        .exits(0)
        .says("parity 0.1.0 explain a case");
    let program = job.output("install", "program").unwrap();
    assert!(program.ends_with(format!("parity-0.1.0-{}-unknown-linux-musl/parity", std::env::consts::ARCH)));

    let releases = format!("{server}/somebody/parity/releases/download");
    let recipe = |sum: &str| {
        let command = shell(&trace.project, &["--list"]);
        command
            .env("PARITY_RELEASES", &releases)
            .env("PARITY_SHA256", sum)
            .env("PATH", "/usr/bin:/bin")
            .run()
    };
    recipe("").exits(0).says("parity 0.1.0 check --list --report markdown=");

    // Another archive than the one that was published, and one that is not there.
    trace.project.write(&archive, "something else");
    job.action(&json!({ "command": "--version" })).exits(3).says("has not the SHA-256");
    recipe("").exits(3).warns("has not the SHA-256");
    recipe(&"0".repeat(64)).exits(3).warns("has not the SHA-256 000");
    job.action(&json!({ "command": "--version", "version": "v9.9.9" }))
        .exits(3)
        .says("::error title=parity::cannot fetch file://");
    job.action(&json!({ "program": "nothing/here" }))
        .exits(3)
        .says("`program` is no program: nothing/here");
}

/// Runs the share job and the merge job of the recipe for shares.
fn shared(trace: &Trace) -> (Done, usize) {
    let workflow = document("ci/recipes/github/shards.yml");
    let inputs = |steps: &Value| {
        let mut steps = steps.as_array().unwrap().iter();
        let step = steps.find(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with("OWNER/parity/ci@")));
        with(step.unwrap()["with"].clone())
    };
    let share = &workflow["jobs"]["share"];
    let mut asked = 0;
    for matrix in share["strategy"]["matrix"]["share"].as_array().unwrap() {
        let number = matrix.to_string();
        let mut known = SURROUNDINGS.to_vec();
        known.push(("matrix.share", &number));
        let mut job = Job::new(&trace.project, &known);
        let mut inputs = inputs(&share["steps"]);
        // There are no containers here.
        inputs["arguments"] = json!(inputs["arguments"].as_str().unwrap().replace("containers", "urls"));
        let done = job.action(&inputs).exits(0);
        assert!(!done.stdout.contains("::error"), "the merge tells it: {}", done.stdout);
        let record = job.output("run", "record").unwrap();
        asked += exchanges(&record);
        let artifact = job.fill(inputs["artifact"].as_str().unwrap());
        trace
            .project
            .write(&format!("shares/{artifact}/record.jsonl"), fs::read(record).unwrap());
    }
    let mut job = job(trace);
    let done = job.action(&inputs(&workflow["jobs"]["merge"]["steps"]));
    if done.code != Some(2) {
        assert_eq!(exchanges(&job.output("run", "record").unwrap()), 3);
        assert!(job.output("run", "html").is_some());
    }
    (done, asked)
}

#[test]
fn shares_of_a_matrix_are_merged_to_one_verdict() {
    let trace = green();
    let (done, asked) = shared(&trace);
    assert_eq!(asked, 3);
    done.exits(0).says("3 cases in").says("passed");

    let trace = red();
    let (done, asked) = shared(&trace);
    assert_eq!(asked, 3);
    done.exits(1).says("::error file=suites/trace.toml,line=");
    // A share that is lost is named.
    fs::remove_dir_all(trace.project.path("shares/parity-share-2")).unwrap();
    let inputs = with(json!({ "command": "merge", "arguments": "shares/*/record.jsonl" }));
    job(&trace).action(&inputs).exits(2).warns("2/3");
}

/// A stand-in for GitHub's `gh`: answers what it is asked for, and notes what it is told to change.
const GH: &str = r#"printf '%s\n' "$*" >>"$GH_LOG"
case "$*" in
  *'repos/somebody/api/pulls '*) cat "$GH_PULLS" ;;
  *'--method GET repos/somebody/api/issues/7/comments'*) cat "$GH_COMMENTS" ;;
  *'--method P'*) cp comment.md "$GH_BODY" ;;
  *) echo "nobody expected: gh $*" >&2; exit 1 ;;
esac
"#;

#[test]
fn a_record_from_a_fork_becomes_a_comment_that_is_kept_up_to_date() {
    if is_skipped(no_jq()) {
        return;
    }
    let trace = red();
    let mut check = job(&trace);
    check.action(&with(json!({ "arguments": "--environment urls" }))).exits(1);
    let record = check.output("run", "record").unwrap();

    let workflow = document("ci/recipes/github/fork-comment.yml");
    let steps = workflow["jobs"]["comment"]["steps"].as_array().unwrap();
    let scripts: Vec<&Value> = steps.iter().filter(|step| step.get("run").is_some()).collect();
    let [find, comment] = scripts[..] else {
        panic!("two scripts are expected")
    };
    // This repository's own says the same.
    let own = document(".github/workflows/comment.yml");
    for script in [find, comment] {
        assert!(
            own["jobs"]["comment"]["steps"].as_array().unwrap().contains(script),
            "{}",
            script["name"]
        );
    }
    // Nothing of the pull request is there to be run.
    assert!(
        steps
            .iter()
            .all(|step| !step["uses"].as_str().unwrap_or_default().contains("checkout"))
    );
    assert!(workflow["on"].get("pull_request_target").is_none());

    trace.project.script("bin/gh", GH);
    let path = format!("{}:{}", trace.project.path("bin").display(), std::env::var("PATH").unwrap());
    let mut known = SURROUNDINGS.to_vec();
    known.extend([
        ("github.event.workflow_run.head_repository.owner.login", "stranger"),
        ("github.event.workflow_run.head_branch", "$(touch ran)`touch ran`; \"x"),
        ("github.event.workflow_run.head_sha", "c0ffee"),
        ("steps.parity.outputs.program", PARITY),
    ]);
    let mut job = Job::new(&trace.project, &known);
    let file = |name: &str| trace.project.path(name).to_str().unwrap().to_owned();
    job.variables = vec![
        ("PATH", path),
        ("GH_LOG", file("gh.log")),
        ("GH_PULLS", file("pulls.json")),
        ("GH_COMMENTS", file("comments.json")),
        ("GH_BODY", file("body.md")),
    ];

    // No pull request is at that commit: nothing more is to be done.
    trace.project.write("pulls.json", r#"[{"number":6,"head":{"sha":"decaf"}}]"#);
    job.step(find).exits(0).says("no open pull request is at c0ffee");
    assert_eq!(job.output("pull", "number"), None);
    trace.project.write(
        "pulls.json",
        r#"[{"number":6,"head":{"sha":"decaf"}},{"number":7,"head":{"sha":"c0ffee"}}]"#,
    );
    job.step(find).exits(0);
    assert_eq!(job.output("pull", "number").unwrap().to_str(), Some("7"));
    assert!(trace.project.read("gh.log").contains("head=stranger:$(touch ran)`touch ran`; \"x"));
    assert!(!trace.project.path("ran").exists());

    // The artifact holds no record, or a link instead of one.
    job.step(comment).exits(0).says("the run left no record");
    let artifact = trace.project.path("../runner/artifact");
    fs::create_dir_all(&artifact).unwrap();
    std::os::unix::fs::symlink(&record, artifact.join("record.jsonl")).unwrap();
    job.step(comment).exits(0).says("the run left no record");
    fs::remove_file(artifact.join("record.jsonl")).unwrap();
    fs::copy(&record, artifact.join("record.jsonl")).unwrap();

    // The first time a comment is made, from then on it is changed; what others wrote in its name stays.
    let marked = |id: u32, login: &str| format!(r#"{{"id":{id},"user":{{"login":"{login}"}},"body":"<!-- parity -->\nx"}}"#);
    let other = r#"{"id":3,"user":{"login":"github-actions[bot]"},"body":"something else"}"#;
    trace.project.write("comments.json", format!("[{},{other}]", marked(2, "stranger")));
    job.step(comment).exits(0);
    assert!(
        trace
            .project
            .read("gh.log")
            .contains("--method POST repos/somebody/api/issues/7/comments --field body=@comment.md")
    );
    let body = trace.project.read("body.md");
    assert!(
        body.starts_with("<!-- parity -->\n## ✗ parity · failed: 1 of 3 cases do not pass\n"),
        "{body}"
    );
    assert!(body.contains("/trace/*/selected"), "{body}");
    // Two pages of comments.
    let pages = format!("[{},{other}][{}]", marked(2, "stranger"), marked(9, "github-actions[bot]"));
    trace.project.write("comments.json", pages);
    job.step(comment).exits(0);
    assert!(
        trace
            .project
            .read("gh.log")
            .contains("--method PATCH repos/somebody/api/issues/comments/9 --field body=@comment.md")
    );

    // What is no record ends in an error, and no comment.
    trace.project.write("gh.log", "");
    trace.project.write("../runner/artifact/record.jsonl", "not a record\n");
    assert_ne!(job.step(comment).code, Some(0));
    assert_eq!(trace.project.read("gh.log"), "");
}

/// The recipe for other systems, to be changed before it runs.
fn shell(project: &Project, arguments: &[&str]) -> Command {
    let recipe = crate::support::services::root().join("ci/recipes/check.sh");
    project.wrapped("sh", &[&[recipe.to_str().unwrap()], arguments].concat())
}

#[test]
fn the_shell_recipe_checks_shares_and_merges() {
    let trace = red();
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = shell(&trace.project, arguments).env("PARITY", PARITY);
        for (name, value) in variables {
            command = command.env(name, value);
        }
        command.run()
    };
    run(&["--environment", "urls"], &[])
        .exits(1)
        .says("failed: 1 of 3 cases do not pass");
    let whole = ["comment.md", "junit.xml", "record.jsonl", "report.html"].map(|name| format!("parity-out/{name}"));
    assert_eq!(trace.project.files("parity-out"), whole);
    // What an earlier run left is taken away.
    run(&["--environment", "urls", "trac"], &[]).exits(2);
    assert_eq!(trace.project.files("parity-out"), [""; 0]);

    for share in 1..=2 {
        let (share, out) = (format!("{share}/2"), format!("out-{share}"));
        run(&["--environment", "urls"], &[("PARITY_SHARE", &share), ("PARITY_OUT", &out)]).exits(0);
    }
    run(&["--environment", "urls", "trac"], &[("PARITY_SHARE", "1/2")]).exits(2);
    let merged = run(&["--merge", "out-1/record.jsonl", "out-2/record.jsonl"], &[]).exits(1);
    merged.says("failed: 1 of 3 cases do not pass");
    assert_eq!(trace.project.files("parity-out"), whole);
    run(&["--merge", "out-1/record.jsonl"], &[]).exits(2).warns("2/2");
}

/// The container of a Job: its script and its variables, over folders of this project.
fn container(project: &Project, job: &Value, index: usize) -> Done {
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let words = |of: &Value| -> Vec<String> {
        of.as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect()
    };
    let line = [words(&container["command"]), words(&container["args"])].concat();
    let arguments: Vec<&str> = line[1..].iter().map(String::as_str).collect();
    let mut command = project.wrapped(&line[0], &arguments);
    for variable in container["env"].as_array().unwrap() {
        command = command.env(variable["name"].as_str().unwrap(), variable["value"].as_str().unwrap());
    }
    let path = format!(
        "{}:{}",
        Path::new(PARITY).parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    command
        .env("PATH", path)
        .env("PROJECT", project.path(""))
        .env("RECORDS", project.path("../records"))
        .env("JOB_COMPLETION_INDEX", index.to_string())
        .run()
}

#[test]
fn pods_of_an_indexed_job_are_merged_to_one_verdict() {
    let manifest = documents("ci/recipes/kubernetes.yaml");
    let [_, shares, merge] = &manifest[..] else {
        panic!("a volume and two Jobs are expected")
    };
    let count = shares["spec"]["completions"].as_u64().unwrap();
    for number in [&shares["spec"]["parallelism"], &shares["spec"]["maxFailedIndexes"]] {
        assert_eq!(number.as_u64(), Some(count));
    }
    for job in [shares, merge] {
        let variables = job["spec"]["template"]["spec"]["containers"][0]["env"].as_array().unwrap();
        let shares = variables.iter().find(|variable| variable["name"] == "SHARES").unwrap();
        assert_eq!(shares["value"].as_str().unwrap(), count.to_string());
    }
    let count = usize::try_from(count).unwrap();
    for (trace, code, says) in [(green(), 0, "passed"), (red(), 1, "failed: 1 of 3 cases do not pass")] {
        let project = &trace.project;
        for index in 0..count {
            container(project, shares, index).exits(0);
        }
        container(project, merge, 0).exits(code).says(says);
        let left = fs::read_to_string(project.path("../records/commit-or-any-other-name-of-this-run/comment.md")).unwrap();
        assert!(left.starts_with("<!-- parity -->"), "{left}");
        // A pod that began again after its record was there, and then could not go on.
        project.write("suites/trace.toml", "suite = 3");
        container(project, shares, 1).exits(2);
        container(project, merge, 0).exits(2);
    }
}
