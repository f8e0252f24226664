// Saves each tap at the scene, also without a line: what is not sent yet waits on the phone, encrypted under a key that only the signed-in worker's
// page holds. Every tap has an id of its own, so that sending again never doubles it. Signing out clears what waits (Clear-Site-Data).

const keptHours = 72;
const atOnce = 100;
const retry = 5000;

const wait = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// The store on the phone. Each row: id, duty, at, iv, data (the tap, encrypted).
class Store {
  static async open(duty, key) {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB || !key) {
      return null;
    }

    try {
      const bytes = Uint8Array.from(key.match(/../g), pair => Number.parseInt(pair, 16));
      const opening = indexedDB.open('anhu-scene', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('taps', { keyPath: 'id' });
      const store = new Store();
      store.duty = duty;
      store.db = await wait(opening);
      store.key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
      return store;
    } catch {
      return null;
    }
  }

  rows(mode) {
    return this.db.transaction('taps', mode).objectStore('taps');
  }

  async put(tap) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.key, new TextEncoder().encode(JSON.stringify(tap)));
    await wait(this.rows('readwrite').put({ id: tap.id, duty: this.duty, at: Date.now(), iv, data }));
  }

  async forget(ids) {
    const rows = this.rows('readwrite');
    await Promise.all(ids.map(id => wait(rows.delete(id))));
  }

  // What waits of this duty; rows that are too old, whoever's they are, go. Rows of another worker can't be opened and stay until then.
  async load() {
    const [taps, old, others] = [[], [], new Set()];
    for (const row of await wait(this.rows('readonly').getAll())) {
      if (row.at < Date.now() - keptHours * 3600e3) {
        old.push(row.id);
      } else if (row.duty !== this.duty) {
        others.add(row.duty);
      } else {
        try {
          taps.push(JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, this.key, row.data))));
        } catch {
          // Another worker's.
        }
      }
    }

    await this.forget(old);
    return { taps, others: [...others] };
  }
}

