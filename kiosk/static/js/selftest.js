/* selftest.js: a person tries this machine. Each answer goes to the server at once; what the server
 * has stored stands in #selftest-state, never what this page believes.
 *
 *   <div id="selftest" data-kind="gate" data-code="<the badge of nobody>" data-camera-script data-camera-wasm>
 *   [data-part][data-ok]    one press, one result
 *   #tester                 the name of whoever tries, where nobody is signed in
 *   #play, [data-after="sound"]        the question comes after the sound
 *   #corners-open, <dialog id="corners"> with four [data-corner]
 *   #camera-open, #finder; #wrong: something was read that is not the test badge
 *
 * A camera or a scanner that reads the test badge says so by itself; its code goes along, and the
 * server looks at it again.
 */
import { Camera } from './gate/camera.js';
import { listenForScanner } from './gate/keys.js';
import { Sounds } from './gate/sounds.js';

const find = (id) => document.getElementById(id);
const root = find('selftest');
const sounds = new Sounds();
const TUNES = ['welcome', 'already', 'ask'];
const BETWEEN_MS = 900;

/* ---- Who tries: typed once, kept in this tab for the next part and the next page ---- */

const tester = find('tester');
const TESTER = 'selftest-tester';

try {
  if (tester) tester.value = tester.defaultValue = sessionStorage.getItem(TESTER) ?? '';
} catch {
  // Without storage the name is typed on each page.
}
tester?.addEventListener('change', () => {
  tester.value = tester.value.trim();
  tester.defaultValue = tester.value;          // a name that stands there is no act in the middle
  try {
    sessionStorage.setItem(TESTER, tester.value);
  } catch {
    // As above.
  }
});

function record(part, ok, code = '') {
  find('wrong')?.setAttribute('hidden', '');
  return window.htmx.ajax('POST', location.pathname, {
    target: '#selftest-state',
    swap: 'outerHTML',
    values: { part, ok: ok ? '1' : '0', code, kind: root.dataset.kind, tester: tester?.value ?? '' },
  }).then(() => {
    if (tester && !tester.value) tester.focus();
    find('selftest-state')?.scrollIntoView({ block: 'nearest' });
  });
}

/* ---- What was read ---- */

const digits = (text) => String(text).replace(/[\s.-]/g, '');

/** True for the badge of nobody; anything else is said, and goes nowhere. */
function isTestBadge(text) {
  const fits = digits(text) === root.dataset.code;
  const wrong = find('wrong');
  if (wrong) wrong.hidden = fits;
  return fits;
}

if (document.querySelector('[data-part="scan"]')) {
  listenForScanner((text) => {
    if (isTestBadge(text)) record('scan', true, digits(text));
  });
}

/* ---- The camera ---- */

let camera = null;

find('camera-open')?.addEventListener('click', () => {
  camera ??= new Camera(find('finder'), { script: root.dataset.cameraScript, wasm: root.dataset.cameraWasm }, (text) => {
    if (!isTestBadge(text)) return;
    camera.stop();
    record('camera', true, digits(text));
  });
  camera.start();
});

/* ---- Sound ---- */

find('play')?.addEventListener('click', async () => {
  await sounds.unlock();
  TUNES.forEach((tune, place) => setTimeout(() => sounds.play(tune), place * BETWEEN_MS));
  for (const part of document.querySelectorAll('[data-after="sound"]')) part.hidden = false;
});

/* ---- Touch: every corner answers ---- */

const corners = find('corners');

function openCorners() {
  for (const corner of corners.querySelectorAll('[data-corner]')) delete corner.dataset.hit;
  corners.showModal();
}

find('corners-open')?.addEventListener('click', openCorners);
find('corners-close')?.addEventListener('click', () => corners.close());
corners?.addEventListener('click', (event) => {
  const corner = event.target.closest('[data-corner]');
  if (!corner) return;
  corner.dataset.hit = '';
  if (corners.querySelector('[data-corner]:not([data-hit])')) return;
  corners.close();
  record('touch', true);
});

/* ---- One press, one result ---- */

root.addEventListener('click', (event) => {
  const button = event.target.closest('[data-part][data-ok]');
  if (!button) return;
  corners?.close();
  if (button.dataset.part === 'camera') camera?.stop();
  record(button.dataset.part, button.dataset.ok === '1');
});
