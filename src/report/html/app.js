// The page: everything is made from the data that is embedded, and nothing is asked of anybody.

const data = JSON.parse(document.getElementById("data").textContent);
const VERDICTS = ["match", "translated", "mismatch", "legacy-broken", "candidate-broken", "unreachable"];
const byId = (id) => document.getElementById(id);

// An element with its attributes and children; text is text and never markup.
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, does] of Object.entries(value)) node.addEventListener(event, does);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}
const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
const time = (ms) => ms === null || ms === undefined ? "–" : ms < 9.95 ? `${ms.toFixed(1)} ms` : ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
// Characters that hide or turn text are shown as what they are.
const visible = (text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

const cases = data.cases.map((one, index) => ({ ...one, index, passes: !one.f, fails: Boolean(one.f && !one.g), suite: data.suites[one.s].name }));
const failing = cases.filter((one) => !one.passes).length;
for (const one of cases) one.full = one.n === one.suite ? one.n : `${one.suite}/${one.n}`;

// What is looked for; a list is made anew whenever it changes.
const wanted = { state: failing > 0 ? "fail" : "all", verdict: null, finding: null, suite: "", rule: "", text: "" };
let found = [];
let drawn = 0;
const CHUNK = 120;

function haystack(one) {
  one.hay ??= [one.full, one.i ?? "", one.v, ...(one.w ?? []), ...(one.m ?? []), ...(one.r ?? []).map(([rule]) => data.rules[rule].n)].join("\n").toLowerCase();
  return one.hay;
}

function matches(one) {
  if (wanted.state === "fail" && one.passes) return false;
  if (wanted.state === "pass" && !one.passes) return false;
  if (wanted.verdict && one.v !== wanted.verdict) return false;
  if (wanted.suite !== "" && one.s !== Number(wanted.suite)) return false;
  if (wanted.rule !== "" && !touches(one, Number(wanted.rule))) return false;
  if (wanted.finding !== null && !data.findings[wanted.finding].set.has(one.index)) return false;
  return wanted.text === "" || wanted.text.split(/\s+/).every((word) => haystack(one).includes(word));
}

// Whether a rule acted on the case, or is named by one of its differences.
function touches(one, rule) {
  return (one.r ?? []).some(([acted]) => acted === rule) || (one.w ?? []).some((line) => line.includes(`[${data.rules[rule].n}]`));
}

for (const finding of data.findings) finding.set = new Set(finding.c);

function head() {
  document.title = `parity: ${data.result}`;
  const tone = data.exit === 0 ? "good" : data.exit === 1 || data.exit === 2 || data.exit === 3 ? "bad" : "warn";
  const sign = { good: "✓", bad: "✗", warn: "⚠" }[tone];
  byId("when").textContent = [data.started, time(data.elapsed)].filter(Boolean).join(" · ");
  const h1 = byId("result");
  h1.className = tone;
  h1.append(el("span", { class: "sign", "aria-hidden": "true" }, sign), ` ${data.result[0].toUpperCase()}${data.result.slice(1)}`);
  const oracle = byId("oracle");
  if (data.oracle.kind === "genuine") oracle.remove();
  else if (data.oracle.kind === "stand-in") oracle.append(el("strong", {}, "STAND-IN"), "The legacy answers come from ", el("code", {}, data.oracle.source), ", which only stands in for the legacy. A green here is no green against the real one.");
  else oracle.append(el("strong", {}, "UNKNOWN ORACLE"), "Nobody said whether ", el("code", {}, data.oracle.source), " is the genuine legacy.");
  const facts = byId("facts");
  const fact = (name, ...value) => facts.append(el("dt", {}, name), el("dd", {}, ...value));
  fact("oracle", `${data.oracle.kind}: `, el("code", {}, data.oracle.source));
  fact("candidate", el("code", {}, data.sides.candidate));
  if (data.record) fact("record", el("code", {}, data.record));
  fact("gate", `exit ${data.exit}`, data.full ? ", every declared case ran" : ", a part of what is declared");
}

function tiles() {
  const list = byId("tiles");
  for (const verdict of VERDICTS) {
    const all = cases.filter((one) => one.v === verdict);
    const bad = all.filter((one) => one.fails).length;
    const expected = all.filter((one) => one.e).length;
    const beside = [expected ? `${expected} expected` : "", bad && bad < all.length ? `${bad} fail` : "", all.some((one) => one.g) ? `${all.filter((one) => one.g).length} not gated` : ""].filter(Boolean).join(", ");
    const button = el("button", {
      type: "button", class: `tile ${all.length === 0 ? "" : bad ? "bad" : "good"}`, disabled: all.length === 0, "aria-pressed": "false", "data-verdict": verdict,
      on: { click: () => set({ verdict: wanted.verdict === verdict ? null : verdict, state: "all", finding: null }) },
    }, el("b", {}, all.length.toLocaleString("en")), el("span", {}, verdict), el("small", {}, beside));
    list.append(el("li", {}, button));
  }
  const states = Object.entries(data.snapshots).filter(([, number]) => number > 0).map(([state, number]) => `${number.toLocaleString("en")} ${state.replace("-", " ")}`);
  byId("states").textContent = [states.length ? `Snapshots: ${states.join(", ")}.` : "", data.retried ? `${count(data.retried, "case", "cases")} took more than one attempt.` : "", data.asked ? `Asked: ${data.asked}.` : "", data.unstable ? `Unstable: ${data.unstable}.` : ""].join(" ");
}

const FINDINGS = 20;

function findings() {
  const section = byId("findings");
  if (data.findings.length === 0) return section.remove();
  byId("findings-title").textContent = data.findings.some((finding) => finding.level === "error") ? "What fails, the most common first" : "What fails no gate and is worth a look";
  const list = section.querySelector("ol");
  const draw = (finding, index) => list.append(el("li", {}, el("button", {
    type: "button", class: `finding ${finding.level}`, disabled: finding.c.length === 0, "aria-pressed": "false", "data-finding": index,
    on: { click: () => { set({ finding: wanted.finding === index ? null : index, state: "all", verdict: null }); } },
  },
  el("span", { class: "number" }, finding.c.length ? finding.c.length.toLocaleString("en") : "–", el("span", { class: "label" }, finding.c.length === 1 ? " case" : " cases")),
  el("span", { class: "title" }, finding.t),
  el("span", { class: "kind" }, finding.k),
  finding.x || finding.d.length || finding.at ? el("span", { class: "more" }, [finding.x ? `for example ${finding.x}` : "", ...finding.d, finding.at ?? ""].filter(Boolean).join(" · ")) : null)));
  data.findings.slice(0, FINDINGS).forEach(draw);
  const rest = data.findings.length - FINDINGS;
  if (rest > 0) {
    const more = el("button", { type: "button", class: "more-rows", on: { click: () => { more.remove(); data.findings.slice(FINDINGS).forEach((finding, index) => draw(finding, index + FINDINGS)); mark(); } } }, `Show ${rest.toLocaleString("en")} more`);
    section.append(more);
  }
}

function suites() {
  const body = byId("suites").querySelector("tbody");
  data.suites.forEach((suite, index) => {
    const all = cases.filter((one) => one.s === index);
    const passing = all.filter((one) => one.passes).length;
    const speed = suite.speed;
    const ratio = speed ? `${speed[2].toFixed(2)} ×` : "–";
    body.append(el("tr", {},
      el("td", {}, el("span", { class: "mono" }, suite.name), suite.title ? el("span", { class: "sub" }, ` ${suite.title}`) : null, el("br"), el("code", { class: "sub" }, suite.file)),
      el("td", { class: "n" }, passing === all.length ? `all ${all.length.toLocaleString("en")}` : `${passing.toLocaleString("en")} of ${all.length.toLocaleString("en")}`),
      el("td", { class: "n" }, time(speed?.[0])), el("td", { class: "n" }, time(speed?.[1])), el("td", { class: "n" }, ratio)));
  });
  if (data.suites.length === 0) byId("suites").remove();
}

function tolerances() {
  const section = byId("tolerances");
  if (data.tolerances.length === 0) return section.remove();
  for (const one of data.tolerances) {
    const rule = data.rules[one.r];
    const where = cases[one.c].full;
    section.querySelector("tbody").append(el("tr", {},
      el("td", { class: "n mono" }, one.l),
      el("td", {}, el("code", {}, rule?.n), rule?.y ? el("span", { class: "sub" }, ` ${rule.y}`) : null, rule?.at ? [el("br"), el("code", { class: "sub" }, rule.at)] : null),
      el("td", {}, el("a", { href: `#${encodeURIComponent(where)}` }, el("code", {}, where)), el("br"), el("code", { class: "sub" }, one.p))));
  }
}

function filters() {
  const fill = (id, all, items) => {
    const select = byId(id);
    select.append(el("option", { value: "" }, all), ...items.map(([index, name]) => el("option", { value: index }, name)));
    select.addEventListener("change", () => set({ [id]: select.value }));
    select.hidden = items.length < 2;
  };
  fill("suite", "every suite", data.suites.map((suite, index) => [index, suite.name]));
  fill("rule", "every rule", data.rules.map((rule, index) => [index, rule.n]));
  const search = byId("search");
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => set({ text: search.value.trim().toLowerCase() }), 60); });
  for (const button of byId("state").querySelectorAll("button")) button.addEventListener("click", () => set({ state: button.value }));
  byId("clear").addEventListener("click", clear);
}

