// Runs once, when the conversation is on the page. Gradio gives: element (the conversation), trigger (sends an
// event to Python), server (calls Python), watch (tells when Python has changed something).
const LANGUAGE = "isnad-language";

const reader = document.createElement("dialog");
reader.className = "isnad-reader";
reader.setAttribute("aria-labelledby", "reader-title");
document.body.append(reader);

const interfaceLanguage = () => element.querySelector(".isnad").lang;

async function openArticle({ uri, start, end }) {
  reader.innerHTML = await server.read_article(uri, Number(start), Number(end), interfaceLanguage());
  reader.lang = document.documentElement.lang;
  reader.dir = document.documentElement.dir;
  if (!reader.open) reader.showModal();
  const mark = reader.querySelector("mark");
  if (mark) {
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-uri], [data-question], [data-language], [data-clear], [data-close]");
  if (event.target === reader) reader.close();
  if (!target) return;
  const data = target.dataset;
  if ("close" in data) reader.close();
  else if ("uri" in data) openArticle(data);
  else if ("question" in data) trigger("submit", { question: data.question, dates: data.dates !== "no" });
  else if ("clear" in data) trigger("clear", { language: interfaceLanguage() });
  else {
    localStorage.setItem(LANGUAGE, data.language);
    trigger("select", { language: data.language });
  }
});

function settle() {
  const root = element.querySelector(".isnad");
  document.documentElement.lang = root.lang;
  document.documentElement.dir = root.dir;
  root.querySelector(".turn + .turn:last-child")?.scrollIntoView({ block: "start" });
}

watch("value", settle);
settle();
const preferred = localStorage.getItem(LANGUAGE) ?? (navigator.language.startsWith("ar") ? "ar" : "en");
if (preferred !== interfaceLanguage()) trigger("select", { language: preferred });
