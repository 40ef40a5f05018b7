//! Made-up run traces of any length, the same on every machine.

use std::fmt::Write as _;

#[cfg(feature = "middle")]
pub mod run_trace;

/// A trace as the legacy writes it: everything is text.
#[must_use]
pub fn legacy(run_id: u64, rows: u64) -> String {
    let mut body = format!("{{\"trace\":{{\"run_id\":\"{run_id}\",\"trace_iteration\":[");
    for row in 0..rows {
        let comma = if row > 0 { "," } else { "" };
        write!(
            body,
            "{comma}{{\"repeat\":\"{}\",\"fold\":\"{}\",\"iteration\":\"{}\",\"setup_string\":\"{{\\\"parameter_C\\\": \\\"0.{row}\\\", \\\"parameter_kernel\\\": \\\"rbf\\\"}}\",\"evaluation\":\"0.9{row}0\",\"selected\":\"{}\"}}",
            row / 100,
            row / 10 % 10,
            row % 10,
            row % 3 == 0
        )
        .expect("writing to a String");
    }
    body.push_str("]}}");
    body
}

/// The same trace as the candidate answers it: typed.
#[must_use]
pub fn candidate(run_id: u64, rows: u64) -> String {
    let mut body = format!("{{\"run_id\":{run_id},\"trace\":[");
    for row in 0..rows {
        let comma = if row > 0 { "," } else { "" };
        write!(
            body,
            "{comma}{{\"repeat\":{},\"fold\":{},\"iteration\":{},\"setup_string\":\"{{\\\"parameter_C\\\": \\\"0.{row}\\\", \\\"parameter_kernel\\\": \\\"rbf\\\"}}\",\"evaluation\":0.9{row},\"selected\":{}}}",
            row / 100,
            row / 10 % 10,
            row % 10,
            row % 3 == 0
        )
        .expect("writing to a String");
    }
    body.push_str("]}");
    body
}