function clear() {
  byId("search").value = "";
  byId("suite").value = ""; byId("rule").value = "";
  set({ state: "all", verdict: null, finding: null, suite: "", rule: "", text: "" });
}

function set(change) {
  Object.assign(wanted, change);
  found = cases.filter(matches);
  drawn = 0;
  byId("list").replaceChildren();
  more();
  mark();
}

// Shows what is looked for.
function mark() {
  for (const tile of document.querySelectorAll("[data-verdict]")) tile.setAttribute("aria-pressed", String(tile.dataset.verdict === wanted.verdict));
  for (const finding of document.querySelectorAll("[data-finding]")) finding.setAttribute("aria-pressed", String(Number(finding.dataset.finding) === wanted.finding));
  for (const button of byId("state").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === wanted.state));
  const narrowed = [
    wanted.verdict, wanted.finding === null ? null : data.findings[wanted.finding].t,
    wanted.suite === "" ? null : data.suites[wanted.suite].name, wanted.rule === "" ? null : data.rules[wanted.rule].n, wanted.text || null,
  ].filter((what) => what !== null);
  byId("count").textContent = `${found.length.toLocaleString("en")} of ${count(cases.length, "case", "cases")}${narrowed.length ? `: ${narrowed.join(", ")}` : ""}`;
  byId("clear").hidden = narrowed.length === 0 && wanted.state === "all";
  byId("none").hidden = found.length > 0;
}

