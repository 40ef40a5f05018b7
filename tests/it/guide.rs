//! `parity guide`: what changes for the users of an API, from the rules alone.

use crate::support::trace::{SUITE, Trace};

#[test]
fn every_rule_is_told_with_its_note_and_a_real_example() {
    let trace = Trace::unapproved();
    let noted = "at = \"/trace/*/selected\"\nnote = \"compare with `true`, not with a text\"\n";
    let suite = SUITE.replace("at = \"/trace/*/selected\"\n", noted);
    trace.project.write("suites/trace.toml", suite);
    trace.check(&[]).exits(1);
    let done = trace.project.run(&["guide"]).exits(0);
    done.says("# Migration guide\n")
        .says("## Trace of a run\n\n`GET /api/trace/{run_id}` becomes `GET /trace/{run_id}`.")
        .says("- **has another name**: `/trace/trace_iteration to trace`")
        .says("- **is an integer**: `/run_id`, `/trace/*/iteration`")
        .says("  - from `\"34\"` to `34` at `/run_id` (trace/run\\_id=34)")
        .says("  compare with \\`true\\`, not with a text\n  - from `\"true\"` to `true`")
        .says("- **is another error**: `412 571`")
        .says("errors are problem details in the new API");
    trace
        .project
        .run(&["guide", "--suite", "trase"])
        .exits(2)
        .warns("did you mean `trace`?");
}
