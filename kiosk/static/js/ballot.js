/* ballot.js: the delegate's ballot, one document from slip to thanks (design 5.3).
 *
 * Between the moment the ballot shows and the cast, nothing is sent; the cast is one request, and only
 * a lost answer repeats it, with the same bytes. What was chosen lives in this module's memory and in
 * the marks of the buttons; both are emptied at cast, time-out and pagehide, and the page goes on by
 * location.replace. Nothing is kept in any storage.
 *
 * Parts: ballot/choices.js what is marked and what the page says about it; ballot/sending.js the one
 * request; ballot/shown.js that the page shows what is hashed; seal.js makes the fingerprint and closes
 * the ballot. Words stand in the page (#vote-words).
 */
import { Choices } from './ballot/choices.js';
import { cast, checkSlip } from './ballot/sending.js';
import { shown } from './ballot/shown.js';
import { startBeat } from './beat.js';
import { keepAwake } from './device/awake.js';
import { makeHarmless } from './device/harmless.js';
import { digitOf, listenForScanner } from './gate/keys.js';
import { fingerprint, groups, seal } from './seal.js';

const SLIP_DIGITS = 10;
const WARN_S = 60;
const CLEAR_S = 90;
const IDLE_HOME_S = 30;          // an untouched slip page looks whether the vote is still open
const THANKS_S = 8;
const REFUSED_S = 20;            // untouched; the sentence may be long
const OVER_S = 8;
const QUIET_S = 90;

const page = document.getElementById('vote');
const words = document.getElementById('vote-words').dataset;
const facts = page.dataset;
const home = document.body.dataset.home;
const steps = Object.fromEntries([...page.querySelectorAll('[data-step]')].map((each) => [each.dataset.step, each]));
const beat = startBeat();
// One object is hashed, sealed under, and asked for by the choices; `shown` proves that it is what
// stands on this page.
const said = JSON.parse(facts.definition);
const ballot = { publicKey: facts.key, definition: said };
page.dataset.style = said.style;

let step = 'slip';
let mark = '';
let slip = '';
let sealed = null;
let touchedAt = performance.now();
let isLeaving = false;
let isChecking = false;
let isUnfit = false;             // this tablet cannot vote: no fingerprint, or no seal
let mayHaveArrived = false;      // a cast without an answer: nobody may be told that the slip is unused

const choices = new Choices(page, words, {
  type: said.kind, style: said.style, seats: said.seats, count: said.candidates.length,
});

/* ---- Going from step to step, and away ---- */

function show(name) {
  step = name;
  for (const [each, section] of Object.entries(steps)) section.hidden = each !== name;
  // A new step ignores touches for a moment (app.js, data-fresh-step): it must count as new each time.
  const fresh = steps[name];
  if (fresh.hasAttribute('data-fresh-step')) fresh.replaceWith(fresh);
  fresh.querySelector('h1')?.focus({ preventScroll: true });
  // From the first digit on somebody is at work here: follow mode and recycling wait.
  page.toggleAttribute('data-in-act', name !== 'slip' || slip !== '');
}

function empty() {
  slip = '';
  sealed = null;
  choices.empty();
  for (const list of page.querySelectorAll('[data-list]')) list.replaceChildren();
  drawSlip();
}

function leave() {
  if (isLeaving) return;
  isLeaving = true;
  empty();
  page.replaceChildren();
  location.replace(home);
}

window.addEventListener('pagehide', () => {
  empty();
  page.replaceChildren();
});
// A page that the browser kept whole in memory comes back as nothing but a way to a new one.
window.addEventListener('pageshow', (event) => { if (event.persisted) location.replace(home); });

/* ---- The slip ---- */

function drawSlip() {
  const place = page.querySelector('[data-digits]');
  if (!place) return;
  const typed = `${slip}${'·'.repeat(SLIP_DIGITS - slip.length)}`;
  place.textContent = `${typed.slice(0, 5)} ${typed.slice(5)}`;   // as the slip prints them
  page.querySelector('[data-go="check"]').setAttribute('aria-disabled', String(slip.length !== SLIP_DIGITS));
  page.toggleAttribute('data-in-act', slip !== '' || step !== 'slip');
}

function sayOfSlip(text) {
  const place = document.getElementById('slip-trouble');
  place.querySelector('[data-words]').textContent = text;
  place.hidden = text === '';
}

function typeDigit(digit) {
  if (step !== 'slip' || isChecking) return;
  sayOfSlip('');
  if (slip.length < SLIP_DIGITS) slip += digit;
  drawSlip();
}

const OVER = new Set(['ballot_not_open', 'ballot_round_void', 'ballot_closed_unvoted']);

async function check() {
  if (isUnfit) { sayOfSlip(words.unfit); return; }
  if (slip.length !== SLIP_DIGITS || isChecking || !mark) return;
  isChecking = true;
  const answer = await checkSlip(facts.check, { slip, round: facts.round, fingerprint: mark });
  if (answer.kind === 'stale') { leave(); return; }
  if (answer.kind === 'fine') {
    // The last beat for a while; it is over before the ballot shows.
    await beat.pause(QUIET_S);
    choices.draw();
    show('choose');
  } else {
    sayOfSlip(answer.kind === 'lost' ? words.noAnswer : answer.words || words.notHere);
    if (answer.kind !== 'lost') { slip = ''; drawSlip(); }
    if (OVER.has(answer.code)) setTimeout(() => { if (step === 'slip' && slip === '') leave(); }, OVER_S * 1000);
  }
  isChecking = false;
}