function more() {
  const list = byId("list");
  list.append(...found.slice(drawn, drawn + CHUNK).map(row));
  drawn = Math.min(found.length, drawn + CHUNK);
  byId("more").hidden = drawn >= found.length;
}

function row(one) {
  const flags = [];
  if (one.q === "changed" || one.q === "missing") flags.push(el("span", { class: "flag" }, `snapshot ${one.q}`));
  if (one.e) flags.push(el("span", { class: "flag note", title: one.e }, "expected"));
  if (one.g) flags.push(el("span", { class: "flag note" }, one.g === "draft" ? "draft" : "known"));
  if (one.a) flags.push(el("span", { class: "flag note" }, one.passes ? `attempt ${Math.max(...one.a)}` : `asked ${Math.max(...one.a)} times`));
  const [legacy, candidate] = one.t ?? [null, null];
  const button = el("button", { type: "button", class: `row ${one.passes ? "good" : one.fails ? "bad" : "warn"}`, "aria-expanded": "false", id: `case-${one.index}`, on: { click: () => toggle(one) } },
    el("span", { class: "sign" }, one.passes ? "✓" : one.fails ? "✗" : "○", el("span", { class: "label" }, one.passes ? " passes" : " does not pass")),
    el("span", { class: "verdict" }, one.v),
    el("span", { class: "name" }, one.full, one.i ? el("span", { class: "beside" }, one.i) : null, flags),
    el("span", { class: "times", title: "the legacy, then the candidate" }, el("i", {}, time(legacy)), " → ", el("i", {}, time(candidate))));
  return el("li", { "data-case": one.index }, button);
}

function toggle(one) {
  const button = byId(`case-${one.index}`);
  const item = button.parentElement;
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) return item.querySelector(".detail").remove();
  item.append(detail(one));
  try { history.replaceState(null, "", `#${encodeURIComponent(one.full)}`); } catch { /* a page inside another one may not */ }
}

function detail(one) {
  const node = el("div", { class: "detail", role: "region", "aria-label": one.full });
  const said = [...(one.w ?? []).map((line) => el("li", {}, line)), ...(one.m ?? []).map((line) => el("li", { class: "remark" }, line))];
  if (said.length) node.append(el("ul", { class: "said" }, said));
  const embedded = byId(`evidence-${one.index}`);
  if (embedded) {
    const evidence = JSON.parse(embedded.textContent);
    const numbers = new Map((one.r ?? []).map(([rule], index) => [rule, index + 1]));
    node.append(answers(one, evidence, numbers), acted(one, evidence, numbers));
  } else {
    node.append(el("p", { class: "command" }, "The answers of this case are not in this file, to keep it small."), acted(one, { f: [] }, new Map()));
  }
  node.append(el("p", { class: "command" }, "Everything about it: ", el("code", {}, one.x ?? `parity explain ${one.full}`)));
  return node;
}

