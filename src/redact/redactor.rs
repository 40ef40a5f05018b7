//! Finding secrets in one exchange, and masking them everywhere in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use super::mask::{Key, is_body_digest, is_masked};
use super::members;
use super::names::SecretNames;
use super::pairs::{self, Pair};
use super::spellings::spellings;
use super::tokens;

/// Knows which names hold secrets, and the secrets that were given.
#[derive(Debug, Clone)]
pub struct Redactor {
    key: Key,
    names: SecretNames,
    given: Vec<Secret>,
    /// What the last exchange was looked through with: the next one holds the same secrets more often than not.
    last: Arc<Mutex<Option<Last>>>,
}

/// A finder, and what was learned of the exchange for which it was made.
#[derive(Debug)]
struct Last {
    learned: Learned,
    finder: Arc<Finder>,
}

/// Secrets that were learned, with their texts.
type Learned = BTreeMap<String, Secret>;

/// The secrets of one exchange: learn from all of its parts first, then mask each.
#[derive(Debug, Clone)]
pub struct Masks<'r> {
    redactor: &'r Redactor,
    learned: Learned,
    /// Declared secrets with their labels.
    declared: BTreeMap<String, String>,
    /// Finds all of them in one pass; made when it is first needed.
    finder: OnceLock<Arc<Finder>>,
}

/// Finds every spelling of every known secret.
#[derive(Debug, Clone)]
struct Finder {
    /// The longest of several that begin at one place: nothing of it may be left behind a shorter one's mask.
    spellings: AhoCorasick,
    /// The mask of each spelling.
    masks: Vec<String>,
    /// The mask of each spelling, by the spelling.
    whole: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Secret {
    spellings: Vec<String>,
    mask: String,
}

/// Shorter values are masked where they stand by their name, and are not looked for anywhere else: `ok` or `true` is part
/// of too much that is no secret.
const SHORTEST: usize = 6;

/// The same for what somebody declared to be a secret: it is looked for, unless it is part of everything. As the whole of a
/// value it is found however short it is.
const SHORTEST_DECLARED: usize = 4;

/// The same for cookies, most of which are no secrets (`theme=classic`) but must be taken for such.
const SHORTEST_COOKIE: usize = 16;

impl Redactor {
    /// A redactor; `given` are secrets known beforehand, such as passwords of the environment.
    #[must_use]
    pub fn new(key: Key, names: SecretNames, given: impl IntoIterator<Item = String>) -> Self {
        let given = given.into_iter().filter(|text| text.len() >= SHORTEST);
        Self {
            given: given.map(|text| Secret::new(&key, &text)).collect(),
            key,
            names,
            last: Arc::default(),
        }
    }

    /// What is secret in an address, to be given: its password, or a user without one, and the two as they are sent.
    #[must_use]
    pub fn secrets_of(base: &Url) -> Vec<String> {
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let user = decoded(base.username());
        match base.password() {
            None if user.is_empty() => Vec::new(),
            None => vec![BASE64_STANDARD.encode(format!("{user}:")), user],
            Some(password) => {
                let password = decoded(password);
                vec![BASE64_STANDARD.encode(format!("{user}:{password}")), password]
            }
        }
    }

    /// An address without its user and password.
    #[must_use]
    pub fn address(base: &Url) -> String {
        let mut base = base.clone();
        // Both fail only where there is no host, and then there is no password either.
        let _ = base.set_password(None);
        let _ = base.set_username("");
        base.into()
    }

    /// The masks of an exchange of which nothing is known yet: those of the given secrets.
    #[must_use]
    pub fn masks(&self) -> Masks<'_> {
        Masks {
            redactor: self,
            learned: Learned::new(),
            declared: BTreeMap::new(),
            finder: OnceLock::new(),
        }
    }

    /// What finds these and the given secrets.
    fn finder(&self, learned: &Learned) -> Arc<Finder> {
        // A panic between lock and unlock leaves what was there.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(last) if last.learned == *learned => Arc::clone(&last.finder),
            _ => {
                let finder = Arc::new(Finder::new(learned.values().chain(&self.given)));
                *last = Some(Last {
                    learned: learned.clone(),
                    finder: Arc::clone(&finder),
                });
                finder
            }
        }
    }
}

