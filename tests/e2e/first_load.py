"""What a browser that comes for the first time must load to see a board, and what its cards cost to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, CDPSession

from tests.e2e.journeys import wait_until

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

QUIET_MS = 700  # fonts and icons come last; the live stream never ends
# Notes in the page when the first frame after the last new card was shown, and how far its parts were shifted.
# What the page loads after two seconds is no part of it, and would be one on a slow machine.
WATCH = """{
const {setTimeout} = window;
window.setTimeout = (act, pause, ...more) => pause >= 2000 ? 0 : setTimeout(act, pause, ...more);
window.firstLoad = {shift: 0, shifted: [], visible: 0, cards: 0};
const describe = part => part.node?.outerHTML?.slice(0, 80) ?? part.node?.textContent ?? "what is gone again";
new PerformanceObserver(list => {
  for (const entry of list.getEntries().filter(each => !each.hadRecentInput)) {
    firstLoad.shift += entry.value;
    firstLoad.shifted.push(...entry.sources.map(describe));
  }
}).observe({type: "layout-shift", buffered: true});
(function look() {
  const cards = document.getElementsByClassName("card").length;
  if (cards > firstLoad.cards) {
    firstLoad.cards = cards;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { firstLoad.visible = performance.now(); };
    channel.port2.postMessage(0);
  }
  if (document.readyState !== "complete" || performance.now() < 3000) requestAnimationFrame(look);
})();
}"""
READ = """() => ({...firstLoad, nodes: document.querySelectorAll("*").length,
  painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0})"""


@dataclass
class FirstLoad:
    """A page load.

    ``sizes`` are encoded bytes with headers by address; ``visible_ms`` is the time from the start of the navigation
    to the frame with the last card; ``layout_shift`` is the sum that browsers call CLS, ``shifted`` the parts of
    the page that moved; the rest is time of the page's main thread.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    cards: int = 0
    nodes: int = 0
    painted_ms: float = 0.0
    visible_ms: float = 0.0
    layout_shift: float = 0.0
    shifted: list[str] = field(default_factory=list)
    main_thread_ms: float = 0.0
    script_ms: float = 0.0
    layout_ms: float = 0.0
    style_ms: float = 0.0

    def total(self, kind: str = "") -> int:
        """Bytes of everything, or of the addresses with an ending."""
        return sum(size for url, size in self.sizes.items() if url.endswith(kind))


def load(
    browser: Browser, server: str, cookie: tuple[str, str], path: str, until: str = ""
) -> FirstLoad:
    """Open a page in a fresh profile of somebody who is logged in by a cookie (name and value).

    It ends when all is quiet, not before an address with `until` in it was loaded.
    """
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 720})
    name, value = cookie
    context.add_cookies([session_cookie(name, value, server)])
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    found = FirstLoad()
    _watch_network(session, found)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _metrics(session)
    page.goto(path)
    page.locator(".card").first.wait_for()
    page.wait_for_timeout(QUIET_MS)
    wait_until(page, lambda: any(until in address for address in found.sizes))
    after = _metrics(session)
    seen = page.evaluate(READ)
    context.close()
    found.cards, found.nodes = seen["cards"], seen["nodes"]
    found.painted_ms, found.visible_ms = seen["painted"], seen["visible"]
    found.layout_shift, found.shifted = round(seen["shift"], 4), seen["shifted"]
    used = {name: (after[name] - before[name]) * 1000 for name in before if name in after}
    found.main_thread_ms, found.script_ms = used["TaskDuration"], used["ScriptDuration"]
    found.layout_ms, found.style_ms = used["LayoutDuration"], used["RecalcStyleDuration"]
    return found


def session_cookie(name: str, value: str, server: str) -> SetCookieParam:
    """The cookie of a log-in, as a browser takes it that asks this server."""
    # In production it comes over TLS only; browsers send it to this machine without, too.
    if name.startswith("__Host-"):
        address = server.replace("http:", "https:", 1)
        return {"name": name, "value": value, "url": address, "secure": True}
    return {"name": name, "value": value, "url": server}


def _watch_network(session: CDPSession, found: FirstLoad) -> None:
    urls: dict[str, str] = {}
    session.send("Network.enable")
    session.on(
        "Network.requestWillBeSent",
        lambda told: urls.update({told["requestId"]: told["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda told: found.sizes.update({urls[told["requestId"]]: int(told["encodedDataLength"])}),
    )


def _metrics(session: CDPSession) -> dict[str, float]:
    return {
        metric["name"]: metric["value"]
        for metric in session.send("Performance.getMetrics")["metrics"]
    }