// The answers beside each other, in three views.
function answers(one, evidence, numbers) {
  const box = el("div");
  const views = [];
  if (evidence.x) {
    views.push(["Expected and got", () => sides(evidence.x, evidence.c, "Expected", "Candidate", "owed", { differences: new Set(evidence.d), headers: evidence.g ?? [] }, one)]);
    views.push(["Legacy and expected", () => sides(evidence.l, evidence.x, "Legacy", "Expected", "made", { effects: evidence.f, numbers }, one)]);
  } else views.push(["Legacy and candidate", () => sides(evidence.l, evidence.c, "Legacy", "Candidate", "plain", null, one)]);
  for (const { s: side, n: number, a: other } of evidence.o ?? []) {
    const name = side === "legacy" ? "Legacy" : "Candidate";
    views.push([`${name}'s answer ${number}`, () => sides(side === "legacy" ? evidence.l : evidence.c, other, name, `Answer ${number}`, "again", null, one)]);
  }
  views.push(["Requests", () => requests(evidence)]);
  const first = evidence.x && one.passes ? 1 : 0;
  const hints = { owed: ["owed", "what is owed", "came", "what came"], made: ["made", "what translations changed"] };
  const tabs = el("div", { class: "choice", role: "tablist", "aria-label": "What to show" });
  const hint = el("span", { class: "hint" });
  const panel = el("div", { class: "diff", role: "tabpanel", tabindex: "0" });
  const show = (index) => {
    [...tabs.children].forEach((tab, at) => { tab.setAttribute("aria-selected", String(at === index)); tab.tabIndex = at === index ? 0 : -1; });
    panel.setAttribute("aria-label", views[index][0]);
    panel.replaceChildren(views[index][1]());
    const kind = index === 0 && evidence.x ? "owed" : index === 1 && evidence.x ? "made" : null;
    hint.replaceChildren();
    const words = hints[kind] ?? [];
    for (let at = 0; at < words.length; at += 2) hint.append(el("span", { class: `swatch ${words[at]}` }), words[at + 1], "  ");
  };
  views.forEach(([name], index) => tabs.append(el("button", {
    type: "button", role: "tab",
    on: { click: () => show(index), keydown: (event) => { const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]; if (step) { const next = (index + step + views.length) % views.length; show(next); tabs.children[next].focus(); event.preventDefault(); } } },
  }, name)));
  box.append(el("div", { class: "heads" }, tabs, hint), panel);
  show(first);
  return box;
}

function title(side, name, elapsed) {
  if (side.none !== undefined) return [el("b", {}, name), "no answer"];
  return [el("b", {}, name), [side.s, side.m, elapsed === undefined ? "" : time(elapsed)].filter(Boolean).join(" · ")];
}

const NEAR = 4;
const ROWS = 1500;

