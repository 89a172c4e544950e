/* pledge/pad.js: the pad on which somebody signs. Drawing is signature_pad's; which finger counts, and
 * where the ink goes when the tablet is turned, is ours (lessons 39, 40).
 *
 *   const pad = new Pad(document.getElementById('pad'), { onChange });
 *   pad.strokes    [[{x, y}, …], …] on the pad as it is now      pad.size   [width, height]
 *   pad.undo()     pad.clear()     pad.isEmpty
 *
 * One pointer draws. A palm (a wide touch) draws nothing; neither does a second finger. A first touch
 * that is but a moment old and has hardly moved when the next one comes was the edge of the hand: it
 * goes, and the finger draws. While a pen is near, fingers and palms do not draw at all.
 *
 * The ink is kept as vectors in the frame of the pad on which it began. Turned or resized, the pad shows
 * that frame, widened by whatever was drawn since, as large as it fits; so turning there and back leaves
 * every stroke where it was. A stroke that is interrupted (the system takes the touch away, the pad
 * changes under it) ends there and stays.
 */
import SignaturePad from '../../vendor/signature-pad-5.1.4.min.js';

const PALM_PX = 70;              // a finger's touch is 10 to 50 wide
const YOUNG_MS = 350;
const SHORT_PX = 14;
const PEN_NEAR_MS = 5000;
const LOOK = { minWidth: 1.4, maxWidth: 3.2, minDistance: 2, throttle: 0, penColor: '#10245c' };

/* signature_pad 5.1.4 (vendored, its hash is tested) listens by itself in a way that a palm blocks and an
 * interrupted touch hangs; so it gets no events, and its strokes are begun and ended from here. */
class Ink extends SignaturePad {
  on() {}

  off() {}

  #said(point) { return { event: { type: 'kiosk' }, type: 'kiosk', x: point.x, y: point.y, pressure: point.pressure }; }