/* ---- Review and cast ---- */

function review() {
  if (!choices.mayGoOn()) return;
  if (choices.isBlank()) { show('blank'); return; }
  choices.drawReview(steps.review);
  show('review');
}

async function send() {
  show('sending');
  for (const each of steps.sending.querySelectorAll('[data-when]')) each.hidden = each.dataset.when !== 'fresh';
  const giveUp = steps.sending.querySelector('[data-go="give-up"]');
  giveUp.hidden = true;
  try {
    if (sealed === null) sealed = await seal(ballot, choices.bytes());
  } catch {
    isUnfit = true;
    refuse(words.unfit);
    return;
  }
  const answer = await cast(facts.cast, { slip, round: facts.round, fingerprint: mark, sealed }, {
    onLate: () => {
      mayHaveArrived = true;
      for (const each of steps.sending.querySelectorAll('[data-when]')) each.hidden = each.dataset.when !== 'late';
      giveUp.hidden = false;
    },
  });
  if (isLeaving) return;
  if (answer.kind === 'fine') {
    empty();
    show('done');
    setTimeout(leave, THANKS_S * 1000);
  } else if (answer.kind === 'lost' || (mayHaveArrived && !answer.words)) {
    show('unsure');
  } else {
    refuse(answer.words || words.notHere);
  }
}

function refuse(text) {
  empty();
  steps.refused.querySelector('[data-words]').textContent = text;
  show('refused');
}

/* ---- Hands: touch, keyboard, scanner ---- */

const acts = {
  check,
  review,
  choose: () => show('choose'),
  cast: send,
  'cast-blank': send,
  resend: send,
  'give-up': () => { cast.stop(); },
};

page.addEventListener('click', (event) => {
  const pressed = event.target.closest('button');
  if (!pressed || pressed.getAttribute('aria-disabled') === 'true') return;
  if (pressed.dataset.digit !== undefined) typeDigit(pressed.dataset.digit);
  else if (pressed.hasAttribute('data-erase')) { slip = slip.slice(0, -1); sayOfSlip(''); drawSlip(); }
  else if (pressed.hasAttribute('data-erase-all')) { slip = ''; sayOfSlip(''); drawSlip(); }
  else if (pressed.hasAttribute('data-leave-now')) leave();
  else if (pressed.dataset.aid) turnAid(pressed.dataset.aid);
  else if (pressed.dataset.go) acts[pressed.dataset.go]();
  else if (pressed.dataset.index !== undefined) choices.press(Number(pressed.dataset.index), pressed.dataset.mark);
});

function turnAid(aid) {
  const root = document.documentElement;
  const isOn = root.classList.toggle(aid === 'larger' ? 'is-larger' : 'is-contrast');
  for (const each of page.querySelectorAll(`[data-aid="${aid}"]`)) each.setAttribute('aria-pressed', String(isOn));
}

document.addEventListener('keydown', (event) => {
  if (step !== 'slip' || event.ctrlKey || event.altKey || event.metaKey) return;
  const digit = digitOf(event);
  if (digit) typeDigit(digit);
  else if (event.key === 'Backspace') { slip = slip.slice(0, -1); drawSlip(); }
  else if (event.key === 'Enter' && slip.length === SLIP_DIGITS && !event.target.closest?.('button')) check();
});
// A scanner's digits have been typed one by one above; its Enter opens the ballot.
listenForScanner((text) => {
  const read = text.replaceAll('·', '');
  if (step !== 'slip' || read.length !== SLIP_DIGITS) return;
  slip = read;
  drawSlip();
  check();
});

/* ---- Nobody there ---- */

const still = document.getElementById('still-there');
for (const kind of ['pointerdown', 'keydown', 'touchstart']) {
  document.addEventListener(kind, () => { touchedAt = performance.now(); if (still.open) still.close(); }, { capture: true, passive: true });
}

setInterval(() => {
  const untouched = (performance.now() - touchedAt) / 1000;
  if (step === 'slip' && slip === '') {
    // Closed meanwhile, or another round: the server says where this tablet belongs now.
    if (untouched > IDLE_HOME_S && document.visibilityState === 'visible') leave();
    return;
  }
  if (step === 'done' || step === 'sending') return;
  if (untouched >= CLEAR_S || (step === 'refused' && untouched >= REFUSED_S)) { leave(); return; }
  if (untouched >= WARN_S) {
    if (!still.open) still.showModal();
    still.querySelector('[data-left]').textContent = words.seconds.replace('{seconds}', String(Math.ceil(CLEAR_S - untouched)));
  }
}, 500);

/* ---- Begin ---- */

keepAwake();
makeHarmless();
// The camera page hands a slip over in the window's name: not in the address, not in any storage.
const handed = /^slip:(\d{10})$/.exec(window.name);
window.name = '';
drawSlip();
// Every letter is fetched now: a font that is asked for when the review shows would tell that it does.
await Promise.allSettled([...document.fonts].map((face) => face.load()));
try {
  if (typeof window.sealedBox?.seal !== 'function') throw new Error('no seal');
  const made = await fingerprint({ ...ballot, definition: shown(page, said) });
  mark = [...made].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  page.querySelector('[data-groups]').textContent = groups(made).slice(0, 4).join(' ');
} catch {
  isUnfit = true;
  sayOfSlip(words.unfit);
}
page.dataset.made = isUnfit ? '0' : '1';
if (handed && !isUnfit) { slip = handed[1]; drawSlip(); check(); }
