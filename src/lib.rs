pub mod diagnostic;
#[cfg(feature = "environment")]
pub mod environment;
