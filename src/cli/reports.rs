//! Where reports go: found to be writable before anything is started, and there whole or not at all when it is over.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use crate::diagnostic::nearest;
use crate::report::html::Evidence;
use crate::report::{Exit, Format, Material, RunReport, github, render, terminal};
use crate::run::{RejudgeError, evidence};
use crate::suite::Suite;

use super::context::Context;
use super::failure::Failure;
use super::files::unnamed;
use super::output::Output;

/// A report that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How the run is told.
    pub format: Format,
    /// Where to.
    pub destination: Destination,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// `-`.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// The reports of one run, with everything checked that can be checked beforehand.
#[derive(Debug)]
pub struct Reports {
    /// What standard output holds.
    stdout: Format,
    /// Whether annotations stand behind it.
    annotated: bool,
    files: Vec<Target>,
    /// The file that holds the summary of a GitHub job, when there is to be one.
    summary: Option<PathBuf>,
    /// What ends the time in which GitHub reads no commands out of what is printed.
    token: String,
}

#[derive(Debug)]
struct Target {
    format: Format,
    path: PathBuf,
    /// As it was typed.
    shown: String,
    /// A pipe or a device is written to, and not replaced.
    is_file: bool,
}

/// Reads `FORMAT=PATH`.
pub fn parse(text: &str) -> Result<Wanted, String> {
    const EXPECTED: &str = "expected `FORMAT=PATH`, such as `junit=report.xml`, or `FORMAT=-` for standard output";
    let (name, path) = text.split_once('=').ok_or(EXPECTED)?;
    let format = Format::named(name).ok_or_else(|| {
        let names = Format::ALL.map(Format::name);
        match nearest(name, names) {
            Some(near) => format!("there is no format `{name}`: did you mean `{near}`?"),
            None => format!("there is no format `{name}`: there are {}", names.join(", ")),
        }
    })?;
    match path {
        "" => Err(EXPECTED.to_owned()),
        "-" => Ok(Wanted {
            format,
            destination: Destination::Stdout,
        }),
        path => Ok(Wanted {
            format,
            destination: Destination::File(path.into()),
        }),
    }
}

