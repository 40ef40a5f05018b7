//! The ways in which an answer is changed.

use std::fmt;

use crate::value::Kind;

/// One way of changing a candidate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Another HTTP status.
    Status,
    /// Another media type, or none.
    MediaType,
    /// A header that is named is not there.
    HeaderMissing,
    /// A value of a named header is another.
    HeaderChanged,
    /// A value of a named header is there twice.
    HeaderDoubled,
    /// A named header is there where it is none.
    HeaderExtra,
    /// The body breaks off.
    BodyCut,
    /// No body at all.
    BodyMissing,
    /// A body where there is none.
    BodyExtra,
    /// A page of HTML in place of the document, everything else as it was.
    BodyHtml,
    /// A byte-order mark before the document.
    ByteOrderMark,
    /// The first member of an object stands in the text twice.
    DuplicateKey,
    /// `NaN` in place of a number, which JSON does not know.
    NotANumber,
    /// The document as the only member of an object.
    DocumentWrapped,
    /// Part of an error document.
    Error(ErrorPart),
    /// A member is not there.
    MemberMissing,
    /// A member that nobody knows.
    MemberExtra,
    /// A member's name in another case.
    MemberRenamed,
    /// A member is there twice.
    MemberDoubled,
    /// An object loses all its members.
    ObjectEmptied,
    /// An object becomes a list of one.
    ObjectListed,
    /// An item of a list is not there; the last is a class of its own.
    RowDropped,
    /// An item of a list is there twice.
    RowDoubled,
    /// An item of a list and the next one change places.
    RowSwapped,
    /// An item of a list stands at its other end.
    RowMoved,
    /// The last item of a list is not there.
    LastRowLost,
    /// A list loses all its items.
    ListEmptied,
    /// A list becomes its first item.
    ListCollapsed,
    /// A list becomes a list of one list.
    ListNested,
    /// The last digit of a number, or of a text of digits, is another.
    LastDigit,
    /// A number as a 32-bit float holds it.
    Rounded,
    /// A number with the other sign.
    Sign,
    /// Zero in place of a number.
    Zero,
    /// `true` for `false`, and the reverse.
    Flipped,
    /// A blank behind a text.
    TrailingBlank,
    /// A blank before a text.
    LeadingBlank,
    /// A text in another case.
    OtherCase,
    /// A text in another Unicode normal form.
    NormalForm,
    /// A text with HTML entities for `&`, `<`, `>` and quotes.
    HtmlEscaped,
    /// A text with characters for its HTML entities.
    HtmlUnescaped,
    /// A text without its last character.
    TextCut,
    /// An empty text in place of another.
    TextEmptied,
    /// A value of another kind: `34` as `"34"`.
    Kind {
        /// What it was.
        from: Kind,
        /// What it becomes.
        to: Kind,
    },
}

/// The parts of an error document: the members of RFC 9457, section 3.1, and the `code` that OpenML's APIs add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorPart {
    /// `code`
    Code,
    /// `detail`
    Detail,
    /// `title`
    Title,
    /// `type`
    Type,
    /// `status`
    Status,
}

impl ErrorPart {
    /// Every part.
    pub const ALL: [Self; 5] = [Self::Code, Self::Detail, Self::Title, Self::Type, Self::Status];

    /// The member's name.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Detail => "detail",
            Self::Title => "title",
            Self::Type => "type",
            Self::Status => "status",
        }
    }
}

impl fmt::Display for Class {
    /// The class's name in every output: `row-dropped`, `integer-to-string`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status => "status",
            Self::MediaType => "media-type",
            Self::HeaderMissing => "header-missing",
            Self::HeaderChanged => "header-changed",
            Self::HeaderDoubled => "header-doubled",
            Self::HeaderExtra => "header-extra",
            Self::BodyCut => "body-cut",
            Self::BodyMissing => "body-missing",
            Self::BodyExtra => "body-extra",
            Self::BodyHtml => "body-html",
            Self::ByteOrderMark => "byte-order-mark",
            Self::DuplicateKey => "duplicate-key",
            Self::NotANumber => "nan",
            Self::DocumentWrapped => "document-wrapped",
            Self::Error(part) => return write!(f, "error-{}", part.member()),
            Self::MemberMissing => "member-missing",
            Self::MemberExtra => "member-extra",
            Self::MemberRenamed => "member-renamed",
            Self::MemberDoubled => "member-doubled",
            Self::ObjectEmptied => "object-emptied",
            Self::ObjectListed => "object-listed",
            Self::RowDropped => "row-dropped",
            Self::RowDoubled => "row-doubled",
            Self::RowSwapped => "row-swapped",
            Self::RowMoved => "row-moved",
            Self::LastRowLost => "last-row-lost",
            Self::ListEmptied => "list-emptied",
            Self::ListCollapsed => "list-collapsed",
            Self::ListNested => "list-nested",
            Self::LastDigit => "last-digit",
            Self::Rounded => "rounded-to-32-bit",
            Self::Sign => "sign",
            Self::Zero => "zero",
            Self::Flipped => "flipped",
            Self::TrailingBlank => "trailing-blank",
            Self::LeadingBlank => "leading-blank",
            Self::OtherCase => "other-case",
            Self::NormalForm => "normal-form",
            Self::HtmlEscaped => "html-escaped",
            Self::HtmlUnescaped => "html-unescaped",
            Self::TextCut => "text-cut",
            Self::TextEmptied => "text-emptied",
            Self::Kind { from, to } => return write!(f, "{from}-to-{to}"),
        })
    }
}
