//! From the text of `parity.toml` to a [`Config`]: every key, its type, its bounds.

#![expect(
    clippy::unnecessary_wraps,
    reason = "decoders have one shape, also those whose keys are all optional"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Decode, Diagnostics, Kind as Found, NonEmpty, Source, Spanned, Table, Value, read};
use crate::exchange::OracleKind;

use super::config::{Check, Config, Container, DEFAULT_DEADLINE, Gate, ORACLES, Process, Profile, Question, Recording, Service, Url};
use super::interpolate::Template;

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in the order of its lines.
    pub fn load(path: &Path) -> Result<Self, Diagnostics> {
        let directory = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        Self::parse(&Source::read(path)?, directory)
    }

    /// Reads a configuration from its text; relative paths in it start from `directory`.
    ///
    /// # Errors
    /// Everything that is wrong with the text, in the order of its lines.
    pub fn parse(source: &Source, directory: &Path) -> Result<Self, Diagnostics> {
        let config = read(source, |root| decode(root, source, directory))?;
        super::validate::validate(&config)?;
        Ok(config)
    }
}

fn decode(mut root: Table<'_>, source: &Source, directory: &Path) -> Option<Config> {
    let suites = root
        .optional::<NonEmpty>("suites")
        .map_or_else(|| PathBuf::from("suites"), into_path);
    let snapshots = root
        .optional::<NonEmpty>("snapshots")
        .map_or_else(|| PathBuf::from("snapshots"), into_path);
    let gate = root.table("gate", gate).unwrap_or_default();
    let check = root.table("check", check).unwrap_or_default();
    let services = services(&mut root);
    let profiles = root.named("profile", |name, value| Some((name.value, profile(value.table()?)?)));
    root.finish();
    Some(Config {
        source: source.clone(),
        directory: directory.to_owned(),
        suites,
        snapshots,
        gate,
        check,
        services,
        profiles: profiles.into_iter().collect(),
    })
}

fn gate(mut table: Table<'_>) -> Option<Gate> {
    let names = [("any", None), ("genuine", Some(OracleKind::Genuine))];
    let oracle = table.optional_with("oracle", |value| {
        let oracle = value.one_of(&names)?;
        Some(oracle.map(|oracle| Spanned::new(oracle, value.span())))
    });
    let stale = table.optional_with("stale", warns);
    let expired = table.optional_with("expired", warns);
    table.finish();
    Some(Gate {
        oracle: oracle.flatten(),
        stale_warns: stale.unwrap_or_default(),
        expired_warns: expired.unwrap_or_default(),
    })
}

fn warns(value: Value<'_>) -> Option<bool> {
    value.one_of(&[("fail", false), ("warn", true)])
}

fn check(mut table: Table<'_>) -> Option<Check> {
    let jobs = table.optional_with("jobs", |value| value.integer_in(1..=1024));
    let repeat = table.optional_with("repeat", |value| value.integer_in(1..=100));
    let rate = table.optional_with("rate", rate);
    let timeout = table.optional_with("timeout", Value::duration);
    let legacy_timeout = table.optional_with("legacy_timeout", Value::duration);
    let candidate_timeout = table.optional_with("candidate_timeout", Value::duration);
    let max_body = table.optional_with("max_body", size);
    table.finish();
    Some(Check {
        jobs,
        repeat,
        rate,
        timeout,
        legacy_timeout,
        candidate_timeout,
        max_body,
    })
}

fn profile(mut table: Table<'_>) -> Option<Profile> {
    let suites = table.optional_with("suites", Value::strings);
    let services = services(&mut table);
    table.finish();
    Some(Profile { suites, services })
}

fn services(table: &mut Table<'_>) -> BTreeMap<String, Service> {
    let services = table.named("service", |name, value| service(name, value.table()?));
    services.into_iter().map(|service| (service.name.value.clone(), service)).collect()
}

