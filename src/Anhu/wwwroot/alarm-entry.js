// Makes the entry of an alarm fast: suggestions for the region while one types, one key per danger sign, Ctrl+Enter to
// save. Without this file the page works the same: the server finds the region, radio buttons take arrow keys.
const answers = { y: 0, 1: 0, n: 1, 2: 1, u: 2, 3: 2 };

customElements.define('alarm-entry', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('keydown', event => this.key(event));
    this.addEventListener('input', event => this.typed(event));
    this.addEventListener('click', event => {
      this.adding = event.target.closest('button')?.name === 'Input.AddPerson';
    });
    this.rendered = () => this.focusNewPerson();
    globalThis.Blazor?.addEventListener('enhancedload', this.rendered);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    clearTimeout(this.reader);
    globalThis.Blazor?.removeEventListener?.('enhancedload', this.rendered);
  }

  key(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.querySelector('.form-actions button[type=submit]')?.click();
      return;
    }

    const sign = event.target.closest('.tri-state');
    const answer = answers[event.key.toLowerCase()];
    if (!sign || answer === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }

    event.preventDefault();
    sign.querySelectorAll('input[type=radio]')[answer].checked = true;
    const signs = [...this.querySelectorAll('.tri-state')];
    const next = signs[signs.indexOf(sign) + 1];
    const to = next ? next.querySelector('input:checked') ?? next.querySelector('input') : sign.querySelectorAll('input')[answer];
    to.focus();
  }

  typed(event) {
    if (event.target.name === 'Input.Summary') {
      clearTimeout(this.reader);
      this.reader = setTimeout(() => this.read(event.target), 600);
      return;
    }

    const list = event.target.list;
    if (list?.id !== 'entry-regions') {
      return;
    }

    clearTimeout(this.timer);
    const words = event.target.value.trim();
    if (words.length === 0 || [...list.options].some(option => option.value === words)) {
      return;
    }

    this.timer = setTimeout(async () => {
      const response = await fetch(`${this.dataset.regions}?q=${encodeURIComponent(words)}`);
      if (response.ok && event.target.value.trim() === words) {
        list.replaceChildren(...(await response.json()).map(name => new Option('', name)));
      }
    }, 150);
  }

  // What the words tell is shown beside the question; the answer stays with the person.
  async read(summary) {
    const data = new FormData();
    data.append('__RequestVerificationToken', this.querySelector('input[name=__RequestVerificationToken]').value);
    data.append('text', summary.value);
    for (const role of this.querySelectorAll('select[name$=".Role"]')) {
      const name = this.querySelector(`[name="${role.name.replace('.Role', '.Name')}"]`)?.value.trim();
      if (name && (role.value === 'victim' || role.value === 'perpetrator')) {
        data.append(`${role.value}s`, name);
      }
    }

    const answer = await fetch(this.dataset.reading, { method: 'POST', body: data, redirect: 'manual' }).catch(() => undefined);
    if (!answer?.ok) {
      return;
    }

    const hints = new Map((await answer.json()).map(hint => [hint.field, hint.hint]));
    for (const sign of this.querySelectorAll('.tri-state')) {
      const told = hints.get(sign.querySelector('input').name);
      let line = sign.querySelector('.told');
      if (told && !line) {
        line = document.createElement('p');
        line.className = 'form-hint told';
        line.setAttribute('role', 'status');
        sign.querySelector('legend').after(line);
      }

      if (line) {
        line.textContent = told ?? '';
        line.hidden = !told;
      }
    }
  }

  focusNewPerson() {
    if (!this.adding) {
      return;
    }

    this.adding = false;
    const roles = this.querySelectorAll('select[name$=".Role"]');
    roles[roles.length - 1]?.focus();
  }
});
