//! Arguments in, exit code out.

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::report::{Colour, Exit};

use super::args::{Arguments, ColourChoice, Command, EnvCommand};
use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::{audit, check, completions, env, expect, explain, guide, har, init, judge, merge, report, review, rules, schema, suggest};

/// Runs the command and gives its exit code; see [`Exit`].
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version were asked for; everything else is bad usage. A reader that is gone is no failure.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Passed.code(),
                _ => Exit::Usage.code(),
            };
        }
    };
    let Some((context, output)) = surroundings(arguments.color) else {
        return Exit::CannotCompare.code();
    };
    log(arguments.verbose, output.side_style().colour);
    match command(&arguments, &context, &output) {
        Ok(exit) => exit.code(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit().code()
        }
    }
}

/// Where the process runs and where its words go; says why when that cannot be told.
pub fn surroundings(colour: ColourChoice) -> Option<(Context, Output)> {
    match Context::capture() {
        Ok(context) => {
            let output = Output::new(&context, colour);
            Some((context, output))
        }
        Err(error) => {
            anstream::eprintln!("error: cannot tell the current folder: {error}");
            None
        }
    }
}

fn command(arguments: &Arguments, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::SetUp(format!("cannot start the runtime: {error}")))?;
    let config = arguments.config.as_deref();
    runtime.block_on(async {
        match &arguments.command {
            Command::Check(check) => check::run(check, config, context, output).await,
            Command::Explain(explain) => explain::run(explain, config, context, output),
            Command::Env {
                command: EnvCommand::Up(up),
            } => env::up(up, config, context, output).await,
            Command::Env {
                command: EnvCommand::Status,
            } => env::status(output).await,
            Command::Env { command: EnvCommand::Down } => env::down(config, context, output).await,
            Command::Audit(audit) => audit::run(audit, config, context, output).await,
            Command::Judge(judge) => judge::run(judge, config, context, output),
            Command::Init(init) => init::run(init, context, output),
            Command::Completions(shell) => Ok(completions::completions(shell, output)),
            Command::Schema(schema) => Ok(schema::run(schema, output)),
            Command::Man(man) => completions::man(man, context, output),
            Command::Rules(rules) => rules::run(rules, config, context, output),
            Command::Expect(expect) => expect::run(expect, config, context, output),
            Command::Suggest(suggest) => suggest::run(suggest, config, context, output),
            Command::Guide(guide) => guide::run(guide, config, context, output),
            Command::Review(review) => review::run(review, config, context, output),
            Command::Report(report) => report::run(report, config, context, output),
            Command::Har(har) => har::run(har, config, context, output),
            Command::Merge(arguments) => merge::run(arguments, config, context, output),
        }
    })
}

/// What the edges say of what they do, on standard error.
fn log(verbose: u8, colour: Colour) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    // Libraries talk too much at these levels; what is asked for is what parity does.
    let filter = tracing_subscriber::EnvFilter::new(format!("warn,parity={level}"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour == Colour::On)
        .without_time();
    // Set only once in a process; a second run in one process keeps the first.
    let _ = subscriber.try_init();
}
