//! Arithmetic on decimals with every digit: what tolerances are judged by. Nothing goes through a float, and no number is
//! ever expanded: work grows with the texts of the numbers, not with their exponents.

use std::cmp::Ordering;
use std::fmt;

use crate::value::Decimal;

/// A number from zero up: its digits as one integer, times `10^exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    /// Values 0 to 9, neither the first nor the last of them zero; none for zero.
    digits: Vec<u8>,
    /// The power of ten of the last digit; 0 for zero.
    exponent: i64,
}

/// As many digits of a deviation are shown; what follows is rounded up, so that a tolerance of the shown size holds.
const SHOWN: usize = 12;

/// A distance is exact to so many places below the last digit that matters to the judgement, which needs one.
const BELOW: i64 = 24;

impl Amount {
    /// A decimal without its sign.
    pub fn of(decimal: &Decimal<'_>) -> Self {
        Self::from_digits(decimal.digits().map(|digit| digit - b'0').collect(), lowest(decimal))
    }

    /// Nothing.
    pub const fn zero() -> Self {
        Self {
            digits: Vec::new(),
            exponent: 0,
        }
    }

    /// Reads a decimal text; its sign is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        Decimal::parse(text).as_ref().map(Self::of)
    }

    fn from_digits(mut digits: Vec<u8>, mut exponent: i64) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        while digits.last() == Some(&0) {
            digits.pop();
            exponent += 1;
        }
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Self { digits, exponent }
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The power of ten above the first digit: 3 for 100; the least there is for zero.
    fn magnitude(&self) -> i64 {
        if self.is_zero() {
            i64::MIN
        } else {
            self.exponent.saturating_add(count(self.digits.len()))
        }
    }

    /// The product, with every digit.
    pub fn times(&self, other: &Self) -> Self {
        let mut product = vec![0_u32; self.digits.len() + other.digits.len()];
        for (place, digit) in self.digits.iter().enumerate().rev() {
            for (its_place, its_digit) in other.digits.iter().enumerate().rev() {
                product[place + its_place + 1] += u32::from(*digit) * u32::from(*its_digit);
            }
            // Once for each digit of the one, so that no sum outgrows its place.
            carry(&mut product);
        }
        let digits = product.into_iter().map(|digit| u8::try_from(digit).expect("carried")).collect();
        Self::from_digits(digits, self.exponent.saturating_add(other.exponent))
    }

    /// The quotient to [`SHOWN`] digits, rounded up; `None` when divided by zero.
    pub fn divided_by(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if self.is_zero() {
            return Some(self.clone());
        }
        // Eighteen digits of each, the dividend rounded up and the divisor down: more than are shown.
        let (over, over_exponent) = self.leading(18, true);
        let (under, under_exponent) = other.leading(18, false);
        let quotient = (over * 10_u128.pow(19)).div_ceil(under);
        let digits = quotient.to_string().bytes().map(|digit| digit - b'0').collect();
        let exponent = over_exponent.saturating_sub(under_exponent).saturating_sub(19);
        Some(Self::from_digits(digits, exponent).rounded_up(SHOWN))
    }

    /// The first `count` digits as one integer of that many digits, and its power of ten.
    fn leading(&self, count: usize, up: bool) -> (u128, i64) {
        let rounded = if up { self.rounded_up(count) } else { self.cut(count) };
        let digits = rounded.digits.iter().chain(std::iter::repeat(&0)).take(count);
        let number = digits.fold(0, |number, digit| number * 10 + u128::from(*digit));
        let padded = i64::try_from(count - rounded.digits.len()).expect("a few digits");
        (number, rounded.exponent.saturating_sub(padded))
    }

    fn cut(&self, count: usize) -> Self {
        let kept = self.digits.len().min(count);
        let dropped = i64::try_from(self.digits.len() - kept).expect("a text's length fits");
        Self::from_digits(self.digits[..kept].to_vec(), self.exponent.saturating_add(dropped))
    }

    fn rounded_up(&self, count: usize) -> Self {
        let cut = self.cut(count);
        if self.digits.len() <= count {
            return cut;
        }
        let place = self
            .exponent
            .saturating_add(i64::try_from(self.digits.len() - count).expect("a text's length fits"));
        let mut digits = self.digits[..count].to_vec();
        increment(&mut digits);
        Self::from_digits(digits, place)
    }

    /// Rounded to that many decimal places, half up; never more digits than there are.
    fn rounded_to(&self, places: u32) -> Self {
        let last = -i64::from(places);
        if self.exponent >= last {
            return self.clone();
        }
        let Ok(kept) = usize::try_from(self.magnitude().saturating_sub(last)) else {
            return Self::zero();
        };
        let mut digits = self.digits[..kept].to_vec();
        if self.digits.get(kept).is_some_and(|next| *next >= 5) {
            increment(&mut digits);
        }
        Self::from_digits(digits, last)
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        // Digits of one magnitude are in the order of their numbers, as none ends with a zero.
        self.magnitude()
            .cmp(&other.magnitude())
            .then_with(|| self.digits.cmp(&other.digits))
    }
}

