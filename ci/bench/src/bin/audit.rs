//! All mutants of the candidate's answer with a trace, made and judged.
//! `audit ROWS TIMES` prints what 1,000 of them take in microseconds, at the fastest.

use std::time::Instant;

use parity::audit::{Input, Options, audit};
use parity::exchange::PerSide;
use parity_bench::run_trace::{RUN, exchange};
use parity_bench::{candidate, legacy};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (rows, times) = (arguments.next().unwrap_or(12), arguments.next().unwrap_or(20));
    let (suite, case, exchange) = exchange(legacy(RUN, rows), candidate(RUN, rows));
    let inputs = [Input {
        suite,
        bases: PerSide::default(),
        exchanges: vec![(case, exchange)],
    }];
    let options = Options {
        seed: 0,
        budget: usize::MAX,
    };
    let fastest = (0..times).map(|_| {
        let start = Instant::now();
        let report = audit(&inputs, options);
        let elapsed = start.elapsed();
        let tally = report.tally();
        assert!(report.passes() && tally.killed > 500, "{tally:?}");
        elapsed.as_micros() * 1000 / tally.all() as u128
    });
    println!("{}", fastest.min().unwrap_or_default());
}
