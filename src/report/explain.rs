//! One case from end to end: what was asked, what came, what each translation did, what is owed and what differs.
//!
//! For a person who asks why. Requests are lines that can be run; what is shortened says so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;

use crate::exchange::{Answer, Exchange, MediaType, Observation, Once, Oracle, OracleKind, PerSide, Repeats, Request, Side};
use crate::rule::RuleName;
use crate::suite::{Case, Suite};
use crate::translate::{Applied, Effect};
use crate::value::{pretty, visible};
use crate::verdict::{Judgement, Standing};

use super::model::SuiteReport;
use super::restore::Restore;
use super::shell::quote;
use super::style::{Ink, Style, columns, count, time};
use super::terminal::{Problems, problems};

/// Everything that is known of a case. Secrets are masked by whoever gives it.
#[derive(Debug, Clone, Copy)]
pub struct ExplainInput<'a> {
    /// The suite of the case.
    pub suite: &'a Suite,
    /// The case.
    pub case: &'a Case,
    /// Where the legacy's answer came from.
    pub oracle: &'a Oracle,
    /// What both sides were asked.
    pub requests: &'a PerSide<Request>,
    /// Where they were asked; `None` for a side that is a recording.
    pub bases: PerSide<Option<&'a str>>,
    /// What they answered.
    pub exchange: &'a Exchange,
    /// What brings the same state back.
    pub restore: &'a Restore,
    /// What came of asking them again.
    pub repeats: &'a PerSide<Repeats>,
    /// What is said of it, judged with [`Detail::Effects`](crate::translate::Detail::Effects).
    pub judgement: &'a Judgement<'a>,
}

/// The case from end to end, ending with a line break.
#[must_use]
pub fn render(input: &ExplainInput<'_>, style: Style) -> String {
    let mut sheet = Sheet {
        style,
        suite: SuiteReport::of(input.suite),
        out: String::new(),
    };
    sheet.head(input);
    for side in Side::BOTH {
        sheet.side(input, side);
    }
    sheet.restore(input.restore);
    sheet.translations(input.judgement);
    sheet.expected(input.judgement);
    sheet.verdict(input);
    sheet.out
}

/// Bodies and documents of more lines are shortened.
const LINES: usize = 200;

/// Lines of more characters are shortened.
const CHARACTERS: usize = 4_000;

/// So many effects of one rule are shown.
const EFFECTS: usize = 5;

struct Sheet {
    style: Style,
    suite: SuiteReport,
    out: String,
}

impl Sheet {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn title(&mut self, title: &str) {
        let title = self.style.paint(Ink::Strong, title);
        self.line("");
        self.line(&title);
    }

    fn sentence(&mut self, text: &str, indentation: usize, ink: Ink) {
        for line in self.style.wrap(text, indentation) {
            let line = self.style.paint(ink, line);
            self.line(&format!("{}{line}", " ".repeat(indentation)));
        }
    }

    fn head(&mut self, input: &ExplainInput<'_>) {
        let name = self.style.paint(Ink::Strong, visible(&input.case.to_string()));
        let is = input.case.is().map_or_else(String::new, |is| format!("  {}", visible(&is)));
        self.line(&format!("{name}{is}"));
        let title = input.suite.title.as_deref().map_or_else(String::new, |title| format!("{title}, "));
        self.sentence(&format!("{title}{}", input.suite.file), 2, Ink::Dim);
        let ink = match input.oracle.kind {
            OracleKind::Genuine => Ink::Dim,
            OracleKind::StandIn | OracleKind::Unknown => Ink::Warning,
        };
        self.sentence(&format!("oracle {}", input.oracle), 2, ink);
    }

