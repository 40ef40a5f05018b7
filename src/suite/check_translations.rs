//! What can be checked of translations only side by side.

use crate::diagnostic::Span;
use crate::path::Pattern;
use crate::rule::{Action, Template, Text, Translation, Treatment};

use super::check::Check;

impl<'s> Check<'s> {
    /// The texts with parameters in them that translations make.
    pub fn templates_of_translations(&self) -> Vec<(&'s Template, Span)> {
        let translations = self.suite.translations.iter().zip(&self.spans.translations);
        let templates = translations.filter_map(|(translation, span)| match &translation.action {
            Action::Treatment(Treatment::Text {
                text: Text::Template { to, .. },
                ..
            }) => Some((to, *span)),
            _ => None,
        });
        templates.collect()
    }

    /// No two rules of one turn claim one node.
    pub fn translations(&mut self) {
        let rules: Vec<(&Translation, &Pattern, Span)> = self
            .suite
            .translations
            .iter()
            .zip(&self.spans.translations)
            .flat_map(|(translation, span)| translation.patterns.iter().map(move |pattern| (translation, pattern, *span)))
            .collect();
        for (place, (rule, pattern, span)) in rules.iter().enumerate() {
            let earlier = rules[..place]
                .iter()
                .find(|(other, at, _)| other.turn() == rule.turn() && at == pattern);
            if let Some((other, _, first)) = earlier {
                let error = self
                    .error(
                        *span,
                        format!("two rules claim `{pattern}`: `{}` and `{}`", other.word(), rule.word()),
                    )
                    .also(*first, "claimed here first")
                    .help("leave one of them, or give them paths that have no node in common");
                self.found.push(error);
            }
        }
    }
}
