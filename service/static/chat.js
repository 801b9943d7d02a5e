// The conversation's behaviour: keeps the newest in sight, copies answers, shares questions and
// takes verdicts. Gradio runs this once, with `element` and `watch`.
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

element.addEventListener("click", (event) => {
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
  }
});
