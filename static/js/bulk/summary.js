// What an action did to the selected cards, in words.

/** What is under way, by action. */
export const doing = {
  column: "Moving", done: "Finishing", assignee: "Assigning", priority: "Changing", due: "Changing", add_tags: "Tagging",
  remove_tags: "Changing", delete: "Deleting",
};
const done = {
  column: ({ label }) => `moved to “${label}”`,
  done: () => "done",
  assignee: ({ label }) => `assigned to ${label === "Nobody" ? "nobody" : label}`,
  priority: ({ value }) => `set to ${value} priority`,
  due: ({ label, value }) => (value ? `due ${label === value ? `on ${value}` : label}` : "without a due date now"),
  add_tags: ({ label }) => `tagged ${label}`,
  remove_tags: ({ label }) => `without ${label} now`,
  delete: () => "in the trash",
};

export const cardsAre = (number) => (number === 1 ? "1 card is" : `${number} cards are`);

/** Sentences for a result {changed, skipped, gone, stopped, problem, ids} of a request {action, value, label} about `all` cards. */
export function summarize({ changed, skipped, gone, stopped, problem, ids }, request, all) {
  const sentences = [];
  if (changed || !problem && !gone) sentences.push(`${cardsAre(changed)} ${done[request.action](request)}.`);
  if (skipped) sentences.push(`${skipped} ${skipped === 1 ? "was" : "were"} so already.`);
  if (gone) sentences.push(`${gone} ${gone === 1 ? "is" : "are"} gone.`);
  if (problem) sentences.push(problem);
  if (stopped && ids.length < all) sentences.push(`Stopped: ${all - ids.length} left as they were.`);
  return sentences.join(" ");
}
