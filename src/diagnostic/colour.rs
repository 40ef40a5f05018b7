/// Whether text is coloured. Whatever is said by a colour is said by a word or a sign as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// With ANSI escape sequences.
    On,
    /// Plain text.
    Off,
}
