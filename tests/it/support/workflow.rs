//! Steps of GitHub workflows and of a composite action, run as a runner runs them: with their shell, the files that they
//! write to, and expressions that are filled in.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::project::{Done, Project};
use super::services::root;

/// A YAML file of this repository; every document of it.
pub fn documents(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join(name)).unwrap();
    serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A YAML file of one document.
pub fn document(name: &str) -> Value {
    documents(name).remove(0)
}

/// What expressions stand for: `matrix.share`, `steps.run.outputs.record`.
pub type Known = BTreeMap<String, String>;

/// The text with its `${{ … }}` filled in. An expression may be a choice, `a || b`; what is not known is a mistake.
pub fn filled(text: &str, known: &Known) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").expect("an expression ends");
        let values = expression.split("||").map(|name| {
            let name = name.trim();
            known
                .get(name)
                .unwrap_or_else(|| panic!("`{name}` is not known in `{text}`"))
                .as_str()
        });
        out.push_str(before);
        out.push_str(values.into_iter().find(|value| !value.is_empty()).unwrap_or_default());
        rest = after;
    }
    out + rest
}

/// A job, or an action, that is being run in a project.
pub struct Job<'p> {
    project: &'p Project,
    known: Known,
    /// Variables that every step sees.
    pub variables: Vec<(&'static str, String)>,
}

impl<'p> Job<'p> {
    /// Nothing was run yet.
    pub fn new(project: &'p Project, known: &[(&str, &str)]) -> Self {
        fs::create_dir_all(project.path("../runner")).unwrap();
        let known = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            project,
            known: known.collect(),
            variables: Vec::new(),
        }
    }

    /// What a step, `run`, said it made: `record`.
    pub fn output(&self, step: &str, name: &str) -> Option<PathBuf> {
        self.known.get(&format!("steps.{step}.outputs.{name}")).map(PathBuf::from)
    }

    /// The summary of the job so far.
    pub fn summary(&self) -> String {
        self.project.read("../runner/summary.md")
    }

    /// Fills expressions in.
    pub fn fill(&self, text: &str) -> String {
        filled(text, &self.known)
    }

    /// Runs one step that has a script.
    pub fn step(&mut self, step: &Value) -> Done {
        let (summary, output) = ("../runner/summary.md", "../runner/output");
        for file in [summary, output] {
            if file == output || !self.project.path(file).exists() {
                self.project.write(file, "");
            }
        }
        let script = step["run"].as_str().expect("a step with a script");
        assert!(
            !script.contains("${{"),
            "what an expression gives would be a part of the script:\n{script}"
        );
        let mut command = self
            .project
            .wrapped("bash", &["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .env("CI", "true")
            .env("RUNNER_TEMP", self.project.path("../runner"))
            .env("GITHUB_WORKSPACE", self.project.path(""))
            .env("GITHUB_REPOSITORY", "somebody/api")
            .env("GITHUB_STEP_SUMMARY", self.project.path(summary))
            .env("GITHUB_OUTPUT", self.project.path(output));
        for (name, value) in &self.variables {
            command = command.env(name, value);
        }
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command = command.env(name, self.fill(value.as_str().unwrap()));
        }
        if let Some(folder) = step["working-directory"].as_str() {
            command = command.in_folder(self.project.path(&self.fill(folder)));
        }
        let done = command.run();
        if let Some(id) = step["id"].as_str() {
            for line in self.project.read(output).lines() {
                let (name, value) = line.split_once('=').expect("an output is `name=value`");
                self.known.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
        done
    }

    /// Runs the scripts of the action of this repository with these inputs; what the first that fails says, else the last.
    pub fn action(&mut self, with: &Value) -> Done {
        let action = document("ci/action.yml");
        let declared = action["inputs"].as_object().unwrap();
        for (name, input) in declared {
            let given = with.get(name).unwrap_or(&input["default"]);
            let given = given.as_str().unwrap_or_else(|| panic!("the input `{name}` is a text"));
            self.known.insert(format!("inputs.{name}"), self.fill(given));
        }
        for name in with.as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(declared.contains_key(name), "the action has no input `{name}`");
        }
        self.known.retain(|name, _| !name.starts_with("steps."));
        let mut last = None;
        for step in action["runs"]["steps"].as_array().unwrap() {
            if step.get("run").is_none() {
                continue;
            }
            let done = self.step(step);
            if done.code != Some(0) {
                return done;
            }
            last = Some(done);
        }
        last.expect("the action has scripts")
    }
}