impl fmt::Display for Amount {
    /// To twelve digits, rounded up: `0.0004`, `1.5e-12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.rounded_up(SHOWN);
        let digits: String = shown.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let magnitude = shown.magnitude();
        match magnitude {
            _ if shown.is_zero() => f.write_str("0"),
            -5..=0 => write!(f, "0.{}{digits}", "0".repeat(usize::try_from(-magnitude).unwrap_or_default())),
            1..=18 => {
                let whole = usize::try_from(magnitude).unwrap_or_default();
                match digits.split_at_checked(whole) {
                    Some((whole, "")) => f.write_str(whole),
                    Some((whole, fraction)) => write!(f, "{whole}.{fraction}"),
                    None => write!(f, "{digits:0<whole$}"),
                }
            }
            _ => {
                let (first, rest) = digits.split_at(1);
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "{first}{point}{rest}e{}", magnitude - 1)
            }
        }
    }
}

/// How far apart two numbers are, when that is no more than `limit`; exact, but that what lies far below every digit of the
/// larger number and of the limit is rounded up.
pub(super) fn within(one: &Decimal<'_>, other: &Decimal<'_>, limit: &Amount) -> Option<Amount> {
    let large = if magnitude(one) >= magnitude(other) { one } else { other };
    let gap = magnitude(one).abs_diff(magnitude(other));
    if gap >= 2 && limit.magnitude() <= magnitude(large).saturating_sub(2) {
        // The smaller number takes away less than a tenth: nine tenths of the larger one are more than the limit.
        return None;
    }
    let floor = (gap >= 2).then(|| lowest(large).min(limit.exponent).saturating_sub(BELOW));
    let distance = distance(one, other, floor);
    (distance <= *limit).then_some(distance)
}

/// How far apart two numbers are that are rounded to the same number; as [`within`] is exact.
pub(super) fn rounded_alike(one: &Decimal<'_>, other: &Decimal<'_>, places: u32) -> Option<Amount> {
    let (a, b) = (Amount::of(one).rounded_to(places), Amount::of(other).rounded_to(places));
    let alike = a == b && (a.is_zero() || one.is_negative() == other.is_negative());
    alike.then(|| apart(one, other))
}

/// How far apart two numbers are; as [`within`] is exact.
pub(super) fn apart(one: &Decimal<'_>, other: &Decimal<'_>) -> Amount {
    let large = if magnitude(one) >= magnitude(other) { one } else { other };
    let gap = magnitude(one).abs_diff(magnitude(other));
    distance(one, other, (gap >= 2).then(|| lowest(large).saturating_sub(BELOW)))
}

/// The distance, counted in units of the last digit of the two, but none smaller than `10^floor`: what is smaller is rounded
/// up.
fn distance(one: &Decimal<'_>, other: &Decimal<'_>, floor: Option<i64>) -> Amount {
    let (a, b) = (Amount::of(one), Amount::of(other));
    if a.is_zero() {
        return b;
    }
    if b.is_zero() {
        return a;
    }
    let unit = a.exponent.min(b.exponent).max(floor.unwrap_or(i64::MIN));
    let (large, small) = if a >= b { (a, b) } else { (b, a) };
    let width = usize::try_from(large.magnitude().saturating_sub(unit)).unwrap_or_default() + 1;
    let (mut sum, cut) = large.in_units(unit, width);
    let (part, part_cut) = small.in_units(unit, width);
    // What was cut off counts as a whole unit, unless it is taken away.
    let mut units = u32::from(cut);
    if one.is_negative() == other.is_negative() {
        subtract(&mut sum, &part);
    } else {
        add(&mut sum, &part);
        units += u32::from(part_cut);
    }
    for _ in 0..units {
        increment(&mut sum);
    }
    Amount::from_digits(sum, unit)
}

