//! What can be checked of comparisons only side by side.

use super::check::Check;

impl Check<'_> {
    /// No two comparisons claim one node.
    pub fn comparisons(&mut self) {
        for (place, (comparison, span)) in self.suite.comparisons.iter().zip(&self.spans.comparisons).enumerate() {
            if let Some(first) = self.suite.comparisons[..place].iter().position(|other| other.at == comparison.at) {
                let error = self
                    .error(*span, format!("two comparisons claim `{}`", comparison.at))
                    .also(self.spans.comparisons[first], "claimed here first");
                self.found.push(error);
            }
        }
    }
}
