//! What to compare: suites and their cases.
//!
//! A *suite* is one file that declares one endpoint's comparison; a *case* is a suite with its parameters bound. Reading a
//! suite file never touches a disk: the text is given.

mod case;
mod check;
mod check_comparisons;
mod check_errors;
mod check_headers;
mod check_statuses;
mod check_translations;
mod inputs;
mod model;
mod parameters;
mod preset;
mod private;
mod read;
mod read_comparison;
mod read_condition;
mod read_errors;
mod read_expected;
mod read_header;
mod read_json;
mod read_justification;
mod read_preset;
mod read_private;
mod read_request;
mod read_shape;
mod read_status;
mod read_supply;
mod read_text;
mod read_translation;
mod read_treatment;
mod read_types;
mod request;
mod request_text;
#[cfg(test)]
pub(crate) mod sample;
mod secrets;
mod twins;

pub use case::{Binding, Bound, Case};
pub use inputs::DataFile;
pub use model::{ErrorPaths, Inputs, Parameter, ParameterValue, Row, SnapshotPolicy, Suite, Tags};
pub use parameters::{MAX_CASES, ParameterError, parse_values};
pub use preset::{PRESETS, Preset, PresetParameter};
pub use private::{Private, PrivatePlace};
pub use read::{read_suite, read_suite_with};
pub use request::{BodyTemplate, Credential, Credentials, Entry, JsonTemplate, RequestError, RequestTemplate};
pub use request_text::{JsonKind, Placeholder, RequestPart, RequestText, RequestTextError};
pub use secrets::Labels;
