//! `parity` proves that a new HTTP API answers what the legacy one answered, apart from differences that were decided.
//!
//! It asks both sides the same, turns the legacy's answer into what the candidate owes, compares exactly, keeps reviewed
//! snapshots, and gives a verdict that a pull request can be gated on.
//!
//! # Words
//!
//! | word | meaning |
//! | --- | --- |
//! | side | [`Legacy` or `Candidate`](exchange::Side) |
//! | suite | one file that declares one endpoint's comparison: [`suite::Suite`] |
//! | case | a suite with its parameters bound, `run-trace/run_id=34`: [`suite::Case`] |
//! | observation, exchange | what one side answered, and both: [`exchange::Observation`], [`exchange::Exchange`] |
//! | translation | a declared step that turns part of the legacy observation into what the candidate owes: [`rule::Translation`] |
//! | expected | the legacy observation after all translations: [`translate::Expected`] |
//! | comparison | a declared way of comparing at one path: [`rule::Comparison`] |
//! | difference | one typed disagreement between expected and candidate: [`compare::Difference`] |
//! | unstable | of a side that does not answer the same each time that it is asked: [`verdict::Repeated`] |
//! | verdict | what is said of a case: [`verdict::Verdict`] |
//! | signature | what differences of one kind share across cases |
//! | oracle | where the legacy answers came from: [`exchange::Oracle`] |
//! | snapshot | the reviewed record of a case, a file: [`snapshot`] |
//! | run record | everything that happened in one run: [`record`] |
//!
//! # How the data flows
//!
//! ```text
//! suite files --> Suite --> Plan (cases in order)
//!                            |
//!                            v
//!                 environment (services)          each a container | process | url | recording
//!                            |
//!                            v
//!                 client --> Exchange             written to the run record, secrets masked
//!                            |
//!         - - - - - - - - - -|- - - - - - - -     pure from here: no clock, disk, network, environment, printing
//!                            v
//!                 translate(legacy) --> Expected
//!                            |
//!                            v
//!                 compare(expected, candidate) --> [Difference]
//!                            |
//!                            v
//!                 judge --> Verdict
//!         - - - - - - - - - -|- - - - - - - -
//!                            v
//!                 snapshot, record --> reports --> exit code
//! ```
//!
//! # Layout
//!
//! Arrows go down and never up; `tests/it/house.rs` holds the code to it.
//!
//! | room | what is in it | pure |
//! | --- | --- | --- |
//! | [`value`], [`path`], [`rule`] | documents that keep what JSON text says; places in them; declarations | yes |
//! | [`diagnostic`] | errors in files that people write, with their source lines | but for reading a file |
//! | [`exchange`], [`suite`] | what was asked and answered; what to compare | yes |
//! | [`translate`], [`compare`], [`verdict`] | the middle | yes |
//! | [`audit`] | mutants of a candidate's answers, judged again | yes |
//! | [`suggest`] | rules that would explain what differs, tried on every case | yes |
//! | [`snapshot`] | insta files | but for its store |
//! | [`report`] | one model of a run, many renderers | yes |
//! | [`redact`], [`record`], [`client`], `environment` | the edges: secrets, disk, HTTP, services | no |
//! | `run` | joins the middle to the edges | no |
//! | `cli` | one file per command; the only room that prints | no |
//! | `testing` | suites as tests of `cargo test`, by way of `cli` | no |
//! | `endpoint` | the candidate service of this repository; knows nothing of the harness | no |

pub mod audit;
#[cfg(feature = "cli")]
pub mod cli;
pub mod client;
pub mod compare;
pub mod diagnostic;
#[cfg(feature = "endpoint")]
pub mod endpoint;
#[cfg(feature = "environment")]
pub mod environment;
pub mod exchange;
pub mod path;
pub mod record;
pub mod redact;
pub mod report;
pub mod rule;
pub mod run;
pub mod snapshot;
pub mod suggest;
pub mod suite;
#[cfg(feature = "testing")]
pub mod testing;
pub mod translate;
pub mod value;
pub mod verdict;