customElements.define('scene-taps', class extends HTMLElement {
  async connectedCallback() {
    this.form = this.querySelector('form');
    this.state = this.querySelector('.save-state');
    this.taps = new Map();
    this.unkept = new Set();
    this.count = Number(this.dataset.count) || 0;
    this.ahead = (Number(this.dataset.now) || Date.now()) - Date.now();
    this.onChange = event => this.changed(event.target);
    this.onSubmit = event => {
      event.preventDefault();
      this.addWound(event.submitter?.hasAttribute('data-add-wound') === true);
      this.send();
    };
    this.onClick = event => this.picked(event.target);
    this.onOnline = () => this.send();
    this.onLeave = event => {
      if (this.unkept.size > 0) {
        event.preventDefault();
      }
    };
    this.form?.addEventListener('change', this.onChange);
    this.form?.addEventListener('submit', this.onSubmit);
    this.form?.addEventListener('click', this.onClick);
    globalThis.addEventListener('online', this.onOnline);
    globalThis.addEventListener('beforeunload', this.onLeave);
    this.opening = Store.open(this.dataset.duty, this.dataset.key);
    this.store = await this.opening;
    if (this.store) {
      const { taps, others } = await this.store.load();
      for (const tap of taps.sort((a, b) => a.count - b.count)) {
        this.count = Math.max(this.count, tap.count);
        if (!this.taps.has(tap.id)) {
          this.taps.set(tap.id, tap);
          this.show(tap);
        }
      }

      const link = this.querySelector('.scene-elsewhere');
      if (link && others.length > 0) {
        link.href = `/scene/${encodeURIComponent(others[0])}`;
        link.textContent = this.dataset.elsewhere;
        link.hidden = false;
      }

      this.send();
    }
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    globalThis.removeEventListener('online', this.onOnline);
    globalThis.removeEventListener('beforeunload', this.onLeave);
    this.send();
  }

  item(tap) {
    const [part, item] = tap.part === 'note' ? [tap.item.slice(0, tap.item.indexOf('.')), tap.item.slice(tap.item.indexOf('.') + 1)] : [tap.part, tap.item];
    return this.form.querySelector(`fieldset[data-part="${CSS.escape(part)}"][data-item="${CSS.escape(item)}"]`);
  }

  // What waited is shown as it was tapped.
  show(tap) {
    const field = this.item(tap);
    if (tap.part === 'wound') {
      this.showWound(tap);
    } else if (field && tap.part === 'note') {
      field.querySelector('input.form-control').value = tap.words ?? '';
    } else if (field) {
      for (const radio of field.querySelectorAll('input[type=radio]')) {
        radio.checked = radio.value === (tap.value ?? '');
      }

      this.critical(field);
    }
  }

  changed(target) {
    if (!(target instanceof HTMLInputElement)) {
      return;
    }

    const field = target.closest('fieldset.tap');
    if (target.type === 'radio' && field) {
      this.critical(field);
      this.add({ part: field.dataset.part, item: field.dataset.item, value: target.value || undefined, list: field.dataset.list });
    } else if (target.type === 'checkbox' && target.name.startsWith('withdraw.')) {
      this.add({ part: 'wound', item: target.name.slice(9), value: target.checked ? target.value : undefined });
      target.disabled = true;
    } else if (field && target.name.startsWith('note.')) {
      this.add({ part: 'note', item: target.name.slice(5), words: target.value.trim() || undefined, list: field.dataset.list });
    }
  }

  // A yes that alone decides is said at once, with or without a line.
  critical(field) {
    if (field.dataset.critical) {
      const instrument = field.dataset.item.slice(0, field.dataset.item.indexOf('.'));
      const yes = [...this.form.querySelectorAll(`fieldset[data-critical][data-item^="${CSS.escape(instrument)}."] input:checked`)].some(i => i.value === 'yes');
      const notice = this.form.querySelector(`[data-now="${CSS.escape(instrument)}"]`);
      if (notice) {
        notice.hidden = !yes;
      }
    }
  }

  picked(target) {
    const path = target instanceof Element ? target.closest('path[data-region]') : null;
    const region = this.form.elements['wound.region'];
    if (path && region) {
      region.value = `${path.dataset.side}:${path.dataset.region}`;
      for (const each of this.form.querySelectorAll('.body-map path')) {
        each.classList.toggle('is-picked', each === path);
      }

      this.form.elements['wound.kind'].focus();
    }
  }

  addWound(asked) {
    const names = ['wound.region', 'wound.kind', 'wound.size'];
    const error = this.querySelector('.wound-error');
    const values = names.map(name => this.form.elements[name]?.value ?? '');
    if (error) {
      error.hidden = !asked || values.every(v => v !== '');
      error.textContent = error.hidden ? '' : this.dataset.wrongWound;
    }

    if (!asked || values.some(v => v === '')) {
      return;
    }

    const tap = this.add({ part: 'wound', item: crypto.randomUUID?.() ?? this.id32(), value: values.join(':') });
    this.showWound(tap);
    for (const name of names) {
      this.form.elements[name].value = '';
    }
  }

  showWound(tap) {
    const [side, region, kind, size] = (tap.value ?? '').split(':');
    const list = this.querySelector('.wounds');
    if (!size || !list || list.querySelector(`[data-wound="${CSS.escape(tap.item)}"]`)) {
      return;
    }

    const named = (name, value) => [...this.form.elements[name].options].find(o => o.value === value)?.textContent.trim() ?? value;
    const line = document.createElement('li');
    line.dataset.wound = tap.item;
    line.append(`${named('wound.region', `${side}:${region}`)} · ${named('wound.kind', kind)} · ${named('wound.size', size)} `);
    const fresh = document.createElement('span');
    fresh.className = 'text-secondary';
    fresh.textContent = this.dataset.fresh;
    const label = document.createElement('label');
    label.className = 'form-check d-print-none';
    const box = document.createElement('input');
    Object.assign(box, { type: 'checkbox', name: `withdraw.${tap.item}`, value: 'withdrawn', className: 'form-check-input' });
    label.append(box, this.dataset.withdraw);
    line.append(fresh);
    const photo = this.querySelector('template.wound-photo')?.content.cloneNode(true);
    for (const input of photo?.querySelectorAll('input') ?? []) {
      input.dataset.evidenceWound = tap.item;
    }

    line.append(photo ?? '', label);
    list.append(line);
    this.querySelector(`.body-map path[data-side="${CSS.escape(side)}"][data-region="${CSS.escape(region)}"]`)?.classList.add('is-hurt');
  }

  id32() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
  }

  uuid() {
    const hex = this.id32();
    return crypto.randomUUID?.() ?? `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  // Taken down at once, in memory and on the phone; then sent.
  add(values) {
    const now = Date.now() + this.ahead;
    this.count = Math.max(this.count + 1, Math.floor(now));
    const tap = { id: this.uuid(), ...values, madeAt: new Date(now).toISOString(), count: this.count };
    this.taps.set(tap.id, tap);
    this.unkept.add(tap.id);
    this.keep(tap);
    this.say();
    this.later(200);
    return tap;
  }

  async keep(tap) {
    const store = this.store ?? await this.opening;
    try {
      await store?.put(tap);
      if (store) {
        this.unkept.delete(tap.id);
      }

      if (!this.taps.has(tap.id)) {
        await store?.forget([tap.id]);
      }
    } catch {
      // Full or forbidden: it stays in memory, and the page asks before it is closed.
    }

    this.say();
  }

  async drop(ids) {
    for (const id of ids) {
      this.taps.delete(id);
      this.unkept.delete(id);
    }

    try {
      await this.store?.forget(ids);
    } catch {
      // Sent again next time, and known there.
    }
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), milliseconds);
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending || this.taps.size === 0) {
      this.say();
      return;
    }

    this.sending = true;
    const batch = [...this.taps.values()].sort((a, b) => a.count - b.count).slice(0, atOnce);
    let again = retry;
    this.say('saving');
    try {
      const answer = await fetch(`/scene/${encodeURIComponent(this.dataset.duty)}/entries`, {
        method: 'PUT', headers: { 'Content-Type': 'application/json', RequestVerificationToken: this.form.elements.__RequestVerificationToken?.value ?? '' },
        body: JSON.stringify({ entries: batch }),
      });
      if (answer.redirected || answer.status === 401) {
        this.blocked = this.dataset.signIn;
      } else if (answer.ok) {
        this.blocked = '';
        await this.taken(await answer.json());
        again = this.taps.size > 0 ? 0 : -1;
      } else if (answer.status === 403 || answer.status === 404 || answer.status === 422 || answer.status === 400) {
        const problem = await answer.json().catch(() => null);
        this.blocked = this.dataset.refused + (problem?.detail ?? problem?.title ?? answer.status);
        again = 60000;
      } else {
        this.blocked = '';
      }
    } catch {
      this.blocked = '';
    } finally {
      this.sending = false;
    }

    this.say();
    if (again >= 0 && this.taps.size > 0 && this.isConnected) {
      this.later(again);
    }
  }

  async taken(answer) {
    const sent = new Map(this.taps);
    await this.drop(answer.entries.map(e => e.id));
    for (const entry of answer.entries) {
      const tap = sent.get(entry.id);
      const error = tap && this.item(tap)?.querySelector('.tap-error');
      if (error) {
        error.hidden = entry.status !== 'refused';
        error.textContent = entry.status === 'refused' ? entry.words : '';
      } else if (entry.status === 'refused') {
        const wound = this.querySelector('.wound-error');
        wound.hidden = false;
        wound.textContent = entry.words;
      }
    }

    for (const item of answer.scene.items) {
      const field = item.part === 'note' ? null : this.item({ part: item.part, item: item.item });
      field?.querySelector('[data-said]').replaceChildren(...item.said.filter(s => s.value).map(s => Object.assign(document.createElement('li'), { textContent: s.text })));
      field?.classList.toggle('is-different', item.differs);
    }

    for (const danger of answer.scene.danger) {
      const badge = this.form.querySelector(`[data-danger="${CSS.escape(danger.instrument)}"] .state-badge`);
      if (badge) {
        badge.replaceChildren(danger.text);
      }
    }
  }

  say(doing) {
    if (!this.state) {
      return;
    }

    const left = this.taps.size;
    const state = left === 0 ? 'saved' : doing ?? 'waiting';
    const words = left === 0 ? this.dataset.saved : doing === 'saving' ? this.dataset.saving
      : this.blocked || this.dataset.waiting.replace('{0}', left) + (this.unkept.size > 0 && !this.store ? ` · ${this.dataset.unkept}` : '');
    if (left > 0 || this.state.dataset.state) {
      this.state.dataset.state = state;
      if (this.state.textContent !== words) {
        this.state.textContent = words;
      }
    }
  }
});
