// The console: which page is shown, and asking again while somebody looks.
import {el, seconds, state} from "./dom.js";
import {operations} from "./pages_operations.js";
import {standing} from "./pages_standing.js";
import {knowledge} from "./pages_content.js";

const API = new URL("./api/", import.meta.url);
const INTERVAL = 2000, PATIENCE = 10000;
const PAGES = ["overview", "traffic", "content", "search", "clients", "security", "audit", "plugins", "checks", "compliance", "config",
  "system", "runbooks", "knowledge"].map((name) => ({name, ...{...operations, ...standing, ...knowledge}[name]}));

const main = document.getElementById("main");
const view = {span: "10m", text: "", key: "", written: false};  // what the reader chose
let timer = 0, turn = 0, shown = "", banner = null;

// "#/runbooks/slow" is the page runbooks and "slow".
function here() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const page = PAGES.find((each) => each.name === name) ?? PAGES[0];
  return {page, about: rest.map(decodeURIComponent).join("/")};
}

async function get(address) {
  const answer = await fetch(new URL(address, API), {signal: AbortSignal.timeout(PATIENCE)});
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.trim() || `HTTP ${answer.status}`);
  return text;
}

function showState(overview) {
  const badge = document.getElementById("state");
  const active = overview.conditions.length;
  const text = active ? `${overview.status}, ${active} to look at` : overview.status;
  if (badge.textContent !== text) {
    badge.textContent = text;
    badge.className = `state ${overview.conditions.some((each) => each.severity === "page") ? "bad" : active ? "warn" : state(overview.status).className.replace("tag", "")}`;
  }
  document.getElementById("about").textContent = `${overview.version}, ${overview.config_file}, up ${seconds(overview.uptime_s)}`;
}

function showTrouble(error) {
  banner?.remove();
  banner = error && el("div", {class: "banner bad", role: "alert"}, `The server did not answer: ${error.message}. What is shown may be old; it is asked again.`);
  if (banner) main.prepend(banner);
}

// What has the focus, so that it has it again once the page is drawn anew.
function focusKeeper() {
  const old = document.activeElement;
  if (!main.contains(old) || old === main) return () => {};
  const {id, selectionStart, selectionEnd} = old;
  const address = old.getAttribute("href");
  return () => {
    const now = id ? document.getElementById(id) : address ? main.querySelector(`a[href="${CSS.escape(address)}"]`) : null;
    now?.focus({preventScroll: true});
    if (now && selectionStart !== null && selectionStart !== undefined) now.setSelectionRange?.(selectionStart, selectionEnd);
  };
}

// Whoever is about to copy something must not lose it.
const isSelecting = () => !getSelection().isCollapsed && main.contains(getSelection().anchorNode);

function draw(page, about, data) {
  const restore = focusKeeper();
  const open = new Set([...main.querySelectorAll("details[open]")].map((each) => each.id));
  main.replaceChildren(el("h1", {id: "title", tabindex: "-1"}, page.title), ...[page.draw(data, {about, view, choose})].flat(Infinity).filter(Boolean));
  for (const each of main.querySelectorAll("details")) if (open.has(each.id)) each.open = true;
  if (banner) main.prepend(banner);
  restore();
}

async function look() {
  clearTimeout(timer);
  const mine = ++turn, began = performance.now();
  const {page, about} = here();
  try {
    const addresses = Object.entries({overview: "overview.json", ...page.data(about, view)});
    const texts = await Promise.all(addresses.map(([, address]) => get(address)));
    if (mine !== turn) return;
    const data = Object.fromEntries(addresses.map(([name], i) => [name, JSON.parse(texts[i])]));
    showState(data.overview);
    showTrouble(null);
    // The overview changes with every second that the server is up; elsewhere only what holds counts.
    const now = JSON.stringify([page.name, about, view, page.name === "overview" ? texts : [data.overview.conditions, ...texts.slice(1)]]);
    if (now !== shown && !(isSelecting() && shown.startsWith(JSON.stringify([page.name, about, view]).slice(0, -1)))) {
      shown = now;
      draw(page, about, data);
    }
  } catch (error) {
    if (mine !== turn) return;
    showTrouble(error);
  }
  if (!document.hidden) timer = setTimeout(look, Math.max((page.interval ?? INTERVAL) - (performance.now() - began), 100));
}

// The reader chose something: view.span, view.text.
let waiting = 0;
function choose(change, delay = 0) {
  Object.assign(view, change);
  clearTimeout(waiting);
  waiting = setTimeout(look, delay);
}

function go() {
  const {page} = here();
  document.title = `${page.title} - govhost console`;
  for (const each of document.querySelectorAll("#nav a")) {
    if (each.hash === `#/${page.name}`) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  shown = "";
  look();
}

document.getElementById("nav").append(...PAGES.map((page) => el("a", {href: `#/${page.name}`}, page.title)));
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();  // the part behind "#" says which page this is
  main.focus();
});
addEventListener("hashchange", () => {
  go();
  scrollTo(0, 0);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else look();
});
go();
