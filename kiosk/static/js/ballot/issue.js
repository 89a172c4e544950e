/* ballot/issue.js: badges at the issue of slips. Only what has the form of a badge is sent: a slip that
 * comes before scanner or camera by mistake goes nowhere. */
import { startBeat } from '../beat.js';
import { keepAwake } from '../device/awake.js';
import { Camera } from '../gate/camera.js';
import { listenForScanner } from '../gate/keys.js';

const BADGE_DIGITS = 14;
const page = document.getElementById('issue');
const typed = document.getElementById('typed');
const field = document.getElementById('badge');
let isAsking = false;

async function scan(text) {
  const code = text.replace(/\D/g, '');
  if (code.length !== BADGE_DIGITS || isAsking) return;
  isAsking = true;
  try {
    await window.htmx.ajax('POST', page.dataset.scan, { target: '#issue-answer', swap: 'outerHTML', values: { code } });
    const count = document.getElementById('issue-count');
    if (count && Number(count.dataset.entitled)) {
      page.querySelector('[data-issued]').textContent = count.dataset.issued;
      page.querySelector('[data-entitled]').textContent = count.dataset.entitled;
    }
  } finally {
    isAsking = false;
    field.value = '';
  }
}

typed.addEventListener('submit', (event) => { event.preventDefault(); scan(field.value); });
listenForScanner(scan);
const camera = new Camera(document.getElementById('finder'), { script: page.dataset.cameraScript, wasm: page.dataset.cameraWasm }, scan);
document.getElementById('camera-open').addEventListener('click', () => camera.start());
if (document.body.dataset.device) { startBeat(); keepAwake(); }
