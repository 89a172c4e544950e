/* ballot/issue.js: badges at the issue of slips. Only what has the form of a badge is sent: a slip that
 * comes before scanner or camera by mistake goes nowhere. */
import { startBeat } from '../beat.js';
import { keepAwake } from '../device/awake.js';
import { Camera } from '../gate/camera.js';
import { listenForScanner } from '../gate/keys.js';

const BADGE_DIGITS = 14;
const PATIENCE_MS = 8000;
const page = document.getElementById('issue');
const typed = document.getElementById('typed');
const field = document.getElementById('badge');
let isAsking = false;

async function scan(text) {
  const code = text.replace(/\D/g, '');
  if (code.length !== BADGE_DIGITS || isAsking) return;
  isAsking = true;
  const lost = document.getElementById('link-lost');
  try {
    const answer = await fetch(page.dataset.scan, {
      method: 'POST',
      headers: { 'X-CSRF-Token': document.body.dataset.csrf ?? '', 'HX-Request': 'true' },
      body: new URLSearchParams({ code }),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const drawn = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('issue-answer');
    document.getElementById('issue-answer').replaceWith(drawn);
    window.htmx.process(drawn);
    lost.hidden = true;
    const { issued, entitled } = document.getElementById('issue-count').dataset;
    if (Number(entitled)) {
      page.querySelector('[data-issued]').textContent = issued;
      page.querySelector('[data-entitled]').textContent = entitled;
    }
  } catch {
    lost.hidden = false;         // scanned again, the badge says whether a slip was given
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
