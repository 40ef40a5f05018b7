//! What is said of a case.
//!
//! A *verdict* is drawn from two observations by rules alone: it is the same today and tomorrow, with services or from a
//! record. Nothing here knows snapshots; they can never excuse a mismatch.

mod judge;
mod judgement;
mod known;
mod prepared;
mod reading;
mod repeated;
#[cfg(test)]
mod tests;
mod told;

pub use judge::Judge;
pub use judgement::{Failure, Judgement, Verdict, signatures};
pub use known::{Standing, Surprise};
pub use prepared::Prepared;
pub use reading::{document, header_values};
pub use repeated::{Instability, Repeated};
pub use told::Told;