    fn side(&mut self, input: &ExplainInput<'_>, side: Side) {
        self.title(&format!("The {side}"));
        let line = curl(side, input.requests.get(side), *input.bases.get(side));
        // Never wrapped or cut: it is there to be copied.
        self.line(&format!("  {}", visible(&line)));
        if input.bases.get(side).is_none() {
            let hint = format!("the {side} is a recording: set {} to an address to ask it", variable(side));
            self.sentence(&hint, 2, Ink::Dim);
        }
        self.line("");
        match input.exchange.get(side) {
            Ok(answer) => self.answer(answer),
            Err(unreachable) => self.sentence(&format!("no answer, {unreachable}"), 2, Ink::Bad),
        }
        if let (Answer::Ok(_), Some(failure)) = (input.exchange.get(side), input.judgement.failures.get(side)) {
            self.line("");
            self.sentence(&format!("cannot be compared: {}", failure.reason), 2, Ink::Bad);
        }
        self.again(input.repeats.get(side));
    }

    /// How often the side was asked, and every answer that is not the first one over again.
    fn again(&mut self, repeats: &Repeats) {
        let said = match (repeats.once, repeats.times, repeats.others.len()) {
            (None, 0 | 1, _) => return,
            (Some(Once::Recording), ..) => "asked once: a recording knows no other answer".to_owned(),
            (Some(Once::Writes), ..) => "asked once: the request may change something".to_owned(),
            (None, times, 0) => format!("asked {times} times, with the same answer each time"),
            (None, times, others) => format!(
                "asked {times} times, with {} in place of this one",
                count(others, "other answer", "other answers")
            ),
        };
        self.line("");
        self.sentence(&said, 2, Ink::Dim);
        for other in &repeats.others {
            let seen = match other.seen {
                1 => String::new(),
                seen => format!(", given {seen} times"),
            };
            self.line("");
            self.sentence(&format!("Answer {}{seen}", other.number), 2, Ink::Strong);
            match &other.answer {
                Ok(answer) => self.answer(answer),
                Err(unreachable) => self.sentence(&format!("no answer, {unreachable}"), 2, Ink::Bad),
            }
        }
    }

    fn restore(&mut self, restore: &Restore) {
        self.title("The same state again");
        if let Some(line) = restore.command() {
            self.line(&format!("  {}", visible(&line)));
        }
        for (ink, note) in restore.notes() {
            self.sentence(&note, 2, ink);
        }
    }

    fn answer(&mut self, answer: &Observation) {
        let status = format!("HTTP {}", answer.status);
        let after = self.style.paint(Ink::Dim, format!("after {}", time(answer.elapsed)));
        self.line(&format!("  {status}  {after}"));
        for (name, value) in &answer.headers.0 {
            let header = shortened_line(&visible(&format!("{name}: {value}")));
            self.line(&format!("  {header}"));
        }
        self.line("");
        match answer.body.text() {
            Some("") => self.sentence("(empty body)", 2, Ink::Dim),
            Some(text) => self.block(text, "body"),
            None => {
                let bytes = &answer.body.0;
                let text = format!(
                    "({} that are not UTF-8, blake3 {})",
                    count(bytes.len(), "byte", "bytes"),
                    blake3::hash(bytes)
                );
                self.sentence(&text, 2, Ink::Dim);
            }
        }
    }

    /// A text as it is, but for what would disturb a terminal; shortened aloud.
    fn block(&mut self, text: &str, what: &str) {
        let lines: Vec<&str> = text.lines().collect();
        for line in lines.iter().take(LINES) {
            let line = shortened_line(&visible(line));
            self.line(&format!("  {line}"));
        }
        if lines.len() > LINES {
            let more = format!("… {} more lines of the {what}, which has {} bytes", lines.len() - LINES, text.len());
            self.sentence(&more, 2, Ink::Dim);
        }
    }

    fn translations(&mut self, judgement: &Judgement<'_>) {
        if judgement.applied.is_empty() {
            self.title("Rules that acted: none");
            return;
        }
        self.title("Rules that acted");
        let mut effects: BTreeMap<&RuleName, Vec<&Effect>> = BTreeMap::new();
        for effect in &judgement.effects {
            effects.entry(&effect.rule).or_default().push(effect);
        }
        for applied in &judgement.applied {
            let effects = effects.remove(&applied.rule).unwrap_or_default();
            self.rule(applied, &effects);
        }
    }

