// What Blazor cannot do from the server, for all pages.
window.pages = {
    theme: () => localStorage.getItem("maskwright-theme"),
    setTheme: theme => localStorage.setItem("maskwright-theme", theme),
    wide: () => window.innerWidth >= 960,

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
};
