//! What must not be written down, and what is written in its place.
//!
//! A *secret* is the value of a header, parameter or member that by its name holds one, or a value that was given as one.
//! Where it stands it becomes `masked:` with a keyed digest, so that equal secrets of one record are still seen to be equal
//! and nobody without the key, which is never stored, can try guesses. A secret that occurs anywhere else in the same
//! exchange, as it is or escaped, is masked there, too. So is a *private* value, of which a suite says where it stands. This room changes copies on their way out; what is compared is untouched.

mod mask;
mod members;
mod names;
mod pairs;
mod redactor;
mod spellings;
mod tokens;

pub use mask::{Key, MASKED, is_body_digest, is_mask, without_digests};
pub use names::SecretNames;
pub use redactor::{Masks, Redactor};
