/** A calendar beside the text field, for a date of birth. Loaded when one is asked for. */

const EARLIEST = "1900-01-01";

/**
 * @param {{strings: object, el: Function, send: (date: string) => void}} options `send` takes the date in ISO 8601
 * @returns {HTMLElement}
 */
export const dateField = ({ strings, el, send }) => {
  const input = el("input", {
    id: "date", type: "date", min: EARLIEST, max: new Date().toISOString().slice(0, 10), autocomplete: "bday",
    "data-testid": "date", oninput: () => { button.disabled = !input.value; },
  });
  const button = el("button", {
    type: "button", class: "choice", text: strings.sendDate, disabled: true, "data-testid": "date-send",
    onclick: () => {
      const date = input.value;
      input.value = ""; // it is nobody's business what stands in a field that is no longer shown
      button.disabled = true;
      send(date);
    },
  });
  return el("div", { class: "date" }, el("label", { for: "date", text: strings.pickDate }), input, button);
};
