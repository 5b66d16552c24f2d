let last = Promise.resolve();
const waiting = new Set(); // {begun, keep}
let count = 0;

/** Send something about a card when all that was sent before has been answered, so that it knows the card's version.
    `keep`, given, is called where this page goes away first, with whether it was sent: then it arrives, if somebody is logged in. */
export function inTurn(send, keep) {
  const entry = { begun: false, keep };
  waiting.add(entry);
  if (keep) count += 1;
  last = last.then(() => {
    entry.begun = true;
    return send();
  }).catch(reportError).finally(() => waiting.delete(entry));
  return last;
}

/** The page goes away: have everything kept that is not answered. */
export function keepWaiting() {
  for (const { begun, keep } of waiting) keep?.(begun);
}

/** Whether the server has yet to answer a change of a card that is seen already, and how many were begun: what was asked of it before
    then shows an older board. */
export const ownChanges = () => ({ underWay: [...waiting].some(({ keep }) => keep), begun: count });