    fn rule(&mut self, applied: &Applied, effects: &[&Effect]) {
        let place = self.suite.place(&applied.rule).unwrap_or_default();
        let name = visible(&applied.rule.0).into_owned();
        let beside = self.style.paint(Ink::Dim, visible(&format!("× {}  {place}", applied.count)));
        let name = self.style.paint(Ink::Strong, name);
        self.line(&format!("  {name}  {beside}"));
        let why = self.suite.rules.get(&applied.rule).map(|rule| rule.why.clone());
        if let Some(why) = why {
            self.sentence(&format!("because {why}"), 4, Ink::Dim);
        }
        for effect in effects.iter().take(EFFECTS) {
            self.effect(effect);
        }
        if effects.len() > EFFECTS {
            self.sentence(&format!("… and {} more", effects.len() - EFFECTS), 4, Ink::Dim);
        }
    }

    /// Before and after on one line where there is room, else under each other.
    fn effect(&mut self, effect: &Effect) {
        let part = visible(&effect.part.to_string()).into_owned();
        let (before, after) = (visible(&effect.before), visible(&effect.after));
        let one = format!("{part}  {before} → {after}");
        if columns(&one) <= self.style.room(4) {
            self.line(&format!("    {one}"));
            return;
        }
        self.line(&format!("    {}", self.style.fit(&part, 4)));
        let (before, after) = (self.style.fit(&before, 8), self.style.fit(&after, 8));
        self.line(&format!("        {before}"));
        self.line(&format!("      → {after}"));
    }

    fn expected(&mut self, judgement: &Judgement<'_>) {
        let Some(expected) = &judgement.expected else {
            self.title("Expected: not known, because nothing could be compared");
            return;
        };
        self.title("Expected");
        let media_type = expected
            .media_type
            .as_ref()
            .map_or_else(|| "no media type".to_owned(), MediaType::to_string);
        self.line(&format!("  {}  {}", expected.status, visible(&media_type)));
        for header in &expected.headers {
            let values = if header.values.is_empty() {
                &["none".to_owned()]
            } else {
                header.values.as_slice()
            };
            for value in values {
                let header = shortened_line(&visible(&format!("{}: {value}", header.name)));
                self.line(&format!("  {header}"));
            }
        }
        self.line("");
        match &expected.body {
            Some(body) => self.block(&pretty(body), "expected document"),
            None => self.sentence("(no body)", 2, Ink::Dim),
        }
    }

    fn verdict(&mut self, input: &ExplainInput<'_>) {
        let judgement = input.judgement;
        let (ink, standing) = match &judgement.standing {
            Standing::Passes => (Ink::Good, "the case passes".to_owned()),
            Standing::Expected { why, .. } => (Ink::Good, format!("the case passes, because the suite expects it: {why}")),
            Standing::Fails => (Ink::Bad, "the case fails".to_owned()),
            Standing::Surprises(_) => (Ink::Bad, "the case fails, because the suite expects something else".to_owned()),
        };
        self.title("Verdict");
        self.sentence(&format!("{}: {standing}", judgement.verdict), 2, ink);
        let notes = judgement.all_notes();
        let problems = problems(
            &Problems {
                verdict: judgement.verdict,
                standing: &judgement.standing,
                failures: &judgement.failures,
                differences: &judgement.differences,
                notes: &notes,
            },
            Some(&self.suite),
            self.style,
        );
        for line in problems {
            self.line(&line);
        }
    }
}

fn shortened_line(line: &str) -> String {
    match line.char_indices().nth(CHARACTERS) {
        None => line.to_owned(),
        Some((at, _)) => format!("{}… {} more characters", &line[..at], line[at..].chars().count()),
    }
}

