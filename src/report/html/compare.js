// Two texts beside each other: JSON laid out line by line, with the path of every value; lines of two texts paired, and what
// differs in a pair marked. Knows nothing of the page.
"use strict";

// The lines of a text. Of JSON text every value is known by its JSON pointer: [start, end, pointer, whether it only closes].
function layout(text, isJson) {
  const lines = text.split("\n").map((line) => ({ text: line, values: [] }));
  if (!isJson) return lines;
  const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}\[\],:]/g;
  const stack = [];
  let name = null;
  let row = 0, start = 0;
  const pointer = () => stack.map((level) => "/" + level.at).join("") || "/";
  let match;
  while ((match = token.exec(text)) !== null) {
    while (row + 1 < lines.length && match.index > start + lines[row].text.length) { start += lines[row].text.length + 1; row += 1; }
    const top = stack[stack.length - 1];
    const word = match[0];
    if (word === "{" || word === "[") stack.push({ list: word === "[", at: word === "[" ? "0" : "", open: true });
    // What closes a list or an object belongs to it, and is no value of its own.
    else if (word === "}" || word === "]") { stack.pop(); lines[row].values.push([match.index - start, match.index - start + 1, pointer(), true]); }
    else if (word === ",") { if (top && top.list) top.at = String(Number(top.at) + 1); else if (top) top.open = true; }
    else if (word === ":") { if (top) { top.open = false; } }
    else {
      const at = match.index - start;
      if (top && !top.list && top.open) {
        // The escapes are those of paths in suites: RFC 6901, and `*` and `[` besides.
        name = JSON.parse(word);
        name = name === "**" ? "~4" : name.replace(/~/g, "~0").replace(/\//g, "~1").replace(/\*/g, "~2").replace(/\[/g, "~3");
        top.at = name;
        // A member that holds an object or a list is known by its name's place.
        lines[row].values.push([at, at + word.length, pointer()]);
      } else lines[row].values.push([at, at + word.length, pointer()]);
    }
  }
  return lines;
}

// What a line says but for its values: where the legacy and the expected document are the same in shape, these are equal.
function shape(line) {
  const values = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g;
  return line.trim().replace(/,$/, "").replace(values, (word, colon) => colon ? word : "·").replace(/\[\s*\]|\{\s*\}/g, "·");
}

// A line with its numbers in one spelling: 0.930 is 0.93, and whether that is a difference is not said here.
function spelled(line) {
  return line.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (word) => word.startsWith('"') ? word : String(Number(word)));
}

// Whether a place is among the given ones, or below one of them.
function covers(places, pointer) {
  if (places.has("/")) return true;
  for (let at = pointer.length; at > 0; at = pointer.lastIndexOf("/", at - 1)) if (places.has(pointer.slice(0, at))) return true;
  return false;
}

// The marks of two lines, but only where the places are that differ; rows that stand elsewhere are known by the names in them.
function differing(a, b, places) {
  const last = (pointer) => pointer.slice(pointer.lastIndexOf("/") + 1);
  const inside = (line) => (line?.values ?? []).filter(([, , pointer]) => covers(places, pointer));
  const left = inside(a), names = new Set(left.map(([, , pointer]) => last(pointer)));
  const right = (b?.values ?? []).filter(([, , pointer]) => covers(places, pointer) || (a && names.has(last(pointer))));
  const whole = (line) => [[line.text.search(/\S|$/), line.text.length]];
  if (!a || !b) return { left: left.length ? whole(a) : [], right: right.length ? whole(b) : [], any: left.length + right.length > 0 };
  const [one, other] = marks(a.text, b.text);
  const kept = (ranges, spans) => ranges.filter(([start, end]) => spans.some(([from, to]) => start < to && from < end));
  const result = { left: kept(one, left), right: kept(other, right) };
  return { ...result, any: result.left.length + result.right.length > 0 };
}

const FARTHEST = 1200;

// Pairs of indexes of two lists of keys, -1 for none, by the shortest edit (Myers 1986); beyond a bound side by side as they stand.
function pair(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const pairs = [];
  for (let i = 0; i < head; i += 1) pairs.push([i, i]);
  const middle = edit(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  for (const [i, j] of middle) pairs.push([i < 0 ? -1 : i + head, j < 0 ? -1 : j + head]);
  for (let i = tail; i > 0; i -= 1) pairs.push([a.length - i, b.length - i]);
  return beside(pairs, a, b);
}

function edit(a, b) {
  const n = a.length, m = b.length;
  const most = Math.min(n + m, FARTHEST);
  const reach = new Map([[1, 0]]);
  const trace = [];
  for (let d = 0; d <= most; d += 1) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1)) ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < n && y < m && a[x] === b[y]) { x += 1; y += 1; }
      reach.set(k, x);
      if (x >= n && y >= m) return back(trace, n, m);
    }
  }
  const pairs = [];
  for (let i = 0; i < Math.max(n, m); i += 1) pairs.push([i < n ? i : -1, i < m ? i : -1]);
  return pairs;
}

function back(trace, n, m) {
  const pairs = [];
  let x = n, y = m;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reach = trace[d];
    const k = x - y;
    const before = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1)) ? k + 1 : k - 1;
    const x0 = d === 0 ? 0 : reach.get(before) ?? 0, y0 = d === 0 ? 0 : x0 - before;
    while (x > x0 && y > y0 && x > 0 && y > 0) { x -= 1; y -= 1; pairs.push([x, y]); }
    if (d > 0) { if (x > x0) { x -= 1; pairs.push([x, -1]); } else if (y > y0) { y -= 1; pairs.push([-1, y]); } }
  }
  return pairs.reverse();
}

// What is only on one side and what is only on the other between two equal lines stand beside each other.
function beside(pairs, a, b) {
  const out = [];
  let left = [], right = [];
  const flush = () => {
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) out.push([left[i] ?? -1, right[i] ?? -1]);
    left = []; right = [];
  };
  for (const [i, j] of pairs) {
    if (i >= 0 && j >= 0 && a[i] === b[j]) { flush(); out.push([i, j]); }
    else { if (i >= 0) left.push(i); if (j >= 0) right.push(j); }
  }
  flush();
  return out;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|\w+|\s+|[^\s\w]/g;

// The ranges of two lines that the other one does not have.
function marks(a, b) {
  const words = (text) => [...text.matchAll(TOKENS)].map((match) => ({ at: match.index, text: match[0] }));
  const left = words(a), right = words(b);
  if (left.length > 400 || right.length > 400) return [[[0, a.length]], [[0, b.length]]];
  const found = [[], []];
  const mark = (side, word) => {
    if (!word || !word.text.trim()) return;
    const ranges = found[side], last = ranges[ranges.length - 1];
    if (last && last[1] === word.at) last[1] += word.text.length;
    else ranges.push([word.at, word.at + word.text.length]);
  };
  const text = (word) => word.text;
  for (const [i, j] of pair(left.map(text), right.map(text))) {
    if (i >= 0 && j >= 0 && left[i].text === right[j].text) continue;
    if (i >= 0) mark(0, left[i]);
    if (j >= 0) mark(1, right[j]);
  }
  return found;
}