impl Amount {
    /// In units of `10^unit`, as so many digits, and whether something smaller was cut off.
    fn in_units(&self, unit: i64, width: usize) -> (Vec<u8>, bool) {
        let mut digits = vec![0; width];
        let mut cut = false;
        for (place, digit) in self.digits.iter().rev().enumerate() {
            let power = self.exponent.saturating_add(count(place)).saturating_sub(unit);
            match usize::try_from(power) {
                Ok(power) => digits[width - 1 - power] = *digit,
                Err(_) => cut |= *digit != 0,
            }
        }
        (digits, cut)
    }
}

fn magnitude(decimal: &Decimal<'_>) -> i64 {
    if decimal.is_zero() { i64::MIN } else { decimal.magnitude() }
}

/// The power of ten of the last digit.
fn lowest(decimal: &Decimal<'_>) -> i64 {
    decimal.magnitude().saturating_sub(count(decimal.digit_count()))
}

fn count(length: usize) -> i64 {
    i64::try_from(length).expect("a text's length fits")
}

/// One more in the last place; a digit is added in front where it overflows.
fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}

/// Both of one length, with room in front.
fn add(sum: &mut [u8], part: &[u8]) {
    let mut carry = 0;
    for (digit, other) in sum.iter_mut().zip(part).rev() {
        let value = *digit + other + carry;
        *digit = value % 10;
        carry = value / 10;
    }
}

/// Both of one length, the first not smaller.
fn subtract(sum: &mut [u8], part: &[u8]) {
    let mut borrow = 0;
    for (digit, other) in sum.iter_mut().zip(part).rev() {
        let taken = other + borrow;
        borrow = u8::from(*digit < taken);
        *digit = *digit + 10 * borrow - taken;
    }
}