impl Masks<'_> {
    /// Learns the secrets of a request's or an answer's headers.
    pub fn learn_headers(&mut self, headers: &[(String, String)]) {
        for (name, value) in headers.iter().filter(|(name, _)| self.redactor.names.header(name)) {
            match name.to_ascii_lowercase().as_str() {
                "cookie" => pairs::cookies(value).for_each(|pair| self.learn(pair.value, SHORTEST_COOKIE)),
                "set-cookie" => {
                    if let Some(pair) = pairs::cookies(value).next() {
                        self.learn(pair.value, SHORTEST_COOKIE);
                    }
                }
                "authorization" | "proxy-authorization" => self.learn_credentials(value),
                _ => self.learn(value, SHORTEST),
            }
        }
    }

    /// Learns the secrets of a target's query.
    pub fn learn_target(&mut self, target: &str) {
        if let Some((_, query)) = target.split_once('?') {
            self.learn_pairs(query);
        }
    }

    /// Learns the secrets of a body: members of JSON, parameters of forms.
    pub fn learn_body(&mut self, content_type: Option<&str>, body: &[u8]) {
        let Ok(text) = std::str::from_utf8(body) else {
            return;
        };
        if is_form(content_type) {
            self.learn_pairs(text);
        } else {
            let names = &self.redactor.names;
            for value in members::of(text, |name| names.parameter(name)) {
                if let Some(secret) = value.text {
                    self.learn(&secret, SHORTEST);
                }
            }
        }
    }

    /// Learns a private value, which may be quoted anywhere.
    pub fn learn_private(&mut self, text: &str) {
        self.learn(text, SHORTEST);
    }

    /// The secrets that were learned.
    pub fn learned(&self) -> impl Iterator<Item = &str> {
        self.learned.keys().map(String::as_str)
    }

    /// Learns a secret that was declared as such, and the label that stands in its place.
    pub fn learn_label(&mut self, secret: &str, label: &str) {
        self.declared.insert(secret.to_owned(), label.to_owned());
        self.finder.take();
        if secret.len() >= SHORTEST_DECLARED {
            self.learned.insert(
                secret.to_owned(),
                Secret {
                    spellings: spellings(secret),
                    mask: label.to_owned(),
                },
            );
        }
    }

    /// What stands for a private value.
    #[must_use]
    pub fn digest(&self, value: &[u8]) -> String {
        self.redactor.key.mask(value)
    }

    /// What stands for a private body.
    #[must_use]
    pub fn body_digest(&self, body: &[u8]) -> String {
        if is_body_digest(body) {
            return String::from_utf8_lossy(body).into_owned();
        }
        format!("{} ({} bytes)", self.digest(body), body.len())
    }

    /// The headers with every secret masked; names, and the attributes of cookies, stay readable.
    #[must_use]
    pub fn headers(&self, headers: &[(String, String)]) -> Vec<(String, String)> {
        let masked = headers.iter().map(|(name, value)| (name.clone(), self.header(name, value)));
        masked.collect()
    }

    /// A target with every secret masked.
    #[must_use]
    pub fn target(&self, target: &str) -> String {
        match target.split_once('?') {
            Some((path, query)) => format!("{}?{}", self.text(path), self.pairs(query)),
            None => self.text(target).into_owned(),
        }
    }

    /// A body with every secret masked.
    #[must_use]
    pub fn body<'b>(&self, content_type: Option<&str>, body: &'b [u8]) -> Cow<'b, [u8]> {
        let Ok(text) = std::str::from_utf8(body) else {
            return self.finder().replace(body);
        };
        let named = if is_form(content_type) {
            Cow::Owned(self.pairs(text))
        } else {
            let names = &self.redactor.names;
            members::replace(text, |name| names.parameter(name), |secret| self.mask(secret))
        };
        let replaced = if tokens::looks_like_json(text) {
            match named {
                Cow::Borrowed(text) => self.document(text),
                Cow::Owned(text) => Cow::Owned(self.document(&text).into_owned()),
            }
        } else {
            match named {
                Cow::Borrowed(text) => self.text(text),
                Cow::Owned(text) => Cow::Owned(self.text(&text).into_owned()),
            }
        };
        match replaced {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }
    }

    /// JSON text with every known secret masked: inside strings, and as the whole of any other scalar.
    #[must_use]
    pub fn document<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let finder = self.finder();
        if !finder.finds(text.as_bytes()) && self.declared.is_empty() {
            return Cow::Borrowed(text);
        }
        let string = |inner: &str| {
            let decoded = if inner.contains('\\') {
                serde_json::from_str::<Cow<'_, str>>(&format!("\"{inner}\"")).ok()
            } else {
                Some(Cow::Borrowed(inner))
            };
            if let Some(label) = decoded.and_then(|decoded| self.declared.get(&*decoded)) {
                return Some(label.clone());
            }
            match finder.replace(inner.as_bytes()) {
                Cow::Borrowed(_) => None,
                Cow::Owned(bytes) => Some(as_text(bytes)),
            }
        };
        let whole = |token: &str| {
            if let Some(label) = self.declared.get(token).or_else(|| finder.whole.get(token)) {
                return Some(format!("\"{label}\""));
            }
            // A secret is no part of a number; what is no JSON may hold one anywhere.
            let plain = matches!(token, "true" | "false" | "null") || token.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            match (!plain).then(|| finder.replace(token.as_bytes())) {
                Some(Cow::Owned(bytes)) => Some(as_text(bytes)),
                _ => None,
            }
        };
        let replaced = tokens::replace(text, string, whole);
        // What is no JSON is no string where it seems to be one.
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
            return Cow::Owned(self.text(&replaced).into_owned());
        }
        replaced
    }

    /// The value of a parameter of that name, masked as it would be in a query.
    #[must_use]
    pub fn parameter<'t>(&self, name: &str, value: &'t str) -> Cow<'t, str> {
        if self.redactor.names.parameter(name) && !value.is_empty() {
            return Cow::Owned(self.mask(value.as_bytes()));
        }
        self.text(value)
    }

    /// Any text with every known secret masked.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.finder().replace(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(bytes) => Cow::Owned(as_text(bytes)),
        }
    }

    /// The mask of a value that is a secret by its name; a label is no secret any more.
    fn mask(&self, secret: &[u8]) -> String {
        match std::str::from_utf8(secret) {
            Ok(text) if self.is_label(text) => text.to_owned(),
            _ => self.redactor.key.mask(secret),
        }
    }

    fn is_label(&self, text: &str) -> bool {
        self.declared.values().any(|label| label == text)
    }

    fn header(&self, name: &str, value: &str) -> String {
        let labelled = self.declared.values().any(|label| value.contains(label));
        if value.is_empty() || labelled || !self.redactor.names.header(name) {
            return match name.to_ascii_lowercase().as_str() {
                "location" | "content-location" | "referer" => self.target(value),
                _ => self.text(value).into_owned(),
            };
        }
        match name.to_ascii_lowercase().as_str() {
            "cookie" => pairs::replace(value, ';', |_| true, |secret| self.mask(secret.as_bytes())),
            "set-cookie" => {
                let (cookie, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
                let cookie = pairs::replace(cookie, ';', |_| true, |secret| self.mask(secret.as_bytes()));
                format!("{cookie}{}", self.text(attributes))
            }
            _ => self.mask(value.as_bytes()),
        }
    }

    /// A query or form: the values of secret names, and known secrets anywhere.
    fn pairs(&self, text: &str) -> String {
        let names = &self.redactor.names;
        let masked = pairs::replace(
            text,
            '&',
            |name| names.parameter(&pairs::decoded(name)),
            |secret| self.mask(pairs::decoded(secret).as_bytes()),
        );
        self.text(&masked).into_owned()
    }

    fn learn_pairs(&mut self, text: &str) {
        for Pair { name, value } in pairs::parameters(text) {
            if self.redactor.names.parameter(&pairs::decoded(name)) {
                self.learn(&pairs::decoded(value), SHORTEST);
            }
        }
    }

    /// `Bearer token`, `Basic base64(user:password)`.
    fn learn_credentials(&mut self, header: &str) {
        let credentials = header.split_once(' ').map_or(header, |(_, credentials)| credentials.trim());
        self.learn(credentials, SHORTEST);
        let decoded = BASE64_STANDARD
            .decode(credentials)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some((_, password)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) {
            self.learn(password, SHORTEST);
        }
    }

    fn learn(&mut self, secret: &str, shortest: usize) {
        if secret.len() >= shortest && !is_masked(secret.as_bytes()) && !self.learned.contains_key(secret) {
            self.learned.insert(secret.to_owned(), Secret::new(&self.redactor.key, secret));
            self.finder.take();
        }
    }

    fn finder(&self) -> &Finder {
        self.finder.get_or_init(|| self.redactor.finder(&self.learned))
    }
}

