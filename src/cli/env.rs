//! `parity env`: services that stay between checks.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::diagnostic::nearest;
use crate::environment::{Choice, Config, Environment, Finding, Kept, Options, Reuse, seeds};
use crate::report::Exit;
use crate::report::restore::short;

use super::args::{EnvironmentChoice, ServiceArguments, UpArguments};
use super::context::Context;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::output::Output;
use super::progress::Progress;
use super::project::{Project, locate};
use super::services::kind;

/// The options that a command line gives to an environment.
pub fn options(arguments: &ServiceArguments, context: &Context) -> Result<Options, Failure> {
    let mut options = Options::of_this_process()?;
    options.profile.clone_from(&arguments.profile);
    options.choice = Choice {
        all: arguments.environment.map(kind),
        ..Choice::default()
    };
    options.finding = if context.ci { Finding::Refused } else { Finding::Allowed };
    if arguments.fresh {
        options.data = crate::environment::Data::Fresh;
        options.reuse = Reuse::Refused;
    }
    Ok(options)
}

/// `parity env up`.
pub async fn up(arguments: &UpArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let UpArguments { services, seeds } = arguments;
    if matches!(services.environment, Some(EnvironmentChoice::Urls | EnvironmentChoice::Recordings)) {
        return Err(Failure::Usage(
            "`env up` starts services: addresses and recordings are there already".to_owned(),
        ));
    }
    // The suites are read too, so that a mistake in one is said before anything is started.
    let project = Project::load(config, services.profile.as_deref(), context)?;
    check_seeds(seeds, &project.config)?;
    let options = options(services, context)?;
    let mut interrupt = Interrupt::listen()?;
    let progress = Progress::new(output, false);
    let events = progress.services(&options.choice);
    let started = tokio::select! {
        biased;
        () = interrupt.wait() => Err(Failure::Interrupted),
        started = Environment::start(&project.config, &options, &events) => started.map_err(Failure::from),
    };
    progress.done();
    let kept = started?.keep()?;
    output.say(&format!(
        "kept as {}; `parity check` finds it, `parity env down` ends it",
        kept.lease()
    ));
    show(&kept, output).await;
    Ok(Exit::Passed)
}

/// A seed that is not the wanted one is said before anything is started.
fn check_seeds(wanted: &[(String, String)], config: &Config) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let seeds = seeds(config)?;
    for (service, digest) in wanted {
        let Some(today) = seeds.get(service) else {
            let hint = match (nearest(service, seeds.keys().map(String::as_str)), seeds.keys().next()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(first)) => format!("a service with a seed is called `{first}`"),
                (None, None) => "no service has one".to_owned(),
            };
            return Err(Failure::Usage(format!("`--seed`: no service `{service}` has a seed: {hint}")));
        };
        if !today.starts_with(digest) {
            return Err(Failure::Usage(format!(
                "the seed of `{service}` is {} today and not {digest}: take its files from the commit that was checked then, or \
                 leave out `--seed`",
                short(today)
            )));
        }
    }
    Ok(())
}

/// `parity env status`.
pub async fn status(output: &Output) -> Result<Exit, Failure> {
    let kept = all()?;
    if kept.is_empty() {
        output.say("nothing is kept; `parity env up` starts the services of a project and keeps them");
    }
    for environment in &kept {
        show(environment, output).await;
    }
    Ok(Exit::Passed)
}

/// `parity env down`: what is kept for this project.
pub async fn down(config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let file = context.folder.join(locate(config, context)?);
    let file = file.canonicalize().unwrap_or(file);
    let mut ended = 0;
    for environment in all()? {
        if environment.project() != file {
            continue;
        }
        let lease = environment.lease().to_owned();
        environment
            .down()
            .await
            .map_err(|error| Failure::SetUp(format!("cannot end {lease}: {error}")))?;
        output.say(&format!("ended {lease}"));
        ended += 1;
    }
    if ended == 0 {
        output.say("nothing is kept for this project");
    }
    Ok(Exit::Passed)
}

fn all() -> Result<Vec<Kept>, Failure> {
    let cache: PathBuf = Options::of_this_process()?.cache;
    Kept::all(&cache).map_err(|error| Failure::SetUp(format!("cannot read `{}`: {error}", cache.display())))
}

async fn show(kept: &Kept, output: &Output) {
    let gone = kept.gone().await;
    let profile = kept.profile().map(|profile| format!(", profile {profile}")).unwrap_or_default();
    let mut text = format!(
        "{}  {}{profile}, since {:.0}\n",
        kept.lease(),
        kept.project().display(),
        kept.since()
    );
    for service in kept.services() {
        let state = if gone.contains(&service.name) { "GONE" } else { "running" };
        let address = service.url.as_deref().or(service.address.as_deref()).unwrap_or("-");
        let kind = service.kind.to_string();
        let seed = kept
            .seed(&service.name)
            .map(|seed| format!("  seed {}", short(seed)))
            .unwrap_or_default();
        writeln!(text, "  {:<12} {kind:<9} {state:<8} {address}{seed}", service.name).expect("writing to a String");
    }
    output.data(&text);
}