fn carry(digits: &mut [u32]) {
    let mut carry = 0;
    for digit in digits.iter_mut().rev() {
        let value = *digit + carry;
        *digit = value % 10;
        carry = value / 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal<'_> {
        Decimal::parse(text).unwrap()
    }

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn distances_are_exact() {
        for (one, other, limit, distance) in [
            ("0.93", "0.931", "0.001", Some("0.001")),
            ("0.93", "0.9310000000000000000000000000001", "0.001", None),
            ("1", "-1", "2", Some("2")),
            ("1", "-1", "1.999", None),
            ("0", "0.0005", "0.001", Some("0.0005")),
            ("100", "99.5", "0.5", Some("0.5")),
            ("9007199254740993", "9007199254740992", "1", Some("1")),
            ("1e400", "1.00001e400", "1e395", Some("1e395")),
            ("1e400", "1.00001e400", "1e394", None),
            ("1e400", "1", "1e400", Some("1e400")),
            ("1e400", "-1", "1e400", None),
            ("1", "1e-999999999", "1", Some("1")),
            ("1", "-1e-999999999", "1", None),
            ("1e999999999", "1", "5", None),
            ("1e999999999", "1e-999999999", "1e1000000001", Some("1e999999999")),
            ("99", "1", "97.99", None),
            ("99", "1", "98", Some("98")),
            ("123456789012.3456", "0", "1e12", Some("123456789013")),
        ] {
            let found = within(&decimal(one), &decimal(other), &amount(limit)).map(|amount| amount.to_string());
            assert_eq!(found.as_deref(), distance, "{one} {other} {limit}");
            let found = within(&decimal(other), &decimal(one), &amount(limit)).map(|amount| amount.to_string());
            assert_eq!(found.as_deref(), distance, "{other} {one} {limit}");
        }
    }

    #[test]
    fn decimal_places_are_rounded_half_away_from_zero() {
        for (one, other, places, alike) in [
            ("0.1234565", "0.123457", 6, true),
            ("0.1234564", "0.123457", 6, false),
            ("-0.1234565", "-0.123457", 6, true),
            ("0.4", "-0.4", 0, true),
            ("0.5", "-0.5", 0, false),
            ("0.9999999", "1", 6, true),
            ("99.5", "100", 0, true),
            ("1e999999999", "1e999999999", 2, true),
            ("1e-999999999", "0", 2, true),
            ("1e-999999999", "1e-99999", 2, true),
            ("123", "124", 0, false),
        ] {
            assert_eq!(
                rounded_alike(&decimal(one), &decimal(other), places).is_some(),
                alike,
                "{one} {other} {places}"
            );
        }
    }

    #[test]
    fn quotients_are_rounded_up() {
        for (over, under, quotient) in [
            ("1", "3", "0.333333333334"),
            ("2", "4", "0.5"),
            ("1e-9", "2", "5e-10"),
            ("1", "1e400", "1e-400"),
            ("0", "5", "0"),
        ] {
            assert_eq!(
                amount(over).divided_by(&amount(under)).unwrap().to_string(),
                quotient,
                "{over} / {under}"
            );
        }
        assert_eq!(amount("1").divided_by(&amount("0")), None);
    }

    #[test]
    fn amounts_are_written_plainly() {
        for (text, shown) in [
            ("0", "0"),
            ("0.00040", "0.0004"),
            ("0.00000004", "4e-8"),
            ("1500", "1500"),
            ("12.5", "12.5"),
            ("1.5e30", "1.5e30"),
            ("0.1234567890123", "0.123456789013"),
            ("999999999999.5", "1000000000000"),
        ] {
            assert_eq!(amount(text).to_string(), shown, "{text}");
        }
    }

    fn small() -> impl Strategy<Value = (i64, u32, String)> {
        (-99_999_i64..100_000, 0..4_u32).prop_map(|(digits, places)| {
            let text = format!("{digits}e-{places}");
            (digits, places, text)
        })
    }

    proptest! {
        #[test]
        fn agrees_with_whole_numbers((a, ap, at) in small(), (b, bp, bt) in small(), (t, tp, tt) in small()) {
            let scaled = |digits: i64, places: u32| i128::from(digits) * 10_i128.pow(3 - places.min(3));
            let distance = (scaled(a, ap) - scaled(b, bp)).abs();
            let found = within(&decimal(&at), &decimal(&bt), &amount(&tt));
            prop_assert_eq!(found.is_some(), distance <= scaled(t, tp).abs());
            if let Some(found) = found {
                prop_assert_eq!(found, amount(&format!("{distance}e-3")));
            }
        }

        #[test]
        fn products_agree_with_whole_numbers(a in 0..1_000_000_000_u64, b in 0..1_000_000_000_u64) {
            prop_assert_eq!(amount(&a.to_string()).times(&amount(&b.to_string())), amount(&(u128::from(a) * u128::from(b)).to_string()));
        }

        #[test]
        fn rounding_agrees_with_whole_numbers((a, ap, at) in small(), places in 0..3_u32) {
            let thousandths = i128::from(a).abs() * 10_i128.pow(3 - ap.min(3));
            let unit = 10_i128.pow(3 - places);
            let rounded = (thousandths + unit / 2) / unit * unit;
            prop_assert_eq!(Amount::of(&decimal(&at)).rounded_to(places), amount(&format!("{rounded}e-3")));
        }

        #[test]
        fn what_is_shown_is_never_less_than_it_is(digits in "[1-9][0-9]{0,30}", exponent in -40..40_i32) {
            let exact = amount(&format!("{digits}e{exponent}"));
            let shown = amount(&exact.to_string());
            prop_assert!(shown >= exact);
            prop_assert!(digits.len() > 12 || shown == exact);
        }

        #[test]
        fn a_gap_of_any_size_is_judged(exponent in -60..60_i32, digits in 1..999_i64, t in 1..99_i64, te in -62..62_i32) {
            // Against a number of one digit, with all digits written out.
            let plain = |digits: i64, exponent: i32| i128::from(digits).checked_mul(10_i128.checked_pow(u32::try_from(exponent + 10).ok()?)?);
            let (one, other, limit) = (plain(1, 0), plain(digits, exponent), plain(t, te));
            let found = within(&decimal("1"), &decimal(&format!("{digits}e{exponent}")), &amount(&format!("{t}e{te}")));
            if let (Some(one), Some(other), Some(limit)) = (one, other, limit) {
                prop_assert_eq!(found.is_some(), (one - other).abs() <= limit);
            }
        }
    }
}
