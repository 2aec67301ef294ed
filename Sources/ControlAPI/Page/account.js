// Password, second factor, and links for signing in elsewhere.
import { call } from "./api.js";
import { h, replace, fresh } from "./dom.js";
import { alert, failed, toast } from "./notice.js";
import { clock } from "./format.js";
import { store } from "./store.js";

/// A field with its label, and a place for what is wrong with it.
export function entry(label, attributes) {
  const error = h("p", { class: "error", id: fresh("error") });
  const input = h(attributes.options ? "select" : "input",
    { id: fresh("field"), "aria-describedby": error.id, ...attributes, options: null },
    attributes.options?.map(([value, text]) => h("option", { value }, text)));
  const say = (text) => {
    replace(error, text);
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) { input.setAttribute("aria-invalid", "true"); input.focus(); }
  };
  return { input, say, element: h("div", { class: "field" }, h("label", { class: "label", for: input.id }, label),
    input, error) };
}

/// There is one account; the programs that keep passwords want a name for it.
export const userName = () => h("input", { type: "text", autocomplete: "username", value: "portcullis", hidden: true });

export const wordsOf = (problem) => {
  const [first] = problem.errors;
  return first ? [first.message, first.advice].filter(Boolean).join(": ") : problem.message;
};

export function password() {
  const place = h("div");
  const draw = () => {
    const isSet = store.session.password_set;
    const field = entry(isSet ? "New password" : "Password",
      { type: "password", autocomplete: "new-password", "data-test": "password-new", minlength: 12 });
    const save = async (event) => {
      event.preventDefault();
      field.say("");
      if (field.input.value.length < 12) return field.say("It needs 12 characters at least.");
      try {
        await call("PUT", "/v1/password", { body: { password: field.input.value } });
        store.session.password_set = true;
        toast("The password is set.");
        draw();
      } catch (problem) { field.say(wordsOf(problem)); }
    };
    const remove = async () => {
      try {
        await call("DELETE", "/v1/password");
        store.session.password_set = false;
        toast("There is no password any more. Links still sign in.");
        draw();
      } catch (problem) { failed(problem); }
    };
    replace(place, h("p", { class: "muted" },
      isSet ? "A password is set." : "Without one only links of the gateway sign in."),
      h("form", { onsubmit: save }, userName(), field.element,
        h("div", { class: "buttons start" }, h("button", { class: "primary", "data-test": "password-save" }, "Set it"),
        isSet && h("button", { type: "button", class: "danger quiet", "data-test": "password-remove", onclick: remove },
          "Take it away"))));
  };
  draw();
  return place;
}

export function secondFactor() {
  const place = h("div");
  const draw = () => {
    const isOn = store.session.totp;
    replace(place, h("p", { class: "muted" },
      isOn ? "A code of your phone is asked for, beside the password." : "A code of your phone, beside the password: off."),
      h("div", { class: "buttons start" }, isOn
        ? h("button", { type: "button", class: "danger quiet", "data-test": "totp-remove", onclick: remove },
          "Switch it off")
        : h("button", { type: "button", "data-test": "totp-begin", onclick: begin }, "Switch it on…")));
  };
  const remove = async () => {
    try {
      await call("DELETE", "/v1/totp");
      store.session.totp = false;
      toast("No code is asked for any more.");
      draw();
    } catch (problem) { failed(problem); }
  };
  const begin = async () => {
    try {
      const { value } = await call("POST", "/v1/totp");
      replace(place, enrolment(value, draw));
    } catch (problem) { failed(problem); }
  };
  draw();
  return place;
}

function enrolment({ secret, uri }, done) {
  const field = entry("The code that it shows",
    { type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 8, "data-test": "totp-code" });
  const save = async (event) => {
    event.preventDefault();
    field.say("");
    try {
      await call("PUT", "/v1/totp", { body: { code: field.input.value.trim() } });
      store.session.totp = true;
      toast("The second factor is on.");
      done();
    } catch (problem) { field.say(wordsOf(problem)); }
  };
  return h("form", { onsubmit: save },
    h("p", null, "Type this secret into the program that makes codes, or ", h("a", { href: uri }, "open it there"),
      "."),
    h("p", { class: "num secret", "data-test": "totp-secret" }, secret.replace(/(.{4})(?=.)/g, "$1 ")), field.element,
    h("div", { class: "buttons start" }, h("button", { type: "button", onclick: done }, "Cancel"),
      h("button", { class: "primary", "data-test": "totp-save" }, "Switch it on")));
}

export function links() {
  const result = h("div", { "aria-live": "polite" });
  const make = async () => {
    try {
      const { value: { url, expires } } = await call("POST", "/v1/sign-in-links");
      replace(result, alert("good", "Open this on the other device.",
        h("p", { class: "num secret", "data-test": "link-url" }, url),
        h("p", { class: "muted" }, `It works once, until ${clock(expires)}.`)));
    } catch (problem) { failed(problem); }
  };
  return [h("p", { class: "muted" }, "A link signs in one browser, once, with all rights."),
    h("div", { class: "buttons start" }, h("button", { type: "button", "data-test": "link-make", onclick: make },
      "Make a link")), result];
}
