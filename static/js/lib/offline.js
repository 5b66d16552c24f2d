// What is asked for while there is no connection. The code that keeps it is loaded after a page (writing/offline.js).

const early = []; // what the next page is to send, until the keeper is here
let keeper = { retryWhenOnline: () => false, retryOnNextPage: (...details) => early.push(details), cancelRetry() {} };
let load = async () => {};

/** Register what loads the keeper. */
export function registerKeeperLoader(loader) {
  load = loader;
}

/** Register what keeps requests until they can be sent. */
export function registerKeeper(functions) {
  keeper = functions;
  for (const details of early.splice(0)) keeper.retryOnNextPage(...details);
}

/** Wait until all is kept that the next page is to send. */
export const whenKept = () => load();

/** Keep a request {url, fields, text} until the browser is online: false where it need not, or can't, wait. A later one of its key
    replaces it. `act` sends it from this page; any other page just sends it. */
export const retryWhenOnline = (...details) => keeper.retryWhenOnline(...details);

/** Keep a request for the next page that can send it: nobody is logged in any more, or this page is being left. */
export const retryOnNextPage = (...details) => keeper.retryOnNextPage(...details);

/** Don't send what waited under a key. */
export const cancelRetry = (key) => keeper.cancelRetry(key);
