// What Blazor cannot do from the server.
window.dashboard = {
    // Keeps a log at its end for as long as the reader is there.
    follow: element => {
        let atEnd = true;
        const near = 40;
        element.addEventListener("scroll", () => { atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < near; }, { passive: true });
        const stay = () => { if (atEnd) element.scrollTop = element.scrollHeight; };
        new MutationObserver(stay).observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] });
        new ResizeObserver(stay).observe(element);
        stay();
    },

    // Rows of one height, of which only those in view exist.
    scrollToRow: (selector, row, height) => {
        const element = document.querySelector(selector);
        if (element && row >= 0) element.scrollTop = Math.max(0, row * height - element.clientHeight / 2);
    },
};
