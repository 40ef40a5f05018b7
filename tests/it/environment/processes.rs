//! Services as local processes.

use std::time::Duration;

use parity::environment::{Data, Environment, Event, Events, Failure, Finding, Kept, Kind, Origin, Reuse, StartError};

use super::project::{DATABASE, Project, all, is_preparing, ready, soon};
use crate::support::skip::{is_skipped, no_mariadb};

/// A service that answers TCP connections for as long as it is let: Perl is part of every Debian and macOS.
const LISTENER: &str = r#"exec perl -MIO::Socket::INET -e '
    my $s = IO::Socket::INET->new(LocalAddr => $ARGV[0], Listen => 5, ReuseAddr => 1) or die "cannot listen on $ARGV[0]: $!\n";
    print "listening on $ARGV[0]\n"; $| = 1;
    while (my $c = $s->accept) { my $l = <$c>; print $c "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"; close $c }
' "$1"
"#;

fn listener(extra: &str) -> Project {
    let project = Project::new(&format!(
        "[service.web]\nready = {{ http = '/' }}\n[service.web.process]\ncommand = ['./listen', '{{address}}']\n{extra}"
    ));
    project.script("listen", LISTENER);
    project
}

fn service_failure(error: StartError) -> (String, Failure, Vec<String>) {
    match error {
        StartError::Service { service, failure, log } => (service, *failure, log),
        other => panic!("not about a service: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_reached_where_it_says_and_is_gone_after_stop() {
    let project = listener("oracle = 'stand-in'\n");
    let (started, events) = project.start_heard().await;
    let environment = started.unwrap();
    let web = environment.service("web").unwrap();
    assert_eq!(web.kind, Kind::Process);
    assert_eq!(web.oracle, parity::exchange::OracleKind::StandIn);
    assert_eq!(
        web.url.as_deref(),
        Some(format!("http://{}/", web.address.as_ref().unwrap()).as_str())
    );
    assert_eq!(
        environment.log("web").await,
        [format!("listening on {}", web.address.as_ref().unwrap())]
    );
    assert_eq!(environment.origin(), &Origin::Started);
    assert!(matches!(&events[0], Event::Found { service, kind: Kind::Process, why } if service == "web" && why == "`./listen` is here"));
    assert!(ready(&events, "web") < Duration::from_secs(20));
    environment.stop().await;
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services_start_after_those_that_they_depend_on() {
    let project = Project::new(
        "[service.b]\ndepends_on = 'a'\n[service.b.process]\ncommand = ['./listen', '{address}']\n\
         environment = { A = '{a.address}' }\n[service.a.process]\ncommand = ['./listen', '{address}']\n",
    );
    project.script("listen", &format!("echo \"A=$A\"\n{LISTENER}"));
    let (started, events) = project.start_heard().await;
    let environment = started.unwrap();
    let order: Vec<String> = events
        .iter()
        .filter_map(|event| match event {
            Event::Starting { service, .. } => Some(format!("starting {service}")),
            Event::Ready { service, .. } => Some(format!("ready {service}")),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["starting a", "ready a", "starting b", "ready b"]);
    let address = environment.service("a").unwrap().address.clone().unwrap();
    assert_eq!(environment.log("b").await[0], format!("A={address}"));
    environment.stop().await;
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ends_too_early_is_told_with_its_last_lines() {
    let project = listener("");
    project.script("listen", "echo first; echo 'cannot open the file' >&2; exit 7\n");
    let error = project.start().await.unwrap_err();
    assert_eq!(error.to_string(), "service `web` ended with code 7 before it was ready");
    assert_eq!(error.log(), ["first", "cannot open the file"]);
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_was_taken_for_a_moment_is_no_failure() {
    let project = listener("");
    let taken = "test -e tried || { touch tried; echo 'cannot listen: Address already in use' >&2; exit 1; }";
    project.script("listen", &format!("{taken}\n{LISTENER}"));
    let environment = project.start().await.unwrap();
    let address = environment.service("web").unwrap().address.clone().unwrap();
    assert_eq!(
        environment.log("web").await,
        [
            "cannot listen: Address already in use".to_owned(),
            format!("listening on {address}")
        ]
    );
    environment.stop().await;
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_always_taken_is_told() {
    let project = listener("");
    project.script("listen", "echo 'cannot listen: Address already in use' >&2; exit 1\n");
    let (service, failure, log) = service_failure(project.start().await.unwrap_err());
    assert_eq!(service, "web");
    assert!(matches!(failure, Failure::PortTaken { attempts: 4, .. }), "{failure}");
    assert_eq!(log.len(), 4, "{log:?}");
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_never_answers_is_told_at_its_deadline() {
    let project = Project::new(
        "[service.web]\nready = { http = '/health', status = 204 }\ndeadline = '300ms'\n\
         [service.web.process]\ncommand = ['sh', '-c', 'echo hello; exec sleep 600', '{port}']\n",
    );
    let error = project.start().await.unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("service `web` did not answer status 204 from GET http://127.0.0.1:"),
        "{message}"
    );
    assert!(
        message.ends_with("/health within 300 ms: Connection refused (os error 111)"),
        "{message}"
    );
    assert_eq!(error.log(), ["hello"]);
    assert_eq!(
        error.help().as_deref(),
        Some("raise `deadline` of `[service.web]`, or look at its `ready` question")
    );
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_program_is_named_with_what_to_do() {
    let mut project = Project::new("[service.web.process]\ncommand = ['no-such-server']\n");
    project.options.choice = all(Kind::Process);
    let error = project.start().await.unwrap_err();
    assert_eq!(error.to_string(), "service `web` cannot start: `no-such-server` is not on PATH");
    assert_eq!(
        error.help().as_deref(),
        Some("install the package that brings it, or run the services as containers")
    );
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_build_stops_the_start_and_the_other_services() {
    let project = Project::new(
        "[service.a.process]\ncommand = ['./listen', '{address}']\n[service.web]\ndepends_on = 'a'\n\
         [service.web.process]\nbuild = ['sh', '-c', 'while ! test -e a-listens; do :; done; echo broken; exit 2']\n\
         command = ['./listen', '{address}']\n",
    );
    project.script("listen", &format!("touch a-listens\n{LISTENER}"));
    let error = project.start().await.unwrap_err();
    assert!(
        error.to_string().starts_with("service `web` could not be built: `sh -c while"),
        "{error}"
    );
    assert!(error.to_string().ends_with("ended with code 2"), "{error}");
    assert_eq!(error.log(), ["broken"]);
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_dropped_half_way_leaves_nothing() {
    let project = Project::new(
        "[service.a.process]\ncommand = ['./listen', '{address}']\n[service.b]\ndepends_on = 'a'\n\
         ready = { http = '/' }\n[service.b.process]\ncommand = ['sh', '-c', 'touch started; sleep 600', '{port}']\n",
    );
    project.script("listen", LISTENER);
    let started = project.path().join("started");
    tokio::select! {
        environment = project.start() => panic!("started: {environment:?}"),
        () = soon("the second service runs", || started.exists()) => {}
    }
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_environment_leaves_nothing() {
    let project = listener("");
    let environment = project.start().await.unwrap();
    drop(environment);
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_panic_passes_by_is_ended() {
    let project = std::sync::Arc::new(listener(""));
    let inside = project.clone();
    let task = tokio::spawn(async move {
        let _environment = inside.start().await.unwrap();
        panic!("on purpose");
    });
    assert!(task.await.unwrap_err().is_panic());
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_environment_serves_until_it_is_taken_down() {
    let mut project = listener("");
    project.options.reuse = Reuse::Allowed;
    let kept = project.start().await.unwrap().keep().unwrap();
    let (reused, events) = project.start_heard().await;
    let reused = reused.unwrap();
    assert_eq!(
        reused.origin(),
        &Origin::Reused {
            lease: kept.lease().to_owned()
        }
    );
    assert_eq!(reused.services().collect::<Vec<_>>(), kept.services().collect::<Vec<_>>());
    assert_eq!(
        events,
        [Event::Reusing {
            lease: kept.lease().to_owned(),
            services: vec!["web".to_owned()]
        }]
    );
    // Who only uses it does not end it.
    reused.stop().await;
    assert!(kept.gone().await.is_empty());
    let all = Kept::all(&project.options.cache).unwrap();
    assert_eq!(all.len(), 1);
    for kept in all {
        kept.down().await.unwrap();
    }
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_environment_is_asked_in_its_own_folder() {
    let mut project = listener("");
    let question = "ready = { command = ['test', '-s', '{run}/web.log'] }";
    let configuration = std::fs::read_to_string(project.path().join("parity.toml")).unwrap();
    project.write("parity.toml", &configuration.replace("ready = { http = '/' }", question));
    project.options.reuse = Reuse::Allowed;
    let kept = project.start().await.unwrap().keep().unwrap();
    let reused = project.start().await.unwrap();
    assert_eq!(
        reused.origin(),
        &Origin::Reused {
            lease: kept.lease().to_owned()
        }
    );
    kept.down().await.unwrap();
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_environment_that_is_not_what_would_be_started_is_told_and_not_used() {
    let mut project = listener("");
    project.options.reuse = Reuse::Allowed;
    let kept = project.start().await.unwrap().keep().unwrap();
    let why = async |project: &Project| {
        let (started, events) = project.start_heard().await;
        let environment = started.unwrap();
        assert_eq!(environment.origin(), &Origin::Started);
        environment.stop().await;
        let why = events.into_iter().find_map(|event| match event {
            Event::Stale { why, .. } => Some(why),
            _ => None,
        });
        why.expect("a stale environment is told of")
    };

    let text = std::fs::read_to_string(project.path().join("parity.toml")).unwrap();
    project.write("parity.toml", &format!("{text}environment = {{ MODE = 'other' }}\n"));
    assert_eq!(why(&project).await, "`process.environment.MODE` of service `web` changed");
    project.write("parity.toml", &text);
    project.script("listen", &format!("# another program\n{LISTENER}"));
    assert_eq!(why(&project).await, "`program` of service `web` changed");
    kept.down().await.unwrap();
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_environment_whose_service_died_is_not_used() {
    let mut project = listener("");
    project.options.reuse = Reuse::Allowed;
    let kept = project.start().await.unwrap().keep().unwrap();
    let process = project.processes().iter().find(|line| line.contains("perl")).unwrap().clone();
    let id = process.split(':').next().unwrap();
    assert!(std::process::Command::new("kill").args(["-KILL", id]).status().unwrap().success());
    soon("the service is dead", || project.processes().is_empty()).await;
    assert_eq!(kept.gone().await, ["web"]);
    let (started, events) = project.start_heard().await;
    let stale = Event::Stale {
        lease: kept.lease().to_owned(),
        why: "service `web` is gone".to_owned(),
    };
    assert_eq!(events[0], stale);
    started.unwrap().stop().await;
    kept.down().await.unwrap();
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_service_is_built_again_only_when_its_sources_changed() {
    let mut project = listener("build = ['sh', '-c', 'echo built >> builds']\nsources = ['source']\n");
    project.write("source/main", "1");
    project.options.reuse = Reuse::Allowed;
    let builds = || std::fs::read_to_string(project.path().join("builds")).unwrap().lines().count();
    let kept = project.start().await.unwrap().keep().unwrap();
    assert_eq!(builds(), 1);
    project.start().await.unwrap().stop().await;
    assert_eq!(builds(), 1);
    project.write("source/main", "2");
    project.start().await.unwrap().stop().await;
    assert_eq!(builds(), 2);
    kept.down().await.unwrap();
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_ci_nothing_is_guessed() {
    let mut project = listener("[service.web.url]\nurl = 'http://127.0.0.1:9/'\n");
    project.options.finding = Finding::Refused;
    let error = project.start().await.unwrap_err();
    let StartError::Plan(parity::environment::PlanError::Unavailable(_)) = &error else {
        panic!("{error}")
    };
    assert_eq!(
        error.to_string(),
        "parity.toml:1:10: error: nobody chose as what service `web` is there, and under CI nothing is guessed"
    );
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_and_a_recording_start_nothing() {
    let served = listener("");
    let environment = served.start().await.unwrap();
    let url = environment.service("web").unwrap().url.clone().unwrap();
    let mut project = Project::new(
        "[service.database.process]\ncommand = ['./never']\n[service.legacy]\ndepends_on = 'database'\nready = { http = '/' }\n\
         [service.legacy.url]\nurl = '${LEGACY:-}'\noracle = 'genuine'\n[service.candidate]\ndepends_on = 'database'\n\
         [service.candidate.recording]\npath = 'answers.jsonl'\n",
    );
    project.write("answers.jsonl", "");
    project.options.variables = std::sync::Arc::new([("LEGACY".to_owned(), url.clone())].into());
    let started = project.start().await.unwrap();
    assert!(started.service("database").is_none(), "nobody needs it");
    let legacy = started.service("legacy").unwrap();
    assert_eq!((legacy.kind, legacy.url.as_deref()), (Kind::Url, Some(url.as_str())));
    assert_eq!(
        started.service("candidate").unwrap().recording,
        Some(project.path().join("answers.jsonl"))
    );
    started.stop().await;
    environment.stop().await;
    project.assert_nothing_left().await;
    served.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_prepared_once_and_copied_afterwards() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let project = Project::new(DATABASE);
    let (first, events) = project.start_heard().await;
    assert!(is_preparing(&events), "{events:?}");
    let first = first.unwrap();
    // Two at once: each has a server and a copy of its own.
    let (second, events) = project.start_heard().await;
    assert!(!is_preparing(&events), "{events:?}");
    let second = second.unwrap();
    assert_ne!(
        first.service("database").unwrap().address,
        second.service("database").unwrap().address
    );
    write(&first, "INSERT INTO parity_test.sentinel VALUES (2)").await;
    assert_eq!(rows(&first).await, 2);
    assert_eq!(rows(&second).await, 1);
    let used = || {
        let prepared = std::fs::read_dir(project.options.cache.join("prepared")).unwrap();
        prepared
            .filter(|entry| entry.as_ref().unwrap().path().extension() == Some("used".as_ref()))
            .count()
    };
    assert_eq!(used(), 0);
    first.stop().await;
    assert_eq!(used(), 1, "what the first wrote to is used again");
    second.stop().await;
    assert_eq!(used(), 1, "one is enough");
    let third = project.start().await.unwrap();
    assert_eq!(used(), 0);
    assert_eq!(rows(&third).await, 1, "nothing of the first run is left in it");
    write(&third, "DROP DATABASE parity_test").await;
    // Taken down by somebody else, it is used again as well.
    third.keep().unwrap().down().await.unwrap();
    assert_eq!(used(), 1);
    let fourth = project.start().await.unwrap();
    assert_eq!(rows(&fourth).await, 1);
    fourth.stop().await;

    project.write("seed/2-rows.sql", "INSERT INTO parity_test.sentinel VALUES (1), (2), (3);\n");
    let (changed, events) = project.start_heard().await;
    assert!(is_preparing(&events), "another seed is prepared anew: {events:?}");
    let changed = changed.unwrap();
    assert_eq!(rows(&changed).await, 3);
    changed.stop().await;
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_database_is_seeded_in_its_own_start() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let mut project = Project::new(DATABASE);
    project.options.data = Data::Fresh;
    let (started, events) = project.start_heard().await;
    let environment = started.unwrap();
    assert!(!is_preparing(&events), "{events:?}");
    assert!(
        events.iter().any(|event| matches!(event, Event::Seeding { files: 2, .. })),
        "{events:?}"
    );
    assert_eq!(rows(&environment).await, 1);
    environment.stop().await;
    assert!(!project.options.cache.join("prepared").exists());
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_starts_at_once_prepare_once() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let project = Project::new(DATABASE);
    let (one, other) = tokio::join!(project.start_heard(), project.start_heard());
    let preparing = [&one.1, &other.1].iter().filter(|events| is_preparing(events)).count();
    assert_eq!(preparing, 1, "{:?} {:?}", one.1, other.1);
    for environment in [one.0.unwrap(), other.0.unwrap()] {
        assert_eq!(rows(&environment).await, 1);
        environment.stop().await;
    }
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_that_the_database_refuses_is_named_and_not_kept() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let project = Project::new(DATABASE);
    project.write("seed/2-rows.sql", "USE parity_test;\nINSERT INTO sentinle VALUES (1);\n");
    let (service, failure, _) = service_failure(project.start().await.unwrap_err());
    assert_eq!(service, "database");
    let Failure::Seed { file, message } = failure else {
        panic!("{failure}")
    };
    assert_eq!(file, project.path().join("seed/2-rows.sql"));
    assert!(message.contains("Table 'parity_test.sentinle' doesn't exist"), "{message}");
    assert!(
        std::fs::read_dir(project.options.cache.join("prepared"))
            .unwrap()
            .all(|entry| entry.unwrap().path().is_file())
    );
    project.assert_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_dropped_while_it_prepares_leaves_nothing() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let project = Project::new(DATABASE);
    let (sender, mut seeding) = tokio::sync::mpsc::unbounded_channel();
    let events = Events::to(move |event| {
        if matches!(event, Event::Seeding { .. }) {
            let _ = sender.send(());
        }
    });
    let config = project.config();
    tokio::select! {
        environment = Environment::start(&config, &project.options, &events) => panic!("started: {environment:?}"),
        _ = seeding.recv() => {}
    }
    project.assert_nothing_left().await;
    let environment = project.start().await.unwrap();
    assert_eq!(rows(&environment).await, 1);
    environment.stop().await;
    project.assert_nothing_left().await;
}

/// Not a test of its own: the owner that the next test kills. Runs only when told where.
#[tokio::test(flavor = "multi_thread")]
async fn owner_that_is_killed() {
    let Some(folder) = std::env::var_os("PARITY_TEST_OWNER") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let config = parity::environment::Config::load(&folder.join("parity.toml")).unwrap();
    let options = parity::environment::Options {
        cache: folder.join("cache"),
        ..Project::new("").options.clone()
    };
    let _environment = Environment::start(&config, &options, &Events::ignored()).await.unwrap();
    std::fs::write(folder.join("is-up"), "").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_owner_left_is_ended_by_the_next_start() {
    let project = listener("");
    let mut owner = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "environment::processes::owner_that_is_killed"])
        .env("PARITY_TEST_OWNER", project.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let up = project.path().join("is-up");
    soon("the owner's environment is up", || up.exists()).await;
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert_eq!(project.leases().len(), 1);
    assert!(!project.processes().is_empty());
    let (started, events) = project.start_heard().await;
    assert_eq!(events[0], Event::Swept { leases: 1 });
    started.unwrap().stop().await;
    project.assert_nothing_left().await;
}

async fn connect(environment: &Environment) -> sqlx::MySqlConnection {
    use sqlx::Connection as _;
    let url = environment.service("database").unwrap().sql.clone().unwrap();
    sqlx::MySqlConnection::connect(&url).await.unwrap()
}

async fn write(environment: &Environment, statement: &'static str) {
    sqlx::raw_sql(statement).execute(&mut connect(environment).await).await.unwrap();
}

async fn rows(environment: &Environment) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM parity_test.sentinel");
    count.fetch_one(&mut connect(environment).await).await.unwrap()
}
