// Nodes and links as SVG. The places come from forces: links pull, everything else pushes.
import {svg} from "./dom.js";

const WIDTH = 900, HEIGHT = 640, MARGIN = 30;
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

function layout(nodes, edges) {
  const places = begin(nodes);
  const ideal = 1.3 / Math.sqrt(Math.max(nodes.length, 1));
  const rounds = Math.max(10, Math.min(250, Math.floor(WORK / Math.max(nodes.length ** 2, 1))));
  for (let round = 0; round < rounds; ++round) {
    for (let i = 0; i < places.length; ++i) {
      const a = places[i];
      a.dx -= a.x * ideal * .6;
      a.dy -= a.y * ideal * .6;
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
    for (const [from, to] of edges) {
      const a = places[from], b = places[to];
      const x = a.x - b.x, y = a.y - b.y;
      const pull = Math.min(Math.hypot(x, y) / ideal, 4) * .12;
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

// Into the picture, whatever it came to.
function fit(places) {
  const range = (name) => [Math.min(...places.map((p) => p[name])), Math.max(...places.map((p) => p[name]))];
  const [left, right] = range("x"), [top, bottom] = range("y");
  const into = (value, from, to, size) => (to > from ? MARGIN + ((size - 2 * MARGIN) * (value - from)) / (to - from) : size / 2);
  return places.map((p) => ({x: into(p.x, left, right, WIDTH).toFixed(1), y: into(p.y, top, bottom, HEIGHT).toFixed(1)}));
}

// data: what /console/api/knowledge.json gives; chosen: the id of a node, which is lit.
export function graph(data, chosen, address) {
  const places = data.nodes.length ? fit(layout(data.nodes, data.edges)) : [];
  const at = data.nodes.findIndex((node) => node.id === chosen);
  const lines = data.edges.map(([from, to]) => svg("line", {class: at >= 0 && (from === at || to === at) ? "lit" : null,
    x1: places[from].x, y1: places[from].y, x2: places[to].x, y2: places[to].y}));
  const named = data.nodes.length <= MOST_LABELS;
  // The list beside it is for the keyboard; five hundred stops here would be in the way.
  const dots = data.nodes.map((node, i) => svg("g", {class: `k-${node.kind}${i === at ? " lit" : ""}`}, svg("a", {href: address(node.id), tabindex: "-1"},
    svg("title", {}, `${node.label}: ${node.title}`),
    svg("circle", {cx: places[i].x, cy: places[i].y, r: Math.min(4 + Math.sqrt(node.links), 14).toFixed(1)})),
  named || i === at ? svg("text", {x: Number(places[i].x) + 9, y: Number(places[i].y) + 4}, node.label) : null));
  return svg("svg", {class: "graph", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${data.nodes.length} nodes and ${data.edges.length} links; the list tells them`},
    lines, dots);
}
