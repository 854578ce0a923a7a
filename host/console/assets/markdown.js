// The Markdown that runbooks are written in, as elements: headings, paragraphs, lists, tables, code
// and links. Anything else stays the text that it is.
import {el, link} from "./dom.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

function inline(text, follow) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    out.push(text.slice(at, found.index));
    if (found[1] !== undefined) out.push(el("code", {}, found[1]));
    else if (found[2] !== undefined) out.push(el("strong", {}, found[2]));
    else out.push(follow(found[4], found[3]) ?? link(found[4], found[3]));
    at = found.index + found[0].length;
  }
  out.push(text.slice(at));
  return out;
}

const cells = (line) => line.replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

// follow(address, text): a link inside the console, or nothing.
export function markdown(text, follow) {
  const lines = text.replace(/<!--[^]*?-->\n?/g, "").split("\n");
  const out = [];
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    const heading = /^(#{1,6}) (.*)/.exec(line);
    const item = /^(?:[-*]|\d+\.) /.exec(line);
    if (line.startsWith("```")) {
      const begin = ++i;
      while (i < lines.length && !lines[i].startsWith("```")) ++i;
      out.push(el("pre", {tabindex: "0"}, el("code", {}, lines.slice(begin, i++).join("\n"))));
    } else if (heading) {
      out.push(el(`h${Math.min(heading[1].length + 1, 6)}`, {}, inline(heading[2], follow)));
      ++i;
    } else if (item) {
      const items = [];
      for (; i < lines.length && lines[i].trim(); ++i) {
        const next = /^(?:[-*]|\d+\.) (.*)/.exec(lines[i]);
        if (next) items.push(next[1]);
        else items[items.length - 1] += ` ${lines[i].trim()}`;
      }
      out.push(el(/^\d/.test(item[0]) ? "ol" : "ul", {}, items.map((each) => el("li", {}, inline(each, follow)))));
    } else if (line.startsWith("|")) {
      const rows = [];
      for (; i < lines.length && lines[i].startsWith("|"); ++i) if (!/^\|[-| :]+\|?$/.test(lines[i])) rows.push(cells(lines[i]));
      out.push(el("div", {class: "wide"}, el("table", {}, rows.map((row, at) =>
        el("tr", {}, row.map((cell) => el(at ? "td" : "th", {}, inline(cell, follow))))))));
    } else if (line.trim()) {
      const begin = i;
      while (i < lines.length && lines[i].trim() && !/^(#|```|\||[-*] |\d+\. )/.test(lines[i])) ++i;
      if (i === begin) ++i;
      out.push(el("p", {}, inline(lines.slice(begin, i).join(" "), follow)));
    } else {
      ++i;
    }
  }
  return out;
}
