//! XML text to the same tree as JSON.
//!
//! The root element is the one member of the document. An element is its text, or an object of its attributes (`@name`), the
//! elements in it (by name, those that repeat as a list, where the first of them stands) and the text beside them (`#text`);
//! an element with nothing in it is `[]`, as it is for the legacies that turn XML into JSON. Blanks around text are dropped, blanks
//! inside it kept; prefixes of names are dropped, and so are comments and processing instructions. Everything is text: nothing
//! is guessed to be a number.

use std::borrow::Cow;
use std::collections::BTreeMap;

use roxmltree::{Document, Error, Node, ParsingOptions, StringStorage, TextPos};

use super::read::{MAX_DEPTH, ReadError, not_text, too_deep};
use super::tree::{Member, Object, Value};

/// Reads one XML document (XML 1.0, fifth edition, and Namespaces in XML 1.0).
///
/// The predefined entities, character references and CDATA sections stand for their characters, and CR and CRLF become LF.
///
/// # Errors
/// When the bytes are not UTF-8 or say that they are something else, are not one well-formed document, declare a document type
/// (so that no entity is ever expanded), or nest deeper than [`MAX_DEPTH`].
pub fn read_xml(document: &[u8]) -> Result<Value<'_>, ReadError> {
    if document.is_empty() {
        return Err(ReadError::without_place("empty body"));
    }
    let text = match std::str::from_utf8(document) {
        Ok(text) => text,
        Err(error) => return Err(not_text(document, error.valid_up_to())),
    };
    if let Some((at, name)) = declared_encoding(text) {
        let utf8 = name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8");
        if !utf8 && !text.is_ascii() {
            let reason = format!("text that says its encoding is `{}`: only UTF-8 is read", name.escape_debug());
            return Err(placed(text, at, reason));
        }
    }
    // Without a document type there is nothing that could be expanded, and the tree is never larger than the text allows.
    let options = ParsingOptions {
        allow_dtd: false,
        ..ParsingOptions::default()
    };
    let tree = Document::parse_with_options(text, options).map_err(|error| read_error(text, &error))?;
    let root = tree.root_element();
    let value = element(root, 1)?;
    Ok(Value::Object(Object {
        members: vec![Member {
            name: Cow::Borrowed(root.tag_name().name()),
            value,
        }],
    }))
}

/// The content of an element that stands inside `depth` arrays and objects.
fn element<'a>(node: Node<'_, 'a>, depth: usize) -> Result<Value<'a>, ReadError> {
    let names = Names::of(node);
    let text = own_text(node);
    if names.distinct.is_empty() && node.attributes().len() == 0 {
        return Ok(match text {
            text if text.is_empty() => Value::Array(Vec::new()),
            text => Value::String(text),
        });
    }
    if depth >= MAX_DEPTH {
        return Err(too_deep());
    }
    let mut members: Vec<Member<'a>> = Vec::with_capacity(node.attributes().len() + names.distinct.len() + 1);
    members.extend(node.attributes().map(|attribute| Member {
        name: Cow::Owned(format!("@{}", attribute.name())),
        value: Value::String(owned(attribute.value_storage())),
    }));
    let first = members.len();
    members.extend(names.distinct.iter().map(|(name, times)| Member {
        name: Cow::Borrowed(*name),
        value: Value::Array(Vec::with_capacity(if *times > 1 { *times } else { 0 })),
    }));
    for child in node.children().filter(Node::is_element) {
        let place = names.place(child.tag_name().name());
        let slot = &mut members[first + place].value;
        match slot {
            Value::Array(items) if names.distinct[place].1 > 1 => {
                if depth + 1 >= MAX_DEPTH {
                    return Err(too_deep());
                }
                items.push(element(child, depth + 2)?);
            }
            _ => *slot = element(child, depth + 1)?,
        }
    }
    if !text.is_empty() {
        members.push(Member {
            name: Cow::Borrowed("#text"),
            value: Value::String(text),
        });
    }
    Ok(Value::Object(Object { members }))
}

/// The names of the elements directly in an element. A few are searched, many are indexed.
struct Names<'a> {
    /// Each name once, in the order of its first element, with how often it occurs.
    distinct: Vec<(&'a str, usize)>,
    index: BTreeMap<&'a str, usize>,
}

