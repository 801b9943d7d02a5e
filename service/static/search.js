// Searches as one types; without it the form does the same by loading the page anew.
"use strict";

const form = document.querySelector(".query");
const PAUSE = 250;
let waiting = 0;
let running = null;

function address() {
  const given = [...new FormData(form)].filter(([, value]) => value.trim());
  return `${form.action}?${new URLSearchParams(given)}`;
}

// Takes what the same address shows in full, so that typing, links and reloading agree.
async function look() {
  running?.abort();
  running = new AbortController();
  const url = address();
  const found = document.querySelector("#found");
  found.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: running.signal });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    found.replaceWith(fresh.querySelector("#found"));
    form.elements.section.replaceWith(fresh.querySelector("select[name=section]"));
    document.title = fresh.title;
    history.replaceState(null, "", url);
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

function soon(event) {
  // An input method's letters are no query yet.
  if (event.isComposing) return;
  clearTimeout(waiting);
  if (event.target.name === "document") form.elements.section.value = "";
  waiting = setTimeout(look, event.target.name === "q" ? PAUSE : 0);
}

form.addEventListener("input", soon);
form.addEventListener("compositionend", soon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  look();
});
