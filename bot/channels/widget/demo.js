// On a wide screen the explanation is simply part of the page; on a phone it starts folded.
const about = document.getElementById("about");
const phone = matchMedia("(max-width: 600px)");
const fold = () => { about.open = !phone.matches; };
phone.addEventListener("change", fold);
fold();
