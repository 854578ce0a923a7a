// The pages about what happens now: overview, traffic, search, clients, system.
import {bytes, card, el, facts, number, seconds, section, share, state, table, tag, time} from "./dom.js";
import {bars, plot} from "./plot.js";

const history = (view) => `history.json?span=${view.span}`;
const rate = (value) => (value === null ? "-" : `${value < 10 ? value.toPrecision(2) : value.toFixed(0)}/s`);

// Which span the plots show.
function spans({view, choose}) {
  return el("div", {class: "bar", role: "group", "aria-label": "Time shown"}, [["10m", "10 minutes"], ["24h", "24 hours"]].map(([span, text]) =>
    el("button", {id: `span-${span}`, type: "button", "aria-pressed": String(view.span === span), onclick: () => choose({span})}, text)));
}

const plots = {
  calls: (data) => plot("Calls", data, [["calls_per_s", "all"], ["errors_per_s", "errors"]], rate),
  latency: (data) => plot("Latency", data, [["p50_s", "p50"], ["p99_s", "p99"]], seconds),
  flight: (data) => plot("In flight", data, [["in_flight", "messages"]], number, 1),
  memory: (data) => plot("Memory", data, [["resident_bytes", "resident"]], bytes, 0, 1024),
  cpu: (data) => plot("Processor", data, [["cpu_share", "of one core"]], share, .01),
};
const drawn = (data, ...names) => el("div", {class: "cards"}, names.map((name) => plots[name](data)));

const runbook = (name) => el("a", {href: `#/runbooks/${name}`}, `runbook: ${name}`);

function alert(condition) {
  return el("div", {class: `card alert ${condition.severity}`, role: "status"}, state(condition.severity), " ", el("strong", {}, condition.name),
    el("div", {}, condition.summary), runbook(condition.runbook));
}

function component(each) {
  const told = [each.problem, each.behind ? `${each.behind} records behind` : "", each.rejected ? "new content was rejected" : "",
    each.breaker && each.breaker !== "closed" ? `breaker ${each.breaker}` : ""];
  return told.filter(Boolean).join("; ");
}

const MOST_BARS = 12;
const largest = (operations, field) => operations.map((row) => [row.tool || row.method, row[field]]).sort((a, b) => b[1] - a[1]).slice(0, MOST_BARS);

const times = [["p50", (row) => seconds(row.p50_s), "n"], ["p95", (row) => seconds(row.p95_s), "n"], ["p99", (row) => seconds(row.p99_s), "n"],
  ["mean", (row) => seconds(row.mean_s), "n"]];
const counts = [["calls", (row) => number(row.calls), "n"], ["errors", (row) => number(row.errors), "n"]];

export const operations = {
  overview: {
    title: "Overview",
    interval: 1000,  // what fails must show within two seconds
    data: (about, view) => ({history: history(view)}),
    draw: ({overview, history: past}, context) => [
      el("p", {}, "State: ", state(overview.status), " ", ["no condition holds", "one condition holds"][overview.conditions.length] ?? `${overview.conditions.length} conditions hold`),
      overview.conditions.map(alert),
      card(null, facts([["version", overview.version], ["configuration", overview.config_file], ["up", seconds(overview.uptime_s)],
        ["in flight", `${overview.in_flight} of ${overview.max_in_flight}`], ["documents", number(overview.documents)],
        ["snapshot", el("code", {}, overview.snapshot ?? "-")]])),
      section("Components", table([["component", (row) => row.name], ["state", (row) => state(row.status)], ["detail", component]], overview.components)),
      el("h2", {}, "Lately"), spans(context), drawn(past, "calls", "latency", "flight", "memory"),
      section("Last changes", table([["when", (row) => time(row.time)], ["what", (row) => row.what], ["before", (row) => row.from || "-"],
        ["since then", (row) => row.to]], overview.changes, "Nothing has changed since the start."))],
  },
  traffic: {
    title: "Traffic",
    data: (about, view) => ({traffic: "traffic.json", history: history(view)}),
    draw: ({traffic, history: past}, context) => [
      spans(context), drawn(past, "calls", "latency", "flight"),
      el("div", {class: "cards"},
        bars("Calls by tool or method, since the start", largest(traffic.operations, "calls"), number, "No client has asked anything yet."),
        bars("p99 by tool or method, since the start", largest(traffic.operations, "p99_s"), seconds, "No client has asked anything yet.")),
      section("Methods and tools, since the start", table([["method", (row) => row.method], ["tool", (row) => row.tool || "-"], ...counts, ...times],
        [...traffic.operations].sort((a, b) => b.calls - a.calls), "No client has asked anything yet.")),
      el("div", {class: "cards"},
        card("Errors by type", table([["error.type", (row) => row.type], ["count", (row) => number(row.count), "n"]], traffic.errors, "None.")),
        card("Transports", table([["transport", (row) => row.transport], ["messages", (row) => number(row.count), "n"]], traffic.transports, "None yet.")),
        card("In flight", facts([["now", `${traffic.in_flight} of ${traffic.max_in_flight}`]])))],
  },
  search: {
    title: "Search",
    data: () => ({search: "search.json"}),
    draw: ({search}) => [
      search.problem ? el("div", {class: "card alert", role: "status"}, search.problem) : null,
      card(null, facts([["index", state(search.status)], ["of the content in service", search.current ? "yes" : "not yet"],
        ["plugin", search.plugin || "none"], ["answers on the transport's thread", search.answers_at_once ? "yes" : "no"],
        ["vocabulary", [search.builtin_thesaurus ? "built in" : "", search.thesaurus].filter(Boolean).join(", ") || "none"],
        ["answers already written", `${number(search.answers.hits)} of ${number(search.answers.hits + search.answers.misses)}`]])),
      section("Searches, since the start", table([["tool", (row) => row.tool], ...counts, ...times], search.tools, "Nobody has searched yet."))],
  },
  clients: {
    title: "Clients",
    data: () => ({clients: "clients.json"}),
    draw: ({clients}) => [
      card("At once", facts([["in flight", `${clients.in_flight} of ${clients.max_in_flight}`], ["of one caller at most", number(clients.max_in_flight_per_caller)]])),
      section("Limits", table([["limit", (row) => row.limit], ["rate", (row) => `${number(row.per_s)}/s`, "n"], ["burst", (row) => number(row.burst), "n"],
        ["callers known", (row) => `${number(row.keys)} of ${number(row.most_keys)}`, "n"], ["allowed", (row) => number(row.allowed), "n"],
        ["refused", (row) => (row.refused ? tag(number(row.refused), "warn") : "0"), "n"],
        ["refused share", (row) => share(row.refused / Math.max(row.allowed + row.refused, 1)), "n"], ["forgotten", (row) => number(row.forgotten), "n"]],
      clients.limits, "No [[limit]] is configured: callers may ask as often as they like."))],
  },
  system: {
    title: "System",
    data: (about, view) => ({system: "system.json", history: history(view)}),
    draw: ({system, history: past}, context) => [
      card(null, facts([["processor time", seconds(system.cpu_seconds)], ["resident memory", bytes(system.resident_bytes)],
        ["threads", `${system.threads} (${system.workers} workers)`], ["open files", `${number(system.open_files)} of ${number(system.most_files)}`],
        ["processors", number(system.processors)], ["started", time(system.started_at)], ["process", system.pid]])),
      el("h2", {}, "Lately"), spans(context), drawn(past, "cpu", "memory", "flight")],
  },
};
