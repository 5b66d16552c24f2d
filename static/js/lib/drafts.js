// Drafts: what is written into a form is kept on this device, for the person who wrote it, until the server has it. Storage may be full
// or forbidden; then there are no drafts, and nothing else changes.

const PREFIX = "taskforge:draft:";
const CONTROLS = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=checkbox], [type=submit])";
const TEXTS = "textarea, input:not([type=hidden], [type=radio], [type=checkbox])";
const WITHOUT = "[data-module~=autosubmit], :has([type=password])";

/** The id of whoever is logged in; "" for nobody, who has no drafts. */
export const ownerId = document.getElementById("palette")?.dataset.userId ?? "";
export const ownPrefix = `${PREFIX}${ownerId}:`;

/** The key under which the requests of whoever is logged in wait for a connection. */
export const waitingKey = `taskforge:waiting:${ownerId}`;

/** What an action on the storage answers; null where there is none. */
export function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/** The key of a form's draft; "" for a form that keeps none. */
export function draftKey(form) {
  if (!ownerId || form.method !== "post" || form.matches(WITHOUT) || !form.querySelector(TEXTS)) return "";
  return form.dataset.draft ?? `${form.getAttribute("action") ?? location.pathname}#${form.id}`;
}

/** The draft of a key: {fields, version, op, page, at}; null for none. */
export const readDraft = (key) => attempt(() => JSON.parse(localStorage.getItem(ownPrefix + key)));
export const discardDraft = (key) => attempt(() => localStorage.removeItem(ownPrefix + key));

/** Keep a draft, with the time and the page at which it was written. */
export const writeDraft = (key, draft) => attempt(() => localStorage.setItem(
  ownPrefix + key,
  JSON.stringify({ page: location.pathname + location.search, ...draft, at: Date.now() }),
));

/** Whether anybody has kept something on this device. */
export const hasKept = () => attempt(() => Object.keys(localStorage).some((key) => key.startsWith("taskforge:")));

/** The controls of a form whose values a draft keeps. */
export const keptControls = (form) => [...form.elements].filter((field) => field.name && field.matches(CONTROLS));

/** Whether a control holds something else than the server put there. */
export function isDirty(field) {
  if (field.type === "radio") return field.checked && !field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  return field.value !== ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
}

/** Whether the server has sent a form back: then what is in it was written by its owner, and the stored draft is no newer. */
export const isRefused = (form) => form.matches(".conflict") || Boolean(form.querySelector("[aria-invalid=true], .notice--danger, .inline-field__conflict"));

/** Keep what is in a form now. Its operation id comes along: by that it is known later which submission has arrived. */
export function keepDraft(form) {
  const key = draftKey(form);
  if (!key) return;
  const old = readDraft(key)?.fields ?? {};
  const written = keptControls(form).filter((field) => isDirty(field) || field.name in old && (field.type !== "radio" || field.checked));
  const isWritten = written.some((field) => isDirty(field)) || isRefused(form);
  if (!isWritten || written.every((field) => !field.value.trim())) discardDraft(key);
  else {
    const { version, op } = form.elements;
    const page = form.closest("dialog, [popover]")?.dataset.page;
    const fields = Object.fromEntries(written.map((field) => [field.name, field.value]));
    writeDraft(key, { fields, version: version?.value, op: op?.value, ...(page && { page }) });
  }
}

/** A submission was carried out: discard the draft that it was made of. */
export function settleDraft(form, op) {
  const key = draftKey(form);
  if (readDraft(key)?.op === op) discardDraft(key);
  document.dispatchEvent(new CustomEvent("forge:draft-settled"));
}
