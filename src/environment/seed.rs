//! Seeds: SQL files that fill a fresh database before anybody asks it anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::config::{Config, Service};
use super::error::{Failure, StartError};
use super::file;
use super::readiness::Sql;

/// The digests of the seeds that the files of today make, in hexadecimal, by the name of the service.
///
/// # Errors
/// A file of a seed cannot be read.
pub fn seeds(config: &Config) -> Result<BTreeMap<String, String>, StartError> {
    let seeded = config.services.iter().filter(|(_, service)| !service.seed.is_empty());
    let digests = seeded.map(|(name, service)| match Seed::read(config, service) {
        Ok(seed) => Ok((name.clone(), seed.identity())),
        Err(failure) => Err(StartError::Service {
            service: name.clone(),
            failure: Box::new(failure),
            log: Vec::new(),
        }),
    });
    digests.collect()
}

/// The files of a seed, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Seed {
    files: Vec<(PathBuf, String)>,
}

impl Seed {
    /// Reads a service's files: its patterns in their order, the files of each by name.
    pub(super) fn read(config: &Config, service: &Service) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for pattern in &service.seed {
            let unreadable = |path: &Path, error: &dyn std::fmt::Display| Failure::Seed {
                file: path.to_owned(),
                message: format!("cannot be read: {error}"),
            };
            let found = file::matching(&config.directory, pattern).map_err(|error| unreadable(Path::new(&pattern.value), &error))?;
            if found.is_empty() {
                return Err(Failure::Seed {
                    file: PathBuf::from(&pattern.value),
                    message: format!("there is no such file in `{}`", config.directory.display()),
                });
            }
            for path in found {
                let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                files.push((path, text));
            }
        }
        Ok(Self { files })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// What tells it from another, in hexadecimal.
    pub(super) fn identity(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        self.digest(&mut hasher);
        hasher.finalize().to_hex().to_string()
    }

    /// Adds names and contents to a digest.
    pub(super) fn digest(&self, hasher: &mut blake3::Hasher) {
        for (path, text) in &self.files {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            for part in [name, text.as_bytes()] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
    }

    /// Writes it over one connection, so that what a file sets for its session holds in the next.
    pub(super) async fn write(&self, sql: &mut Sql) -> Result<(), Failure> {
        for (path, text) in &self.files {
            sql.run(text.clone()).await.map_err(|message| Failure::Seed {
                file: path.clone(),
                message,
            })?;
        }
        Ok(())
    }
}
