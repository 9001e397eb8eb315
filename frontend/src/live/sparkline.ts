const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 44;
const EDGE = 4;

/** Draws `values` as one line that fills the SVG, the latest at the right with a dot. Zero is the floor. */
export function drawSparkline(svg: SVGSVGElement, values: number[]): void {
  const width = svg.clientWidth || 240;
  const top = Math.max(...values, 0.001);
  const step = values.length > 1 ? (width - 2 * EDGE) / (values.length - 1) : 0;
  const points = values.map((value, index) => {
    const x = values.length > 1 ? EDGE + index * step : width / 2;
    return [x, HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE)] as const;
  });
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
  const dot = document.createElementNS(SVG, "circle");
  const [x, y] = points.at(-1) ?? [0, 0];
  dot.setAttribute("cx", x.toFixed(1));
  dot.setAttribute("cy", y.toFixed(1));
  dot.setAttribute("r", "3");
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.replaceChildren(line, dot);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** "840 ms", or "1.2 s" from a second on. */
export function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
