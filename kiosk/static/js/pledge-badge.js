/* pledge-badge.js: waits for a badge: the camera, a scanner that types, or fourteen typed digits. What
 * comes of it is the server's word: on to the page of that person's turn, or one sentence in #notice.
 *
 *   <div id="badge-page" data-camera-script="…" data-camera-wasm="…"> <section id="finder"> <form id="badge-form">
 *   <dialog id="typed">: gate/keypad.js
 */
import { markActs } from './device/act.js';
import { Camera } from './gate/camera.js';
import { setUpTyping } from './gate/keypad.js';
import { listenForScanner } from './gate/keys.js';

const SENTENCE_MS = 15000;       // a name in it is for who stands here, not for the next one

const find = (id) => document.getElementById(id);
const page = find('badge-page');
const form = find('badge-form');
const inAct = markActs(page);

function take(text) {
  // Two reads of one badge, or a scan while the last one flies: the first one counts.
  if (page.hasAttribute('data-flying')) return;
  find('badge-code').value = String(text).slice(0, 64);
  form.requestSubmit();
}

form.addEventListener('htmx:beforeRequest', () => { page.setAttribute('data-flying', ''); inAct(true); });
form.addEventListener('htmx:afterRequest', () => { page.removeAttribute('data-flying'); inAct(false); });

let forget = 0;
new MutationObserver(() => {
  clearTimeout(forget);
  if (find('notice').childElementCount) forget = setTimeout(() => find('notice').replaceChildren(), SENTENCE_MS);
}).observe(find('notice'), { childList: true });

/* ---- Scanner, camera, typed digits ---- */

listenForScanner((text) => {
  find('typed').close();
  take(text);
});
const camera = new Camera(find('finder'), { script: page.dataset.cameraScript, wasm: page.dataset.cameraWasm }, take);
camera.start();
// Released before somebody's page comes (design 5.3 asks it of ballots; a signature is no less private).
window.addEventListener('pagehide', () => camera.stop());
setUpTyping(take);