fn service(name: Spanned<String>, mut table: Table<'_>) -> Option<Service> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(plain) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        // The name is a host name inside container networks and a folder in the run directory.
        let message = format!("`{name}` cannot be the name of a service");
        let diagnostic = crate::diagnostic::Diagnostic::error(table.source(), name.span, message);
        table.note(diagnostic.help("use lowercase letters, digits, `-` and `_`, a letter first"));
    }
    let port = table.optional_with("port", |value| value.integer_in(1..=u16::MAX));
    let seed = table.optional_with("seed", Value::strings).unwrap_or_default();
    let sql = table.optional_with("sql", template);
    let ready = table.table("ready", question);
    let seeded = table.table("seeded", question);
    let deadline = table.optional_with("deadline", Value::duration).unwrap_or(DEFAULT_DEADLINE);
    let depends_on = table.optional_with("depends_on", Value::strings).unwrap_or_default();
    let container = table.table("container", container);
    let process = table.table("process", process);
    let url = table.table("url", url);
    let recording = table.table("recording", recording);

    let asks_sql = [&ready, &seeded]
        .into_iter()
        .any(|question| matches!(question, Some(Question::Sql(_))));
    if sql.is_none() && (asks_sql || !seed.is_empty()) {
        table.error(format!(
            "missing key `sql` of service `{name}`: a seed and SQL questions need an address, such as \
             `mysql://root:password@{{address}}/`"
        ));
    }
    if container.is_some() && port.is_none() {
        table.error(format!(
            "missing key `port` of service `{name}`: the port that it listens on inside its container"
        ));
    }
    let service = Service {
        name,
        port,
        seed,
        sql,
        ready,
        seeded,
        deadline,
        depends_on,
        container,
        process,
        url,
        recording,
    };
    // A table that is there and wrong has been noted already.
    let declared = ["container", "process", "url", "recording"]
        .iter()
        .any(|kind| table.value(kind).is_some());
    if !declared {
        let name = &service.name;
        table.error(format!(
            "service `{name}` is nowhere: add `[service.{name}.container]`, `[service.{name}.process]`, \
             `[service.{name}.url]` or `[service.{name}.recording]`"
        ));
    }
    table.finish();
    Some(service)
}

fn container(mut table: Table<'_>) -> Option<Container> {
    let image = table.required_with("image", template);
    let command = table.optional_with("command", command).unwrap_or_default();
    let environment = table.optional_with("environment", environment).unwrap_or_default();
    let oracle = oracle(&mut table);
    table.finish();
    Some(Container {
        image: image?,
        command,
        environment,
        oracle,
    })
}

fn process(mut table: Table<'_>) -> Option<Process> {
    let build = table.optional_with("build", command);
    let sources = table.optional_with("sources", Value::strings).unwrap_or_default();
    let initialise = table.optional_with("initialise", command);
    let command = table.required_with("command", command);
    let environment = table.optional_with("environment", environment).unwrap_or_default();
    let oracle = oracle(&mut table);
    table.finish();
    Some(Process {
        build,
        sources,
        initialise,
        command: command?,
        environment,
        oracle,
    })
}

fn url(mut table: Table<'_>) -> Option<Url> {
    let url = table.required_with("url", template);
    let oracle = oracle(&mut table);
    table.finish();
    Some(Url { url: url?, oracle })
}

fn recording(mut table: Table<'_>) -> Option<Recording> {
    let path = table.required_with("path", template);
    let oracle = oracle(&mut table);
    table.finish();
    Some(Recording { path: path?, oracle })
}

fn oracle(table: &mut Table<'_>) -> OracleKind {
    table
        .optional_with("oracle", |value| value.one_of(&ORACLES))
        .unwrap_or(OracleKind::Unknown)
}

fn question(mut table: Table<'_>) -> Option<Question> {
    let span = table.span();
    let sql = table.optional_with("sql", template).map(Question::Sql);
    let path = table.optional_with("http", |value| {
        let path = template(value)?;
        if !path.text().starts_with('/') {
            return value.error(format_args!("expected a path from `/`, found `{}`", path.text()));
        }
        Some(path)
    });
    let status = table.optional_with("status", |value| Some(Spanned::new(value.integer_in(100..=599)?, value.span())));
    let tcp = table.optional_with("tcp", template).map(Question::Tcp);
    let command = table.optional_with("command", command).map(Question::Command);
    if let (Some(status), None) = (status, &path) {
        let message = "`status` belongs to an `http` question";
        table.note(crate::diagnostic::Diagnostic::error(table.source(), status.span, message));
    }
    let http = path.map(|path| Question::Http {
        path,
        status: status.map(|status| status.value),
    });
    let mut asked: Vec<Question> = [sql, http, tcp, command].into_iter().flatten().collect();
    // A key that was wrong has been noted; saying that it is missing as well would only confuse.
    let keys = ["sql", "http", "tcp", "command"]
        .iter()
        .filter(|key| table.value(key).is_some())
        .count();
    if keys != 1 {
        let message = "expected one question: `sql`, `http`, `tcp` or `command`";
        table.note(crate::diagnostic::Diagnostic::error(table.source(), span, message));
    }
    table.finish();
    asked.pop()
}

