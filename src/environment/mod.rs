mod config;
mod decode;
mod interpolate;
mod plan;
pub use config::*;
pub use interpolate::*;
pub use plan::*;