function sides(left, right, leftName, rightName, kind, made, one) {
  const text = (side) => side.none !== undefined ? side.none : side.b ?? "";
  const a = layout(text(left), left.j), b = layout(text(right), right.j);
  const key = (line) => kind === "made" ? shape(line.text) : spelled(line.text);
  const pairs = kind === "plain" ? a.map((_, i) => [i, i < b.length ? i : -1]).concat(b.slice(a.length).map((_, i) => [-1, a.length + i])) : pair(a.map(key), b.map(key));
  const places = new Map();
  for (const [rule, path] of made?.effects ?? []) places.set(path, [...(places.get(path) ?? []), made.numbers.get(rule) ?? 0]);
  const [legacy, candidate] = one.t ?? [];
  const elapsed = { Legacy: legacy, Candidate: candidate };
  const columns = kind === "made" ? 3 : 2;
  const body = el("tbody", {}, (made?.headers ?? []).map(([owed, came, differs]) => header(owed, came, differs)));
  const judged = pairs.map(([i, j]) => between(a[i], b[j], kind, made, left.j && right.j));
  const lines = pairs.map(([i, j], at) => line(a[i], b[j], kind, judged[at], places));
  const differs = judged.map((how) => how.any);
  const near = differs.map(() => kind === "plain" || !differs.includes(true));
  differs.forEach((differing, at) => { if (differing) for (let i = Math.max(0, at - NEAR); i <= Math.min(differs.length - 1, at + NEAR); i += 1) near[i] = true; });
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (end < lines.length && near[end] === near[at]) end += 1;
    const part = lines.slice(at, end);
    if (near[at] && part.length > ROWS) { body.append(...part.slice(0, ROWS).map((draw) => draw())); body.append(fold(part.slice(ROWS), columns, `Show ${count(part.length - ROWS, "more line", "more lines")}`)); }
    else if (near[at] || part.length < 3) body.append(...part.map((draw) => draw()));
    else body.append(fold(part, columns, `${part.length.toLocaleString("en")} lines without a difference`));
    at = end;
  }
  const cut = [[leftName, left], [rightName, right]].filter(([, side]) => side.k).map(([name, side]) => `${name}: ${side.k}`);
  return el("table", { class: "lines" },
    el("colgroup", {}, el("col"), el("col"), kind === "made" ? el("col", { class: "chip" }) : null),
    el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "a" }, title(left, leftName, elapsed[leftName])), el("th", { scope: "col", class: "b", colspan: kind === "made" ? 2 : null }, title(right, rightName, elapsed[rightName])))),
    body,
    cut.length ? el("tfoot", {}, el("tr", {}, el("td", { colspan: columns }, cut.join("; ")))) : null);
}

function fold(part, columns, words) {
  const button = el("button", { type: "button" }, words);
  const row = el("tr", { class: "fold" }, el("td", { colspan: columns }, button));
  button.addEventListener("click", () => row.replaceWith(...part.map((draw) => draw())));
  return row;
}

// What differs between two lines, and whether that is a difference.
function between(a, b, kind, made, documents) {
  if (kind === "plain" || (a && b && a.text === b.text)) return { left: [], right: [], any: false };
  if (kind === "owed" && documents) return differing(a, b, made.differences);
  const [left, right] = a && b ? marks(a.text, b.text) : [a ? [[0, a.text.length]] : [], b ? [[0, b.text.length]] : []];
  return { left, right, any: true };
}

// A header that a rule names, above the bodies.
function header(owed, came, differs) {
  const [left, right] = !differs ? [[], []] : owed && came ? marks(owed, came) : [[[0, owed.length]], [[0, came.length]]];
  const cell = (text, ranges, name) => el("td", { class: text ? name : `${name} none` }, text ? marked(text, ranges) : null);
  return el("tr", { class: differs ? "header owed" : "header" }, cell(owed, left, "a"), cell(came, right, "b"));
}

// One line of both sides, drawn when it is needed.
function line(a, b, kind, how, places) {
  return () => {
    const cell = (side, ranges, name) => el("td", { class: side ? name : `${name} none` }, side ? marked(side.text, ranges) : null);
    const numbers = new Set();
    for (const side of [a, b]) for (const [, , path, closes] of side?.values ?? []) if (!closes) for (const number of places.get(path) ?? []) numbers.add(number);
    const chips = [...numbers].filter(Boolean).sort((x, y) => x - y).map((number) => el("span", { class: "chip-no", title: `rule ${number} acted here` }, String(number)));
    return el("tr", { class: how.any ? kind : null }, cell(a, how.left, "a"), cell(b, how.right, "b"), kind === "made" ? el("td", { class: "chip" }, chips) : null);
  };
}

function marked(text, ranges) {
  const out = [];
  let at = 0;
  for (const [start, end] of ranges) {
    if (start > at) out.push(visible(text.slice(at, start)));
    if (end > start) out.push(el("mark", {}, visible(text.slice(start, end))));
    at = end;
  }
  if (at < text.length) out.push(visible(text.slice(at)));
  return out;
}

function requests(evidence) {
  const one = (name, request, answer) => el("div", {},
    el("h4", {}, name),
    el("pre", { class: "http" }, visible([`${request.m} ${request.u}`, ...request.h.map(([field, value]) => `${field}: ${value}`), ...(request.b ? ["", request.b] : [])].join("\n"))),
    el("h4", {}, `${name}'s answer`),
    el("pre", { class: "http" }, visible(answer.none ?? [`HTTP ${answer.s}`, ...(answer.h ?? []).map(([field, value]) => `${field}: ${value}`)].join("\n"))));
  return el("div", { class: "pair" }, one("Legacy", evidence.q[0], evidence.l), one("Candidate", evidence.q[1], evidence.c));
}

const EFFECTS = 2;

