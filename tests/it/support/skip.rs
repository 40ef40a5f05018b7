//! What a test needs and this machine lacks, said aloud.

use std::io::Write as _;
use std::path::Path;

/// Says aloud that a test is skipped, because it then proves nothing. Fails it unless skipping was allowed by
/// `PARITY_TEST_ALLOW_SKIP`.
pub fn skip(test: &str, why: &str) {
    let allowed = std::env::var("PARITY_TEST_ALLOW_SKIP").is_ok_and(|value| !matches!(&*value, "" | "0"));
    assert!(
        allowed,
        "{why}: `ci/test` installs what the tests need; set `PARITY_TEST_ALLOW_SKIP=1` to skip those that need it"
    );
    let line = format!("{test}: {why}\n");
    // Not `eprintln`, which the test harness swallows when a test passes.
    write!(std::io::stderr(), "SKIPPED {line}").expect("stderr is open");
    if let Some(file) = std::env::var_os("PARITY_TEST_SKIPS") {
        let appended = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(file)
            .and_then(|mut file| file.write_all(line.as_bytes()));
        appended.expect("the list of skipped tests can be written");
    }
}

/// Whether something that this thread's test needs is missing and may be.
pub fn is_skipped(missing: Option<String>) -> bool {
    let Some(missing) = missing else { return false };
    skip(std::thread::current().name().unwrap_or("a test"), &missing);
    true
}

/// Why the local database server cannot be had here, when it cannot.
pub fn no_mariadb() -> Option<String> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"];
    let missing = |program: &&str| !folders.iter().any(|folder| Path::new(folder).join(program).exists());
    let program = ["mariadbd", "mariadb-install-db"].into_iter().find(missing)?;
    Some(format!("`{program}` is not installed"))
}
