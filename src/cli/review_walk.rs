//! `parity review` at a terminal: one snapshot after the other, one signature after the other, one key each.

use std::collections::BTreeSet;
use std::path::Path;

use crate::report::open::open;
use crate::report::terminal;
use crate::suite::Case;
use crate::value::visible;

use super::context::Context;
use super::declare::Way;
use super::failure::Failure;
use super::keys::{Key, Keys, both};
use super::output::Output;
use super::review::{Review, Waiting};

struct Walk<'w> {
    keys: Keys,
    config: Option<&'w Path>,
    context: &'w Context,
    output: &'w Output,
    /// Cases whose snapshots, and names of signatures that, somebody has passed by.
    passed: BTreeSet<String>,
}

/// Whether anything more is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Next,
    Quit,
}

/// Asks for everything that is to be decided, until somebody quits; gives what is left.
pub(super) fn walk(mut review: Review, keys: Keys, config: Option<&Path>, context: &Context, output: &Output) -> Result<Review, Failure> {
    let mut walk = Walk {
        keys,
        config,
        context,
        output,
        passed: BTreeSet::new(),
    };
    loop {
        if walk.snapshots(&mut review)? == Then::Quit {
            return Ok(review);
        }
        let Some(next) = walk.next_signature(&review) else {
            return Ok(review);
        };
        let then;
        (review, then) = walk.signature(review, &next)?;
        if then == Then::Quit {
            return Ok(review);
        }
    }
}

/// An open signature to ask about.
struct Asked {
    id: String,
    suite: String,
    signature: String,
    shown: String,
    /// One of its cases.
    case: Case,
    /// Whether a rule can be made at all.
    has_rules: bool,
    /// Which of how many.
    place: String,
}

