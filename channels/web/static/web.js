// The pages work without this file: it stops a second click, copies the link, prints, and greys out what is not kept.
"use strict";

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", "true");
    button.textContent = "正在提交…";
    form.addEventListener("submit", (event) => event.preventDefault());
  });
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form[data-once] [aria-disabled]")) location.reload();
});

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    button.textContent = "已复制";
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const box of document.querySelectorAll("[data-hides]")) {
  const fields = box.dataset.hides.split(" ").map((id) => document.getElementById(id));
  const follow = () => fields.forEach((field) => { field.disabled = box.checked; });
  box.addEventListener("change", follow);
  follow();
}

const fault = document.getElementById("fault");
if (fault) fault.focus();
