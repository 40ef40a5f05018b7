pub mod path;
pub mod value;