impl Reports {
    /// Checks that every report can be written, and no two to one place.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn prepare(format: Option<Format>, wanted: &[Wanted], context: &Context) -> Result<Self, Failure> {
        let mut reports = Self {
            stdout: format.unwrap_or(Format::Terminal),
            annotated: false,
            files: Vec::new(),
            summary: None,
            token: String::new(),
        };
        let mut claimed = format;
        for Wanted { format, destination } in wanted {
            match destination {
                // Annotations are lines of a log, and the log is what the terminal shows.
                Destination::Stdout if *format == Format::Github && !reports.annotated => reports.annotated = true,
                Destination::Stdout => {
                    if let Some(other) = claimed {
                        return Err(Failure::Usage(format!(
                            "standard output would get two reports, {other} and {format}: give one of them a file, `--report {format}=PATH`"
                        )));
                    }
                    claimed = Some(*format);
                    reports.stdout = *format;
                }
                Destination::File(path) => reports.files.push(target(*format, path, context)?),
            }
        }
        if reports.annotated && reports.stdout != Format::Terminal {
            return Err(Failure::Usage(format!(
                "standard output would get two reports, {} and github: give one of them a file, `--report github=PATH`",
                reports.stdout
            )));
        }
        for (index, one) in reports.files.iter().enumerate() {
            if let Some(other) = reports.files[..index].iter().find(|other| other.is_file && other.path == one.path) {
                return Err(Failure::Usage(format!(
                    "two reports would be written to `{}`, {} and {}: give each a file of its own",
                    one.shown, other.format, one.format
                )));
            }
        }
        let github =
            reports.annotated || reports.stdout == Format::Github || reports.files.iter().any(|file| file.format == Format::Github);
        if let Some(path) = context.step_summary.as_ref().filter(|_| github) {
            append(path).map_err(|error| {
                Failure::Usage(format!(
                    "cannot write the job summary `{}`, which GITHUB_STEP_SUMMARY names: {error}",
                    path.display()
                ))
            })?;
            reports.summary = Some(path.clone());
        }
        reports.spare(reports.summary.as_deref())?;
        if reports.annotated {
            reports.token = token()?;
        }
        Ok(reports)
    }

    /// Refuses to write a report over one of these files, which the command reads or writes itself.
    ///
    /// # Errors
    /// The first that a report would be written over.
    pub fn spare<P: AsRef<Path>>(&self, files: impl IntoIterator<Item = P>) -> Result<(), Failure> {
        for file in files {
            let file = plain(file.as_ref());
            if let Some(target) = self.files.iter().find(|target| target.is_file && target.path == file) {
                return Err(Failure::Usage(format!(
                    "the {} report would be written over `{}`, which is no report: give it a file of its own",
                    target.format, target.shown
                )));
            }
        }
        Ok(())
    }

    /// What standard output holds.
    #[must_use]
    pub const fn stdout(&self) -> Format {
        self.stdout
    }

    /// Whether a report shows what the two sides answered.
    #[must_use]
    fn show_answers(&self) -> bool {
        self.stdout.shows_answers() || self.files.iter().any(|file| file.format.shows_answers())
    }

    /// The run begins: reports of earlier runs are taken away, so that none of them passes for one of this run, and
    /// what services answer is no longer read as commands to GitHub.
    pub fn begin(&self, output: &Output) {
        for target in self.files.iter().filter(|target| target.is_file) {
            // What cannot be removed now cannot be replaced later, and that is said then.
            let _ = fs::remove_file(&target.path);
        }
        if self.annotated {
            output.data(&format!("::stop-commands::{}\n", self.token));
        }
    }

    /// Writes everything but what the terminal shows. Files are made first and given their names last, so that a report
    /// that cannot be written leaves none of them behind.
    ///
    /// # Errors
    /// When a file cannot be written after all.
    pub fn write(&self, material: &Material<'_>, output: &Output) -> Result<(), Failure> {
        self.resume(output);
        if self.annotated {
            output.data(&render(Format::Github, material));
        } else if self.stdout != Format::Terminal {
            output.data(&render(self.stdout, material));
        }
        if let Some(path) = &self.summary {
            summarise(path, |room| github::summary(material, room))?;
        }
        let mut made = Vec::new();
        for target in &self.files {
            let text = render(target.format, material);
            if target.is_file {
                made.push((target, target.make(&text).map_err(|error| target.failed(&error))?));
            } else {
                let written = OpenOptions::new()
                    .write(true)
                    .open(&target.path)
                    .and_then(|mut file| file.write_all(text.as_bytes()));
                written.map_err(|error| target.failed(&error))?;
            }
        }
        for (target, file) in made {
            file.persist(&target.path).map_err(|error| target.failed(&error.error))?;
        }
        Ok(())
    }

    /// What the two sides answered, out of the record and so masked, where a report shows it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn answers(&self, record: &Path, suites: &[Arc<Suite>], run: &RunReport) -> Result<Option<Evidence>, RejudgeError> {
        self.show_answers().then(|| evidence(record, suites, run)).transpose()
    }

    /// Tells a run that was judged without services: the cases that fail and the summary where the terminal is told, then
    /// every other report; or why there is none.
    ///
    /// # Errors
    /// When nothing was judged, or a report cannot be written.
    pub fn tell(
        &self,
        judged: Result<(RunReport, Option<Evidence>), Failure>,
        context: &Context,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let (run, answers) = judged.inspect_err(|failure| self.failed(failure, output))?;
        if self.stdout == Format::Terminal {
            let style = output.style();
            let failing = run.cases.iter().filter(|case| !case.passes());
            let cases: String = failing.map(|case| terminal::render_case(case, run.suite(case), style)).collect();
            output.data(&format!("{cases}{}", terminal::render_summary(&run, style)));
        }
        let material = Material {
            run: &run,
            prefix: &context.prefix(),
            evidence: answers.as_ref(),
        };
        self.write(&material, output)?;
        Ok(run.exit())
    }

    /// Says in the job's log and summary why there is no run to report; files stay away.
    pub fn failed(&self, failure: &Failure, output: &Output) {
        self.resume(output);
        let told = failure.told();
        if self.annotated || self.stdout == Format::Github {
            output.data(&github::failure(&told));
        }
        if let Some(path) = &self.summary {
            // There is a failure to be told already.
            let _ = summarise(path, |_| github::failure_summary(&told));
        }
    }

    fn resume(&self, output: &Output) {
        if self.annotated {
            output.data(&format!("::{}::\n", self.token));
        }
    }
}

impl Target {
    fn make(&self, text: &str) -> std::io::Result<NamedTempFile> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder)?;
        let mut file = unnamed(folder)?;
        file.write_all(text.as_bytes())?;
        Ok(file)
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::SetUp(format!("cannot write the {} report `{}`: {error}", self.format, self.shown))
    }
}

