/* gate/keys.js: a USB scanner is a keyboard that types very fast. Its digits are caught anywhere on
 * the page, and Enter (or Tab) ends them.
 *
 * A Vietnamese keyboard changes letters while they are typed, and a foreign layout changes the digit
 * row; so the key itself is read (event.code) before the sign that it makes. Between two keys of one
 * scan pass a few milliseconds: a pause of 600 ms (an old laptop may hold keys up) starts anew, so
 * that stray keys spoil no scan.
 */

const PAUSE_MS = 600;
const MOST_KEYS = 200;
const FEWEST_DIGITS = 6;         // fewer before an Enter is a person who presses a button

/** The digit of a key, or '' when it is none. */
export function digitOf(event) {
  const byPlace = /^(?:Digit|Numpad)([0-9])$/.exec(event.code ?? '');
  if (byPlace) return byPlace[1];
  return /^[0-9]$/.test(event.key) ? event.key : '';
}

/** True where a person is typing: a field of its own takes its own keys. */
const isField = (element) => element?.matches?.('input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]');

/**
 * Calls `onCode(text)` with what a scanner typed. Signs that are no digit come as '·', so that a card
 * of another kind (a citizen's card: name, address) is known as such and its text goes nowhere.
 */
export function listenForScanner(onCode) {
  let typed = '';
  let lastKeyAt = 0;

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return;
    const now = performance.now();
    if (now - lastKeyAt > PAUSE_MS) typed = '';
    lastKeyAt = now;

    if (event.key === 'Enter' || event.key === 'Tab') {
      const digits = typed.replaceAll('·', '').length;
      const text = typed;
      typed = '';
      if (digits < FEWEST_DIGITS) return;
      event.preventDefault();    // otherwise Enter would press the focused button as well
      event.stopImmediatePropagation();
      onCode(text);
      return;
    }
    if (typed.length >= MOST_KEYS) return;
    const digit = digitOf(event);
    if (digit) typed += digit;
    else if (/^[|;,/\\]$/.test(event.key)) typed += '·';
  }, true);
}
