// Drafts: what is written into a form is kept on this device, for the person who wrote it, until the server has it. Storage may be full
// or forbidden; then there are no drafts, and nothing else changes.

const PREFIX = "taskforge:draft:";
const CONTROLS = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=checkbox], [type=submit])";
const TEXTS = "textarea, input:not([type=hidden], [type=radio], [type=checkbox])";
const WITHOUT = "[data-module~=autosubmit], :has([type=password])";

/** The id of whoever is logged in; "" for nobody, who has no drafts. */
export const ownerId = document.getElementById("palette")?.dataset.userId ?? "";
const ownPrefix = `${PREFIX}${ownerId}:`;

function attempt(action) {
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

/** The key of the lines that were pasted into a quick-add form, beside the draft of its own line. */
export const linesKey = (form) => `${draftKey(form)}:lines`;

/** The draft of a key: {fields, version, op, page, at}; null for none. */
export const readDraft = (key) => attempt(() => JSON.parse(localStorage.getItem(ownPrefix + key)));
export const discardDraft = (key) => attempt(() => localStorage.removeItem(ownPrefix + key));

const storedKeys = () => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) ?? [];

/** The drafts of whoever is logged in: [key, draft], the newest first. */
export const listDrafts = () => storedKeys()
  .filter((key) => key.startsWith(ownPrefix))
  .map((key) => key.slice(ownPrefix.length))
  .map((key) => [key, readDraft(key)])
  .filter(([, draft]) => draft)
  .sort(([, one], [, other]) => other.at - one.at);

/** Keep a draft, with the time and the page at which it was written. */
export const writeDraft = (key, draft) => attempt(() => localStorage.setItem(
  ownPrefix + key,
  JSON.stringify({ page: location.pathname + location.search, ...draft, at: Date.now() }),
));

/** Discard the drafts of everybody on this device. */
export const discardAllDrafts = () => storedKeys().forEach((key) => attempt(() => localStorage.removeItem(key)));

/** Whether anything may have to be offered or settled. */
export const hasDrafts = () => storedKeys().length > 0;

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

/** A submission was carried out: discard the draft that it was made of. What was `later` written, [name, text], is another one. */
export function settleDraft(form, op, later = []) {
  const key = draftKey(form);
  if (!key || readDraft(key)?.op !== op) return;
  if (later.length) writeDraft(key, { fields: Object.fromEntries(later) });
  else discardDraft(key);
  document.dispatchEvent(new CustomEvent("forge:draft-settled"));
}
