//! Tests of comparisons as suites declare them.

mod tests;
