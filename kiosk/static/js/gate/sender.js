/* gate/sender.js: brings one scan after another to the server, and back comes the answer.
 *
 * Every scan has its own number (scan_id): the server gives the same outcome to the same number for
 * ever, so a try that got lost on the way can be sent again without admitting anybody twice. Nothing
 * is ever shown as done before the server has said so.
 *
 * When the line is cut, the page says so at once, and the paper list is the record from then on. The
 * scans are kept in their order, 500 at most, and sent by themselves when the line is back, each with
 * the moment and the direction that this gate claims; the server's own time is what is recorded. They
 * are kept in this tab's sessionStorage: a reload does not lose them, and nothing stays on the tablet
 * when the tab is closed (a code is a badge; the browser asks before it closes such a tab). Losing
 * them loses nothing that the paper does not have.
 *
 * Once the page has said "not recorded, use the paper" about a scan, its outcome goes into the list of
 * late ones; only that of the newest scan, within the moment in which its person still stands there,
 * may take the panel. Ages are counted by a clock that nobody can set (performance.now): a tablet whose
 * clock is put back must not take an hour-old scan for a fresh one.
 */

const PATIENCE_MS = 6000;        // for one try
const SECOND_TRY_MS = 300;       // a single lost packet is no cut
const SAY_LOST_MS = 2500;        // a server that is silent this long is said to be gone; the try goes on
const RETRY_MS = 2000;
const MOST_KEPT = 500;
const LATE_MS = 6000;            // an older scan belongs to somebody who has moved on
const STILL_HERE_MS = 3000;      // the newest kept scan: its person still waits for a word
const SAME_BADGE_MS = 10000;     // a badge that lies on the scanner is kept once
const SHOWN_MS = 700;            // an answer stays at least this long before the next one

let leaving = false;             // this page itself loads anew

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Milliseconds since a scan was taken; endless for one that an earlier page has taken. */
const ageOf = (scan) => performance.now() - (scan.born ?? -Infinity);

/** 128 random bits in hex. */
export function newScanId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * One try. {section} is the server's answer, {refused: true} one that trying again cannot better,
 * {} that no answer came.
 */
async function attempt(address, fields) {
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
      leaving = true;
      location.reload();         // this device may not scan any more: the page itself says why
      await sleep(RETRY_MS);
      return {};
    }
    if (answer.ok) {
      const holder = document.createElement('template');
      holder.innerHTML = await answer.text();
      const section = holder.content.querySelector('section.answer');
      if (section) return { section };
    }
    return { refused: [400, 404, 405, 413, 422].includes(answer.status) };
  } catch {
    return {};                   // cut off or too slow
  } finally {
    clearTimeout(patience);
  }
}

/** Post form fields; returns the answer's <section class="answer">, null when none came. */
export async function post(address, fields) {
  for (const pause of [0, SECOND_TRY_MS, 900]) {
    await sleep(pause);
    const { section } = await attempt(address, fields);
    if (section) return section;
  }
  return null;
}

/** Scans in their order: one in flight, the others wait, through a cut and a reload. */
export class ScanQueue {
  #kept;
  #running = false;
  #cut = false;
  #wake = () => {};
  #address;
  #store;
  #hooks;
  #facts;

