//! Discovery: asks this machine what it has, as far as a plan needs to know it.

use std::collections::BTreeMap;

use super::config::{Config, Kind};
use super::environment::Options;
use super::error::StartError;
use super::event::Events;
use super::plan::{Facts, Finding, Plan, Planned};
use super::process;

/// What was found out so far.
pub(super) struct Discovered<'d> {
    config: &'d Config,
    variables: std::sync::Arc<BTreeMap<String, String>>,
    #[cfg_attr(not(feature = "containers"), expect(dead_code, reason = "images are pulled under these events"))]
    events: &'d Events,
    #[cfg(feature = "containers")]
    engine: Option<super::engine::Engine>,
}

impl<'d> Discovered<'d> {
    pub(super) fn new(config: &'d Config, options: &Options, events: &'d Events) -> Self {
        Self {
            config,
            variables: options.variables.clone(),
            events,
            #[cfg(feature = "containers")]
            engine: None,
        }
    }

    /// Makes the plan. The engine is asked only when the plan depends on what it says.
    pub(super) async fn plan(&mut self, options: &Options) -> Result<Plan, StartError> {
        let images = self.images(options).await;
        let variables = self.variables.clone();
        let config = self.config;
        let facts = Facts {
            finding: options.finding,
            variable: &|name| variables.get(name).cloned(),
            program: &|program| match process::find_program(program, &config.directory) {
                Some(_) => Ok(()),
                None => Err(format!("there is no program `{program}`")),
            },
            image: &|image| {
                images
                    .get(image)
                    .cloned()
                    .unwrap_or_else(|| Err("no container engine was asked".to_owned()))
            },
            // A pattern is looked at when it is read.
            file: &|path| path.contains('*') || config.directory.join(path).is_file(),
        };
        Ok(Plan::make(config, &options.choice, &facts)?)
    }

    /// For each image that a container could be made of: whether that is so, else why not.
    #[cfg(feature = "containers")]
    async fn images(&mut self, options: &Options) -> BTreeMap<String, Result<(), String>> {
        let mut images = BTreeMap::new();
        let is_open = |name: &String| {
            let choice = &options.choice;
            !choice.urls.contains_key(name) && !choice.each.contains_key(name) && choice.all.is_none_or(|kind| kind != Kind::Container)
        };
        if options.finding == Finding::Refused || matches!(options.choice.all, Some(Kind::Container | Kind::Process)) {
            return images;
        }
        let mut engine = None;
        for service in self.config.services.values().filter(|service| is_open(&service.name.value)) {
            let Some(container) = &service.container else {
                continue;
            };
            let variables = |name: &str| self.variables.get(name).cloned();
            let Ok(image) = container.image.with_variables(&self.config.source, &variables) else {
                continue;
            };
            let image = image.to_string();
            if engine.is_none() {
                engine = Some(super::engine::Engine::connect().await);
            }
            let found = match engine.as_ref() {
                Some(Ok(engine)) => engine
                    .have(&image, &service.name.value, self.events)
                    .await
                    .map(|_| ())
                    .map_err(|failure| failure.to_string()),
                Some(Err(failure)) => Err(failure.to_string()),
                None => continue,
            };
            images.insert(image, found);
        }
        self.engine = engine.and_then(Result::ok);
        images
    }

    #[cfg(not(feature = "containers"))]
    #[expect(clippy::unused_async, reason = "one signature for both builds")]
    async fn images(&mut self, options: &Options) -> BTreeMap<String, Result<(), String>> {
        let _ = (options, Kind::Container, Finding::Refused);
        BTreeMap::new()
    }

    /// The engine, when the plan has containers: it must answer before anything is started.
    #[cfg(feature = "containers")]
    pub(super) async fn engine(self, plan: &Plan) -> Result<Option<super::engine::Engine>, StartError> {
        let Some(first) = plan.services.iter().find(|planned| planned.kind == Kind::Container) else {
            return Ok(None);
        };
        if self.engine.is_some() {
            return Ok(self.engine);
        }
        let engine = super::engine::Engine::connect().await;
        let engine = engine.map_err(|failure| StartError::Service {
            service: first.service.name.value.clone(),
            failure: Box::new(failure),
            log: Vec::new(),
        })?;
        Ok(Some(engine))
    }

    /// The identity of the image that a planned container would be made of, when it is here.
    #[cfg(feature = "containers")]
    pub(super) async fn image_id(&self, planned: &Planned) -> Option<String> {
        let image = planned.service.container.as_ref()?.image.to_string();
        let engine = match &self.engine {
            Some(engine) => engine.clone(),
            None => super::engine::Engine::unasked().await.ok()?,
        };
        let found = engine.inspect(&image).await.ok().flatten()?;
        Some(found.image.id)
    }

    #[cfg(not(feature = "containers"))]
    #[expect(clippy::unused_async, reason = "one signature for both builds")]
    pub(super) async fn image_id(&self, _planned: &Planned) -> Option<String> {
        None
    }
}
