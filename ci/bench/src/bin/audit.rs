//! All mutants of the candidate's answer with a trace, made and judged.
//! `audit ROWS TIMES` prints what 1,000 of them take in microseconds, at the fastest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parity::audit::{Input, Options, audit};
use parity::diagnostic::Source;
use parity::exchange::{Headers, Observation, PerSide};
use parity::suite::read_suite;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (rows, times) = (arguments.next().unwrap_or(12), arguments.next().unwrap_or(20));
    let suite = read_suite(&Source::new("run-trace.toml", include_str!("../../../../fixtures/suites/run-trace.toml")));
    let suite = Arc::new(suite.unwrap_or_else(|errors| panic!("{errors}")));
    let case = suite.cases().into_iter().nth(1).expect("run 34");
    let answer = |body: String| {
        Ok(Observation {
            status: 200,
            headers: Headers(vec![("content-type".into(), "application/json".into())]),
            body: body.into(),
            elapsed: Duration::ZERO,
        })
    };
    let exchange = PerSide {
        legacy: answer(parity_bench::legacy(34, rows)),
        candidate: answer(parity_bench::candidate(34, rows)),
    };
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