fn template(value: Value<'_>) -> Option<Template> {
    let text = Spanned::<String>::decode(value)?;
    parsed(value, &text)
}

fn command(value: Value<'_>) -> Option<Vec<Template>> {
    if value.kind() != Found::List {
        return value.unexpected("a list: the program and its arguments");
    }
    let words = value.strings()?;
    if words.first().is_none_or(|program| program.trim().is_empty()) {
        return value.error("expected a program and its arguments, found an empty list");
    }
    let templates: Vec<Option<Template>> = words.iter().map(|word| parsed(value, word)).collect();
    templates.into_iter().collect()
}

fn environment(value: Value<'_>) -> Option<BTreeMap<String, Template>> {
    let entries = value.table()?.entries();
    let decoded: Vec<_> = entries
        .into_iter()
        .map(|(name, value)| Some((name.value, template(value)?)))
        .collect();
    decoded.into_iter().collect()
}

fn parsed(value: Value<'_>, text: &Spanned<String>) -> Option<Template> {
    Template::parse(value.source(), text).map_err(|error| value.note(*error)).ok()
}

/// Bytes as an integer, or `"16MiB"`.
fn size(value: Value<'_>) -> Option<u64> {
    if value.kind() == Found::Integer {
        return value.integer_in(1..=u64::from(u32::MAX) * 1024);
    }
    let text = value.text()?;
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    let bytes = units.iter().find_map(|(unit, factor)| {
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*factor).filter(|bytes| *bytes > 0)
    });
    match bytes {
        Some(bytes) => Some(bytes),
        None => value.error(format_args!("expected a number of bytes or a size such as `16MiB`, found `{text}`")),
    }
}

/// Requests a second: an integer or a decimal number above 0.
fn rate(value: Value<'_>) -> Option<f64> {
    if !matches!(value.kind(), Found::Integer | Found::Float) {
        return value.unexpected("a number of requests a second");
    }
    let text = value.literal()?;
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate.is_finite() => Some(rate),
        _ => value.error(format_args!("expected a number of requests a second above 0, found {text}")),
    }
}

fn into_path(text: NonEmpty) -> PathBuf {
    PathBuf::from(String::from(text))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(&Source::new("parity.toml", text), Path::new(".")).map_err(|errors| errors.to_string())
    }

    fn failure(text: &str) -> String {
        parse(text).unwrap_err()
    }

    const WHOLE: &str = r#"
