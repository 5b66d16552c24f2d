// Doing it: the cards go to the server by 25, one portion after the other, so that a long act can be watched and stopped.
// Everything that was done is taken back by one Undo, the last portion first.
{
  const PATIENCE = 20_000; // milliseconds until an answer counts as lost
  const PORTION = 25;
  const FAILED = "That did not work.";
  const LOST = "No connection.";
  const FIELDS = { column: "column_id", assignee: "assignee_id", priority: "priority", due: "due_at", add_tags: "tags", remove_tags: "tags" };
  const doing = { column: "Moving", done: "Finishing", assignee: "Assigning", priority: "Changing", due: "Changing", add_tags: "Tagging", remove_tags: "Changing", delete: "Deleting" };
  const done = {
    column: ({ words }) => `moved to “${words}”`,
    done: () => "done",
    assignee: ({ words }) => `assigned to ${words === "Nobody" ? "nobody" : words}`,
    priority: ({ value }) => `set to ${value} priority`,
    due: ({ words, value }) => (value ? `due ${words === value ? `on ${value}` : words}` : "without a due date now"),
    add_tags: ({ words }) => `tagged ${words}`,
    remove_tags: ({ words }) => `without ${words} now`,
    delete: () => "in the trash",
  };
  const are = (number) => (number === 1 ? "1 card is" : `${number} cards are`);

  const unsure = ({ status, body }) => status === 0 || status >= 500 || !body;

  /** Send something with an operation id of its own; once more where nobody knows if it arrived: it acts once all the same. */
  async function send(address, fields) {
    const named = [...fields, ["op", forge.uuid()]];
    const answer = await forge.post(address, named, PATIENCE);
    return unsure(answer) ? forge.post(address, named, PATIENCE) : answer;
  }

  const why = ({ status, body }) => body?.error?.message ?? (status ? FAILED : LOST);

  function show(bar, act, at, all) {
    bar.querySelector(".bulk__said").textContent = `${doing[act]} ${at} of ${all}`;
    Object.assign(bar.querySelector(".bulk__progress"), { max: all, value: at });
  }

  /** What this page did to cards: their columns are drawn anew. */
  const refresh = (versions) => {
    for (const [id, version] of Object.entries(versions)) forge.refreshBoard?.(id, version);
  };

  async function everyPortion(bar, ids, { act, value }) {
    const told = { changed: 0, skipped: 0, gone: 0, undo: [], problem: null, stopped: false, ids: [] };
    const stop = () => { told.stopped = true; };
    bar.querySelector("[data-stop]").addEventListener("click", stop);
    for (let at = 0; at < ids.length && !told.stopped && !told.problem; at += PORTION) {
      const portion = ids.slice(at, at + PORTION);
      show(bar, act, at, ids.length);
      const named = FIELDS[act] ? [[FIELDS[act], value]] : [];
      const answer = await send(bar.dataset.url, [["act", act], ...named, ...portion.map((id) => ["task_id", id])]);
      if (answer.status !== 200 || !answer.body) {
        told.problem = why(answer);
        break;
      }
      for (const name of ["changed", "skipped", "gone"]) told[name] += answer.body[name];
      if (answer.body.undo) told.undo.unshift(answer.body.undo);
      told.ids.push(...portion);
      refresh(answer.body.versions);
      show(bar, act, at + portion.length, ids.length);
    }
    bar.querySelector("[data-stop]").removeEventListener("click", stop);
    return told;
  }

  function summary({ changed, skipped, gone, stopped, problem, ids }, wish, all) {
    const sentences = [];
    if (changed || !problem && !gone) sentences.push(`${are(changed)} ${done[wish.act](wish)}.`);
    if (skipped) sentences.push(`${skipped} ${skipped === 1 ? "was" : "were"} so already.`);
    if (gone) sentences.push(`${gone} ${gone === 1 ? "is" : "are"} gone.`);
    if (problem) sentences.push(problem);
    if (stopped && ids.length < all) sentences.push(`Stopped: ${all - ids.length} left as they were.`);
    return sentences.join(" ");
  }

  let shown = null;

  function offer(text, kind, undo, label) {
    shown?.remove();
    shown = null;
    if (undo.length && kind === "ok") forge.offerUndo(text, "", undo[0], { kind: label === "Undo" ? "undo" : "redo", act: () => takeBack(undo, label) });
    else shown = forge.toast(text, kind, undo.length ? { label, act: () => takeBack(undo, label) } : null);
  }

  async function takeBack(addresses, label) {
    const again = [];
    const said = [];
    let number = 0;
    let words = "as before";
    for (const address of addresses) {
      const answer = await send(address, []);
      if (answer.status !== 200 || !answer.body) {
        said.push(why(answer));
        continue;
      }
      number += answer.body.task_ids.length;
      said.push(...answer.body.refused);
      words = { "task.restored": "back", "task.deleted": "in the trash" }[answer.body.undone] ?? words;
      if (answer.body.undo) again.unshift(answer.body.undo);
      refresh(Object.fromEntries(answer.body.task_ids.map((id) => [id, Infinity])));
    }
    const rest = said.length > 3 ? ` And ${said.length - 3} more.` : "";
    offer([`${are(number)} ${words}.`, ...said.slice(0, 3)].join(" ") + rest, said.length ? "danger" : "ok", again, label === "Undo" ? "Redo" : "Undo");
  }

  /** Do one act to all selected cards. `wish`: {act, value, words}. */
  forge.bulk.run = async (bar, wish) => {
    if (bar.ariaBusy) return;
    const ids = forge.bulk.inOrder();
    bar.ariaBusy = "true";
    bar.classList.toggle("is-running", ids.length > PORTION);
    bar.querySelector(".bulk__run").hidden = ids.length <= PORTION;
    const told = await everyPortion(bar, ids, wish);
    bar.ariaBusy = null;
    bar.classList.remove("is-running");
    bar.querySelector(".bulk__run").hidden = true;
    const text = summary(told, wish, ids.length);
    offer(text, told.problem ? "danger" : "ok", told.undo, "Undo");
    document.getElementById("board-said").textContent = text;
    if (wish.act === "delete") forge.bulk.clear(told.ids);
  };
}