impl Finder {
    fn new<'s>(secrets: impl Iterator<Item = &'s Secret>) -> Self {
        let mut whole = BTreeMap::new();
        for secret in secrets {
            for spelling in &secret.spellings {
                whole.entry(spelling.clone()).or_insert_with(|| secret.mask.clone());
            }
        }
        Self {
            spellings: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(whole.keys())
                .expect("secrets are no gigabytes"),
            masks: whole.values().cloned().collect(),
            whole,
        }
    }

    fn finds(&self, text: &[u8]) -> bool {
        self.spellings.is_match(text)
    }

    fn replace<'b>(&self, text: &'b [u8]) -> Cow<'b, [u8]> {
        if self.finds(text) {
            Cow::Owned(self.spellings.replace_all_bytes(text, &self.masks))
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// Whole texts were replaced by text, at places where they stood as text.
fn as_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text with text replaced")
}

impl Secret {
    fn new(key: &Key, text: &str) -> Self {
        Self {
            spellings: spellings(text),
            mask: key.mask(text.as_bytes()),
        }
    }
}

fn is_form(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|header| {
        let essence = header.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "pass/wörd & \"more\"";

    fn redactor(given: &[&str]) -> Redactor {
        let given = given.iter().map(|text| (*text).to_owned());
        Redactor::new(Key::new([7; 32]), SecretNames::default(), given)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn mask(secret: &str) -> String {
        Key::new([7; 32]).mask(secret.as_bytes())
    }

    fn body(masks: &Masks<'_>, text: &str) -> String {
        String::from_utf8(masks.body(None, text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn secrets_are_masked_where_their_name_stands() {
        let redactor = redactor(&[]);
        let masks = redactor.masks();
        let headers = masks.headers(&[
            pair("Authorization", "Bearer abc"),
            pair("Cookie", "a=1; theme=dark"),
            pair("set-cookie", "ci_session=xyz; expires=Mon; HttpOnly"),
            pair("X-API-KEY", "k"),
            pair("Accept", "text/plain"),
            pair("Authorization", ""),
            pair("Location", "/x?api_key=abc"),
        ]);
        let values: Vec<&str> = headers.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(
            values,
            [
                &mask("Bearer abc"),
                &format!("a={}; theme={}", mask("1"), mask("dark")),
                &format!("ci_session={}; expires=Mon; HttpOnly", mask("xyz")),
                &mask("k"),
                "text/plain",
                "",
                &format!("/x?api_key={}", mask("abc")),
            ]
        );
        assert_eq!(
            masks.target("/x?a=1&api%5Fkey=%61bc&API_KEY="),
            format!("/x?a=1&api%5Fkey={}&API_KEY=", mask("abc"))
        );
        assert_eq!(
            masks.body(Some("application/x-www-form-urlencoded; charset=utf-8"), b"api_key=abc&b=abc"),
            format!("api_key={}&b=abc", mask("abc")).into_bytes()
        );
        assert_eq!(masks.parameter("api_key", "abc"), mask("abc"));
        assert_eq!(masks.parameter("run_id", "abc"), "abc");
    }

    #[test]
    fn a_secret_is_masked_wherever_it_is_echoed_and_however_it_is_escaped() {
        let redactor = redactor(&[]);
        let mut masks = redactor.masks();
        masks.learn_target("/x?api_key=pass%2Fw%C3%B6rd+%26+%22more%22");
        let mask = mask(SECRET);
        for echoed in [
            SECRET,
            "pass/wörd & \\\"more\\\"",
            "pass\\/w\\u00f6rd & \\\"more\\\"",
            "pass%2fw%c3%b6rd%20%26%20%22more%22",
            "pass/wörd &amp; &quot;more&quot;",
        ] {
            assert_eq!(body(&masks, &format!("[\"{echoed}\"]")), format!("[\"{mask}\"]"));
        }
        assert_eq!(masks.target("/pass%2Fw%C3%B6rd%20%26%20%22more%22"), format!("/{mask}"));
        assert_eq!(masks.headers(&[pair("X-Echo", SECRET)]), [pair("X-Echo", &mask)]);
        let latin = masks.body(None, &[b"\xff".as_slice(), SECRET.as_bytes()].concat()).into_owned();
        assert_eq!(latin, [b"\xff".as_slice(), mask.as_bytes()].concat());
    }

    #[test]
    fn credentials_members_and_given_secrets_are_learned() {
        let redactor = redactor(&["database-password"]);
        let mut masks = redactor.masks();
        masks.learn_headers(&[
            pair("authorization", "Basic dXNlcjpodW50ZXItMjAwMA=="),
            pair("Set-Cookie", "session=0123456789abcdef; path=/"),
        ]);
        masks.learn_body(Some("application/json"), br#"{"user":{"api_key":"from-a-body"}}"#);
        assert_eq!(
            masks.text("hunter-2000 dXNlcjpodW50ZXItMjAwMA== 0123456789abcdef from-a-body database-password"),
            [
                mask("hunter-2000"),
                mask("dXNlcjpodW50ZXItMjAwMA=="),
                mask("0123456789abcdef"),
                mask("from-a-body"),
                mask("database-password")
            ]
            .join(" ")
        );
    }

    #[test]
    fn nothing_is_left_of_a_secret_that_begins_like_another() {
        let redactor = redactor(&["secret", "secret-and-more"]);
        let mut masks = redactor.masks();
        masks.learn_target("/?api_key=secret-and");
        let text = "secret secret-and secret-and-more";
        assert_eq!(
            masks.text(text),
            [mask("secret"), mask("secret-and"), mask("secret-and-more")].join(" ")
        );
    }

    #[test]
    fn one_finder_serves_exchanges_with_the_same_secrets_and_no_other() {
        let redactor = redactor(&["database-password"]);
        let masks = |query: &str| {
            let mut masks = redactor.masks();
            masks.learn_target(query);
            masks.learn_label("a-secret", "label");
            masks
        };
        let (one, same, other) = (
            masks("/?api_key=first-key"),
            masks("/?api_key=first-key"),
            masks("/?api_key=other-key"),
        );
        let text = "first-key other-key a-secret database-password";
        let masked = |first: &str, other: &str| format!("{first} {other} label {}", mask("database-password"));
        assert_eq!(one.text(text), masked(&mask("first-key"), "other-key"));
        assert_eq!(same.text(text), masked(&mask("first-key"), "other-key"));
        assert!(std::ptr::eq(one.finder(), same.finder()));
        assert_eq!(other.text(text), masked("first-key", &mask("other-key")));
        assert_eq!(one.text(text), masked(&mask("first-key"), "other-key"));
    }

    #[test]
    fn short_secrets_and_everyday_cookies_are_not_looked_for() {
        let redactor = redactor(&["ok"]);
        let mut masks = redactor.masks();
        masks.learn_headers(&[pair("Set-Cookie", "seen=true; path=/"), pair("Cookie", "theme=classic")]);
        masks.learn_target("/?api_key=true");
        assert_eq!(body(&masks, r#"{"ok":true,"theme":"classic"}"#), r#"{"ok":true,"theme":"classic"}"#);
    }

    #[test]
    fn an_address_is_shown_without_its_user_and_they_are_secrets() {
        let base = Url::parse("https://me:open%20sesame@example.org:8443/api").unwrap();
        assert_eq!(Redactor::address(&base), "https://example.org:8443/api");
        assert_eq!(Redactor::secrets_of(&base), ["bWU6b3BlbiBzZXNhbWU=", "open sesame"]);
        let token = Url::parse("https://token@example.org").unwrap();
        assert_eq!(Redactor::secrets_of(&token), ["dG9rZW46", "token"]);
        assert_eq!(
            Redactor::secrets_of(&Url::parse("http://example.org").unwrap()),
            Vec::<String>::new()
        );
    }

    proptest! {
        #[test]
        fn nothing_that_is_masked_still_holds_the_secret(secret in "[a-zA-Z/+=&é\"\\\\ ]{6,20}", before in "[0-9]*", after in "[0-9]*") {
            let redactor = redactor(&[&secret]);
            let masks = redactor.masks();
            let text = format!("{before}{secret}{after}");
            prop_assert_eq!(masks.text(&text), format!("{before}{}{after}", mask(&secret)));
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(body(&masks, &json), format!("\"{before}{}{after}\"", mask(&secret)));
        }

        #[test]
        fn masking_is_done_once(text in ".*") {
            let redactor = redactor(&[]);
            let mut masks = redactor.masks();
            let target = format!("/?api_key={}&x=1", pairs::encoded(&text));
            masks.learn_target(&target);
            let once = masks.target(&target);
            prop_assert_eq!(masks.target(&once), once);
        }
    }
}
