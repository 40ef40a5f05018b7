//! The middle of parity on one exchange: parse, translate, compare, judge.
//! `middle ROWS TIMES [VARIANT]` prints the fastest time in microseconds; a variant is `equal`, `two`, `many`, `gone` or `shuffled`.
//! With no TIMES at all, `middle ROWS 0`, the size of both documents in bytes.

use std::time::Instant;

use parity::exchange::PerSide;
use parity::translate::Detail;
use parity::verdict::{Judge, Verdict};
use parity_bench::run_trace::{RUN, exchange};
use parity_bench::{candidate, legacy};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise| arguments.next().map_or(otherwise, |text| text.parse::<u64>().expect("a number"));
    let (rows, times) = (number(10_000), number(20));
    let variant = arguments.next().unwrap_or_else(|| "equal".to_owned());
    if times == 0 {
        println!("{}", legacy(RUN, rows).len() + candidate(RUN, rows).len());
        return;
    }
    let (suite, case, exchange) = exchange(legacy(RUN, rows), changed(&candidate(RUN, rows), &variant));
    let judge = Judge::new(suite);
    let fastest = (0..times).map(|_| {
        let start = Instant::now();
        let judgement = judge.judge(&case, &exchange, PerSide::default(), Detail::Counts);
        let parity = judgement.verdict == Verdict::Translated;
        assert_eq!(parity, variant == "equal", "{:?}", judgement.differences.first());
        start.elapsed().as_micros()
    });
    println!("{}", fastest.min().unwrap_or_default());
}

fn changed(body: &str, variant: &str) -> String {
    let change = |every: usize| {
        let mut count = 0;
        body.split_inclusive("\"selected\":")
            .map(|part| {
                count += 1;
                if count % every == 0 {
                    part.replace("\"evaluation\":0.9", "\"evaluation\":0.8")
                } else {
                    part.to_owned()
                }
            })
            .collect::<String>()
    };
    let rows = || -> Vec<String> {
        let inner = body.split_once('[').expect("a list").1.trim_end_matches("]}");
        inner.split("},{").map(|row| row.trim_matches(['{', '}']).to_owned()).collect()
    };
    let joined = |rows: Vec<String>| format!("{{\"run_id\":34,\"trace\":[{{{}}}]}}", rows.join("},{"));
    let total = body.matches("\"selected\":").count();
    match variant {
        "equal" => body.to_owned(),
        "two" => change((total / 2).max(1)),
        "many" => change((total / 200).max(1)),
        "gone" => {
            let mut rows = rows();
            rows.remove(rows.len() / 2);
            joined(rows)
        }
        "shuffled" => {
            // A fixed permutation: multiply by a number that shares no factor with the length.
            let rows = rows();
            let step = (rows.len() / 2 + 1..)
                .find(|step| gcd(*step, rows.len()) == 1)
                .expect("there is one");
            joined((0..rows.len()).map(|at| rows[at * step % rows.len()].clone()).collect())
        }
        other => panic!("no variant is called {other}"),
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
