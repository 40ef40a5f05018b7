//! Presets as they are written.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Spanned, Table, Value, nearest};
use crate::rule::Translation;

use super::preset::{PRESETS, Preset};
use super::read::patterns;
use super::read_justification::justification;

/// The translations that a preset stands for.
pub(super) fn read_preset(mut table: Table<'_>) -> Option<Spanned<Vec<Translation>>> {
    let span = table.span();
    let Some(preset) = table.required_with("use", |value| preset(value)) else {
        // What else it takes depends on which it is.
        let _ = table.entries();
        return None;
    };
    let justification = justification(&mut table);
    let mut good = true;
    let mut told = Vec::new();
    for parameter in preset.parameters {
        if let Some(value) = table.value(parameter.key) {
            match patterns(value) {
                Some(patterns) => told.push((parameter.action(), patterns)),
                None => good = false,
            }
        }
    }
    if told.is_empty() && good {
        let keys: Vec<String> = preset.parameters.iter().map(|parameter| format!("`{}`", parameter.key)).collect();
        table.error(format!("a preset acts on the paths that it is told: add {}", keys.join(" or ")));
        good = false;
    }
    table.finish();
    let justification = justification?;
    let id: Arc<str> = preset.id().into();
    let translations = told.into_iter().map(|(action, patterns)| Translation {
        action,
        patterns,
        when: None,
        preset: Some(Arc::clone(&id)),
        justification: justification.clone(),
    });
    good.then(|| Spanned::new(translations.collect(), span))
}

fn preset(value: Value<'_>) -> Option<&'static Preset> {
    let id = value.text()?.value;
    let (name, version) = id.split_once('@').unwrap_or((id, ""));
    let versions: Vec<&Preset> = PRESETS.iter().filter(|preset| preset.name == name).collect();
    if let Some(preset) = versions.iter().find(|preset| preset.version.to_string() == version) {
        return Some(preset);
    }
    let error = match versions.last() {
        Some(latest) => {
            let known: Vec<String> = versions.iter().map(|preset| format!("`{}`", preset.id())).collect();
            let error = if version.is_empty() {
                value.diagnostic(format_args!(
                    "a preset is named with its version, so that what it means cannot change: `{}`",
                    latest.id()
                ))
            } else {
                value.diagnostic(format_args!(
                    "preset `{name}` has no version `{version}`; there is {}",
                    known.join(", ")
                ))
            };
            error.help(format!("write `{}`", latest.id()))
        }
        None => unknown(value, name),
    };
    value.note(error);
    None
}

fn unknown(value: Value<'_>, name: &str) -> Diagnostic {
    let known: Vec<String> = PRESETS.iter().map(Preset::id).collect();
    let error = value.diagnostic(format_args!(
        "no preset is called `{name}`; there is {}",
        known.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
    ));
    match nearest(name, PRESETS.iter().map(|preset| preset.name)) {
        Some(near) => error.help(format!(
            "did you mean `{}`?",
            PRESETS
                .iter()
                .rfind(|preset| preset.name == near)
                .map(Preset::id)
                .unwrap_or_default()
        )),
        None => error,
    }
}
