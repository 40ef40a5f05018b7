//! One run, told in the format that is asked for.

use super::format::Format;
use super::html::{self, Evidence};
use super::model::RunReport;
use super::style::{Colour, Style};
use super::{github, json, junit, markdown, sarif, terminal};

/// What a report is made from. Secrets are masked already.
#[derive(Debug, Clone, Copy)]
pub struct Material<'r> {
    /// The run.
    pub run: &'r RunReport,
    /// What stands before the names of files for those who start at the root of the repository: `services/api/`, or nothing.
    pub prefix: &'r str,
    /// What the two sides answered, for the formats that show it.
    pub evidence: Option<&'r Evidence>,
}

/// The text of a report, as it stands in a file.
#[must_use]
pub fn render(format: Format, material: &Material<'_>) -> String {
    match format {
        Format::Terminal => {
            let style = Style {
                colour: Colour::Off,
                width: WIDTH,
            };
            terminal::render(material.run, style)
        }
        Format::Json => json::render(material.run),
        Format::Junit => junit::render(material.run),
        Format::Markdown => markdown::render(material.run, markdown::COMMENT),
        Format::Github => github::render(material),
        Format::Sarif => sarif::render(material),
        Format::Html => html::render(material.run, material.evidence),
    }
}

/// The width of text in a file: lines that fit most logs.
const WIDTH: usize = 120;