  /**
   * @param address where scans go
   * @param store   name of this gate's place in sessionStorage
   * @param facts   () => {claimed_at, direction} of this moment, as this gate sees them
   * @param hooks   onSend(scan), onAnswer(scan, section), onLate(scan, section or null),
   *                onCut(count, scan or null), onBack(sent)
   */
  constructor(address, store, facts, hooks) {
    this.#address = address;
    this.#store = store;
    this.#facts = facts;
    this.#hooks = hooks;
    this.#kept = this.#load();
    window.addEventListener('offline', () => this.doubt());
    window.addEventListener('online', () => this.#wake());
    // A closed tab forgets what it keeps: the browser asks once. (Our own reload does not.)
    window.addEventListener('beforeunload', (event) => {
      if (this.#cut && this.#kept.length > 0 && !leaving) event.preventDefault();
    });
    if (this.#kept.length > 0) this.#start();
  }

  get isCut() { return this.#cut; }

  get waiting() { return this.#kept.length; }

  /** Take a code to send; false when as many are kept as this page may hold. */
  push(code) {
    const last = this.#kept.at(-1);
    const again = this.#cut && last?.code === code && ageOf(last) < SAME_BADGE_MS;
    if (!again) {
      if (this.#kept.length >= MOST_KEPT) return false;
      this.#kept.push({ code, scan_id: newScanId(), born: performance.now(), late: false, ...this.#facts() });
      this.#save();
    }
    if (this.#cut) this.#tellLost(this.#kept.at(-1));
    this.#start();
    this.#wake();
    return true;
  }

  /** Something says that the line may be gone: look at once. */
  doubt() {
    if (!this.#cut && !this.#running) this.#look();
  }

  async #look() {
    try {
      // Only a line that refuses is a cut here; one that is merely slow shows at the next scan, so
      // that a hiccup of the stream never takes a person's answer off the screen.
      await fetch('/healthz', { cache: 'no-store' });
    } catch {
      if (this.#running || this.#cut) return;
      this.#lose(null);
      this.#start();
    }
  }

  async #reachable() {
    const giveUp = new AbortController();
    const patience = setTimeout(() => giveUp.abort(), SAY_LOST_MS);
    try {
      await fetch('/healthz', { cache: 'no-store', signal: giveUp.signal });
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(patience);
    }
  }

  #lose(scan) {
    this.#cut = true;
    for (const kept of this.#kept) kept.late = true;
    this.#tellLost(scan);
  }

  /** From here on the paper is the record of this scan, whatever comes back later. */
  #tellLost(scan) {
    if (scan) scan.late = true;
    this.#save();
    this.#hooks.onCut(this.#kept.length, scan);
  }

  /** Whether the outcome belongs into the list: somebody else may stand before the panel now. */
  #isForTheList(scan) {
    const age = ageOf(scan);
    if (!scan.late) return age > LATE_MS;
    return age > STILL_HERE_MS || this.#kept.at(-1) !== scan;
  }

  async #start() {
    if (this.#running) return;
    this.#running = true;
    let sent = 0;
    while (this.#kept.length > 0 || this.#cut) {
      const wasCut = this.#cut;
      const scan = this.#kept[0];
      const done = scan ? await this.#send(scan) : { section: null, ok: await this.#reachable() };
      if (!done.section && !done.refused && !done.ok) {
        await Promise.race([sleep(RETRY_MS), new Promise((wake) => { this.#wake = wake; })]);
        continue;
      }
      this.#cut = false;
      if (scan) {
        const late = !done.section || this.#isForTheList(scan);
        this.#kept.shift();
        this.#save();
        if (late) {
          sent += 1;
          this.#hooks.onLate(scan, done.section ?? null);
        } else {
          this.#hooks.onAnswer(scan, done.section);
          if (this.#kept.length > 0) await sleep(SHOWN_MS);
        }
        if ((late || wasCut) && this.#kept.length === 0) this.#hooks.onBack(sent, late);
      } else if (wasCut) {
        this.#hooks.onBack(sent, true);
      }
      if (this.#kept.length === 0) sent = 0;
    }
    this.#running = false;
  }

  async #send(scan) {
    if (!this.#cut && !this.#isForTheList(scan)) this.#hooks.onSend(scan);
    const silent = this.#cut ? 0 : setTimeout(() => this.#lose(scan), SAY_LOST_MS);
    let done = await attempt(this.#address, this.#fields(scan));
    if (!this.#cut && !done.section && !done.refused) {
      if (navigator.onLine) {
        await sleep(SECOND_TRY_MS);
        done = await attempt(this.#address, this.#fields(scan));
      }
    }
    clearTimeout(silent);
    if (!this.#cut && !done.section && !done.refused) this.#lose(scan);
    return done;
  }

  #fields(scan) {
    const fields = { code: scan.code, scan_id: scan.scan_id };
    // Only a scan that comes late brings a claim: at once, the server's clock is the only one.
    if (scan.late || ageOf(scan) > LATE_MS) {
      fields.claimed_at = scan.claimed_at;
      fields.direction = scan.direction;
    }
    return fields;
  }

  #load() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#store) ?? '[]');
      if (!Array.isArray(kept)) return [];
      // An earlier page took them: its clock is not ours, and their people have moved on.
      return kept.filter((scan) => scan?.code && scan.scan_id).slice(0, MOST_KEPT)
        .map((scan) => ({ ...scan, born: undefined, late: true }));
    } catch {
      return [];
    }
  }

  #save() {
    try {
      if (this.#kept.length > 0) sessionStorage.setItem(this.#store, JSON.stringify(this.#kept));
      else sessionStorage.removeItem(this.#store);
    } catch {
      // Without storage they live in memory; the paper list is the record either way.
    }
  }
}
