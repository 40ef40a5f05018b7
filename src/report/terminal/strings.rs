//! Where two long texts differ.

use similar::{ChangeTag, TextDiff};
use unicode_width::UnicodeWidthChar;

use crate::report::style::{Colour, Ink, Style, columns};

/// Texts of fewer columns are taken in at a glance.
const LONG: usize = 24;

/// Up to so many characters the differing middle of two texts is looked into; a longer one differs as a whole.
const LOOKED_INTO: usize = 2_000;

/// How many columns of what both have in common stand before the first difference.
const BEFORE: usize = 16;

/// A piece of a text, and whether the other text lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    differs: bool,
}

/// Lines that show an expected and a received text of one kind under each other, without their labels: each text on one line,
/// and without colours a line of `^` under what differs.
pub(super) fn pair(expected: &str, got: &str, style: Style, room: usize) -> [Vec<String>; 2] {
    if columns(expected).max(columns(got)) < LONG {
        return [vec![style.paint(Ink::Good, expected)], vec![style.paint(Ink::Bad, got)]];
    }
    let (ours, theirs) = pieces(expected, got);
    let skip = window(&ours, &theirs, room);
    [
        lines(&ours, (Ink::Good, Ink::Owed), style, (skip, room)),
        lines(&theirs, (Ink::Bad, Ink::Came), style, (skip, room)),
    ]
}

fn pieces(expected: &str, got: &str) -> (Vec<Piece>, Vec<Piece>) {
    let head = common(expected.chars(), got.chars());
    let (ours, theirs) = (&expected[head..], &got[head..]);
    let tail = common(ours.chars().rev(), theirs.chars().rev());
    let (ours_middle, theirs_middle) = (&ours[..ours.len() - tail], &theirs[..theirs.len() - tail]);
    let mut result = (vec![same(&expected[..head])], vec![same(&got[..head])]);
    if ours_middle.chars().count().max(theirs_middle.chars().count()) > LOOKED_INTO {
        result.0.push(differs(ours_middle));
        result.1.push(differs(theirs_middle));
    } else {
        // Letters that two words share by chance are no help to a reader, so only short stretches are compared by letter.
        let by_word = ours_middle.len().max(theirs_middle.len()) > 12;
        let diff = if by_word {
            TextDiff::from_words(ours_middle, theirs_middle)
        } else {
            TextDiff::from_chars(ours_middle, theirs_middle)
        };
        for change in diff.iter_all_changes() {
            match change.tag() {
                ChangeTag::Equal => {
                    result.0.push(same(change.value()));
                    result.1.push(same(change.value()));
                }
                ChangeTag::Delete => result.0.push(differs(change.value())),
                ChangeTag::Insert => result.1.push(differs(change.value())),
            }
        }
    }
    result.0.push(same(&ours[ours.len() - tail..]));
    result.1.push(same(&theirs[theirs.len() - tail..]));
    result
}

/// The bytes of what two texts have in common from where they are read.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

fn same(text: &str) -> Piece {
    Piece {
        text: text.to_owned(),
        differs: false,
    }
}

fn differs(text: &str) -> Piece {
    Piece {
        text: text.to_owned(),
        differs: true,
    }
}

/// How many characters are skipped so that the first difference is in sight; none when everything is.
fn window(ours: &[Piece], theirs: &[Piece], room: usize) -> usize {
    let width = |pieces: &[Piece]| pieces.iter().map(|piece| columns(&piece.text)).sum::<usize>();
    let widest = width(ours).max(width(theirs));
    if widest <= room {
        return 0;
    }
    let head = ours.first().map_or(0, |piece| piece.text.chars().count());
    // Where little follows the difference, the room is filled from before it.
    head.saturating_sub(BEFORE).min(widest + 1 - room)
}

fn lines(pieces: &[Piece], (ink, loud): (Ink, Ink), style: Style, (skip, room): (usize, usize)) -> Vec<String> {
    let letters: Vec<(char, bool)> = pieces
        .iter()
        .flat_map(|piece| piece.text.chars().map(|c| (c, piece.differs)))
        .skip(skip)
        .collect();
    let width = |letters: &[(char, bool)]| letters.iter().map(|(c, _)| c.width().unwrap_or(0)).sum::<usize>();
    let before = usize::from(skip > 0);
    let whole = before + width(&letters) <= room;
    let mut shown = letters.len();
    while !whole && before + width(&letters[..shown]) + 1 > room {
        // The whole text may be a hundred times the room: halve first, then go letter by letter.
        shown = if shown > 4 * room { shown / 2 } else { shown - 1 };
    }
    let mut text = "…".repeat(before);
    let mut marks = " ".repeat(before);
    for stretch in letters[..shown].chunk_by(|a, b| a.1 == b.1) {
        let part: String = stretch.iter().map(|(c, _)| c).collect();
        let differs = stretch[0].1;
        text.push_str(&style.paint(if differs { loud } else { ink }, part));
        marks.push_str(&if differs { "^" } else { " " }.repeat(width(stretch)));
    }
    if !whole {
        text.push('…');
    }
    let mut lines = vec![text];
    let marks = marks.trim_end();
    if style.colour == Colour::Off && !marks.is_empty() {
        lines.push(marks.to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(expected: &str, got: &str, room: usize) -> String {
        let [ours, theirs] = pair(expected, got, Style::PLAIN, room);
        [ours, theirs].concat().join("\n")
    }

    #[test]
    fn the_differing_part_is_marked() {
        insta::assert_snapshot!(plain("\"sklearn.svm.SVC(kernel='rbf', C=1.0)\"", "\"sklearn.svm.SVC(kernel='rbf', C=1)\"", 80), @r#"
        "sklearn.svm.SVC(kernel='rbf', C=1.0)"
                                          ^^
        "sklearn.svm.SVC(kernel='rbf', C=1)"
        "#);
    }

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let expected = format!("{}one fine day{}", "same ".repeat(40), " end".repeat(40));
        insta::assert_snapshot!(plain(&expected, &expected.replace("fine", "foul"), 60), @"
        … same same one fine day end end end end end end end end en…
                         ^^^
        … same same one foul day end end end end end end end end en…
                         ^^^
        ");
    }

    #[test]
    fn short_texts_are_left_to_the_eye() {
        assert_eq!(plain("0.93", "0.94", 80), "0.93\n0.94");
    }

    proptest! {
        #[test]
        fn nothing_is_too_wide_and_nothing_panics(a in "[ab é日\u{301}]{0,200}", b in "[ab é日\u{301}]{0,200}", room in 20usize..100) {
            for line in pair(&a, &b, Style::PLAIN, room).concat() {
                prop_assert!(columns(&line) <= room.max(LONG) + 1, "{} {}", columns(&line), line);
            }
        }

        #[test]
        fn pieces_make_up_their_texts(a in any::<String>(), b in any::<String>()) {
            let (ours, theirs) = pieces(&a, &b);
            prop_assert_eq!(ours.iter().map(|piece| &*piece.text).collect::<String>(), a);
            prop_assert_eq!(theirs.iter().map(|piece| &*piece.text).collect::<String>(), b);
        }
    }
}
