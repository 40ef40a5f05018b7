//! What a user types. Nothing here asks the system for anything.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::duration;
use crate::report::Format;
use crate::suite::parse_values;

use super::audit::AuditArguments;
use super::completions::{COMPLETION_EXAMPLES, CompletionsArguments, MAN_EXAMPLES, ManArguments};
use super::init::InitArguments;

use super::expect::ExpectArguments;
use super::gate::GateArguments;
use super::guide::GuideArguments;
use super::judge::JudgeArguments;
use super::merge::MergeArguments;
use super::reports::Wanted;
use super::review::ReviewArguments;
use super::rules::RulesArguments;
use super::select::SelectArguments;
use super::suggest::SuggestArguments;

/// Prove that a new HTTP API answers what the legacy one answered, apart from declared differences.
#[derive(Debug, Parser)]
#[command(
    name = "parity",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 all pass; 1 something differs or is not approved; 2 bad usage or an invalid suite; \
                  3 it could not be compared; 4 nothing was judged; 130 interrupted."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// The project's file; everything in it is relative to its folder. Looked for upwards from here when not given.
    #[arg(long, global = true, value_name = "PATH", env = "PARITY_CONFIG")]
    pub config: Option<PathBuf>,

    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColourChoice,

    /// Say more of what happens: -v what is started and why, -vv every request.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask both sides the same, translate, compare, and give a verdict.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<CheckArguments>),
    /// Show everything about one case of a recorded run: requests, raw answers, what each translation did, the differences.
    #[command(after_help = "Examples:\n  parity explain run-trace/run_id=34\n  parity explain run-trace/run_id=34 --record run.jsonl")]
    Explain(ExplainArguments),
    /// Judge a recorded run again, with today's rules and without services.
    #[command(after_help = super::judge::EXAMPLES)]
    Judge(JudgeArguments),
    /// List every rule: how often and where it acted, how old it is, and who answers for it.
    #[command(after_help = super::rules::EXAMPLES)]
    Rules(RulesArguments),
    /// Propose the narrowest rules that explain what differs in a recorded run, as the text of a suite.
    #[command(after_help = super::suggest::EXAMPLES)]
    Suggest(SuggestArguments),
    /// Declare what is open today as expected, so that a gate can be adopted on day one.
    #[command(after_help = super::expect::EXAMPLES)]
    Expect(ExpectArguments),
    /// Print a migration guide for the API's users, from the rules alone, with real examples.
    #[command(after_help = super::guide::EXAMPLES)]
    Guide(GuideArguments),
    /// Decide pending snapshots and open signatures, one by one or by name.
    #[command(after_help = super::review::EXAMPLES)]
    Review(ReviewArguments),
    /// Tell a recorded run again, in any format.
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArguments),
    /// Keep the services running between checks.
    #[command(after_help = "Examples:\n  parity env up\n  parity env up --environment processes\n  parity env status\n  parity env down")]
    Env {
        /// What to do with them.
        #[command(subcommand)]
        command: EnvCommand,
    },
    /// Change answers of the candidate, recorded or asked for now, judge them again, and say which changes would not be noticed.
    #[command(after_help = super::audit::EXAMPLES)]
    Audit(Box<AuditArguments>),
    /// Write a `parity.toml` and suites that run, for two addresses or two HAR files; asks nothing, overwrites nothing.
    #[command(after_help = super::init::EXAMPLES)]
    Init(Box<InitArguments>),
    /// Print the completions of a shell.
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completions(CompletionsArguments),
    /// Print the JSON Schema of suites, `parity.toml`, the JSON report or run records.
    #[command(after_help = super::schema::EXAMPLES)]
    Schema(super::schema::SchemaArguments),
    /// Write manual pages.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArguments),
    /// Write a run record as two HAR 1.2 files, one a side.
    #[command(after_help = "Example:\n  parity har out/\n\nwrites out/legacy.har and out/candidate.har from the latest run.")]
    Har(HarArguments),
    /// Join the records of several shares (`check --shard`) and judge them as one run.
    #[command(after_help = super::merge::EXAMPLES)]
    Merge(Box<MergeArguments>),
}

/// How often a side may be asked the same: what is left to chance shows long before.
const MOST_REPEATS: u8 = 100;

const REPORT_EXAMPLES: &str = "Examples:
  parity report --format html -o report.html
  parity report run.jsonl --format markdown -o comment.md
  parity report run.jsonl --suites today

The exit code is 0 when there is a report, whatever stands in it.";

const CHECK_EXAMPLES: &str = "Examples:
  parity check
  parity check run-trace --param run_id=34,100..120
  parity check --failed --fail-fast
  parity check --shard 2/5
  parity check --legacy-url https://legacy.example.org --candidate-url http://127.0.0.1:8080
  parity check --legacy-recording fixtures/recordings/run-trace.jsonl
  parity check --environment processes --format json
  parity check --repeat 3
  parity check --report junit=parity.xml --report markdown=comment.md";

