// What Blazor cannot do from the server.
window.dashboard = {
    // Rows of one height, of which only those in view exist.
    scrollToRow: (selector, row, height) => {
        const element = document.querySelector(selector);
        if (element && row >= 0) element.scrollTop = Math.max(0, row * height - element.clientHeight / 2);
    },
};
