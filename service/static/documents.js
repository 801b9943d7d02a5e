// Adds and removes documents through the interface that any other program uses.
"use strict";

const form = document.querySelector(".upload");
const state = form.querySelector(".state");

function tell(words, trouble = false) {
  state.textContent = words;
  state.classList.toggle("trouble", trouble);
}

async function reason(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  tell(form.dataset.uploading);
  try {
    const response = await fetch(form.dataset.api, { method: "POST", body: new FormData(form) });
    if (!response.ok) {
      tell(await reason(response), true);
    } else if (response.status === 200) {
      tell(form.dataset.already);
    } else {
      tell(form.dataset.added);
      location.reload();
    }
  } catch (error) {
    tell(String(error), true);
  } finally {
    button.disabled = false;
  }
});

for (const button of document.querySelectorAll(".remove")) {
  button.addEventListener("click", async () => {
    if (!confirm(button.dataset.confirm)) return;
    const address = `${form.dataset.api}/${encodeURIComponent(button.dataset.document)}`;
    const response = await fetch(address, { method: "DELETE" });
    if (response.ok || response.status === 404) {
      button.closest("li").remove();
    } else {
      tell(await reason(response), true);
    }
  });
}
