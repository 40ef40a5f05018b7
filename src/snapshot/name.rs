//! Names of snapshot files: safe on every file system, stable, readable where the text allows it.
//!
//! Lower-case ASCII letters, digits and `_ - = , .` stand as they are. An upper-case letter is its lower-case one behind a
//! `^`, because file systems may not tell them apart; everything else is percent-encoded byte by byte. What is too long for a
//! file name keeps its beginning, and a digest stands for the rest. Two cases of a suite never share a file.

use std::fmt::Write as _;

use crate::suite::{Binding, Case};

/// The file of a case's approved snapshot, relative to the snapshot folder, with `/` between its two parts:
/// `run-trace/run_id=34.snap`.
#[must_use]
pub fn file(case: &Case) -> String {
    format!("{}/{}.snap", folder(&case.suite), stem(&case.binding))
}

/// The folder of a suite's snapshots.
#[must_use]
pub fn folder(suite: &str) -> String {
    let mut name = String::with_capacity(suite.len());
    push_encoded(&mut name, suite, "");
    finish(name, suite)
}

/// The longest name without its ending; with `.snap.new` it stays below the shortest limit in use (143 bytes, eCryptfs).
const LONGEST: usize = 133;

/// How much of a name that is too long is kept.
const KEPT: usize = 100;

/// The file name of a case within its suite, without its ending.
fn stem(binding: &Binding) -> String {
    let mut name = String::new();
    for (index, bound) in binding.0.iter().enumerate() {
        if index > 0 {
            name.push(',');
        }
        // A `,` or `=` inside a value is encoded: else `a=1,b=2` could be one parameter or two.
        push_encoded(&mut name, &bound.name, ",=");
        name.push('=');
        push_encoded(&mut name, &bound.value, ",=");
    }
    let whole = name.clone();
    finish(name, &whole)
}

fn push_encoded(out: &mut String, text: &str, also: &str) {
    for c in text.chars() {
        match c {
            c if also.contains(c) => push_bytes(out, c),
            'a'..='z' | '0'..='9' | '_' | '-' | '=' | ',' | '.' => out.push(c),
            'A'..='Z' => {
                out.push('^');
                out.push(c.to_ascii_lowercase());
            }
            c => push_bytes(out, c),
        }
    }
}

fn push_bytes(out: &mut String, c: char) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        write!(out, "%{byte:02x}").expect("writing to a String");
    }
}

/// Cares for names that mean something as a whole: none at all, hidden ones, device names, folders that are never searched.
fn finish(mut name: String, original: &str) -> String {
    if name.is_empty() {
        return ONLY.to_owned();
    }
    if name.len() > LONGEST {
        let digest = blake3::hash(original.as_bytes()).to_hex();
        let mut end = KEPT;
        // The cut never goes through an escape: at most two characters stand behind its `%`, one behind its `^`.
        if let Some(at) = name[..end].rfind(['%', '^']).filter(|at| end - at < 3) {
            end = at;
        }
        name.truncate(end);
        // `~` is no character of a whole name, so that none can be mistaken for a shortened one.
        write!(name, "~{}", &digest.as_str()[..32]).expect("writing to a String");
    }
    let first_part = name.split('.').next().unwrap_or_default();
    let special = name.starts_with(['.', '-']) || name == ONLY || NEVER_SEARCHED.contains(&name.as_str()) || is_device(first_part);
    if special {
        let first = name.remove(0);
        name.insert_str(0, &format!("%{:02x}", u32::from(first)));
    }
    if name.ends_with('.') {
        name.pop();
        name.push_str("%2e");
    }
    name
}

/// The name of the only case of a suite without parameters.
const ONLY: &str = "case";

/// Folders that `cargo insta` passes by.
const NEVER_SEARCHED: [&str; 1] = ["target"];

