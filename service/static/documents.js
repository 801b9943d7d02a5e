// Adds, renames and removes documents through the interface that any other program uses.
"use strict";

const UNDO_SECONDS = 8;
const form = document.querySelector(".upload");
const uploads = document.querySelector(".uploads");
const undo = document.querySelector(".undo");
const api = form.dataset.api;
const words = Object.fromEntries([...document.querySelector("#words").content.children]
  .map((word) => [word.dataset.word, word.textContent]));

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function detail(text, status) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return `${status}`;
  }
}

// One file after the other: each has its own line, with a bar, and its own result or trouble.
let queue = Promise.resolve();

function upload(files) {
  for (const file of files) {
    const line = element("li", "");
    const state = element("p", "quiet", words.uploading);
    const bar = element("progress", "");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(element("strong", "", file.name), bar, state);
    uploads.append(line);
    queue = queue.then(() => send(file, bar, state));
  }
}

// XMLHttpRequest, for fetch does not tell how much has been sent.
function send(file, bar, state) {
  return new Promise((done) => {
    const began = performance.now();
    const request = new XMLHttpRequest();
    request.open("POST", api);
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.loaded / event.total;
      if (event.loaded === event.total) {
        bar.removeAttribute("value");
        state.textContent = words.indexing;
      }
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      if (request.status === 200 || request.status === 201) {
        const found = JSON.parse(request.responseText);
        const fresh = request.status === 201;
        if (found.documents) toldAll(found, fresh, state);
        else told(found, fresh, state, began);
      } else {
        state.className = "trouble";
        const why = detail(request.responseText, request.status);
        state.textContent = words[`trouble_${request.status}`] ?? why;
        state.title = why;
      }
      done();
    });
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  });
}

function told(entry, fresh, state, began) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const link = element("a", "", entry.title);
  link.href = form.dataset.read + encodeURIComponent(entry.id);
  const facts = fill(words.took, {
    characters: entry.characters.toLocaleString(), passages: entry.passages, seconds,
  });
  state.replaceChildren(link, ` ${fresh ? words.added : words.already} ${facts}`);
  if (fresh) refresh();
}

// An archive's documents, and what of it could not be read, each on a line of its own.
function toldAll(found, fresh, state) {
  state.replaceChildren();
  for (const entry of found.documents) {
    const line = element("span", "inner");
    const link = element("a", "", entry.title);
    link.href = form.dataset.read + encodeURIComponent(entry.id);
    line.append(link, ` ${fresh ? words.added : words.already}`, document.createElement("br"));
    state.append(line);
  }
  for (const failure of found.failures) {
    state.append(element("span", "trouble", failure.detail), document.createElement("br"));
  }
  if (fresh) refresh();
}

// Takes the list from the same page anew; what waits to be removed stays out of sight.
async function refresh() {
  const response = await fetch(location.href);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = page.querySelector("#list");
  if (pending) {
    const line = list.querySelector(`[data-document="${pending.line.dataset.document}"]`);
    line.hidden = true;
    pending.line = line;
  }
  document.querySelector("#list").replaceWith(list);
}

form.addEventListener("submit", (event) => event.preventDefault());
form.elements.file.addEventListener("change", () => {
  upload(form.elements.file.files);
  form.reset();
});
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    if (name === "drop" || !event.relatedTarget) form.classList.remove("over");
  });
}
document.addEventListener("drop", (event) => upload(event.dataTransfer.files));

// A removal waits while it can still be undone; leaving the page carries it out.
let pending = null;

function remove(line) {
  carryOut();
  line.hidden = true;
  undo.hidden = false;
  undo.querySelector("span").textContent = fill(words.removed, {
    title: line.querySelector("a").textContent,
  });
  pending = { line, timer: setTimeout(carryOut, UNDO_SECONDS * 1000) };
  undo.querySelector("button").focus();
}

async function carryOut() {
  if (!pending) return;
  const { line, timer } = pending;
  clearTimeout(timer);
  pending = null;
  undo.hidden = true;
  const response = await fetch(`${api}/${encodeURIComponent(line.dataset.document)}`, {
    method: "DELETE", keepalive: true,
  });
  if (response.ok || response.status === 404) {
    line.remove();
  } else {
    line.hidden = false;
    line.append(element("p", "trouble", detail(await response.text(), response.status)));
  }
}

undo.querySelector("button").addEventListener("click", () => {
  clearTimeout(pending.timer);
  pending.line.hidden = false;
  pending.line.querySelector(".remove").focus();
  pending = null;
  undo.hidden = true;
});
addEventListener("pagehide", carryOut);

async function rename(line) {
  const link = line.querySelector("a");
  const title = prompt(words.new_title, link.textContent);
  if (title === null || title.trim() === link.textContent) return;
  const response = await fetch(`${api}/${encodeURIComponent(line.dataset.document)}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ title }),
  });
  const text = await response.text();
  if (response.ok) link.textContent = JSON.parse(text).title;
  else line.append(element("p", "trouble", detail(text, response.status)));
}

document.addEventListener("click", (event) => {
  const line = event.target.closest("li");
  if (event.target.closest(".remove")) remove(line);
  else if (event.target.closest(".rename")) rename(line);
});
