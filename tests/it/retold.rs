//! `parity report`: a recorded run told again, in any format, as it was told when it ended.

use crate::support::routes::Answer;
use crate::support::trace::{Trace, candidate_trace};

/// A run with a mismatch, and a snapshot that is not approved.
fn red() -> Trace {
    let trace = Trace::unapproved();
    trace.check(&["--param", "run_id=34,999"]).exits(1);
    trace.project.accept();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    trace
}

#[test]
fn a_record_tells_what_the_run_told() {
    let trace = red();
    let suite = trace.project.read("suites/trace.toml");
    // A rule that never acts, and one that holds no longer.
    trace.project.write(
        "suites/trace.toml",
        format!(
            "{suite}\n[[translation]]\nrule = 'integer'\nat = '/never'\nwhy = 'nobody knows'\nexpires = 2020-01-01\n\
             [[expected]]\ncase = 'run_id=999'\nverdict = 'legacy-broken'\nwhy = 'it was'\n"
        ),
    );
    trace.project.write("snapshots/trace/run_id=1.snap", "---\n---\nnobody's\n");
    for (arguments, code) in [(vec![], 1), (vec!["--param", "run_id=24"], 1)] {
        let mut first = trace.check(&[&arguments[..], &["--format", "json"]].concat()).exits(code).json();
        let mut again = trace.project.run(&["report", "--format", "json"]).exits(0).json();
        assert!(arguments.len() > 1 || first["unreferenced"][0].is_string(), "{first:#}");
        assert!(arguments.len() > 1 || first["rules"].as_array().unwrap().len() > 1, "{first:#}");
        // From the last answer and not from the last verdict, and by another name.
        for told in [&mut first, &mut again] {
            told["elapsed_ms"].take();
            told["record"].take();
        }
        let members = first.as_object().unwrap();
        for (member, told) in members {
            assert_eq!(&again[member], told, "{member}");
        }
        assert_eq!(again.as_object().unwrap().len(), members.len());
    }
}

#[test]
fn every_format_from_a_record() {
    let trace = red();
    trace.check(&[]).exits(1);
    for (format, says) in [
        ("terminal", "What fails, the most common first"),
        ("json", "\"version\": 1"),
        ("junit", "<testsuites"),
        ("markdown", "<!-- parity -->"),
        ("github", "::error file=suites/trace.toml,line="),
        ("sarif", "\"version\": \"2.1.0\""),
        ("html", "id=\"evidence-1\""),
    ] {
        let printed = trace.project.run(&["report", "--format", format]).exits(0).says(says);
        let record = ".parity/records/latest.jsonl";
        trace
            .project
            .run(&["report", record, "--format", format, "-o", "out/report"])
            .exits(0);
        let written = trace.project.read("out/report");
        assert!(written.contains(says), "{format}: {written}");
        assert!(
            format == "html" || written.lines().count() == printed.stdout.lines().count(),
            "{format}"
        );
    }
    assert_eq!(trace.project.files("out"), ["out/report"]);
}

#[test]
fn the_page_of_a_run_is_the_page_of_its_record() {
    let trace = red();
    trace.check(&["--report", "html=now.html"]).exits(1);
    trace
        .project
        .run(&["report", "--format", "html", "--output", "later.html"])
        .exits(0);
    let evidence = |name: &str| {
        let page = trace.project.read(name);
        let lines: Vec<String> = page
            .lines()
            .filter(|line| line.contains("id=\"evidence-"))
            .map(str::to_owned)
            .collect();
        assert_eq!(lines.len(), 3, "{page}");
        lines
    };
    assert_eq!(evidence("now.html"), evidence("later.html"));
}