suites = "fixtures/suites"
[service.database]
port = 3306
seed = ["fixtures/database/*.sql"]
sql = "mysql://root:ok@{address}/"
ready = { sql = "SELECT 1" }
seeded = { sql = "SELECT 1 FROM sentinel" }
deadline = "120s"
[service.database.container]
image = "${PARITY_DATABASE_IMAGE:-mysql:8.4}"
command = ["--datadir=/parity-data"]
environment = { MYSQL_ROOT_PASSWORD = "ok" }
[service.database.process]
initialise = ["mariadb-install-db", "--datadir={data}"]
command = ["mariadbd", "--datadir={data}", "--port={port}", "--socket={run}/db.sock"]
[service.legacy]
port = 80
depends_on = "database"
ready = { http = "/api", status = 200 }
[service.legacy.container]
image = "openml/php-rest-api:v1.2.4"
oracle = "genuine"
environment = { BASE_URL = "http://{address}/", DB = "{database.address}" }
[service.legacy.url]
url = "${PARITY_LEGACY_URL:-}"
[service.legacy.recording]
path = "fixtures/recordings/run-trace.jsonl"
[gate]
oracle = "genuine"
[check]
jobs = 4
repeat = 3
rate = 2.5
timeout = "500ms"
candidate_timeout = "2s"
max_body = "16MiB"
[profile.test-database]
suites = ["run-trace-test-database"]
[profile.test-database.service.database]
port = 3306
container = { image = "openml/test-database:v1" }
"#;

    #[test]
    fn a_whole_configuration_is_read() {
        let config = parse(WHOLE).unwrap();
        assert_eq!(config.suites, Path::new("fixtures/suites"));
        assert_eq!(config.snapshots, Path::new("snapshots"));
        assert_eq!(config.gate.oracle.map(|oracle| oracle.value), Some(OracleKind::Genuine));
        assert_eq!(
            config.check,
            Check {
                jobs: Some(4),
                repeat: Some(3),
                rate: Some(2.5),
                timeout: Some(Duration::from_millis(500)),
                legacy_timeout: None,
                candidate_timeout: Some(Duration::from_secs(2)),
                max_body: Some(16 << 20)
            }
        );
        let database = &config.services["database"];
        assert_eq!(database.deadline, Duration::from_mins(2));
        assert_eq!(database.seed[0].value, "fixtures/database/*.sql");
        assert_eq!(config.services["legacy"].depends_on[0].value, "database");
        assert_eq!(config.services["legacy"].container.as_ref().unwrap().oracle, OracleKind::Genuine);
        let profile = config.with_profile("test-database").unwrap();
        assert!(profile.services["database"].process.is_none());
        assert!(profile.services["legacy"].container.is_some());
    }

    #[test]
    fn an_unknown_profile_names_the_nearest() {
        let error = parse(WHOLE).unwrap().with_profile("test-databse").unwrap_err();
        assert_eq!(error.to_string(), "parity.toml: error: there is no profile `test-databse`");
        assert_eq!(error.iter().next().unwrap().help, ["did you mean `test-database`?"]);
    }

    #[test]
    fn mistakes_say_where_and_what() {
        for (text, expected) in [
            (
                "[service.a]\n",
                "parity.toml:1:1: error: service `a` is nowhere: add `[service.a.container]`, `[service.a.process]`, \
                 `[service.a.url]` or `[service.a.recording]`",
            ),
            (
                "[service.a.container]\nimage = 'x'\n",
                "parity.toml:1:10: error: missing key `port` of service `a`: the port that it listens on inside its container",
            ),
            (
                "[service.a]\nseed = 'x.sql'\nprocess = { command = ['x'] }\n",
                "parity.toml:1:1: error: missing key `sql` of service `a`: a seed and SQL questions need an address, such \
                 as `mysql://root:password@{address}/`",
            ),
            (
                "[service.a]\nready = { htpp = '/' }\nprocess = { command = ['x'] }\n",
                "parity.toml:2:9: error: expected one question: `sql`, `http`, `tcp` or `command`\n\
                 parity.toml:2:11: error: unknown key `htpp`: did you mean `http`?",
            ),
            (
                "[service.a]\nready = { http = 'x' }\ndeadline = '3h'\nprocess = { command = [] }\n",
                "parity.toml:2:18: error: `http`: expected a path from `/`, found `x`\n\
                 parity.toml:3:12: error: `deadline`: expected a time such as `500ms`, `30s` or `2m`, at most a day, found `3h`\n\
                 parity.toml:4:23: error: `command`: expected a program and its arguments, found an empty list",
            ),
            (
                "[service.A]\nprocess = { command = 'x y' }\n",
                "parity.toml:1:10: error: `A` cannot be the name of a service\n\
                 parity.toml:2:23: error: `command`: expected a list: the program and its arguments, found a string",
            ),
            (
                "[service.a.process]\ncommand = ['x', '{prot}']\n",
                "parity.toml:2:18: error: unknown value `{prot}`",
            ),
            (
                "[check]\nrepeat = 0\nrate = 0\nmax_body = '3 bytes'\n[gate]\noracle = 'genuin'\n",
                "parity.toml:2:10: error: `repeat`: expected an integer from 1 to 100, found 0\n\
                 parity.toml:3:8: error: `rate`: expected a number of requests a second above 0, found 0\n\
                 parity.toml:4:12: error: `max_body`: expected a number of bytes or a size such as `16MiB`, found `3 bytes`\n\
                 parity.toml:6:10: error: `oracle`: expected one of `any`, `genuine`, found `genuin`: did you mean `genuine`?",
            ),
        ] {
            assert_eq!(failure(text), expected, "{text}");
        }
    }
}
