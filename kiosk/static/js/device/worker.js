/* device/worker.js: registers the service worker that shows a page of ours while the server is away.
 * Only for the addresses of waiting pages; a ballot or a signature page is never under a worker
 * (design 5.3), because its address lies outside every scope.
 *
 *   <body data-scopes="/pair /gate /tablet /projector /selftest">
 */

/** Register for this page's own address, and for /pair, where an installed app and a new day begin. */
export async function registerAway() {
  if (!navigator.serviceWorker) return;
  const scopes = (document.body.dataset.scopes ?? '').split(' ').filter(Boolean);
  const wanted = scopes.filter((scope) => scope === '/pair' || location.pathname.startsWith(scope));
  for (const scope of wanted) {
    try {
      await navigator.serviceWorker.register('/away.js', { scope });
    } catch {
      // A private window, or an address that is not secure: the browser's own error page will do.
    }
  }
}
