// One file at a time, sent when chosen and apart from the form: what is already there stays, whatever happens to the next.
"use strict";

function told(upload, text, { refused = false } = {}) {
  upload.querySelector("[data-upload-state]").textContent = text;
  upload.classList.toggle("upload-refused", refused);
}

function send(upload, file, protection) {
  const bar = upload.querySelector("progress");
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file);
  request.open("POST", upload.dataset.upload);
  request.setRequestHeader("X-CSRFToken", protection);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  return new Promise((done) => {
    request.addEventListener("loadend", () => done(request));
    bar.hidden = false;
    bar.value = 0;
    told(upload, `${upload.dataset.busy} ${file.name}`);
    request.send(body);
  }).finally(() => {
    bar.hidden = true;
  });
}

// What was said to be missing is there: the page says so no longer, neither at the control nor in its summary.
function satisfied(upload) {
  upload.classList.remove("field-wrong");
  upload.querySelector(".field-error")?.remove();
  const link = document.querySelector(`[data-summary] a[href="#${upload.querySelector("[type=file]").id}"]`);
  if (!link) return;
  const summary = link.closest("[data-summary]");
  link.replaceWith(Object.assign(document.createElement("s"), { textContent: link.textContent }));
  if (!summary.querySelector("li:not(:has(s))")) summary.remove();
}

// A refused file leaves the list as it was; its reason stands below the control.
function finished(upload, request) {
  const answered = request.status >= 200 && request.status < 300;
  if (answered) {
    const list = upload.querySelector("[data-upload-list]");
    if (upload.hasAttribute("data-upload-many")) list.insertAdjacentHTML("beforeend", request.responseText);
    else list.innerHTML = request.responseText;
    window.htmx?.process(list);
    told(upload, upload.dataset.done);
    satisfied(upload);
  } else {
    const answer = new DOMParser().parseFromString(request.responseText || "", "text/html");
    told(upload, answer.querySelector(".note-text")?.textContent.trim() || upload.dataset.failed, { refused: true });
  }
  upload.dispatchEvent(new CustomEvent("shenbao:uploaded", { bubbles: true, detail: { answered } }));
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-file-remove]")?.closest("[data-file-entry]").remove();
});

document.addEventListener("change", async (event) => {
  const upload = event.target.closest("[data-upload]");
  if (!upload || event.target.type !== "file" || !event.target.files.length) return;
  const file = event.target.files[0];
  const most = Number(upload.dataset.most);
  if (most && file.size > most) {
    told(upload, upload.dataset.tooLarge, { refused: true });
    event.target.value = "";
    return;
  }
  const protection = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  event.target.disabled = true;
  const request = await send(upload, file, protection);
  event.target.disabled = false;
  event.target.value = "";
  finished(upload, request);
});
