// Nodes and links as SVG. The places come from forces: links pull, everything else pushes.
import {svg} from "./dom.js";

const WIDTH = 900, HEIGHT = 640, MARGIN = 30, STRIP = 60;
const WORK = 6e6;  // pairs that are looked at, at most: some 100 ms
const MOST_LABELS = 90;
const RINGS = {usecase: .15, risk: .4, mitigation: .6, framework: .8};

// The same nodes always have the same places: nothing is random.
function begin(nodes) {
  const golden = Math.PI * (3 - Math.sqrt(5));
  return nodes.map((node, i) => {
    const ring = RINGS[node.kind] ?? 1;
    return {x: Math.cos(i * golden) * ring, y: Math.sin(i * golden) * ring, dx: 0, dy: 0};
  });
}

// Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991), with a pull to the
// middle in the place of a frame.
function layout(nodes, edges) {
  const places = begin(nodes);
  const ideal = 1.6 / Math.sqrt(Math.max(nodes.length, 1));
  const rounds = Math.max(10, Math.min(250, Math.floor(WORK / Math.max(nodes.length ** 2, 1))));
  const weight = nodes.map(() => 0);
  for (const [from, to] of edges) {
    ++weight[from];
    ++weight[to];
  }
  for (let round = 0; round < rounds; ++round) {
    for (let i = 0; i < places.length; ++i) {
      const a = places[i];
      a.dx -= a.x * ideal * .5;
      a.dy -= a.y * ideal * .5;
      for (let j = i + 1; j < places.length; ++j) {
        const b = places[j];
        const x = a.x - b.x, y = a.y - b.y;
        const push = (ideal * ideal) / Math.max(x * x + y * y, 1e-5);
        a.dx += x * push;
        a.dy += y * push;
        b.dx -= x * push;
        b.dy -= y * push;
      }
    }
    // A link of something that has many pulls less, or all that is linked would be one heap.
    for (const [from, to] of edges) {
      const a = places[from], b = places[to];
      const x = a.x - b.x, y = a.y - b.y;
      const pull = Math.min(Math.hypot(x, y) / ideal, 4) / (1 + Math.sqrt(weight[from] * weight[to]));
      a.dx -= x * pull;
      a.dy -= y * pull;
      b.dx += x * pull;
      b.dy += y * pull;
    }
    const most = .12 * (1 - round / rounds) + .002;
    for (const place of places) {
      const size = Math.hypot(place.dx, place.dy) || 1;
      place.x += (place.dx / size) * Math.min(size, most);
      place.y += (place.dy / size) * Math.min(size, most);
      place.dx = place.dy = 0;
    }
  }
  return places;
}

// Into the picture, whatever it came to; what flew far away is held at its edge.
function fit(places) {
  const sorted = (name) => places.map((p) => p[name]).sort((a, b) => a - b);
  const into = (name, size) => {
    const all = sorted(name);
    const from = all[Math.floor(all.length * .02)], to = all[Math.floor((all.length - 1) * .98)];
    return places.map((p) => (to > from ? MARGIN + (size - 2 * MARGIN) * Math.max(0, Math.min(1, (p[name] - from) / (to - from))) : size / 2).toFixed(1));
  };
  const x = into("x", WIDTH), y = into("y", HEIGHT - STRIP);
  return places.map((p, i) => ({x: x[i], y: y[i]}));
}

// What is linked with nothing that is shown stands in a row below: it would only push the rest together.
function arrange(nodes, edges) {
  const tied = new Set(edges.flatMap(([from, to]) => [from, to]));
  const together = nodes.map((node, i) => i).filter((i) => tied.has(i));
  const alone = nodes.map((node, i) => i).filter((i) => !tied.has(i));
  const index = new Map(together.map((i, at) => [i, at]));
  const places = together.length ? fit(layout(together.map((i) => nodes[i]), edges.map(([from, to]) => [index.get(from), index.get(to)]))) : [];
  const out = [];
  together.forEach((i, at) => { out[i] = places[at]; });
  const columns = Math.ceil(alone.length / Math.ceil(alone.length / 40));
  const line = together.length ? 12 : 30;
  alone.forEach((i, at) => {
    const row = Math.floor(at / columns);
    out[i] = {x: (MARGIN + ((WIDTH - 2 * MARGIN) * ((at % columns) + .5)) / columns).toFixed(1), y: (HEIGHT - 14 - row * line).toFixed(1)};
  });
  return out;
}

// On the side where there is room for it.
function label(place, text) {
  const left = place.x > WIDTH * .8;
  return svg("text", {x: Number(place.x) + (left ? -12 : 12), y: Number(place.y) + 4, "text-anchor": left ? "end" : "start"}, text);
}

// data: what /console/api/knowledge.json gives; chosen: the id of a node, which is lit.
export function graph(data, chosen, address) {
  const places = arrange(data.nodes, data.edges);
  const at = data.nodes.findIndex((node) => node.id === chosen);
  const lines = data.edges.map(([from, to]) => svg("line", {class: at >= 0 && (from === at || to === at) ? "lit" : null,
    x1: places[from].x, y1: places[from].y, x2: places[to].x, y2: places[to].y}));
  const named = data.nodes.length <= MOST_LABELS;
  // The list beside it is for the keyboard; five hundred stops here would be in the way.
  const dots = data.nodes.map((node, i) => svg("g", {class: `k-${node.kind}${i === at ? " lit" : ""}`}, svg("a", {href: address(node.id), tabindex: "-1"},
    svg("title", {}, `${node.label}: ${node.title}`),
    svg("circle", {cx: places[i].x, cy: places[i].y, r: Math.min(4 + Math.sqrt(node.links), 14).toFixed(1)})),
  named || i === at ? label(places[i], node.label) : null));
  return svg("svg", {class: "graph", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${data.nodes.length} nodes and ${data.edges.length} links; the list tells them`},
    lines, dots);
}
