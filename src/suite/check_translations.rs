//! What can be checked of translations only side by side.

use crate::diagnostic::Span;
use crate::path::Pattern;
use crate::rule::{Action, Condition, Shape, Template, Text, Translation, Treatment};

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
        let rules: Vec<Claim<'_>> = self
            .suite
            .translations
            .iter()
            .zip(&self.spans.translations)
            .flat_map(|(translation, span)| translation.patterns.iter().map(move |pattern| (translation, pattern, *span)))
            .collect();
        for (place, one) in rules.iter().enumerate() {
            if let Some(earlier) = rules[..place].iter().find(|earlier| clash(earlier, one)) {
                self.clash(earlier, one);
            }
        }
        for one in &rules {
            if let Some(above) = rules.iter().find(|above| hides(above, one)) {
                self.hidden(above, one);
            }
        }
    }

    fn clash(&mut self, earlier: &Claim<'_>, claim: &Claim<'_>) {
        let ((other, other_at, first), (rule, at, span)) = (earlier, claim);
        let words = format!("`{}` and `{}`", other.word(), rule.word());
        let message = if other_at == at {
            format!("two rules claim `{at}`: {words}")
        } else {
            format!("two rules claim what both `{other_at}` and `{at}` name: {words}")
        };
        let mut error = self.error(*span, message);
        if first != span {
            error = error.also(*first, "claimed here first");
        }
        let error = error.help("leave one of them, or tell their nodes apart: by paths, filters such as `[kind=int]`, or `when`");
        self.found.push(error);
    }

    fn hidden(&mut self, above: &Claim<'_>, claim: &Claim<'_>) {
        let ((_, above_at, first), (rule, at, span)) = (above, claim);
        let error = self
            .error(
                *span,
                format!("`{}` at `{at}` can never show: `drop` takes `{above_at}` away", rule.word()),
            )
            .also(*first, "dropped here")
            .help("leave one of them; only `move` takes something out of what is dropped");
        self.found.push(error);
    }
}

type Claim<'s> = (&'s Translation, &'s Pattern, Span);

/// Whether both could act on one node in one turn. Rules of one declaration are not told apart by its `when`.
fn clash((one, one_at, _): &Claim<'_>, (other, other_at, _): &Claim<'_>) -> bool {
    let all_of = |rule: &Translation, at| Condition::of_rule(at, rule.when.as_ref());
    one.turn() == other.turn() && one_at.meets(other_at) && !all_of(one, one_at).excludes(&all_of(other, other_at))
}

/// Whether what the second rule does is taken away with what the first one drops.
fn hides((above, above_at, _): &Claim<'_>, (rule, at, _): &Claim<'_>) -> bool {
    let drops = above.when.is_none() && above.action == Action::Shape(Shape::Drop);
    let seen = match &rule.action {
        // A list that is made there lets a move see its items.
        Action::Shape(Shape::Move { .. } | Shape::List | Shape::Split { .. }) => true,
        Action::Shape(_) => false,
        Action::Treatment(_) | Action::Supply(_) => true,
    };
    drops && !seen && at.parts().len() > above_at.parts().len() && above_at.covers_pattern(at)
}
