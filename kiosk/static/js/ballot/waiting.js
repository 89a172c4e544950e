/* ballot/waiting.js: no vote is open; ask every ten seconds where this tablet belongs. */
import { startBeat } from '../beat.js';
import { keepAwake } from '../device/awake.js';
import { makeHarmless } from '../device/harmless.js';

keepAwake();
makeHarmless();
startBeat();
setInterval(async () => {
  try {
    // Only once the server answers: a page that is loaded without one stays an error.
    if ((await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5000) })).ok) location.replace(document.body.dataset.home);
  } catch { /* asked again in ten seconds */ }
}, 10000);
