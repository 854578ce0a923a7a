// The pages about what is served: content, runbooks, the knowledge graph.
import {card, el, facts, link, number, seconds, section, state, table, tag, time} from "./dom.js";
import {graph} from "./graph.js";
import {markdown} from "./markdown.js";

const code = (text) => el("code", {}, text);

const nodeAddress = (id) => `#/knowledge/${encodeURIComponent(id)}`;
const nodeLink = (node) => el("li", {class: `k-${node.kind}`}, el("span", {class: "dot"}), el("a", {href: nodeAddress(node.id)}, node.label), ` ${node.title}`);

function runbookLink(address, text) {
  const name = /^([\w-]+)\.md$/.exec(address)?.[1];
  return name ? el("a", {href: `#/runbooks/${name}`}, text) : /^https?:/.test(address) ? null : el("span", {}, text);
}

// The links of a node, by what they mean.
function neighbours(data, at) {
  const groups = new Map();
  for (const [from, to, type] of data.edges) {
    if (from !== at && to !== at) continue;
    const name = from === at ? type.replace("_", " ") : {mitigates: "mitigated by", references: "cited by"}[type] ?? `${type.replace("_", " ")} of`;
    groups.set(name, [...(groups.get(name) ?? []), data.nodes[from === at ? to : from]]);
  }
  return [...groups].map(([name, nodes]) => [el("h3", {}, name), el("ul", {class: "list"}, nodes.map(nodeLink))]);
}

function detail(data) {
  const node = data.nodes[0];
  return card(`${node.label}: ${node.title}`, facts([["kind", node.kind], ["id", code(node.id)], ["source", data.node.source],
    ...(data.node.link ? [["original", link(data.node.link, data.node.link)]] : [])]),
  data.node.description ? el("p", {}, data.node.description) : null, neighbours(data, 0),
  el("p", {}, el("a", {href: "#/knowledge"}, "All of it")));
}

export const knowledge = {
  content: {
    title: "Content",
    data: () => ({content: "content.json"}),
    draw: ({content}) => [
      content.held ? el("div", {class: "card alert ticket"}, "The content is held at an earlier bundle; no source is read until `govhost content release`.") : null,
      card(null, facts([["snapshot", code(content.snapshot)], ["documents", number(content.documents)], ["built", time(content.built_at)],
        ["bundles", content.bundle_dir ? code(content.bundle_dir) : "none are kept"],
        ["sources that gave nothing", content.missing_sources?.join(", ") || "none"]])),
      section("Sources", table([["source", (row) => row.source], ["", (row) => (row.stale ? tag("stale", "bad") : tag("current", "good"))],
        ["breaker", (row) => state(row.breaker)], ["documents", (row) => number(row.documents), "n"], ["failures in a row", (row) => number(row.failures), "n"],
        ["last confirmed", (row) => time(row.confirmed_at)], ["next reading", (row) => (row.reading ? "now" : row.next_in_s === null ? "-" : `in ${seconds(row.next_in_s)}`), "n"],
        ["rejected", (row) => (row.rejected ? code(row.rejected) : "-")], ["problem", (row) => row.problem || "-"]], content.sources ?? [])),
      el("div", {class: "cards"},
        card("Kinds", table([["kind", (row) => row.kind], ["documents", (row) => number(row.documents), "n"]], content.kinds ?? [])),
        card("Earlier snapshots", table([["snapshot", (row) => code(row.snapshot)], ["documents", (row) => number(row.documents), "n"],
          ["built", (row) => time(row.built_at)]], content.earlier ?? [], "None since the start."))),
      section(`Notes (${content.notes_total ?? 0})`,
        content.notes_restricted ? el("p", {class: "soft"}, `${content.notes_restricted} are about documents that need scopes; govhost content lint has them.`) : null,
        table([["source", (row) => row.source], ["file", (row) => code(row.line ? `${row.key}:${row.line}` : row.key)], ["served", (row) => (row.skipped ? tag("no", "bad") : "yes")],
          ["what is wrong", (row) => row.message]], content.notes ?? [], "Nothing is wrong with the documents."))],
  },
  runbooks: {
    title: "Runbooks",
    data: () => ({runbooks: "runbooks.json"}),
    draw: ({runbooks, overview}, {about}) => {
      const all = runbooks.runbooks;
      const page = all.find((each) => each.name === about);
      const active = new Set(overview.conditions.map((each) => each.runbook));
      if (page) return [el("p", {}, el("a", {href: "#/runbooks"}, "All runbooks")), el("article", {}, markdown(page.text, runbookLink))];
      return [about ? el("p", {class: "card alert ticket"}, `There is no runbook ${about}.`) : null,
        el("ul", {}, all.map((each) => el("li", {}, el("a", {href: `#/runbooks/${each.name}`}, each.title), active.has(each.name) ? [" ", tag("holds now", "bad")] : null)))];
    },
  },
  knowledge: {
    title: "Knowledge",
    data: (about, view) => ({knowledge: `knowledge.json?${new URLSearchParams(about ? {node: about} : view.text ? {q: view.text} : {})}`.replace(/\+/g, "%20")}),
    draw: ({knowledge: data}, {about, view, choose}) => [
      el("div", {class: "bar", role: "search"}, el("label", {for: "find"}, "Find"),
        el("input", {id: "find", type: "search", value: view.text, autocomplete: "off", oninput: (event) => {
          if (about) location.hash = "#/knowledge";
          choose({text: event.target.value}, 200);
        }}),
        el("span", {class: "soft", role: "status"}, `${data.nodes.length} of ${number(data.total)} nodes, ${number(data.edges.length)} links${data.complete ? "" : "; not all: search for what you mean"}`)),
      el("div", {class: "legend"}, ["risk", "mitigation", "framework", "reference", "usecase"].map((kind) =>
        el("span", {class: `k-${kind}`}, el("span", {class: "dot"}), kind === "reference" ? "entry of a framework" : kind === "usecase" ? "use case" : kind))),
      about && !data.node ? el("p", {class: "card alert ticket"}, `There is nothing called ${about} in the content that is served.`) : null,
      el("div", {class: "split"}, graph(data, about, nodeAddress),
        data.node ? detail(data) : card("Found", el("ul", {class: "list found"}, data.nodes.slice(0, 100).map(nodeLink)),
          data.nodes.length > 100 ? el("p", {class: "soft"}, "Search for less to see the others.") : null))],
  },
};
