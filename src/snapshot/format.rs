//! What a case shows today, as a snapshot file.

use crate::compare::{Change, Difference, Move};
use crate::exchange::{Answer, Exchange, MediaType, PerSide, Request, Side};
use crate::suite::{Case, Suite};
use crate::value::{Value, excerpt, visible};
use crate::verdict::{Judgement, Standing, document};

use super::body;
use super::file::{Header, write};

/// Everything that a snapshot is made of. Secrets are masked by whoever gives it.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotInput<'a> {
    /// The suite of the case.
    pub suite: &'a Suite,
    /// The case.
    pub case: &'a Case,
    /// What both sides were asked.
    pub requests: &'a PerSide<Request>,
    /// What they answered.
    pub exchange: &'a Exchange,
    /// The sides' own base URLs, which are shown as `{base}`.
    pub bases: PerSide<Option<&'a str>>,
    /// What is said of it.
    pub judgement: &'a Judgement<'a>,
}

/// The whole text of the case's snapshot file. The same facts give the same bytes on every machine.
#[must_use]
pub fn render(input: &SnapshotInput<'_>) -> String {
    let mut sheet = Sheet::default();
    sheet.head(input);
    for side in Side::BOTH {
        sheet.side(input, side);
    }
    sheet.verdict(input.judgement);
    sheet.rules(input.judgement);
    sheet.differences(input.judgement);
    sheet.list("notes", &input.judgement.notes);
    sheet.body(input);
    write(&header(input), &sheet.text)
}

/// For `cargo insta review`; nothing here is judged, because insta drops or rewrites headers.
fn header(input: &SnapshotInput<'_>) -> Header {
    let case = input.case.to_string();
    let mut info = Vec::new();
    if let Some(title) = &input.suite.title {
        info.push(("suite", title.clone()));
    }
    info.push(("verdict", input.judgement.verdict.name().to_owned()));
    Header {
        description: match input.case.is() {
            Some(is) => format!("{case} ({is})"),
            None => case,
        },
        info,
    }
}

#[derive(Default)]
struct Sheet {
    text: String,
}

/// Facts start in this column, behind the name of what they say.
const COLUMN: usize = 11;

/// As many differences as a reviewer reads; a digest stands for all of them.
const DIFFERENCES: usize = 40;

/// How much of a value a difference shows, in characters.
const VALUE: usize = 400;

impl Sheet {
    fn line(&mut self, text: &str) {
        self.text.push_str(visible(text).trim_end());
        self.text.push('\n');
    }

    fn fact(&mut self, name: &str, text: &str) {
        self.line(&format!("{name:<COLUMN$}{text}"));
    }

    fn list(&mut self, title: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.text.push('\n');
        self.line(title);
        for line in lines {
            self.line(&format!("  {line}"));
        }
    }

    fn head(&mut self, input: &SnapshotInput<'_>) {
        self.fact("case", &input.case.to_string());
        if let Some(is) = input.case.is() {
            self.fact("is", &is);
        }
        self.text.push('\n');
    }

    fn side(&mut self, input: &SnapshotInput<'_>, side: Side) {
        let request = input.requests.get(side);
        self.fact(side.name(), &format!("{} {}", request.method, request.target));
        for (name, value) in &request.headers.0 {
            self.fact("", &format!("{name}: {value}"));
        }
        if let Some(sent) = &request.body {
            self.fact("", &request_body(&sent.0));
        }
        self.fact("", &format!("answers {}", status_line(input.exchange.get(side))));
        if let Some(failure) = input.judgement.failures.get(side) {
            // The signature and not the reason: an operating system's words and a parser's position are not facts of the case.
            let prefix = format!("{side}: ");
            let reason = failure.signature.strip_prefix(&prefix).unwrap_or(&failure.signature);
            self.fact("", &format!("cannot be compared: {reason}"));
        }
    }

    fn verdict(&mut self, judgement: &Judgement<'_>) {
        let verdict = judgement.verdict.name();
        match &judgement.standing {
            Standing::Expected { why, .. } => self.fact("verdict", &format!("{verdict}, as the suite expects: {why}")),
            Standing::Passes | Standing::Fails | Standing::Surprises(_) => self.fact("verdict", verdict),
        }
    }

    fn rules(&mut self, judgement: &Judgement<'_>) {
        let rules: Vec<String> = judgement
            .applied
            .iter()
            .map(|rule| format!("{} × {}", rule.rule, rule.count))
            .collect();
        self.list("rules that acted", &rules);
    }

