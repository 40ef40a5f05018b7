//! Signatures that are to be decided, each with a name short enough to be typed.

use crate::diagnostic::nearest;
use crate::value::visible;

use super::findings::{Finding, findings};
use super::model::{CaseReport, RunReport, SuiteReport};
use super::style::{Ink, Style};
use super::terminal::render_case;

/// A signature of a suite's cases that do not pass.
#[derive(Debug, Clone)]
pub struct Open<'r> {
    /// What it is called: the beginning of a digest of suite and signature, so that it is the same in every run.
    pub id: String,
    /// The name of the suite.
    pub suite: &'r str,
    /// The signature, as a suite would declare it.
    pub signature: String,
    /// What is to be told of it.
    pub finding: Finding<'r>,
}

/// So many hexadecimal digits a name has, unless two would be the same.
const DIGITS: usize = 6;

/// Fewer digits are no name.
const FEWEST: usize = 4;

/// So many cases are named.
const NAMED: usize = 3;

/// Every open signature of a run, the gravest and most common first.
#[must_use]
pub fn open(run: &RunReport) -> Vec<Open<'_>> {
    let mut open: Vec<Open<'_>> = findings(run)
        .into_iter()
        .filter_map(|finding| {
            let signature = finding.signature.clone()?;
            let suite = finding.cases.first()?.case.suite.as_str();
            let id = blake3::hash(format!("{suite}\0{signature}").as_bytes()).to_hex().to_string();
            Some(Open {
                id,
                suite,
                signature,
                finding,
            })
        })
        .collect();
    let whole: Vec<String> = open.iter().map(|open| open.id.clone()).collect();
    let are_told_apart = |digits: &usize| {
        let mut short: Vec<&str> = whole.iter().map(|id| &id[..*digits]).collect();
        short.sort_unstable();
        short.windows(2).all(|two| two[0] != two[1])
    };
    let digits = (DIGITS..blake3::OUT_LEN * 2).find(are_told_apart).unwrap_or(blake3::OUT_LEN * 2);
    for open in &mut open {
        open.id.truncate(digits);
    }
    open
}

/// The open signature of that name, or one that begins so.
///
/// # Errors
/// When there is none, or when there are several: a sentence for people.
pub fn named<'o, 'r>(open: &'o [Open<'r>], typed: &str) -> Result<&'o Open<'r>, String> {
    let lower = typed.to_ascii_lowercase();
    let mut begin = open
        .iter()
        .filter(|open| lower.len() >= FEWEST && (open.id.starts_with(&lower) || lower.starts_with(&open.id)));
    match (begin.next(), begin.next()) {
        (Some(only), None) => Ok(only),
        (Some(one), Some(other)) => Err(format!("`{typed}` may be `{}` or `{}`: type more of it", one.id, other.id)),
        (None, _) => {
            let hint = match (nearest(typed, open.iter().map(|open| open.id.as_str())), open.first()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(first)) => format!("the first of {} is `{}`, {}", open.len(), first.id, visible(&first.signature)),
                (None, None) => "none is open".to_owned(),
            };
            Err(format!("no open signature is called `{typed}`: {hint}"))
        }
    }
}

impl Open<'_> {
    /// On one line: `3fa9c1  trace: /run_id: other value (integer /run_id), 2 cases, first trace/run_id=34`.
    #[must_use]
    pub fn line(&self) -> String {
        let first = self.finding.cases[0].case.to_string();
        let cases = match self.finding.cases.len() {
            1 => format!("1 case, {}", visible(&first)),
            several => format!("{several} cases, first {}", visible(&first)),
        };
        format!("{}  {}: {}, {cases}", self.id, visible(self.suite), visible(&self.signature))
    }

    /// The first of its cases, with nothing in it but this.
    #[must_use]
    pub fn example(&self) -> CaseReport {
        let first: &CaseReport = self.finding.cases[0];
        let mut example = first.clone();
        example.differences.retain(|difference| difference.signature() == self.signature);
        example.failures = example
            .failures
            .map(|failure| failure.filter(|failure| failure.signature == self.signature));
        example
    }

    /// What it is, its cases, and what one of them shows; ends with a line break.
    #[must_use]
    pub fn render(&self, suite: Option<&SuiteReport>, style: Style) -> String {
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line.trim_end());
            text.push('\n');
        };
        let title = format!("{}: {}", visible(self.suite), self.finding.title);
        line(&format!(
            "{}  {}",
            style.paint(Ink::Strong, style.fit(&title, self.id.len() + 2)),
            style.paint(Ink::Dim, &self.id)
        ));
        let count = self.finding.case_count().unwrap_or_default();
        for said in style.wrap(&format!("{count}: {}", self.finding.case_names(NAMED)), 2) {
            line(&format!("  {said}"));
        }
        line("");
        text.push_str(&render_case(&self.example(), suite, style));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn names_are_short_and_the_same_each_time() {
        let run = sample::everything();
        let ids = |run: &RunReport| open(run).into_iter().map(|open| (open.id, open.signature)).collect::<Vec<_>>();
        let first = ids(&run);
        assert!(first.len() > 3, "{first:?}");
        assert!(first.iter().all(|(id, _)| id.len() == DIGITS));
        // Not what else is open gives a name.
        let mut fewer = run.clone();
        fewer.cases.reverse();
        fewer.cases.truncate(fewer.cases.len() / 2);
        let fewer = ids(&fewer);
        assert!(!fewer.is_empty() && fewer.iter().all(|named| first.contains(named)), "{fewer:?}");
    }

    #[test]
    fn a_name_may_be_shortened_but_must_name_one() {
        let run = sample::everything();
        let open = open(&run);
        let id = &open[0].id;
        assert_eq!(named(&open, id).unwrap().signature, open[0].signature);
        assert_eq!(named(&open, &id[..FEWEST].to_uppercase()).unwrap().signature, open[0].signature);
        let other = format!("{}{}", &id[..5], if id.ends_with('0') { '1' } else { '0' });
        assert_eq!(
            named(&open, &other).unwrap_err(),
            format!("no open signature is called `{other}`: did you mean `{id}`?")
        );
        assert!(named(&open, &id[..2]).is_err());
        let twice = [open[0].clone(), open[0].clone()];
        assert!(named(&twice, id).unwrap_err().contains(": type more of it"));
        assert_eq!(
            named(&[], "abcdef").unwrap_err(),
            "no open signature is called `abcdef`: none is open"
        );
    }

    #[test]
    fn a_signature_with_one_of_its_cases() {
        let run = sample::everything();
        let shown: Vec<String> = open(&run)
            .iter()
            .map(|open| format!("{}\n{}", open.line(), open.render(run.suite(open.finding.cases[0]), Style::PLAIN)))
            .collect();
        insta::assert_snapshot!(shown.join("\n"));
    }
}
