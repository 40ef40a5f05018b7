//! The harness proves that it would notice: mutants of real answers of the candidate, judged again.
//!
//! A *mutant* is a candidate's answer that was changed in one way: a row dropped, `34` turned into `"34"`, another status.
//! One that is equal to the original under strict equality without rules is no mutant. One whose verdict differs is *killed*.
//! A *survivor* is *declared* when the rule that hides it says that such a change does not matter, else a *blind spot*.
//! Nothing here reads a record or prints; which mutants are made is decided by a seed alone.

mod auditor;
mod class;
mod declared;
mod edit;
mod equal;
mod explain;
mod layout;
mod model;
mod mutant;
mod response;
mod scalars;
mod spread;
#[cfg(test)]
mod tests;
mod walk;

pub use auditor::{Input, Options, audit};
pub use class::{Class, ErrorPart};
pub use equal::equal;
pub use model::{AuditReport, Example, Fate, Finding, SuiteAudit, Tally, Unaudited};
