//! A run for code scanning: SARIF 2.1.0 (OASIS standard, 27 March 2020).
//!
//! A finding is a result, placed on the line of the suite file that decides it; a kind of finding is a rule. What a result has in
//! common with the same one of other runs is its signature, so that it is tracked from run to run.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use super::findings::{Finding, FindingKind, Level, findings};
use super::model::RunReport;
use super::render::Material;
use super::repeats;

/// The run as indented JSON, ending with a line break.
#[must_use]
pub fn render(material: &Material<'_>) -> String {
    let found = findings(material.run);
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "parity",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: Vec::from(FindingKind::ALL.map(rule)),
                },
            },
            invocations: [Invocation {
                execution_successful: material.run.exit() == super::Exit::Passed || !material.run.cases.is_empty(),
                exit_code: material.run.exit().code(),
            }],
            column_kind: "unicodeCodePoints",
            properties: properties(material.run),
            results: found.iter().map(|finding| result(finding, material.prefix)).collect(),
        }],
    };
    let mut text = serde_json::to_string_pretty(&log).expect("no map has keys that are not text, and no type refuses to be written");
    text.push('\n');
    text
}

fn properties(run: &RunReport) -> BTreeMap<&'static str, String> {
    let said = [
        ("oracle", Some(run.oracle.to_string())),
        ("candidate", Some(run.sides.candidate.clone())),
        ("asked", repeats::asked(run)),
        ("unstable", repeats::unstable(run)),
    ];
    said.into_iter().filter_map(|(name, said)| Some((name, said?))).collect()
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    properties: BTreeMap<&'static str, String>,
    results: Vec<SarifResult<'r>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text<'static>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'t> {
    text: std::borrow::Cow<'t, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
}

#[derive(Serialize)]
struct Properties {
    /// The names of the cases, as every command takes them.
    cases: Vec<String>,
}

fn rule(kind: FindingKind) -> Rule {
    Rule {
        id: kind.name(),
        short_description: Text { text: kind.about().into() },
        default_configuration: Configuration {
            level: level(kind.level()),
        },
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// So many names of cases stand in a message; all of them are among the properties.
const NAMES: usize = 10;

/// What a path in a URI reference may not hold as it is (RFC 3986, section 3.3).
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    // A colon in the first segment would make it a scheme.
    .add(b':');

fn result<'r>(finding: &Finding<'r>, prefix: &str) -> SarifResult<'r> {
    let mut lines = vec![match finding.case_count() {
        Some(cases) => format!("{}; {cases}", finding.title),
        None => finding.title.clone(),
    }];
    lines.extend(finding.lines());
    if !finding.cases.is_empty() {
        lines.push(format!("cases: {}", finding.case_names(NAMES)));
    }
    let identity = finding.signature.clone().unwrap_or_else(|| finding.title.clone());
    let suite = finding.cases.first().map_or("", |case| case.case.suite.as_str());
    SarifResult {
        rule_id: finding.kind.name(),
        rule_index: FindingKind::ALL.iter().position(|kind| *kind == finding.kind).unwrap_or_default(),
        level: level(finding.level),
        message: Text {
            text: lines.join("\n").into(),
        },
        locations: finding
            .place
            .iter()
            .map(|place| Location {
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation {
                        uri: utf8_percent_encode(&format!("{prefix}{}", place.file), ENCODED).to_string(),
                        uri_base_id: "%SRCROOT%",
                    },
                    region: Region {
                        start_line: place.line.max(1),
                    },
                },
            })
            .collect(),
        partial_fingerprints: BTreeMap::from([(
            "paritySignature/v1",
            blake3::hash(format!("{}\n{suite}\n{identity}", finding.kind.name()).as_bytes())
                .to_hex()
                .to_string(),
        )]),
        properties: Properties {
            cases: finding.cases.iter().map(|case| case.case.to_string()).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{everything, run};
    use proptest::prelude::*;
    use serde_json::Value;

    /// Reads a log back and holds it against what the standard demands of the parts that are used.
    fn check(run: &RunReport, prefix: &str) -> Value {
        let log: Value = serde_json::from_str(&render(&Material {
            run,
            prefix,
            evidence: None,
        }))
        .unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let mut ids = std::collections::BTreeSet::new();
        for rule in rules {
            assert!(ids.insert(rule["id"].as_str().unwrap()), "ids of rules are unique");
            assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
            let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
            assert!(["error", "warning", "note", "none"].contains(&level));
        }
        assert!(run["invocations"][0]["executionSuccessful"].is_boolean());
        for result in run["results"].as_array().unwrap() {
            check_result(result, rules);
        }
        log
    }

    fn check_result(result: &Value, rules: &[Value]) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        for location in result["locations"].as_array().into_iter().flatten() {
            let physical = &location["physicalLocation"];
            assert!(physical["region"]["startLine"].as_u64().unwrap() >= 1);
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            let joined = url::Url::parse("file:///root/").unwrap().join(uri).unwrap();
            assert_eq!((joined.scheme(), joined.query(), joined.fragment()), ("file", None, None), "{uri}");
        }
        for fingerprint in result["partialFingerprints"].as_object().unwrap().values() {
            assert_eq!(fingerprint.as_str().unwrap().len(), 64);
        }
    }

    fn fingerprints(run: &RunReport) -> Vec<String> {
        let log = check(run, "");
        let results = log["runs"][0]["results"].as_array().unwrap();
        let fingerprint = |result: &Value| result["partialFingerprints"]["paritySignature/v1"].as_str().unwrap().to_owned();
        results.iter().map(fingerprint).collect()
    }

    #[test]
    fn every_kind_of_case() {
        let log = check(&everything(), "services/");
        insta::assert_snapshot!(serde_json::to_string_pretty(&log["runs"][0]["results"]).unwrap());
    }

    #[test]
    fn a_green_run_has_no_results() {
        let log = check(&run(vec![everything().cases.swap_remove(0)]), "");
        assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
        assert_eq!(log["runs"][0]["properties"]["oracle"], "STAND-IN: php fixtures/legacy");
    }

    #[test]
    fn a_finding_is_known_again_in_another_run() {
        let all = everything();
        let mut fewer = all.clone();
        // Another case of the same signature makes no other finding of it, and neither does the line of a rule.
        fewer.cases.remove(1);
        for rule in fewer.suites[0].rules.values_mut() {
            rule.line += 10;
        }
        let (all, fewer) = (fingerprints(&all), fingerprints(&fewer));
        assert!(all.len() > 8 && fewer.iter().all(|one| all.contains(one)), "{all:?}\n{fewer:?}");
        let unique: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
    }

    proptest! {
        #[test]
        fn any_text_makes_a_log(text in any::<String>()) {
            let mut all = everything();
            all.oracle.source = text.clone();
            all.suites[0].file = format!("a{text}");
            check(&all, "");
        }
    }
}
