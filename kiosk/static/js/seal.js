/* seal.js: a choice becomes a sealed ballot here, on the tablet; the plain choice never leaves it
 * (design 5.3). Needs two scripts before it: vendor/tweetnacl and vendor/tweetnacl-sealedbox.
 *
 *   const ballot = {publicKey: '64 hex digits', definition: {conference, round, kind, seats, style,
 *                   candidates: ['…', '…']}};          // candidates as they stand on the page
 *   await fingerprint(ballot)      → 32 bytes: of this key and this list, made from what is shown
 *   groups(bytes)                  → ['A072', '42E2', …]: as tellers read it out
 *   await seal(ballot, [0, 1, 0])  → Base64 for the cast: one length, whatever was chosen
 *
 * The formats are those of kiosk/ballot/definition.py and judging.py, byte by byte; a test compares.
 * crypto.subtle exists on the encrypted door and on the laptop itself, where alone people vote.
 */
const FORMAT = 'kiosk-ballot/1';
const FINGERPRINT = 32;
const HIGHEST = { A: 1, B: 2 };   // A: not chosen, chosen. B: said nothing, agrees, disagrees

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function keyOf(ballot) {
  if (!/^[0-9a-f]{64}$/.test(ballot.publicKey)) throw new Error('public key');
  return Uint8Array.from(ballot.publicKey.match(/../g), (pair) => parseInt(pair, 16));
}

/* Two lines: the key, and the definition as one line of JSON. */
function canonical({ publicKey, definition: said }) {
  return `${publicKey}\n${JSON.stringify([
    FORMAT, said.conference, said.round, said.kind, said.seats, said.style, said.candidates,
  ])}`;
}

export async function fingerprint(ballot) {
  const text = new TextEncoder().encode(canonical(ballot));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', text));
}

export function groups(mark) {
  return hexOf(mark).toUpperCase().match(/.{4}/g);
}

export async function seal(ballot, choices) {
  const { kind, candidates } = ballot.definition;
  const sound = choices.length === candidates.length
    && choices.every((mark) => Number.isInteger(mark) && mark >= 0 && mark <= HIGHEST[kind]);
  if (!sound) throw new Error('choices');
  const plain = new Uint8Array(choices.length + FINGERPRINT);
  plain.set(choices);
  plain.set(await fingerprint(ballot), choices.length);
  const sealed = window.sealedBox.seal(plain, keyOf(ballot));
  plain.fill(0);
  return btoa(String.fromCharCode(...sealed));
}
