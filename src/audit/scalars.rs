//! Other values in place of one that has no parts.

use unicode_normalization::UnicodeNormalization as _;

use crate::value::{Kind, Number, Value, is_decimal_text, is_integer_text};

use super::class::Class;
use super::equal::equal;

/// Tells every value that stands for this one in a mutant, with its class; what is strictly equal is left out.
pub fn scalar(value: &Value<'_>, tell: &mut dyn FnMut(Class, Value<'static>)) {
    let mut tell = |class, other: Value<'static>| {
        if !equal(value, &other) {
            tell(class, other);
        }
    };
    match value {
        Value::Null => {}
        Value::Bool(yes) => tell(Class::Flipped, Value::Bool(!yes)),
        Value::Number(number) => numbers(number, &mut tell),
        Value::String(text) => texts(text, &mut tell),
        Value::Array(_) | Value::Object(_) => return,
    }
    let from = value.kind();
    for to in [Kind::Null, Kind::Boolean, Kind::Integer, Kind::Number, Kind::String] {
        if from != to {
            tell(Class::Kind { from, to }, turned(value, to));
        }
    }
    if from == Kind::Null {
        // The legacy's way of writing nothing.
        let to = Kind::Array;
        tell(Class::Kind { from, to }, Value::Array(Vec::new()));
    }
}

fn numbers(number: &Number<'_>, tell: &mut dyn FnMut(Class, Value<'static>)) {
    let text = &*number.text;
    if let Some(other) = other_last_digit(text) {
        tell(Class::LastDigit, Value::number(other));
    }
    if let Some(other) = rounded(text) {
        tell(Class::Rounded, Value::number(other));
    }
    let negated = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
    tell(Class::Sign, Value::number(negated));
    tell(Class::Zero, Value::number(if number.is_integer() { "0" } else { "0.0" }));
}

fn texts(text: &str, tell: &mut dyn FnMut(Class, Value<'static>)) {
    let mut tell = |class, other: String| tell(class, Value::string(other));
    if is_decimal_text(text)
        && let Some(other) = other_last_digit(text)
    {
        tell(Class::LastDigit, other);
    }
    tell(Class::TrailingBlank, format!("{text} "));
    tell(Class::LeadingBlank, format!(" {text}"));
    tell(Class::OtherCase, other_case(text));
    tell(Class::NormalForm, other_form(text));
    tell(Class::HtmlEscaped, html_escaped(text));
    tell(Class::HtmlUnescaped, html_unescaped(text));
    if !text.is_empty() {
        tell(Class::TextEmptied, String::new());
        let mut cut = text.to_owned();
        cut.pop();
        if !cut.is_empty() {
            tell(Class::TextCut, cut);
        }
    }
}

/// The nearest value of another kind that a service might answer.
fn turned(value: &Value<'_>, to: Kind) -> Value<'static> {
    let text = match value {
        Value::Null => "",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(number) => &number.text,
        Value::String(text) => text,
        Value::Array(_) | Value::Object(_) => unreachable!("only what has no parts is turned"),
    };
    match to {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(!matches!(text, "" | "0" | "false")),
        Kind::Integer => Value::number(integer_of(text)),
        Kind::Number => Value::number(number_of(text)),
        _ => Value::string(text.to_owned()),
    }
}

fn integer_of(text: &str) -> String {
    match text {
        "true" => "1".to_owned(),
        text if is_plain_integer(text) => text.to_owned(),
        // Numbers that a float does not hold lose digits, as in services that read them so.
        #[expect(clippy::cast_possible_truncation, reason = "what does not fit is the nearest that does")]
        text => (text.parse::<f64>().unwrap_or(0.0) as i64).to_string(),
    }
}

fn number_of(text: &str) -> String {
    match text {
        "true" => "1.0".to_owned(),
        text if is_plain_integer(text) => format!("{text}.0"),
        text => crate::value::json_number_text(text).map_or_else(|| "0.0".to_owned(), |token| token.into_owned()),
    }
}

/// Whether the text is an integer token of JSON.
fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    is_integer_text(digits) && !digits.starts_with('+') && (digits == "0" || !digits.starts_with('0'))
}

/// The number with another last digit: the next higher, for 9 the next lower.
fn other_last_digit(text: &str) -> Option<String> {
    let mantissa = text.find(['e', 'E']).unwrap_or(text.len());
    let at = text[..mantissa].rfind(|c: char| c.is_ascii_digit())?;
    let digit = match text.as_bytes()[at] {
        b'9' => '8',
        other => char::from(other + 1),
    };
    Some(format!("{}{digit}{}", &text[..at], &text[at + 1..]))
}

/// The number as services write it that hold it in 32 bits: the shortest digits that a 32-bit reader takes for it or, where
/// these are the same number, those that a 64-bit reader does.
fn rounded(text: &str) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "the loss is what is wanted")]
    let held = text.parse::<f64>().ok()? as f32;
    if !held.is_finite() {
        return None;
    }
    let shortest = held.to_string();
    let widened = f64::from(held).to_string();
    let same = equal(&Value::number(text), &Value::number(shortest.clone()));
    Some(if same { widened } else { shortest })
}

pub fn other_case(text: &str) -> String {
    let upper = text.to_uppercase();
    if upper == text { text.to_lowercase() } else { upper }
}

