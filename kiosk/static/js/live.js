/* live.js: the one stream of a page (design 2.2).
 *
 *   <body data-live="/live/presence+agenda" data-now="2026-03-12T07:46:05+07:00" data-version="0.1.0"
 *         data-live-stale="Mất nối máy chủ {age} giây. Số liệu trên màn hình là của {at}. …">
 *   <p class="offline" id="offline" hidden><svg …/><span data-offline-text></span></p>
 *
 * The server sends, on the stream:
 *   event: region   data: {"id": "<dom id>", "html": "<… id=that id …>"}   morphed into the page
 *   event: tick     data: {"now": "<ISO time with +07:00>", "version": "<of the pages>"}, every 5 s
 *   event: bye      this caller may not listen any more: load the page anew, or <body data-leave="/">
 *
 * A stream that is silent for 10 s is stale: #offline tells the age of what is on the screen, and the
 * stream is opened again after 1, 2, 4, 5, 5 … s. After three failures the page also asks
 * GET <address>?poll=1 every 2 s with If-None-Match (200: {"regions": [{"id", "html"}], "now"}, or 304)
 * and tries the stream every 30 s, and at once when a poll is answered after silence: then it was the
 * server that was away, not a line that holds no stream. What is on the screen is never taken away.
 *
 * A hidden tab closes its stream: over HTTP/1.1 a browser has six connections for all its tabs.
 * <html data-live-state> says connecting, open, polling, stale, hidden or stopped.
 *
 * Clocks show the server's time in the server's zone; ages are counted by a clock that nobody can set
 * (performance.now). Each time that is heard is told to the page as `live:now` {detail: {at}}.
 *   <time data-clock>             hh:mm          data-clock="seconds"   hh:mm:ss
 *   <b data-since="ISO">          whole minutes since then
 *   <svg class="progress"><rect class="done" data-since="ISO" data-planned-minutes="35"/></svg>
 */
'use strict';

