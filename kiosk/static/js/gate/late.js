/* gate/late.js: the list of scans that were sent after a cut, each with what it truly came to.
 *
 * The words are the server's own, out of its answer; the panel never shows them, for the person they
 * are about has moved on. #late-list[data-refused] holds the words for a scan the server did not take.
 */

const find = (id) => document.getElementById(id);

/** Add one scan: `section` is the server's answer or null. */
export function listLate(scan, section) {
  const list = find('late-list');
  if (!list) return;
  const line = document.createElement('li');
  const part = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    line.append(element);
  };
  const at = new Date(scan.claimed_at).toLocaleTimeString('vi-VN', {
    hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Ho_Chi_Minh',
  });
  part('time', at);
  part('strong', section?.dataset.name || `… ${scan.code.slice(-4)}`);
  // A refused one says why: there a person has something to do, or to leave alone.
  const said = section?.querySelector(section.dataset.detail ? '.then' : '.verdict p');
  part('span', said?.textContent.trim() ?? list.dataset.refused ?? '');
  line.dataset.outcome = section?.dataset.outcome ?? 'refused';
  list.prepend(line);
  const opener = find('late-open');
  if (!opener) return;
  opener.hidden = false;
  for (const count of opener.querySelectorAll('[data-sent]')) count.textContent = String(list.children.length);
}
