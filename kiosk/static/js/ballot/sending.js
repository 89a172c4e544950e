/* ballot/sending.js: the two requests of the ballot. Both answer with a kind:
 *   fine     done                     refused  the server says why, in one sentence (`words`)
 *   stale    this page is of another round, or nothing is open: load anew
 *   lost     no answer; nobody knows whether it arrived
 */

const CHECK_MS = 8000;
const CAST_MS = 6000;
const AGAIN_MS = [400, 1000, 2000, 3000, 4000, 5000, 5000, 5000];

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function post(address, body, ms) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-CSRF-Token': document.body.dataset.csrf ?? '',
      'HX-Request': 'true',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ms),
    cache: 'no-store',
    redirect: 'error',
  });
  // Whole before it counts: an answer that breaks off is no answer.
  const text = await answer.text();
  if (answer.status >= 500) throw new Error('server');
  if (answer.ok) return { kind: 'fine' };
  const said = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-refusal]');
  // Those of errors.py speak of pages and accounts, not to a voter.
  const told = /^(forbidden|not_found|bad_request)$/.test(said?.dataset.refusal ?? '') ? null : said;
  return {
    kind: told?.dataset.refusal === 'ballot_page_old' ? 'stale' : 'refused',
    // Empty when the server did not speak of the ballot: this tablet is no longer one of the hall's.
    words: told?.textContent.trim() ?? '',
    code: told?.dataset.refusal ?? '',
  };
}

/** Ask whether a slip may vote. Nothing is spent by asking. */
export async function checkSlip(address, facts) {
  try {
    return await post(address, facts, CHECK_MS);
  } catch {
    return { kind: 'lost' };
  }
}

let isStopped = false;

/** Send the sealed ballot until there is an answer; always the same bytes, so it counts once. */
export async function cast(address, ballot, { onLate }) {
  isStopped = false;
  for (const pause of [...AGAIN_MS, 0]) {
    try {
      return await post(address, ballot, CAST_MS);
    } catch {
      onLate();
    }
    if (isStopped) break;
    await wait(pause);
    if (isStopped) break;
  }
  return { kind: 'lost' };
}

cast.stop = () => { isStopped = true; };
