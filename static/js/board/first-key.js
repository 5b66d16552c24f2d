// What keys do on a board comes with the first of them; those that are pressed until it is here are pressed again then.
{
  const named = (key) => document.querySelector(`[data-key^="${CSS.escape(key)}"]`) !== null;

  forge.behaviour("first-key", (board) => {
    const waiting = [];

    function press({ key, shiftKey }) {
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
    }

    async function onKey(event) {
      const first = !waiting.length;
      waiting.push(event.key !== "Tab" && forge.listens(event) && !named(event.key) ? event : null);
      if (!first) return;
      const loaded = await forge.load({ dataset: { script: board.dataset.keys } });
      const pressed = waiting.splice(0).filter(Boolean);
      if (!loaded) return; // the next key tries again
      document.removeEventListener("keydown", onKey);
      pressed.forEach(press);
    }
    document.addEventListener("keydown", onKey);
  });
}