/// Up to this many names a search is faster than an index.
const FEW: usize = 24;

impl<'a> Names<'a> {
    fn of(node: Node<'_, 'a>) -> Self {
        let mut names = Self {
            distinct: Vec::new(),
            index: BTreeMap::new(),
        };
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            match names.find(name) {
                Some(place) => names.distinct[place].1 += 1,
                None => {
                    names.distinct.push((name, 1));
                    if names.distinct.len() > FEW {
                        let places = names.distinct.iter().enumerate().skip(names.index.len());
                        names.index.extend(places.map(|(place, (name, _))| (*name, place)));
                    }
                }
            }
        }
        names
    }

    fn find(&self, name: &str) -> Option<usize> {
        if self.index.is_empty() {
            // Rows of a list have the name of the row before: the last one is asked first.
            return self.distinct.iter().rposition(|(known, _)| *known == name);
        }
        self.index.get(name).copied()
    }

    fn place(&self, name: &str) -> usize {
        self.find(name).expect("every element's name was collected")
    }
}

/// The text that stands directly in an element, in one piece, without the blanks around it.
fn own_text<'a>(node: Node<'_, 'a>) -> Cow<'a, str> {
    let mut pieces = node.children().filter(Node::is_text).filter_map(|text| text.text_storage());
    let Some(first) = pieces.next() else {
        return Cow::Borrowed("");
    };
    let Some(second) = pieces.next() else {
        return match first {
            StringStorage::Borrowed(text) => Cow::Borrowed(trim(text)),
            StringStorage::Owned(text) => Cow::Owned(trim(text).to_owned()),
        };
    };
    let mut whole = format!("{}{}", first.as_str(), second.as_str());
    pieces.for_each(|piece| whole.push_str(piece.as_str()));
    Cow::Owned(trim(&whole).to_owned())
}

fn owned<'a>(text: &StringStorage<'a>) -> Cow<'a, str> {
    match text {
        StringStorage::Borrowed(text) => Cow::Borrowed(*text),
        StringStorage::Owned(text) => Cow::Owned((**text).to_owned()),
    }
}

/// Without the white space of XML around it (production 3); a no-break space is text.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// The encoding that the XML declaration names, and where.
fn declared_encoding(text: &str) -> Option<(usize, &str)> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let declaration = text[start..].strip_prefix("<?xml")?.split_once("?>")?.0;
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = after[1..].split_once(quote)?.0;
    // All of these are slices of one text.
    Some((name.as_ptr().addr() - text.as_ptr().addr(), name))
}

fn placed(text: &str, at: usize, reason: String) -> ReadError {
    let before = &text[..at];
    ReadError {
        line: before.matches('\n').count() + 1,
        column: before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1,
        reason,
    }
}

fn read_error(text: &str, error: &Error) -> ReadError {
    let at = match error {
        Error::DtdDetected => text.find("<!DOCTYPE").unwrap_or_default(),
        Error::NoRootNode
        | Error::UnclosedRootNode
        | Error::UnexpectedEndOfStream
        | Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => text.len(),
        _ => offset(text, error.pos()),
    };
    placed(text, at, reason(error))
}

