//! The floor: `serde_json` with default features parses both documents into values and compares them with `==`.
//! `floor ROWS TIMES` prints the fastest time in microseconds.

use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (rows, times) = (arguments.next().unwrap_or(10_000), arguments.next().unwrap_or(20));
    let (legacy, candidate) = (parity_bench::legacy(34, rows), parity_bench::candidate(34, rows));
    let fastest = (0..times).map(|_| {
        let start = Instant::now();
        let one: serde_json::Value = serde_json::from_str(&legacy).expect("JSON");
        let other: serde_json::Value = serde_json::from_str(&candidate).expect("JSON");
        assert!(std::hint::black_box(&one) != std::hint::black_box(&other));
        start.elapsed().as_micros()
    });
    println!("{}", fastest.min().unwrap_or_default());
}
