//! What can be checked of header rules only beside each other.

use super::check::Check;

impl Check<'_> {
    /// No header of an answer is spoken of by two rules.
    pub fn headers(&mut self) {
        let rules = &self.suite.headers;
        for (place, (rule, span)) in rules.iter().zip(&self.spans.headers).enumerate() {
            if let Some(first) = rules[..place].iter().position(|other| !other.excludes(rule)) {
                let error = self
                    .error(*span, format!("two rules speak of the header `{}` of one answer", rule.name))
                    .also(self.spans.headers[first], "the other rule")
                    .help("leave one of them, or tell them apart by `on = \"success\"` and `on = \"error\"`, or by `when`");
                self.found.push(error);
            }
        }
    }
}
