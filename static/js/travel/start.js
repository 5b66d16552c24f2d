// Travelling: the slider, the ways, the date and the keys all name a place in the past; its moment is fetched and shown.
{
  const GAP = 70; // milliseconds between two questions while the slider is dragged, or as long as the last answer took

  forge.behaviour("travel", (dock) => {
    const moment = document.getElementById("moment");
    const slider = dock.querySelector(".travel__slider");
    const form = dock.querySelector(".travel__date");
    const field = form.querySelector("[name=at]");
    const [first, last] = [Number(dock.dataset.first), Number(dock.dataset.last)];
    let asking = null; // the question that is under way
    let wanted = null; // the place that is to be asked for next
    let timer = 0;
    let lasted = 0;
    let seq = Number(moment.dataset.seq); // where one is, or will be once the answer is here

    const instantOf = (position) => new Date(first + ((last - first) * position) / Number(slider.max));
    const bars = [...dock.querySelectorAll(".travel__bars rect")].map((bar) => [bar, bar.x.baseVal.value]);
    const width = dock.querySelector(".travel__bars").viewBox.baseVal.width;

    /** Say where the slider is, in words and by the bars that lie behind it. */
    function sayPlace() {
      slider.setAttribute("aria-valuetext", moment.querySelector(".travel__banner time").textContent);
      const here = (Number(slider.value) / Number(slider.max)) * width;
      for (const [bar, x] of bars) bar.classList.toggle("is-past", x <= here);
    }

    function address(place) {
      const url = new URL(dock.dataset.url, location.href);
      for (const [name, value] of Object.entries(place)) url.searchParams.set(name, value);
      return url;
    }

    /** Fetch and show a place; false when it could not be, or another one was wanted meanwhile. */
    async function ask(place, { glide, isDragged }) {
      asking?.abort();
      const mine = new AbortController();
      asking = mine;
      const begun = performance.now();
      const url = address(place);
      document.querySelector(".travel").classList.add("is-waiting");
      try {
        const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: mine.signal });
        if (answer.status === 401 || answer.redirected) location.reload();
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        const html = await answer.text();
        if (mine.signal.aborted) return false;
        await forge.putMoment(html, { glide });
        seq = Number(moment.dataset.seq);
        if (!isDragged) slider.value = moment.dataset.position;
        field.value = forge.fieldValue(new Date(moment.querySelector(".travel__banner time").dateTime));
        sayPlace();
        history.replaceState(history.state, "", url);
        return true;
      } catch (error) {
        if (error.name === "AbortError") return false;
        seq = Number(moment.dataset.seq);
        forge.toast("That moment could not be fetched. Please try again.", "danger");
        return false;
      } finally {
        lasted = performance.now() - begun;
        if (asking === mine) {
          asking = null;
          document.querySelector(".travel").classList.remove("is-waiting");
        }
      }
    }

    /** Ask for the newest place, but not for every one on the way. */
    function want(place, how) {
      wanted = [place, how];
      timer ||= setTimeout(() => {
        timer = 0;
        const [newest, newestHow] = wanted;
        ask(newest, newestHow);
      }, Math.max(GAP, lasted));
    }

    function go(way) {
      player.pause();
      if (way === "previous" || way === "next") {
        const end = Number(moment.dataset.lastSeq);
        const target = Math.max(1, Math.min(end, seq + (way === "next" ? 1 : -1)));
        if (target === seq) return;
        seq = target;
        if (asking) want({ step: seq }, { glide: false });
        else ask({ step: seq }, { glide: true });
        return;
      }
      const link = moment.querySelector(`[data-way="${way}"][href]`);
      if (link) ask({ step: new URL(link.href).searchParams.get("step") }, { glide: false });
    }

    const player = forge.makePlayer(moment.querySelector("[data-play]"), async () => {
      const end = Number(moment.dataset.lastSeq);
      seq = seq >= end ? 1 : seq + 1;
      return (await ask({ step: seq }, { glide: true })) && seq < end;
    });

    slider.addEventListener("input", () => {
      player.pause();
      const at = instantOf(Number(slider.value));
      moment.querySelector(".travel__banner time").textContent = forge.sayInstant(at);
      sayPlace();
      want({ at: at.toISOString() }, { glide: false, isDragged: true });
    });
    moment.addEventListener("click", (event) => {
      const link = event.target.closest("[data-way]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(link.dataset.way);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const at = new Date(field.value);
      if (Number.isNaN(at.getTime())) return;
      player.pause();
      ask({ at: at.toISOString() }, { glide: false });
    });
    forge.listenForWays(go);
    forge.showInstants(document);
    field.value = forge.fieldValue(new Date(moment.querySelector(".travel__banner time").dateTime));
    sayPlace();
  });
  forge.start(document);
}
