/* away.js: the page for the time when the server is away. It stands at the address that was asked for,
 * tries every two seconds, and loads that address again as soon as the server answers.
 */
import { keepAwake } from './device/awake.js';
import { makeHarmless } from './device/harmless.js';

const AGAIN_MS = 2000;
const PATIENCE_MS = 4000;

let tries = 0;

const knock = async () => {
  try {
    const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    // Somebody who opens /away itself is shown the way in.
    if (answer.ok) return void (location.pathname === '/away' ? location.replace('/pair') : location.reload());
  } catch {
    // Still away.
  }
  tries += 1;
  for (const place of document.querySelectorAll('[data-tries]')) place.textContent = String(tries);
  setTimeout(knock, AGAIN_MS);
};

for (const line of document.querySelectorAll('[data-only]')) {
  line.hidden = !location.pathname.startsWith(line.dataset.only);
}
keepAwake();
makeHarmless();
knock();
