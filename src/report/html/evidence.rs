//! What the two sides answered, for the cases that a reader wants to see: as many as a file of reasonable size holds.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::compare::Change;
use crate::exchange::{Answer, Body, Exchange, Observation, Part, PerSide, Repeats, Request, Side};
use crate::report::findings::findings;
use crate::report::model::RunReport;
use crate::report::words;
use crate::suite::Case;
use crate::value::{pretty, read, visible};
use crate::verdict::{Judgement, header_values};

use super::data::Rules;
use super::page::embedded;

/// How many bytes of answers are embedded at the most.
pub(super) const TOTAL: usize = 8 << 20;

/// How many passing cases are.
const PASSING: usize = 50;

/// How many cases of each finding come before every other one.
const FIRST: usize = 3;

/// A body is cut to so many bytes.
const BODY: usize = 128 << 10;

/// So many other answers of each side are embedded.
const OTHERS: usize = 3;

/// So many changes of each rule are embedded.
const EFFECTS: usize = 250;

/// The answers that go into a page. Secrets are masked by whoever adds them.
#[derive(Debug, Clone)]
pub struct Evidence {
    rules: Rules,
    /// By the name of the case, how much it is wanted (the lowest the most), and its place in the run.
    wanted: BTreeMap<String, (u8, usize)>,
    kept: BTreeMap<(u8, usize), String>,
    size: usize,
}

/// A case with what was asked and answered.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The case.
    pub case: &'a Case,
    /// What both sides were asked.
    pub requests: &'a PerSide<Request>,
    /// What they answered.
    pub exchange: &'a Exchange,
    /// The candidate's own base URL, which counts as `{base}`.
    pub base: Option<&'a str>,
    /// What they answered otherwise when they were asked again.
    pub repeats: &'a PerSide<Repeats>,
    /// What is said of it, judged with [`Detail::Effects`](crate::translate::Detail::Effects).
    pub judgement: &'a Judgement<'a>,
}

impl Evidence {
    /// None yet: what is wanted for the page of this run.
    #[must_use]
    pub fn of(run: &RunReport) -> Self {
        let mut wanted = BTreeMap::new();
        let first: Vec<*const _> = findings(run)
            .iter()
            .flat_map(|finding| finding.cases.iter().take(FIRST).map(|case| std::ptr::from_ref(*case)))
            .collect();
        let first: std::collections::BTreeSet<*const _> = first.into_iter().collect();
        let mut passing = 0;
        for (place, case) in run.cases.iter().enumerate() {
            passing += usize::from(case.passes());
            let rank = match (first.contains(&std::ptr::from_ref(case)), case.passes()) {
                (true, _) => 0,
                (false, false) => 1,
                (false, true) if passing <= PASSING => 2,
                (false, true) => continue,
            };
            wanted.entry(case.case.to_string()).or_insert((rank, place));
        }
        Self {
            rules: Rules::of(run),
            wanted,
            kept: BTreeMap::new(),
            size: 0,
        }
    }

    /// Adds the answers of a case, when they are wanted and there is room, or room can be made.
    pub fn add(&mut self, shown: &Shown<'_>) {
        let Some(rank) = self.wanted.get(&shown.case.to_string()).copied() else {
            return;
        };
        let worse = self.kept.last_key_value().is_some_and(|(last, _)| *last > rank);
        if self.size >= TOTAL && !worse {
            return;
        }
        let piece = embedded(&Piece::of(shown, &self.rules));
        self.size += piece.len();
        self.kept.insert(rank, piece);
        while self.size > TOTAL
            && let Some((_, least)) = self.kept.pop_last()
        {
            self.size -= least.len();
        }
    }

    /// The answers by the place of their case, as JSON for a `script` element.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (usize, &str)> {
        self.kept.iter().map(|((_, place), piece)| (*place, piece.as_str()))
    }
}

#[derive(Serialize)]
struct Piece<'a> {
    /// The requests, the legacy's first.
    q: (Asked<'a>, Asked<'a>),
    /// What the legacy answered.
    l: Told<'a>,
    /// What the candidate answered.
    c: Told<'a>,
    /// What the candidate owes.
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<Told<'a>>,
    /// Where the bodies differ: what differs elsewhere in their text is no difference.
    d: Vec<String>,
    /// What the rules did: rule, path, before, after.
    f: Vec<(usize, String, String, String)>,
    /// The headers that rules name: what is owed, what came, and whether that is a difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    g: Vec<(String, String, bool)>,
    /// Answers that are not a side's first one over again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    o: Vec<Again<'a>>,
}

