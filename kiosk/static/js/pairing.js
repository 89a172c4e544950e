/* pairing.js: the secretary types six digits or holds the new device's QR before the camera.
 *
 * The sixth digit sends the form. A scanned code is put into the field and sent as if typed, so that
 * the server judges both alike. #finder[data-camera] and its words: gate/camera.js.
 */
import { Camera } from './gate/camera.js';

const SCANNED = /^https?:\/\/[^/\s]+\/pair\/code\/(\d{6})$/;
const find = (id) => document.getElementById(id);

const send = (code) => {
  const field = find('pairing-code');
  if (!field) return;
  field.value = code;
  find('pairing-form').requestSubmit();
};

document.addEventListener('input', (event) => {
  if (event.target.id !== 'pairing-code') return;
  const digits = event.target.value.replace(/\D/g, '');
  if (digits.length === 6) send(`${digits.slice(0, 3)} ${digits.slice(3)}`);
});

/* ---- The camera ---- */

const finder = find('finder');
let camera = null;

const offer = () => {
  const button = find('pairing-scan');
  if (button && navigator.mediaDevices?.getUserMedia) button.hidden = false;
  // While a device is being confirmed, the next code must not be read over its shoulder.
  if (finder && camera) finder.hidden = !find('pairing-form');
};

document.addEventListener('click', (event) => {
  if (!event.target.closest?.('#pairing-scan')) return;
  finder.hidden = false;
  camera ??= new Camera(finder, { script: finder.dataset.cameraScript, wasm: finder.dataset.cameraWasm }, (text) => {
    const found = SCANNED.exec(text);
    finder.querySelector('[data-when="other"]').hidden = Boolean(found);
    if (found && find('pairing-form')) send(found[1]);
  });
  camera.start();
});

document.addEventListener('htmx:afterSettle', () => {
  offer();
  if (find('pairing-form')) find('pairing-code')?.focus();
});
offer();
