//! Free ports: numbers that nobody listens on, given to one service at a time.
//!
//! A number is free when the kernel just gave it out. Between that and the moment the service listens, another parity
//! could be given the same number, and would then ask the wrong server whether it is ready. So a number is claimed under
//! a name that only one process of the machine can hold and that vanishes with its holder.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// A claimed port. The claim ends with the value.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) number: u16,
    _claim: Claim,
}

impl Port {
    /// A port that is free on the loopback address.
    pub(super) fn free() -> io::Result<Self> {
        const ATTEMPTS: u32 = 32;
        for _ in 0..ATTEMPTS {
            let number = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            if let Some(claim) = Claim::of(number)? {
                return Ok(Self { number, _claim: claim });
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            "every port that was offered is claimed by another run",
        ))
    }

    /// Whether somebody listens on it now.
    pub(super) fn is_taken(number: u16) -> bool {
        matches!(TcpListener::bind((Ipv4Addr::LOCALHOST, number)), Err(error) if error.kind() == io::ErrorKind::AddrInUse)
    }
}

/// An abstract socket: no file, one holder, gone with its process however that ends.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Claim(#[expect(dead_code, reason = "held, never used")] std::os::unix::net::UnixDatagram);

#[cfg(target_os = "linux")]
impl Claim {
    fn of(number: u16) -> io::Result<Option<Self>> {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::net::{SocketAddr, UnixDatagram};

        let name = SocketAddr::from_abstract_name(format!("parity-port-{number}"))?;
        match UnixDatagram::bind_addr(&name) {
            Ok(socket) => Ok(Some(Self(socket))),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Elsewhere the kernel's choice has to do.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
struct Claim;

#[cfg(not(target_os = "linux"))]
impl Claim {
    fn of(_number: u16) -> io::Result<Option<Self>> {
        Ok(Some(Self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_claims_never_share_a_port() {
        let ports: Vec<Port> = (0..50).map(|_| Port::free().unwrap()).collect();
        let numbers: std::collections::BTreeSet<u16> = ports.iter().map(|port| port.number).collect();
        assert_eq!(numbers.len(), ports.len());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_claim_ends_with_its_value() {
        let port = Port::free().unwrap();
        assert!(Claim::of(port.number).unwrap().is_none());
        let number = port.number;
        drop(port);
        assert!(Claim::of(number).unwrap().is_some());
    }

    #[test]
    fn a_listener_is_seen() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(Port::is_taken(listener.local_addr().unwrap().port()));
    }
}
