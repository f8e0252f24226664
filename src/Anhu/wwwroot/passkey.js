// Passkeys: a button that asks the server what to sign, lets the browser sign it, and sends the form with the answer in it.
// Without script, or where the browser knows no passkeys, the button stays hidden and everything else works.
customElements.define('pass-key', class extends HTMLElement {
  connectedCallback() {
    const known = globalThis.PublicKeyCredential;
    if (!known?.parseRequestOptionsFromJSON || !known.parseCreationOptionsFromJSON) {
      return;
    }

    const form = this.closest('form');
    const button = form.querySelector('button[data-passkey]');
    form.hidden = button.hidden = false;
    this.listener = event => {
      if (event.submitter === button && !form.elements['Passkey.Credential'].value) {
        event.preventDefault();
        event.stopImmediatePropagation();
        this.ask(form, button);
      }
    };
    form.addEventListener('submit', this.listener, true);
  }

  async ask(form, button) {
    const field = form.elements['Passkey.Credential'];
    const known = globalThis.PublicKeyCredential;
    const makes = this.dataset.makes !== undefined;
    button.disabled = true;
    try {
      const token = form.elements.__RequestVerificationToken.value;
      const answer = await fetch(this.dataset.options, { method: 'POST', body: new URLSearchParams({ __RequestVerificationToken: token, reason: 'passkey' }) });
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }

      const options = await answer.json();
      const credential = makes
        ? await navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) });
      field.value = JSON.stringify(credential.toJSON());
    } catch (problem) {
      // Nobody touched the key, or it is not known here: the server says so in words.
      field.value = `{"problem":${JSON.stringify(problem.name)}}`;
    }

    button.disabled = false;
    form.requestSubmit(button);
    field.value = '';
  }
});
