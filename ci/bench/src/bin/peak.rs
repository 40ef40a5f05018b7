//! `peak COMMAND [ARGUMENT]...` runs a command, its standard output thrown away, and prints the largest resident size of it
//! and of what it waited for, in KiB. Ends as the command ended.

use std::process::{Command, ExitCode, Stdio};

use nix::sys::resource::{UsageWho, getrusage};

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let program = words.next().expect("a command");
    let status = Command::new(&program).args(words).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts children");
    println!("{}", usage.max_rss());
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}
