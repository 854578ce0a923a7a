// Makes elements. Data goes in as text nodes and attributes only, never as markup: what a document
// or a client is called must not become part of the page.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
  return element;
}

export const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

// Only what a browser may open safely becomes a link: a document's own link may be anything.
export function link(address, text) {
  return /^https?:\/\//i.test(address) ? el("a", {href: address, rel: "noreferrer noopener", target: "_blank"}, text) : el("span", {}, text);
}

export const tag = (text, kind) => el("span", {class: `tag ${kind ?? ""}`}, text);

const KINDS = {ok: "good", pass: "good", attested: "good", closed: "good", warn: "warn", degraded: "warn", indexing: "warn", ticket: "warn",
  half_open: "warn", starting: "warn", draining: "warn", fail: "bad", failed: "bad", page: "bad", open: "bad", audit: "bad", stale: "bad"};
// A word with the colour of what it means.
export const state = (word) => tag(word, KINDS[word]);

export function facts(pairs) {
  return el("dl", {class: "facts"}, pairs.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

// columns: [title, row => cell, "n" for numbers]; an empty table says `none`.
export function table(columns, rows, none) {
  if (rows.length === 0) return el("p", {class: "soft"}, none ?? "None.");
  const head = columns.map(([title, , kind]) => el("th", {class: kind, scope: "col"}, title));
  const body = rows.map((row) => el("tr", {}, columns.map(([, cell, kind]) => el("td", {class: kind}, cell(row)))));
  return el("div", {class: "wide", tabindex: "-1"}, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body)));
}

export const card = (title, ...children) => el("section", {class: "card"}, title ? el("h2", {}, title) : null, children);
export const section = (title, ...children) => el("section", {}, el("h2", {}, title), children);

export const number = (value) => (value === null || value === undefined ? "-" : value.toLocaleString("en"));

export function seconds(value) {
  if (value === null || value === undefined) return "-";
  if (value < 1e-3) return `${(value * 1e6).toFixed(0)} µs`;
  if (value < 1) return `${(value * 1e3).toPrecision(3)} ms`;
  if (value < 120) return `${value.toPrecision(3)} s`;
  if (value < 7200) return `${Math.floor(value / 60)} min`;
  if (value < 172800) return `${Math.floor(value / 3600)} h ${Math.floor((value % 3600) / 60)} min`;
  return `${Math.floor(value / 86400)} d ${Math.floor((value % 86400) / 3600)} h`;
}

export function bytes(value) {
  if (value === null || value === undefined) return "-";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; value >= 1024 && unit + 1 < units.length; ++unit) value /= 1024;
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

export const share = (value) => (value === null || value === undefined ? "-" : `${(value * 100).toPrecision(2)} %`);

// "2026-01-31T09:30:00Z" in the reader's own zone, with the original beside it.
export function time(text) {
  if (!text) return "-";
  return el("time", {datetime: text, title: text}, new Date(text).toLocaleString());
}
