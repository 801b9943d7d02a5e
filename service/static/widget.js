// Defines <wenju-ask>: a question box that answers from a Wenju server's documents.
//
//   <script src="SERVER/widget.js"></script>
//   <wenju-ask server="SERVER" lang="zh" mode="inline"></wenju-ask>
//
// Attributes: server (default: where this file came from), lang (zh or en), placeholder,
// mode (inline or bubble), documents (ids, separated by commas or spaces).
(() => {
  "use strict";

  const HOME = new URL(".", document.currentScript.src).href;
  const WORDS = {
    zh: {
      ask: "提问", placeholder: "就文档内容提问……", thinking: "正在查找……", failed: "没能得到回答：",
      refused: "文档没有回答", related: "相关段落（不是答案）", open: "打开问答", close: "关闭",
    },
    en: {
      ask: "Ask", placeholder: "Ask about the documents…", thinking: "Looking…",
      failed: "No answer: ", refused: "Not answered by the documents",
      related: "Related passages (not an answer)", open: "Open questions and answers", close: "Close",
    },
  };
  const STYLE = `
    :host { display: block; color-scheme: light dark; --ink: #23262a; --quiet: #6a6f76; --line: #e3e0d8;
      --sheet: #fff; --accent: #2f5d50; --on-accent: #fff; --warm: #8a4b1f;
      font: 1rem/1.7 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    @media (prefers-color-scheme: dark) { :host { --ink: #dfe1e2; --quiet: #9aa0a6; --line: #33373a;
      --sheet: #1d2022; --accent: #8fc7b4; --on-accent: #14201c; --warm: #e0a878; } }
    :host([mode="bubble"]) { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; }
    * { box-sizing: border-box; }
    .panel { display: flex; flex-direction: column; height: 100%; min-height: 14rem; color: var(--ink);
      background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
    :host([mode="bubble"]) .panel { width: min(26rem, calc(100vw - 2rem)); height: min(34rem, calc(100vh - 6rem));
      margin-bottom: .6rem; box-shadow: 0 8px 30px rgb(0 0 0 / .18); }
    :host([mode="bubble"]:not([open])) .panel { display: none; }
    .toggle { display: none; margin-left: auto; border-radius: 2rem; }
    :host([mode="bubble"]) .toggle { display: block; }
    .log { flex: 1; overflow-y: auto; padding: 1rem; overflow-wrap: anywhere; }
    p { margin: 0; white-space: pre-wrap; }
    .asked { width: fit-content; max-width: 85%; margin: 0 0 .75rem auto; padding: .3rem .8rem;
      border-radius: 1rem 1rem .2rem 1rem; background: color-mix(in srgb, var(--accent) 14%, transparent); }
    .told { margin-bottom: 1.25rem; }
    .kind { font-size: .8125rem; font-weight: 600; color: var(--warm); }
    .refusal { padding: .6rem .8rem; border: 1px dashed var(--line); border-radius: .5rem; }
    .quiet { color: var(--quiet); font-size: .8125rem; }
    ol, ul { list-style: none; margin: .4rem 0 0; padding: 0; font-size: .8125rem; }
    li { padding: .1rem 0; }
    a { color: var(--accent); text-underline-offset: .2em; }
    form { display: flex; gap: .5rem; padding: .6rem; border-top: 1px solid var(--line); }
    input { font: inherit; flex: 1; min-width: 0; padding: .35rem .7rem; color: inherit; background: transparent;
      border: 1px solid var(--line); border-radius: .4rem; }
    button { font: inherit; padding: .35rem .9rem; border: 0; border-radius: .4rem; cursor: pointer;
      background: var(--accent); color: var(--on-accent); }
    button:disabled { opacity: .5; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }`;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  class WenjuAsk extends HTMLElement {
    #history = [];

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const wanted = this.getAttribute("lang") || document.documentElement.lang || navigator.language;
      this.words = WORDS[wanted.toLowerCase().startsWith("en") ? "en" : "zh"];
      this.server = new URL(this.getAttribute("server") || HOME, HOME).href.replace(/\/+$/, "");

      const panel = element("div", "panel");
      this.log = element("div", "log");
      this.log.setAttribute("role", "log");
      this.log.setAttribute("aria-live", "polite");
      const form = element("form");
      this.input = element("input");
      this.input.maxLength = 2000;
      this.input.placeholder = this.getAttribute("placeholder") || this.words.placeholder;
      this.input.setAttribute("aria-label", this.input.placeholder);
      this.button = element("button", "", this.words.ask);
      form.append(this.input, this.button);
      form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(); });
      panel.append(this.log, form);
      const toggle = element("button", "toggle", "？");
      toggle.type = "button";
      toggle.setAttribute("aria-label", this.words.open);
      toggle.addEventListener("click", () => {
        const open = this.toggleAttribute("open");
        toggle.textContent = open ? "×" : "？";
        toggle.setAttribute("aria-label", open ? this.words.close : this.words.open);
        if (open) this.input.focus();
      });
      root.append(panel, toggle);
    }

    async ask() {
      const question = this.input.value.trim();
      if (!question || this.button.disabled) return;
      this.input.value = "";
      this.button.disabled = true;
      const told = element("div", "told quiet", this.words.thinking);
      this.log.append(element("p", "asked", question), told);
      told.scrollIntoView({ block: "nearest" });
      try {
        const answer = await this.#fetch(question);
        told.replaceWith(this.#told(answer));
        this.#history.push({ role: "user", content: question });
        this.#history.push({ role: "assistant", content: answer.answer });
        this.#history = this.#history.slice(-20);
      } catch (error) {
        told.className = "told kind";
        told.textContent = this.words.failed + error.message;
      } finally {
        this.button.disabled = false;
        this.log.scrollTop = this.log.scrollHeight;
        this.input.focus();
      }
    }

    async #fetch(question) {
      const documents = (this.getAttribute("documents") || "").split(/[\s,]+/).filter(Boolean);
      const response = await fetch(`${this.server}/api/ask`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ question, history: this.#history, documents }),
      });
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail);
      return body;
    }

    #told(answer) {
      const told = element("div", answer.answerable ? "told" : "told refusal");
      if (!answer.answerable) told.append(element("p", "kind", this.words.refused));
      told.append(element("p", "", answer.answer));
      const places = answer.answerable ? answer.citations : answer.related;
      if (!answer.answerable && places.length) told.append(element("p", "quiet", this.words.related));
      const list = element(answer.answerable ? "ol" : "ul");
      for (const place of places) list.append(this.#link(place));
      told.append(list);
      return told;
    }

    #link(place) {
      const item = element("li");
      const name = place.section[place.section.length - 1] || place.title;
      const link = element("a", "", place.marker ? `[${place.marker}] ${name}` : name);
      link.href = new URL(place.url, `${this.server}/`).href;
      link.target = "_blank";
      link.rel = "noopener";
      link.title = `${place.title}\n${place.quote || place.text}`;
      item.append(link);
      return item;
    }
  }

  if (!customElements.get("wenju-ask")) customElements.define("wenju-ask", WenjuAsk);
})();
