/* gate/sender.js: brings one scan after another to the server, and back comes the answer.
 *
 * Every scan has its own number (scan_id): the server gives the same outcome to the same number for
 * ever, so a try that got lost on the way can be sent again without admitting anybody twice. Nothing
 * is ever shown as done before the server has said so.
 */

const PATIENCE_MS = 6000;        // for one try
const PAUSES_MS = [0, 300, 900]; // before the first, second and third try
const MOST_WAITING = 20;
const SHOWN_MS = 700;            // an answer stays at least this long before the next one

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** 128 random bits in hex. */
export function newScanId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Post form fields; returns the answer's <section class="answer">, null when none came. */
export async function post(address, fields) {
  for (const pause of PAUSES_MS) {
    await sleep(pause);
    const giveUp = new AbortController();
    const patience = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'X-CSRF-Token': document.body.dataset.csrf ?? '', 'HX-Request': 'true' },
        body: new URLSearchParams(fields),
        credentials: 'same-origin',
        signal: giveUp.signal,
      });
      if (answer.status === 401 || answer.status === 403) {
        location.reload();       // this device may not scan any more: the page itself says why
        return null;
      }
      if (answer.ok) {
        const holder = document.createElement('template');
        holder.innerHTML = await answer.text();
        const section = holder.content.querySelector('section.answer');
        if (section) return section;
      }
    } catch {
      // Cut off or too slow: the next try, with the same number.
    } finally {
      clearTimeout(patience);
    }
  }
  return null;
}

/** One scan in flight, the others wait in their order. */
export class ScanQueue {
  #waiting = [];
  #running = false;
  #address;
  #hooks;

  /** @param hooks {onSend(scan), onAnswer(scan, section or null)} */
  constructor(address, hooks) {
    this.#address = address;
    this.#hooks = hooks;
  }

  get isBusy() { return this.#running; }

  /** Take a code to send; false when twenty are waiting already. */
  push(code) {
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push({ code, scan_id: newScanId() });
    if (!this.#running) this.#run();
    return true;
  }

  async #run() {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const scan = this.#waiting.shift();
      // Whatever goes wrong on the page, the next badge must still be sent.
      try {
        this.#hooks.onSend(scan);
        this.#hooks.onAnswer(scan, await post(this.#address, scan));
      } catch (trouble) {
        console.error(trouble);
      }
      if (this.#waiting.length > 0) await sleep(SHOWN_MS);
    }
    this.#running = false;
  }
}
