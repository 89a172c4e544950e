/* pledge/ink.js: what was drawn, as numbers. The same rules as kiosk/pledge/ink.py, which has the last
 * word: the page judges first so that a person hears at once, and draws the preview by the very path
 * that is stored. A browser test compares the two.
 */

export const WIDTH = 1200;
const DOT_LENGTH = 60;
const LEAST_SIDE = 110;
const SWIPE = 1.05;
const PEN = 7;

/** Strokes [[{x, y}, …], …] of a pad, in whole numbers on a pad 1,200 wide; times and pressures fall away. */
export function inkOf(strokes, wide, tall) {
  const scale = WIDTH / wide;
  const height = Math.round(tall * scale);
  const within = (value, most) => Math.min(Math.max(Math.round(value * scale), 0), most);
  const kept = [];
  for (const stroke of strokes) {
    const points = [];
    for (const { x, y } of stroke) {
      const point = [within(x, WIDTH), within(y, height)];
      const last = points.at(-1);
      if (!last || last[0] !== point[0] || last[1] !== point[1]) points.push(point);
    }
    if (points.length) kept.push(points);
  }
  return { height, strokes: kept };
}

/** What the server reads. */
export const sentOf = (ink) => JSON.stringify({ pad: [WIDTH, ink.height], strokes: ink.strokes.map((stroke) => stroke.flat()) });

const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

const lengthOf = (stroke) => stroke.slice(1).reduce((sum, point, place) => sum + apart(stroke[place], point), 0);

function boxOf(ink) {
  const points = ink.strokes.flat();
  const across = points.map(([x]) => x);
  const down = points.map(([, y]) => y);
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}

/** The code of the refusal, or '' for a signature. */
export function judge(ink) {
  if (!ink.strokes.length) return 'pledge_ink_empty';
  const lengths = ink.strokes.map(lengthOf);
  if (lengths.reduce((sum, one) => sum + one, 0) < DOT_LENGTH) return 'pledge_ink_dots';
  const [left, top, right, bottom] = boxOf(ink);
  if (Math.max(right - left, bottom - top) < LEAST_SIDE) return 'pledge_ink_small';
  const lines = ink.strokes.filter((_, place) => lengths[place] >= DOT_LENGTH / 2);
  if (lines.length === 1 && lengthOf(lines[0]) < SWIPE * apart(lines[0][0], lines[0].at(-1))) return 'pledge_ink_swipe';
  return '';
}

/** One stroke as an SVG path: through the middles of its points, rounded by the points. */
export function pathOf(stroke) {
  const [[x, y], ...rest] = stroke;
  if (!rest.length) return `M${x} ${y}h0`;
  let path = `M${x} ${y}`;
  for (let at = 0; at + 1 < rest.length; at += 1) {
    const here = rest[at];
    const then = rest[at + 1];
    path += `Q${here[0]} ${here[1]} ${(here[0] + then[0]) / 2} ${(here[1] + then[1]) / 2}`;
  }
  return `${path}L${rest.at(-1)[0]} ${rest.at(-1)[1]}`;
}

/** The picture as it is stored, as an element; every page of ours has an <svg> to take the kind from. */
export function pictureOf(ink) {
  const [left, top, right, bottom] = boxOf(ink);
  const named = document.querySelector('svg').namespaceURI;
  const picture = document.createElementNS(named, 'svg');
  picture.setAttribute('viewBox', [left - PEN, top - PEN, right - left + 2 * PEN, bottom - top + 2 * PEN].join(' '));
  const path = document.createElementNS(named, 'path');
  path.setAttribute('d', ink.strokes.map(pathOf).join(''));
  path.setAttribute('stroke-width', String(PEN));
  picture.append(path);
  return picture;
}
