//! Reading what real tools write.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

use crate::exchange::{Answer, Body, Headers, Observation, Oracle, Request, Unreachable, UnreachableKind};

use super::super::error::{RecordError, json_reason};
use super::base::{Address, Base};

/// A HAR file, its targets relative to its base.
#[derive(Debug)]
pub(in crate::record) struct Har {
    pub path: PathBuf,
    pub base: String,
    /// Where the answers came from, in files that parity wrote.
    pub oracle: Option<Oracle>,
    /// Entries that were passed over, if any.
    pub note: Option<String>,
    pub entries: Vec<Entry>,
}

/// One request with its answer.
#[derive(Debug)]
pub(in crate::record) struct Entry {
    pub started: Option<Timestamp>,
    pub request: Request,
    pub answer: Answer,
}

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 30;

impl Har {
    pub fn open(path: &Path, base: Option<&Url>) -> Result<Self, RecordError> {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        if let Err(source) = read {
            return Err(RecordError::Read {
                path: path.to_owned(),
                source,
            });
        }
        let broken = |reason: String| RecordError::Har {
            path: path.to_owned(),
            reason,
        };
        if bytes.len() as u64 > LARGEST {
            return Err(broken(format!("it is larger than {LARGEST} bytes")));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let file: FileText = serde_json::from_slice(text).map_err(|error| broken(json_reason(&error)))?;
        file.log.relative(path, base)
    }
}

/// What a HAR file's service was asked, in order; the file must have one origin.
///
/// # Errors
/// When the file cannot be read, or is none.
pub fn requests(path: &Path) -> Result<Vec<Request>, RecordError> {
    let har = Har::open(path, None)?;
    Ok(har.entries.into_iter().map(|entry| entry.request).collect())
}

#[derive(Debug, Deserialize)]
struct FileText {
    log: Log,
}

#[derive(Debug, Deserialize)]
struct Log {
    entries: Vec<EntryText>,
    #[serde(rename = "_oracle")]
    oracle: Option<Oracle>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryText {
    started_date_time: Option<String>,
    time: Option<f64>,
    request: RequestText,
    response: ResponseText,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestText {
    method: String,
    url: String,
    headers: Option<Vec<Pair>>,
    post_data: Option<PostData>,
}

#[derive(Debug, Deserialize)]
struct Pair {
    name: String,
    value: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PostData {
    text: Option<String>,
    params: Option<Vec<Pair>>,
    #[serde(rename = "_encoding")]
    encoding: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ResponseText {
    status: Option<f64>,
    headers: Option<Vec<Pair>>,
    content: Option<Content>,
    #[serde(rename = "_error")]
    error: Option<String>,
    #[serde(rename = "_unreachable")]
    unreachable: Option<Unreachable>,
}

#[derive(Debug, Deserialize)]
struct Content {
    size: Option<f64>,
    text: Option<String>,
    encoding: Option<String>,
}

impl Log {
    fn relative(self, path: &Path, base: Option<&Url>) -> Result<Har, RecordError> {
        let wrong_base = |reason| RecordError::Base {
            path: path.to_owned(),
            reason,
        };
        let all = self.entries.len();
        // Browsers keep `data:` and extension addresses as well.
        let addressed: Vec<(Address, EntryText)> = self
            .entries
            .into_iter()
            .filter_map(|entry| Some((Address::parse(&entry.request.url)?, entry)))
            .collect();
        let base = match base {
            Some(base) => Base::of(base),
            None => Base::common(addressed.iter().map(|(address, _)| address)).map_err(|origins| {
                wrong_base(if origins.is_empty() {
                    "it holds no request to an `http` or `https` address".to_owned()
                } else {
                    let origins: Vec<String> = origins.iter().map(|origin| format!("`{origin}`")).collect();
                    format!(
                        "its requests go to {}: give the base address of the service that it stands for",
                        origins.join(", ")
                    )
                })
            })?,
        };
        let mut entries = Vec::with_capacity(addressed.len());
        for (number, (address, entry)) in addressed.into_iter().enumerate() {
            if let Some(target) = base.relative(&address) {
                let entry = entry.entry(target).map_err(|reason| RecordError::Har {
                    path: path.to_owned(),
                    reason: format!("entry {} ({}{}): {reason}", number + 1, address.origin, address.target),
                })?;
                entries.push(entry);
            }
        }
        if entries.is_empty() {
            return Err(wrong_base(format!(
                "none of its {all} requests is below `{base}`: give the base address that they have"
            )));
        }
        let passed_over = all - entries.len();
        Ok(Har {
            path: path.to_owned(),
            base: base.to_string(),
            oracle: self.oracle,
            note: (passed_over > 0).then(|| format!("{passed_over} of {all} requests are not below `{base}` and passed over")),
            entries,
        })
    }
}

impl EntryText {
    fn entry(self, target: String) -> Result<Entry, String> {
        Ok(Entry {
            started: self.started_date_time.and_then(|text| text.parse().ok()),
            request: self.request.request(target)?,
            answer: self.response.answer(self.time)?,
        })
    }
}

impl RequestText {
    fn request(self, target: String) -> Result<Request, String> {
        Ok(Request {
            method: self.method.to_ascii_uppercase(),
            target,
            headers: headers(self.headers),
            body: self.post_data.and_then(PostData::body).transpose()?,
        })
    }
}

impl PostData {
    fn body(self) -> Option<Result<Body, String>> {
        if let Some(text) = self.text {
            return Some(decoded(text, self.encoding.as_deref()));
        }
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = self.params?.into_iter().map(|Pair { name, value }| match value {
            Some(value) => format!("{}={}", encoded(&name), encoded(&value)),
            None => encoded(&name),
        });
        Some(Ok(Body::from(pairs.collect::<Vec<_>>().join("&"))))
    }
}

impl ResponseText {
    fn answer(self, time: Option<f64>) -> Result<Answer, String> {
        if let Some(unreachable) = self.unreachable {
            return Ok(Err(unreachable));
        }
        let not_recorded = |reason| {
            Ok(Err(Unreachable {
                kind: UnreachableKind::NotRecorded,
                reason,
            }))
        };
        let status = whole(self.status.unwrap_or_default());
        let status = match u16::try_from(status) {
            Ok(0) => {
                let why = self.error.unwrap_or_else(|| "it was blocked or given up".to_owned());
                return not_recorded(format!("the HAR file has no answer to this request: {why}"));
            }
            Ok(status) if (100..1000).contains(&status) => status,
            _ => return Err(format!("`{status}` is no HTTP status")),
        };
        let body = match self.content {
            Some(Content {
                text: Some(text),
                encoding,
                ..
            }) => decoded(text, encoding.as_deref())?,
            Some(Content { size: Some(size), .. }) if size > 0.0 => {
                return not_recorded(format!(
                    "the HAR file lacks the body of this answer, of {size} bytes: save it with content"
                ));
            }
            _ => Body::default(),
        };
        Ok(Ok(Observation {
            status,
            headers: headers(self.headers),
            body,
            // Milliseconds, with a fraction; tools write -1 for "not known".
            elapsed: Duration::from_micros(whole(time.unwrap_or_default() * 1000.0)),
        }))
    }
}

/// The nearest whole number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and NaN is 0"
)]
const fn whole(number: f64) -> u64 {
    number.round() as u64
}

fn headers(pairs: Option<Vec<Pair>>) -> Headers {
    // HTTP/2 has `:status` and the like among them.
    let fields = pairs.unwrap_or_default().into_iter().filter(|pair| !pair.name.starts_with(':'));
    Headers(fields.map(|pair| (pair.name, pair.value.unwrap_or_default())).collect())
}

fn decoded(text: String, encoding: Option<&str>) -> Result<Body, String> {
    match encoding {
        None | Some("") => Ok(Body::from(text)),
        Some(base64) if base64.eq_ignore_ascii_case("base64") => BASE64_STANDARD
            .decode(text.as_bytes())
            .map(Body::from)
            .map_err(|error| format!("its body is no base64: {error}")),
        Some(other) => Err(format!("its body has the encoding `{other}`: expected `base64` or none")),
    }
}
