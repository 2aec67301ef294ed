// Signing in with a password; the code only matters where a second factor is on.
import { h, replace } from "./dom.js";
import { call } from "./api.js";
import { icon } from "./icons.js";
import { alert } from "./notice.js";
import { span } from "./format.js";

export function view(enter, problem) {
  const password = input("password", "password", { autocomplete: "current-password", required: true });
  const code = input("code", "text", { autocomplete: "one-time-code", inputmode: "numeric", maxlength: 8 });
  const message = h("div", { id: "signin-message", "data-test": "signin-message" }, problem?.message && words(problem));
  const button = h("button", { class: "primary", "data-test": "signin" }, "Sign in");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    replace(message);
    try {
      const body = code.value.trim() ? { password: password.value,
        code: code.value.trim() } : { password: password.value };
      enter((await call("POST", "/v1/session", { body, quietly: true })).value);
    } catch (problem) {
      button.disabled = false;
      replace(message, words(problem));
      (problem.errors[0]?.field === "code" ? code : password).focus();
    }
  };
  return h("div", { class: "signin" },
    h("form", { class: "card pad", "data-test": "signin-form", onsubmit: submit, "aria-describedby": "signin-message" },
      h("div", { class: "mark" }, icon("gate")),
      h("h1", null, "Portcullis"),
      message,
      h("input", { type: "text", autocomplete: "username", value: "portcullis", hidden: true }),
      h("label", null, "Password", password),
      h("label", null, h("span", null, "Code ", h("span", { class: "muted" }, "(if you use a second factor)")), code),
      button),
    h("p", { class: "muted" }, "No password yet? Run ", h("code", null, "portcullis dashboard"),
      " on the gateway: it prints a link that signs you in once."));
}

function input(test, type, more) {
  return h("input", { type, name: test, "data-test": test, ...more });
}

function words(problem) {
  if (problem.status === 429) {
    const wait = problem.retryAfter ? ` Try again in ${span(problem.retryAfter)}.` : " Try again later.";
    return alert("bad", "Too many attempts.", wait);
  }
  const title = problem.status === 401 ? "That did not sign you in." : "It did not work.";
  return alert("bad", title, problem.message);
}
