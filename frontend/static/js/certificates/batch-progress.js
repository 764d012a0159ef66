// The progress of a batch of certificates: asks every two seconds, and reloads once it has ended.

class BatchProgress extends HTMLElement {
  connectedCallback() {
    if (this.getAttribute("src")) this.timer = setInterval(() => this.ask(), 2000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async ask() {
    if (document.hidden) return;
    const answer = await fetch(this.getAttribute("src") ?? "").catch(() => null);
    if (!answer?.ok) return;
    const { done, words, finished } = await answer.json();
    const bar = this.querySelector("progress");
    if (bar) bar.value = done;
    const status = this.querySelector("[role=status]");
    if (status && status.textContent !== words) status.textContent = words;
    if (!finished || this.isOver) return;
    this.isOver = true; // once: on a slow link the next reload would begin the first one anew
    clearInterval(this.timer);
    location.reload();
  }
}

customElements.define("batch-progress", BatchProgress);
