//! Diagnostics as text for a terminal: the message, the source line, a caret under the place, notes and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Colour, Diagnostic, Severity, Source, Span};

/// All of them, a blank line between two and a newline at the end; the empty string when there are none.
#[must_use]
pub fn render<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>, colour: Colour) -> String {
    let renderer = match colour {
        Colour::On => Renderer::styled(),
        Colour::Off => Renderer::plain(),
    };
    let shown: Vec<String> = diagnostics
        .into_iter()
        .map(|diagnostic| renderer.render(&[group(diagnostic)]) + "\n")
        .collect();
    shown.join("\n")
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
    let source = &diagnostic.source;
    match &diagnostic.primary {
        None => group = group.element(Origin::path(source.file())),
        Some(primary) => {
            let labels = std::iter::once((AnnotationKind::Primary, primary))
                .chain(diagnostic.secondary.iter().map(|label| (AnnotationKind::Context, label)));
            let snippet = Snippet::source(source.text())
                .path(source.file())
                .annotations(labels.map(|(kind, label)| {
                    let text = (!label.text.is_empty()).then_some(label.text.as_str());
                    kind.span(clamped(source, label.span).range()).label(text)
                }));
            group = group.element(snippet);
        }
    }
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.message(note.as_str()));
    let help = diagnostic.help.iter().map(|help| Level::HELP.message(help.as_str()));
    group.elements(notes.chain(help))
}

/// A span that the renderer can point at: inside the text, on whole characters.
fn clamped(source: &Source, span: Span) -> Span {
    let text = source.text();
    let start = text.floor_char_boundary(span.start);
    Span::new(start, text.ceil_char_boundary(span.end.max(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_shows_its_line_its_caret_and_what_to_do() {
        let source = Source::new("parity.toml", "suites = \"a\"\n[servise.database]\nport = 1\n");
        let diagnostic = Diagnostic::error(&source, Span::new(14, 21), "unknown key `servise`")
            .label("no such key")
            .also(Span::new(0, 6), "a valid one")
            .note("valid keys: `suites`, `service`")
            .help("did you mean `service`?");
        let expected = "\
error: unknown key `servise`
 --> parity.toml:2:2
  |
1 | suites = \"a\"
  | ------ a valid one
2 | [servise.database]
  |  ^^^^^^^ no such key
  |
  = note: valid keys: `suites`, `service`
  = help: did you mean `service`?
";
        assert_eq!(render([&diagnostic], Colour::Off), expected);
        let styled = render([&diagnostic], Colour::On);
        assert!(styled.contains('\u{1b}'));
    }

    #[test]
    fn a_file_as_a_whole_is_named_without_a_line() {
        let source = Source::new("suites/a.toml", "");
        let diagnostic = Diagnostic::file(&source, "cannot read `suites/a.toml`: denied").help("look at its permissions");
        let expected = "\
error: cannot read `suites/a.toml`: denied
--> suites/a.toml
 = help: look at its permissions
";
        assert_eq!(render([&diagnostic], Colour::Off), expected);
    }

    #[test]
    fn spans_outside_the_text_or_inside_a_character_do_not_stop_rendering() {
        let source = Source::new("f", "é");
        for span in [Span::new(0, 0), Span::new(1, 1), Span::new(0, 99), Span::new(7, 3)] {
            assert!(
                render([&Diagnostic::error(&source, span, "here")], Colour::Off).contains("f:1:"),
                "{span:?}"
            );
        }
        let empty = Source::new("f", "");
        assert!(render([&Diagnostic::error(&empty, Span::default(), "here")], Colour::Off).contains("here"));
    }
}
