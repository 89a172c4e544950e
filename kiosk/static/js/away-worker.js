/* away-worker.js: answers for the server while it is away, and only then.
 *
 * Served as /away.js, after a line that says `const KEPT = {version, page}`: a new version of the pages
 * is a new script, so a browser fetches its copies anew by itself.
 *
 * Only loading a page is looked at. Nothing of the conference is kept, no answer is ever invented, and
 * everything else goes to the network as if this file did not exist.
 */

const CACHE = `away-${KEPT.version}`;
const PATIENCE_MS = 8000;
const FILES = [
  KEPT.page,
  '/static/css/tokens.css',
  '/static/css/base.css',
  '/static/css/kiosk.css',
  '/static/css/pair.css',
  '/static/js/away.js',
  '/static/js/device/awake.js',
  '/static/js/device/harmless.js',
  '/static/img/favicon.svg',
  '/static/fonts/be-vietnam-pro-latin-400-normal.woff2',
  '/static/fonts/be-vietnam-pro-latin-600-normal.woff2',
  '/static/fonts/be-vietnam-pro-latin-700-normal.woff2',
  '/static/fonts/be-vietnam-pro-vietnamese-400-normal.woff2',
  '/static/fonts/be-vietnam-pro-vietnamese-600-normal.woff2',
  '/static/fonts/be-vietnam-pro-vietnamese-700-normal.woff2',
];

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('away-') && name !== CACHE) await caches.delete(name);
    }
  })());
});

const giveUp = () => new Promise((_, fail) => { setTimeout(() => fail(new Error('no answer')), PATIENCE_MS); });

const page = async (request) => {
  try {
    // Without a limit, a tablet that has left the network shows white for minutes.
    return await Promise.race([fetch(request), giveUp()]);
  } catch {
    return (await caches.match(KEPT.page)) ?? Response.error();
  }
};

const part = async (request, path) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(path)) ?? Response.error();
  }
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const { origin, pathname } = new URL(request.url);
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (origin === self.location.origin && FILES.includes(pathname)) event.respondWith(part(request, pathname));
});
