//! What can be checked of translations only side by side.

use crate::diagnostic::Span;
use crate::path::Pattern;
use crate::rule::Translation;

use super::check::Check;

impl Check<'_> {
    /// No two rules of one phase claim one node.
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
                .find(|(other, at, _)| other.phase() == rule.phase() && at == pattern);
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
