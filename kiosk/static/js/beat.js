/* beat.js: a device's page says every ten seconds that it lives. Needs no stream, so ballot and
 * signature pages use it as well; the answer, 204, changes nothing on the screen.
 *
 *   <body data-device="3" data-shows="idle" data-version="…" data-csrf="…">
 *   import { startBeat } from './beat.js';
 *   const beat = startBeat();      beat.pause(90): one last beat that says "silent for 90 s", then none
 *                                  beat.resume()
 *
 * The device's clock is sent along with how long the last beat took there and back; the server halves
 * that. The answer tells the version of the program's pages: another one is told as `page:old` (see
 * idle.js). A device that is revoked or has become another hears 401 or 409: `beat:gone`, and it is the
 * page's business when to say so.
 */

const EVERY_MS = 10000;
const PATIENCE_MS = 5000;
const AGAIN_MS = 3000;           // a beat that got no answer: the board calls 20 s of nothing silence

let battery = null;

async function findBattery() {
  try {
    battery = await navigator.getBattery?.() ?? null;
  } catch {
    battery = null;              // not every browser tells, and none has to
  }
}

/** Begin to beat; returns what pauses it and lets it go on. */
export function startBeat() {
  const body = document.body;
  let roundTrip = null;
  let timer = 0;
  let isPaused = false;

  const send = async (quiet = 0) => {
    const begun = performance.now();
    const said = {
      device: Number(body.dataset.device),
      sent: Date.now(),
      round_trip: roundTrip,
      battery: battery?.level ?? null,
      charging: battery?.charging ?? null,
      page: body.dataset.version ?? '',
      shows: body.dataset.shows ?? '',
      untouched: Math.round(window.Idle?.seconds() ?? 0),
      quiet,
    };
    try {
      const answer = await fetch('/beat', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': body.dataset.csrf ?? '' },
        body: JSON.stringify(said),
        signal: AbortSignal.timeout(PATIENCE_MS),
        cache: 'no-store',
      });
      if ([401, 403, 409].includes(answer.status)) {
        document.dispatchEvent(new CustomEvent('beat:gone'));
      } else if (answer.ok) {
        roundTrip = performance.now() - begun;
        const page = answer.headers.get('X-Kiosk-Page');
        if (page && said.page && page !== said.page) document.dispatchEvent(new CustomEvent('page:old'));
      }
      return true;
    } catch {
      roundTrip = null;          // the server is away; the page's own line says so
      return false;
    }
  };

  const beat = async () => {
    clearTimeout(timer);
    // A page that nobody sees is not on the device's screen: the board shall call it silent.
    const begun = performance.now();
    const wasHeard = isPaused || document.visibilityState !== 'visible' || await send();
    clearTimeout(timer);
    // Counted from the beginning of this one: a slow answer must not stretch the rhythm.
    const rest = wasHeard ? Math.max(AGAIN_MS, EVERY_MS - (performance.now() - begun)) : AGAIN_MS;
    if (!isPaused) timer = setTimeout(beat, rest);
  };

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') beat();
  });
  findBattery().then(beat);

  return {
    pause: (seconds) => {
      isPaused = true;
      clearTimeout(timer);
      return send(seconds);
    },
    resume: () => {
      isPaused = false;
      return beat();
    },
  };
}
