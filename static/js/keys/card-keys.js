// The keys of the selected card. What they do comes with a bundle of its own, brought in by the first of them.
{
  const PRIORITIES = ["medium", "low", "medium", "high", "urgent"]; // by digit; 0 gives back what a new card has
  const edits = { e: "edit", t: "title", a: "assignee", i: "mine", l: "tags", d: "due" };
  const moves = { s: "column", m: "move" };
  const wish = (key) => (/^[0-4]$/.test(key) ? ["priority", PRIORITIES[key]] : [edits[key] ?? moves[key]]);

  /** Do something with a card: the name of one of forge.acts, and what it needs. */
  forge.act = async (name, card, ...more) => {
    if (await forge.load(card.closest(".board__columns"))) forge.acts[name](card, ...more);
  };

  /** Whether this page lets one do that. */
  forge.mayAct = (name) => name === "peek" || document.querySelector(Object.values(moves).includes(name) ? ".can-move" : ".can-edit") !== null;

  forge.behaviour("card-keys", () => {
    document.addEventListener("keydown", (event) => {
      if (event.repeat || !forge.listens(event)) return;
      const [name, value] = event.key === " " ? ["peek"] : wish(event.key);
      const card = name && forge.mayAct(name) && forge.selectedCard();
      if (!card || event.key === " " && !event.target.matches("body, .card__title")) return;
      event.preventDefault();
      forge.act(name, card, value);
    });
  });
}
