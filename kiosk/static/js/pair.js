/* pair.js: the new device waits to be confirmed. It asks every two seconds whether its code still
 * lives; if not, it loads itself anew: then it is a device, or it shows another code.
 *
 *   <div id="pair" data-state-url="/pair/state"> … <span data-minutes>10</span>
 *   [data-line="on"], [data-line="off"]: the line to the server
 */

const EVERY_MS = 1500;
const PATIENCE_MS = 5000;

const pair = document.getElementById('pair');

const line = (isOn) => {
  for (const part of pair.querySelectorAll('[data-line]')) part.hidden = (part.dataset.line === 'on') !== isOn;
};

const ask = async () => {
  if (document.visibilityState === 'visible') {
    try {
      const answer = await fetch(pair.dataset.stateUrl, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
      const { waiting, seconds } = await answer.json();
      line(true);
      if (!waiting) return void location.replace(location.href);
      for (const place of pair.querySelectorAll('[data-minutes]')) {
        place.textContent = String(Math.max(1, Math.ceil(seconds / 60)));
      }
    } catch {
      line(false);
    }
  }
  setTimeout(ask, EVERY_MS);
};

if (pair) setTimeout(ask, EVERY_MS);
