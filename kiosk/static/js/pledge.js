/* pledge.js: one person's turn at a tablet: read to the end, sign, look at it on the paper, confirm.
 *
 *   <div id="turn" data-in-act data-step="read" data-leave="…" data-home="/tablet" data-warn="60" data-end="90">
 *     <main class="step" data-of="read|sign|check">, buttons [data-act], <article id="pledge-text">
 *     <div id="pad"><canvas>, <div id="shown-ink">, <form id="give"> with name="ink"
 *   <template data-refusal="pledge_ink_…">, <dialog id="still-there">
 *
 * The page came whole and asks the server for nothing until the signature is given; a lost network costs
 * no stroke, and the same press again is the same signature. The answer, [data-clears], takes the place
 * of the turn and clears itself. No stream, no storage: when the page goes, everything of it is gone.
 */
import { startBeat } from './beat.js';
import { keepAwake } from './device/awake.js';
import { makeHarmless } from './device/harmless.js';
import { inkOf, judge, pictureOf, sentOf } from './pledge/ink.js';
import { Pad } from './pledge/pad.js';

const FRESH_MS = 600;
const END_PX = 24;
const LEAVE_MS = 1500;
const MOST_SIZE = 3;

const find = (id) => document.getElementById(id);
const turn = find('turn');
const article = find('pledge-text');

startBeat();
keepAwake();
makeHarmless();

/* ---- Steps ---- */

let shownAt = 0;

function go(step) {
  turn.dataset.step = step;
  shownAt = performance.now();
  for (const section of turn.querySelectorAll('.step')) section.hidden = section.dataset.of !== step;
  const places = ['read', 'sign', 'check'];
  turn.querySelectorAll('.steps li').forEach((mark, place) => {
    mark.className = place < places.indexOf(step) ? 'past' : place === places.indexOf(step) ? 'now' : '';
  });
}

// A double tap on the button of one step must not press what has just appeared in its place.
for (const kind of ['pointerdown', 'click', 'submit']) {
  document.addEventListener(kind, (event) => {
    if (performance.now() - shownAt > FRESH_MS || !event.target.closest?.('.acts')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}

const say = (template) => find('notice').replaceChildren(...(template ? [template.content.cloneNode(true)] : []));

/* ---- Reading ---- */

const isAtEnd = () => article.scrollTop + article.clientHeight >= article.scrollHeight - END_PX;

function look() {
  // Once at the end is read to the end; larger letters afterwards do not take that back.
  if (article.clientHeight && isAtEnd()) turn.dataset.read = 'yes';
}

article.addEventListener('scroll', look, { passive: true });
new ResizeObserver(look).observe(article);
document.fonts.ready.then(look);

function readOn() {
  if (turn.dataset.read === 'yes') return go('sign');
  article.scrollBy({ top: article.clientHeight * 0.85, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  return undefined;
}

function resize(by) {
  const top = article.scrollTop / Math.max(article.scrollHeight, 1);
  article.dataset.size = String(Math.min(Math.max(Number(article.dataset.size) + by, 0), MOST_SIZE));
  article.scrollTop = top * article.scrollHeight;
}

/* ---- Signing ---- */

const pad = new Pad(find('pad'), {
  onChange: () => {
    say(null);
    find('pad').dataset.ink = pad?.isEmpty === false ? 'some' : 'none';
  },
});

function check() {
  const ink = inkOf(pad.strokes, ...pad.size);
  const refused = judge(ink);
  if (refused) return say(document.querySelector(`template[data-refusal="${refused}"]`));
  find('shown-ink').replaceChildren(pictureOf(ink));
  find('give').elements.ink.value = sentOf(ink);
  say(null);
  return go('check');
}

// What the server refuses of the ink is mended on the pad; the strokes are still there.
document.addEventListener('htmx:afterRequest', (event) => {
  if (event.detail.elt.id === 'give' && event.detail.xhr?.status === 422) go('sign');
});

/* ---- Leaving ---- */

const home = () => location.replace(document.querySelector('#turn').dataset.home);

async function leave() {
  try {
    await fetch(turn.dataset.leave, {
      method: 'POST',
      headers: { 'X-CSRF-Token': document.body.dataset.csrf ?? '' },
      keepalive: true,
      signal: AbortSignal.timeout(LEAVE_MS),
    });
  } catch {
    // The next scan of the badge ends this turn as well.
  }
  home();
}

const warn = Number(turn.dataset.warn);
const end = Number(turn.dataset.end);
let isLeaving = false;

setInterval(() => {
  if (isLeaving || !turn.isConnected) return;
  const untouched = window.Idle.seconds();
  const question = find('still-there');
  if (untouched >= end) {
    isLeaving = true;
    leave();
  } else if (untouched >= warn && !question.open) {
    question.showModal();
  }
}, 500);

/* ---- Presses ---- */

const ACTS = {
  on: readOn,
  read: () => go('read'),
  undo: () => pad.undo(),
  clear: () => pad.clear(),
  check,
  again: () => { pad.clear(); go('sign'); },
  leave,
  home,
};

document.addEventListener('click', (event) => {
  const pressed = event.target.closest?.('[data-act], .sizes [data-size]');
  if (!pressed || pressed.getAttribute('aria-disabled') === 'true') return;
  if (pressed.dataset.act) ACTS[pressed.dataset.act]?.();
  else resize(Number(pressed.dataset.size));
});

/* ---- Thanks ---- */

new MutationObserver(() => {
  const done = document.querySelector('[data-clears]');
  if (!done || done.dataset.clearing) return;
  done.dataset.clearing = 'yes';
  setTimeout(home, Number(done.dataset.clears) * 1000);
}).observe(document.body, { childList: true });

go('read');
look();