impl Walk<'_> {
    fn ask(&mut self, question: &str) -> Result<Option<char>, Failure> {
        match self.keys.answer(question, self.output) {
            Key::Char(key) => Ok(Some(key)),
            Key::End => Ok(None),
            Key::Interrupt => Err(Failure::Interrupted),
        }
    }

    fn raw(&self, review: &Review, case: &Case) -> Result<(), Failure> {
        let recorded = review.again.exchange(&review.recorded(case))?;
        self.output.data(&both(&recorded));
        Ok(())
    }

    /// Snapshots that nobody has decided yet.
    fn snapshots(&mut self, review: &mut Review) -> Result<Then, Failure> {
        let (passed, mut waiting): (Vec<Waiting>, Vec<Waiting>) = std::mem::take(&mut review.waiting)
            .into_iter()
            .partition(|waiting| self.passed.contains(&waiting.case.to_string()));
        review.waiting = passed;
        let all = waiting.len();
        while !waiting.is_empty() {
            let item = waiting.remove(0);
            let (alike, place) = (1 + waiting.iter().filter(|other| other.is_like(&item)).count(), all - waiting.len());
            self.show(review, &item, alike);
            let alike_key = if alike > 1 {
                format!("  accept {alike} ali[k]e")
            } else {
                String::new()
            };
            let question = format!("{place} of {all}: [a]ccept  [r]eject  [s]kip  ra[w] answers{alike_key}  accept a[l]l  [q]uit");
            loop {
                match self.ask(&question)? {
                    Some('a') => review.accept(&item)?,
                    Some(key @ ('k' | 'l')) => {
                        let (taken, left): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|other| key == 'l' || other.is_like(&item));
                        for accepted in taken.iter().chain([&item]) {
                            review.accept(accepted)?;
                        }
                        waiting = left;
                    }
                    Some('r') => review.reject(&item)?,
                    Some('s') => {
                        self.passed.insert(item.case.to_string());
                        review.waiting.push(item);
                    }
                    Some('w') => {
                        self.raw(review, &item.case)?;
                        continue;
                    }
                    Some('q') | None => {
                        review.waiting.push(item);
                        review.waiting.append(&mut waiting);
                        return Ok(Then::Quit);
                    }
                    Some(_) => continue,
                }
                break;
            }
        }
        Ok(Then::Next)
    }

    fn show(&self, review: &Review, item: &Waiting, alike: usize) {
        let suite = review.again.suite_report(&item.case.suite);
        self.output.data("\n");
        self.output
            .data(&terminal::render_case(&item.report, suite.as_ref(), self.output.style()));
        if item.report.snapshot_diff.is_none() {
            let lines: Vec<_> = item.text.lines().map(visible).collect();
            self.output.data(&format!("{}\n", lines.join("\n")));
        } else if alike > 1 {
            self.output.data(&format!("changed alike in {alike} cases:\n"));
            for change in &item.changes {
                self.output.data(&format!("  {}\n", visible(change)));
            }
        }
    }

    /// The first open signature that nobody has passed by.
    fn next_signature(&self, review: &Review) -> Option<Asked> {
        let open = open(&review.run);
        let place = open.iter().position(|open| !self.passed.contains(&open.id))?;
        let next = &open[place];
        let case: &Case = &next.finding.cases[0].case;
        let suite = review.again.suite_report(next.suite);
        let is_private = |suite: &crate::suite::Suite| suite.name == next.suite && !suite.private.is_nothing();
        Some(Asked {
            id: next.id.clone(),
            suite: next.suite.to_owned(),
            signature: next.signature.clone(),
            shown: next.render(suite.as_ref(), self.output.style()),
            case: case.clone(),
            has_rules: !review.again.project.active.iter().any(|suite| is_private(suite)),
            place: format!("{} of {}", place + 1, open.len()),
        })
    }

    fn signature(&mut self, review: Review, asked: &Asked) -> Result<(Review, Then), Failure> {
        self.output.data(&format!("\n{}", asked.shown));
        let rule = if asked.has_rules { "declare a [r]ule  " } else { "" };
        let question = format!("{} open: {rule}[e]xpect it  ra[w] answers  [s]kip  [q]uit", asked.place);
        loop {
            let way = match self.ask(&question)? {
                Some('r') if asked.has_rules => Way::Rule,
                Some('e') => Way::Expected,
                Some('s') => {
                    self.passed.insert(asked.id.clone());
                    return Ok((review, Then::Next));
                }
                Some('w') => {
                    self.raw(&review, &asked.case)?;
                    continue;
                }
                Some('q') | None => return Ok((review, Then::Quit)),
                Some(_) => continue,
            };
            if self.declared(&review, asked, way)? {
                return Ok((review.anew(self.config, self.context)?, Then::Next));
            }
        }
    }

    /// Whether something was declared: the text is shown, and a reason is asked for.
    fn declared(&mut self, review: &Review, asked: &Asked, way: Way) -> Result<bool, Failure> {
        if way == Way::Rule {
            self.output.say("trying rules on every case of the suite");
        }
        let declarable = match review.declarable(&asked.suite, &asked.signature, way)? {
            Ok(declarable) => declarable,
            Err(why) => {
                let what = match way {
                    Way::Rule => "no rule is proposed",
                    Way::Expected => "it cannot be expected",
                };
                self.output.say(&format!("{what}: {why}"));
                return Ok(false);
            }
        };
        if declarable.about() != asked.signature {
            let first = visible(declarable.about());
            self.output
                .say(&format!("the shape comes first, on which a rule for this may stand: {first}"));
        }
        let shown = match declarable.shown() {
            Ok(shown) => shown,
            Err(failure) => {
                self.output.failure(&failure);
                return Ok(false);
            }
        };
        let lines: Vec<_> = shown.lines().map(visible).collect();
        self.output.data(&format!("\n{}\n\n", lines.join("\n")));
        self.output
            .data(&format!("into {}; why is it so? (empty: leave it)\n", declarable.file()));
        let Some(why) = self.keys.line("why: ", self.output) else {
            self.output.say("nothing was declared");
            return Ok(false);
        };
        if let Err(failure) = declarable.adopt(&why, self.context) {
            // The reason can be another one, or the file be put in order.
            self.output.failure(&failure);
            return Ok(false);
        }
        self.output.say(&format!("declared  {}: {}", declarable.file(), declarable.word()));
        Ok(true)
    }
}