/// Checks one file: that it may be made where it is to be, without making it.
fn target(format: Format, path: &Path, context: &Context) -> Result<Target, Failure> {
    let shown = path.display().to_string();
    let refused = |why: &dyn std::fmt::Display| Failure::Usage(format!("cannot write the {format} report `{shown}`: {why}"));
    let path = context.folder.join(path);
    let is_file = match fs::metadata(&path) {
        Ok(found) if found.is_dir() => return Err(refused(&"it is a folder, and a file is expected")),
        Ok(found) => found.is_file(),
        Err(_) => true,
    };
    let path = if is_file { plain(&path) } else { path };
    if is_file {
        let folder = path.ancestors().skip(1).find(|folder| folder.exists()).unwrap_or(Path::new("/"));
        NamedTempFile::new_in(folder).map_err(|error| refused(&reason(&error)))?;
    } else {
        // A pipe is not opened here, for that would wait for its reader, or end it.
        let found = fs::metadata(&path).map_err(|error| refused(&error))?;
        if found.permissions().readonly() {
            return Err(refused(&"it is read-only"));
        }
    }
    Ok(Target {
        format,
        path,
        shown,
        is_file,
    })
}

/// The error without the name of a temporary file, which nobody asked for.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or(&text).to_owned()
}

/// The path in one spelling, so that two names of one file are seen to be one. A link is what it leads to, also when there is
/// nothing yet.
pub fn plain(path: &Path) -> PathBuf {
    let mut path = in_one_spelling(path);
    // A circle of links leads nowhere: the file cannot be written, and that is said then.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = in_one_spelling(&path.parent().unwrap_or(Path::new("/")).join(target));
    }
    path
}

fn in_one_spelling(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                // What is above a link is above what it leads to.
                plain = plain.canonicalize().unwrap_or(plain);
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    let (Some(folder), Some(name)) = (plain.parent(), plain.file_name()) else {
        return plain;
    };
    folder.canonicalize().map_or_else(|_| plain.clone(), |folder| folder.join(name))
}

/// Appends what there is room for in the summary of a job.
fn summarise(path: &Path, text: impl FnOnce(usize) -> String) -> Result<(), Failure> {
    let written = append(path).and_then(|mut file| {
        let taken = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        file.write_all(text(github::SUMMARY.saturating_sub(taken)).as_bytes())
    });
    written.map_err(|error| Failure::SetUp(format!("cannot write the job summary `{}`: {error}", path.display())))
}

fn append(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// A word that no service can guess.
fn token() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::SetUp(format!("cannot get random numbers from the operating system: {error}")))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_format_and_a_place() {
        assert_eq!(
            parse("junit=a=b.xml"),
            Ok(Wanted {
                format: Format::Junit,
                destination: Destination::File("a=b.xml".into())
            })
        );
        assert_eq!(
            parse("github=-"),
            Ok(Wanted {
                format: Format::Github,
                destination: Destination::Stdout
            })
        );
        for (text, says) in [
            ("junit", "expected `FORMAT=PATH`"),
            ("junit=", "expected `FORMAT=PATH`"),
            ("junti=x", "there is no format `junti`: did you mean `junit`?"),
            (
                "pdf=x",
                "there is no format `pdf`: there are terminal, json, junit, markdown, github, sarif, html",
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn one_file_has_one_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        fs::create_dir(folder.join("a")).unwrap();
        std::os::unix::fs::symlink(folder.join("a"), folder.join("b")).unwrap();
        for path in ["a/x", "./a/./x", "a/../a/x", "b/x", "b/../a/x"] {
            assert_eq!(plain(&folder.join(path)), folder.join("a/x"), "{path}");
        }
        assert_eq!(plain(&folder.join("new/er/../x")), folder.join("new/x"));
        // Links to files, and to what will be one.
        std::os::unix::fs::symlink("../a/x", folder.join("a/y")).unwrap();
        std::os::unix::fs::symlink("b/y", folder.join("z")).unwrap();
        assert_eq!(plain(&folder.join("z")), folder.join("a/x"));
        fs::write(folder.join("a/x"), "").unwrap();
        assert_eq!(plain(&folder.join("z")), folder.join("a/x"));
        std::os::unix::fs::symlink("circle", folder.join("circle")).unwrap();
        assert_eq!(plain(&folder.join("circle")), folder.join("circle"));
    }
}
