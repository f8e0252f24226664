// Takes photos and files: hashed on the phone, kept there encrypted in pieces until they are sent, sent in parts that may be repeated. A lost line, a closed page
// or a dead battery costs nothing: what waits goes on where it stopped when the page is opened again. Signing out clears it (Clear-Site-Data).

const keptHours = 72;
const pieceSize = 512 * 1024;
const retry = 5000;

const wait = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const hex = buffer => [...new Uint8Array(buffer)].map(b => b.toString(16).padStart(2, '0')).join('');

// The store on the phone. files: id, place, at, iv, data (what is known of the file, encrypted). pieces: id, n, iv, data (its bytes, encrypted and bound to their place).
class Store {
  static async open(place, key) {
    try {
      const opening = indexedDB.open('anhu-evidence', 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore('files', { keyPath: 'id' });
        opening.result.createObjectStore('pieces', { keyPath: ['id', 'n'] });
      };
      const store = new Store();
      store.place = place;
      store.db = await wait(opening);
      store.key = await crypto.subtle.importKey('raw', Uint8Array.from(key.match(/../g), pair => Number.parseInt(pair, 16)), 'AES-GCM', false, ['encrypt', 'decrypt']);
      return store;
    } catch {
      return null;
    }
  }

  rows(name, mode = 'readonly') {
    return this.db.transaction(name, mode).objectStore(name);
  }

  async seal(bytes, place) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) }, this.key, bytes) };
  }

  async open(row, place) {
    return crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv, additionalData: new TextEncoder().encode(place) }, this.key, row.data);
  }

  // The pieces first: a file whose row is there is whole.
  async put(file, content) {
    for (let n = 0; n * pieceSize < content.byteLength; n++) {
      const piece = await this.seal(content.slice(n * pieceSize, (n + 1) * pieceSize), `${file.id}:${n}`);
      await wait(this.rows('pieces', 'readwrite').put({ id: file.id, n, ...piece }));
    }

    await wait(this.rows('files', 'readwrite').put({ id: file.id, place: this.place, at: Date.now(), ...await this.seal(new TextEncoder().encode(JSON.stringify(file)), file.id) }));
  }

  async piece(id, n) {
    const row = await wait(this.rows('pieces').get([id, n]));
    return row ? this.open(row, `${id}:${n}`) : null;
  }

  async forget(id) {
    await wait(this.rows('files', 'readwrite').delete(id));
    await wait(this.rows('pieces', 'readwrite').delete(IDBKeyRange.bound([id], [id, []])));
  }

  // What waits of this place. Rows that are too old go; those of another worker can't be opened and stay until then.
  async load() {
    const files = [];
    for (const row of await wait(this.rows('files').getAll())) {
      if (row.at < Date.now() - keptHours * 3600e3) {
        await this.forget(row.id);
      } else if (row.place === this.place) {
        try {
          files.push(JSON.parse(new TextDecoder().decode(await this.open(row, row.id))));
        } catch {
          // Another worker's.
        }
      }
    }

    return files;
  }
}

class EvidenceFiles extends HTMLElement {
  async connectedCallback() {
    this.waiting = new Map();
    this.memory = new Map();
    this.list = this.querySelector('.evidence-queue');
    this.ahead = (Number(this.dataset.now) || Date.now()) - Date.now();
    this.onChange = event => this.chosen(event.target);
    this.onSubmit = event => this.submitted(event);
    this.onOnline = () => this.send();
    this.onLeave = event => {
      if (this.memory.size > 0) {
        event.preventDefault();
      }
    };
    document.addEventListener('change', this.onChange);
    document.addEventListener('submit', this.onSubmit, true);
    globalThis.addEventListener('online', this.onOnline);
    globalThis.addEventListener('beforeunload', this.onLeave);
    this.opening = Store.open(this.dataset.place, this.dataset.key);
    this.store = await this.opening;
    for (const file of await this.store?.load().catch(() => []) ?? []) {
      if (!this.waiting.has(file.id)) {
        this.waiting.set(file.id, file);
        this.say(file, this.dataset.waiting);
      }
    }

    this.send();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener('change', this.onChange);
    document.removeEventListener('submit', this.onSubmit, true);
    globalThis.removeEventListener('online', this.onOnline);
    globalThis.removeEventListener('beforeunload', this.onLeave);
  }

  async chosen(input) {
    if (!(input instanceof HTMLInputElement) || input.type !== 'file' || !input.dataset.evidenceItem) {
      return;
    }

    const files = [...input.files];
    input.value = '';
    const collected = document.querySelector(`fieldset[data-part="check"][data-item="${CSS.escape(input.dataset.evidenceItem)}"] input[value="collected"]`);
    if (files.length > 0 && collected && !collected.checked) {
      collected.click();
    }

    for (const file of files) {
      await this.add(file, { item: input.dataset.evidenceItem, wound: input.dataset.evidenceWound || undefined });
    }
  }

  async submitted(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains('evidence-form')) {
      return;
    }

