// What keys do on a board comes with the first of them; those that are pressed until it is here are pressed again then.
{
  const QUIET = 3000; // milliseconds after the page's own loading
  const named = (key) => document.querySelector(`[data-key^="${CSS.escape(key)}"]`) !== null;

  // "c" adds to the column in which one is.
  forge.aim = (keys) => {
    if (keys !== "c") return null;
    const column = (forge.contextCard?.() ?? document.activeElement).closest(".column");
    return column?.querySelector(".quick-add__input, .lane-add") ?? null;
  };

  forge.behaviour("first-key", (board) => {
    const waiting = [];
    let coming = null;

    function press({ key, shiftKey }) {
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
    }

    async function bring() {
      const loaded = await forge.load({ dataset: { script: board.dataset.keys } }, !waiting.length);
      const pressed = waiting.splice(0);
      if (!loaded) {
        coming = null; // the next key tries again
        return;
      }
      document.removeEventListener("keydown", onKey);
      pressed.forEach(press);
    }

    /** A promise that the keys of the board are here, and have done what was pressed for them. */
    forge.keysAreHere = () => (coming ??= bring());

    function onKey(event) {
      if (event.key !== "Tab" && forge.listens(event) && !named(event.key)) waiting.push(event);
      forge.keysAreHere();
    }
    document.addEventListener("keydown", onKey);
    // Whoever loses the network should still have their keys.
    const later = () => setTimeout(() => document.hidden || forge.keysAreHere(), QUIET);
    if (document.readyState === "complete") later();
    else window.addEventListener("load", later, { once: true });
  });
}