/// Arguments of `parity check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    pub ask: AskArguments,

    #[command(flatten)]
    pub select: SelectArguments,

    /// What is printed on standard output [default: terminal].
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<Format>,

    /// Write a report as well, any number of them: `junit=report.xml`, `html=report.html`, `github=-`.
    ///
    /// The formats are those of `--format`, and `-` is standard output. That a file can be written is found out before
    /// anything is started, and it appears whole or not at all when the run is over.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = super::reports::parse)]
    pub reports: Vec<Wanted>,
}

/// What is asked, of which services, and how.
#[derive(Debug, Args)]
pub struct AskArguments {
    /// Names of suites; all of the profile when none is given.
    #[arg(value_name = "SUITE")]
    pub suites: Vec<String>,

    /// Other values for a parameter: a list with ranges, both ends included.
    #[arg(long = "param", value_name = "NAME=VALUES", value_parser = parse_parameter)]
    pub parameters: Vec<(String, Vec<String>)>,

    #[command(flatten)]
    pub services: ServiceArguments,

    /// Ask the legacy at this address instead of starting it.
    #[arg(long, value_name = "URL", conflicts_with = "legacy_recording", value_parser = parse_address)]
    pub legacy_url: Option<String>,

    /// Ask the candidate at this address instead of starting it.
    #[arg(long, value_name = "URL", conflicts_with = "candidate_recording", value_parser = parse_address)]
    pub candidate_url: Option<String>,

    /// Take the legacy's answers from a run record or a HAR file.
    #[arg(long, value_name = "FILE")]
    pub legacy_recording: Option<PathBuf>,

    /// Take the candidate's answers from a run record or a HAR file.
    #[arg(long, value_name = "FILE")]
    pub candidate_recording: Option<PathBuf>,

    #[command(flatten)]
    pub gate: GateArguments,

    /// How many cases are asked at a time [default: 16, or 2 when a side is not on this machine].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,

    /// How often each side is asked in each case [default: once].
    ///
    /// What of a side's answers is another one the next time, as far as the suite's rules tell them apart, is said to be
    /// unstable. A candidate that alone is unstable differs from the legacy. Recordings, and requests that may change something, are asked
    /// once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=i64::from(MOST_REPEATS)))]
    pub repeat: Option<u8>,

    /// How many requests a second each side gets at the most [default: no limit, or 5 for a side that is not on this machine].
    #[arg(long, value_name = "N", value_parser = parse_rate)]
    pub rate: Option<f64>,

    /// How long a side may take for one answer, such as `500ms` or `30s` [default: what the suite or `parity.toml` says, or 30s].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub timeout: Option<Duration>,

    /// How long the legacy may take, where that is another time.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub legacy_timeout: Option<Duration>,

    /// How long the candidate may take, where that is another time.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub candidate_timeout: Option<Duration>,

    /// The largest body that is read, such as `64MiB` [default: 64MiB].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_body: Option<u64>,
}

/// The formats of reports, with what each is for.
pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(values).map(|name| Format::named(&name).expect("only names of formats are possible"))
}

/// Arguments about services.
#[derive(Debug, Args)]
pub struct ServiceArguments {
    /// What every service is; without it, and not under CI, what works is found and said.
    #[arg(long, value_enum, value_name = "KIND", env = "PARITY_ENVIRONMENT")]
    pub environment: Option<EnvironmentChoice>,

    /// A profile of `parity.toml`.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Start from nothing: use no prepared data, and keep none.
    #[arg(long)]
    pub fresh: bool,
}

/// Arguments of `parity explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The case, as outputs name it: `run-trace/run_id=34`.
    #[arg(value_name = "CASE")]
    pub case: String,

    /// The run record [default: the latest of this project].
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// Arguments of `parity report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The run record [default: the latest of this project].
    #[arg(value_name = "RECORD")]
    pub record: Option<PathBuf>,

    /// How the run is told.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = formats())]
    pub format: Format,

    /// The file that the report is written to, whole or not at all [default: standard output].
    #[arg(long, short, value_name = "PATH")]
    pub output: Option<PathBuf>,

    /// By which suites the run is judged.
    #[arg(long, value_enum, default_value_t, value_name = "WHICH")]
    pub suites: SuiteChoice,

    /// Report a record without an end as well, as a run that was interrupted.
    #[arg(long)]
    pub partial: bool,
}

/// By which suites a recorded run is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SuiteChoice {
    /// As they were when it was recorded.
    #[default]
    Recorded,
    /// As they are in the project now.
    Today,
}