/// The request as a line for a shell. A side without an address is a variable that the reader sets.
fn curl(side: Side, request: &Request, base: Option<&str>) -> String {
    let mut words = vec!["curl".to_owned(), "--include".to_owned()];
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.extend(["--request".to_owned(), quote(method).into_owned()]),
    }
    for (name, value) in &request.headers.0 {
        words.push("--header".to_owned());
        words.push(with_variables(&format!("{name}: {value}")));
    }
    let mut before = String::new();
    if let Some(body) = &request.body {
        words.push("--data-binary".to_owned());
        let plain = |text: &&str| matches!(visible(text), Cow::Borrowed(_)) && !text.starts_with('@');
        if let Some(text) = body.text().filter(plain) {
            words.push(with_variables(text));
        } else {
            let encoded = base64::engine::general_purpose::STANDARD.encode(&body.0);
            before = format!("printf %s {} | base64 --decode | ", quote(&encoded));
            words.push("@-".to_owned());
        }
    }
    words.push(match base {
        Some(base) => with_variables(&format!("{}{}", base.trim_end_matches('/'), request.target)),
        None => format!("\"${}\"{}", variable(side), with_variables(&request.target)),
    });
    format!("{before}{}", words.join(" "))
}

/// A word for a shell in which a credential is the variable that holds it: `{env.KEY}` becomes `"$KEY"`.
fn with_variables(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = credential(rest) {
        if !before.is_empty() {
            out.push_str(&quote(before));
        }
        out.extend(["\"$", name, "\""]);
        rest = after;
    }
    if !rest.is_empty() || out.is_empty() {
        out.push_str(&quote(rest));
    }
    out
}

/// The first credential of a text, and what stands around it.
fn credential(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("{env.").map(|at| from + at) {
        let name_at = at + "{env.".len();
        let length = text[name_at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let end = name_at + length;
        if length > 0 && text[end..].starts_with('}') {
            return Some((&text[..at], &text[name_at..end], &text[end + 1..]));
        }
        from = name_at;
    }
    None
}

const fn variable(side: Side) -> &'static str {
    match side {
        Side::Legacy => "LEGACY",
        Side::Candidate => "CANDIDATE",
    }
}

#[cfg(test)]
mod tests {
    use super::super::restore::Part;
    use super::*;
    use crate::exchange::{Headers, Unreachable, UnreachableKind};
    use crate::suite::sample;
    use crate::translate::Detail;
    use crate::verdict::Judge;
    use proptest::prelude::*;

    fn explained(run_id: &str, exchange: &Exchange, width: usize) -> String {
        explained_again(run_id, exchange, &PerSide::default(), width)
    }

    fn explained_again(run_id: &str, exchange: &Exchange, repeats: &PerSide<Repeats>, width: usize) -> String {
        let suite = sample::suite();
        let case = sample::case(run_id);
        let bases = PerSide {
            legacy: Some("http://127.0.0.1:8080"),
            candidate: None,
        };
        let judge = Judge::new(std::sync::Arc::new(suite.clone()));
        let judgement = judge.judge_repeated(&case, exchange, repeats, bases, Detail::Effects);
        let input = ExplainInput {
            suite: &suite,
            case: &case,
            oracle: &Oracle {
                kind: OracleKind::StandIn,
                source: "php fixtures/legacy".into(),
            },
            requests: &sample::requests(&case),
            bases,
            restore: &restore(),
            exchange,
            repeats,
            judgement: &judgement,
        };
        render(&input, Style { width, ..Style::PLAIN })
    }

    /// A legacy that was started on a seeded database, and a recorded candidate.
    fn restore() -> Restore {
        let part = |name: &str, kind: &str| Part {
            name: name.into(),
            kind: kind.into(),
            ..Part::default()
        };
        Restore {
            services: vec![
                Part {
                    shown: Some("recording run.jsonl".into()),
                    ..part("candidate", "recording")
                },
                Part {
                    seed: Some("4be1c0ffee12aaaa".into()),
                    seed_today: Some("9a8b7c6d5e4faaaa".into()),
                    ..part("database", "process")
                },
                part("legacy", "process"),
            ],
            ..Restore::default()
        }
    }