// What each rule did: its number, how often, why, and the first places.
function acted(one, evidence, numbers) {
  if (!one.r?.length) return "";
  const list = el("ol", { class: "rules" });
  for (const [rule, times] of one.r) {
    const { n: name, at, y: why } = data.rules[rule];
    const effects = evidence.f.filter(([acting]) => acting === rule);
    const shown = effects.slice(0, EFFECTS).map(([, path, before, after]) => el("li", {}, el("span", { class: "path" }, visible(path)), `  ${visible(before)} → ${visible(after)}`));
    if (times > EFFECTS && effects.length) shown.push(el("li", { class: "path" }, `… ${count(times, "time", "times")} in all`));
    list.append(el("li", {}, el("span", {}, numbers.has(rule) ? el("span", { class: "chip-no" }, String(numbers.get(rule))) : ""),
      el("div", {}, el("code", {}, name), ` × ${times.toLocaleString("en")} `, el("span", { class: "why" }, [why, at].filter(Boolean).join(" · ")), shown.length ? el("ul", { class: "effects" }, shown) : null)));
  }
  return el("div", {}, el("h3", {}, "What each rule did"), list);
}

// Keys: each has a line in the help.
function keys() {
  const help = byId("keys");
  const rows = () => [...byId("list").querySelectorAll(".row")];
  const current = () => rows().findIndex((button) => button.parentElement.contains(document.activeElement));
  const go = (step, wants) => {
    let at = current();
    for (;;) {
      at += step;
      while (at >= rows().length && drawn < found.length) more();
      const button = rows()[at];
      if (!button) return;
      if (wants(cases[Number(button.parentElement.dataset.case)])) { button.focus(); button.scrollIntoView({ block: "nearest" }); return; }
    }
  };
  const open = () => { const button = rows()[current()]; if (button) toggle(cases[Number(button.parentElement.dataset.case)]); };
  const view = () => {
    const tabs = document.activeElement?.closest("#list > li")?.querySelectorAll("[role=tab]");
    if (tabs?.length) { const at = [...tabs].findIndex((tab) => tab.getAttribute("aria-selected") === "true"); tabs[(at + 1) % tabs.length].click(); }
  };
  const does = {
    "/": () => { byId("search").focus(); byId("search").select(); },
    j: () => go(1, () => true), k: () => go(-1, () => true),
    n: () => go(1, (one) => !one.passes), p: () => go(-1, (one) => !one.passes),
    o: open, v: view,
    f: () => set({ state: wanted.state === "fail" ? "all" : "fail" }),
    t: theme, c: clear, "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing) return;
    const number = Number(event.key);
    if (number >= 1 && number <= 6) { const tile = byId("tiles").querySelectorAll("button")[number - 1]; if (!tile.disabled) tile.click(); return; }
    if (does[event.key]) { does[event.key](); event.preventDefault(); }
  });
  byId("help").addEventListener("click", () => help.showModal());
  help.querySelector("button").addEventListener("click", () => help.close());
}

function theme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  named();
  try { localStorage.setItem("parity-theme", root.dataset.theme); } catch { /* a page from a file may keep nothing */ }
}
const named = () => { byId("theme").textContent = document.documentElement.dataset.theme === "dark" ? "Light" : "Dark"; };

// The case that the address names, opened.
function show() {
  const asked = decodeURIComponent(location.hash.slice(1));
  const one = asked && cases.find((one) => one.full === asked);
  if (!one) return;
  if (!matches(one)) clear();
  while (!byId(`case-${one.index}`) && drawn < found.length) more();
  const button = byId(`case-${one.index}`);
  if (button.getAttribute("aria-expanded") !== "true") toggle(one);
  button.scrollIntoView({ behavior: "instant" });
  button.focus({ preventScroll: true });
}

function begin() {
  let kept = null;
  try { kept = localStorage.getItem("parity-theme"); } catch { /* as above */ }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  document.documentElement.dataset.theme = kept ?? (dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => { if (!kept) { document.documentElement.dataset.theme = dark.matches ? "dark" : "light"; named(); } });
  named();
  byId("theme").addEventListener("click", theme);
  head(); tiles(); findings(); suites(); tolerances(); filters(); keys();
  byId("embedded").textContent = data.embedded;
  set({});
  byId("more").addEventListener("click", more);
  if ("IntersectionObserver" in window) new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting) && drawn < found.length) more(); }, { rootMargin: "600px" }).observe(byId("more"));
  show();
  addEventListener("hashchange", show);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}
begin();
