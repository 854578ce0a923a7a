// Line plots as plain SVG.
import {el, svg} from "./dom.js";

const WIDTH = 560, HEIGHT = 170, LEFT = 58, RIGHT = 8, TOP = 8, BOTTOM = 22;

// The next of 1, 2, 5 and their tens that is not smaller.
function round(value) {
  if (!(value > 0)) return 1;
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

const clock = (unix) => new Date(unix * 1000).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});

// history: what /console/api/history.json gives; series: [field, name]; unit(value) writes a value.
export function plot(title, history, series, unit, least = 0) {
  const times = history.times;
  const lines = series.map(([field, name]) => ({name, values: history[field]}));
  const most = round(Math.max(least, ...lines.flatMap((line) => line.values.filter((value) => value !== null))));
  const x = (i) => LEFT + ((WIDTH - LEFT - RIGHT) * i) / Math.max(times.length - 1, 1);
  const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / most;
  const latest = lines.map((line) => `${line.name} ${unit(line.values.at(-1) ?? null)}`);
  const grid = [0, .5, 1].map((part) => [
    svg("line", {class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(most * part), y2: y(most * part)}),
    svg("text", {x: LEFT - 6, y: y(most * part) + 4, "text-anchor": "end"}, unit(most * part))]);
  const marks = times.length < 2 ? [] : [0, Math.floor(times.length / 2), times.length - 1].map((i, at) =>
    svg("text", {x: x(i), y: HEIGHT - 6, "text-anchor": ["start", "middle", "end"][at]}, clock(times[i])));
  const drawn = svg("svg", {class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}, now: ${latest.join(", ")}`},
    grid, marks, lines.map((line, at) => svg("path", {class: `s${at}`, d: path(line.values, x, y)})));
  return el("section", {class: "card"}, el("h2", {}, title), drawn,
    el("div", {class: "legend"}, lines.map((line, at) => el("span", {}, el("span", {class: `key s${at}`}), latest[at]))));
}
