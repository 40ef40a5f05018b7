//! What the language of known differences must be able to say, phrase by phrase: a suite, what the legacy answers, what the
//! candidate answers. Each is in parity with its rules, in no parity without any one of them, and a candidate that nearly
//! answers it is caught.

mod pair;

mod answers;
mod comparisons;
mod conditions;
mod endpoints;
mod errors;
mod shapes;
mod values;
