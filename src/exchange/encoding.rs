//! What bodies are written in.

use super::media_type::MediaType;

/// What a body is written in; both are read into the same tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// JSON (RFC 8259).
    Json,
    /// XML 1.0.
    Xml,
}

impl Encoding {
    /// The encoding that a media type names, if it is one of these.
    #[must_use]
    pub fn of(media_type: &MediaType) -> Option<Self> {
        if media_type.is_json() {
            return Some(Self::Json);
        }
        media_type.is_xml().then_some(Self::Xml)
    }

    /// As a suite writes it: `xml`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    /// As sentences write it: `XML`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml => "XML",
        }
    }

    /// The media type of an answer of which no more is known than this.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
        }
    }
}
