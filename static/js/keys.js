// Shortcuts: data-key="c" or data-key="g b" on a control; the key does what a click does.
{
  const PAUSE = 900; // milliseconds that a sequence like "g b" may take
  let prefix = "";
  let timer = 0;

  const typing = (target) => target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const find = (keys) => [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find((element) => element.checkVisibility());

  function act(element) {
    if (element.matches("input, textarea, select")) element.focus();
    else element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const keys = prefix + event.key;
    prefix = "";
    clearTimeout(timer);
    if (document.querySelector(`[data-key^="${CSS.escape(`${event.key} `)}"]`) && keys === event.key) {
      prefix = `${event.key} `;
      timer = setTimeout(() => { prefix = ""; }, PAUSE);
      return;
    }
    const element = find(keys);
    if (!element) return;
    event.preventDefault();
    act(element);
  });
}
