// Defines <wenju-ask>: a question box that answers from a Wenju server's documents.
//
//   <script src="SERVER/widget.js" defer></script>
//   <wenju-ask server="SERVER" lang="zh" mode="inline"></wenju-ask>
//
// Attributes: server (default: where this file came from), lang (zh or en; default: the page's),
// placeholder, mode (inline or bubble), documents (ids, separated by commas or spaces),
// theme (light or dark; default: what the reader's system prefers).
// Everything lives in a shadow root: the page's styles do not reach in, nor these out.
(() => {
  "use strict";

  // A loader that evaluates the text leaves no address: then the attribute says it.
  const HOME = new URL(".", document.currentScript?.src || location.href).href;
  const MOST_TURNS = 20;
  const WORDS = {
    zh: {
      ask: "提问", stop: "停止", placeholder: "就文档内容提问……", thinking: "正在查找……",
      failed: "没能得到回答：", stopped: "已停止。", refused: "文档没有回答", evidence: "出处",
      related: "相关段落（不是答案）", open: "打开问答", close: "关闭问答", title: "问文档",
      clear: "清空对话", tab: "在新标签页打开", you: "你问", quote: "引文", broken: "服务器出错",
      hint: "回答是文档里的原话，点开引用看它的出处。",
      foreign: "服务器不允许本站提问，或连不上。",
    },
    en: {
      ask: "Ask", stop: "Stop", placeholder: "Ask about the documents…", thinking: "Looking…",
      failed: "No answer: ", stopped: "Stopped.", refused: "Not answered by the documents",
      evidence: "Evidence", related: "Related passages (not an answer)", open: "Ask the documents",
      close: "Close", title: "Ask the documents", clear: "Clear the conversation",
      tab: "opens in a new tab", you: "You asked", quote: "Quote", broken: "the server failed",
      hint: "Answers are the documents' own words; follow a citation to see where.",
      foreign: "the server does not allow this site, or cannot be reached.",
    },
  };
  const DARK = `--ink: #dfe1e2; --quiet: #a0a6ac; --line: #3a3f43; --sheet: #1d2022; --accent: #8fc7b4;
    --on-accent: #14201c; --warm: #e0a878;`;
  const STYLE = `
    :host { all: initial; display: block; color-scheme: light dark; --ink: #23262a; --quiet: #63686f;
      --line: #dedbd2; --sheet: #fff; --accent: #2f5d50; --on-accent: #fff; --warm: #8a4b1f; --mark: #e0b73f;
      font-size: 16px; }
    /* Here, not on the host: a page's rule for * with !important reaches the host. */
    .panel, .toggle { font: 16px/1.7 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei",
      "Noto Sans CJK SC", sans-serif; color: var(--ink); text-align: start; letter-spacing: normal; }
    :host([hidden]) { display: none; }
    @media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
    :host([theme="dark"]) { ${DARK} color-scheme: dark; }
    :host([theme="light"]) { color-scheme: light; }
    :host([mode="bubble"]) { position: fixed; inset-inline-end: 1em; bottom: 1em; z-index: 2147483000; }
    * { box-sizing: border-box; }
    .panel { display: flex; flex-direction: column; height: 100%; background: var(--sheet);
      border: 1px solid var(--line); border-radius: .6em; overflow: hidden; }
    :host([mode="bubble"]) .panel { width: min(26em, calc(100vw - 2em)); height: min(36em, calc(100dvh - 2em));
      box-shadow: 0 8px 30px rgb(0 0 0 / .2); }
    :host([mode="bubble"]:not([open])) .panel { display: none; }
    header { display: none; align-items: center; gap: .5em; padding: .5em .6em .5em 1em;
      border-bottom: 1px solid var(--line); font-weight: 600; }
    :host([mode="bubble"]) header, .talked header { display: flex; }
    header span { flex: 1; }
    .toggle { display: none; place-items: center; width: 3.5em; height: 3.5em; padding: 0; border-radius: 50%;
      box-shadow: 0 4px 14px rgb(0 0 0 / .25); }
    :host([mode="bubble"]:not([open])) .toggle { display: grid; }
    .toggle:hover { filter: brightness(1.1); }
    .toggle span { width: 24px; height: 24px; background: var(--on-accent); clip-path: path(evenodd, "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-9l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM7 7h4v4l-2 3H7l1-3H7zM13 7h4v4l-2 3h-2l1-3h-1z"); }
    .close { display: none; }
    :host([mode="bubble"]) .close { display: block; }
    .log { flex: 1; overflow-y: auto; padding: 1em; overflow-wrap: anywhere; overscroll-behavior: contain; }
    .hint { padding: .75em 1em 0; color: var(--quiet); font-size: .875em; }
    .talked .hint, .log:empty { display: none; }
    :host([mode="bubble"]) .hint { padding-top: 1em; }
    p { margin: 0; white-space: pre-wrap; }
    .asked { width: fit-content; max-width: 85%; margin: 0 0 .75em; margin-inline-start: auto; padding: .3em .8em;
      border-radius: 1em 1em .2em 1em; background: color-mix(in srgb, var(--accent) 14%, transparent); }
    .told { margin-bottom: 1.25em; }
    .kind { font-size: .8125em; font-weight: 600; color: var(--warm); }
    .refusal { padding: .6em .8em; border: 1px dashed var(--line); border-radius: .5em; }
    .quiet { color: var(--quiet); font-size: .8125em; }
    .refusal .quiet { margin-top: .5em; }
    ol, ul { list-style: none; margin: .5em 0 0; padding: 0; font-size: .8125em; }
    li { display: flex; flex-wrap: wrap; column-gap: .75em; padding: .15em 0; }
    details[open] { flex-basis: 100%; }
    details > p { margin: .25em 0 .4em; padding-inline-start: .75em; border-inline-start: 3px solid var(--mark); }
    summary { cursor: pointer; color: var(--quiet); }
    a { color: var(--accent); text-underline-offset: .2em; }
    sup { line-height: 0; margin: 0 .1em; }
    sup a { padding: 0 .25em; font-weight: 600; text-decoration: none; }
    form { display: flex; gap: .5em; padding: .6em; border-top: 1px solid var(--line); }
    .log:empty + form { border-top: 0; margin-top: auto; }
    input { font: inherit; flex: 1; min-width: 0; padding: .35em .7em; color: inherit; background: transparent;
      border: 1px solid var(--line); border-radius: .4em; }
    input::placeholder { color: var(--quiet); opacity: 1; }
    button { font: inherit; padding: .35em .9em; border: 1px solid transparent; border-radius: .4em; cursor: pointer;
      background: var(--accent); color: var(--on-accent); }
    button.plain { background: none; color: var(--quiet); padding: .1em .5em; font-weight: 400; font-size: .875em; }
    button.plain:hover { color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
    .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (prefers-reduced-motion: no-preference) {
      .waiting { animation: breathe 1.6s ease-in-out infinite; } @keyframes breathe { 50% { opacity: .45; } } }
    @media (forced-colors: active) { button { border-color: currentColor; }
      .toggle span { background: ButtonText; forced-color-adjust: none; } }
    @media print { :host([mode="bubble"]) { display: none; } }`;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Yields the events of a text/event-stream response: [name, data].
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
        const fields = Object.fromEntries(rest.slice(0, end).split("\n").map((line) => {
          const at = line.indexOf(": ");
          return [line.slice(0, at), line.slice(at + 2)];
        }));
        rest = rest.slice(end + 2);
        yield [fields.event, JSON.parse(fields.data)];
      }
    }
  }

  class WenjuAsk extends HTMLElement {
    #exchanges = [];
    #running = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const wanted = this.getAttribute("lang") || document.documentElement.lang || navigator.language;
      const english = !wanted.toLowerCase().startsWith("zh");
      this.words = WORDS[english ? "en" : "zh"];
      this.server = new URL(this.getAttribute("server") || HOME, HOME).href.replace(/\/+$/, "");
      root.append(this.#panel(root, english ? "en" : "zh-CN"), this.#toggle(english ? "en" : "zh-CN"));
      this.#recall();
    }

    disconnectedCallback() {
      this.#running?.abort();
    }

    #panel(root, language) {
      const panel = element("section", "panel");
      panel.lang = language;
      panel.setAttribute("aria-label", this.words.title);
      if (this.getAttribute("mode") === "bubble") {
        panel.setAttribute("role", "dialog");
        panel.setAttribute("aria-modal", "true");
      }
      const head = element("header");
      const clear = this.#plain(this.words.clear, () => this.clear());
      const close = this.#plain("×", () => this.#open(false), "plain close");
      close.setAttribute("aria-label", this.words.close);
      head.append(element("span", "", this.words.title), clear, close);
      this.log = element("div", "log");
      // Reached by the Tab key so that it can be scrolled without a mouse.
      this.log.tabIndex = 0;
      this.log.setAttribute("role", "log");
      this.log.setAttribute("aria-live", "off");
      this.log.setAttribute("aria-label", this.words.title);
      this.said = element("div", "said");
      this.said.setAttribute("role", "status");
      const form = element("form");
      this.input = element("input");
      this.input.maxLength = 2000;
      this.input.autocomplete = "off";
      this.input.enterKeyHint = "send";
      this.input.placeholder = this.getAttribute("placeholder") || this.words.placeholder;
      this.input.setAttribute("aria-label", this.input.placeholder);
      this.button = element("button", "", this.words.ask);
      form.append(this.input, this.button);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (!this.#running) this.ask();
        // Enter twice in the box is no wish to stop.
        else if (root.activeElement !== this.input) this.#running.abort();
      });
      panel.addEventListener("keydown", (event) => this.#keyed(event, panel));
      panel.append(head, element("p", "hint", this.words.hint), this.log, form, this.said);
      this.panel = panel;
      return panel;
    }

    #plain(text, act, className = "plain") {
      const button = element("button", className, text);
      button.type = "button";
      button.addEventListener("click", act);
      return button;
    }

    #toggle(language) {
      this.toggle = element("button", "toggle");
      this.toggle.append(element("span"));
      this.toggle.type = "button";
      this.toggle.lang = language;
      this.toggle.setAttribute("aria-label", this.words.open);
      this.toggle.setAttribute("aria-haspopup", "dialog");
      this.toggle.addEventListener("click", () => this.#open(true));
      return this.toggle;
    }

    #open(open) {
      this.toggleAttribute("open", open);
      (open ? this.input : this.toggle).focus();
      this.log.scrollTop = this.log.scrollHeight;
    }

    // In a bubble, Escape closes and Tab stays inside.
    #keyed(event, panel) {
      if (this.getAttribute("mode") !== "bubble") return;
      if (event.key === "Escape") {
        event.stopPropagation();
        this.#open(false);
      } else if (event.key === "Tab") {
        const stops = [...panel.querySelectorAll("a[href], button, input, summary, [tabindex]")]
          .filter((stop) => stop.offsetParent !== null);
        const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
        if (this.shadowRoot.activeElement === edge) {
          event.preventDefault();
          (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
        }
      }
    }

    async ask(question = this.input.value.trim()) {
      if (!question || this.#running) return;
      this.input.value = "";
      const told = element("div", "told quiet waiting", this.words.thinking);
      this.#show(question, told);
      this.said.textContent = this.words.thinking;
      const running = new AbortController();
      this.#running = running;
      this.button.textContent = this.words.stop;
      try {
        const answer = await this.#answered(question, told, running.signal);
        told.replaceWith(this.#told(answer));
        this.said.textContent = answer.answer;
        this.#exchanges = [...this.#exchanges, { question, answer }].slice(-MOST_TURNS);
        this.#remember();
      } catch (error) {
        told.className = "told kind";
        told.textContent = running.signal.aborted ? this.words.stopped
          : this.words.failed + (error instanceof TypeError ? this.words.foreign : error.message);
        this.said.textContent = told.textContent;
      } finally {
        this.#running = null;
        this.button.textContent = this.words.ask;
        this.log.scrollTop = this.log.scrollHeight;
      }
    }

    clear() {
      this.#running?.abort();
      this.#exchanges = [];
      this.#remember();
      this.log.replaceChildren();
      this.panel.classList.remove("talked");
      this.input.focus();
    }

    async #answered(question, told, signal) {
      const documents = (this.getAttribute("documents") || "").split(/[\s,]+/).filter(Boolean);
      const history = this.#exchanges.flatMap((exchange) => [
        { role: "user", content: exchange.question },
        { role: "assistant", content: exchange.answer.answer },
      ]).slice(-MOST_TURNS);
      const response = await fetch(`${this.server}/api/ask/stream`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ question, history, documents }),
        signal,
      });
      // A proxy's own trouble does not come as JSON.
      if (!response.ok) {
        const problem = await response.json().catch(() => ({}));
        throw new Error(problem.detail || `${this.words.broken} (${response.status})`);
      }
      let text = "";
      for await (const [name, data] of events(response.body)) {
        if (name === "done") return data;
        if (name !== "token") continue;
        text += data.text;
        told.className = "told";
        told.textContent = text;
        this.log.scrollTop = this.log.scrollHeight;
      }
      throw new Error(this.words.stopped);
    }

    #show(question, told) {
      const asked = element("p", "asked", question);
      asked.prepend(element("span", "said", `${this.words.you}: `));
      this.log.append(asked, told);
      this.panel.classList.add("talked");
      this.log.scrollTop = this.log.scrollHeight;
    }

    #told(answer) {
      const told = element("div", answer.answerable ? "told" : "told refusal");
      if (!answer.answerable) told.append(element("p", "kind", this.words.refused));
      told.append(this.#text(answer));
      const places = answer.answerable ? answer.citations : answer.related;
      if (!answer.answerable && places.length) told.append(element("p", "quiet", this.words.related));
      const list = element(answer.answerable ? "ol" : "ul");
      // Said, as VoiceOver takes a list without bullets for none.
      list.setAttribute("role", "list");
      if (answer.answerable) list.setAttribute("aria-label", this.words.evidence);
      for (const place of places) list.append(this.#place(place));
      if (places.length) told.append(list);
      return told;
    }

    // The answer's words, each [1] a link to the place it names.
    #text(answer) {
      const made = element("p");
      const places = new Map(answer.citations.map((place) => [`[${place.marker}]`, place]));
      for (const part of answer.answer.split(/( ?\[\d+\])/)) {
        const place = places.get(part.trim());
        if (!place) {
          made.append(part);
          continue;
        }
        const mark = element("sup");
        mark.append(this.#link(place, String(place.marker)));
        made.append("\u2060", mark);
      }
      return made;
    }

    #place(place) {
      const item = element("li");
      const name = place.section[place.section.length - 1] || place.title;
      const details = element("details");
      details.append(element("summary", "", this.words.quote), element("p", "", place.quote || place.text));
      item.append(this.#link(place, place.marker ? `[${place.marker}] ${name}` : name), details);
      return item;
    }

    #link(place, text) {
      const link = element("a", "", text);
      link.href = new URL(place.url, `${this.server}/`).href;
      link.target = "_blank";
      link.rel = "noopener";
      link.title = `${place.title}\n「${place.quote || place.text}」\n(${this.words.tab})`;
      return link;
    }

    // A conversation lasts as long as the tab, page after page of one wiki.
    get #key() {
      return `wenju:${this.server}:${this.getAttribute("documents") || ""}`;
    }

    #remember() {
      try {
        sessionStorage.setItem(this.#key, JSON.stringify(this.#exchanges));
      } catch {
        // Storage is full or forbidden: the conversation lasts as long as the page.
      }
    }

    #recall() {
      try {
        this.#exchanges = JSON.parse(sessionStorage.getItem(this.#key)) || [];
        for (const { question, answer } of this.#exchanges) this.#show(question, this.#told(answer));
      } catch {
        this.#exchanges = [];
      }
    }
  }

  if (!customElements.get("wenju-ask")) customElements.define("wenju-ask", WenjuAsk);
})();
