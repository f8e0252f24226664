// The live board, and the print button of case files. Both pages work without this file.

customElements.define('print-page', class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.onclick = () => window.print();
    addEventListener('beforeprint', this.tell);
  }

  disconnectedCallback() {
    removeEventListener('beforeprint', this.tell);
  }

  // Also when the browser's own menu prints.
  tell = () => navigator.sendBeacon(this.dataset.printed);
});

const gatherTime = 250;    // changes within this time are fetched together
const retryTime = 5000;
const markTime = 60000;    // how long a row is marked as new or changed

customElements.define('live-board', class extends HTMLElement {
  static observedAttributes = ['data-filter'];

  connectedCallback() {
    this.last = this.dataset.after;
    this.waiting = new Map();
    this.part('sound').addEventListener('submit', this.toggleSound);
    this.unlockSound = () => this.audio?.resume();
    document.addEventListener('pointerdown', this.unlockSound);
    document.addEventListener('keydown', this.unlockSound);
    this.showEmpty();
    this.connect();
  }

  disconnectedCallback() {
    this.stop();
    document.removeEventListener('pointerdown', this.unlockSound);
    document.removeEventListener('keydown', this.unlockSound);
    this.part('sound')?.removeEventListener('submit', this.toggleSound);
  }

  // Another filter came with enhanced navigation: rows and sequence are new too.
  attributeChangedCallback(name, before) {
    if (this.isConnected && before !== null && this.waiting) {
      queueMicrotask(() => {
        this.stop();
        this.last = this.dataset.after;
        this.connect();
      });
    }
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  stop() {
    this.source?.close();
    clearTimeout(this.gathering);
    clearTimeout(this.retrying);
    this.gathering = this.retrying = undefined;
    this.waiting?.clear();
  }

  connect() {
    this.source?.close();
    const source = this.source = new EventSource(`/api/v1/feed?after=${this.last}`);
    source.onopen = () => this.say('live', this.dataset.live);
    source.onerror = () => {
      // A lost line is taken up again by the browser, with the last id; an answer that is no feed ends it.
      if (source.readyState === EventSource.CLOSED) {
        this.offline();
      } else {
        this.say('wait', this.dataset.reconnecting);
      }
    };
    for (const type of this.dataset.types.split(' ')) {
      source.addEventListener(type, event => this.take(type, event));
    }
  }

  take(type, event) {
    this.last = event.lastEventId || this.last;
    const hint = JSON.parse(event.data);
    if (!hint.caseId) {
      return;
    }

    const known = this.waiting.get(hint.caseId) ?? { opened: false, urgent: false };
    known.opened ||= type === 'case.opened';
    known.urgent ||= type === 'case.graded' && hint.class === 1;
    this.waiting.set(hint.caseId, known);
    this.gathering ??= setTimeout(() => this.fetchRows(), gatherTime);
  }

  async fetchRows() {
    const changes = new Map([...this.waiting].slice(0, Number(this.dataset.max)));
    for (const id of changes.keys()) {
      this.waiting.delete(id);
    }

    let html;
    try {
      const filter = this.dataset.filter ? `&${this.dataset.filter}` : '';
      const answer = await fetch(`/board/rows?ids=${[...changes.keys()].join(',')}${filter}`,
        { headers: { 'Anhu-Background': '1' }, redirect: 'manual' });
      if (!answer.ok) {
        this.gathering = undefined;
        this.source.close();
        this.keep(changes);
        if (answer.type === 'opaqueredirect') {
          this.say('off', this.dataset.ended);
        } else {
          this.offline();
        }

        return;
      }

      html = await answer.text();
    } catch {
      this.keep(changes);
      this.gathering = setTimeout(() => this.fetchRows(), retryTime);
      return;
    }

    this.gathering = this.waiting.size > 0 ? setTimeout(() => this.fetchRows(), gatherTime) : undefined;
    this.show(new DOMParser().parseFromString(html, 'text/html'), changes);
  }

  keep(changes) {
    for (const [id, change] of changes) {
      this.waiting.set(id, this.waiting.get(id) ?? change);
    }
  }

  show(fragment, changes) {
    const list = this.part('rows');
    const old = new Map([...list.children].map(row => [row.dataset.case, row]));
    const rows = [...fragment.querySelectorAll('[data-case]')];
    let fresh = 0;
    let loud = false;
    for (const id of changes.keys()) {
      // A row that does not come back no longer fits the filter, or is no longer ours to see.
      if (!rows.some(row => row.dataset.case === id)) {
        old.get(id)?.remove();
      }
    }

    const focused = document.activeElement?.closest('[data-case]')?.dataset.case;
    for (const row of rows.reverse()) {
      const before = old.get(row.dataset.case);
      const change = changes.get(row.dataset.case);
      const isNew = change?.opened && !before;
      const mark = row.querySelector('[data-part="mark"]');
      mark.textContent = isNew ? this.dataset.new : this.dataset.changed;
      row.classList.add(isNew ? 'is-new' : 'is-changed');
      fresh += isNew ? 1 : 0;
      loud ||= isNew || (change?.urgent && !before?.classList.contains('board-class-1'));
      before?.remove();
      list.prepend(document.adoptNode(row));
      setTimeout(() => {
        row.classList.remove('is-new', 'is-changed');
        mark.textContent = '';
      }, markTime);
      if (row.dataset.case === focused) {
        row.querySelector('a')?.focus({ preventScroll: true });
      }
    }

    while (list.children.length > Number(this.dataset.max)) {
      list.lastElementChild.remove();
    }

    const counts = fragment.querySelector('[data-part="counts"]');
    if (counts) {
      this.part('counts').replaceChildren(...counts.childNodes);
    }

    this.showEmpty();
    if (rows.length > 0) {
      this.part('announce').textContent = this.dataset.announce.replace('{0}', fresh).replace('{1}', rows.length - fresh);
    }

    if (loud) {
      this.beep();
    }
  }

  showEmpty() {
    this.part('empty').hidden = this.part('rows').children.length > 0;
  }

  // Tries again by itself; who was signed out is told so instead.
  async offline() {
    this.say('off', this.dataset.offline);
    try {
      const answer = await fetch('/board/rows', { headers: { 'Anhu-Background': '1' }, redirect: 'manual' });
      if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) {
        this.say('off', this.dataset.ended);
        return;
      }
    } catch {
      // Still away.
    }

    this.retrying = setTimeout(() => this.connect(), retryTime);
  }

  say(state, words) {
    const place = this.part('state');
    if (place.dataset.state === state && state !== 'live') {
      return;
    }

    place.dataset.state = state;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: this.dataset.zone });
    this.part('state-text').textContent = words.replace('{0}', time);
  }

  toggleSound = async event => {
    event.preventDefault();
    const form = event.currentTarget;
    const on = this.dataset.sound !== 'on';
    const data = new URLSearchParams(new FormData(form));
    data.set('on', on);
    this.dataset.sound = on ? 'on' : 'off';
    form.querySelector('button').setAttribute('aria-pressed', on);
    if (on) {
      this.beep();
    }

    await fetch(form.action, { method: 'POST', body: data, redirect: 'manual' });
  };

  beep() {
    if (this.dataset.sound !== 'on') {
      return;
    }

    this.audio ??= new AudioContext();
    this.audio.resume();
    const start = this.audio.currentTime;
    for (const [offset, pitch] of [[0, 880], [0.18, 660]]) {
      const tone = this.audio.createOscillator();
      const volume = this.audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, start + offset);
      volume.gain.exponentialRampToValueAtTime(0.001, start + offset + 0.16);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(start + offset);
      tone.stop(start + offset + 0.17);
    }
  }
});
