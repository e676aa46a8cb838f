// Asks a person for the server's key.

const find = (id) => document.getElementById(id);

/** Resolves when a key was entered that can be one. `key` is a SiteKey. */
export function askForKey(key) {
  const dialog = find('key');
  const why = find('key-problem');
  why.textContent = key.value ? 'That key was not accepted.' : '';
  find('key-text').value = '';
  if (!dialog.open) dialog.showModal();
  return new Promise((done) => {
    // Without a key there is no page to go back to.
    dialog.oncancel = (event) => event.preventDefault();
    find('key-form').onsubmit = (event) => {
      event.preventDefault();
      if (!key.set(find('key-text').value)) {
        why.textContent = 'A key has letters, digits and signs, and no spaces.';
        return;
      }
      dialog.close();
      done();
    };
  });
}
