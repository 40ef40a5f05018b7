//! What is private, as it is written.

use crate::diagnostic::{Kind, Source, Value};
use crate::exchange::Side;

use super::private::{Private, PrivatePlace};
use super::read::pattern;

/// Places of both sides' answers, or of each side's own.
pub(super) fn read_places<'d>(value: Value<'d>, source: &Source) -> Option<(Value<'d>, Vec<PrivatePlace>)> {
    let places = match value.kind() {
        Kind::Table => {
            let mut table = value.table()?;
            let mut found = Vec::new();
            for side in Side::BOTH {
                let of_side = table.optional_with(side.name(), |value| places(value, Some(side), source));
                found.extend(of_side.unwrap_or_default());
            }
            table.finish();
            Some(found)
        }
        Kind::List | Kind::String => places(value, None, source),
        _ => value.unexpected("a list of paths, such as `[\"/user/email\"]`, or `{ legacy = […], candidate = […] }`"),
    };
    Some((value, places?))
}

/// What becomes of bodies.
pub(super) fn read_bodies(value: Value<'_>) -> Option<bool> {
    value.one_of(&[("stored", false), ("digest", true)])
}

/// The two together.
pub(super) fn private(redact: Option<(Value<'_>, Vec<PrivatePlace>)>, bodies: Option<bool>) -> Option<Private> {
    let bodies = bodies.unwrap_or_default();
    match redact {
        Some((value, _)) if bodies => {
            value.error("with `body = \"digest\"` nothing of a body is stored, and there is nothing to redact in it: remove one of them")
        }
        redact => Some(Private {
            places: redact.map(|(_, places)| places).unwrap_or_default(),
            bodies,
        }),
    }
}

fn places(value: Value<'_>, side: Option<Side>, source: &Source) -> Option<Vec<PrivatePlace>> {
    let places = value.list_or_one().into_iter().map(|value| {
        let at = pattern(value)?;
        if at.parts().is_empty() {
            return value.error("the whole body is meant by `body = \"digest\"`, in place of `redact = [\"/\"]`");
        }
        let line = source.position(value.span().start).line;
        Some(PrivatePlace { at, side, line })
    });
    let places: Vec<_> = places.collect();
    let places: Option<Vec<PrivatePlace>> = places.into_iter().collect();
    let places = places?;
    for (index, place) in places.iter().enumerate() {
        if places[..index].iter().any(|known| known.at == place.at) {
            return value.error(format_args!("`{}` is named twice", place.at));
        }
    }
    Some(places)
}
