//! The floor of one mutant: `serde_json` with default features parses the candidate's answer into a value.
//! `parse ROWS TIMES` prints what 1,000 of them take in microseconds, at the fastest.

use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (rows, times) = (arguments.next().unwrap_or(12), arguments.next().unwrap_or(20));
    let body = parity_bench::candidate(34, rows);
    let fastest = (0..times).map(|_| {
        let start = Instant::now();
        for _ in 0..1000 {
            let value: serde_json::Value = serde_json::from_str(std::hint::black_box(&body)).expect("JSON");
            std::hint::black_box(value);
        }
        start.elapsed().as_micros()
    });
    println!("{}", fastest.min().unwrap_or_default());
}
