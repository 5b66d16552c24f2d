// Shortcuts: data-key="c" or data-key="g b" on a control; the key does what a click does.
{
  const PAUSE = 900; // milliseconds that a sequence like "g b" may take
  let prefix = "";
  let timer = 0;

  const typing = (target) => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const find = (keys) => [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find((element) => element.checkVisibility());
  const composing = (event) => event.isComposing || event.keyCode === 229;

  /** Whether a key is a shortcut here, and no letter that somebody types, no key of the browser's, not below a dialog. */
  forge.listens = (event) => !event.defaultPrevented && !composing(event) && !event.ctrlKey && !event.metaKey && !event.altKey
    && !typing(event.target) && !document.querySelector("dialog[open]");

  function act(element) {
    if (element.matches("input, textarea, select")) element.focus();
    else element.click();
  }

  /** What a shortcut is for on this page: the control that the page aims at, else the first that names it. */
  const aim = (keys) => forge.aim?.(keys) ?? find(keys);

  document.addEventListener("keydown", (event) => {
    if (event.repeat || !forge.listens(event)) return;
    const keys = prefix + event.key;
    prefix = "";
    clearTimeout(timer);
    if (document.querySelector(`[data-key^="${CSS.escape(`${event.key} `)}"]`) && keys === event.key) {
      prefix = `${event.key} `;
      timer = setTimeout(() => { prefix = ""; }, PAUSE);
      return;
    }
    const element = aim(keys);
    if (!element) return;
    event.preventDefault();
    act(element);
  });

  /** The list of shortcuts names only what works on this page. */
  forge.behaviour("keys-help", (sheet) => {
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-open=keys-help]")) return;
      for (const part of sheet.querySelectorAll("[data-needs]")) part.hidden = !document.querySelector(part.dataset.needs);
    });
  });

  const palette = document.getElementById("palette");
  async function openPalette(mode) {
    await forge.keysAreHere?.();
    // Who is selected is asked before the focus goes to the palette.
    const card = document.querySelector(".task-dialog[open]") ? null : forge.contextCard?.() ?? null;
    if (palette && await forge.load(palette)) forge.showPalette(mode, card);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (!palette || composing(event)) return;
    event.preventDefault();
    if (!palette.open) openPalette("all");
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || !palette || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openPalette(opener.dataset.palette);
  });
}
