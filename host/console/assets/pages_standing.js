// The pages about how it is set up: security, audit, plugins, checks, compliance, configuration.
import {bytes, card, el, facts, number, seconds, section, state, table, tag, time} from "./dom.js";

const yes = (value) => (value ? "yes" : "no");
const code = (text) => el("code", {}, text);
const DAY = 86400e3;

function certificate(row) {
  if (!row.ends_at) return tag("cannot be read", "bad");
  const days = Math.floor((new Date(row.ends_at) - Date.now()) / DAY);
  return [time(row.ends_at), " ", tag(days < 0 ? "has ended" : `${days} days`, days < 7 ? "bad" : days < 21 ? "warn" : "good")];
}

const counted = (all) => ["fail", "warn", "attested", "pass"].map((status) => [state(status), ` ${all[status]} `]);

function checkTable(checks) {
  return table([["check", (row) => code(row.id)], ["state", (row) => state(row.status)], ["what holds when it passes", (row) => row.title],
    ["seen", (row) => row.observed]], checks);
}

const order = {fail: 0, warn: 1, attested: 2, pass: 3};

export const standing = {
  security: {
    title: "Security",
    data: () => ({security: "security.json"}),
    draw: ({security}) => [
      el("div", {class: "cards"},
        card("Callers, since the start", table([["outcome", (row) => row.outcome], ["messages", (row) => number(row.count), "n"]], security.outcomes)),
        card("Who is let in", facts([["auth plugins", security.auth.map((each) => each.name).join(", ") || "none"],
          ["anonymous callers where others reach it", security.allow_anonymous ? tag("yes", "warn") : "no"],
          ["required scopes", security.required_scopes.join(", ") || "none"], ["rules", number(security.rules)],
          ["restrictions", number(security.restrictions)], ["revoked", security.revoked === null ? "no list" : number(security.revoked)]]))),
      section("Certificates", table([["listens on", (row) => row.listen], ["file", (row) => code(row.file)], ["ends", certificate]], security.certificates,
        "No transport has a certificate of its own.")),
      section("Secrets that stores and programs keep", table([["secret", (row) => code(row.reference)], ["last said", (row) => time(row.refreshed_at)],
        ["", (row) => ((Date.now() - new Date(row.refreshed_at)) / 1000 > 2 * security.secret_refresh_s ? tag("stale", "bad") : tag("fresh", "good"))]],
      security.secrets, "None: secrets come from files and the environment, or there are none."))],
  },
  audit: {
    title: "Audit",
    data: () => ({audit: "audit.json"}),
    draw: ({audit}) => (!audit.enabled ? el("p", {class: "card alert"}, "Nothing is recorded: audit.enabled is false, or there is no place for it.") : [
      card("Trail", facts([["can be written", audit.accepts ? tag("yes", "good") : tag("no: nothing is answered", "bad")],
        ["records since the start", number(audit.records)], ["last record on disk", number(audit.last_record)], ["folder", code(audit.folder)],
        ["free there", bytes(audit.free_bytes)], ["fsync", audit.fsync], ["without it nothing is answered", yes(audit.fail_closed)],
        ["arguments", audit.record_arguments ? "recorded" : "as digests"], ["kept for", audit.retention_s ? seconds(audit.retention_s) : "ever"],
        ["at most", audit.max_size ? bytes(audit.max_size) : "any size"], ["signed", audit.signed ? tag("yes", "good") : tag("no", "warn")],
        ["last checkpoint", audit.checkpoint ? [`record ${number(audit.checkpoint.seq)}, `, time(audit.checkpoint.time)] : "none"]])),
      section("Prove that nothing was changed", el("pre", {tabindex: "0"}, audit.verify)),
      section("Sinks", table([["sink", (row) => row.sink], ["kind", (row) => row.kind], ["state", (row) => state(row.failing ? "failed" : "ok")],
        ["records behind", (row) => number(row.behind), "n"]], audit.sinks, "No [[audit.sink]]: the records are on this machine alone."))]),
  },
  plugins: {
    title: "Plugins",
    data: () => ({plugins: "plugins.json"}),
    draw: ({plugins}) => [
      table([["kind", (row) => row.kind], ["instance", (row) => row.instance], ["component", (row) => row.component], ["version", (row) => row.version],
        ["pinned", (row) => (row.pinned ? tag("yes", "good") : "no")], ["file", (row) => code(row.file || "part of the host")],
        ["SHA-256", (row) => code(row.sha256 ? `${row.sha256.slice(0, 12)}…` : "-")]], plugins.plugins),
      section("Requests to the outside", table([["instance", (row) => row.source], ["outcome", (row) => state(row.outcome)], ["count", (row) => number(row.count), "n"],
        ["p99", (row) => seconds(row.p99_s), "n"]], plugins.fetches, "No plugin has asked anything outside."))],
  },
  checks: {
    title: "Checks",
    data: () => ({checks: "checks.json"}),
    draw: ({checks}) => [
      el("p", {}, counted(checks.summary), el("span", {class: "soft"}, " at ", time(checks.time), "; looked at once a minute. Attestations are known to ",
        code("govhost check --attestations FILE"), " only.")),
      [...checks.checks].sort((a, b) => order[a.status] - order[b.status]).map((each) => el("details", {id: `check-${each.id}`, class: "card"},
        el("summary", {}, state(each.status), " ", code(each.id), ` ${each.title}`),
        facts([["seen", each.observed], ["expected", each.expected], ["fix", each.fix], ["see", code(each.page)], ["item", each.item],
          ["controls", each.controls.join(", ")]])))],
  },
  compliance: {
    title: "Compliance",
    data: () => ({compliance: "compliance.json"}),
    draw: ({compliance}) => [
      el("p", {class: "soft"}, "What the checks say of each mitigation of the AI Governance Framework that they are evidence for. Configuration ",
        code(compliance.config.file), compliance.config.sha256 ? [", SHA-256 ", code(compliance.config.sha256.slice(0, 12))] : "", ", ", time(compliance.time), "."),
      compliance.controls.map((each) => section(each.control, el("p", {}, counted(each.counts)), checkTable(each.checks)))],
  },
  config: {
    title: "Config",
    data: () => ({config: "config.json"}),
    draw: ({config}, {view, choose}) => [
      card(null, facts([["file", code(config.file)], ["hash", code(config.hash)]])),
      el("h2", {}, "In force"),
      el("div", {class: "bar", role: "search"}, el("label", {for: "key"}, "Find"),
        el("input", {id: "key", type: "search", value: view.key, autocomplete: "off", oninput: (event) => choose({key: event.target.value})}),
        el("button", {id: "written", type: "button", "aria-pressed": String(view.written), onclick: () => choose({written: !view.written})}, "Only what is written")),
      table([["key", (row) => code(row.key)], ["value", (row) => code(JSON.stringify(row.value))],
        ["written in", (row) => (row.origin === "default" ? el("span", {class: "soft"}, row.origin) : row.origin)]],
      config.settings.filter((row) => row.key.includes(view.key) && !(view.written && row.origin === "default")), "No key is called so.")],
  },
};