#[derive(Serialize)]
struct Again<'a> {
    /// The side.
    s: Side,
    /// Which of its answers; the first one is 1.
    n: u32,
    /// The answer.
    a: Told<'a>,
}

#[derive(Serialize)]
struct Asked<'a> {
    m: &'a str,
    u: &'a str,
    h: &'a [(String, String)],
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    None {
        none: String,
    },
    Answer {
        /// The status.
        s: u16,
        /// The media type.
        #[serde(skip_serializing_if = "Option::is_none")]
        m: Option<String>,
        /// The headers.
        #[serde(skip_serializing_if = "none")]
        h: Cow<'a, [(String, String)]>,
        /// The body, laid out.
        b: String,
        /// Whether it is a JSON document.
        j: bool,
        /// How it was cut.
        #[serde(skip_serializing_if = "Option::is_none")]
        k: Option<String>,
    },
}

impl<'a> Piece<'a> {
    fn of(shown: &Shown<'a>, rules: &Rules) -> Self {
        let suite = &shown.case.suite;
        let mut of_rule = BTreeMap::<usize, usize>::new();
        let effects = shown.judgement.effects.iter().filter_map(|effect| {
            let rule = rules.place(suite, &effect.rule)?;
            let number = of_rule.entry(rule).or_default();
            *number += 1;
            (*number <= EFFECTS).then(|| {
                (
                    rule,
                    effect.part.to_string(),
                    words::value(&effect.before),
                    words::value(&effect.after),
                )
            })
        });
        let f = effects.collect();
        Self {
            q: (asked(&shown.requests.legacy), asked(&shown.requests.candidate)),
            l: told(&shown.exchange.legacy),
            c: told(&shown.exchange.candidate),
            x: shown.judgement.expected.as_ref().map(|expected| {
                let (b, k) = cut(expected.body.as_ref().map(pretty).unwrap_or_default());
                Told::Answer {
                    s: expected.status,
                    m: expected.media_type.as_ref().map(ToString::to_string),
                    h: Cow::default(),
                    b,
                    j: expected.body.is_some(),
                    k,
                }
            }),
            d: shown
                .judgement
                .differences
                .iter()
                .filter_map(|difference| match &difference.part {
                    Part::Body(path) => Some(path.to_string()),
                    Part::Status | Part::MediaType | Part::Header(_) => None,
                })
                .collect(),
            f,
            g: headers(shown),
            o: Side::BOTH
                .into_iter()
                .flat_map(|side| again(side, shown.repeats.get(side)))
                .collect(),
        }
    }
}

/// The headers that rules name, `name: value` for each value, on both sides.
fn headers(shown: &Shown<'_>) -> Vec<(String, String, bool)> {
    let owed = shown.judgement.expected.iter().flat_map(|expected| &expected.headers);
    let headers = owed.filter_map(|owed| {
        let of_this = |part: &Part| matches!(part, Part::Header(name) if *name == owed.name);
        let difference = shown.judgement.differences.iter().find(|difference| of_this(&difference.part));
        let lines = |values: &[String]| {
            let lines = values.iter().map(|value| visible(&format!("{}: {value}", owed.name)).into_owned());
            lines.collect::<Vec<_>>().join("\n")
        };
        let expected = match difference.map(|difference| &difference.change) {
            Some(Change::Unlike { wanted, .. }) => format!("{}: {wanted}", owed.name),
            _ => lines(&owed.values),
        };
        let got = match shown.exchange.candidate.as_ref() {
            Ok(candidate) => lines(&header_values(candidate, shown.base, &owed.name)),
            Err(_) => String::new(),
        };
        let anything = !expected.is_empty() || !got.is_empty();
        anything.then_some((expected, got, difference.is_some()))
    });
    headers.collect()
}

fn again(side: Side, repeats: &Repeats) -> impl Iterator<Item = Again<'_>> {
    repeats.others.iter().take(OTHERS).map(move |other| Again {
        s: side,
        n: other.number,
        a: told(&other.answer),
    })
}

fn none(headers: &[(String, String)]) -> bool {
    headers.is_empty()
}

fn asked(request: &Request) -> Asked<'_> {
    Asked {
        m: &request.method,
        u: &request.target,
        h: &request.headers.0,
        b: request.body.as_ref().map(|body| laid_out(body).0),
    }
}

fn told(answer: &Answer) -> Told<'_> {
    match answer {
        Err(unreachable) => Told::None {
            none: unreachable.to_string(),
        },
        Ok(observation) => observed(observation),
    }
}

fn observed(observation: &Observation) -> Told<'_> {
    let (text, is_json) = laid_out(&observation.body);
    let (b, k) = cut(text);
    Told::Answer {
        s: observation.status,
        m: observation.headers.get("content-type").map(|value| visible(value).into_owned()),
        h: Cow::Borrowed(&observation.headers.0),
        b,
        j: is_json,
        k,
    }
}