/// Names that Windows keeps for devices, whatever ending follows.
fn is_device(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"con" | b"prn" | b"aux" | b"nul" | [b'c', b'o', b'm', b'0'..=b'9'] | [b'l', b'p', b't', b'0'..=b'9']
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Bound;
    use proptest::prelude::*;

    fn case(suite: &str, bound: &[(&str, &str)]) -> Case {
        Case {
            suite: suite.into(),
            binding: Binding(
                bound
                    .iter()
                    .map(|(name, value)| Bound {
                        name: (*name).into(),
                        value: (*value).into(),
                        is: None,
                    })
                    .collect(),
            ),
        }
    }

    #[test]
    fn harmless_names_are_read_as_they_are() {
        assert_eq!(file(&case("run-trace", &[("run_id", "34")])), "run-trace/run_id=34.snap");
        assert_eq!(file(&case("list", &[("page", "2"), ("q", "a.b")])), "list/page=2,q=a.b.snap");
        assert_eq!(file(&case("health", &[])), "health/case.snap");
    }

    #[test]
    fn everything_else_is_made_safe() {
        for (value, name) in [
            ("", "v="),
            ("..", "v=.%2e"),
            ("../../etc/passwd", "v=..%2f..%2fetc%2fpasswd"),
            ("a\\b:c*?", "v=a%5cb%3ac%2a%3f"),
            ("Iris", "v=^iris"),
            ("日本", "v=%e6%97%a5%e6%9c%ac"),
            ("a b\n", "v=a%20b%0a"),
            ("1,w=2", "v=1%2cw%3d2"),
            ("~%^", "v=%7e%25%5e"),
        ] {
            assert_eq!(stem(&case("s", &[("v", value)]).binding), name, "{value:?}");
        }
    }

    #[test]
    fn special_names_lose_their_meaning() {
        for (suite, name) in [
            ("", "case"),
            ("case", "%63ase"),
            ("target", "%74arget"),
            (".git", "%2egit"),
            ("..", "%2e%2e"),
            (".", "%2e"),
            ("-x", "%2dx"),
            ("con", "%63on"),
            ("com1.x", "%63om1.x"),
            ("console", "console"),
            ("CON", "^c^o^n"),
            ("a.", "a%2e"),
        ] {
            assert_eq!(folder(suite), name, "{suite:?}");
        }
    }

    #[test]
    fn long_names_keep_their_beginning_and_a_digest() {
        let name = stem(&case("s", &[("v", &"é".repeat(300))]).binding);
        assert_eq!(name.len(), 2 + 16 * 6 + 1 + 32);
        assert!(name.starts_with("v=%c3%a9%c3%a9"), "{name}");
        assert_ne!(name, stem(&case("s", &[("v", &"é".repeat(301))]).binding));
        assert_eq!(stem(&case("s", &[("v", &"x".repeat(131))]).binding).len(), LONGEST);
        assert!(stem(&case("s", &[("v", &"x".repeat(132))]).binding).contains('~'));
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[aAbB%^~.,=_/-]{0,6}",
            "[a-c]{120,140}",
            "(con|nul|com1|case|target|CON)\\.?"
        ]
    }

    /// What the least careful file system in use makes of a name.
    fn as_windows_sees_it(name: &str) -> String {
        name.trim_end_matches(['.', ' ']).to_lowercase()
    }

    fn assert_safe(name: &str) {
        assert!(!name.is_empty() && name.len() <= LONGEST + 4, "{name}");
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-=,.%^~".contains(&b)),
            "{name}"
        );
        assert!(!name.starts_with(['.', '-']) && !name.ends_with('.'), "{name}");
        assert!(!is_device(name.split('.').next().unwrap()), "{name}");
        assert!(name != "target", "{name}");
    }

    proptest! {
        #[test]
        fn names_are_safe_and_no_two_texts_share_one(a in texts(), b in texts()) {
            assert_safe(&folder(&a));
            prop_assert_eq!(as_windows_sees_it(&folder(&a)) == as_windows_sees_it(&folder(&b)), a == b, "{} {}", a, b);
        }

        #[test]
        fn no_two_bindings_share_a_file(a in texts(), b in texts(), c in texts(), d in texts()) {
            let one = case("s", &[("v", &a), ("w", &b)]);
            let other = case("s", &[("v", &c), ("w", &d)]);
            assert_safe(&stem(&one.binding));
            prop_assert_eq!(as_windows_sees_it(&file(&one)) == as_windows_sees_it(&file(&other)), (a, b) == (c, d));
        }
    }
}
