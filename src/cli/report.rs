//! `parity report`: a recorded run in another format.

use std::path::Path;

use crate::record::Header;
use crate::report::{Exit, Format, Material};
use crate::run::{recorded_suites, retell};
use crate::translate::Detail;

use super::again::{Again, RecordArguments};
use super::args::{ReportArguments, SuiteChoice};
use super::context::Context;
use super::explain::open;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;
use super::project::{Project, locate, shown};
use super::reports::{Destination, Reports, Wanted};

/// Runs the command. The exit code says whether there is a report, and not what stands in it.
pub fn run(arguments: &ReportArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let record = open(arguments.record.as_deref(), config, context)?;
    let path = record.path().to_owned();
    let wanted: Vec<Wanted> = arguments
        .output
        .iter()
        .map(|path| Wanted {
            format: arguments.format,
            destination: if path.as_os_str() == "-" {
                Destination::Stdout
            } else {
                Destination::File(path.clone())
            },
        })
        .collect();
    let reports = Reports::prepare(wanted.is_empty().then_some(arguments.format), &wanted, context)?;
    reports.spare([context.folder.join(&path)])?;
    let header = record.header().clone();
    let name = shown(&path, context).display().to_string();
    let (suites, report, ended) = match arguments.suites {
        SuiteChoice::Recorded => {
            say_changes(&header, config, context, output);
            let suites = recorded_suites(&header)?;
            let retold = retell(record, &suites, Some(name))?;
            if let Some(note) = &retold.note {
                output.say(&format!("note: {note}"));
            }
            (suites, retold.report, retold.ended)
        }
        SuiteChoice::Today => {
            let record = RecordArguments {
                record: Some(path.clone()),
                profile: None,
            };
            let again = Again::open(&record, config, context)?;
            let judged = again.judge(&GateArguments::default(), Detail::Counts, context, output, |_| {})?;
            (again.project.active, judged.report, judged.ended)
        }
    };
    if !ended && !arguments.partial {
        return Err(Failure::Usage(format!(
            "`{}` has no end: the run was killed, or the file is cut, and a report of a part may look better than the run was; \
             `--partial` reports what is there, as an interrupted run",
            shown(&path, context).display()
        )));
    }
    let answers = reports.answers(&path, &suites, &report)?;
    let material = Material {
        run: &report,
        prefix: &context.prefix(),
        evidence: answers.as_ref(),
    };
    if reports.stdout() == Format::Terminal && wanted.is_empty() {
        output.data(&crate::report::terminal::render(&report, output.style()));
    }
    reports.write(&material, output)?;
    Ok(Exit::Passed)
}

/// Says which of the recorded suites a project here has otherwise today; nothing where there is no project.
fn say_changes(header: &Header, config: Option<&Path>, context: &Context, output: &Output) {
    if locate(config, context).is_err() {
        return;
    }
    let Ok(project) = Project::load(config, header.profile.as_deref(), context) else {
        output.say("note: judged as it was recorded; whether its suites changed since is not known: the project here cannot be read");
        return;
    };
    for recorded in &header.suites {
        let today = project.suites.iter().find(|suite| suite.name == recorded.name);
        if let Some(change) = today.and_then(|today| recorded.change(today)) {
            output.say(&format!(
                "note: {change}: judged as it was then; `--suites today` judges by what it is now"
            ));
        }
    }
}
