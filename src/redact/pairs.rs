//! `name=value` pairs: queries, forms, cookies.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// One pair as it is written; without `=` the value is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<'t> {
    pub name: &'t str,
    pub value: &'t str,
}

/// The pairs of a query or form.
pub(super) fn parameters(text: &str) -> impl Iterator<Item = Pair<'_>> {
    text.split('&').map(pair)
}

/// The pairs of a `Cookie` header, or the pair and the attributes of a `Set-Cookie` header.
pub(super) fn cookies(text: &str) -> impl Iterator<Item = Pair<'_>> {
    text.split(';').map(|part| pair(part.trim()))
}

/// The text with the values of some names replaced, and everything else as it is; empty values stay empty.
pub(super) fn replace(text: &str, separator: char, secret: impl Fn(&str) -> bool, mask: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split(separator).enumerate() {
        if index > 0 {
            out.push(separator);
        }
        match part.split_once('=') {
            Some((name, value)) if !value.is_empty() && secret(name.trim()) => {
                out.push_str(name);
                out.push('=');
                out.push_str(&mask(value));
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// A name or value as it was meant: `+` is a blank, `%XX` a byte.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let blanks = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&blanks).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn pair(part: &str) -> Pair<'_> {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    Pair { name, value }
}
