//! JSON inside a suite file.

use crate::diagnostic::{Kind, Value};
use crate::value::{self, Value as Json};

/// A JSON value written as JSON text: TOML has no `null`, and its numbers lose their text.
pub(super) fn json(value: Value<'_>) -> Option<Json<'static>> {
    if value.kind() != Kind::String {
        return value.unexpected("JSON in a string, such as `'[]'`, `'\"\"'` or `'null'`");
    }
    let text = value.string()?.value;
    match value::read(text.as_bytes()) {
        Ok(json) => Some(json.into_owned()),
        Err(error) => value.error(format_args!(
            "expected JSON in a string, such as `'[]'`, `'\"\"'` or `'null'`: {error}"
        )),
    }
}
