//! Services as containers, where an engine answers and the images of `ci/images` are there.

use std::collections::HashMap;
use std::time::Duration;

use parity::environment::{Choice, Data, Environment, Event, Events, Failure, Kept, Kind, Origin, Reuse, StartError};
use testcontainers::bollard::Docker;
use testcontainers::bollard::query_parameters::{
    KillContainerOptions, ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder, RemoveImageOptions,
};

use super::project::{Project, all, is_preparing, ready};
use crate::support::skip::{is_skipped, no_mariadb};

/// A project whose containers and images are told from everybody else's, and looked for at the end.
struct Contained {
    project: Project,
    docker: Docker,
    /// The name of the database service: prepared images are named after it.
    database: String,
}

impl Contained {
    /// `None` when there is no engine or no image, which is then said.
    async fn new(configuration: &str) -> Option<Self> {
        let docker = match testcontainers::core::client::docker_client_instance().await {
            Ok(docker) if docker.ping().await.is_ok() => docker,
            _ => {
                is_skipped(Some("no container engine answers".to_owned()));
                return None;
            }
        };
        for image in [database_image(), legacy_image()] {
            if docker.inspect_image(&image).await.is_err() {
                is_skipped(Some(format!("there is no image `{image}`: `ci/images` builds it")));
                return None;
            }
        }
        let database = format!("db{:x}", rand());
        let configuration = configuration
            .replace("DATABASE_IMAGE", &database_image())
            .replace("LEGACY_IMAGE", &legacy_image())
            .replace("DATABASE", &database);
        let mut project = Project::new(&configuration);
        project.options.choice = all(Kind::Container);
        Some(Self { project, docker, database })
    }

    /// The containers and networks that this project's cache owns.
    async fn owned(&self) -> Vec<String> {
        let cache = self.project.options.cache.canonicalize().unwrap();
        let hash = blake3::hash(cache.as_os_str().as_encoded_bytes()).to_hex();
        let filters = HashMap::from([("label".to_owned(), vec![format!("parity.cache={}", &hash[..16])])]);
        let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
        let containers = self.docker.list_containers(Some(options)).await.unwrap();
        let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
        let networks = self.docker.list_networks(Some(options)).await.unwrap();
        let containers = containers.into_iter().map(|container| format!("container {:?}", container.names));
        containers
            .chain(networks.into_iter().map(|network| format!("network {:?}", network.name)))
            .collect()
    }

    async fn prepared_images(&self) -> Vec<String> {
        let filters = HashMap::from([("reference".to_owned(), vec![format!("parity-prepared/{}", self.database)])]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let images = self.docker.list_images(Some(options)).await.unwrap();
        images.into_iter().flat_map(|image| image.repo_tags).collect()
    }

    /// Fails when anything is left, and removes what is meant to stay: prepared images.
    async fn finish(self) {
        assert_eq!(self.owned().await, [""; 0]);
        self.project.assert_nothing_left().await;
        for image in self.prepared_images().await {
            self.docker.remove_image(&image, None::<RemoveImageOptions>, None).await.unwrap();
        }
    }
}

fn database_image() -> String {
    std::env::var("PARITY_DATABASE_IMAGE").unwrap_or_else(|_| "parity-stand-in/mariadb:latest".to_owned())
}

fn legacy_image() -> String {
    std::env::var("PARITY_LEGACY_IMAGE").unwrap_or_else(|_| "parity-stand-in/openml-php:latest".to_owned())
}

fn rand() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::time::SystemTime::now())
}

const DATABASE_ONLY: &str = r#"
[service.DATABASE]
port = 3306
seed = ["seed/*.sql"]
sql = "mysql://root:ok@{address}/"
ready = { sql = "SELECT 1" }
seeded = { sql = "SELECT 1 FROM parity_test.sentinel" }
deadline = "120s"
[service.DATABASE.container]
image = "DATABASE_IMAGE"
command = ["--datadir=/parity-data"]
environment = { MYSQL_ROOT_PASSWORD = "ok", MYSQL_ROOT_HOST = "%" }
"#;

