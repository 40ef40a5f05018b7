//! The text that stands for a secret.

use std::borrow::Cow;

/// What every masked value begins with.
pub const MASKED: &str = "masked:";

/// The key of the digests; random for every record and never stored.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of these bytes, for results that must repeat: tests, and matching of requests.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new key from the operating system's random numbers.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// `masked:` and 16 hexadecimal digits; a value that is masked already stays what it is.
    pub(super) fn mask(&self, secret: &[u8]) -> String {
        if is_masked(secret) {
            return String::from_utf8_lossy(secret).into_owned();
        }
        let digest = blake3::keyed_hash(&self.0, secret).to_hex();
        format!("{MASKED}{}", &digest[..DIGITS])
    }
}

const DIGITS: usize = 16;

/// A text with the digests taken off its masks: for what outlives a record, and with it the key that made them.
#[must_use]
pub fn without_digests(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(MASKED) {
        let end = at + MASKED.len() + DIGITS;
        if rest.as_bytes().get(at..end).is_some_and(is_masked) {
            out.push_str(&rest[..at]);
            out.push_str("masked");
            rest = &rest[end..];
        } else {
            let (before, after) = rest.split_at(at + MASKED.len());
            out.push_str(before);
            rest = after;
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether a value is a mask, whole: a secret that only begins like one is none.
pub(super) fn is_masked(value: &[u8]) -> bool {
    value
        .strip_prefix(MASKED.as_bytes())
        .is_some_and(|digest| digest.len() == DIGITS && digest.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// Whether a text is the digest of a secret or of a private value, and nothing else.
#[must_use]
pub fn is_mask(text: &str) -> bool {
    is_masked(text.as_bytes())
}

/// Whether a body is the digest of one, with its size.
#[must_use]
pub fn is_body_digest(body: &[u8]) -> bool {
    let size = body.split_at_checked(MASKED.len() + DIGITS).filter(|(mask, _)| is_masked(mask));
    let size = size.and_then(|(_, size)| size.strip_prefix(b" (")?.strip_suffix(b" bytes)"));
    size.is_some_and(|size| !size.is_empty() && size.iter().all(u8::is_ascii_digit))
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_have_equal_masks_under_one_key_only() {
        let (one, other) = (Key::new([1; 32]), Key::new([2; 32]));
        assert_eq!(one.mask(b"secret"), one.mask(b"secret"));
        assert_ne!(one.mask(b"secret"), one.mask(b"Secret"));
        assert_ne!(one.mask(b"secret"), other.mask(b"secret"));
        assert_ne!(Key::random().unwrap().mask(b"x"), Key::random().unwrap().mask(b"x"));
        assert_eq!(format!("{one:?}"), "Key");
    }

    #[test]
    fn digests_are_taken_off_whole_masks_only() {
        let mask = Key::new([1; 32]).mask(b"secret");
        assert_eq!(without_digests(&format!("a {mask}, {mask}")), "a masked, masked");
        for text in ["", "nothing here", "masked:", "masked: yes", "masked:0123456789abcdeg", "masked:é"] {
            assert_eq!(without_digests(text), text);
        }
        assert_eq!(without_digests(&format!("masked:x {mask}")), "masked:x masked");
    }

    #[test]
    fn the_digest_of_a_body_is_known() {
        let mask = Key::new([1; 32]).mask(b"secret");
        assert!(is_mask(&mask) && !is_mask(&format!("{mask} ")));
        assert!(is_body_digest(format!("{mask} (12 bytes)").as_bytes()));
        for other in [
            "",
            &mask,
            &format!("{mask} ( bytes)"),
            &format!("{mask} (12 bytes) "),
            "{\"a\":\"masked:0123456789abcdef (1 bytes)\"}",
        ] {
            assert!(!is_body_digest(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn masking_twice_is_masking_once_and_a_look_alike_is_masked() {
        let key = Key::new([1; 32]);
        let mask = key.mask(b"secret");
        assert_eq!(mask.len(), MASKED.len() + 16);
        assert_eq!(key.mask(mask.as_bytes()), mask);
        assert_ne!(key.mask(b"masked:hunter2"), "masked:hunter2");
    }
}