/// The place of a one-based line and column of characters.
fn offset(text: &str, pos: TextPos) -> usize {
    let row = usize::try_from(pos.row).unwrap_or(usize::MAX);
    let start: usize = text.split_inclusive('\n').take(row.saturating_sub(1)).map(str::len).sum();
    let column = usize::try_from(pos.col).unwrap_or(usize::MAX).saturating_sub(1);
    let line = &text[start..];
    start + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

fn reason(error: &Error) -> String {
    let byte = |byte: &u8| {
        char::from(*byte)
            .escape_default()
            .to_string()
            .replace("\\'", "'")
            .replace("\\\"", "\"")
    };
    match error {
        Error::UnexpectedCloseTag(expected, actual, _) => format!("`</{actual}>` where `</{expected}>` is expected"),
        Error::UnknownNamespace(prefix, _) => format!("the prefix `{prefix}:` is nowhere declared"),
        Error::DuplicatedNamespace(prefix, _) => format!("the prefix `{prefix}:` is declared twice"),
        Error::DuplicatedAttribute(name, _) => format!("the attribute `{name}` stands twice"),
        Error::UnknownEntityReference(name, _) => format!("`&{name};` is no entity of XML"),
        Error::MalformedEntityReference(_) => "`&` that begins no entity: it is written `&amp;`".to_owned(),
        Error::InvalidAttributeValue(_) | Error::InvalidChar(b'"' | b'\'', b'<', _) => {
            "`<` in an attribute: it is written `&lt;`".to_owned()
        }
        Error::NoRootNode => "no element".to_owned(),
        Error::UnclosedRootNode => "the end inside an element".to_owned(),
        Error::UnexpectedEndOfStream => "the end inside a tag, a comment or a reference".to_owned(),
        Error::UnexpectedDeclaration(_) => "an XML declaration that is not at the beginning".to_owned(),
        Error::DtdDetected => "a document type declaration, which is never followed".to_owned(),
        Error::InvalidName(_) => "a name that is none".to_owned(),
        Error::NonXmlChar(c, _) => format!("the character U+{:04X}, which XML cannot hold", u32::from(*c)),
        Error::InvalidChar(expected, actual, _) => format!("`{}` where `{}` is expected", byte(actual), byte(expected)),
        Error::InvalidChar2(expected, actual, _) => format!("`{}` where {expected} is expected", byte(actual)),
        Error::InvalidString(expected, _) => format!("`{expected}` is expected"),
        Error::InvalidComment(_) => "`--` in a comment".to_owned(),
        Error::InvalidCharacterData(_) => "`]]>` outside a CDATA section".to_owned(),
        Error::UnknownToken(_) => "text where a tag is expected".to_owned(),
        Error::InvalidXmlPrefixUri(_) | Error::UnexpectedXmlUri(_) | Error::UnexpectedXmlnsUri(_) | Error::InvalidElementNamePrefix(_) => {
            "a reserved prefix or namespace in the wrong place".to_owned()
        }
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached => {
            "more than four billion nodes, attributes or namespaces".to_owned()
        }
        // Only a document type could bring these about, and it is refused.
        Error::UnexpectedEntityCloseTag(_) | Error::EntityReferenceLoop(_) | Error::InvalidExternalID(_) | Error::EntityResolver(..) => {
            "an entity that is declared in the document".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::compact;
    use proptest::prelude::*;

    fn json(xml: &str) -> String {
        match read_xml(xml.as_bytes()) {
            Ok(value) => compact(&value),
            Err(error) => format!("error: {error}"),
        }
    }

    /// What the genuine legacy makes of the same XML under `/json/`: lists of one, empty elements, trimmed text, decoded markup.
    #[test]
    fn a_trace_is_what_the_legacy_makes_of_it_as_json() {
        let xml = "<oml:trace xmlns:oml=\"http://openml.org/openml\">\n  <oml:run_id>37</oml:run_id>\n\t\t<oml:trace_iteration>\n\
                   \t\t<oml:repeat>0</oml:repeat>\n\t\t<oml:setup_string></oml:setup_string>\n\t\t<oml:evaluation>1E-5</oml:evaluation>\n\
                   \t</oml:trace_iteration>\n\t\t<oml:trace_iteration>\n\t\t<oml:repeat>1</oml:repeat>\n\
                   \t\t<oml:setup_string>  a &amp; b &lt;c&gt; &#233;  </oml:setup_string>\n\t\t<oml:evaluation> </oml:evaluation>\n\
                   \t</oml:trace_iteration>\n\t \n</oml:trace>\n";
        assert_eq!(
            json(xml),
            r#"{"trace":{"run_id":"37","trace_iteration":[{"repeat":"0","setup_string":[],"evaluation":"1E-5"},{"repeat":"1","setup_string":"a & b <c> é","evaluation":[]}]}}"#
        );
    }

    #[test]
    fn an_error_of_the_legacy_is_read() {
        let xml = "<oml:error xmlns:oml=\"http://openml.org/openml\">\n\t<oml:code>103</oml:code>\n\t\
                   <oml:message>Authentication failed</oml:message>\n\t</oml:error>\n";
        assert_eq!(json(xml), r#"{"error":{"code":"103","message":"Authentication failed"}}"#);
    }

    #[test]
    fn each_form_of_an_element_has_its_value() {
        for (xml, value) in [
            ("<a/>", r#"{"a":[]}"#),
            ("<a></a>", r#"{"a":[]}"#),
            ("<a> \t\r\n </a>", r#"{"a":[]}"#),
            ("<a><!-- nothing --></a>", r#"{"a":[]}"#),
            ("<a> x </a>", r#"{"a":"x"}"#),
            ("<a>\u{a0}x\u{a0}</a>", "{\"a\":\"\u{a0}x\u{a0}\"}"),
            ("<a>1</a>", r#"{"a":"1"}"#),
            ("<a><b>1</b></a>", r#"{"a":{"b":"1"}}"#),
            ("<a><b>1</b><b>2</b></a>", r#"{"a":{"b":["1","2"]}}"#),
            ("<a><b/><c/><b/></a>", r#"{"a":{"b":[[],[]],"c":[]}}"#),
            ("<a id='7'/>", r#"{"a":{"@id":"7"}}"#),
            ("<a id='7'>x</a>", r##"{"a":{"@id":"7","#text":"x"}}"##),
            ("<a>x<b>y</b>z</a>", r##"{"a":{"b":"y","#text":"xz"}}"##),
            ("<a>x<!-- c -->y<?p i?>z</a>", r#"{"a":"xyz"}"#),
            ("<a>1 < <![CDATA[2 & <b>]]> 3</a>", "error: a name that is none at line 1 column 7"),
            ("<a>1 &lt; <![CDATA[2 & <b>]]> 3</a>", r#"{"a":"1 < 2 & <b> 3"}"#),
            ("<a><![CDATA[ ]]></a>", r#"{"a":[]}"#),
            ("<a>a\r\nb\rc\nd</a>", r#"{"a":"a\nb\nc\nd"}"#),
            ("<a b='&quot;&apos;&#x41;'>&amp;&#65;</a>", r##"{"a":{"@b":"\"'A","#text":"&A"}}"##),
            (
                "<p:a xmlns:p='u' xmlns:q='v'><q:b p:c='1'/><p:b/></p:a>",
                r#"{"a":{"b":[{"@c":"1"},[]]}}"#,
            ),
            ("<a xml:lang='en'>x</a>", r##"{"a":{"@lang":"en","#text":"x"}}"##),
            (
                "\u{feff}<?xml version='1.0' encoding='utf-8'?>\n<!-- c -->\n<a>é</a>\n",
                r#"{"a":"é"}"#,
            ),
            ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>e</a>", r#"{"a":"e"}"#),
        ] {
            assert_eq!(json(xml), value, "{xml}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused_with_its_place() {
        for (xml, message) in [
            ("", "empty body"),
            ("  ", "no element at line 1 column 3"),
            ("plain", "text where a tag is expected at line 1 column 1"),
            (r#"{"a":1}"#, "text where a tag is expected at line 1 column 1"),
            ("<a>", "the end inside an element at line 1 column 4"),
            ("<a><b></a>", "`</a>` where `</b>` is expected at line 1 column 7"),
            (
                "<a>é\n a & b</a>",
                "`&` that begins no entity: it is written `&amp;` at line 2 column 4",
            ),
            (
                "<a>éé & b</a>",
                "`&` that begins no entity: it is written `&amp;` at line 1 column 9",
            ),
            ("<a>&eacute;</a>", "`&eacute;` is no entity of XML at line 1 column 4"),
            ("<a>\u{1}</a>", "the character U+0001, which XML cannot hold at line 1 column 4"),
            ("<a/><b/>", "text where a tag is expected at line 1 column 5"),
            ("<a/>x", "text where a tag is expected at line 1 column 5"),
            ("<a b='1' b='2'/>", "the attribute `b` stands twice at line 1 column 10"),
            ("<a b='<'/>", "`<` in an attribute: it is written `&lt;` at line 1 column 7"),
            ("<o:a/>", "the prefix `o:` is nowhere declared at line 1 column 2"),
            ("<a>]]></a>", "`]]>` outside a CDATA section at line 1 column 7"),
            (
                "<br />\n<b>Fatal error</b>: oops",
                "text where a tag is expected at line 2 column 1",
            ),
            (
                "\n<?xml version='1.0'?><a/>",
                "an XML declaration that is not at the beginning at line 2 column 1",
            ),
            (
                "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>",
                "a document type declaration, which is never followed at line 2 column 1",
            ),
            (
                "<!DOCTYPE html>\n<html/>",
                "a document type declaration, which is never followed at line 1 column 1",
            ),
            (
                "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>\u{e9}</a>",
                "text that says its encoding is `ISO-8859-1`: only UTF-8 is read at line 1 column 31",
            ),
        ] {
            assert_eq!(read_xml(xml.as_bytes()).unwrap_err().to_string(), message, "{xml:?}");
        }
        assert_eq!(
            read_xml(b"<a>\n\xe9</a>").unwrap_err().to_string(),
            "text that is not UTF-8 at line 2 column 1"
        );
    }

    #[test]
    fn deep_documents_are_refused_and_do_not_overflow_the_stack() {
        let nested = |depth: usize| format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(read_xml(nested(MAX_DEPTH).as_bytes()).is_ok());
        let message = read_xml(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err().to_string();
        assert_eq!(message, "more than 256 arrays and objects inside each other");
        assert!(read_xml(nested(200_000).as_bytes()).is_err());
        assert!(read_xml("<a>".repeat(200_000).as_bytes()).is_err());
        // Each repeated element is a list more.
        let lists = |depth: usize| format!("<r>{}x{}</r>", "<a/><a>".repeat(depth), "</a>".repeat(depth));
        assert!(read_xml(lists(127).as_bytes()).is_ok());
        assert!(read_xml(lists(128).as_bytes()).is_err());
    }

    #[test]
    fn many_names_are_all_kept_in_their_order() {
        let xml = (0..100).map(|n| format!("<n{n}>{n}</n{n}>")).collect::<Vec<_>>().concat();
        let text = json(&format!("<r>{xml}<n7>again</n7></r>"));
        assert!(text.starts_with(r#"{"r":{"n0":"0","n1":"1","#), "{text}");
        assert!(
            text.contains(r#""n7":["7","again"],"n8":"8""#) && text.ends_with(r#""n99":"99"}}"#),
            "{text}"
        );
    }

    /// A tree in the form that [`read_xml`] gives, written as XML.
    fn write(name: &str, value: &Value<'_>, out: &mut String) {
        let escaped = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('\r', "&#13;")
        };
        match value {
            Value::Array(items) if items.is_empty() => out.extend(["<", name, "/>"]),
            Value::Array(items) => items.iter().for_each(|item| write(name, item, out)),
            Value::String(text) => out.extend(["<", name, ">", &escaped(text), "</", name, ">"]),
            Value::Object(object) => {
                out.extend(["<", name, ">"]);
                for member in &object.members {
                    write(&member.name, &member.value, out);
                }
                out.extend(["</", name, ">"]);
            }
            other => panic!("never read from XML: {other:?}"),
        }
    }

    fn trees() -> impl Strategy<Value = Value<'static>> {
        let text = "[a-z<>&\"'é€]([a-z<>& \n\r]{0,6}[]a-z])?".prop_map(Value::string);
        let leaf = prop_oneof![text, Just(Value::Array(Vec::new()))];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let repeated = proptest::collection::vec(inner.clone(), 2..5).prop_map(Value::Array);
            proptest::collection::btree_map("[a-f]", prop_oneof![3 => inner, 1 => repeated], 1..5).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| Member { name: name.into(), value });
                Value::Object(Object {
                    members: members.collect(),
                })
            })
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(tree in trees()) {
            let mut xml = String::new();
            write("root", &tree, &mut xml);
            let expected = Value::Object(Object { members: vec![Member { name: "root".into(), value: tree }] });
            prop_assert_eq!(read_xml(xml.as_bytes()).map_err(|error| error.to_string()), Ok(expected), "{}", xml);
        }

        #[test]
        fn nothing_panics(text in "[<>/&;=!a-b'\"\\[\\]?#x0-9 \n-]{0,40}", bytes in any::<Vec<u8>>()) {
            for document in [text.as_bytes(), &bytes] {
                if let Err(error) = read_xml(document) {
                    prop_assert!(!error.reason.is_empty());
                    prop_assert!(error.line <= document.len() + 1 && error.column <= document.len() + 1);
                }
            }
        }
    }
}
