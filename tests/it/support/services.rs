//! The services of this repository, started by the tool's own environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parity::environment::{Choice, Config, Data, Environment, Events, Finding, Kind, Options, Reuse};

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A cache that all tests share: what is prepared in it is prepared once.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("parity-cache")
}

/// Starts some of the services of `parity.toml` as one kind.
pub async fn start(kind: Kind, names: &[&str]) -> Environment {
    let mut config = Config::load(&root().join("parity.toml")).unwrap_or_else(|errors| panic!("{errors}"));
    config.services.retain(|name, _| names.contains(&name.as_str()));
    let options = Options {
        cache: cache(),
        profile: None,
        choice: Choice {
            all: Some(kind),
            ..Choice::default()
        },
        finding: Finding::Refused,
        data: Data::Prepared,
        reuse: Reuse::Refused,
        variables: Arc::new(std::env::vars().collect::<BTreeMap<_, _>>()),
    };
    Environment::start(&config, &options, &Events::ignored())
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Why containers cannot be had here, when they cannot.
pub fn no_containers() -> Option<String> {
    let answers = std::process::Command::new("docker")
        .args(["version", "--format", "{{.Server.Version}}"])
        .output();
    match answers {
        Ok(output) if output.status.success() => {}
        _ => return Some("no container engine answers".to_owned()),
    }
    let images = ["PARITY_DATABASE_IMAGE", "PARITY_LEGACY_IMAGE"];
    let missing = images.iter().find(|name| std::env::var_os(name).is_none());
    missing.map(|name| format!("`{name}` is not set: `ci/test` builds the images, or `eval \"$(ci/images)\"`"))
}
