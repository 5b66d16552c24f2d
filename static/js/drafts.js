// Drafts: what is typed into [data-draft-field] is kept on this device until the server has it.
// A draft remembers the version that it was written against, so that an old one meets the conflict page and not another's work.
{
  const PREFIX = "taskforge:draft:";
  const SENT = "taskforge:sent";

  // Storage may be full or forbidden; then there are no drafts, and nothing else changes.
  function attempt(action) {
    try {
      return action();
    } catch {
      return null;
    }
  }
  const read = (key) => attempt(() => JSON.parse(localStorage.getItem(PREFIX + key)));
  const write = (key, draft) => attempt(() => localStorage.setItem(PREFIX + key, JSON.stringify(draft)));
  const drop = (key) => attempt(() => localStorage.removeItem(PREFIX + key));

  forge.forgetDrafts = () => attempt(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  });

  /** Whether something unsaved is kept under this name. */
  forge.hasDraft = (key) => read(key) !== null;

  /** After a full page load: a form that was sent and is not shown again has arrived, so its draft may go. */
  forge.settleSentDraft = () => {
    const key = attempt(() => sessionStorage.getItem(SENT));
    if (!key) return;
    attempt(() => sessionStorage.removeItem(SENT));
    const refused = document.querySelector(`[data-draft="${CSS.escape(key)}"], main.error`);
    if (!refused) drop(key);
  };

  function restore(form, fields, note) {
    const draft = read(form.dataset.draft);
    if (!draft) return;
    let restored = false;
    for (const field of fields) {
      const text = draft.fields[field.name];
      if (text === undefined || text === field.value) continue;
      field.value = text;
      restored = true;
    }
    if (!restored) return;
    if (form.elements.version && draft.version) form.elements.version.value = draft.version;
    if (note) note.textContent = "Restored from this device";
  }

  forge.behaviour("drafts", (form) => {
    const key = form.dataset.draft;
    const fields = [...form.querySelectorAll("[data-draft-field]")];
    const note = form.querySelector("[data-draft-note]");
    restore(form, fields, note);
    form.addEventListener("input", (event) => {
      if (!event.target.hasAttribute("data-draft-field")) return;
      const typed = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      if (Object.values(typed).every((text) => !text.trim())) drop(key);
      else write(key, { version: form.elements.version?.value, fields: typed });
    });
    form.addEventListener("submit", () => {
      if (!form.hasAttribute("hx-post")) attempt(() => sessionStorage.setItem(SENT, key));
    });
    // Before the answer is put in place: the form itself may be what it takes the place of.
    form.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
      if (detail.elt === form && detail.xhr.status >= 200 && detail.xhr.status < 300) drop(key);
    });
    form.addEventListener("forge:forget", () => drop(key));
    form.addEventListener("click", (event) => event.target.closest("[data-draft-discard]") && drop(key));
  });
}
