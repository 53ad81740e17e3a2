// The pages work without this file: it stops a second click, copies the link, prints, greys out what is not kept, and
// fills in where the telephone is when it is asked to (WGS-84, as browsers say it).
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

for (const button of document.querySelectorAll("[data-locate]")) {
  if (!navigator.geolocation || !window.isSecureContext) continue;
  const told = button.parentElement.querySelector("[data-located]");
  const [lat, lon] = ["lat", "lon"].map((name) => button.form.elements[name]);
  const say = (words, again) => { told.textContent = words; button.disabled = false; button.textContent = again; };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (lat.value) {
      lat.value = lon.value = "";
      say("已去掉位置。", "使用我的位置");
      return;
    }
    button.disabled = true;
    told.textContent = "正在定位…";
    navigator.geolocation.getCurrentPosition((found) => {
      lat.value = found.coords.latitude.toFixed(6);
      lon.value = found.coords.longitude.toFixed(6);
      say(`已附上您的位置（误差约${Math.round(found.coords.accuracy)}米），只给承办单位看。`, "去掉我的位置");
    }, () => say("没有取到位置，请在上面写下地点。", "使用我的位置"), { enableHighAccuracy: true, timeout: 15000 });
  });
}

const fault = document.getElementById("fault");
if (fault) fault.focus();