  begin(point) { this._strokeBegin(this.#said(point)); }

  draw(point) { this._strokeUpdate(this.#said(point)); }

  end() { this._strokeEnd({ event: { type: 'kiosk' } }, false); }
}

export class Pad {
  #box;
  #canvas;
  #ink;
  #onChange;
  #strokes = [];                 // in the frame: [{x, y, time, pressure}, …]
  #frame = null;                 // [width, height] of the pad on which the first stroke began
  #to = { scale: 1, x: 0, y: 0 };  // from the frame to the pad
  #size = [0, 0];
  #active = null;                // { id, began, from: {x, y}, way }
  #penAt = -Infinity;

  constructor(box, { onChange = () => {} } = {}) {
    this.#box = box;
    this.#canvas = box.querySelector('canvas');
    this.#onChange = onChange;
    this.#ink = new Ink(this.#canvas, LOOK);
    const still = { passive: false };
    box.addEventListener('pointerdown', (event) => this.#down(event), still);
    box.addEventListener('pointermove', (event) => this.#move(event), still);
    box.addEventListener('pointerup', (event) => this.#up(event), still);
    for (const gone of ['pointercancel', 'lostpointercapture']) {
      box.addEventListener(gone, (event) => { if (event.pointerId === this.#active?.id) this.#end(); });
    }
    // Safari's pen writes into fields and its fingers scroll, unless the touch itself is refused.
    for (const kind of ['touchstart', 'touchmove']) box.addEventListener(kind, (event) => { if (event.cancelable) event.preventDefault(); }, still);
    new ResizeObserver(() => this.#fit()).observe(box);
    // Another screen, or a zoom of the browser, has other dots for the same size.
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => this.#fit(true));
    this.#fit();
  }

  get isEmpty() { return this.#strokes.length === 0; }

  get size() { return [...this.#size]; }

  /** The strokes where they are seen now. */
  get strokes() { return this.#strokes.map((stroke) => stroke.map((point) => this.#onPad(point))); }

  undo() {
    this.#end();
    this.#strokes.pop();
    if (this.isEmpty) this.#frame = null;
    this.#fit(true);
    this.#onChange();
  }

  clear() {
    this.#end();
    this.#strokes = [];
    this.#frame = null;
    this.#fit(true);
    this.#onChange();
  }

  /* ---- Where the ink is ---- */

  #onPad({ x, y, ...more }) { return { ...more, x: x * this.#to.scale + this.#to.x, y: y * this.#to.scale + this.#to.y }; }

  #inFrame({ x, y, ...more }) { return { ...more, x: (x - this.#to.x) / this.#to.scale, y: (y - this.#to.y) / this.#to.scale }; }

  /** The point of an event on the pad; a finger beyond the edge draws along it. */
  #at(event) {
    const place = this.#canvas.getBoundingClientRect();
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    return {
      x: within(event.clientX - place.left, this.#size[0]),
      y: within(event.clientY - place.top, this.#size[1]),
      time: Date.now(),
      pressure: event.pressure ?? 0,
    };
  }

  #fit(anew = false) {
    const [wide, tall] = [this.#box.clientWidth, this.#box.clientHeight];
    if (!wide || !tall) return;  // hidden: what was drawn keeps its place
    if (!anew && wide === this.#size[0] && tall === this.#size[1]) return;
    this.#end();
    this.#size = [wide, tall];
    const dots = Math.max(devicePixelRatio || 1, 1);
    this.#canvas.width = Math.round(wide * dots);
    this.#canvas.height = Math.round(tall * dots);
    this.#canvas.getContext('2d').scale(dots, dots);
    this.#to = this.#place(wide, tall);
    this.#ink.fromData(this.strokes.map((points) => ({ ...LOOK, dotSize: 0, compositeOperation: 'source-over', points })));
  }

  /** How the frame and everything drawn lie on a pad of this size. */
  #place(wide, tall) {
    if (!this.#frame) return { scale: 1, x: 0, y: 0 };
    const points = this.#strokes.flat();
    const left = Math.min(0, ...points.map(({ x }) => x));
    const top = Math.min(0, ...points.map(({ y }) => y));
    const right = Math.max(this.#frame[0], ...points.map(({ x }) => x));
    const bottom = Math.max(this.#frame[1], ...points.map(({ y }) => y));
    const scale = Math.min(wide / (right - left), tall / (bottom - top));
    return { scale, x: (wide - (right + left) * scale) / 2, y: (tall - (bottom + top) * scale) / 2 };
  }

  /* ---- Which finger draws ---- */

  #isPalm(event) { return event.pointerType === 'touch' && Math.max(event.width, event.height) > PALM_PX; }

  #down(event) {
    event.preventDefault();
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (event.pointerType === 'pen') this.#penAt = performance.now();
    if (this.#isPalm(event)) return;
    if (event.pointerType === 'touch' && performance.now() - this.#penAt < PEN_NEAR_MS) return;
    if (this.#active) {
      const isEdgeOfTheHand = performance.now() - this.#active.began < YOUNG_MS && this.#active.way < SHORT_PX;
      if (!isEdgeOfTheHand && event.pointerType !== 'pen') return;
      this.#drop();
    }
    const point = this.#at(event);
    this.#frame ??= [...this.#size];
    this.#active = { id: event.pointerId, began: performance.now(), from: point, way: 0 };
    this.#strokes.push([this.#inFrame(point)]);
    this.#ink.begin(this.#screen(point));
    try {
      this.#box.setPointerCapture(event.pointerId);
    } catch {
      // The touch is gone already; its end comes all the same.
    }
    this.#onChange();
  }

  #move(event) {
    if (event.pointerType === 'pen') this.#penAt = performance.now();
    if (event.pointerId !== this.#active?.id) return;
    event.preventDefault();
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) this.#add(one);
  }

  #up(event) {
    if (event.pointerId !== this.#active?.id) return;
    event.preventDefault();
    this.#add(event);
    this.#end();
  }

  #add(event) {
    const point = this.#at(event);
    const last = this.#onPad(this.#strokes.at(-1).at(-1));
    if (Math.hypot(point.x - last.x, point.y - last.y) < LOOK.minDistance) return;
    this.#strokes.at(-1).push(this.#inFrame(point));
    this.#active.way = Math.max(this.#active.way, Math.hypot(point.x - this.#active.from.x, point.y - this.#active.from.y));
    this.#ink.draw(this.#screen(point));
  }

  #end() {
    if (!this.#active) return;
    this.#active = null;
    this.#ink.end();
    this.#onChange();
  }

  /** Take the stroke back that the edge of a hand has begun. */
  #drop() {
    this.#active = null;
    this.#ink.end();
    this.#strokes.pop();
    if (this.isEmpty) this.#frame = null;
    this.#fit(true);
  }

  /** The same point for signature_pad, which counts from the corner of the window. */
  #screen(point) {
    const place = this.#canvas.getBoundingClientRect();
    return { x: point.x + place.left, y: point.y + place.top, pressure: point.pressure };
  }
}
