/* ballot/box.js: the fingerprint of the locked box, made here from the key and from what this page
 * shows: names and number are read off the page, kind and style are written onto it from what is
 * hashed. The console's page does the same, and says so when the database has another one. */
import { fingerprint, groups } from '../seal.js';
import { namesOn } from './shown.js';

async function draw(place) {
  const said = JSON.parse(place.dataset.definition);
  const whole = place.closest('[data-box]');
  whole.querySelector('[data-kind]').textContent = said.kind === 'B' ? place.dataset.agree : place.dataset[said.style];
  const seen = { ...said, candidates: namesOn(whole), seats: Number(whole.querySelector('[data-seats]').textContent) };
  const mark = groups(await fingerprint({ publicKey: place.dataset.key, definition: seen }));
  mark.forEach((part, at) => { place.querySelectorAll('.groups span')[at].textContent = part; });
  const other = whole.querySelector('[data-other]');
  if (other) other.hidden = mark.join('') === place.dataset.stored.toUpperCase();
  place.dataset.made = '1';
}

const begin = () => {
  for (const place of document.querySelectorAll('#box-mark:not([data-made])')) draw(place);
};
begin();
document.addEventListener('htmx:afterSettle', begin);