#[test]
fn a_record_that_cannot_be_told_is_an_error_and_leaves_nothing() {
    let trace = red();
    trace.check(&[]).exits(1);
    let record = trace.project.read(".parity/records/latest.jsonl");
    let lines: Vec<&str> = record.lines().collect();
    let newer = record
        .replacen("\"version\":1", "\"version\":99", 1)
        .replacen("parity 0", "parity 9", 1);
    trace.project.write("newer.jsonl", newer);
    trace.project.write("torn.jsonl", &record[..record.len() - 40]);
    trace.project.write("cut.jsonl", lines[..lines.len() - 1].join("\n") + "\n");
    trace
        .project
        .write("changed.jsonl", record.replacen("\"exchange\"", "\"exchanged\"", 1));
    trace.project.write("suite.toml", "suite = 'x'\n");
    for (record, says) in [
        (
            "newer.jsonl",
            "is a run record of version 99, and this parity reads versions up to 1",
        ),
        ("torn.jsonl", "`torn.jsonl` has no end: the run was killed, or the file is cut"),
        ("cut.jsonl", "`--partial` reports what is there, as an interrupted run"),
        ("changed.jsonl", "line 2: `exchanged` is no type of line"),
        ("suite.toml", "`suite.toml` is no run record"),
        ("nothing.jsonl", "cannot read `nothing.jsonl`"),
    ] {
        trace
            .project
            .run(&["report", record, "--format", "junit", "-o", "out/a.xml"])
            .exits(2)
            .warns(says);
    }
    assert_eq!(trace.project.files("out"), [""; 0]);
    let partial = trace.project.run(&["report", "torn.jsonl", "--partial"]).exits(0);
    partial.says("result    interrupted").says("trace/run_id=34");
}

#[test]
fn a_report_goes_to_no_place_where_it_would_do_harm() {
    let trace = red();
    trace.check(&[]).exits(1);
    let before = trace.project.read(".parity/records/latest.jsonl");
    for (arguments, says) in [
        (
            vec!["report", "-o", ".parity/records/latest.jsonl"],
            "the terminal report would be written over `.parity/records/latest.jsonl`, which is no report",
        ),
        (vec!["report", "-o", "parity.toml/x"], "cannot write the terminal report"),
        (vec!["report", "--format", "junti"], "a similar value exists: 'junit'"),
    ] {
        trace.project.run(&arguments).exits(2).warns(says);
    }
    assert_eq!(trace.project.read(".parity/records/latest.jsonl"), before);
}

#[test]
fn a_suite_that_changed_is_said_and_its_recorded_text_counts() {
    let trace = red();
    trace.check(&[]).exits(1);
    let told = trace.project.run(&["report", "--format", "json"]).exits(0);
    assert!(!told.stderr.contains("changed"), "{}", told.stderr);
    let suite = trace.project.read("suites/trace.toml");
    trace.project.write(
        "suites/trace.toml",
        format!(
            "{suite}\n[[expected]]\ncase = 'run_id=34'\nverdict = 'mismatch'\nwhy = 'a known defect'\n\
             signatures = ['/trace/*/selected: boolean became string (boolean /trace/*/selected)']\n"
        ),
    );
    let then = trace
        .project
        .run(&["report", "--format", "json"])
        .exits(0)
        .warns("the suite `trace` changed since the record");
    assert_eq!(then.json()["cases"][1]["passes"], false);
    let today = trace.project.run(&["report", "--format", "json", "--suites", "today"]).exits(0);
    assert_eq!(today.json()["cases"][1]["expected"]["state"], "as-declared");
    assert!(!today.stderr.contains("changed"), "{}", today.stderr);
    trace.project.write("suites/trace.toml", "suite = 1\n");
    trace
        .project
        .run(&["report", "--format", "json"])
        .exits(0)
        .warns("whether its suites changed since is not known: the project here cannot be read");
    // Where there is no project, the record is enough.
    let record = trace.project.path(".parity/records/latest.jsonl").canonicalize().unwrap();
    let record = record.to_str().unwrap();
    let told = trace
        .project
        .command(&["report", record, "--format", "json"])
        .in_folder("/")
        .run()
        .exits(0);
    assert_eq!((&told.json()["cases"], told.stderr.as_str()), (&then.json()["cases"], ""));
    let today = trace.project.command(&["report", record, "--suites", "today"]).in_folder("/").run();
    today.exits(2).warns("no `parity.toml`");
}