/// What to do with an environment.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Start the services and leave them running; a later check finds and reuses them.
    #[command(
        after_help = "Examples:\n  parity env up\n  parity env up --environment containers\n  parity env up --fresh\n  \
                      parity env up --seed database=4be1c0ffee12"
    )]
    Up(UpArguments),
    /// Show what is running.
    #[command(after_help = "Example:\n  parity env status")]
    Status,
    /// End what `up` started.
    #[command(after_help = "Example:\n  parity env down")]
    Down,
}

/// Arguments of `parity env up`.
#[derive(Debug, Args)]
pub struct UpArguments {
    #[command(flatten)]
    pub services: ServiceArguments,

    /// Start only when the seed of this service has this digest, as `parity explain` prints it; may be given several times.
    #[arg(long = "seed", value_name = "SERVICE=DIGEST", value_parser = parse_seed)]
    pub seeds: Vec<(String, String)>,
}

/// Arguments of `parity har`.
#[derive(Debug, Args)]
pub struct HarArguments {
    /// The folder that gets `legacy.har` and `candidate.har`.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// The run record [default: the latest of this project].
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColourChoice {
    /// On a terminal that knows them, unless `NO_COLOR` is set; always when `CLICOLOR_FORCE` is.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// One kind for every service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EnvironmentChoice {
    /// Containers; a service without one stays a local process.
    Containers,
    /// Local programs.
    Processes,
    /// Addresses of what runs elsewhere.
    Urls,
    /// Recorded runs.
    Recordings,
}

fn parse_parameter(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, values) = text.split_once('=').ok_or("expected `name=values`, such as `run_id=34,100..120`")?;
    if name.is_empty() {
        return Err("a name is missing before `=`".to_owned());
    }
    let values = parse_values(values).map_err(|error| error.to_string())?;
    Ok((name.to_owned(), values))
}

fn parse_seed(text: &str) -> Result<(String, String), String> {
    let is_digest = |digest: &str| digest.len() >= 8 && digest.chars().all(|c| c.is_ascii_hexdigit());
    match text.rsplit_once('=') {
        Some((service, digest)) if !service.is_empty() && is_digest(digest) => Ok((service.to_owned(), digest.to_ascii_lowercase())),
        _ => Err("expected a service and at least 8 hexadecimal digits, such as `database=4be1c0ffee12`".to_owned()),
    }
}

/// An address that can be asked, as it was typed.
pub fn parse_address(text: &str) -> Result<String, String> {
    const EXPECTED: &str = "expected an address such as `http://127.0.0.1:8080` or `https://api.example.org/v1`";
    let url = url::Url::parse(text).map_err(|error| format!("{error}: {EXPECTED}"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        return Ok(text.to_owned());
    }
    Err(EXPECTED.to_owned())
}

fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && f64::is_finite(rate) => Ok(rate),
        _ => Err("expected a number above 0, such as `5` or `0.5`".to_owned()),
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    duration(text).map_err(|expected| format!("expected {expected}"))
}

/// Reads `1000`, `64KiB`, `8MiB` or `1GiB`, in bytes.
pub fn parse_size(text: &str) -> Result<u64, String> {
    const EXPECTED: &str = "expected a size, such as `500KiB`, `64MiB` or `1GiB`";
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number: u64 = number.parse().map_err(|_| EXPECTED)?;
    let factor: u64 = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(EXPECTED.to_owned()),
    };
    number
        .checked_mul(factor)
        .filter(|size| *size > 0)
        .ok_or_else(|| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("10"), Ok(10));
        for text in ["", "MiB", "1MB", "0", "99999999999GiB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_those_of_http() {
        for text in ["http://127.0.0.1:8080", "https://user:pass@api.example.org/v1/"] {
            assert_eq!(parse_address(text), Ok(text.to_owned()));
        }
        for text in ["", "nonsense", "127.0.0.1:80", "ftp://example.org", "http://", "localhost:8080"] {
            assert!(parse_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_are_read() {
        assert_eq!(
            parse_parameter("run_id=34,36..37"),
            Ok(("run_id".into(), vec!["34".into(), "36".into(), "37".into()]))
        );
        assert!(parse_parameter("run_id").is_err());
        assert!(parse_parameter("=1").is_err());
        assert!(parse_parameter("run_id=").is_err());
    }

    /// The commands without a command below them whose help shows no example.
    fn without_an_example(command: &clap::Command) -> Vec<String> {
        if command.has_subcommands() {
            return command.get_subcommands().flat_map(without_an_example).collect();
        }
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let shown = format!("\n  parity {}", command.get_name());
        let nested = format!("\n  parity env {}", command.get_name());
        let has_one = help.starts_with("Example") && (help.contains(&shown) || help.contains(&nested));
        if has_one { Vec::new() } else { vec![command.get_name().to_owned()] }
    }

    #[test]
    fn the_help_of_every_command_shows_how_it_is_called() {
        assert_eq!(without_an_example(&Arguments::command()), Vec::<String>::new());
    }
}