fn with_legacy() -> String {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/database/*.sql");
    let database = DATABASE_ONLY
        .replace("seed/*.sql", fixtures)
        .replace("parity_test.sentinel", "openml_expdb.parity_sentinel");
    format!(
        r#"{database}
[service.legacy]
port = 80
depends_on = ["DATABASE"]
ready = {{ http = "/api/v1/json/run/trace/34", status = 200 }}
[service.legacy.container]
image = "LEGACY_IMAGE"
oracle = "genuine"
environment = {{ BASE_URL = "http://{{address}}/", DB_HOST_OPENML = "{{DATABASE.address}}", DB_HOST_EXPDB = "{{DATABASE.address}}",
                DB_USER_OPENML = "root", DB_PASS_OPENML = "ok", DB_USER_EXPDB_READ = "root", DB_PASS_EXPDB_READ = "ok",
                DB_USER_EXPDB_WRITE = "root", DB_PASS_EXPDB_WRITE = "ok", INDEX_ES_DURING_STARTUP = "false" }}
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_reach_each_other_and_say_what_they_are() {
    let Some(contained) = Contained::new(&with_legacy()).await else {
        return;
    };
    let (started, events) = contained.project.start_heard().await;
    let environment = started.unwrap();
    assert!(is_preparing(&events), "{events:?}");
    let legacy = environment.service("legacy").unwrap();
    assert_eq!(legacy.kind, Kind::Container);
    let image = legacy.image.as_ref().unwrap();
    assert_eq!(image.name, legacy_image());
    assert!(image.id.starts_with("sha256:"), "{image:?}");
    // The image's label outweighs what the configuration claims.
    assert_eq!(legacy.oracle, parity::exchange::OracleKind::StandIn);
    let answer = get(legacy.address.as_ref().unwrap(), "/api/v1/json/run/trace/999999").await;
    assert!(
        answer.contains(r#"{"error":{"code":"571","message":"Run not found."}}"#),
        "{answer}"
    );
    assert_eq!(contained.owned().await.len(), 3, "two containers and their network");
    environment.stop().await;
    assert_eq!(contained.prepared_images().await.len(), 1);

    let (again, events) = contained.project.start_heard().await;
    assert!(!is_preparing(&events), "{events:?}");
    assert!(ready(&events, "legacy") < Duration::from_mins(1));
    again.unwrap().stop().await;
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_reaches_a_process_of_this_machine() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let process = super::project::DATABASE.split("[service.database.process]").nth(1).unwrap();
    let process = process.replace("--bind-address=127.0.0.1", "--bind-address={host}");
    let accounts = "CREATE USER 'root'@'%' IDENTIFIED BY 'ok';\nGRANT ALL ON *.* TO 'root'@'%';\n";
    let configuration = format!("{}[service.DATABASE.process]{process}", with_legacy())
        .replace("sql = \"mysql://root:ok@{address}/\"", "sql = \"mysql://root@{address}/\"")
        .replace("/fixtures/database/*.sql\"", "/fixtures/database/*.sql\", \"accounts.sql\"");
    let Some(mut contained) = Contained::new(&configuration).await else {
        return;
    };
    contained.project.write("accounts.sql", accounts);
    contained.project.options.choice = Choice {
        each: [(contained.database.clone(), Kind::Process)].into(),
        ..all(Kind::Container)
    };
    let environment = contained.project.start().await.unwrap();
    assert_eq!(environment.service(&contained.database).unwrap().kind, Kind::Process);
    assert!(
        environment
            .service(&contained.database)
            .unwrap()
            .address
            .as_ref()
            .unwrap()
            .starts_with("127.0.0.1:")
    );
    environment.stop().await;
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_container_is_seeded_in_its_own_start() {
    let Some(mut contained) = Contained::new(DATABASE_ONLY).await else {
        return;
    };
    contained.project.options.data = Data::Fresh;
    let (started, events) = contained.project.start_heard().await;
    assert!(!is_preparing(&events), "{events:?}");
    started.unwrap().stop().await;
    assert_eq!(contained.prepared_images().await, [""; 0]);
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_ends_too_early_is_told_with_its_last_lines() {
    let configuration = DATABASE_ONLY
        .replace("--datadir=/parity-data", "--no-such-option")
        .replace("MYSQL_ROOT_PASSWORD", "OTHER");
    let Some(contained) = Contained::new(&configuration).await else {
        return;
    };
    let StartError::Service { failure, log, .. } = contained.project.start().await.unwrap_err() else {
        panic!("another error")
    };
    let Failure::Exited { how } = *failure else { panic!("{failure}") };
    assert!(how.starts_with("code "), "{how}");
    assert!(!log.is_empty());
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_cannot_be_had_is_named() {
    let configuration = DATABASE_ONLY.replace("DATABASE_IMAGE", "127.0.0.1:9/no-such-image:1");
    let Some(contained) = Contained::new(&configuration).await else {
        return;
    };
    let error = contained.project.start().await.unwrap_err();
    let message = error.to_string();
    let begins = format!(
        "service `{}` needs image `127.0.0.1:9/no-such-image:1`, which is not here and cannot be pulled: ",
        contained.database
    );
    assert!(message.starts_with(&begins), "{message}");
    assert!(message.contains("connection refused"), "{message}");
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_of_containers_that_is_dropped_half_way_leaves_nothing() {
    let Some(contained) = Contained::new(&with_legacy()).await else {
        return;
    };
    let (sender, mut preparing) = tokio::sync::mpsc::unbounded_channel();
    let events = Events::to(move |event| {
        if matches!(event, Event::Preparing { .. }) {
            let _ = sender.send(());
        }
    });
    let config = contained.project.config();
    let dropped = async {
        preparing.recv().await;
        // In the middle of whatever the engine does just then; nothing depends on where exactly.
        tokio::time::sleep(Duration::from_millis(150)).await;
    };
    tokio::select! {
        environment = Environment::start(&config, &contained.project.options, &events) => panic!("started: {environment:?}"),
        () = dropped => {}
    }
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_environment_of_containers_leaves_nothing() {
    let Some(mut contained) = Contained::new(DATABASE_ONLY).await else {
        return;
    };
    contained.project.options.data = Data::Fresh;
    let environment = contained.project.start().await.unwrap();
    assert_eq!(contained.owned().await.len(), 1, "a lone container needs no network");
    drop(environment);
    contained.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_containers_serve_until_they_are_taken_down() {
    let Some(mut contained) = Contained::new(DATABASE_ONLY).await else {
        return;
    };
    contained.project.options.data = Data::Fresh;
    contained.project.options.reuse = Reuse::Allowed;
    let kept = contained.project.start().await.unwrap().keep().unwrap();
    contained.project.options.choice = Choice::default();
    let (reused, events) = contained.project.start_heard().await;
    assert_eq!(
        reused.unwrap().origin(),
        &Origin::Reused {
            lease: kept.lease().to_owned()
        },
        "{events:?}"
    );
    assert!(kept.gone().await.is_empty());
    // A container that is there and does not run is gone.
    let name = format!("parity-{}-{}", kept.lease(), contained.database);
    contained.docker.kill_container(&name, None::<KillContainerOptions>).await.unwrap();
    assert_eq!(kept.gone().await, [contained.database.clone()]);
    let (started, events) = contained.project.start_heard().await;
    let started = started.unwrap();
    assert_eq!(started.origin(), &Origin::Started);
    let why = format!("service `{}` is gone", contained.database);
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Stale { why: said, .. } if *said == why)),
        "{events:?}"
    );
    started.stop().await;
    for kept in Kept::all(&contained.project.options.cache).unwrap() {
        kept.down().await.unwrap();
    }
    contained.finish().await;
}

/// The body and head of an answer, as they came.
async fn get(address: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