    #[test]
    fn answers_that_are_other_ones_the_next_time() {
        let exchange = sample::exchange(&sample::legacy_trace(1), &sample::candidate_trace(1));
        let mut repeats = PerSide::<Repeats>::default();
        for candidate in ["false", "true", "true", "false"] {
            let again = sample::candidate_trace(1).replace("false", candidate);
            repeats
                .candidate
                .add(&exchange.candidate, sample::answer(200, "application/json", &again), 1, &[]);
        }
        repeats.legacy.once = Some(Once::Recording);
        insta::assert_snapshot!(explained_again("34", &exchange, &repeats, 80));
    }

    #[test]
    fn a_mismatch_from_end_to_end() {
        let candidate = sample::candidate_trace(3).replace("true", "\"true\"");
        insta::assert_snapshot!(explained("34", &sample::exchange(&sample::legacy_trace(3), &candidate), 100));
    }

    #[test]
    fn an_error_and_a_broken_legacy() {
        let error = PerSide {
            legacy: sample::answer(412, "application/json", r#"{"error":{"code":"571","message":"Run not found."}}"#),
            candidate: Err(Unreachable {
                kind: UnreachableKind::Refused,
                reason: "connection refused".into(),
            }),
        };
        let broken = PerSide {
            legacy: sample::answer(500, "text/html", ""),
            candidate: sample::answer(200, "application/json", "{}"),
        };
        insta::assert_snapshot!([explained("999999", &error, 80), explained("36", &broken, 80)].join("\n=====\n"));
    }

    #[test]
    fn long_bodies_are_shortened_aloud() {
        let body = "<p>\n".repeat(300) + &"x".repeat(5_000);
        let exchange = PerSide {
            legacy: sample::answer(200, "text/html", &body),
            candidate: sample::answer(200, "text/html", &"y".repeat(5_000)),
        };
        let shown = explained("34", &exchange, 100);
        assert!(shown.contains("… 101 more lines of the body, which has 6200 bytes"), "{shown}");
        assert!(shown.contains("y… 1000 more characters"), "{shown}");
    }

    #[test]
    fn requests_can_be_run() {
        let mut request = Request {
            method: "POST".into(),
            target: "/run?q=it's&x=1".into(),
            headers: Headers(vec![("Accept".into(), "application/json".into())]),
            body: Some("{\"a\":1}".into()),
        };
        assert_eq!(
            curl(Side::Legacy, &request, Some("http://h/")),
            r#"curl --include --request POST --header 'Accept: application/json' --data-binary '{"a":1}' 'http://h/run?q=it'\''s&x=1'"#
        );
        let mut with_key = request.clone();
        with_key.headers = Headers(vec![("X-Key".into(), "Key {env.KEY_1}".into())]);
        with_key.target = "/run?k={env.KEY_1}&x={env.}{env.".into();
        with_key.body = None;
        assert_eq!(
            curl(Side::Legacy, &with_key, Some("http://h")),
            r#"curl --include --request POST --header 'X-Key: Key '"$KEY_1" 'http://h/run?k='"$KEY_1"'&x={env.}{env.'"#
        );
        with_key.method = "HEAD".into();
        assert!(curl(Side::Legacy, &with_key, None).starts_with("curl --include --head --header "));
        request.body = Some(vec![0, 255].into());
        request.target = "/run".into();
        assert_eq!(
            curl(Side::Candidate, &request, None),
            r#"printf %s AP8= | base64 --decode | curl --include --request POST --header 'Accept: application/json' --data-binary @- "$CANDIDATE"/run"#
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_escapes(value in any::<String>(), legacy in any::<Vec<u8>>(), header in any::<String>(), width in 0usize..200) {
            let mut exchange = sample::exchange(&sample::legacy_trace(2), "");
            let observation = exchange.legacy.as_mut().unwrap();
            observation.headers.0.push(("X".into(), header.clone()));
            exchange.candidate.as_mut().unwrap().body = legacy.into();
            let shown = explained(&value, &exchange, width);
            prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{}", shown);
        }
    }
}
