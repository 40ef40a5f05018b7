//! The file itself.

use base64::Engine as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::report::model::RunReport;
use crate::report::style::{Colour, Style};
use crate::report::terminal;

use super::data::{Data, Rules};
use super::evidence::Evidence;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(include_str!("compare.js"), include_str!("app.js"));

/// The page of a run. Without evidence, no answers are in it.
#[must_use]
pub fn render(run: &RunReport, evidence: Option<&Evidence>) -> String {
    let style = Style {
        colour: Colour::Off,
        width: 100,
    };
    let rules = Rules::of(run);
    let pieces: String = evidence.map_or_else(String::new, |evidence| {
        let piece = |(index, json): (usize, &str)| format!("<script type=\"application/json\" id=\"evidence-{index}\">{json}</script>\n");
        evidence.pieces().map(piece).collect()
    });
    fill(
        PAGE,
        &[
            ("script_hash", &hash(SCRIPT)),
            ("style_hash", &hash(STYLE)),
            ("style", STYLE),
            ("script", SCRIPT),
            ("tool", concat!("parity ", env!("CARGO_PKG_VERSION"))),
            ("plain", &markup(&terminal::render_summary(run, style))),
            ("evidence", &pieces),
            ("data", &embedded(&Data::of(run, &rules, evidence))),
        ],
    )
}

/// Data as JSON that can stand inside a `script` element: nothing in it ends the element or begins a comment.
pub(super) fn embedded(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("no map has keys that are not text, and no type refuses to be written");
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        match c {
            // Outside its strings JSON has none of these.
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

/// Text as it stands between tags.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The hash by which a policy allows exactly this text (Content Security Policy Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// A template with its `{names}` filled in, once each: what is filled in is not looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, behind) = rest.split_at(open);
        out.push_str(before);
        let close = behind.find('}').expect("a name ends in the template");
        let name = &behind[1..close];
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.expect("every name of the template is filled in").1);
        rest = &behind[close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{NASTY, everything, run, tolerated};
    use proptest::prelude::*;

    /// The JSON of a script element, as a browser finds its end.
    fn element<'p>(page: &'p str, id: &str) -> &'p str {
        let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
        rest.split("</").next().unwrap()
    }

    #[test]
    fn the_page_is_one_file_that_asks_nobody() {
        let page = render(&everything(), None);
        let frame = page.split("<script type=").next().unwrap();
        // Styles and scripts are named by their hash, and everything else is forbidden.
        assert!(frame.contains("default-src 'none'; script-src 'sha256-"));
        assert!(!frame.contains("unsafe-inline") && !page.contains("{data}"));
        for outside in ["http://", "https://", "src=", "@import", "url(", "//cdn"] {
            assert!(
                !PAGE.contains(outside) && !STYLE.contains(outside) && !SCRIPT.contains(outside),
                "{outside}"
            );
        }
        for way_out in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "fetch(",
            "XMLHttpRequest",
        ] {
            assert!(!SCRIPT.contains(way_out), "{way_out}");
        }
        for ended in ["</script", "</style", "<!--"] {
            assert!(!SCRIPT.contains(ended) && !STYLE.contains(ended), "{ended}");
        }
    }

    #[test]
    fn what_tolerances_excused_is_known() {
        let page = render(&run(tolerated(&["0004", "0007", "00001"])), None);
        let data: serde_json::Value = serde_json::from_str(element(&page, "data")).unwrap();
        let [one] = &data["tolerances"].as_array().unwrap()[..] else {
            panic!("one tolerance is expected: {data}")
        };
        assert_eq!(
            (&one["l"], &one["c"], &one["p"]),
            (&"0.000007".into(), &1.into(), &"/trace/0/evaluation".into())
        );
        let rule = &data["rules"][usize::try_from(one["r"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["n"], "tolerance /trace/*/evaluation absolute 0.001");
    }

    #[test]
    fn what_is_embedded_does_not_break_out() {
        let page = render(&everything(), None);
        let data: serde_json::Value = serde_json::from_str(element(&page, "data")).unwrap();
        let names: Vec<&str> = data["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|case| case["n"].as_str().unwrap())
            .collect();
        assert!(
            names.contains(&crate::value::visible(&format!("run_id={NASTY}")).as_ref()),
            "{names:?}"
        );
        assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
        assert_eq!(page.matches("<script").count(), 2);
    }

    #[test]
    fn the_data() {
        let page = render(&everything(), None);
        let data: serde_json::Value = serde_json::from_str(element(&page, "data")).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&data).unwrap());
    }

    #[test]
    fn a_stand_in_is_shouted_and_a_genuine_oracle_is_not() {
        let mut all = run(vec![everything().cases.swap_remove(0)]);
        let data = |run: &RunReport| -> serde_json::Value { serde_json::from_str(element(&render(run, None), "data")).unwrap() };
        assert_eq!(data(&all)["oracle"]["kind"], "stand-in");
        all.oracle.kind = crate::exchange::OracleKind::Genuine;
        assert_eq!(data(&all)["oracle"]["kind"], "genuine");
    }

    proptest! {
        #[test]
        fn any_text_stays_data(text in any::<String>()) {
            let json = embedded(&[&text]);
            prop_assert!(!json.contains(['<', '>', '&']));
            let read: [String; 1] = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&read[0], &text);
            prop_assert!(!markup(&text).contains('<'));
        }
    }
}
