/* gate/keypad.js: the fourteen digits of a badge, typed with thumbs.
 *
 *   <button id="typed-open">
 *   <dialog id="typed"> form, #typed-code, [data-key="0…9|back|clear"], #typed-said[data-said], submit
 */
import { digitOf } from './keys.js';

export const BADGE_DIGITS = 14;

/** Calls `onDigits(fourteen)` when a person has typed them and pressed the button. */
export function setUpTyping(onDigits) {
  const find = (id) => document.getElementById(id);
  const dialog = find('typed');
  const field = find('typed-code');
  if (!dialog || !field) return;
  const form = dialog.querySelector('form');
  const said = find('typed-said');
  const send = form.querySelector('[type="submit"]');
  const digits = () => field.value.replace(/\D/g, '').slice(0, BADGE_DIGITS);

  const write = (text) => {
    field.value = text.replace(/(\d{4})(?=\d)/g, '$1 ');
    said.textContent = said.dataset.said.replace('{count}', String(text.length));
    send.setAttribute('aria-disabled', String(text.length !== BADGE_DIGITS));
  };

  find('typed-open')?.addEventListener('click', () => {
    write('');
    dialog.showModal();
    field.focus();
  });
  field.addEventListener('input', () => write(digits()));
  dialog.addEventListener('click', (event) => {
    const key = event.target.closest('[data-key]')?.dataset.key;
    if (key === undefined) return;
    if (key === 'back') write(digits().slice(0, -1));
    else if (key === 'clear') write('');
    else write((digits() + key).slice(0, BADGE_DIGITS));
  });
  dialog.addEventListener('keydown', (event) => {
    // Digits of a real keyboard reach the field from anywhere in the dialog.
    if (event.target === field || event.ctrlKey || event.altKey || event.metaKey) return;
    const digit = digitOf(event);
    if (digit) write((digits() + digit).slice(0, BADGE_DIGITS));
    else if (event.key === 'Backspace') write(digits().slice(0, -1));
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (digits().length !== BADGE_DIGITS) return;
    dialog.close();
    onDigits(digits());
  });
}
