//! How far two numbers may be apart.

use crate::value::Decimal;

use super::comparer::Act;
use super::exact::{Amount, apart, rounded_alike, within};

/// How far apart two numbers are, when the tolerance excuses that; in the tolerance's own measure.
///
/// Numbers are held apart by their texts, with every digit. A number whose exponent has more digits than an `i64` is excused
/// by none.
pub(super) fn excused(act: &Act, expected: &str, got: &str) -> Option<Amount> {
    let (a, b) = (Decimal::parse(expected)?, Decimal::parse(got)?);
    match act {
        Act::Absolute(limit) => within(&a, &b, limit),
        Act::Relative(part) => {
            let size = Amount::of(&a);
            within(&a, &b, &part.times(&size))?.divided_by(&size)
        }
        Act::Decimals(places) => rounded_alike(&a, &b, *places),
        Act::Float64 => {
            let float = |text: &str| text.parse::<f64>().ok().filter(|float| float.is_finite());
            let (one, other) = (float(expected)?, float(got)?);
            // Equal as floats, and not nearly so.
            (one.to_bits() == other.to_bits() || (one == 0.0 && other == 0.0)).then(|| apart(&a, &b))
        }
        Act::Declared(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn each_measure_excuses_what_it_says() {
        let absolute = |limit| Act::Absolute(amount(limit));
        let relative = |part| Act::Relative(amount(part));
        for (act, expected, got, deviation) in [
            (absolute("0.001"), "0.93", "0.9301", Some("0.0001")),
            (absolute("0.001"), "0.93", "0.931", Some("0.001")),
            (absolute("0.001"), "0.93", "0.93100000000000000000001", None),
            (absolute("1"), "1e400", "1e400", Some("0")),
            (relative("0.01"), "200", "202", Some("0.01")),
            (relative("0.01"), "200", "202.0000001", None),
            (relative("0.01"), "-200", "-198", Some("0.01")),
            (relative("0.01"), "0", "1e-300", None),
            (relative("1e-9"), "1e400", "1.000000001e400", Some("1e-9")),
            (relative("2"), "1", "-1", Some("2")),
            (Act::Decimals(2), "0.93", "0.9349999", Some("0.0049999")),
            (Act::Decimals(2), "0.93", "0.935", None),
            (
                Act::Float64,
                "0.1",
                "0.1000000000000000055511151231257827",
                Some("5.55111512313e-18"),
            ),
            (Act::Float64, "0.1", "0.10000000000000002", None),
            (Act::Float64, "9007199254740993", "9007199254740992", Some("1")),
            (Act::Float64, "1e400", "1e401", None),
            (Act::Float64, "0", "-1e-999", Some("1e-999")),
        ] {
            let found = excused(&act, expected, got).map(|deviation| deviation.to_string());
            assert_eq!(found.as_deref(), deviation, "{act:?} {expected} {got}");
        }
    }

    proptest! {
        #[test]
        fn the_largest_deviation_is_a_tolerance_that_holds(
            expected in "-?[1-9][0-9]{0,3}(\\.[0-9]{1,25})?", got in "-?[1-9][0-9]{0,3}(\\.[0-9]{1,25})?", limit in "[1-9][0-9]{0,2}(\\.[0-9]{1,4})?",
        ) {
            for act in [Act::Absolute(amount(&limit)), Act::Relative(amount(&limit))] {
                let Some(deviation) = excused(&act, &expected, &got) else { continue };
                let tightened = amount(&deviation.to_string());
                let tightened = if matches!(act, Act::Absolute(_)) { Act::Absolute(tightened) } else { Act::Relative(tightened) };
                prop_assert!(excused(&tightened, &expected, &got).is_some(), "{:?}", tightened);
            }
        }

        #[test]
        fn equal_numbers_are_no_deviation(number in "-?[1-9][0-9]{0,30}(\\.[0-9]{1,25})?(e-?[0-9]{1,3})?") {
            let deviation = excused(&Act::Absolute(amount("1e-99")), &number, &number);
            prop_assert_eq!(deviation, Some(Amount::zero()));
        }
    }
}
