// Line plots as plain SVG.
import {el, svg} from "./dom.js";

const WIDTH = 560, HEIGHT = 170, LEFT = 58, RIGHT = 8, TOP = 8, BOTTOM = 22;

// The next of 1, 2, 5 and their tens that is not smaller; of bytes, of 1, 2, 4 and their multiples.
function round(value, base) {
  if (!(value > 0)) return 1;
  if (base === 1024) return 2 ** Math.ceil(Math.log2(value));
  const ten = 10 ** Math.floor(Math.log10(value));
  return ten * ([1, 2, 5].find((each) => each * ten >= value * (1 - 1e-9)) ?? 10);
}

// One path: a line where values follow each other, a dot (a line of no length) for a lonely one.
function path(values, x, y) {
  let out = "", open = false;
  values.forEach((value, i) => {
    if (value === null) {
      open = false;
      return;
    }
    const last = i + 1 >= values.length || values[i + 1] === null;
    out += `${open ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    if (!open && last) out += "h0.1";
    open = true;
  });
  return out;
}

const clock = (unix, precise) => new Date(unix * 1000).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", second: precise ? "2-digit" : undefined, hourCycle: "h23"});

// Where the pointer is, so that it is still there once the plot is drawn anew.
let pointed = {title: "", time: 0};

// history: what /console/api/history.json gives; series: [field, name]; unit(value) writes a value. The
// whole span is shown, however little of it has been: a plot that stretches cannot be compared.
export function plot(title, history, series, unit, least = 0, base = 10) {
  const {times, step_s: step} = history;
  const span = step < 60 ? 600 : 86400;
  const end = times.at(-1) ?? Date.now() / 1000;
  const lines = series.map(([field, name]) => ({name, values: history[field]}));
  const most = round(Math.max(least, ...lines.flatMap((line) => line.values.filter((value) => value !== null))), base);
  const at = (time) => LEFT + (WIDTH - LEFT - RIGHT) * Math.max(0, 1 - (end - time) / span);
  const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / most;
  const grid = [0, .5, 1].map((part) => [
    svg("line", {class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(most * part), y2: y(most * part)}),
    svg("text", {x: LEFT - 6, y: y(most * part) + 4, "text-anchor": "end"}, unit(most * part))]);
  const marks = [1, .5, 0].map((part, i) => svg("text", {x: at(end - span * part), y: HEIGHT - 6, "text-anchor": ["start", "middle", "end"][i]}, clock(end - span * part)));
  const cursor = svg("line", {class: "now", y1: TOP, y2: HEIGHT - BOTTOM});
  const legend = el("div", {class: "legend"});
  const told = (i) => lines.map((line) => `${line.name} ${unit(line.values[i] ?? null)}`);

  // The values at the pointer; the latest when it is elsewhere.
  function tell() {
    let i = times.length - 1;
    const here = pointed.title === title && i >= 0;
    if (here) times.forEach((time, each) => { if (Math.abs(time - pointed.time) < Math.abs(times[i] - pointed.time)) i = each; });
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, here ? at(times[i]).toFixed(1) : -9);
    legend.replaceChildren(...told(i).map((text, each) => el("span", {}, el("span", {class: `key s${each}`}), text)), el("span", {}, here ? clock(times[i], true) : ""));
  }
  const drawn = svg("svg", {class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}, now: ${told(times.length - 1).join(", ")}`,
    onpointermove: (event) => {
      const box = drawn.getBoundingClientRect();
      const part = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
      pointed = {title, time: end - span * (1 - part)};
      tell();
    },
    onpointerleave: () => {
      pointed = {title: "", time: 0};
      tell();
    }},
  grid, marks, lines.map((line, i) => svg("path", {class: `s${i}`, d: path(line.values, (each) => at(times[each]), y)})), cursor);
  tell();
  return el("section", {class: "card"}, el("h2", {}, title), drawn, legend);
}

// rows: [name, value], the largest first.
export function bars(title, rows, unit, none) {
  if (rows.length === 0) return el("section", {class: "card"}, el("h2", {}, title), el("p", {class: "soft"}, none));
  const most = Math.max(...rows.map(([, value]) => value), 1e-9);
  const line = 20, left = 190, right = 60;
  return el("section", {class: "card"}, el("h2", {}, title), svg("svg", {class: "plot bars", viewBox: `0 0 ${WIDTH} ${rows.length * line + 4}`, role: "img",
    "aria-label": `${title}: ${rows.map(([name, value]) => `${name} ${unit(value)}`).join(", ")}`},
  rows.map(([name, value], i) => {
    const width = (WIDTH - left - right) * (value / most);
    return [svg("text", {x: left - 6, y: i * line + 15, "text-anchor": "end"}, name),
      svg("rect", {x: left, y: i * line + 4, width: Math.max(width, 1).toFixed(1), height: line - 7, rx: 2}),
      svg("text", {x: left + width + 5, y: i * line + 15}, unit(value))];
  })));
}
