//! Suites of this repository as tests, one a case: those of a profile whose both sides are recorded.

use std::process::ExitCode;

fn main() -> ExitCode {
    parity::testing::check(["--profile", "upstream"])
}