    fn differences(&mut self, judgement: &Judgement<'_>) {
        let differences = &judgement.differences;
        if differences.is_empty() {
            let compared = Side::BOTH.into_iter().all(|side| judgement.failures.get(side).is_none());
            self.text.push('\n');
            self.line(if compared {
                "differences: none"
            } else {
                "differences: nothing was compared"
            });
            return;
        }
        let lines: Vec<String> = differences.iter().flat_map(difference).collect();
        let mut shown: Vec<String> = lines.iter().take(DIFFERENCES).cloned().collect();
        if lines.len() > DIFFERENCES {
            let digest = blake3::hash(lines.join("\n").as_bytes());
            shown.push(format!("… {} lines more, blake3 of all {digest}", lines.len() - DIFFERENCES));
        }
        self.list(&format!("differences: {}", differences.len()), &shown);
    }

    /// The body that is owed; where nothing could be made of the legacy's, the candidate's, which nothing else looks at.
    fn body(&mut self, input: &SnapshotInput<'_>) {
        if let Some(expected) = &input.judgement.expected {
            let headers = expected.headers.iter().map(|header| match header.values.as_slice() {
                [] => format!("{}: none", header.name),
                values => format!("{}: {}", header.name, values.join(" | ")),
            });
            self.list("expected headers", &headers.collect::<Vec<_>>());
        }
        self.text.push('\n');
        match &input.judgement.expected {
            Some(expected) => match &expected.body {
                Some(body) => self.document("expected body", input, body),
                None => self.line("expected body: none"),
            },
            None => {
                let candidate = input.exchange.candidate.as_ref().ok();
                match candidate.and_then(|answer| document(answer, input.bases.candidate, input.suite.encoding.candidate)) {
                    Some(body) => self.document("candidate body, compared with nothing", input, &body),
                    None => self.line("no body to show"),
                }
            }
        }
    }

    fn document(&mut self, title: &str, input: &SnapshotInput<'_>, document: &Value<'_>) {
        let shown = body::show(document, &input.suite.comparisons);
        match shown.digest {
            None => self.line(title),
            Some(digest) => self.line(&format!("{title}, cut where it says …; blake3 of the whole {digest}")),
        }
        self.text.push_str(&shown.text);
        self.text.push('\n');
    }
}

fn request_body(sent: &[u8]) -> String {
    match crate::value::read(sent) {
        Ok(document) => format!("sends {}", excerpt(&document, VALUE)),
        Err(_) => format!("sends {} bytes, blake3 {}", sent.len(), blake3::hash(sent)),
    }
}

fn status_line(answer: &Answer) -> String {
    match answer {
        Ok(observation) => match observation.headers.get("content-type") {
            Some(header) => format!("{} {}", observation.status, MediaType::parse(header)),
            None => format!("{} without a media type", observation.status),
        },
        Err(unreachable) => format!("nothing: {}", unreachable.kind.name()),
    }
}

fn difference(difference: &Difference) -> Vec<String> {
    let rule = difference.rule.as_ref().map_or_else(String::new, |rule| format!(" ({rule})"));
    let place = match &difference.row {
        Some(row) => match &row.key {
            Some(key) => format!("{} [{key}]", difference.part),
            None => difference.part.to_string(),
        },
        None => difference.part.to_string(),
    };
    let mut lines = vec![format!("{place}: {}{rule}", change(&difference.change))];
    if let Change::Order { moves, .. } = &difference.change {
        lines.extend(
            moves
                .iter()
                .map(|Move { item, expected, got }| format!("  {item}: expected at {expected}, got at {got}")),
        );
    }
    lines
}

