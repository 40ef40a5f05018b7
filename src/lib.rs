#[cfg(feature = "endpoint")]
pub mod endpoint;