fn other_form(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let forms = [text.nfd().collect::<String>(), text.nfc().collect(), text.nfkc().collect()];
    forms.into_iter().find(|form| form != text).unwrap_or_else(|| text.to_owned())
}

const ENTITIES: [(&str, &str); 5] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#039;")];

fn html_escaped(text: &str) -> String {
    ENTITIES
        .iter()
        .fold(text.to_owned(), |text, (plain, entity)| text.replace(plain, entity))
}

fn html_unescaped(text: &str) -> String {
    ENTITIES
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (plain, entity)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::value::{compact, read};

    /// Every mutant of a value, by class.
    fn mutants(text: &str) -> BTreeMap<String, String> {
        let value = read(text.as_bytes()).unwrap();
        let mut found = BTreeMap::new();
        scalar(&value, &mut |class, other| {
            assert!(!equal(&value, &other), "{class}: {text} is {}", compact(&other));
            let text = compact(&other);
            assert_eq!(read(text.as_bytes()).unwrap(), other, "{class} is JSON");
            assert_eq!(found.insert(class.to_string(), text), None, "{class} is made once");
        });
        found
    }

    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(class, other)| ((*class).to_owned(), (*other).to_owned()));
        assert_eq!(mutants(text), expected.collect(), "{text}");
    }

    #[test]
    fn each_class_makes_the_value_that_it_says() {
        check(
            "34",
            &[
                ("last-digit", "35"),
                ("sign", "-34"),
                ("zero", "0"),
                ("integer-to-null", "null"),
                ("integer-to-boolean", "true"),
                ("integer-to-number", "34.0"),
                ("integer-to-string", "\"34\""),
            ],
        );
        check(
            "-0.93",
            &[
                ("last-digit", "-0.94"),
                ("rounded-to-32-bit", "-0.9300000071525574"),
                ("sign", "0.93"),
                ("zero", "0.0"),
                ("number-to-null", "null"),
                ("number-to-boolean", "true"),
                ("number-to-integer", "0"),
                ("number-to-string", "\"-0.93\""),
            ],
        );
        check(
            "true",
            &[
                ("flipped", "false"),
                ("boolean-to-null", "null"),
                ("boolean-to-integer", "1"),
                ("boolean-to-number", "1.0"),
                ("boolean-to-string", "\"true\""),
            ],
        );
        check(
            "null",
            &[
                ("null-to-boolean", "false"),
                ("null-to-integer", "0"),
                ("null-to-number", "0.0"),
                ("null-to-string", "\"\""),
                ("null-to-array", "[]"),
            ],
        );
        check(
            "\"<é> 'x'\"",
            &[
                ("trailing-blank", "\"<é> 'x' \""),
                ("leading-blank", "\" <é> 'x'\""),
                ("other-case", "\"<É> 'X'\""),
                ("normal-form", "\"<e\u{301}> 'x'\""),
                ("html-escaped", "\"&lt;é&gt; &#039;x&#039;\""),
                ("text-cut", "\"<é> 'x\""),
                ("text-emptied", "\"\""),
                ("string-to-null", "null"),
                ("string-to-boolean", "true"),
                ("string-to-integer", "0"),
                ("string-to-number", "0.0"),
            ],
        );
        check(
            "\"571\"",
            &[
                ("last-digit", "\"572\""),
                ("trailing-blank", "\"571 \""),
                ("leading-blank", "\" 571\""),
                ("text-cut", "\"57\""),
                ("text-emptied", "\"\""),
                ("string-to-null", "null"),
                ("string-to-boolean", "true"),
                ("string-to-integer", "571"),
                ("string-to-number", "571.0"),
            ],
        );
    }

    #[test]
    fn what_is_the_same_number_is_no_mutant() {
        let zero = mutants("0");
        assert!(!zero.contains_key("sign") && !zero.contains_key("zero"), "{zero:?}");
        assert!(!mutants("1.0").contains_key("number-to-integer"));
        assert!(!mutants("0.5").contains_key("rounded-to-32-bit"));
        assert!(!mutants("16777216").contains_key("rounded-to-32-bit"));
        assert_eq!(mutants("16777217")["rounded-to-32-bit"], "16777216");
        assert!(!mutants("1e400").contains_key("rounded-to-32-bit"));
    }

    #[test]
    fn odd_spellings_are_changed_into_valid_ones() {
        assert_eq!(mutants("1.5E-5")["last-digit"], "1.6E-5");
        assert_eq!(mutants("19")["last-digit"], "18");
        assert_eq!(mutants("15e-1")["number-to-integer"], "1");
        assert!(!mutants("1e3").contains_key("number-to-integer"), "1000 is the same number");
        assert_eq!(mutants("\".5\"")["string-to-number"], "0.5");
        assert_eq!(mutants("\"007\"")["string-to-integer"], "7");
        assert_eq!(mutants("\"+7\"")["string-to-integer"], "7");
        assert_eq!(mutants("\"A&amp;B\"")["html-unescaped"], "\"A&B\"");
        assert_eq!(mutants("\"e\u{301}\"")["normal-form"], "\"é\"");
        assert_eq!(mutants("\"ﬁ\"")["normal-form"], "\"fi\"");
        assert!(!mutants("\"\"").contains_key("text-emptied"));
    }
}
