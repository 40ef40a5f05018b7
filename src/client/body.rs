//! A body, read up to a limit.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use crate::exchange::{Unreachable, UnreachableKind};

use super::cause::Cause;

/// How far reading a body came, for the reason of a failure.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Whether the head has come.
    pub head: bool,
    /// How many bytes of the body have come.
    pub received: usize,
    /// How many the head announces.
    pub announced: Option<u64>,
}

impl Progress {
    /// `100 of 1000 bytes`, `100 bytes`.
    pub fn bytes(&self) -> String {
        match self.announced {
            Some(announced) => format!("{} of {announced} bytes", self.received),
            None => format!("{} bytes", self.received),
        }
    }
}

/// Reads a whole body; stops reading, and with it the connection, at the limit.
pub(super) async fn read(response: &mut Response, limit: usize, progress: &mut Progress) -> Result<Bytes, Unreachable> {
    progress.announced = response.content_length();
    if progress.announced.is_some_and(|announced| announced > limit as u64) {
        return Err(too_large(limit, progress));
    }
    // Most bodies come in one piece, which is then shared and not copied.
    let mut first = Bytes::new();
    let mut whole: Option<BytesMut> = None;
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => return Err(Cause::of(&error).in_body(progress)),
        };
        progress.received += chunk.len();
        if progress.received > limit {
            return Err(too_large(limit, progress));
        }
        match &mut whole {
            None if first.is_empty() => first = chunk,
            None => {
                // The announced length was checked against the limit above.
                let announced = progress.announced.and_then(|announced| usize::try_from(announced).ok());
                let mut joined = BytesMut::with_capacity(announced.unwrap_or(0).max(2 * progress.received));
                joined.extend_from_slice(&first);
                joined.extend_from_slice(&chunk);
                whole = Some(joined);
            }
            Some(joined) => joined.extend_from_slice(&chunk),
        }
    }
    Ok(whole.map_or(first, BytesMut::freeze))
}

fn too_large(limit: usize, progress: &Progress) -> Unreachable {
    let size = match progress.announced {
        Some(announced) => format!("{announced} bytes"),
        None => "more than that".to_owned(),
    };
    Unreachable {
        kind: UnreachableKind::TooLarge,
        reason: format!("the limit of a body is {limit} bytes, and this one has {size}"),
    }
}
