// A page in the background must not fetch messages: fetching marks them as read.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-poll]")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  const poll = document.querySelector("[data-poll]");
  if (!document.hidden && poll) poll.dispatchEvent(new CustomEvent("seen-again"));
});
