// Security keys (WebAuthn): a form that is sent asks the browser for a key first, and carries its answer.
"use strict";

async function answerOf(form) {
  const token = form.querySelector("[name=csrf_token]").value;
  const asked = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!asked.ok) throw new Error(String(asked.status));
  const options = await asked.json();
  const create = form.dataset.securityKey === "create";
  const publicKey = create
    ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
    : PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials[create ? "create" : "get"]({ publicKey });
  return JSON.stringify(credential.toJSON());
}

for (const form of document.querySelectorAll("form[data-security-key]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    try {
      form.querySelector("[name=credential]").value = await answerOf(form);
      form.submit();
    } catch {
      form.querySelector("[data-security-key-state]").textContent = form.dataset.failed;
    }
  });
}