fn change(change: &Change) -> String {
    let short = |text: &str| match text.char_indices().nth(VALUE) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}… blake3 {}", &text[..at], &blake3::hash(text.as_bytes()).to_hex()[..16]),
    };
    match change {
        Change::Value { expected, got } => format!("expected {}, got {}", short(expected), short(got)),
        Change::Kind { expected, got } => format!("expected {} {}, got {} {}", expected.0, short(&expected.1), got.0, short(&got.1)),
        Change::Missing { expected } => format!("missing, expected {}", short(expected)),
        Change::Extra { got } => format!("extra, got {}", short(got)),
        Change::Order { moves, of } => format!("other order, {} of {of} moved", moves.len()),
        Change::Duplicate { side, times } => format!("the {side} names it {times} times"),
        Change::Unlike { wanted, got: None } => format!("missing, expected {wanted}"),
        Change::Unlike { wanted, got: Some(got) } => format!("expected {wanted}, got {}", short(got)),
        Change::Untranslatable { reason } => short(reason),
        Change::Problem { expected, got, reason } => format!("expected {}, got {}: {reason}", short(expected), short(got)),
        Change::Unstable { first, other, number } => format!("first {}, then {} in answer {number}", short(first), short(other)),
        Change::UnknownError { legacy, got } => format!("no row of the error table for {}, got {}", short(legacy), short(got)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::sample;
    use crate::translate::Detail;
    use crate::verdict::Judge;
    use proptest::prelude::*;

    fn rendered(suite: &Suite, run_id: &str, exchange: &Exchange, bases: PerSide<Option<&str>>) -> String {
        let case = sample::case(run_id);
        let judgement = Judge::new(std::sync::Arc::new(suite.clone())).judge(&case, exchange, bases, Detail::Counts);
        render(&SnapshotInput {
            suite,
            case: &case,
            requests: &sample::requests(&case),
            exchange,
            bases,
            judgement: &judgement,
        })
    }

    fn plain(suite: &Suite, run_id: &str, exchange: &Exchange) -> String {
        rendered(suite, run_id, exchange, PerSide::default())
    }

    #[test]
    fn a_translated_case() {
        let exchange = sample::exchange(&sample::legacy_trace(4), &sample::candidate_trace(4));
        insta::assert_snapshot!(plain(&sample::suite(), "34", &exchange));
    }

    #[test]
    fn an_error_of_the_table() {
        let exchange = PerSide {
            legacy: sample::answer(
                412,
                "application/json; charset=utf-8",
                r#"{"error":{"code":"571","message":"Run not found."}}"#,
            ),
            candidate: sample::answer(
                412,
                "application/problem+json",
                r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run 999999 not found.","code":"571"}"#,
            ),
        };
        insta::assert_snapshot!(plain(&sample::suite(), "999999", &exchange));
    }

    #[test]
    fn an_expected_broken_legacy_shows_the_candidate() {
        let exchange = PerSide {
            legacy: sample::answer(500, "text/html; charset=UTF-8", ""),
            candidate: sample::answer(200, "application/json", &sample::candidate_trace(2)),
        };
        insta::assert_snapshot!(plain(&sample::suite(), "36", &exchange));
    }

    #[test]
    fn an_expected_mismatch_shows_its_differences() {
        let mut suite = sample::suite();
        suite.expected[0].verdict = crate::rule::VerdictName::Mismatch;
        let candidate = sample::candidate_trace(3)
            .replace("true", "\"true\"")
            .replace("\"fold\":0,\"iteration\":1", "\"fold\":7,\"iteration\":1");
        insta::assert_snapshot!(plain(&suite, "36", &sample::exchange(&sample::legacy_trace(3), &candidate)));
    }

    #[test]
    fn addresses_headers_and_times_leave_no_trace() {
        let suite = sample::suite();
        let with = |port: u16, date: &str| {
            let base = format!("http://127.0.0.1:{port}");
            let mut exchange = sample::exchange(
                &sample::legacy_trace(1).replace("{\\\"C\\\": 0}", &format!("{base}/x")),
                &sample::candidate_trace(1).replace("{\\\"C\\\": 0}", &format!("{base}/x")),
            );
            let legacy = exchange.legacy.as_mut().unwrap();
            legacy.headers.0[1].1 = date.into();
            legacy.elapsed = std::time::Duration::from_millis(u64::from(port));
            rendered(
                &suite,
                "34",
                &exchange,
                PerSide {
                    legacy: Some(&base),
                    candidate: Some(&base),
                },
            )
        };
        let one = with(4001, "Mon");
        assert_eq!(one, with(4002, "Tue"));
        assert!(one.contains("\"{base}/x\""), "{one}");
    }

    #[test]
    fn one_value_of_a_long_answer_changes_two_lines() {
        let suite = sample::suite();
        let render = |text: &str| {
            let exchange = sample::exchange(
                &sample::legacy_trace(1000).replace("0.97000\"", text),
                &sample::candidate_trace(1000),
            );
            plain(&suite, "34", &exchange)
        };
        let (one, other) = (render("0.97000\""), render("0.97001\""));
        // The candidate was not changed along, so a difference is there too; the body is what counts here.
        let body = |text: &str| {
            text.split_once("expected body")
                .unwrap()
                .1
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let (one, other) = (body(&one), body(&other));
        assert!(one.len() < 60, "{}", one.len());
        assert_eq!(one.iter().zip(&other).filter(|(a, b)| a != b).count(), 2);
    }

    proptest! {
        #[test]
        fn any_texts_make_one_readable_file(value in any::<String>(), text in any::<String>(), body in any::<Vec<u8>>(), media_type in any::<String>()) {
            let suite = sample::suite();
            let document = crate::value::compact(&Value::string(text));
            let exchange = PerSide {
                legacy: sample::answer(200, "application/json", &document),
                candidate: Ok(crate::exchange::Observation { body: body.into(), ..sample::answer(200, &media_type, "").unwrap() }),
            };
            let written = plain(&suite, &value, &exchange);
            prop_assert!(!written.contains('\r') && written.ends_with('\n'));
            let contents = super::super::file::contents(&written);
            let end = format!("---\n{contents}\n");
            prop_assert!(written.ends_with(&end), "{}", written);
            prop_assert!(contents.starts_with("case"), "{}", contents);
        }
    }
}
