//! What brings back the state in which a recorded run asked.

use crate::value::visible;

use super::shell::quote;
use super::style::Ink;

/// The environment of a recorded run, and what of it is still the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restore {
    /// The project's file, when it was named on the command line.
    pub config: Option<String>,
    /// The profile that was in force.
    pub profile: Option<String>,
    /// The services; none where the record does not say them.
    pub services: Vec<Part>,
}

/// A service as it was then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its name in `parity.toml`.
    pub name: String,
    /// As what it was there: `container`, `process`, `url` or `recording`.
    pub kind: String,
    /// What it was, for people, when it was asked itself: an address, a recording.
    pub shown: Option<String>,
    /// The image of a container, with its digest.
    pub image: Option<String>,
    /// The digest of its seed then, in hexadecimal.
    pub seed: Option<String>,
    /// The digest of its seed today; nothing when that is not known.
    pub seed_today: Option<String>,
}

/// How much of a seed's digest is shown.
const SHOWN: usize = 12;

/// The beginning of a seed's digest, which tells it from any other that is likely.
#[must_use]
pub fn short(digest: &str) -> &str {
    digest.get(..SHOWN).unwrap_or(digest)
}

impl Part {
    fn is_started(&self) -> bool {
        matches!(self.kind.as_str(), "container" | "process")
    }
}

impl Restore {
    /// The line for a shell, when there was something that parity starts.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        let started = || self.services.iter().filter(|part| part.is_started());
        // A service without a container stays a process among containers.
        let kind = match started().any(|part| part.kind == "container") {
            true => "containers",
            false if started().next().is_some() => "processes",
            false => return None,
        };
        let mut words = vec!["parity".to_owned(), "env".to_owned(), "up".to_owned()];
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quote(value).into_owned()]);
        if let Some(config) = &self.config {
            option("--config", config);
        }
        if let Some(profile) = &self.profile {
            option("--profile", profile);
        }
        option("--environment", kind);
        for part in started() {
            if let Some(seed) = &part.seed {
                option("--seed", &format!("{}={}", part.name, short(seed)));
            }
        }
        Some(words.join(" "))
    }

    /// What there is to say beside the line, a sentence each.
    pub(super) fn notes(&self) -> Vec<(Ink, String)> {
        let mut notes = Vec::new();
        if self.services.is_empty() {
            notes.push((Ink::Dim, "the record does not say how the services were there".to_owned()));
            return notes;
        }
        if self.command().is_some() {
            let said = "it says where the services are then: their addresses may be others than above";
            notes.push((Ink::Dim, said.to_owned()));
        }
        for part in &self.services {
            let name = visible(&part.name);
            let said = match (part.kind.as_str(), part.shown.as_deref().map(visible)) {
                ("url", Some(shown)) => Some(format!(
                    "`{name}` was asked at {shown}, which parity did not start: only its owner brings back what it held"
                )),
                ("url", None) => Some(format!(
                    "`{name}` was an address that parity did not start: only its owner brings back what it held"
                )),
                ("recording", Some(shown)) => Some(format!("`{name}` was {shown}, which answers the same whenever it is asked")),
                ("recording", None) => Some(format!("`{name}` was a recording, which answers the same whenever it is asked")),
                _ => part.image.as_ref().map(|image| format!("`{name}` was made of {}", visible(image))),
            };
            notes.extend(said.map(|said| (Ink::Dim, said)));
            if let (Some(then), Some(today)) = (&part.seed, &part.seed_today)
                && then != today
            {
                let said = format!(
                    "the seed of `{name}` is {} today, so that `env up` refuses: take its files from the commit that was checked then",
                    short(today)
                );
                notes.push((Ink::Warning, said));
            }
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "4be1c0ffee124be1c0ffee124be1c0ffee124be1c0ffee124be1c0ffee12aaaa";

    fn part(name: &str, kind: &str) -> Part {
        Part {
            name: name.into(),
            kind: kind.into(),
            ..Part::default()
        }
    }

    fn restore(services: Vec<Part>) -> Restore {
        Restore {
            services,
            ..Restore::default()
        }
    }

    #[test]
    fn a_process_among_containers_needs_no_word_of_its_own() {
        let all = restore(vec![part("candidate", "process"), part("legacy", "container")]);
        assert_eq!(all.command().as_deref(), Some("parity env up --environment containers"));
        let processes = restore(vec![part("candidate", "process"), part("legacy", "url")]);
        assert_eq!(processes.command().as_deref(), Some("parity env up --environment processes"));
    }

    #[test]
    fn seeds_profile_and_file_are_named() {
        let mut all = restore(vec![
            Part {
                seed: Some(SEED.into()),
                ..part("the base", "process")
            },
            part("legacy", "process"),
        ]);
        all.profile = Some("test".into());
        all.config = Some("other/parity.toml".into());
        assert_eq!(
            all.command().as_deref(),
            Some("parity env up --config other/parity.toml --profile test --environment processes --seed 'the base=4be1c0ffee12'")
        );
    }

    #[test]
    fn what_parity_does_not_start_has_no_line() {
        let all = restore(vec![
            Part {
                shown: Some("http://legacy.test".into()),
                ..part("legacy", "url")
            },
            part("candidate", "recording"),
        ]);
        assert_eq!(all.command(), None);
        let notes: Vec<String> = all.notes().into_iter().map(|(_, said)| said).collect();
        assert_eq!(
            notes,
            [
                "`legacy` was asked at http://legacy.test, which parity did not start: only its owner brings back what it held",
                "`candidate` was a recording, which answers the same whenever it is asked"
            ]
        );
        assert_eq!(restore(Vec::new()).notes().len(), 1);
    }

    #[test]
    fn only_another_seed_is_warned_of() {
        let with = |today: Option<&str>| {
            restore(vec![Part {
                seed: Some(SEED.into()),
                seed_today: today.map(Into::into),
                ..part("database", "process")
            }])
        };
        let warnings = |restore: Restore| restore.notes().into_iter().filter(|(ink, _)| *ink == Ink::Warning).count();
        assert_eq!(warnings(with(Some(SEED))), 0);
        assert_eq!(warnings(with(None)), 0);
        assert_eq!(warnings(with(Some("ffff"))), 1);
    }
}
