/* ballot/box.js: the fingerprint of the locked box, made here from the key and the list on this page. */
import { fingerprint, groups } from '../seal.js';

const place = document.getElementById('box-mark');
const mark = await fingerprint({ publicKey: place.dataset.key, definition: JSON.parse(place.dataset.definition) });
groups(mark).forEach((part, at) => { place.querySelectorAll('.groups span')[at].textContent = part; });
place.dataset.made = '1';