/// A body for reading: JSON over several lines, other text as it is, and of bytes that are no text how many there are.
fn laid_out(body: &Body) -> (String, bool) {
    if let Ok(document) = read(&body.0) {
        return (pretty(&document), true);
    }
    match body.text() {
        Some(text) => (text.lines().map(visible).collect::<Vec<_>>().join("\n"), false),
        None => (
            format!("({} bytes that are not UTF-8, blake3 {})", body.0.len(), blake3::hash(&body.0)),
            false,
        ),
    }
}

/// A text cut behind a line, or inside one when there is no other way, with what is said of it.
fn cut(mut text: String) -> (String, Option<String>) {
    if text.len() <= BODY {
        return (text, None);
    }
    let all = text.len();
    let mut end = text.floor_char_boundary(BODY);
    end = text[..end].rfind('\n').filter(|line| *line > 0).unwrap_or(end);
    text.truncate(end);
    (text, Some(format!("cut here; {end} of {all} bytes are shown")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::html::render;
    use crate::report::sample::{everything, report, run};
    use crate::suite::sample;
    use crate::translate::Detail;
    use crate::verdict::Judge;

    /// Adds the exchange under the case's name.
    fn add(evidence: &mut Evidence, run_id: &str, exchange: &Exchange) {
        add_again(evidence, run_id, exchange, &PerSide::default());
    }

    fn add_again(evidence: &mut Evidence, run_id: &str, exchange: &Exchange, repeats: &PerSide<Repeats>) {
        let suite = sample::suite();
        let case = sample::case(run_id);
        let judgement = Judge::new(std::sync::Arc::new(suite.clone())).judge(&case, exchange, PerSide::default(), Detail::Effects);
        evidence.add(&Shown {
            case: &case,
            requests: &sample::requests(&case),
            exchange,
            repeats,
            base: None,
            judgement: &judgement,
        });
    }

    fn pieces(evidence: &Evidence) -> Vec<serde_json::Value> {
        evidence.pieces().map(|(_, json)| serde_json::from_str(json).unwrap()).collect()
    }

    #[test]
    fn a_case_with_everything() {
        let exchange = sample::exchange(&sample::legacy_trace(2), &sample::candidate_trace(2));
        let all = run(vec![report(&sample::suite(), "34", &exchange)]);
        let mut evidence = Evidence::of(&all);
        add(&mut evidence, "34", &exchange);
        // Nobody asked for this one.
        add(&mut evidence, "35", &exchange);
        insta::assert_snapshot!(serde_json::to_string_pretty(&pieces(&evidence)).unwrap());
        let page = render(&all, Some(&evidence));
        assert!(page.contains("id=\"evidence-0\"") && page.contains("The answers of all 1 case are in this file."));
    }

    #[test]
    fn headers_that_rules_name() {
        let rules = [
            ("Location", "equal = true"),
            ("Etag", "pattern = '[0-9]+'"),
            ("X-Page", "candidate = '1'"),
            ("Server", "absent = true"),
        ];
        let rules = rules.map(|(name, owed)| format!("[[header]]\nname = '{name}'\n{owed}\nwhy = 'x'\n"));
        let text = format!("suite = 'x'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n{}", rules.concat());
        let suite = crate::suite::read_suite(&crate::diagnostic::Source::new("x.toml", text)).unwrap();
        let case = suite.shown_cases().swap_remove(0);
        let mut exchange = sample::exchange("{}", "{}");
        let mut sends = |side, name: &str, value: &str| {
            let answer: &mut Answer = exchange.get_mut(side);
            answer.as_mut().unwrap().headers.0.push((name.to_owned(), value.to_owned()));
        };
        sends(Side::Legacy, "location", "/a");
        sends(Side::Candidate, "location", "http://new/b");
        sends(Side::Candidate, "etag", "x");
        sends(Side::Candidate, "x-page", "1");
        let judge = Judge::new(std::sync::Arc::new(suite));
        let bases = PerSide {
            legacy: None,
            candidate: Some("http://new"),
        };
        let judgement = judge.judge(&case, &exchange, bases, Detail::Effects);
        let shown = Shown {
            case: &case,
            requests: &sample::requests(&sample::case("1")),
            exchange: &exchange,
            base: bases.candidate,
            repeats: &PerSide::default(),
            judgement: &judgement,
        };
        let header = |owed: &str, came: &str, differs| (owed.to_owned(), came.to_owned(), differs);
        assert_eq!(
            headers(&shown),
            [
                header("Location: /a", "Location: {base}/b", true),
                header("Etag: one value like `[0-9]+`", "Etag: x", true),
                header("X-Page: 1", "X-Page: 1", false),
            ]
        );
    }

    #[test]
    fn answers_that_are_other_ones_the_next_time() {
        let exchange = sample::exchange(&sample::legacy_trace(2), &sample::candidate_trace(2));
        let mut evidence = Evidence::of(&run(vec![report(&sample::suite(), "34", &exchange)]));
        let mut repeats = PerSide::<Repeats>::default();
        for number in 0..9 {
            let again = sample::candidate_trace(2).replace("0.91", &format!("0.91{number}"));
            repeats
                .candidate
                .add(&exchange.candidate, sample::answer(200, "application/json", &again), 1, &[]);
        }
        add_again(&mut evidence, "34", &exchange, &repeats);
        let piece = pieces(&evidence).swap_remove(0);
        let others = piece["o"].as_array().unwrap();
        assert_eq!(others.len(), OTHERS);
        assert_eq!((&others[1]["s"], &others[1]["n"]), (&"candidate".into(), &3.into()));
        assert!(others[1]["a"]["b"].as_str().unwrap().contains("0.911"), "{piece:#}");
    }

    #[test]
    fn answers_that_are_no_documents() {
        let suite = sample::suite();
        let mut exchange = sample::exchange("<p>\u{1b}</p>\nx", "{}");
        exchange.candidate.as_mut().unwrap().body = vec![0, 159].into();
        let mut evidence = Evidence::of(&run(vec![report(&suite, "34", &exchange)]));
        add(&mut evidence, "34", &exchange);
        let piece = pieces(&evidence).swap_remove(0);
        assert_eq!((&piece["l"]["b"], &piece["l"]["j"]), (&"<p>\\u001b</p>\nx".into(), &false.into()));
        assert!(
            piece["c"]["b"]
                .as_str()
                .unwrap()
                .starts_with("(2 bytes that are not UTF-8, blake3 ")
        );
        assert!(piece.get("x").is_none());
    }

    #[test]
    fn what_is_long_is_cut_aloud() {
        let exchange = sample::exchange(&sample::legacy_trace(2_000), &sample::candidate_trace(2_000));
        let mut evidence = Evidence::of(&run(vec![report(&sample::suite(), "34", &exchange)]));
        add(&mut evidence, "34", &exchange);
        let piece = pieces(&evidence).swap_remove(0);
        for side in ["l", "c", "x"] {
            let (body, said) = (piece[side]["b"].as_str().unwrap(), piece[side]["k"].as_str().unwrap());
            assert!(
                body.len() <= BODY && body.len() > BODY - 1_000 && body.ends_with(','),
                "{}",
                body.len()
            );
            assert!(said.starts_with(&format!("cut here; {} of ", body.len())), "{said}");
        }
        assert!(piece["f"].as_array().unwrap().len() <= 8 * EFFECTS);
        let (text, said) = cut("é".repeat(BODY));
        assert!(text.len() <= BODY && said.is_some());
    }

    #[test]
    fn failing_cases_come_first_and_the_size_is_bounded() {
        let (legacy, candidate) = (sample::legacy_trace(300), sample::candidate_trace(300));
        let green = sample::exchange(&legacy, &candidate);
        let red = sample::exchange(&legacy, &candidate.replace("true", "\"true\""));
        let suite = sample::suite();
        let (passing, failing) = (report(&suite, "1", &green), report(&suite, "1", &red));
        let named = |case: &crate::report::CaseReport, number: usize| {
            let mut case = case.clone();
            case.case = sample::case(&number.to_string());
            case
        };
        let all = run((0..300)
            .map(|number| named(if number < 150 { &passing } else { &failing }, number))
            .collect());
        let mut evidence = Evidence::of(&all);
        for number in 0..300 {
            add(&mut evidence, &number.to_string(), if number < 150 { &green } else { &red });
        }
        assert!(evidence.size <= TOTAL && evidence.size > TOTAL - (1 << 20), "{}", evidence.size);
        assert_eq!(evidence.size, evidence.pieces().map(|(_, json)| json.len()).sum::<usize>());
        assert!(
            evidence.pieces().all(|(place, _)| place >= 150),
            "none that passes while some that fail do not fit"
        );
        let few = Evidence::of(&run((0..300).map(|number| named(&passing, number)).collect()));
        assert_eq!(few.wanted.len(), PASSING);
        let mixed = Evidence::of(&everything());
        assert!(mixed.wanted.values().any(|(rank, _)| *rank == 0) && mixed.wanted.values().any(|(rank, _)| *rank == 2));
    }
}