    event.preventDefault();
    event.stopPropagation();
    const values = { item: form.elements.Item.value, caption: form.elements.Caption.value.trim() || undefined, leaksSeen: form.elements.LeaksSeen?.checked || undefined };
    const files = [...form.elements.File.files];
    form.elements.File.value = '';
    form.elements.Caption.value = '';
    for (const file of files) {
      await this.add(file, values);
    }
  }

  // Hashed before anything else happens to it.
  async add(source, values) {
    const made = Math.min(source.lastModified || Date.now(), Date.now()) + this.ahead;
    const file = {
      id: crypto.randomUUID(), ...values, name: source.name, caseId: this.dataset.case, dutyId: this.dataset.duty || undefined, madeAt: new Date(made).toISOString(), length: source.size,
    };
    if (source.size === 0 || source.size > Number(this.dataset.most)) {
      this.say(file, this.dataset.tooLarge, 'is-refused');
      return;
    }

    this.say(file, this.dataset.preparing);
    const content = await source.arrayBuffer();
    file.sha256 = hex(await crypto.subtle.digest('SHA-256', content));
    try {
      const store = this.store ?? await this.opening;
      await store.put(file, content);
    } catch {
      // Full or forbidden: it stays in memory, and the page asks before it is closed.
      this.memory.set(file.id, content);
      await this.store?.forget(file.id).catch(() => {});
    }

    this.waiting.set(file.id, file);
    this.say(file, this.memory.has(file.id) ? this.dataset.unkept : this.dataset.waiting);
    this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending) {
      return;
    }

    this.sending = true;
    let again = 0;
    for (const file of [...this.waiting.values()]) {
      const rest = await this.sendOne(file);
      again = rest > 0 ? Math.max(again, rest) : again;
    }

    this.sending = false;
    if (this.waiting.size > 0 && this.isConnected) {
      this.timer = setTimeout(() => this.send(), again || 200);
    }
  }

  // Milliseconds to rest before it is tried again; 0 when it is done with.
  async sendOne(file) {
    try {
      const { name, id, tried, ...announced } = file;
      const begun = await this.call('PUT', `/evidence/${id}`, JSON.stringify(announced), 'application/json');
      if (!begun.ok) {
        return this.failed(file, begun);
      }

      const { kept, missing, partSize } = await begun.json();
      const parts = Math.ceil(file.length / partSize);
      for (let i = 0; !kept && i < missing.length; i++) {
        this.say(file, this.dataset.sending.replace('{0}', Math.floor(100 * (parts - missing.length + i) / parts)));
        const n = missing[i];
        const body = this.memory.get(id)?.slice(n * partSize, (n + 1) * partSize) ?? await this.store?.piece(id, n);
        const sent = body ? await this.call('PUT', `/evidence/${id}/parts/${n}`, body, 'application/octet-stream') : null;
        if (!sent?.ok) {
          return sent ? this.failed(file, sent) : this.drop(file, this.dataset.refused, 'is-refused');
        }
      }

      const done = kept ? begun : await this.call('POST', `/evidence/${id}/done`, '', 'text/plain');
      return done.ok ? this.drop(file, this.dataset.kept, 'is-kept') : this.failed(file, done);
    } catch {
      this.say(file, this.memory.has(file.id) ? this.dataset.unkept : this.dataset.waiting);
      return retry;
    }
  }

  call(method, address, body, type) {
    const token = this.querySelector('input[name=__RequestVerificationToken]')?.value ?? '';
    return fetch(address, { method, headers: { 'Content-Type': type, RequestVerificationToken: token }, body, redirect: 'manual' });
  }

  async failed(file, answer) {
    if (answer.type === 'opaqueredirect' || answer.status === 401) {
      this.say(file, this.dataset.signIn);
      return 15000;
    }

    if (![400, 403, 404, 409, 413, 422].includes(answer.status)) {
      this.say(file, this.dataset.waiting);
      return Math.max(retry, 1000 * (Number(answer.headers.get('Retry-After')) || 0));
    }

    const problem = await answer.json().catch(() => null);
    const words = this.dataset.refused + (problem?.detail ?? answer.status);

    // What the server can't take will not be taken later either; who may not send it now may do so after signing in anew. A file that was spoilt on its way is sent once more.
    if (problem?.code === 'evidence.altered' && !file.tried) {
      file.tried = true;
      return retry;
    }

    if (!problem || answer.status === 403 || answer.status === 404) {
      this.say(file, words, 'is-refused');
      return 60000;
    }

    return this.drop(file, words, 'is-refused');
  }

  async drop(file, words, look) {
    this.waiting.delete(file.id);
    this.memory.delete(file.id);
    await this.store?.forget(file.id).catch(() => {});
    this.say(file, words, look);
    return 0;
  }

  say(file, words, look) {
    let line = this.list.querySelector(`[data-file="${CSS.escape(file.id)}"]`);
    if (!line) {
      line = document.createElement('li');
      line.dataset.file = file.id;
      this.list.append(line);
    }

    const text = `${file.name} · ${words} `;
    if (line.dataset.text !== text) {
      line.dataset.text = text;
      line.className = look ?? '';
      line.replaceChildren(text);
      if (look === 'is-kept') {
        line.append(Object.assign(document.createElement('a'), { href: `/evidence/${encodeURIComponent(file.id)}`, textContent: this.dataset.look }));
      }
    }
  }
}

// Without a secure connection there is neither hash nor key: the page's form does it.
if (globalThis.crypto?.subtle && globalThis.indexedDB) {
  customElements.define('evidence-files', EvidenceFiles);
}
