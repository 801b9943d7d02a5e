// The conversation's behaviour: keeps the newest in sight, shows sources beside it, copies answers,
// shares questions, takes verdicts and obeys the keyboard. Gradio runs this once, with `element`
// and `watch`.
const wide = matchMedia("(min-width: 60rem)");
const field = () => document.querySelector("#question textarea");

watch("value", () => {
  const box = element.closest("#conversation");
  box.scrollTop = box.scrollHeight;
});

async function copied(button, text) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.done;
  } catch {
    prompt(button.textContent, text);
  }
  setTimeout(() => { button.textContent = words; }, 2000);
}

async function judge(button) {
  const acts = button.closest(".acts");
  const comment = button.dataset.verdict === "down" ? prompt(acts.dataset.why) : "";
  if (comment === null) return;
  const response = await fetch(acts.dataset.feedback, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      verdict: button.dataset.verdict, question: acts.dataset.question,
      answer: acts.dataset.answer, comment,
    }),
  });
  for (const other of acts.querySelectorAll("[data-verdict]")) {
    other.setAttribute("aria-pressed", String(response.ok && other === button));
  }
}

function ask(question) {
  field().value = question;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#submit").click(), 50);
}

element.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-place]");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    open(link);
    return;
  }
  const button = event.target.closest("button");
  if (!button) return;
  const acts = button.closest(".acts");
  // Links are written for this server; elsewhere they need its whole address.
  if (button.dataset.act === "copy") {
    copied(button, acts.dataset.markdown.replaceAll("](/", `](${location.origin}/`));
  } else if (button.dataset.act === "share") {
    const url = new URL(location.pathname, location.origin);
    url.searchParams.set("q", acts.dataset.question);
    copied(button, url.href);
  } else if (button.dataset.verdict) {
    judge(button);
  } else if (button.dataset.ask) {
    ask(button.dataset.ask);
  }
});

// A source beside the conversation, or in a sheet below it. The link stays one: with a modifier,
// the middle button or without scripts it opens the whole document.
let opener = null;
const panel = () => document.querySelector("#source aside");

function made(name, className, text) {
  const one = document.createElement(name);
  one.className = className;
  one.textContent = text;
  return one;
}

async function open(link) {
  hidePreview();
  const box = panel();
  opener = { href: link.getAttribute("href"), kind: link.className };
  const whole = made("a", "whole", `${box.dataset.open} ↗`);
  whole.href = link.href;
  whole.target = "_blank";
  whole.rel = "noopener";
  const close = made("button", "close", "✕");
  close.type = "button";
  close.setAttribute("aria-label", box.dataset.close);
  close.addEventListener("click", shut);
  const bar = made("div", "bar", "");
  bar.append(made("strong", "", box.dataset.source), whole, close);
  const body = made("div", "body", "");
  const quote = made("blockquote", "", link.dataset.quote ?? "");
  if (link.dataset.quote) body.append(quote);
  box.replaceChildren(bar, made("p", "where", link.dataset.place), body);
  box.hidden = false;
  for (const one of element.querySelectorAll(".now")) one.classList.remove("now");
  link.classList.add("now");
  close.focus();
  const address = new URL(link.href);
  address.searchParams.set("around", "1");
  address.hash = "";
  try {
    const response = await fetch(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const article = page.querySelector("article");
    if (!response.ok || !article) return;
    body.replaceChildren(document.importNode(article, true));
    const mark = body.querySelector("mark");
    if (mark) body.scrollTop = mark.offsetTop - body.clientHeight / 3;
  } catch {
    // Without the surroundings the quote itself stays.
  }
}

function shut() {
  const box = panel();
  if (!box || box.hidden) return false;
  box.hidden = true;
  // The conversation may have been drawn anew since, with another element for the same link.
  const links = [...element.querySelectorAll("a[data-place]")];
  const back = links.find((a) => a.classList.contains("now"))
    ?? links.find((a) => a.getAttribute("href") === opener.href && a.className === opener.kind);
  for (const one of element.querySelectorAll(".now")) one.classList.remove("now");
  (back ?? field()).focus();
  return true;
}

// A glance at a marker's quote, while there is no panel open.
const preview = () => document.querySelector("#source .preview");

function hidePreview() {
  if (preview()) preview().hidden = true;
}

function glance(event) {
  const link = event.target.closest?.("sup a[data-quote], a.chip[data-quote]");
  if (!link || !preview() || !panel().hidden) return;
  const box = preview();
  box.replaceChildren(made("p", "", link.dataset.quote), made("p", "where", link.dataset.place));
  box.hidden = false;
  const at = link.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8));
  const above = at.top - box.offsetHeight - 8;
  box.style.left = `${left}px`;
  box.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

if (matchMedia("(hover: hover)").matches) {
  element.addEventListener("pointerover", glance);
  element.addEventListener("pointerout", hidePreview);
}
element.addEventListener("focusin", (event) => {
  if (event.target.matches(":focus-visible")) glance(event);
});
element.addEventListener("focusout", hidePreview);
element.closest("#conversation").addEventListener("scroll", hidePreview, { passive: true });

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    if (!preview()?.hidden) hidePreview();
    if (!shut()) document.querySelector("#stop")?.click();
  } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field().focus();
  } else if (event.key === "Tab" && !panel()?.hidden && !wide.matches) {
    // A sheet over the page keeps the focus while it is open.
    const stops = [...panel().querySelectorAll("a[href], button")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement === edge) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0]).focus();
    }
  }
});
