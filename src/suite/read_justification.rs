//! What every rule carries, as it is written.

use crate::diagnostic::{NonEmpty, Table};
use crate::rule::Justification;

/// What every rule carries.
pub(super) fn justification(table: &mut Table<'_>) -> Option<Justification> {
    let line = table.source().position(table.span().start).line;
    let why = table.required::<NonEmpty>("why")?.into();
    Some(Justification { why, line })
}
