// Highlights the range named in the address (#c12-34, in code points) and scrolls to it.
"use strict";

const article = document.querySelector("article");
const toQuote = document.querySelector(".to-quote");
const RANGE = /^#c(\d{1,12})-(\d{1,12})$/;

// Strings count UTF-16 units; addresses count code points.
function units(text, points) {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left -= 1) {
    at += text.codePointAt(at) > 0xffff ? 2 : 1;
  }
  return at;
}

function leaf(kind, start, text, model) {
  const made = document.createElement(kind);
  made.dataset.start = start;
  made.className = model.className;
  made.textContent = text;
  return made;
}

function clear() {
  for (const mark of article.querySelectorAll("mark")) {
    mark.replaceWith(leaf("span", mark.dataset.start, mark.textContent, mark));
  }
}

function highlight(start, end) {
  for (const run of article.querySelectorAll("[data-start]")) {
    const from = Number(run.dataset.start);
    if (from >= end) break;
    const text = run.textContent;
    if (from + text.length <= start) continue;
    const first = units(text, Math.max(0, start - from));
    const last = units(text, Math.max(0, end - from));
    if (first >= last) continue;
    const parts = [];
    if (first > 0) parts.push(leaf("span", from, text.slice(0, first), run));
    parts.push(leaf("mark", Math.max(from, start), text.slice(first, last), run));
    if (last < text.length) parts.push(leaf("span", end, text.slice(last), run));
    run.replaceWith(...parts);
  }
}

function show() {
  const range = RANGE.exec(location.hash);
  if (range) {
    clear();
    highlight(Number(range[1]), Number(range[2]));
  }
  const mark = article.querySelector("mark");
  if (mark && (range || !location.hash)) mark.scrollIntoView({ block: "center" });
  watch(mark);
}

let observer = null;
function watch(mark) {
  if (observer) observer.disconnect();
  toQuote.hidden = true;
  if (!mark) return;
  observer = new IntersectionObserver(([seen]) => { toQuote.hidden = seen.isIntersecting; });
  observer.observe(mark);
  toQuote.onclick = () => mark.scrollIntoView({ block: "center", behavior: "smooth" });
}

function outline() {
  const box = document.querySelector(".outline details");
  if (!box) return;
  const wide = matchMedia("(min-width: 60.01rem)");
  const fold = () => { box.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();
  const links = new Map([...box.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id));
  const follow = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    for (const link of links.values()) link.classList.remove("now");
    if (passed.length) links.get(passed[passed.length - 1].id).classList.add("now");
  };
  addEventListener("scroll", follow, { passive: true });
  follow();
}

outline();
show();
addEventListener("hashchange", show);
