/* hold.js: a list that people press in does not move under the finger that is about to press.
 *
 *   <div id="fleet-board" data-hold-still>            rows with stable ids
 *   <p data-held-of="fleet-board" hidden>             "there is news, the board keeps still"
 *
 * While the pointer, a finger or the keyboard's focus is inside and has done something within ten
 * seconds, what the stream brings for the list waits; the newest picture is drawn as soon as that ends.
 * A mouse that somebody left lying on the list hides nothing longer than that. What has just moved
 * takes no press for 0.6 s.
 */

const BUSY_MS = 10000;           // a pointer that has not moved for so long is not about to press
const FINGER_MS = 4000;          // a finger leaves with every tap
const LOOK_MS = 200;
const FRESH_MS = 600;

const waiting = new Map();       // id -> how to draw the newest picture
const movedAt = new WeakMap();

let used = { list: null, at: -Infinity, byFinger: false };

const listOf = (target) => target?.closest?.('[data-hold-still]') ?? null;

const note = (event) => {
  const list = listOf(event.target);
  if (list) used = { list, at: performance.now(), byFinger: event.pointerType === 'touch' };
};

for (const kind of ['pointermove', 'pointerdown', 'keydown', 'focusin', 'wheel']) {
  document.addEventListener(kind, note, { capture: true, passive: true });
}

const isBusy = (list) => {
  const age = performance.now() - used.at;
  if (used.list !== list) return false;
  if (used.byFinger) return age < FINGER_MS;
  return age < BUSY_MS && (list.matches(':hover, :has(:focus-visible)'));
};

const tell = (id, isHeld) => {
  const line = document.querySelector(`[data-held-of="${id}"]`);
  if (line) line.hidden = !isHeld;
};

const drawNow = (id, draw) => {
  waiting.delete(id);
  tell(id, false);
  draw();
  const list = document.getElementById(id);
  if (list?.matches(':hover, :has(:focus-visible)')) movedAt.set(list, performance.now());
};

document.addEventListener('live:offer', (event) => {
  const { id, draw } = event.detail;
  const list = document.getElementById(id);
  if (!list?.hasAttribute('data-hold-still')) return;
  event.preventDefault();
  if (!isBusy(list)) return void drawNow(id, draw);
  waiting.set(id, draw);
  tell(id, true);
});

setInterval(() => {
  for (const [id, draw] of waiting) {
    const list = document.getElementById(id);
    if (!list || !isBusy(list)) drawNow(id, draw);
  }
}, LOOK_MS);

// What this person has just done is shown at once.
document.addEventListener('htmx:afterRequest', (event) => {
  if (listOf(event.target)) used = { list: null, at: -Infinity, byFinger: false };
});

for (const kind of ['pointerdown', 'click']) {
  document.addEventListener(kind, (event) => {
    const list = listOf(event.target);
    if (!list || performance.now() - (movedAt.get(list) ?? -Infinity) > FRESH_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