(() => {
  const SILENCE_MS = 10000;
  const PAUSES_MS = [1000, 2000, 4000, 5000, 5000];
  const TRIES_BEFORE_POLLING = 3;
  const POLL_MS = 2000;
  const STREAM_AGAIN_MS = 30000;
  const RELOAD_PAUSE_MS = 30000;
  const LEAVE_PAUSE_MS = 3000;
  const BAR_MS = 15000;

  const body = document.body;
  const address = body.dataset.live;
  const root = document.documentElement;

  /* ---- The server's clock ---- */

  const steady = () => performance.now();
  let ahead = Date.now() - steady();   // server's clock minus this page's steady one, in ms
  let zone = 7 * 3600000;        // Asia/Ho_Chi_Minh; taken from the server's own +07:00
  let barsAt = 0;

  const setServerTime = (iso) => {
    const instant = Date.parse(iso);
    if (Number.isNaN(instant)) return;
    ahead = instant - steady();
    document.dispatchEvent(new CustomEvent('live:now', { detail: { at: instant } }));
    const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
    if (offset) zone = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60000;
  };

  const serverNow = () => steady() + ahead;
  const wallTime = (instant) => new Date(instant + zone).toISOString().slice(11, 19);

  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const drawClocks = (bars) => {
    const now = serverNow();
    const time = wallTime(now);
    for (const clock of document.querySelectorAll('[data-clock]')) {
      const text = clock.dataset.clock === 'seconds' ? time : time.slice(0, 5);
      write(clock, text);
      if (clock instanceof HTMLTimeElement) clock.dateTime = text;
    }
    for (const element of document.querySelectorAll('[data-since]')) {
      const minutes = Math.max(0, (now - Date.parse(element.dataset.since)) / 60000);
      if (Number.isNaN(minutes)) continue;
      if (!element.hasAttribute('data-planned-minutes')) {
        write(element, String(Math.floor(minutes)));
      } else if (bars) {
        const planned = Number(element.dataset.plannedMinutes);
        const part = planned > 0 ? Math.min(1, minutes / planned) : 0;
        element.setAttribute('width', `${(part * 100).toFixed(2)}%`);
        element.closest('svg')?.classList.toggle('progress-ask', planned > 0 && minutes > planned);
      }
    }
  };

  /* ---- What the server says ---- */

  let stream = null;
  let streamTimer = 0;
  let pollTimer = 0;             // not 0 while the page polls
  let pollRound = 0;             // which beginning of polling an answer belongs to
  let isAway = true;             // no poll was answered since the last silence
  let failures = 0;
  let tag = null;
  let stopped = false;
  let lastHeard = steady();      // when what is on the screen was last known to be true
  let watchedFrom = steady();    // from when silence counts: a tab that was hidden gets its ten seconds
  let lastTime = serverNow();    // the server's time at lastHeard

  const setState = (state) => { root.dataset.liveState = state; };

  const heard = () => {
    lastHeard = watchedFrom = steady();
    lastTime = serverNow();
    document.getElementById('offline')?.setAttribute('hidden', '');
  };

  const loadAnew = () => {
    // Once in 30 s at most, so that nothing flickers. A device asks at data-leave what it is now.
    const key = 'live-loaded-anew';
    const { leave } = body.dataset;
    const go = () => { if (leave) location.replace(leave); else location.reload(); };
    const load = () => { if (window.Idle) window.Idle.whenServed(go); else go(); };
    stop();
    setState('stopped');
    try {
      const pause = leave ? LEAVE_PAUSE_MS : RELOAD_PAUSE_MS;
      const rest = Number(sessionStorage.getItem(key) ?? 0) + pause - Date.now();
      if (rest > 0) return void setTimeout(load, Math.min(rest, pause));
      sessionStorage.setItem(key, String(Date.now()));
    } catch { /* Storage may be switched off; then loading anew is still right. */ }
    load();
  };

  const tick = ({ now, version }) => {
    if (now) setServerTime(now);
    const isOld = version && body.dataset.version && version !== body.dataset.version;
    if (isOld) document.dispatchEvent(new CustomEvent('page:old'));    // idle.js waits for its moment
    drawClocks(false);
  };

  const region = ({ id, html }) => {
    // A page may keep a part still for a moment (hold.js); it then draws the newest picture itself.
    const offer = new CustomEvent('live:offer', { cancelable: true, detail: { id, draw: () => draw(id, html) } });
    if (document.dispatchEvent(offer)) draw(id, html);
  };

  const draw = (id, html) => {
    const element = document.getElementById(id);
    if (!element) return;
    window.Idiomorph.morph(element, html, {
      morphStyle: 'outerHTML',
      ignoreActiveValue: true,
      callbacks: {
        // What a person has opened stays open.
        beforeAttributeUpdated: (name, node) => !(name === 'open' && /^(DETAILS|DIALOG)$/.test(node.tagName)),
      },
    });
    const fresh = document.getElementById(id);
    if (fresh) window.htmx?.process(fresh);
    drawClocks(true);
    document.dispatchEvent(new CustomEvent('live:region', { detail: { id } }));
  };

  /* ---- The stream, and the polling that stands in for it ---- */

  const closeStream = () => {
    clearTimeout(streamTimer);
    stream?.close();
    stream = null;
  };

  const stopPolling = () => {
    clearTimeout(pollTimer);
    pollTimer = 0;
    isAway = true;
    pollRound += 1;
  };

  const failed = () => {
    closeStream();
    failures += 1;
    let pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1];
    if (failures >= TRIES_BEFORE_POLLING) {
      if (!pollTimer) pollTimer = setTimeout(poll, 0);
      pause = STREAM_AGAIN_MS;
    } else if (root.dataset.liveState === 'open') {
      setState('connecting');
    }
    streamTimer = setTimeout(connect, pause * (1 + Math.random() * 0.3));
  };

  const connect = () => {
    closeStream();
    if (stopped) return;
    const mine = new EventSource(address);
    stream = mine;
    const expectMore = () => {
      clearTimeout(streamTimer);
      streamTimer = setTimeout(failed, SILENCE_MS);
    };
    expectMore();
    const listen = (name, act) => mine.addEventListener(name, (event) => {
      if (stream !== mine) return;
      failures = 0;
      stopPolling();
      expectMore();
      setState('open');
      let data;
      try {
        data = event.data ? JSON.parse(event.data) : {};
      } catch {
        return;                  // half a message is no news
      }
      act(data);
      heard();
    });
    listen('tick', tick);
    listen('region', region);
    mine.addEventListener('bye', loadAnew);
    mine.addEventListener('error', () => { if (stream === mine) failed(); });
  };

  const poll = async () => {
    const round = pollRound;
    const wasAway = isAway;
    isAway = true;               // until this one is answered
    const giveUp = new AbortController();
    const patience = setTimeout(() => giveUp.abort(), 6000);
    try {
      const headers = { Accept: 'application/json', ...(tag && { 'If-None-Match': tag }) };
      const answer = await fetch(`${address}?poll=1`, { headers, signal: giveUp.signal, cache: 'no-store' });
      if (round !== pollRound) return;    // the stream came back, or the tab was hidden meanwhile
      if ([401, 403, 410].includes(answer.status)) return void loadAnew();
      if (answer.status === 200) {
        const data = await answer.json();
        if (round !== pollRound) return;
        tag = answer.headers.get('ETag');
        tick(data);
        data.regions.forEach(region);
      }
      if (answer.status === 200 || answer.status === 304) {
        isAway = false;
        heard();
        setState('polling');
        if (wasAway) connect();
      }
    } catch { /* No answer: the watch below tells the age. */ } finally {
      clearTimeout(patience);
      if (round === pollRound) pollTimer = setTimeout(poll, POLL_MS);
    }
  };

  const stop = () => {
    stopped = true;
    closeStream();
    stopPolling();
  };

  const go = () => {
    stopped = false;
    failures = 0;
    watchedFrom = steady();
    setState('connecting');
    connect();
  };

  /* ---- The watch ---- */

  const watch = () => {
    const bars = steady() - barsAt >= BAR_MS;
    if (bars) barsAt = steady();
    drawClocks(bars);
    if (!address || document.visibilityState === 'hidden') return;
    if (steady() - watchedFrom <= SILENCE_MS) return;
    const bar = document.getElementById('offline');
    if (bar) {
      const text = (body.dataset.liveStale ?? '')
        .replace('{age}', String(Math.max(0, Math.floor((steady() - lastHeard) / 1000))))
        .replace('{at}', wallTime(lastTime));
      write(bar.querySelector('[data-offline-text]') ?? bar, text);
      bar.hidden = false;
    }
    if (root.dataset.liveState !== 'stopped') setState('stale');
  };

  /* ---- Begin ---- */

  if (body.dataset.now) setServerTime(body.dataset.now);
  lastTime = serverNow();
  barsAt = steady();
  setInterval(watch, 1000);
  drawClocks(true);
  if (!address) return;

  document.addEventListener('visibilitychange', () => {
    if (root.dataset.liveState === 'stopped') return;
    if (document.visibilityState === 'hidden') {
      stop();
      setState('hidden');
    } else if (root.dataset.liveState === 'hidden') {
      go();
    }
  });
  window.addEventListener('pagehide', stop);
  window.addEventListener('pageshow', (event) => { if (event.persisted) go(); });

  if (document.visibilityState === 'hidden') setState('hidden'); else go();
})();
